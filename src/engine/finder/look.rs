//! One look-up.

use super::{Ask, Heard, LookUp, Trust, found};
use crate::domain::{Failure, FailureKind, ProfileAttribute};
use crate::engine::wire::Identity;

/// A look-up under way.
#[derive(Debug, Clone)]
pub struct Look {
    who: Identity,
    or: Option<Identity>,
    also: bool,
}

/// What an answer leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// One more request.
    Ask(Ask),
    /// The end.
    Found(LookUp),
}

impl Look {
    /// Looks for `who`; `or` is what else makes an account the one that is looked for, where nobody is `who`: our
    /// own externalId, when an account of ours may be there under a name that the endpoint changed. The connection's
    /// identifier is first because its filter was tried; nobody knows whether the endpoint filters by the other, so
    /// where it shows that it does not, the whole list is read.
    pub fn begin(who: Identity, or: Option<Identity>, trust: Trust) -> (Self, Ask) {
        let ask = match trust {
            Trust::Good => Ask::Filter(who.clone()),
            Trust::Unknown | Trust::Useless => Ask::Everybody,
        };
        let or = or.filter(|or| or.by != who.by);
        (Self { who, or, also: false }, ask)
    }

    /// An answer came. A filter that shows itself as ignored is not trusted any more.
    pub fn heard(&mut self, heard: Heard, trust: &mut Trust, attributes: &[ProfileAttribute]) -> Next {
        let sheet = match heard {
            Heard::Page(sheet) => sheet,
            // This one field has no filter. Whoever is there under another name is on the list.
            Heard::Refused(_) if self.also => return Next::Ask(Ask::Everybody),
            Heard::Refused(failure) | Heard::Failed(failure) => {
                return Next::Found(LookUp::Failed(failure));
            }
            Heard::Everybody(all) => {
                let found = match (all.find(&self.who), &self.or) {
                    (LookUp::Absent, Some(or)) => all.find(or),
                    (found, _) => found,
                };
                return Next::Found(found);
            }
        };
        let who = if self.also { self.or.as_ref().unwrap_or(&self.who) } else { &self.who };
        let gap = sheet.gap();
        let rows = sheet.rows;
        if rows.iter().any(|row| !who.is_nearly(row)) {
            // Only the connection's own identifier says how far its filter is trusted.
            if !self.also {
                *trust = Trust::Useless;
            }
            return Next::Ask(Ask::Everybody);
        }
        let same: Vec<_> = rows.into_iter().filter(|row| who.is(row)).collect();
        let shown = same.len();
        let all: Vec<_> = same.into_iter().filter_map(|row| found(row, None, attributes)).collect();
        let gap = gap.or_else(|| (all.len() < shown).then(|| "an account came without its id".to_owned()));
        if let (true, Some(gap)) = (all.is_empty(), gap) {
            return Next::Found(cannot_be_told(who, &gap));
        }
        let found = LookUp::of(all);
        match (&found, &self.or) {
            (LookUp::Absent, Some(or)) if !self.also => {
                self.also = true;
                Next::Ask(Ask::Filter(or.clone()))
            }
            _ => Next::Found(found),
        }
    }
}

/// Nobody was found, and something may have been missed.
pub(super) fn cannot_be_told(who: &Identity, gap: &str) -> LookUp {
    LookUp::Unclear(Failure {
        kind: FailureKind::NotScim,
        text: format!("Whether {} has an account there cannot be told: {gap}.", who.value),
        next: "Try again when nobody else changes the app's users.".to_owned(),
    })
}
