//! Trying the filter once, on somebody who is there.

use super::{Ask, Heard, Trust};
use crate::domain::{Failure, UniqueIdentifier};
use crate::engine::wire::{self, Identity};
use crate::scim::resource;

/// The trial: a sample of the list, then the filter on one of the sample, where case does not count with the case
/// of the letters swapped.
#[derive(Debug, Clone)]
pub struct Trial {
    by: UniqueIdentifier,
    /// Who it is tried on: the id, the value as it was in the sample, and what the filter was asked for.
    on: Option<(String, String, Identity)>,
}

/// What the trial leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Tried {
    /// One more request.
    Ask(Ask),
    /// Its end. [`Trust::Unknown`] where nobody is there to try it on.
    Learned(Trust),
    /// The endpoint could not be asked: nothing was learned.
    Failed(Failure),
}

impl Trial {
    /// Begins one.
    pub fn begin(by: UniqueIdentifier) -> (Self, Ask) {
        (Self { by, on: None }, Ask::Sample)
    }

    /// An answer came.
    pub fn heard(&mut self, heard: Heard) -> Tried {
        let rows = match (heard, &self.on) {
            (Heard::Page(sheet), _) => sheet.rows,
            (Heard::Refused(_), Some(_)) => return Tried::Learned(Trust::Useless),
            (Heard::Refused(failure) | Heard::Failed(failure), _) => return Tried::Failed(failure),
            (Heard::Everybody(_) | Heard::Account(_), _) => return Tried::Learned(Trust::Unknown),
        };
        if let Some((id, sampled, who)) = &self.on {
            let only = rows.iter().all(|row| who.is_nearly(row));
            let there = rows.iter().find(|row| resource::id(row).as_deref() == Some(id) && who.is(row));
            return Tried::Learned(match there {
                // Renamed meanwhile to what was asked for: that it was found proves nothing about case.
                Some(row) if !wire::held(self.by, row).contains(&sampled.as_str()) => Trust::Unknown,
                Some(_) if only => Trust::Good,
                _ => Trust::Useless,
            });
        }
        let sample = rows.iter().find_map(|row| {
            let value = wire::held(self.by, row).into_iter().find(|value| !value.is_empty())?;
            Some((resource::id(row)?, value.to_owned()))
        });
        let Some((id, value)) = sample else { return Tried::Learned(Trust::Unknown) };
        let swapped = swap_case(&value);
        let either = wire::key(self.by, &swapped) == wire::key(self.by, &value);
        let who = Identity { by: self.by, value: if either { swapped } else { value.clone() } };
        self.on = Some((id, value, who.clone()));
        Tried::Ask(Ask::Filter(who))
    }
}

fn swap_case(text: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(swap).collect()
}
