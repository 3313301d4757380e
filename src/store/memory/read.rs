//! The same questions as to the file, answered from the rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::rows::{Key, Row, Rows};
use crate::audit::{AuditEntry, AuditQuery, chain::Beside, chain::Chained};
use crate::directory::{Change, OpMark, QueueCounts};
use crate::domain::{Connection, ConnectionId, GroupId, OpId, OpKind, OpState, Operation, PersonId, Time};
use crate::engine::compare::Orphan;
use crate::engine::{Trace, rank};
use crate::store::backend::{LoadedRest, Reader, Result};
use crate::store::journal::mark as mark_of;
use crate::store::load_order::marks;
use crate::store::tables::changes_role;
use crate::store::{BrakeHistory, Which, counts};

/// A reader of shared rows.
pub(super) struct Reading {
    rows: Arc<Mutex<Rows>>,
}

const NOBODY: PersonId = PersonId(0);
const LAST: PersonId = PersonId(u64::MAX);

impl Reading {
    pub(super) fn new(rows: Arc<Mutex<Rows>>) -> Self {
        Self { rows }
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn operations(rows: &Rows, connection: ConnectionId) -> impl DoubleEndedIterator<Item = &Operation> {
    rows.range(Key::Operation(OpId(0))..=Key::Operation(OpId(u64::MAX))).filter_map(move |(_, row)| match row
    {
        Row::Operation(of, operation) if *of == connection => Some(&**operation),
        _ => None,
    })
}

fn live(rows: &Rows, connection: ConnectionId) -> Vec<Operation> {
    operations(rows, connection).filter(|o| o.state.live()).cloned().collect()
}

fn live_marks(rows: &Rows, connection: ConnectionId) -> Vec<(PersonId, OpMark)> {
    operations(rows, connection).filter(|o| o.state.live()).map(|o| (o.person, OpMark::of(o))).collect()
}

/// All that was committed with one operation.
fn run(rows: &Rows, connection: ConnectionId, one: Option<&Operation>) -> Vec<Operation> {
    let Some(one) = one else { return Vec::new() };
    let same = |o: &&Operation| (o.created_at, &o.actor) == (one.created_at, &one.actor);
    operations(rows, connection).filter(same).cloned().collect()
}

fn audit(rows: &Rows, c: u32) -> impl DoubleEndedIterator<Item = (&AuditEntry, &Row)> {
    rows.range(Key::Audit(c, 0)..=Key::Audit(c, u64::MAX)).filter_map(|(_, row)| match row {
        Row::Audit(entry, ..) => Some((&**entry, row)),
        _ => None,
    })
}

/// Links and operations are logged as where they are kept, as in the file: who follows reads them as they are by then.
fn now(rows: &Rows, connection: ConnectionId, change: &Change) -> Option<Change> {
    match change {
        Change::Link(person, _) => match rows.get(&Key::Link(connection.0, *person)) {
            Some(Row::Made(_, link)) => Some(link.clone()),
            _ => None,
        },
        Change::Operation(_, mark) => match rows.get(&Key::Operation(mark.id)) {
            Some(Row::Operation(_, operation)) => Some(mark_of(operation)),
            _ => None,
        },
        other => Some(other.clone()),
    }
}

fn asked(entry: &AuditEntry, query: &AuditQuery) -> bool {
    query.person.is_none_or(|p| entry.person == Some(p))
        && query.operation.is_none_or(|o| entry.operation == Some(o))
        && query.since.is_none_or(|t| entry.time >= t)
        && query.after.is_none_or(|n| entry.seq > n)
        && query.before.is_none_or(|n| entry.seq < n)
}

impl Reader for Reading {
    fn another(&self) -> Result<Box<dyn Reader>> {
        Ok(Box::new(Self::new(Arc::clone(&self.rows))))
    }

    fn connections(&mut self) -> Result<Vec<Connection>> {
        Ok(self.rows().connections())
    }

    fn load(&mut self, connection: ConnectionId, sink: &mut dyn FnMut(Change)) -> Result<LoadedRest> {
        let rows = self.rows();
        let c = connection.0;
        if let Some(Row::Connection(settings)) = rows.get(&Key::Connection(c)) {
            sink(Change::Connection(Box::new(settings.clone())));
        }
        if let Some(Row::Attributes(list)) = rows.get(&Key::Attributes(c)) {
            for (place, attribute) in (0..).zip(list) {
                sink(Change::Attribute(place, attribute.clone()));
            }
        }
        for (_, row) in rows.range(Key::Name(String::new())..=Key::Group(GroupId(0))) {
            if let Row::Number(id) = row
                && let Some(Row::Made(_, person)) = rows.get(&Key::Person(PersonId(*id)))
            {
                sink(person.clone());
            }
        }
        let mut made = |keys| {
            for (_, row) in rows.range(keys) {
                if let Row::Made(_, change) = row {
                    sink(change.clone());
                }
            }
        };
        made(Key::Group(GroupId(0))..=Key::Group(GroupId(u64::MAX)));
        made(Key::GroupAssigned(c, GroupId(0))..=Key::GroupAssigned(c, GroupId(u64::MAX)));
        made(Key::GroupPushed(c, GroupId(0))..=Key::GroupPushed(c, GroupId(u64::MAX)));
        made(Key::Member(GroupId(0), NOBODY)..=Key::Member(GroupId(u64::MAX), LAST));
        made(Key::Assigned(c, NOBODY)..=Key::Assigned(c, LAST));
        // What was seen before a link says less than the link, what was seen after it says more.
        let (mut early, mut late) = (Vec::new(), Vec::new());
        for (key, row) in rows.range(Key::Observed(c, NOBODY)..=Key::Observed(c, LAST)) {
            let (Key::Observed(_, id), Row::Made(seq, change)) = (key, row) else { continue };
            let later_link =
                matches!(rows.get(&Key::Link(c, *id)), Some(Row::Made(linked, _)) if linked > seq);
            if later_link { early.push(change) } else { late.push(change) }
        }
        early.into_iter().for_each(|change| sink(change.clone()));
        for (_, row) in rows.range(Key::Link(c, NOBODY)..=Key::Link(c, LAST)) {
            if let Row::Made(_, change) = row {
                sink(change.clone());
            }
        }
        late.into_iter().for_each(|change| sink(change.clone()));
        for (_, row) in rows.range(Key::Noted(c, NOBODY)..=Key::Noted(c, LAST)) {
            if let Row::Made(_, change) = row {
                sink(change.clone());
            }
        }
        let live = live_marks(&rows, connection);
        marks(&live, sink);
        if let Some(Row::Made(_, swept)) = rows.get(&Key::Swept(c)) {
            sink(swept.clone());
        }
        let last = rows.range(Key::Log(0)..=Key::Log(u64::MAX)).next_back();
        let last_change = if let Some((Key::Log(seq), _)) = last { *seq } else { 0 };
        Ok(LoadedRest { last_change, live })
    }

    fn changes_since(&mut self, connection: ConnectionId, after: u64) -> Result<Option<(Vec<Change>, u64)>> {
        let rows = self.rows();
        let seq = |found: Option<(&Key, &Row)>| match found {
            Some((Key::Log(seq), _)) => Some(*seq),
            _ => None,
        };
        let first = seq(rows.range(Key::Log(0)..=Key::Log(u64::MAX)).next()).unwrap_or(1);
        let last = seq(rows.range(Key::Log(0)..=Key::Log(u64::MAX)).next_back()).unwrap_or(0);
        if after > last || after + 1 < first {
            return Ok(None);
        }
        let changes = rows.range(Key::Log(after + 1)..=Key::Log(u64::MAX)).filter_map(|(_, row)| match row {
            Row::Log(of, change) if of.is_none_or(|of| of == connection) => now(&rows, connection, change),
            _ => None,
        });
        Ok(Some((changes.collect(), last)))
    }

    fn operations(&mut self, connection: ConnectionId, which: &Which) -> Result<Vec<Operation>> {
        let rows = self.rows();
        Ok(match which {
            Which::Live => live(&rows, connection),
            Which::Ids(ids) => {
                let ids: BTreeSet<_> = ids.iter().collect();
                operations(&rows, connection).filter(|o| ids.contains(&o.id)).cloned().collect()
            }
            Which::Person(person) => {
                let newest = operations(&rows, connection).rev().filter(|o| o.person == *person).take(100);
                let mut found: Vec<_> = newest.cloned().collect();
                found.reverse();
                found
            }
            Which::Worst(query) => {
                let mut found = live(&rows, connection);
                found.retain(|o| query.state.is_none_or(|state| o.state == state));
                found.sort_by_key(|o| (rank(o), o.id));
                found.truncate(query.limit as usize);
                found
            }
            Which::EndsOfAccess => operations(&rows, connection)
                .filter(|o| o.kind == OpKind::Deactivate && o.state.live())
                .cloned()
                .collect(),
            Which::Begun => operations(&rows, connection)
                .filter(|o| matches!(o.state, OpState::Inflight | OpState::InDoubt | OpState::Waiting))
                .cloned()
                .collect(),
            Which::LastRun(actor) => {
                let newest = operations(&rows, connection).rev().find(|o| o.actor == *actor);
                run(&rows, connection, newest)
            }
            Which::RunOf(op) => run(&rows, connection, operations(&rows, connection).find(|o| o.id == *op)),
        })
    }

    fn live(&mut self, connection: ConnectionId) -> Result<Vec<(PersonId, OpMark)>> {
        Ok(live_marks(&self.rows(), connection))
    }

    fn queue_counts(&mut self, connection: ConnectionId) -> Result<QueueCounts> {
        Ok(counts::of(operations(&self.rows(), connection).map(|o| (o.state, 1))))
    }

    fn audit(&mut self, connection: ConnectionId, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
        let rows = self.rows();
        let found = audit(&rows, connection.0).map(|(entry, _)| entry).filter(|entry| asked(entry, query));
        let limit = query.limit as usize;
        if query.after.is_some() {
            return Ok(found.take(limit).cloned().collect());
        }
        let mut page: Vec<_> = found.rev().take(limit).cloned().collect();
        page.reverse();
        Ok(page)
    }

    fn chained(&mut self, connection: ConnectionId, after: u64, limit: u32) -> Result<Vec<Chained>> {
        let rows = self.rows();
        let chained = audit(&rows, connection.0).filter_map(|(entry, row)| match row {
            Row::Audit(_, text, hash) => {
                let beside = Beside::of(entry);
                Some(Chained { seq: entry.seq, text: text.clone(), hash: *hash, beside })
            }
            _ => None,
        });
        Ok(chained.filter(|entry| entry.seq > after).take(limit as usize).collect())
    }

    fn traces(&mut self, connection: ConnectionId, operation: OpId) -> Result<Vec<Trace>> {
        let rows = self.rows();
        let traces = rows.range(Key::Trace(0)..=Key::Trace(u64::MAX)).filter_map(|(_, row)| match row {
            Row::Trace(of, trace) if *of == connection && trace.operation == Some(operation) => {
                Some((**trace).clone())
            }
            _ => None,
        });
        Ok(traces.collect())
    }

    fn trace(&mut self, seq: u64) -> Result<Option<Trace>> {
        Ok(match self.rows().get(&Key::Trace(seq)) {
            Some(Row::Trace(_, trace)) => Some((**trace).clone()),
            _ => None,
        })
    }

    fn brake_history(&mut self, connection: ConnectionId, since: Time) -> Result<BrakeHistory> {
        let rows = self.rows();
        let counted = operations(&rows, connection)
            .filter(|o| o.created_at >= since && o.state != OpState::Cancelled)
            .filter(|o| o.kind == OpKind::Deactivate || changes_role(o))
            .map(|o| ((o.person, o.kind == OpKind::Deactivate), ()));
        let history = counts::history(counted.collect::<BTreeMap<_, _>>().into_keys());
        let taken_out = Key::TakenOut(connection.0, String::new())
            ..=Key::TakenOut(connection.0.saturating_add(1), String::new());
        let taken_out = rows.range(taken_out).filter_map(|(key, row)| match (key, row) {
            (Key::TakenOut(of, account), Row::Number(at)) if *of == connection.0 => {
                (*at >= since.ms().unsigned_abs()).then(|| account.clone())
            }
            _ => None,
        });
        Ok(BrakeHistory { taken_out: taken_out.collect(), ..history })
    }

    fn console_values(&mut self, connection: ConnectionId) -> Result<Vec<(PersonId, String)>> {
        let c = connection.0;
        let rows = self.rows();
        let keys = rows.range(Key::Console(c, NOBODY, String::new())..=Key::Operation(OpId(0)));
        Ok(keys
            .filter_map(|(key, _)| match key {
                Key::Console(of, person, field) if *of == c => Some((*person, field.clone())),
                _ => None,
            })
            .collect())
    }

    fn orphans(&mut self, connection: ConnectionId) -> Result<Vec<Orphan>> {
        let mut all: Vec<Orphan> = orphans(&self.rows(), connection).map(|(_, orphan)| orphan).collect();
        all.sort();
        Ok(all)
    }

    fn meta(&mut self, connection: Option<ConnectionId>, key: &str) -> Result<Option<String>> {
        Ok(match self.rows().get(&Key::Meta(connection.map_or(0, |c| c.0), key.to_owned())) {
            Some(Row::Text(text)) => Some(text.clone()),
            _ => None,
        })
    }
}

/// A connection's accounts of nobody here, with their places.
pub(super) fn orphans(rows: &Rows, connection: ConnectionId) -> impl Iterator<Item = (Key, Orphan)> {
    let from = Key::Orphan(connection.0, String::new());
    let to = Key::Orphan(connection.0 + 1, String::new());
    rows.range(from..=to).filter_map(|(key, row)| match row {
        Row::Orphan(orphan) => Some((key.clone(), (**orphan).clone())),
        _ => None,
    })
}
