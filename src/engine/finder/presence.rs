//! Whether the 404 of a linked account, or of a pushed group, says that it is gone. A proxy says 404 of everything, and so
//! does another workspace of everybody here: believed, each of these ends nobody's access and looks as if it had, and has
//! groups made a second time.
//!
//! It is believed of an endpoint that shows another linked account. Those with access who are linked the longest are read
//! by id, then the first rows of the list are looked through for anybody who is linked. Where they are gone as well, nothing
//! is believed. Accounts without access can show that the place is the right one, and prove nothing by a 404: some apps
//! hide them. Where nobody else is linked, the search must be answered, without the one who is gone.

use super::proof::{TRIED, witnesses};
use super::{Ask, Heard};
use crate::directory::{Directory, PersonView};
use crate::domain::{AccountState, Failure, FailureKind};
use crate::engine::wire::Identity;
use crate::scim::resource;

/// What a 404 means.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// The account is gone.
    Gone {
        /// Another linked account was seen there.
        shown: bool,
    },
    /// Others who are linked are not there either: nothing may be believed here.
    Elsewhere(Failure),
    /// The endpoint could not be asked: nothing was learned.
    Failed(Failure),
}

/// What an answer leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Telling {
    /// One more request.
    Ask(Ask),
    /// Its end.
    Told(Told),
}

/// What is asked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Somebody with access, by id.
    Linked,
    /// The first rows of the list.
    Rows,
    /// Somebody without access, by id.
    Hidden,
    /// The one who is gone, by a search.
    Search,
}

/// The question under way, of one account or group.
#[derive(Debug, Clone)]
pub struct Presence {
    /// The account; none where it is a group.
    gone: Option<String>,
    who: Option<Identity>,
    stage: Stage,
    /// The search is by a filter, which may be all that is refused.
    filtered: bool,
    /// Tried from the end.
    left: Vec<String>,
    /// How many with access are not there.
    away: u32,
}

impl Presence {
    /// Of the account with this id that answered 404, and by what it would be found.
    pub fn begin(gone: &str, who: Option<Identity>, directory: &Directory) -> (Self, Telling) {
        Self::of(Some(gone), who, directory)
    }

    /// Of a pushed group that answered 404.
    pub fn of_a_group(directory: &Directory) -> (Self, Telling) {
        Self::of(None, None, directory)
    }

    fn of(gone: Option<&str>, who: Option<Identity>, directory: &Directory) -> (Self, Telling) {
        let with_access = witnesses(directory).into_iter().filter_map(|id| directory.get(id)?.remote_id());
        let left: Vec<String> = with_access.filter(|id| Some(*id) != gone).map(str::to_owned).collect();
        let (stage, away) = (Stage::Linked, u32::from(gone.is_some()));
        let mut this = Self { gone: gone.map(str::to_owned), who, stage, filtered: false, left, away };
        if this.left.is_empty() {
            this.stage = Stage::Hidden;
            let hidden =
                directory.people().filter(|p| !p.has_access_there() && p.account() != AccountState::Gone);
            let hidden = hidden.filter_map(|p| p.remote_id()).filter(|id| Some(*id) != gone);
            this.left = hidden.take(TRIED).map(str::to_owned).collect();
        }
        let first = this.next();
        (this, first)
    }

    fn next(&mut self) -> Telling {
        if let Some(id) = self.left.last() {
            return Telling::Ask(Ask::Account(id.clone()));
        }
        match self.stage {
            Stage::Linked => {
                self.stage = Stage::Rows;
                Telling::Ask(Ask::Sample)
            }
            Stage::Rows => Telling::Told(Told::Elsewhere(elsewhere(self.away))),
            Stage::Hidden | Stage::Search => {
                self.stage = Stage::Search;
                self.filtered = self.who.is_some();
                Telling::Ask(self.who.take().map_or(Ask::Sample, Ask::Filter))
            }
        }
    }

    /// An answer came.
    pub fn heard(&mut self, heard: Heard, directory: &Directory) -> Telling {
        match heard {
            Heard::Account(Some(_)) => Telling::Told(Told::Gone { shown: true }),
            Heard::Account(None) => {
                self.left.pop();
                self.away += u32::from(self.stage == Stage::Linked);
                self.next()
            }
            Heard::Page(sheet) => {
                let ids = sheet.rows.iter().filter_map(resource::id);
                let ids: Vec<String> = ids.collect();
                if self.gone.as_ref().is_some_and(|gone| ids.contains(gone)) {
                    return Telling::Told(Told::Failed(contradicts()));
                }
                let is_linked =
                    |p: PersonView<'_>| p.remote_id().is_some_and(|id| ids.iter().any(|i| i == id));
                match self.stage {
                    Stage::Search => Telling::Told(Told::Gone { shown: false }),
                    _ if directory.people().any(is_linked) => Telling::Told(Told::Gone { shown: true }),
                    _ => self.next(),
                }
            }
            // It may be the filter alone: the list is looked at instead.
            Heard::Refused(_) if std::mem::take(&mut self.filtered) => self.next(),
            Heard::Refused(failure) | Heard::Failed(failure) => Telling::Told(Told::Failed(failure)),
            Heard::Everybody(_) => self.next(),
        }
    }
}

fn elsewhere(away: u32) -> Failure {
    let away = match away {
        1 => "the linked account is not there".to_owned(),
        n => format!("{n} linked accounts are not there and none is"),
    };
    Failure {
        kind: FailureKind::Elsewhere,
        text: format!(
            "{away}: this may be another workspace, or something in between \
             answers; nothing was changed there, and everything stays queued."
        ),
        next: "See what answers with: scimdeck test; go on with: scimdeck apply. Where all of them were removed there on \
               purpose, drop what is queued and make one account, which shows the place: scimdeck provision"
            .to_owned(),
    }
}

fn contradicts() -> Failure {
    Failure {
        kind: FailureKind::Refused,
        text: "the account answers 404 by its id and is on the list: whether it is there cannot be told."
            .to_owned(),
        next: "Try again once the app agrees with itself.".to_owned(),
    }
}

#[cfg(test)]
mod tests;
