//! How long it took from the decision that somebody's access ends until the app confirmed it.
//!
//! All of it is told by entries of the audit log, which its chain covers. The journal and the directory only add what is
//! still open now: where its operation stands, and whose access remains without any.

use std::collections::HashMap;

use crate::audit::{Access, AuditEntry, Source};
use crate::directory::Directory;
use crate::domain::{Failure, Flag, OpId, OpKind, OpState, Operation, PersonId, Time};

/// What was queued for it was given up by an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// When.
    pub at: Time,
    /// By whom.
    pub by: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// One end of somebody's access.
#[derive(Debug, Clone, PartialEq)]
pub struct EndOfAccess {
    /// Whose.
    pub person: PersonId,
    /// The user name at that time.
    pub user_name: String,
    /// Decided when; none where no entry tells.
    pub decided_at: Option<Time>,
    /// Confirmed by the app when, to an operation or to a look; none while it is open.
    pub confirmed_at: Option<Time>,
    /// Who decided.
    pub by: String,
    /// By what: `suspend`, `deactivate`, `unassign`, `remove`, or the cause in words.
    pub way: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// The operation that confirmed it, or that is to do so; none where a look found it.
    pub operation: Option<OpId>,
    /// Where the operation stands.
    pub state: Option<OpState>,
    /// Why it is still open.
    pub failure: Option<Failure>,
    /// It is open, and nothing is queued any more because an operator gave it up.
    pub dropped: Option<Dropped>,
}

impl EndOfAccess {
    /// Milliseconds from the decision to the confirmation, or until now while it is open.
    pub fn took_ms(&self, now: Time) -> Option<i64> {
        self.decided_at.map(|decided| self.confirmed_at.unwrap_or(now).since(decided))
    }

    fn of(person: PersonId, user_name: &str) -> Self {
        Self {
            person,
            user_name: user_name.to_owned(),
            decided_at: None,
            confirmed_at: None,
            by: String::new(),
            way: String::new(),
            reason: None,
            operation: None,
            state: None,
            failure: None,
            dropped: None,
        }
    }

    fn decided(person: PersonId, entry: &AuditEntry) -> Self {
        Self {
            decided_at: Some(entry.time),
            by: entry.actor.clone(),
            way: if entry.source == Source::Import { "import".to_owned() } else { way(&entry.event) },
            reason: entry.reason.clone(),
            ..Self::of(person, &entry.subject)
        }
    }
}

/// The last end of somebody's access.
#[derive(Debug)]
struct Last {
    place: usize,
    /// Access was given again before it was confirmed. An operation on its way may confirm it all the same.
    taken_back: bool,
}

/// Every end of access that the entries of an audit log tell of.
#[derive(Debug, Default)]
pub struct EndsOfAccess {
    ends: Vec<EndOfAccess>,
    last: HashMap<PersonId, Last>,
}

impl EndsOfAccess {
    /// Takes the next entry, from the first one of the log on. An end counts from the decision that ended access here,
    /// through operations that were dropped or replaced, until access is given again or the app confirmed it.
    pub fn take(&mut self, entry: &AuditEntry) {
        let Some(person) = entry.person else { return };
        match entry.access {
            Some(Access::Ended) => self.ended(person, entry),
            Some(Access::Given) => {
                if let Some(last) = self.last.get_mut(&person) {
                    last.taken_back = true;
                }
            }
            Some(Access::Dropped) => {
                if let Some(end) = self.open(person) {
                    let reason = entry.reason.clone();
                    end.dropped = Some(Dropped { at: entry.time, by: entry.actor.clone(), reason });
                }
            }
            Some(Access::NotThere) => {
                if let Some(end) = self.open(person) {
                    end.confirmed_at = Some(entry.time);
                }
            }
            None if confirms(entry) => self.confirmed(person, entry),
            None => {}
        }
    }

    fn ended(&mut self, person: PersonId, entry: &AuditEntry) {
        if self.open(person).is_some() {
            return;
        }
        let place = self.ends.len();
        self.ends.push(EndOfAccess::decided(person, entry));
        self.last.insert(person, Last { place, taken_back: false });
    }

    /// An operation of ours went through.
    fn confirmed(&mut self, person: PersonId, entry: &AuditEntry) {
        let told = self.last.contains_key(&person);
        if !told {
            self.ended(person, entry);
        }
        let Some(last) = self.last.get_mut(&person) else { return };
        last.taken_back = false;
        let end = self.ends.get_mut(last.place).filter(|end| end.confirmed_at.is_none());
        let Some(end) = end else { return };
        if !told {
            end.decided_at = None;
        }
        end.confirmed_at = Some(entry.time);
        end.operation = entry.operation;
        end.state = Some(OpState::Done);
    }

    fn open(&mut self, person: PersonId) -> Option<&mut EndOfAccess> {
        let last = self.last.get(&person).filter(|last| !last.taken_back)?;
        self.ends.get_mut(last.place).filter(|end| end.confirmed_at.is_none())
    }

    /// All of them, and who still has access without any: open ones first, the oldest first; then the confirmed ones,
    /// the newest first. `live` are the operations under way that end access.
    pub fn list(mut self, live: Vec<Operation>, directory: &Directory) -> Vec<EndOfAccess> {
        let mut live: HashMap<PersonId, Operation> = live.into_iter().map(|op| (op.person, op)).collect();
        let remains = directory.people().filter(|p| p.flags().contains(Flag::AccessRemains));
        for person in remains {
            if self.open(person.id()).is_none() {
                let place = self.ends.len();
                let way = "nothing queued".to_owned();
                self.ends.push(EndOfAccess { way, ..EndOfAccess::of(person.id(), person.user_name()) });
                self.last.insert(person.id(), Last { place, taken_back: false });
            }
        }
        for (person, last) in &self.last {
            let Some(end) = self.ends.get_mut(last.place).filter(|end| end.confirmed_at.is_none()) else {
                continue;
            };
            if let Some(op) = live.remove(person) {
                end.dropped = None;
                end.operation = Some(op.id);
                end.state = Some(op.state);
                end.failure = op.failure;
                if end.decided_at.is_none() {
                    end.way = way(&op.cause);
                }
            }
        }
        let last = self.last;
        let stands = |place: usize, end: &EndOfAccess| {
            end.confirmed_at.is_some()
                || last.get(&end.person).is_some_and(|last| last.place == place && !last.taken_back)
        };
        let ends = self.ends.into_iter().enumerate().filter(|(place, end)| stands(*place, end));
        let mut ends: Vec<EndOfAccess> = ends.map(|(_, end)| end).collect();
        for end in ends.iter_mut().filter(|end| end.confirmed_at.is_some()) {
            end.dropped = None;
        }
        // None is before every time: nothing queued is the worst.
        ends.sort_by_key(|end| match end.confirmed_at {
            None => (false, end.decided_at.map_or(i64::MIN, Time::ms)),
            Some(at) => (true, at.ms().saturating_neg()),
        });
        ends
    }
}

/// Whether it tells that an operation of ours which ends access went through.
fn confirms(entry: &AuditEntry) -> bool {
    entry.source == Source::Console && entry.operation.is_some() && entry.event == OpKind::Deactivate.word()
}

fn way(cause: &str) -> String {
    let way = match cause {
        "suspended" => "suspend",
        "deactivated" => "deactivate",
        "app access removed" | "group assignment ended" | "removed from group" => "unassign",
        "removed from the directory" => "remove",
        other => other,
    };
    way.to_owned()
}

#[cfg(test)]
mod tests;
