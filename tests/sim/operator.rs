//! Operators who decide at random, by the same path as the drive: decide, observe, plan, brake, commit.

use std::collections::BTreeMap;

use scimdeck::domain::{OpKind, OpState, Operation, PersonId, Status, Time};
use scimdeck::engine::wire::{self, Wire};
use scimdeck::engine::{self, Finding, Findings, Found, Plan};
use scimdeck::store::{Backend, Batch};
use scimdeck::verbs::{self, Command, Context, Convertees, Decision, Who};

use crate::seen::observed;
use crate::world::{CONNECTION, Ev, World};

/// A command as far as it goes without being committed.
pub(crate) struct Prepared {
    command: Command,
    decision: Decision,
    plan: Plan,
    observed: Vec<scimdeck::directory::Change>,
    version: u64,
}

impl World {
    /// Somebody decides something at this process.
    pub(crate) fn command(&mut self, p: usize) {
        let command = self.any_command(p);
        self.say(|| format!("p{p} {command:?}"));
        if let Some(prepared) = self.prepare(p, command) {
            let wait = self.rng.below(300);
            self.at(wait, p, Ev::Commit(Box::new(prepared)));
        }
    }

    fn any_command(&mut self, p: usize) -> Command {
        let person = self.people[self.rng.below(self.people.len() as u64) as usize];
        let value = ["Admin", "Analyst", "Operator"][self.rng.below(3) as usize].to_owned();
        let status = |status| Command::SetStatus { people: vec![person], status };
        match self.rng.below(12) {
            0 | 1 => Command::Provision(Who::Named(self.people.clone())),
            2 | 3 => Command::Role {
                people: vec![person],
                values: BTreeMap::from([("workato_role".to_owned(), value)]),
            },
            4 => status(Status::Suspended),
            5 => status(Status::Deactivated),
            6 | 7 => status(Status::Active),
            8 => Command::Unassign(vec![person]),
            9 => Command::Assign {
                people: vec![person],
                roles: [("workato_role", value.as_str())].into_iter().collect(),
            },
            10 => Command::Convert(Convertees::Named(vec![person])),
            _ => {
                let group = self.processes[p].directory.assigned_groups().last().map(|g| g.group.id);
                group.map_or(Command::Apply, |group| Command::Priority(group, 1))
            }
        }
    }

    pub(crate) fn prepare(&mut self, p: usize, command: Command) -> Option<Prepared> {
        self.processes[p].catch_up();
        let process = &mut self.processes[p];
        let before = process.directory.clone();
        let mut context = Context { now: self.now, actor: "ops", ids: &mut process.ids, typed: &[] };
        let decision = verbs::decide(&before, &command, &mut context).ok()?;
        let mut after = before.clone();
        after.apply_all(&decision.changes);
        let blind = self.rng.chance(100);
        let findings = self.findings(&after, engine::people_of(&decision.scope), blind);
        let observed = findings.0.iter().filter_map(|(id, finding)| observed(&after, *id, finding, self.now));
        let mut observed: Vec<_> = observed.collect();
        observed.sort_by_key(|change| format!("{change:?}"));
        let since = self.now.plus_ms(-24 * 3_600_000);
        let history = self.processes[p].backend.reader().ok()?.brake_history(CONNECTION, since).ok()?;
        let plan = engine::make(&after, &decision, &findings, &history);
        Some(Prepared { command, decision, plan, observed, version: before.version() })
    }

    pub(crate) fn commit(&mut self, p: usize, prepared: Prepared) {
        self.processes[p].catch_up();
        let fresh = self.processes[p].directory.version() == prepared.version;
        let prepared = match fresh {
            true => prepared,
            false => match self.prepare(p, prepared.command) {
                Some(anew) => anew,
                None => return,
            },
        };
        if prepared.plan.brake.held.is_some() {
            if self.rng.chance(500) {
                self.say(|| format!("p{p} held by the brake"));
                return;
            }
            let gone = prepared.plan.operations.iter().filter(|o| o.kind == OpKind::Deactivate);
            self.approved.extend(gone.map(|o| o.person));
        }
        let at = self.now;
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
                intent: planned.intent.clone(),
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
        let batch = Batch { connection: Some(CONNECTION), changes, operations, cancel, ..Batch::default() };
        self.lead(p, false);
        if let Ok(applied) = self.apply(p, &batch)
            && self.processes[p].leads
        {
            self.feed(p, engine::machine::Event::Committed(applied.operations));
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
