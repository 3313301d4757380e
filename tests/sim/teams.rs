//! Pushed groups in a schedule: the real code of the drive, each thing that it waits for answered by this world in
//! virtual time, or never.

mod arrive;
mod check;
mod port;
mod schedule;

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use scimdeck::directory::{Change, Directory, GroupRow};
use scimdeck::domain::{Failure, FailureKind, Time};
use scimdeck::drive::push_group::{self, Rest};
use scimdeck::engine::push_group::{PIECE, approved};
use scimdeck::engine::{Outcome, PlannedGroup};
use scimdeck::store::{Batch, StoreError};
use scimdeck::verbs::Command;

use crate::decide::Prepared;
use crate::sender::overtaken;
use crate::world::{Ev, World};
use check::Seen;
pub(crate) use check::Sent;
use port::{Ask, Here, Reply};
pub(crate) use schedule::run;

/// How often the background looks.
const LOOK_MS: u64 = 1_000;

pub(crate) enum TeamEv {
    /// An operator decides something, of a group or of people.
    Command,
    /// A group is renamed here.
    Rename,
    /// Another client puts somebody into a group, or takes somebody out.
    ByHand,
    /// A group there does not answer by its id for a moment.
    Lag,
    /// An operator stops the sending of groups, or lets it go on.
    Hold(bool),
    /// The background looks.
    Look,
    /// A command's people are through: its groups go.
    Converge(Why),
    /// A job's batch reaches the store.
    Save(u64, Box<Batch>),
    CatchUp(u64),
    /// What a job waited for came.
    Reply(u64, Reply),
}

/// Why groups are made true.
pub(crate) enum Why {
    Background { again: bool },
    Command { command: Box<Command>, shown: Option<Vec<PlannedGroup>> },
}

enum Ended {
    /// With whether all went through.
    Converged(Box<Rest>, bool),
    Planned(Box<Prepared>),
}

struct Job {
    p: usize,
    here: Here,
    goes: Pin<Box<dyn Future<Output = Ended> + Send>>,
    /// It writes, and does not only look.
    makes: bool,
    began: Time,
    /// When its last read of a group was answered.
    read_at: Time,
}

/// What does not change of groups there.
#[derive(Clone, Copy, Debug)]
struct Nature {
    /// They have no versions.
    plain: bool,
    /// They are replaced and never patched.
    no_patch: bool,
    /// So many members are named in one request at most.
    piece: usize,
}

impl Default for Nature {
    fn default() -> Self {
        Self { plain: false, no_patch: false, piece: PIECE }
    }
}

#[derive(Default)]
pub(crate) struct Teams {
    pub(crate) on: bool,
    /// One decision follows soon after another.
    dense: bool,
    /// What groups there are like.
    nature: Nature,
    /// The brake's number is typed by whoever is asked.
    pub(crate) approves: bool,
    /// Chance in a thousand of a crash at each thing that a job waits for.
    crash: u64,
    count: u64,
    jobs: BTreeMap<u64, Job>,
    /// Of a process: whether a job makes groups true, and who waits for that.
    busy: [bool; 2],
    waiting: [VecDeque<Why>; 2],
    rest: [Rest; 2],
    looked_at: [Option<u64>; 2],
    /// Until when the background looks.
    until: Time,
    held: bool,
    /// Until when a group does not answer by its id.
    blind: BTreeMap<String, Time>,
    seen: Seen,
}

impl Teams {
    pub(crate) fn die(&mut self, p: usize) {
        self.jobs.retain(|_, job| job.p != p);
        self.busy[p] = false;
        self.waiting[p].clear();
        self.rest[p] = Rest::default();
        self.looked_at[p] = None;
        self.seen.quiet[p] = Time::default();
    }

    pub(crate) fn clock_moved(&mut self, p: usize, by_ms: i64) {
        self.rest[p].clock_moved(by_ms);
    }

    pub(crate) fn heal(&mut self) {
        self.crash = 0;
        self.held = false;
        self.blind.clear();
    }
}

