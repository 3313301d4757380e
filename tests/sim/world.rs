//! Two processes on one store against one endpoint, event by event in virtual time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use scimdeck::directory::Directory;
use scimdeck::domain::{Call, Connection, ConnectionId, OpId, Outcome, PersonId, Time, TokenSource};
use scimdeck::engine::machine::{Event, Policy, StepKind, Ticket};
use scimdeck::store::{Applied, Backend, Batch, StoreError, Which};

use crate::process::Process;
use crate::rng::Rng;
use crate::server::Server;
use crate::teams::{Sent, TeamEv, Teams};
use crate::watch::Watch;

pub(crate) const CONNECTION: ConnectionId = ConnectionId(1);
/// More events than any schedule needs: something goes round and round.
const MOST_EVENTS: u32 = 30_000;
const BEGIN: Time = Time::from_ms(1_700_000_000_000);

/// To which step of an operation an answer belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    Look,
    /// To what is asked before a 404 is believed.
    Missing,
    Step(StepKind),
}

pub(crate) enum Ev {
    Save(Ticket, Box<Batch>),
    Heard(Ticket, Box<Result<Applied, StoreError>>),
    Arrive(OpId, What, Box<Call>),
    Answer(OpId, What, Box<Call>, Box<Outcome>),
    Late(Box<Call>),
    Tick,
    LookAgain,
    Lead,
    Command,
    Decide(Box<scimdeck::verbs::Command>),
    Looked(Box<crate::decide::Looking>),
    Commit(Box<crate::decide::Prepared>),
    Crash,
    Restart,
    Steal,
    /// A write did not leave, since another process took over.
    Overtaken(Box<Event>),
    /// An operator replaces the token.
    Token,
    /// Somebody accepts the invitation.
    Accept,
    /// An operator changes what the connection may do.
    Switch,
    /// The faults end.
    Heal,
    /// Of pushed groups.
    Team(TeamEv),
    /// A request for a group reaches the endpoint.
    TeamArrive(Box<Sent>),
    TeamLate(Box<Sent>),
}

pub(crate) struct World {
    pub(crate) rng: Rng,
    pub(crate) now: Time,
    pub(crate) server: Server,
    pub(crate) processes: [Process; 2],
    /// Who holds the lock that the kernel frees at death.
    pub(crate) lock: Option<usize>,
    /// Since when.
    pub(crate) taken_at: Time,
    queue: BTreeMap<(Time, u64), (usize, u64, Ev)>,
    count: u64,
    pub(crate) people: Vec<PersonId>,
    /// Accounts that another hand changed, by id.
    pub(crate) touched: BTreeSet<String>,
    /// Accounts that came after the time in which a lost create can be told.
    pub(crate) made_late: BTreeSet<String>,
    pub(crate) watch: Watch,
    pub(crate) log: Option<Vec<String>>,
    healed: bool,
    /// Nothing is sent, since nobody who is linked was there, and so it was.
    pub(crate) stands: bool,
    /// So many events of processes until the one whose turn it is dies; none where nobody dies of that, or did.
    pub(crate) dies_after: Option<u32>,
    /// Nobody types the brake's number; how often it was asked for.
    pub(crate) never_types: bool,
    /// The names of protected people are typed.
    pub(crate) types_names: bool,
    pub(crate) held: u32,
    /// Commits that were refused since others came before them.
    pub(crate) overtaken: u32,
    /// Changes that were refused because of their version.
    pub(crate) refused_versions: u32,
    pub(crate) other: crate::g06::Other,
    /// For whom the last plan said that nothing can be done.
    pub(crate) cannot: BTreeSet<PersonId>,
    /// Who accepted, by account.
    pub(crate) accepted: BTreeMap<String, String>,
    /// Requests under way, and how many there were at most.
    pub(crate) under_way: HashMap<OpId, usize>,
    pub(crate) most_under_way: usize,
    pub(crate) teams: Teams,
}

