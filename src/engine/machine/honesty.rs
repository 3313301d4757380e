//! Which answers to writes are read back: all where it is about access, the first change and the first create of a
//! process, and some of the others, so that an app that answers as asked and stores otherwise is found out, by single
//! commands too. How many of the others a connection may say.

use super::Machine;
use super::jitter::Jitter;
use crate::domain::{FailureKind, OpId, OpKind, OpState, Operation};

/// Where the connection does not say: of so many changes of accounts that exist, one is read back.
const CHANGES: u32 = 10;
/// Of so many new accounts then, one is read back: a create costs no read otherwise.
const CREATES: u32 = 50;

/// What is known of the truth of the app's answers.
#[derive(Debug, Clone, Default)]
pub(super) struct Honesty {
    changes: u32,
    creates: u32,
    lied: bool,
    /// How many lies this machine saw itself.
    lies: u32,
}

impl Honesty {
    /// Whether the answer to this write is read back; asked once for each. `first`: the first of its kind is.
    pub(super) fn reads_back(
        &mut self,
        id: OpId,
        kind: OpKind,
        updating: bool,
        first: bool,
        percent: Option<u32>,
    ) -> bool {
        let (count, of) = if updating { (&mut self.changes, CHANGES) } else { (&mut self.creates, CREATES) };
        let begins = *count == 0;
        *count += 1;
        let drawn = percent.map_or(count.is_multiple_of(of), |percent| drawn(id, percent));
        // Access is over only when a read of its own says so.
        kind == OpKind::Deactivate || self.lied || (first && begins) || drawn
    }

    /// What is there is not as it was answered, by one look, which may have been late: what comes now is read back.
    pub(super) fn doubted(&mut self) {
        self.lied = true;
    }

    /// An answer was as asked, and what is there is not: from now on every answer is read back.
    pub(super) fn lied(&mut self) {
        self.doubted();
        self.lies = self.lies.saturating_add(1);
    }
}

/// Whether what was written and not seen in its read-back is looked at again now.
pub(super) fn looks_once_more(op: &Operation) -> bool {
    let missed = op.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::NotApplied);
    op.state == OpState::InDoubt && missed && op.intent.remote_id.is_some()
}

/// Whether an operation is one of so many in a hundred: always the same ones, whoever sends them.
fn drawn(id: OpId, percent: u32) -> bool {
    Jitter::new(id.0).up_to(99) < i64::from(percent)
}

impl Machine {
    /// The app's answers were seen not to be true before this machine: all are read back.
    pub fn believe_nothing(&mut self) {
        self.honesty.doubted();
    }

    /// How many answers this machine saw not to be true.
    pub fn lies(&self) -> u32 {
        self.honesty.lies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back(honesty: &mut Honesty, kind: OpKind, percent: Option<u32>) -> Vec<u64> {
        let updating = kind != OpKind::Create;
        let reads = |id: &u64| honesty.reads_back(OpId(*id << 20), kind, updating, false, percent);
        (1..=1_000).filter(reads).collect()
    }

    #[test]
    fn as_many_are_read_back_as_the_connection_says_and_always_the_same_ones() {
        for kind in [OpKind::Update, OpKind::Create, OpKind::Reactivate] {
            let all = |percent| read_back(&mut Honesty::default(), kind, Some(percent));
            assert_eq!((all(0).len(), all(100).len()), (0, 1_000));
            for percent in [1, 10, 50, 90] {
                let (some, want) = (all(percent), percent as usize * 10);
                assert!(some.len().abs_diff(want) < 50, "{} of 1,000 at {percent} %", some.len());
                assert_eq!(some, all(percent));
                assert!(some.iter().all(|id| all(percent + 1).contains(id)), "more are those and others");
            }
        }
    }

    #[test]
    fn where_it_does_not_say_it_is_every_tenth_change_and_every_fiftieth_new_account() {
        assert_eq!(read_back(&mut Honesty::default(), OpKind::Update, None).len(), 100);
        assert_eq!(read_back(&mut Honesty::default(), OpKind::Create, None).len(), 20);
    }

    #[test]
    fn ends_of_access_first_writes_and_everything_after_a_lie_are_read_back_whatever_it_says() {
        let mut honesty = Honesty::default();
        assert_eq!(read_back(&mut honesty, OpKind::Deactivate, Some(0)).len(), 1_000);
        let mut honesty = Honesty::default();
        for (kind, updating) in [(OpKind::Create, false), (OpKind::Update, true)] {
            assert!(honesty.reads_back(OpId(7), kind, updating, true, Some(0)), "the first");
            assert!(!honesty.reads_back(OpId(8), kind, updating, true, Some(0)), "and the second");
        }
        honesty.lied();
        assert_eq!(read_back(&mut honesty, OpKind::Update, Some(0)).len(), 1_000);
    }
}
