//! Operators who decide at random, by the same path as the drive: decide, observe, plan, brake, commit.

use std::collections::BTreeMap;

use scimdeck::directory::Change;
use scimdeck::domain::{GroupId, OpKind, OpState, Operation, PersonId, Status, Time};
use scimdeck::engine::wire::{self, Wire};
use scimdeck::engine::{self, Finding, Findings, Found, Plan};
use scimdeck::store::{Backend, Batch, Which};
use scimdeck::verbs::{self, Command, Context, Convertees, Decision, PersonFields, Who};

use crate::seen::observed;
use crate::world::{CONNECTION, Ev, World};

/// A command as far as it goes without being committed.
pub(crate) struct Prepared {
    pub(crate) command: Command,
    decision: Decision,
    pub(crate) plan: Plan,
    observed: Vec<scimdeck::directory::Change>,
    version: u64,
}

impl World {
    /// Somebody decides something at this process.
    pub(crate) fn command(&mut self, p: usize) {
        let command = self.any_command(p);
        self.decide(p, command);
    }

    pub(crate) fn decide(&mut self, p: usize, command: Command) {
        self.say(|| format!("p{p} {command:?}"));
        let blind = !self.watch.calm && self.rng.chance(100);
        if let Some(prepared) = self.prepare(p, command, blind) {
            let wait = self.rng.below(300);
            self.at(wait, p, Ev::Commit(Box::new(prepared)));
        }
    }

    /// Everybody who was not removed here.
    pub(crate) fn still_here(&self, p: usize) -> Vec<PersonId> {
        let directory = &self.processes[p].directory;
        self.people.iter().copied().filter(|id| directory.get(*id).is_some()).collect()
    }

    fn any_command(&mut self, p: usize) -> Command {
        let person = self.people[self.rng.below(self.people.len() as u64) as usize];
        let value = ["Admin", "Analyst", "Operator"][self.rng.below(3) as usize].to_owned();
        let status = |status| Command::SetStatus { people: vec![person], status };
        let group = GroupId(1 + self.rng.below(2));
        let set = |fields| Command::PersonSet { person: Some(person), fields };
        match self.rng.below(24) {
            0..=3 => Command::Provision(Who::Named(self.still_here(p))),
            4..=6 => Command::Role {
                people: vec![person],
                values: BTreeMap::from([("workato_role".to_owned(), value)]),
            },
            7 => status(Status::Suspended),
            8 | 9 => status(Status::Deactivated),
            10 | 11 => status(Status::Active),
            12 => Command::Unassign(vec![person]),
            13 => Command::Assign {
                people: vec![person],
                roles: [("workato_role", value.as_str())].into_iter().collect(),
            },
            14 => Command::Convert(Convertees::Named(vec![person])),
            15 => {
                let group = self.processes[p].directory.assigned_groups().last().map(|g| g.group.id);
                group.map_or(Command::Apply, |group| Command::Priority(group, 1))
            }
            16 => set(PersonFields { title: Some(value), ..PersonFields::default() }),
            17 => {
                let name = format!("r{}p{}@example.com", self.rng.below(1_000), person.0);
                set(PersonFields { user_name: Some(name), ..PersonFields::default() })
            }
            18 => Command::MemberAdd(group, vec![person]),
            19 => Command::MemberRemove(group, vec![person]),
            20 => match self.rng.below(3) {
                0 => Command::DriftPush(vec![person]),
                1 => Command::DriftAdopt(vec![person]),
                _ => Command::PersonRemove(vec![person]),
            },
            21 => match self.rng.below(4) {
                0 => Command::UnassignGroup(group),
                1 => Command::Unlink(vec![person]),
                _ => Command::Drop(vec![person]),
            },
            22 => Command::Retry(vec![person]),
            _ => Command::Apply,
        }
    }

    pub(crate) fn prepare(&mut self, p: usize, command: Command, blind: bool) -> Option<Prepared> {
        self.processes[p].catch_up();
        let process = &mut self.processes[p];
        let before = process.directory.clone();
        let names = before.people().filter(|_| self.types_names).map(|p| p.user_name().to_owned());
        let typed: Vec<String> = names.collect();
        let mut context = Context {
            now: self.now.plus_ms(process.skew_ms),
            actor: "ops",
            ids: &mut process.ids,
            typed: &typed,
        };
        let mut decision = verbs::decide(&before, &command, &mut context).ok()?;
        let replaced = Which::Ids(decision.replaces(&before));
        decision.take_over(&self.processes[p].operations(&replaced));
        let mut after = before.clone();
        after.apply_all(&decision.changes);
        let findings = self.findings(&after, engine::people_of(&decision.scope), blind);
        let observed = findings.0.iter().filter_map(|(id, finding)| observed(&after, *id, finding, self.now));
        let mut observed: Vec<_> = observed.collect();
        observed.sort_by_key(|change| format!("{change:?}"));
        let since = self.clock(p).plus_ms(-24 * 3_600_000);
        let history = self.processes[p].backend.reader().ok()?.brake_history(CONNECTION, since).ok()?;
        let plan = engine::make(&after, &decision, &findings, &history);
        for skipped in &plan.skipped {
            if skipped.failed {
                self.cannot.insert(skipped.person);
            } else {
                self.cannot.remove(&skipped.person);
            }
        }
        for planned in &plan.operations {
            self.cannot.remove(&planned.person);
        }
        Some(Prepared { command, decision, plan, observed, version: before.version() })
    }