impl World {
    pub(crate) fn empty(rng: Rng, server: Server, processes: [Process; 2], log: bool) -> Self {
        Self {
            rng,
            now: BEGIN,
            server,
            processes,
            lock: None,
            taken_at: BEGIN,
            queue: BTreeMap::new(),
            count: 0,
            people: Vec::new(),
            touched: BTreeSet::new(),
            made_late: BTreeSet::new(),
            watch: Watch::default(),
            log: log.then(Vec::new),
            healed: false,
            dies_after: None,
            stands: false,
            never_types: false,
            types_names: false,
            held: 0,
            overtaken: 0,
            refused_versions: 0,
            other: crate::g06::Other::default(),
            cannot: BTreeSet::new(),
            accepted: BTreeMap::new(),
            under_way: HashMap::new(),
            most_under_way: 0,
            teams: Teams::default(),
        }
    }

    pub(crate) fn say(&mut self, text: impl FnOnce() -> String) {
        let ms = self.now.since(BEGIN);
        if let Some(log) = &mut self.log {
            log.push(format!("{ms:>8} {}", text()));
        }
    }

    /// What this process's clock shows.
    pub(crate) fn clock(&self, p: usize) -> Time {
        self.now.plus_ms(self.processes[p].skew_ms)
    }

    /// Happens to this process after so many milliseconds, unless it dies before.
    pub(crate) fn at(&mut self, after: u64, p: usize, ev: Ev) {
        self.count += 1;
        let key = (self.now.plus_ms(after as i64), self.count);
        self.queue.insert(key, (p, self.processes[p].life, ev));
    }

