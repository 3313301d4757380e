//! Counts kept with every change, so that the header never scans.

use super::row::{Row, Through};
use crate::domain::{Flag, OpState, Status};

/// Live operations by state; they add up to all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueCounts {
    /// To be sent.
    pub queued: u32,
    /// Under way.
    pub running: u32,
    /// Told to wait, or behind another of the same person.
    pub waiting: u32,
    /// Fate not known.
    pub in_doubt: u32,
    /// Needs a decision.
    pub conflict: u32,
    /// Refused or stale; needs an operator.
    pub parked: u32,
}

impl QueueCounts {
    /// All live operations.
    pub fn total(&self) -> u32 {
        self.queued + self.running + self.waiting + self.in_doubt + self.conflict + self.parked
    }

    /// Those that go on by themselves.
    pub fn moving(&self) -> u32 {
        self.queued + self.running + self.waiting + self.in_doubt
    }

    /// Those that there are, the worst first: `2 in conflict, 1 in doubt, 5 queued`.
    pub fn words(&self) -> String {
        let all = [
            (self.conflict, "in conflict"),
            (self.parked, "failed"),
            (self.in_doubt, "in doubt"),
            (self.waiting, "waiting"),
            (self.running, "running"),
            (self.queued, "queued"),
        ];
        let some: Vec<String> =
            all.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        some.join(", ")
    }

    fn slot(&mut self, state: OpState) -> Option<&mut u32> {
        Some(match state {
            OpState::Queued => &mut self.queued,
            OpState::Inflight => &mut self.running,
            OpState::Waiting | OpState::Behind => &mut self.waiting,
            OpState::InDoubt => &mut self.in_doubt,
            OpState::Conflict => &mut self.conflict,
            OpState::Parked | OpState::Stale => &mut self.parked,
            OpState::Done | OpState::Cancelled => return None,
        })
    }
}

/// The derived counts of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Everybody, but for those removed here.
    pub people: u32,
    /// With an Individual assignment.
    pub individual: u32,
    /// Assigned through a group.
    pub through_group: u32,
    /// With a link on this connection: the managed accounts.
    pub linked: u32,
    /// Linked and, as far as we know, with access there.
    pub with_access: u32,
    /// The queue.
    pub queue: QueueCounts,
    worst: [u32; Flag::ALL.len()],
    any: [u32; Flag::ALL.len()],
}

impl Counters {
    /// People whose worst flag is this one.
    pub fn worst(&self, flag: Flag) -> u32 {
        self.worst[flag as usize]
    }

    /// People who have this flag among theirs.
    pub fn any(&self, flag: Flag) -> u32 {
        self.any[flag as usize]
    }

    /// People with at least one flag.
    pub fn flagged(&self) -> u32 {
        self.worst.iter().sum()
    }

    /// Assigned people.
    pub fn assigned(&self) -> u32 {
        self.individual + self.through_group
    }

    pub(super) fn add(&mut self, row: &Row) {
        self.count(row, |slot| *slot += 1);
    }

    pub(super) fn remove(&mut self, row: &Row) {
        self.count(row, |slot| *slot = slot.saturating_sub(1));
    }

    fn count(&mut self, row: &Row, step: impl Fn(&mut u32)) {
        if row.status != Status::Removed {
            step(&mut self.people);
        }
        match row.through {
            Through::Nothing => {}
            Through::Own => step(&mut self.individual),
            Through::Group(_) => step(&mut self.through_group),
        }
        if row.linked() {
            step(&mut self.linked);
            if row.has_access_there() {
                step(&mut self.with_access);
            }
        }
        if let Some(slot) = row.op().and_then(|op| self.queue.slot(op.state)) {
            step(slot);
        }
        if let Some(worst) = row.flags.worst() {
            step(&mut self.worst[worst as usize]);
        }
        for flag in row.flags.iter() {
            step(&mut self.any[flag as usize]);
        }
    }
}