impl World {
    pub(crate) fn team(&mut self, p: usize, ev: TeamEv) {
        match ev {
            TeamEv::Command => self.team_command(p),
            TeamEv::Rename => self.rename_team(p),
            TeamEv::ByHand => self.team_by_hand(),
            TeamEv::Lag => self.team_lags(),
            TeamEv::Hold(held) => {
                self.say(|| format!("groups are {}", if held { "held" } else { "let go on" }));
                self.teams.held = held;
            }
            TeamEv::Look => self.look_at_teams(p),
            TeamEv::Converge(why) => self.converge(p, why),
            TeamEv::Save(id, batch) => {
                let result = self.team_save(p, &batch);
                let wait = self.rng.below(3);
                self.at(wait, p, Ev::Team(TeamEv::Reply(id, Reply::Committed(result))));
            }
            TeamEv::CatchUp(id) => {
                self.processes[p].catch_up();
                self.go_on(p, id, Some(Reply::Over));
            }
            TeamEv::Reply(id, reply) => self.go_on(p, id, Some(reply)),
        }
    }

    /// The background looks from time to time, in whoever is alive.
    pub(crate) fn follow_teams(&mut self, p: usize) {
        if self.teams.on && self.now < self.teams.until {
            self.at(LOOK_MS, p, Ev::Team(TeamEv::Look));
        }
    }

    fn look_at_teams(&mut self, p: usize) {
        self.follow_teams(p);
        let again = self.rng.chance(100);
        let version = self.processes[p].directory.version();
        if self.seat(p).is_err() || (self.teams.looked_at[p] == Some(version) && !again) {
            return;
        }
        if self.teams.rest[p].holds(&self.processes[p].directory, self.clock(p)) {
            return;
        }
        self.teams.looked_at[p] = Some(version);
        self.converge(p, Why::Background { again });
    }

    /// Groups are made true, one job at a time in a process.
    fn converge(&mut self, p: usize, why: Why) {
        if self.teams.busy[p] {
            return self.teams.waiting[p].push_back(why);
        }
        if matches!(why, Why::Command { .. }) {
            self.lead(p, false);
            if !self.processes[p].leads {
                return;
            }
        }
        self.teams.busy[p] = true;
        let mut rest = std::mem::take(&mut self.teams.rest[p]);
        self.begin(p, true, move |here| async move {
            let results = match why {
                Why::Background { again } => {
                    let goes = |row: &GroupRow, directory: &Directory| {
                        push_group::may_go_on(row, again) && row.push_goes(directory)
                    };
                    push_group::converge(&here, &mut rest, goes, None).await
                }
                Why::Command { command, shown } => {
                    let shown = shown.as_deref();
                    let goes = |row: &GroupRow, directory: &Directory| {
                        push_group::goes_after(&command, shown, row, directory)
                    };
                    push_group::converge(&here, &mut rest, goes, shown).await
                }
            };
            Ended::Converged(Box::new(rest), results.iter().all(|result| result.outcome == Outcome::Done))
        });
    }

    /// The groups of a command are looked at before it is committed.
    pub(crate) fn plan_groups(&mut self, p: usize, prepared: Prepared) {
        self.begin(p, false, move |here| async move {
            Ended::Planned(Box::new(prepared.with_groups(&here).await))
        });
    }

    fn begin<F>(&mut self, p: usize, makes: bool, job: impl FnOnce(Here) -> F)
    where
        F: Future<Output = Ended> + Send + 'static,
    {
        self.teams.count += 1;
        let id = self.teams.count;
        let seed = self.rng.apart().next() ^ id;
        let here = Here::new(self.processes[p].directory.clone(), seed, self.teams.nature.piece);
        let goes = Box::pin(job(here.clone()));
        let now = self.now;
        self.teams.jobs.insert(id, Job { p, here, goes, makes, began: now, read_at: now });
        self.go_on(p, id, None);
    }

    /// The sender's place of a process at this moment.
    fn seat(&self, p: usize) -> Result<Option<u64>, Failure> {
        let process = &self.processes[p];
        if self.teams.held {
            return Err(Failure { kind: FailureKind::NotAllowed, text: "held".to_owned(), ..overtaken() });
        }
        // What an answer asks for reaches the sender, whatever becomes of the job that heard it.
        if self.now < self.teams.seen.quiet[p] {
            return Err(Failure { kind: FailureKind::SlowDown, text: "waits".to_owned(), ..overtaken() });
        }
        match process.leads && self.may_leave(p) {
            true => Ok(process.fence),
            false => Err(overtaken()),
        }
    }

