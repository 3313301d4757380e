//! Which answers to writes are read back: all where it is about access, the first change and the first create of a
//! process, and some of the others, so that an app that answers as asked and stores otherwise is found out, by single
//! commands too.

use super::Machine;
use crate::domain::OpKind;

/// Of so many changes of accounts that exist, one is read back.
const CHANGES: u32 = 10;
/// Of so many new accounts, one is read back: a create costs no read otherwise.
const CREATES: u32 = 50;

/// What is known of the truth of the app's answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Honesty {
    changes: u32,
    creates: u32,
    lied: bool,
}

impl Honesty {
    /// Whether the answer to this write is read back; asked once for each.
    pub(super) fn reads_back(&mut self, kind: OpKind, updating: bool, first: bool) -> bool {
        let (count, of) = if updating { (&mut self.changes, CHANGES) } else { (&mut self.creates, CREATES) };
        let begins = *count == 0;
        *count += 1;
        // Access is over only when a read of its own says so.
        kind == OpKind::Deactivate || self.lied || (first && begins) || count.is_multiple_of(of)
    }

    /// An answer was as asked, and what is there is not: from now on every answer is read back.
    pub(super) fn lied(&mut self) {
        self.lied = true;
    }

    pub(super) fn has_lied(&self) -> bool {
        self.lied
    }
}

impl Machine {
    /// The app's answers were seen not to be true, by this machine or before it: all are read back.
    pub fn believe_nothing(&mut self) {
        self.honesty.lied();
    }

    /// Whether the app's answers were seen not to be true.
    pub fn was_lied_to(&self) -> bool {
        self.honesty.has_lied()
    }
}
