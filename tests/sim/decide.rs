//! A decision by the same path as the drive: decide, observe, plan, brake, commit. Each takes its time, so that the other
//! process and the sender come in between.

use scimdeck::directory::{Change, Directory};
use scimdeck::domain::{Flag, OpState, Operation, PersonId};
use scimdeck::drive::push_group::{self, Port};
use scimdeck::engine::machine::Event;
use scimdeck::engine::{self, Basis, BrakeHistory, Finding, Findings, Plan, Planned};
use scimdeck::store::{Backend, Batch, StoreError, Which};
use scimdeck::verbs::{self, Command, Context, Decision};

use crate::seen::observed;
use crate::world::{CONNECTION, Ev, World};

/// So often a decision is planned that others keep overtaking.
const TURNS: u32 = 5;
/// As long as a look may take.
const LOOK_MS: u64 = 120;
/// As long as it takes from a plan to its commit when nobody is asked: the sender and the store have other work.
const COMMIT_MS: u64 = 40;

/// What is to be decided, and how often it was overtaken.
#[derive(Clone)]
pub(crate) struct Asked {
    command: Command,
    turn: u32,
    /// Planned anew: whatever else moves, it is committed.
    anew: bool,
    /// The brake's number is typed.
    approves: bool,
}

/// A command while the endpoint is looked at.
pub(crate) struct Looking {
    asked: Asked,
    before: Directory,
    findings: Findings,
}

/// A command as far as it goes without being committed.
pub(crate) struct Prepared {
    asked: Asked,
    decision: Decision,
    pub(crate) plan: Plan,
    observed: Vec<Change>,
    version: u64,
    basis: Basis,
    /// The directory before and after it, and what the brake counts, for its groups.
    both: (Directory, Directory),
    history: BrakeHistory,
}

impl Prepared {
    /// The groups that go along with it, looked at through this port.
    pub(crate) async fn with_groups(mut self, port: &impl Port) -> Self {
        if push_group::goes_with(&self.asked.command) {
            let (before, after) = (&self.both.0, &self.both.1);
            push_group::plan(port, &self.asked.command, (before, after), None, &mut self.plan).await;
            engine::weigh(&mut self.plan, after, &self.decision, &self.history);
        }
        self
    }
}

impl World {
    pub(crate) fn decide(&mut self, p: usize, command: Command) {
        self.say(|| format!("p{p} {command:?}"));
        let blind = !self.watch.calm && self.rng.chance(100);
        self.looks(p, Asked { command, turn: 1, anew: false, approves: false }, blind);
    }

    fn looks(&mut self, p: usize, asked: Asked, blind: bool) {
        if let Some(looking) = self.look(p, asked, blind) {
            let wait = self.rng.below(LOOK_MS);
            self.at(wait, p, Ev::Looked(Box::new(looking)));
        }
    }

    /// The look is over: it is planned on what is here now.
    pub(crate) fn seen(&mut self, p: usize, looking: Looking) {
        match self.plan(p, looking) {
            Some(prepared) if self.teams.on => self.plan_groups(p, prepared),
            Some(prepared) => self.planned(p, prepared),
            None => {}
        }
    }

    pub(crate) fn planned(&mut self, p: usize, prepared: Prepared) {
        {
            let most = if prepared.asked.anew { COMMIT_MS } else { 300 };
            let wait = self.rng.below(most);
            self.at(wait, p, Ev::Commit(Box::new(prepared)));
        }
    }

    pub(crate) fn commit(&mut self, p: usize, mut prepared: Prepared) {
        if prepared.asked.anew {
            return self.write(p, prepared);
        }
        self.processes[p].catch_up();
        prepared.asked.anew = true;
        if self.processes[p].directory.version() == prepared.version {
            let wait = self.rng.below(COMMIT_MS);
            self.at(wait, p, Ev::Commit(Box::new(prepared)));
        } else {
            self.looks(p, prepared.asked, false);
        }
    }

    /// A look and a plan while nothing else happens.
    pub(crate) fn prepare(&mut self, p: usize, command: Command) -> Option<Prepared> {
        let looking = self.look(p, Asked { command, turn: 1, anew: true, approves: false }, false)?;
        self.plan(p, looking)
    }

    /// Commits what was prepared; the brake's number is typed.
    pub(crate) fn commit_at_once(&mut self, p: usize, mut prepared: Prepared) {
        prepared.asked.approves = true;
        self.write(p, prepared);
    }

    fn verdict(&mut self, p: usize, before: &Directory, command: &Command) -> Option<Decision> {
        let process = &mut self.processes[p];
        let now = self.now.plus_ms(process.skew_ms);
        let names = before.people().filter(|_| self.types_names).map(|p| p.user_name().to_owned());
        let typed: Vec<String> = names.collect();
        let mut context = Context { now, actor: "ops", ids: &mut process.ids, typed: &typed };
        let mut decision = verbs::decide(before, command, &mut context).ok()?;
        let replaced = Which::Ids(decision.replaces(before));
        decision.take_over(&process.operations(&replaced));
        Some(decision)
    }

    fn look(&mut self, p: usize, asked: Asked, blind: bool) -> Option<Looking> {
        self.processes[p].catch_up();
        let before = self.processes[p].directory.clone();
        let decision = self.verdict(p, &before, &asked.command)?;
        let findings =
            self.findings_shown(&with(&before, &decision), engine::people_of(&decision.scope), blind);
        for (id, finding) in &findings.0 {
            if *finding == Finding::Absent && !sent(&before, *id) {
                self.watch.absent(*id);
            }
        }
        Some(Looking { asked, before, findings })
    }