    fn go_on(&mut self, p: usize, id: u64, reply: Option<Reply>) {
        self.note_access();
        let (seat, now) = (self.seat(p), self.clock(p));
        let process = &self.processes[p];
        let Some(mut job) = self.teams.jobs.remove(&id) else { return };
        {
            let mut slot = job.here.slot();
            (slot.seat, slot.now, slot.reply) = (seat, now, reply);
            if slot.directory.version() != process.directory.version() || slot.change == 0 {
                (slot.directory, slot.change) = process.numbered();
            }
        }
        match job.goes.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ended::Planned(prepared)) => self.planned(p, *prepared),
            Poll::Ready(Ended::Converged(rest, done)) => {
                self.teams.rest[p] = *rest;
                self.teams.busy[p] = false;
                if self.processes[p].leads && !self.may_leave(p) {
                    self.step_down(p);
                }
                // Nobody waits long where it matters: what may still come has to be reckoned with.
                if !done && self.now < self.teams.until && self.rng.chance(600) {
                    let wait = self.rng.below(200);
                    self.at(wait, p, Ev::Decide(Box::new(Command::Apply)));
                }
                if let Some(why) = self.teams.waiting[p].pop_front() {
                    self.converge(p, why);
                }
            }
            Poll::Pending => {
                let ask = job.here.slot().ask.take();
                let (began, read_at) = (job.began, job.read_at);
                self.teams.jobs.insert(id, job);
                if let Some(ask) = ask {
                    self.asked(p, id, ask, (began, read_at));
                }
            }
        }
    }

    /// A job waits for something. The process may die now: before it happens, or before it is heard of.
    fn asked(&mut self, p: usize, id: u64, ask: Ask, (began, read_at): (Time, Time)) {
        let crashes = self.rng.chance(self.teams.crash);
        if crashes && self.rng.chance(300) {
            return self.crash(p);
        }
        match ask {
            Ask::Commit(batch) if crashes => drop(self.team_save(p, &batch)),
            Ask::Commit(batch) => {
                let wait = self.rng.below(3);
                self.at(wait, p, Ev::Team(TeamEv::Save(id, batch)));
            }
            Ask::CatchUp => {
                let wait = self.rng.below(3);
                self.at(wait, p, Ev::Team(TeamEv::CatchUp(id)));
            }
            Ask::Wait(ms) => self.at(ms, p, Ev::Team(TeamEv::Reply(id, Reply::Over))),
            Ask::Send(call) => {
                let sent = Sent { job: id, call: *call, began, read_at };
                self.team_leaves(p, &sent);
                let wait = 1 + self.rng.below(40);
                self.at(wait, p, Ev::TeamArrive(Box::new(sent)));
            }
        }
        if crashes {
            return self.crash(p);
        }
        if self.rng.chance(self.teams.crash / 2) {
            match self.rng.chance(500) {
                true => self.lead(1 - p, true),
                false => {
                    self.teams.held = true;
                    let wait = self.rng.below(600);
                    self.at(wait, p, Ev::Team(TeamEv::Hold(false)));
                    self.at(wait, 1 - p, Ev::Team(TeamEv::Hold(false)));
                }
            }
        }
    }

    fn team_save(&mut self, p: usize, batch: &Batch) -> Result<(), StoreError> {
        let result = self.save(p, batch).map(|_| ());
        if let Err(error) = &result {
            self.say(|| format!("p{p} save of a group refused: {error}"));
            if *error == StoreError::FenceLost {
                self.step_down(p);
            }
        }
        result
    }

    /// What is approved with a decision, as the drive commits it.
    pub(crate) fn approved(
        before: &Directory,
        changes: &[Change],
        observed: &[Change],
        planned: &[PlannedGroup],
    ) -> Vec<Change> {
        let mut after = before.clone();
        after.apply_all(changes);
        after.apply_all(observed);
        approved(&after, planned)
    }

    /// A command is committed: its groups go once its people are through.
    pub(crate) fn decided(&mut self, p: usize, command: &Command, planned: Vec<PlannedGroup>) {
        if !self.teams.on {
            return;
        }
        self.team_decided(command);
        if push_group::goes_with(command) {
            let exact = *command == Command::Apply && self.rng.chance(200) && !self.teams.approves;
            let shown = exact.then_some(planned);
            let why = Why::Command { command: Box::new(command.clone()), shown };
            let wait = self.rng.below(if self.teams.dense { 30 } else { 600 });
            self.at(wait, p, Ev::Team(TeamEv::Converge(why)));
        }
    }
}
