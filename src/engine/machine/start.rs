//! Who goes next: operations wait in two lanes, by the kind of write that they lead to, so that one kind that is
//! closed does not hold up the other.

use std::collections::VecDeque;

use super::{Live, Machine, Stage};
use crate::domain::{Call, OpId, OpState, RequestClass};

/// Operations that lead to one kind of write.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    /// Want a place, each with its turn; those that want it no more are passed over.
    ready: VecDeque<(i64, OpId)>,
    /// Known to the journal and not sent.
    pub(super) journalled: VecDeque<OpId>,
    /// Being told to the journal.
    pub(super) journalling: u32,
    /// More marks are made until there are enough: many in one transaction, not one after each that leaves.
    filling: bool,
    /// How often the stock was doubled because it ran out before the journal had more.
    doubled: u32,
    /// One has left since.
    used: bool,
}

/// The stock of marks is doubled so often at most: so many more are looked up after a crash.
const DOUBLED: u32 = 2;

impl Lane {
    /// Marks in the journal that have not left.
    fn ahead(&self) -> u32 {
        self.journalling.saturating_add(u32::try_from(self.journalled.len()).unwrap_or(u32::MAX))
    }

    /// Whether there shall be another mark of one that is ready, where so many are wanted.
    fn fills(&mut self, wanted: u32) -> bool {
        let ahead = self.ahead();
        if ahead <= wanted / 2 {
            self.filling = true;
        }
        if ahead >= wanted {
            self.filling = false;
        }
        self.filling
    }

    /// There is a place, and every mark is still being told to the journal.
    fn runs_out(&mut self) {
        let out = self.journalled.is_empty() && self.journalling > 0 && !self.ready.is_empty();
        if out && !self.filling && std::mem::take(&mut self.used) {
            self.doubled = (self.doubled + 1).min(DOUBLED);
        }
    }
}

/// Both lanes, and the verifying reads that wait for a turn.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns {
    lanes: [Lane; 2],
    first: i64,
    last: i64,
    /// Hold their places; wait until a read may go.
    pub(super) verifying: VecDeque<(OpId, Call)>,
}

const LANES: [RequestClass; 2] = [RequestClass::Create, RequestClass::Change];

impl Turns {
    pub(super) fn lane(&mut self, class: RequestClass) -> &mut Lane {
        &mut self.lanes[usize::from(class != RequestClass::Create)]
    }

    /// What wants its turn, by the kind of write: how many, and those among them that want a place with the first.
    pub(super) fn left(&self) -> impl Iterator<Item = (RequestClass, u32, Option<(OpId, u32)>)> {
        LANES.into_iter().zip(&self.lanes).map(|(class, lane)| {
            let ready = u32::try_from(lane.ready.len()).unwrap_or(u32::MAX);
            let first = lane.ready.front().map(|(_, id)| (*id, ready));
            (class, ready.saturating_add(lane.ahead()), first)
        })
    }

    fn enter(&mut self, class: RequestClass, id: OpId, first: bool) {
        if first {
            self.first -= 1;
            let turn = self.first;
            self.lane(class).ready.push_front((turn, id));
        } else {
            self.last += 1;
            let turn = self.last;
            self.lane(class).ready.push_back((turn, id));
        }
    }
}

impl Live {
    /// The kind of write that it leads to, as far as is known.
    fn leads_to(&self) -> RequestClass {
        match self.op.intent.remote_id {
            None => RequestClass::Create,
            Some(_) => RequestClass::Change,
        }
    }
}

impl Machine {
    /// Wants a place; `first` puts it before all others.
    pub(super) fn make_ready(&mut self, id: OpId, first: bool) {
        let Some(live) = self.ops.get_mut(&id) else { return };
        live.stage = Stage::Ready;
        let class = live.leads_to();
        self.turns.enter(class, id, first);
    }

    /// Sends what may go, and tells the journal of what may go soon.
    pub(super) fn start_ready(&mut self) {
        self.pace_over();
        self.go_on_verifying();
        while !self.frozen && !self.pace.paused() {
            let room = self.places < self.pace.places(self.policy.concurrency);
            if room && let Some(id) = self.next_write() {
                self.send_write(id);
            } else if room && let Some(id) = self.next_calm() {
                self.start(id);
            } else if !self.start_next(room) {
                if room {
                    self.runs_out();
                }
                break;
            }
        }
        // Nobody else is left who could tell whether it is about the token.
        if !self.pace.suspects.is_empty() && !self.pace.paused() {
            if self.frozen {
                self.clear_suspects();
            } else if self.pace.under_way.is_empty() && self.turns_are_empty() {
                self.judge_suspects(None);
            }
        }
    }

