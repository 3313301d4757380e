//! Whether the 404 of a linked account, or of a pushed group, is believed: sends what [`Presence`] asks for, once for many of them.

use std::sync::Mutex;
use std::time::Instant;

use super::finder::{Finder, PROOF_AGE};
use super::shared::hold;
use crate::directory::Directory;
use crate::domain::Failure;
use crate::engine::finder::{Presence, Telling, Told};
use crate::engine::wire::Identity;

/// What the endpoint showed of linked accounts.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// When one answered.
    there: Mutex<Option<Instant>>,
    /// When they were asked for last and none was there, and why nothing is believed; held while one asks.
    none: tokio::sync::Mutex<Option<(Instant, Failure)>>,
}

impl Seen {
    pub(super) fn forget(&self) {
        *hold(&self.there) = None;
    }

    /// Whether one answered a moment ago.
    fn lately(&self) -> bool {
        hold(&self.there).is_some_and(|at| at.elapsed() < PROOF_AGE)
    }
}

impl Finder {
    /// A linked account answered by its id.
    pub(super) fn sees_linked(&self) {
        *hold(&self.seen.there) = Some(Instant::now());
    }

    /// What it means that the linked account with this id, which would be found by `who`, answered 404. Where another
    /// one answered a moment ago this asks for nothing.
    pub(super) async fn gone(
        &self,
        remote_id: &str,
        who: Option<Identity>,
        directory: &(impl Fn() -> Directory + Sync),
    ) -> Told {
        self.believed(|directory| Presence::begin(remote_id, who, directory), directory).await
    }

    /// The same of a pushed group. `Ok` where it is gone.
    pub(super) async fn group_gone(
        &self,
        directory: &(impl Fn() -> Directory + Sync),
    ) -> Result<(), Failure> {
        match self.believed(Presence::of_a_group, directory).await {
            Told::Gone { .. } => Ok(()),
            Told::Elsewhere(why) | Told::Failed(why) => Err(why),
        }
    }

    async fn believed(
        &self,
        begin: impl FnOnce(&Directory) -> (Presence, Telling),
        directory: &(impl Fn() -> Directory + Sync),
    ) -> Told {
        let asked = Instant::now();
        if self.seen.lately() {
            return Told::Gone { shown: true };
        }
        let mut none = self.seen.none.lock().await;
        if self.seen.lately() {
            return Told::Gone { shown: true };
        }
        if let Some((_, failure)) = none.as_ref().filter(|(at, _)| *at >= asked) {
            return Told::Elsewhere(failure.clone());
        }
        let directory = directory();
        let (mut presence, mut next) = begin(&directory);
        let told = loop {
            let heard = match next {
                Telling::Told(told) => break told,
                Telling::Ask(ask) => self.ask(&ask, directory.attributes()).await.0,
            };
            next = presence.heard(heard, &directory);
        };
        match &told {
            Told::Gone { shown: true } => self.sees_linked(),
            Told::Elsewhere(failure) => *none = Some((Instant::now(), failure.clone())),
            Told::Gone { shown: false } | Told::Failed(_) => {}
        }
        told
    }
}
