//! The brake, judged by what was sent, together with what is decided and still queued: more people than may do not lose
//! access, or are not made and do not change role, unless an operator typed the number for them.

use std::collections::BTreeSet;

use scimdeck::domain::{Answer, Call, Method, OpKind, Operation, Outcome, PersonId};
use scimdeck::engine::Planned;
use scimdeck::engine::wire;
use scimdeck::store::Which;

use crate::server::ends_access;
use crate::world::World;

#[derive(Debug, Default)]
pub(crate) struct Brake {
    /// How many may lose access without the number being typed.
    pub(crate) removals: usize,
    /// How many may be created, given access or another role without the number being typed; any number where none.
    pub(crate) changes: Option<usize>,
    /// People whose loss of access an operator allowed by typing the number.
    approved: BTreeSet<PersonId>,
    /// People for whom an operator allowed the other by typing the number.
    allowed: BTreeSet<PersonId>,
    /// People of whom a request that ends access was sent, and nothing proves that it was not applied.
    pub(crate) ended: BTreeSet<PersonId>,
    /// The same of a request that makes an account, gives access or moves a role.
    pub(crate) changed: BTreeSet<PersonId>,
}

impl Brake {
    /// The number was typed for these.
    pub(crate) fn approve(&mut self, operations: &[Planned]) {
        for op in operations {
            let people = if op.kind == OpKind::Deactivate { &mut self.approved } else { &mut self.allowed };
            people.insert(op.person);
        }
    }

    /// All that went before is longer ago than the brake looks back.
    pub(crate) fn forget(&mut self) {
        *self = Self { removals: self.removals, changes: self.changes, ..Self::default() };
    }

    /// What is sent by now, and what these that are queued will send.
    fn broken(&self, queued: &[Operation]) -> Vec<String> {
        let (ends, others): (Vec<_>, Vec<_>) = queued.iter().partition(|op| op.kind == OpKind::Deactivate);
        let ended: BTreeSet<PersonId> = ends.iter().map(|op| op.person).chain(self.ended.clone()).collect();
        let others = others.iter().filter(|op| op.intent.gives_or_moves(op.kind)).map(|op| op.person);
        let changed: BTreeSet<PersonId> = others.chain(self.changed.clone()).collect();
        let (lose, change) =
            (ended.difference(&self.approved).count(), changed.difference(&self.allowed).count());
        let mut wrong = Vec::new();
        if lose > self.removals {
            wrong.push(format!("brake: {lose} people lose access and {} may", self.removals));
        }
        if let Some(limit) = self.changes.filter(|limit| change > *limit) {
            wrong.push(format!("brake: {change} people are created or change role and {limit} may"));
        }
        wrong
    }
}

/// Whether an answer proves that a request was not applied.
pub(crate) fn not_applied(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::NotSent(_) => true,
        Outcome::Answered(Answer { status, .. }) => {
            (400..500).contains(status) && !matches!(status, 408 | 409 | 425)
        }
        Outcome::MaybeSent(_) => false,
    }
}

/// What a request takes from somebody, or gives them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Weight {
    ends: bool,
    changes: bool,
}

impl World {
    /// What a request that is about to arrive does to the account as it is now.
    pub(crate) fn weight(&self, p: usize, call: &Call) -> Weight {
        let Some(op) = call.operation.filter(|_| call.method.writes()) else { return Weight::default() };
        let ends = ends_access(call) && self.has_access(call);
        let counts = self.watch.brake.changes.is_some();
        let row = || self.processes[p].operations(&Which::Ids(vec![op])).pop();
        let moves = || row().is_some_and(|row| self.gives_or_moves(&row, call));
        Weight { ends, changes: counts && (call.method == Method::Post || moves()) }
    }

    /// It arrived, and this is answered.
    pub(crate) fn weighed(&mut self, p: usize, call: &Call, weight: Weight, outcome: &Outcome) {
        let person = call.operation.and_then(|op| self.watch.person(op));
        let Some(person) = person.filter(|_| !not_applied(outcome)) else { return };
        let brake = &mut self.watch.brake;
        let news =
            (weight.ends && brake.ended.insert(person)) | (weight.changes && brake.changed.insert(person));
        if news {
            self.brake_holds(p);
        }
    }

    /// Something was committed or sent.
    pub(crate) fn brake_holds(&mut self, p: usize) {
        let queued = self.processes[p].operations(&Which::Live);
        let broken = self.watch.brake.broken(&queued);
        self.watch.wrong.extend(broken);
    }

    fn has_access(&self, call: &Call) -> bool {
        let id = call.path.get(1).map(String::as_str).unwrap_or_default();
        self.server.workspace.accounts().any(|account| account.id == id && account.access)
    }

    /// Whether a write gives access or another role to the account as it is at this moment.
    fn gives_or_moves(&self, row: &Operation, call: &Call) -> bool {
        let attributes = self.processes[0].directory.attributes();
        let users = self.server.workspace.users();
        let mut there = users.iter().filter_map(|user| wire::account(user, None, attributes));
        let there = there.find(|account| Some(&account.remote_id) == call.path.get(1));
        there.is_some_and(|there| {
            let goal = row.intent.goal(&there.values);
            goal.roles != there.values.roles || (goal.active && !there.values.active)
        })
    }
}