    fn runs_out(&mut self) {
        for class in LANES {
            if self.pace.may_go(class, self.now) {
                self.turns.lane(class).runs_out();
            }
        }
    }

    fn turns_are_empty(&mut self) -> bool {
        LANES.into_iter().all(|class| self.front(class).is_none() && self.turns.lane(class).ahead() == 0)
    }

    fn go_on_verifying(&mut self) {
        while !self.pace.paused()
            && self.pace.may_go(RequestClass::Read, self.now)
            && let Some((id, call)) = self.turns.verifying.pop_front()
        {
            self.send(id, super::Step::Verify(call));
        }
    }

    /// A write whose turn to be sent has come. Changes are before creates: an end of access may be among them.
    fn next_write(&mut self) -> Option<OpId> {
        let calm = self.calm();
        [RequestClass::Change, RequestClass::Create].into_iter().find_map(|class| {
            let goes = self.pace.may_go(class, self.now) && !(calm && class == RequestClass::Create);
            let lane = self.turns.lane(class);
            let next = goes.then(|| lane.journalled.pop_front()).flatten();
            lane.used |= next.is_some();
            next
        })
    }

    /// The first of a lane that still wants a place, with its turn.
    fn front(&mut self, class: RequestClass) -> Option<(i64, OpId)> {
        loop {
            let (turn, id) = *self.turns.lane(class).ready.front()?;
            let wants = self.ops.get(&id).is_some_and(|l| l.stage == Stage::Ready && l.leads_to() == class);
            if wants {
                return Some((turn, id));
            }
            self.turns.lane(class).ready.pop_front();
        }
    }

    /// Starts the next operation that may start. Returns whether there was one.
    fn start_next(&mut self, room: bool) -> bool {
        let one = self.pace.places(self.policy.concurrency) == 1;
        let ahead = self.policy.ahead;
        let mut next: Option<(i64, RequestClass, OpId, bool)> = None;
        for class in LANES {
            let lane = self.turns.lane(class);
            let wanted = if one { 1 } else { ahead << lane.doubled };
            let (fills, full) = (lane.fills(wanted), lane.ahead() >= wanted);
            if full || self.pace.closed_long(class, self.now).is_some() {
                continue;
            }
            let Some((turn, id)) = self.front(class).filter(|(_, id)| !self.calm.contains(id)) else {
                continue;
            };
            let straight = self.ops.get(&id).is_some_and(|live| self.creates_at_once(live));
            let reads = room && self.pace.may_go(RequestClass::Read, self.now);
            if (if straight { fills } else { reads }) && next.is_none_or(|(other, ..)| turn < other) {
                next = Some((turn, class, id, straight));
            }
        }
        let Some((_, class, id, straight)) = next else { return false };
        self.turns.lane(class).ready.pop_front();
        if straight {
            self.create(id);
        } else {
            self.start(id);
        }
        true
    }

    /// Kinds of requests that something waits for.
    pub(super) fn waited_for(&self) -> impl Iterator<Item = RequestClass> {
        let ready = self.turns.lanes.iter().any(|lane| !lane.ready.is_empty());
        let read = (ready || !self.turns.verifying.is_empty()).then_some(RequestClass::Read);
        let writes = LANES.into_iter().zip(&self.turns.lanes);
        let writes = writes.filter(|(_, lane)| !lane.journalled.is_empty() || !lane.ready.is_empty());
        read.into_iter().chain(writes.map(|(class, _)| class))
    }

    /// Nothing may go for now: the journal takes back the marks of writes that have not left, and what was to be
    /// read back is looked at later.
    pub(super) fn take_back(&mut self) {
        for class in [RequestClass::Read, RequestClass::Create, RequestClass::Change] {
            self.take_back_of(class);
        }
    }

    /// The same where only one kind of request may not go.
    pub(super) fn take_back_of(&mut self, class: RequestClass) {
        if class == RequestClass::Read {
            // A frozen machine ends what is under way.
            let end = self.pace.paused() || self.pace.closed_long(class, self.now).is_some();
            while end && let Some((id, _)) = self.turns.verifying.pop_front() {
                self.doubt(id, OpState::Inflight, None);
            }
            return;
        }
        self.turns.lane(class).doubled = 0;
        while let Some(id) = self.turns.lane(class).journalled.pop_back() {
            self.unsend(id, OpState::Queued, None);
        }
    }
}