    pub(crate) fn commit(&mut self, p: usize, prepared: Prepared) {
        self.commit_as(p, prepared, false);
    }

    /// Commits what was prepared; `approves`: the brake's number is typed.
    pub(crate) fn commit_as(&mut self, p: usize, prepared: Prepared, approves: bool) {
        self.processes[p].catch_up();
        let fresh = self.processes[p].directory.version() == prepared.version;
        let prepared = match fresh {
            true => prepared,
            false => match self.prepare(p, prepared.command, false) {
                Some(anew) => anew,
                None => return,
            },
        };
        if prepared.plan.brake.held.is_some() {
            self.held += 1;
            if !approves && (self.never_types || self.rng.chance(500)) {
                self.say(|| format!("p{p} held by the brake"));
                return;
            }
            let gone = prepared.plan.operations.iter().filter(|o| o.kind == OpKind::Deactivate);
            self.watch.approved.extend(gone.map(|o| o.person));
        }
        let at = self.clock(p);
        let ids = &mut self.processes[p].ids;
        let operations: Vec<Operation> = prepared
            .plan
            .operations
            .iter()
            .map(|planned| Operation {
                id: ids.op(at),
                person: planned.person,
                user_name: planned.user_name.clone(),
                kind: planned.kind,
                cause: planned.cause.clone(),
                intent: planned.intent.clone().into(),
                state: OpState::Queued,
                not_before: None,
                attempts: 0,
                failure: None,
                created_at: at,
                updated_at: at,
                actor: "ops".to_owned(),
                reason: None,
            })
            .collect();
        let mut changes = prepared.decision.changes;
        changes.extend(prepared.observed);
        let mut cancel = prepared.plan.cancel;
        cancel.extend(&prepared.decision.cancel);
        for op in &operations {
            self.say(|| format!("p{p} commits {} {} {} ({})", op.id, op.user_name, op.kind.word(), op.cause));
        }
        self.watch.cancelled.extend(&cancel);
        let gone = changes.iter().filter_map(|change| match change {
            Change::PersonDropped(id) | Change::LinkDropped(id) => Some(*id),
            _ => None,
        });
        self.watch.cancelled.extend(gone);
        let batch = Batch { connection: Some(CONNECTION), changes, operations, cancel, ..Batch::default() };
        for op in &batch.operations {
            self.watch.committed(op);
        }
        self.lead(p, false);
        match self.apply(p, &batch) {
            Ok(applied) if self.processes[p].leads => {
                self.settings(p);
                self.feed(p, engine::machine::Event::Committed(applied.operations));
            }
            Ok(_) => {}
            Err(error) => {
                self.watch.refused(&batch.operations);
                self.say(|| format!("p{p} commit refused: {error}"));
            }
        }
    }

    /// What the connection may do is changed, at once and without a request.
    pub(crate) fn switch(&mut self, p: usize) {
        self.processes[p].catch_up();
        let mut connection = self.processes[p].directory.connection().clone();
        let to_app = &mut connection.to_app;
        let switch = match self.rng.below(4) {
            0 => &mut to_app.create,
            1 => &mut to_app.update,
            2 => &mut to_app.deactivate,
            _ => &mut to_app.exclude_user_name,
        };
        *switch = !*switch;
        self.say(|| format!("p{p} switches: {:?}", connection.to_app));
        self.set(p, connection);
    }

    pub(crate) fn set(&mut self, p: usize, connection: scimdeck::domain::Connection) {
        let changes = vec![Change::Connection(Box::new(connection))];
        let batch = Batch { connection: Some(CONNECTION), changes, ..Batch::default() };
        let _ = self.apply(p, &batch);
        for p in 0..2 {
            self.processes[p].catch_up();
            self.settings(p);
        }
    }

    /// What the endpoint has for these people at this moment.
    pub(crate) fn findings(
        &self,
        directory: &scimdeck::directory::Directory,
        people: &[PersonId],
        blind: bool,
    ) -> Findings {
        let users: Vec<Found> = self
            .server
            .workspace
            .users()
            .into_iter()
            .filter_map(|resource| {
                let account = wire::account(&resource, None, directory.attributes())?;
                Some(Found { account, resource })
            })
            .collect();
        let wire = Wire::of(directory.connection());
        let look = |id: &PersonId| -> Option<(PersonId, Finding)> {
            let person = directory.get(*id)?;
            if blind {
                return Some((*id, Finding::Unknown("no answer".to_owned())));
            }
            let finding = match person.remote_id() {
                Some(remote_id) => match users.iter().find(|u| u.account.remote_id == remote_id) {
                    Some(found) => Finding::Account(Box::new(found.clone())),
                    None => Finding::Gone,
                },
                None => {
                    let who = wire.identity(&person.wanted())?;
                    let same: Vec<&Found> = users.iter().filter(|u| who.is(&u.resource)).collect();
                    match same.as_slice() {
                        [] => Finding::Absent,
                        [one] => Finding::Account(Box::new((*one).clone())),
                        more => Finding::Several(more.iter().map(|f| f.account.clone()).collect()),
                    }
                }
            };
            Some((*id, finding))
        };
        Findings(people.iter().filter_map(look).collect())
    }
}

/// A moment before the first event, for what was there before.
pub(crate) const BEFORE: Time = Time::from_ms(1_699_000_000_000);
