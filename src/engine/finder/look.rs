//! One look-up.

use super::{Ask, Heard, LookUp, Shown, Trust, found};
use crate::domain::{Failure, FailureKind, ProfileAttribute, UniqueIdentifier};
use crate::engine::wire::Identity;

/// A look-up under way.
#[derive(Debug, Clone)]
pub struct Look {
    who: Identity,
    or: Option<Identity>,
    also: bool,
    /// The filters that found nobody and were not seen to find somebody who is there.
    unproven: Vec<UniqueIdentifier>,
}

/// What an answer leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// One more request.
    Ask(Ask),
    /// Nobody was found by this filter: whether it finds somebody who is there is to be told first, by a
    /// [`Proof`](super::Proof) that may be of an earlier look: [`Look::shown`].
    Prove(UniqueIdentifier),
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
        (Self { who, or, also: false, unproven: Vec::new() }, ask)
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
            Heard::Account(_) => {
                return Next::Found(unfit(&self.who, "an account came that was not asked for"));
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
            return Next::Found(unfit(who, &gap));
        }
        let found = LookUp::of(all);
        match (&found, &self.or) {
            (LookUp::Absent, Some(or)) if !self.also => {
                self.also = true;
                Next::Ask(Ask::Filter(or.clone()))
            }
            (LookUp::Absent, or) => {
                self.unproven = or.iter().map(|or| or.by).chain([self.who.by]).collect();
                self.prove()
            }
            _ => Next::Found(found),
        }
    }

    fn prove(&self) -> Next {
        self.unproven.last().map_or(Next::Found(LookUp::Absent), |by| Next::Prove(*by))
    }

    /// What the filter in question showed. Where it does not find somebody who is there the whole list is read; as it
    /// is where nothing is known of the filter by our own externalId, which no trial was made of.
    pub fn shown(&mut self, shown: &Shown) -> Next {
        let by = self.unproven.pop();
        match shown {
            Shown::Finds => self.prove(),
            Shown::Unproven if by == Some(self.who.by) => self.prove(),
            Shown::Unproven | Shown::Lies(_) => Next::Ask(Ask::Everybody),
        }
    }
}

/// Nobody was found, and people moved while it was looked: it is tried again, by everybody.
pub(super) fn moved(who: &Identity, gap: &str) -> LookUp {
    LookUp::Unclear(Failure {
        kind: FailureKind::NotScim,
        text: format!("Whether {} has an account there cannot be told: {gap}.", who.value),
        next: "Try again when nobody else changes the app's users.".to_owned(),
    })
}

/// Nobody was found by what does not fit together. It is no outage, which would end by itself: an operator is asked, and
/// nobody else waits for that.
pub(super) fn unfit(who: &Identity, gap: &str) -> LookUp {
    LookUp::Unclear(Failure {
        kind: FailureKind::Incomplete,
        text: format!(
            "Whether {} has an account there cannot be told: what the app lists does not fit together ({gap}). Nothing \
             is sent for them before it can.",
            who.value
        ),
        next: "Retry when nobody else changes the app's users; if it stays so, see whether this token may see all of \
               them."
            .to_owned(),
    })
}

/// Nobody was found by a search that leaves out others who are there. It is no outage, which would end by itself: an
/// operator is asked, and nobody else waits for that.
pub(super) fn left_out(who: &Identity, gap: &str) -> LookUp {
    LookUp::Unclear(Failure {
        kind: FailureKind::Refused,
        text: format!("Whether {} has an account there cannot be told: {gap}. Nothing was sent.", who.value),
        next: "See whether this token may see all users of the app, then retry; an app that made accounts a moment ago may need \
               some seconds to find them.".to_owned(),
    })
}
