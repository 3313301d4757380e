//! What the background tells the faces.

use std::sync::Arc;
use std::time::Duration;

use super::order::Order;
use super::shared::{Shared, hold};
use crate::engine::Notice;

/// Many changes within this time are one notice.
const GATHER: Duration = Duration::from_millis(25);
/// How often the file is asked whether another process wrote.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Sends a snapshot when the directory changed.
pub(super) async fn directory(shared: Arc<Shared>) {
    loop {
        shared.changed.notified().await;
        tokio::time::sleep(GATHER).await;
        shared.notify(|| Notice::Ahead(*hold(&shared.ahead)));
        shared.notify(|| Notice::Directory(shared.directory()));
    }
}

/// Takes in what other processes on the same home write: changes, audit entries, operations to send.
pub(super) async fn follow_store(shared: Arc<Shared>) {
    if shared.home.is_none() {
        return;
    }
    // The first look is always taken: somebody may have written while the directory was loaded.
    let mut version = None;
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        // A sender may have died without a word.
        shared.doubt_what_nobody_holds();
        let Ok(now) = shared.store.data_version().await else { continue };
        if version == Some(now) {
            continue;
        }
        version = Some(now);
        if let Err(error) = shared.catch_up().await {
            tracing::warn!(%error, "what another process wrote could not be read");
            continue;
        }
        shared.tell_audit(Vec::new()).await;
        shared.order(Order::LookAgain);
    }
}
