//! For how long the endpoint asked for nothing, by `Retry-After`: kept in the home, since it holds for the process that
//! comes after this one too.

use std::sync::Mutex;
use std::time::Duration;

use super::order::Order;
use super::pause::{self, keep_in};
use super::push_group::Rest;
use super::runner::Runner;
use super::shared::{Shared, hold, now};
use crate::domain::{ConnectionId, Failure, FailureKind, RequestClass, Time};
use crate::engine::machine::Event;
use crate::engine::{Asked, Pause};
use crate::store::{Store, StoreError};

/// So long a process waits before its first request, in milliseconds; for longer it is told instead.
const SHORT_MS: i64 = 5_000;

/// Under which name the wait of a kind is kept.
const fn key(class: RequestClass) -> &'static str {
    match class {
        RequestClass::Read => "asked_to_wait_read",
        RequestClass::Create => "asked_to_wait_create",
        RequestClass::Change => "asked_to_wait_change",
        RequestClass::Delete => "asked_to_wait_delete",
        RequestClass::Group => "asked_to_wait_group",
    }
}

/// Under which name is kept by when all that was asked for is over, since an operator had the app asked all the same.
const OVER: &str = "asked_to_wait_over";

/// Keeps what is asked.
pub(super) struct Keeper {
    store: Store,
    connection: ConnectionId,
    kept: Mutex<[Option<Time>; RequestClass::COUNT]>,
    over: Mutex<Option<Time>>,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Keeper").field(&self.kept).finish()
    }
}

impl Keeper {
    pub(super) async fn open(store: Store, connection: ConnectionId) -> Self {
        let over = Mutex::new(over(&store, connection).await);
        Self { store, connection, kept: Mutex::default(), over }
    }

    /// To the next whole second, so that many that come together are one.
    pub(super) fn keep(&self, class: RequestClass, wait_ms: i64, failure: Failure) {
        let at = now();
        let until = Time::from_ms((at.ms().saturating_add(wait_ms) / 1_000 + 1) * 1_000);
        {
            let kept = &mut hold(&self.kept)[class.place()];
            if kept.is_some_and(|kept| kept >= until) {
                return;
            }
            *kept = Some(until);
        }
        let text = serde_json::to_string(&Asked { at, until, failure });
        keep_in(&self.store, self.connection, key(class), text.unwrap_or_default());
    }
}

async fn over(store: &Store, connection: ConnectionId) -> Option<Time> {
    let text = store.meta_get(Some(connection), OVER).await.ok()??;
    Some(Time::from_ms(text.parse().ok()?))
}

/// What was asked for is over, for every process on this home.
pub(super) async fn end(shared: &Shared) -> Result<(), StoreError> {
    let forget = |key| shared.store.meta_set(Some(shared.connection), key, "");
    for class in RequestClass::ALL {
        forget(key(class)).await?;
    }
    // One that is alive says itself why it stands still.
    if pause::kept(shared).await.is_some_and(|pause| pause.failure.kind == FailureKind::SlowDown) {
        forget(pause::KEY).await?;
    }
    shared.store.meta_set(Some(shared.connection), OVER, &now().ms().to_string()).await?;
    shared.order(Order::LookAgain);
    Ok(())
}

/// What is still to be waited for: the kind, for how many milliseconds, and why.
async fn kept(shared: &Shared) -> Vec<(RequestClass, i64, Failure)> {
    let mut all = Vec::new();
    for class in RequestClass::ALL {
        let text = shared.store.meta_get(Some(shared.connection), key(class)).await;
        let asked = text.ok().flatten().and_then(|text| serde_json::from_str::<Asked>(&text).ok());
        if let Some((left, asked)) =
            asked.map(|asked| (asked.left_ms(now()), asked)).filter(|(left, _)| *left > 0)
        {
            all.push((class, left, asked.failure));
        }
    }
    all
}

/// Before the first request: what an earlier process was asked holds here too. A short wait is made here.
pub(super) async fn recall(shared: &Shared) {
    let all = kept(shared).await;
    let reads = all.iter().find(|(class, ..)| *class == RequestClass::Read).map(|(_, left, _)| *left);
    for (class, left, _) in all {
        shared.waits.recall(class, left);
    }
    if let Some(left) = reads.filter(|left| *left <= SHORT_MS).and_then(|left| u64::try_from(left).ok()) {
        tokio::time::sleep(Duration::from_millis(left)).await;
    }
}

/// The longest of them as a pause.
pub(super) async fn longest(shared: &Shared) -> Option<Pause> {
    let longest = kept(shared).await.into_iter().max_by_key(|(_, left, _)| *left);
    longest.map(|(_, left, failure)| Pause { until: Some(now().plus_ms(left)), failure })
}

impl Runner {
    /// An operator may have had the app asked although it asked to wait, here or at another process: then only what it
    /// asked for since holds.
    pub(super) async fn hear_waits_over(&mut self) {
        let shared = self.shared.clone();
        let over = over(&shared.store, shared.connection).await;
        if over.is_none() || over == std::mem::replace(&mut *hold(&shared.asked.over), over) {
            return;
        }
        *hold(&shared.asked.kept) = Default::default();
        shared.waits.forget();
        // Where one is on its way, its answer says how long the groups rest.
        if let Ok(mut rest) = shared.groups.try_lock() {
            *rest = Rest::default();
        }
        for (class, left, _) in kept(&shared).await {
            shared.waits.recall(class, left);
        }
        self.recall_asked().await;
    }

    /// A new sender waits as the one before it was asked.
    pub(super) async fn recall_asked(&mut self) {
        let over = *hold(&self.shared.asked.over);
        if let Some(at) = over {
            self.feed(Event::WaitsOver(at));
        }
        for (class, wait_ms, failure) in kept(&self.shared).await {
            self.feed(Event::AskedToWait { class, wait_ms, failure });
        }
    }
}