    /// Runs until nothing is left to happen.
    pub(crate) fn run(&mut self) -> Result<(), String> {
        let mut events = 0;
        while let Some(((at, _), (p, life, ev))) = self.queue.pop_first() {
            self.now = self.now.max(at);
            events += 1;
            if events > MOST_EVENTS {
                return Err("the schedule does not come to rest".to_owned());
            }
            if events % 500 == 0 && self.healed {
                // Nobody leaves an invitation open for ever.
                self.all_accept();
            }
            let same = self.processes[p].life == life;
            match ev {
                Ev::Arrive(op, what, call) => self.arrive(p, life, op, what, call),
                Ev::Late(call) => self.late(&call),
                Ev::TeamArrive(sent) => self.team_arrives(p, life, *sent),
                Ev::TeamLate(sent) => self.team_late(&sent),
                Ev::Crash if same => self.crash(p),
                Ev::Restart => self.restart(p),
                Ev::Heal => self.heal(),
                Ev::Steal => self.lead(p, true),
                Ev::Token => self.new_token(),
                Ev::Accept => self.accept(),
                ev if same && self.processes[p].alive => {
                    self.happen(p, ev);
                    self.dies_after = self.dies_after.and_then(|left| left.checked_sub(1));
                    if self.dies_after == Some(0) {
                        self.dies_after = None;
                        self.crash(p);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn happen(&mut self, p: usize, ev: Ev) {
        match ev {
            Ev::Save(ticket, batch) => {
                let result = self.save(p, &batch);
                let wait = self.rng.below(3);
                self.at(wait, p, Ev::Heard(ticket, Box::new(result)));
            }
            Ev::Heard(ticket, result) => self.heard_store(p, ticket, *result),
            Ev::Answer(op, what, call, outcome) => self.answer(p, op, what, &call, &outcome),
            Ev::Tick => self.feed(p, Event::Tick),
            Ev::LookAgain => self.look_again(p),
            Ev::Lead => self.lead(p, false),
            Ev::Command => self.command(p),
            Ev::Decide(command) => self.decide(p, *command),
            Ev::Looked(looking) => self.seen(p, *looking),
            Ev::Commit(prepared) => self.commit(p, *prepared),
            Ev::Switch => self.switch(p),
            Ev::Team(ev) => self.team(p, ev),
            Ev::Overtaken(event) => {
                self.feed(p, *event);
                self.step_down(p);
            }
            _ => {}
        }
    }

    /// A save of the sender. It may fail, and it may be told as failed although it was written.
    pub(crate) fn save(&mut self, p: usize, batch: &Batch) -> Result<Applied, StoreError> {
        let full = || StoreError::Unwritable { path: "store.db".to_owned(), why: "full".to_owned() };
        if !self.rng.chance(self.server.bad.store) {
            return self.apply(p, batch);
        }
        if self.rng.chance(500) {
            self.apply(p, batch)?;
        }
        Err(full())
    }

    /// Writes to the store; the other process sees it within its quarter of a second.
    pub(crate) fn apply(&mut self, p: usize, batch: &Batch) -> Result<Applied, StoreError> {
        let result = self.processes[p].backend.apply(std::slice::from_ref(batch)).remove(0);
        let wait = 1 + self.rng.below(250);
        self.at(wait, 1 - p, Ev::LookAgain);
        if let Ok(applied) = &result {
            self.processes[p].follow(applied);
            self.teams_note();
        }
        result
    }

    fn heard_store(&mut self, p: usize, ticket: Ticket, result: Result<Applied, StoreError>) {
        match result {
            Ok(applied) => {
                self.feed(p, Event::Saved(ticket));
                self.feed(p, Event::Committed(applied.operations));
            }
            Err(error) => {
                self.say(|| format!("p{p} save refused: {error}"));
                self.feed(p, Event::SaveRefused(ticket));
                match error {
                    StoreError::Moved(id) => {
                        let rows = self.processes[p].operations(&Which::Ids(vec![id]));
                        self.feed(p, Event::Committed(rows));
                    }
                    _ => self.step_down(p),
                }
            }
        }
    }

    fn look_again(&mut self, p: usize) {
        self.processes[p].catch_up();
        if !self.processes[p].leads {
            return;
        }
        self.settings(p);
        let mut rows = self.processes[p].operations(&Which::Live);
        let live: BTreeSet<OpId> = rows.iter().map(|op| op.id).collect();
        let lost: Vec<OpId> = self.processes[p].machine.known().filter(|id| !live.contains(id)).collect();
        if !lost.is_empty() {
            rows.extend(self.processes[p].operations(&Which::Ids(lost)));
        }
        self.feed(p, Event::Committed(rows));
    }

    pub(crate) fn settings(&mut self, p: usize) {
        let policy = Policy::of(&self.processes[p].directory);
        self.watch.told[p] = Some(policy.wire.allowed);
        self.processes[p].machine.set_policy(policy);
    }

    pub(crate) fn crash(&mut self, p: usize) {
        self.say(|| format!("p{p} crashes"));
        if self.lock == Some(p) {
            self.lock = None;
        }
        self.processes[p].die();
        self.teams.die(p);
        let wait = self.rng.below(4_000);
        self.at(wait, p, Ev::Restart);
        self.at(1_000, 1 - p, Ev::Lead);
    }

    fn restart(&mut self, p: usize) {
        if self.rng.chance(200) && !self.watch.calm {
            let skew = self.rng.below(7_200_000) as i64 - 3_600_000;
            self.set_clock(skew);
        }
        let skew = self.processes[p].skew_ms;
        self.say(|| format!("p{p} starts, its clock {skew} ms off"));
        self.processes[p].start();
        self.lead(p, false);
        self.follow_teams(p);
    }

    /// Both processes are on one machine, whose clock is set; whoever is alive notices.
    fn set_clock(&mut self, skew_ms: i64) {
        for p in 0..2 {
            let by_ms = skew_ms - self.processes[p].skew_ms;
            self.processes[p].skew_ms = skew_ms;
            self.teams.clock_moved(p, by_ms);
            if self.processes[p].alive {
                self.feed(p, Event::ClockMoved(by_ms));
            }
        }
    }

    pub(crate) fn heal(&mut self) {
        self.say(|| "the faults end".to_owned());
        self.healed = true;
        self.server.heal(self.now);
        self.teams.heal();
        self.new_token();
        let mut connection = self.directory().connection().clone();
        connection.to_app = Connection::new(CONNECTION, "w", "", TokenSource::Memory).to_app;
        self.set(0, connection);
    }

    pub(crate) fn new_token(&mut self) {
        self.stands = false;
        self.server.token_good = true;
        for p in 0..2 {
            if self.processes[p].alive {
                self.feed(p, Event::TokenChanged);
            }
        }
    }

    pub(crate) fn directory(&mut self) -> Directory {
        self.processes[0].catch_up();
        self.processes[0].directory.clone()
    }
}
