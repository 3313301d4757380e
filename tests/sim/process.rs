//! One process: its machine, its directory and its place at the store. It decides nothing.

use std::collections::HashMap;

use scimdeck::directory::Directory;
use scimdeck::domain::{Ids, OpId, Operation, Time};
use scimdeck::engine::finder::Trust;
use scimdeck::engine::machine::{Machine, Policy};
use scimdeck::store::{Applied, Backend, Memory, Which};

use crate::ask::Asking;
use crate::gone::Missing;
use crate::world::CONNECTION;

pub(crate) struct Process {
    /// Counts its lives: what was under way in an earlier one is not heard any more.
    pub(crate) life: u64,
    pub(crate) alive: bool,
    pub(crate) leads: bool,
    pub(crate) fence: Option<u64>,
    pub(crate) backend: Memory,
    pub(crate) machine: Machine,
    pub(crate) directory: Directory,
    last_change: u64,
    pub(crate) trust: Trust,
    pub(crate) looks: HashMap<OpId, Asking>,
    pub(crate) missing: HashMap<OpId, Missing>,
    pub(crate) ids: Ids,
    /// By how much its clock differs, another in each life.
    pub(crate) skew_ms: i64,
    /// When the store has taken all that was given to it.
    pub(crate) store_free: Time,
}

impl Process {
    pub(crate) fn new(backend: Memory, directory: Directory, seed: u64) -> Self {
        let mut process = Self {
            life: 0,
            alive: false,
            leads: false,
            fence: None,
            backend,
            machine: Machine::new(Policy::default()),
            directory,
            last_change: 0,
            trust: Trust::Unknown,
            looks: HashMap::new(),
            missing: HashMap::new(),
            ids: Ids::new(seed),
            skew_ms: 0,
            store_free: Time::default(),
        };
        process.start();
        process
    }

    pub(crate) fn die(&mut self) {
        self.life += 1;
        self.alive = false;
        self.leads = false;
    }

    /// Starts with what the store has.
    pub(crate) fn start(&mut self) {
        self.alive = true;
        self.leads = false;
        self.fence = None;
        self.machine = Machine::new(Policy::default());
        self.trust = Trust::Unknown;
        self.looks.clear();
        self.missing.clear();
        self.directory = Directory::new(self.directory.connection().clone());
        if let Ok(mut reader) = self.backend.reader()
            && let Ok(rest) = reader.load(CONNECTION, &mut |change| self.directory.apply(&change))
        {
            self.last_change = rest.last_change;
        }
    }

    /// What this process itself committed reaches its directory.
    pub(crate) fn follow(&mut self, _: &Applied) {
        self.catch_up();
    }

    /// What any process committed reaches its directory.
    pub(crate) fn catch_up(&mut self) {
        if let Ok(mut reader) = self.backend.reader()
            && let Ok(Some((changes, last))) = reader.changes_since(CONNECTION, self.last_change)
        {
            self.directory.apply_all(&changes);
            self.last_change = last;
        }
    }

    /// The directory with the number of the last change in it.
    pub(crate) fn numbered(&self) -> (Directory, u64) {
        (self.directory.clone(), self.last_change)
    }

    pub(crate) fn operations(&self, which: &Which) -> Vec<Operation> {
        self.backend.reader().and_then(|mut reader| reader.operations(CONNECTION, which)).unwrap_or_default()
    }
}
