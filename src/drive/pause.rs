//! Why nothing is sent for now: kept in the home, so that a command beside the sender can tell it.

use std::future::Future;

use super::runner::Runner;
use super::shared::{Shared, now};
use super::{Drive, asked, lock};
use crate::domain::{ConnectionId, FailureKind};
use crate::engine::{Pause, Sending};
use crate::store::Store;

pub(super) const KEY: &str = "pause";

impl Pause {
    /// The pause of a sender that stands still.
    fn of(sending: &Sending) -> Option<Self> {
        match sending {
            Sending::Waiting(until, failure) => Some(Self { until: Some(*until), failure: failure.clone() }),
            Sending::Stopped(failure) => Some(Self { until: None, failure: failure.clone() }),
            _ => None,
        }
    }
}

impl Drive {
    /// Why nothing is sent for now, by this process or the one that sends. Where that one is gone, what the app asked
    /// for is still true; that it was down may not be.
    pub async fn pause(&self) -> Option<Pause> {
        let sending = self.shared.sending.borrow().clone();
        if matches!(sending, Sending::Here | Sending::Waiting(..) | Sending::Stopped(_)) {
            return Pause::of(&sending);
        }
        match kept(&self.shared).await {
            Some(pause) => Some(pause),
            None => asked::longest(&self.shared).await,
        }
    }
}

/// What the sender kept, as far as it is still so.
pub(super) async fn kept(shared: &Shared) -> Option<Pause> {
    let text = shared.store.meta_get(Some(shared.connection), KEY).await.ok()??;
    let pause: Pause = serde_json::from_str(&text).ok()?;
    let lives = shared.home.as_deref().and_then(|home| lock::seen(home, shared.connection)).is_some();
    let so = match pause.until {
        Some(until) => until > now() && (lives || pause.failure.kind == FailureKind::SlowDown),
        None => lives,
    };
    so.then_some(pause)
}

impl Runner {
    /// Keeps what changed; whoever becomes the sender begins without a pause.
    pub(super) fn keep_pause(&mut self) {
        if !self.leads {
            return;
        }
        let pause = self.pause.as_ref().and_then(Pause::of);
        if self.kept_pause.as_ref() != Some(&pause) {
            let text = pause.as_ref().and_then(|pause| serde_json::to_string(pause).ok());
            keep(&self.shared, KEY, text.unwrap_or_default());
            self.kept_pause = Some(pause);
        }
    }
}

/// Keeps a value in the home without waiting for it.
pub(super) fn keep(shared: &Shared, key: &'static str, text: String) {
    keep_in(&shared.store, shared.connection, key, text);
}

/// The same for a part of the drive that has no more than the store.
pub(super) fn keep_in(store: &Store, connection: ConnectionId, key: &'static str, text: String) {
    let store = store.clone();
    let mut write = Box::pin(async move {
        if let Err(error) = store.meta_set(Some(connection), key, &text).await {
            tracing::warn!(%error, key, "it could not be kept in the home");
        }
    });
    // The first poll hands it to the store, so that two of them keep their order.
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    if write.as_mut().poll(&mut context).is_pending() {
        tokio::spawn(write);
    }
}