    fn plan(&mut self, p: usize, looking: Looking) -> Option<Prepared> {
        let Looking { asked, before, mut findings } = looking;
        self.processes[p].catch_up();
        let (here, change) = self.processes[p].numbered();
        findings.0.retain(|id, _| engine::still_seen(&before, &here, *id));
        let decision = self.verdict(p, &here, &asked.command)?;
        let mut after = with(&here, &decision);
        let news = findings.0.iter().filter(|(id, _)| !sent(&here, **id));
        let mut observed: Vec<_> =
            news.filter_map(|(id, finding)| observed(&after, *id, finding, self.clock(p))).collect();
        observed.sort_by_key(|change| format!("{change:?}"));
        let scope = engine::people_of(&decision.scope);
        let mut basis = Basis::of(&here, scope.iter().chain(&decision.cancel), change);
        if asked.turn == TURNS {
            engine::reckon_with_sending(&mut after, scope);
            findings.0.retain(|id, _| here.get(*id).is_none_or(|person| person.operation().is_none()));
            basis.leading.clear();
        }
        let since = self.clock(p).plus_ms(-engine::brake::WINDOW_MS);
        let history = self.processes[p].backend.reader().ok()?.brake_history(CONNECTION, since).ok()?;
        let plan = engine::make(&after, &decision, &findings, &history);
        // A command that is about something else says nothing about an end of access that cannot be sent.
        let remains = |id| after.get(id).is_some_and(|person| person.flags().contains(Flag::AccessRemains));
        for skipped in &plan.skipped {
            if skipped.failed {
                self.cannot.insert(skipped.person);
            } else if !remains(skipped.person) {
                self.cannot.remove(&skipped.person);
            }
        }
        let version = here.version();
        Some(Prepared { asked, decision, plan, observed, version, basis, both: (here, after), history })
    }

    fn write(&mut self, p: usize, prepared: Prepared) {
        let Prepared { asked, decision, plan, observed, basis, both, .. } = prepared;
        if plan.brake.held.is_some() {
            self.held += 1;
            let approves = asked.approves || self.teams.approves;
            if !approves && (self.never_types || self.rng.chance(500)) {
                self.say(|| format!("p{p} held by the brake"));
                return;
            }
        }
        let operations: Vec<Operation> =
            plan.operations.iter().map(|planned| self.operation(p, planned)).collect();
        for op in &operations {
            self.say(|| format!("p{p} commits {} {} {} ({})", op.id, op.user_name, op.kind.word(), op.cause));
        }
        let mut changes = decision.changes;
        if self.teams.on {
            changes.extend(Self::approved(&both.0, &changes, &observed, &plan.groups));
        }
        changes.extend(observed);
        let taken_out = plan.groups.iter().flat_map(|group| &group.leaving).map(|id| (id.clone(), self.now));
        let taken_out = taken_out.collect();
        let mut cancel = plan.cancel;
        cancel.extend(&decision.cancel);
        let gone = changes.iter().filter_map(|change| match change {
            Change::PersonDropped(id) | Change::LinkDropped(id) => Some(*id),
            _ => None,
        });
        let given_up: Vec<PersonId> = cancel.iter().copied().chain(gone).collect();
        self.lead(p, false);
        let basis = Some(basis);
        let connection = Some(CONNECTION);
        let batch = Batch { connection, changes, operations, cancel, basis, taken_out, ..Batch::default() };
        self.shown(&plan.groups);
        match self.apply(p, &batch) {
            Ok(applied) => {
                if plan.brake.held.is_some() {
                    self.watch.brake.approve(&plan.operations);
                }
                // Only what is committed can be done.
                for op in &batch.operations {
                    self.cannot.remove(&op.person);
                }
                // Somebody else's plan may have come between this one and its commit.
                self.cannot.extend(plan.skipped.iter().filter(|s| s.failed).map(|s| s.person));
                self.watch.given_up(given_up);
                self.watch.dropped.extend(&decision.cancel);
                batch.operations.iter().for_each(|op| self.watch.committed(op));
                self.brake_holds(p);
                if self.processes[p].leads {
                    self.settings(p);
                    self.feed(p, Event::Committed(applied.operations));
                }
                self.decided(p, &asked.command, plan.groups);
            }
            Err(StoreError::Overtaken) if asked.turn < TURNS => {
                self.overtaken += 1;
                self.say(|| format!("p{p} overtaken"));
                self.looks(p, Asked { turn: asked.turn + 1, ..asked }, false);
            }
            Err(error) => self.say(|| format!("p{p} commit refused: {error}")),
        }
    }

    fn operation(&mut self, p: usize, planned: &Planned) -> Operation {
        let at = self.clock(p);
        Operation {
            id: self.processes[p].ids.op(at),
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
        }
    }
}

fn sent(directory: &Directory, id: PersonId) -> bool {
    directory.get(id).and_then(|person| person.operation()).is_some_and(|(.., state)| state.sent())
}

fn with(before: &Directory, decision: &Decision) -> Directory {
    let mut after = before.clone();
    after.apply_all(&decision.changes);
    after
}
