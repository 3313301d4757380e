//! Which answers to writes are read back: all where it is about access, and some of the others, so that an app that
//! answers as asked and stores otherwise is found out.

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
    pub(super) fn reads_back(&mut self, kind: OpKind, updating: bool) -> bool {
        let (count, of) = if updating { (&mut self.changes, CHANGES) } else { (&mut self.creates, CREATES) };
        *count = (*count + 1) % of;
        // Access is over only when a read of its own says so.
        kind == OpKind::Deactivate || self.lied || *count == 0
    }

    /// An answer was as asked, and what is there is not: from now on every answer is read back.
    pub(super) fn lied(&mut self) {
        self.lied = true;
    }
}
