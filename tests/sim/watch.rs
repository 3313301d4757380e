//! What is noted while a schedule runs, and broken promises that show at the moment of a request.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use scimdeck::domain::{Call, Method, OpId, OpKind, OpState, Operation, Outcome, PersonId, ToApp};

use crate::brake::{Brake, not_applied};
use crate::server::Server;

/// Who an operation was committed for.
#[derive(Debug, Clone)]
struct Committed {
    /// Its place in the order of commits.
    place: usize,
    person: PersonId,
    external_id: String,
    names: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// No faults: nothing may stay open.
    pub(crate) calm: bool,
    pub(crate) brake: Brake,
    commits: HashMap<OpId, Committed>,
    places: usize,
    /// Per person, the latest operation of which a write left.
    last: BTreeMap<PersonId, usize>,
    /// Whose queued operations were cancelled on purpose, up to which place.
    cancelled: BTreeMap<PersonId, usize>,
    /// Whose operation an operator dropped.
    pub(crate) dropped: BTreeSet<PersonId>,
    /// Accounts that nobody may write to.
    pub(crate) strangers: BTreeSet<String>,
    /// Whose create arrived, and nothing proved since that it was not applied.
    created: BTreeSet<PersonId>,
    pub(crate) wrong: Vec<String>,
    /// What the connection may do, as each machine was told last.
    pub(crate) told: [Option<ToApp>; 2],
    /// Writes in the order in which they left.
    pub(crate) writes: Vec<(PersonId, OpId)>,
}

impl Watch {
    pub(crate) fn committed(&mut self, op: &Operation) {
        self.places += 1;
        let wanted = &op.intent.wanted;
        let committed = Committed {
            place: self.places,
            person: op.person,
            external_id: wanted.external_id.clone(),
            names: vec![wanted.user_name.to_lowercase(), wanted.email.to_lowercase()],
        };
        self.commits.insert(op.id, committed);
    }

    /// Whose an operation is.
    pub(crate) fn person(&self, op: OpId) -> Option<PersonId> {
        self.commits.get(&op).map(|committed| committed.person)
    }

    /// What is queued for these people is cancelled on purpose; what is committed after this is not.
    pub(crate) fn given_up(&mut self, people: Vec<PersonId>) {
        self.cancelled.extend(people.into_iter().map(|id| (id, self.places)));
    }

    /// Every operation that was committed.
    pub(crate) fn commits(&self) -> impl Iterator<Item = OpId> {
        self.commits.keys().copied()
    }

    /// The last operation of each person, where it was not given up on purpose.
    pub(crate) fn newest(&self) -> BTreeMap<PersonId, OpId> {
        let mut newest: BTreeMap<PersonId, (usize, OpId)> = BTreeMap::new();
        for (id, committed) in &self.commits {
            let slot = newest.entry(committed.person).or_insert((committed.place, *id));
            *slot = (*slot).max((committed.place, *id));
        }
        let kept = |person, place| self.cancelled.get(&person).is_none_or(|up_to| *up_to < place);
        let newest = newest.into_iter().filter(|(person, (place, _))| kept(*person, *place));
        newest.map(|(person, (_, id))| (person, id)).collect()
    }

    pub(crate) fn unknown(&mut self, op: OpId) {
        self.wrong.push(format!("journal: {op} was written and the journal does not know it"));
    }

    /// A write leaves; `row` is what the journal says of it at this moment.
    pub(crate) fn leaves(&mut self, row: &Operation, leads: bool) {
        let Some(committed) = self.commits.get(&row.id).cloned() else { return self.unknown(row.id) };
        let person = committed.person;
        if !leads {
            return;
        }
        if row.state != OpState::Inflight {
            let word = row.state.word();
            self.wrong.push(format!("journal: {} of {} was written while {word}", row.id, row.user_name));
        }
        let last = self.last.entry(person).or_insert(committed.place);
        if *last > committed.place {
            self.wrong.push(format!("order: {} of {} left after a later one", row.id, row.user_name));
        }
        *last = (*last).max(committed.place);
        self.writes.push((person, row.id));
    }

    /// A write leaves a machine: may it, after what the machine was told of the connection's switches?
    pub(crate) fn may(&mut self, p: usize, row: &Operation, call: &Call) {
        let Some(told) = self.told[p] else { return };
        let creates = call.method == Method::Post && !told.create;
        let updates = row.kind == OpKind::Update && !told.update;
        let ends = row.kind == OpKind::Deactivate && !told.deactivate;
        if creates || updates || ends {
            self.wrong.push(format!("switch: {} of {} left, and it is off", call.line(), row.user_name));
        }
    }

    /// A request reaches the endpoint: is it for an account of ours?
    pub(crate) fn arrives(&mut self, server: &Server, call: &Call) {
        if !call.method.writes() {
            return;
        }
        let committed = call.operation.and_then(|op| self.commits.get(&op));
        let Some(committed) = committed else {
            return self.wrong.push(format!("ours: {} belongs to no operation", call.line()));
        };
        if call.method == Method::Post && !self.created.insert(committed.person) {
            let id = committed.person.0;
            self.wrong.push(format!("twice: p{id} is created again and nothing proves that they were not"));
        }
        let Some(id) = call.path.get(1) else { return };
        if self.strangers.contains(id) {
            self.wrong.push(format!("ours: {} is for a stranger", call.line()));
        }
        let Some(account) = server.workspace.accounts().find(|a| a.id == *id) else { return };
        let theirs = account.external_id().unwrap_or("");
        let named = committed.names.contains(&account.user_name().to_lowercase());
        if theirs != committed.external_id && !(theirs.is_empty() && named) {
            let (name, ours) = (account.user_name(), &committed.external_id);
            self.wrong.push(format!("ours: {name} has externalId {theirs:?} and was written for {ours}"));
        }
    }

    /// A look found nobody: what was sent for them before was not applied.
    pub(crate) fn absent(&mut self, person: PersonId) {
        self.created.remove(&person);
    }

    /// The same in a look for an operation.
    pub(crate) fn absent_for(&mut self, op: OpId) {
        if let Some(person) = self.person(op) {
            self.absent(person);
        }
    }

    /// Answers that prove that a create was not applied.
    pub(crate) fn answered(&mut self, call: &Call, outcome: &Outcome) {
        let person = call.operation.and_then(|op| self.person(op));
        if call.method == Method::Post
            && not_applied(outcome)
            && let Some(person) = person
        {
            self.created.remove(&person);
        }
    }
}
