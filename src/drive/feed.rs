//! The activity feed: what the app's own log says, as audit entries.
//!
//! Looked at shortly after each write of ours, and slowly otherwise. An entry that another hand made is a reason to
//! look at that person's account at once.

mod missing;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::finder;
use super::order::Order;
use super::shared::{Shared, now};
use super::{Drive, line, open_line};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Directory, Observation};
use crate::domain::{AccountState, Feed, LONGEST_WAIT_MS, PersonId};
use crate::endpoint::activity::{ActivityBatch, ActivityEntry, ActivityLog, Place};
use crate::engine::FeedState;
use crate::store::{Batch, HEARD, Heard};

/// Looks after our own write, counted from it.
const SOON: [Duration; 3] = [Duration::from_millis(200), Duration::from_millis(500), Duration::from_secs(1)];
/// Entries taken in at one look.
const MOST: usize = 500;
/// Time between looks while something is left to be read on.
const READ_ON: Duration = Duration::from_secs(5);
/// What marks the work of SCIM in the app's log.
const SCIM_AUTO_SYNC: &str = "scim_auto_sync";

/// Follows the log as long as the drive lives.
pub(super) async fn follow(shared: Arc<Shared>) {
    loop {
        let Some(feed) = shared.directory().connection().feed.clone() else {
            shared.show_feed(FeedState::None);
            shared.changed.notified().await;
            // The publisher waits for the same word: pass it on.
            shared.changed.notify_one();
            tokio::time::sleep(SOON[2]).await;
            continue;
        };
        let slow = Duration::from_secs(u64::from(feed.every_s.max(1)));
        let Some(log) = open(&shared, &feed).await else {
            tokio::time::sleep(slow).await;
            continue;
        };
        let mut wait = look(&shared, &log, slow).await;
        let mut looked = Instant::now();
        loop {
            tokio::select! {
                () = shared.wrote.notified() => {
                    let wrote = Instant::now();
                    let mut soon = SOON.map(|soon| wrote + soon).into_iter();
                    while let Some(at) = soon.next() {
                        let due = wait.not_before(looked, at);
                        tokio::time::sleep_until(due).await;
                        wait = look(&shared, &log, slow).await;
                        looked = Instant::now();
                        // Looks that were put off are one.
                        while soon.as_slice().first().is_some_and(|next| *next <= due) {
                            soon.next();
                        }
                    }
                }
                () = tokio::time::sleep_until(looked + wait.slow) => {
                    wait = look(&shared, &log, slow).await;
                    looked = Instant::now();
                }
            }
            if shared.directory().connection().feed.as_ref() != Some(&feed) {
                break;
            }
        }
    }
}

/// When the log is looked at next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wait {
    /// From the last look to the next slow one.
    slow: Duration,
    /// The log asked to be left alone for so long; a write of ours is no reason to look earlier.
    asked: Duration,
}

impl Wait {
    /// A wait that the log asks for is kept up to the longest that we believe anybody.
    fn of(slow: Duration, asked_ms: Option<i64>) -> Self {
        let asked = asked_ms.unwrap_or(0).clamp(0, LONGEST_WAIT_MS);
        let asked = Duration::from_millis(asked.unsigned_abs());
        Self { slow: slow.max(asked), asked }
    }

    /// The moment of a look that is wanted at `at`, where the last one was at `looked`.
    fn not_before(self, looked: Instant, at: Instant) -> Instant {
        at.max(looked + self.asked)
    }
}

/// How long a face that does not stay waits for the log.
const WAIT_ONCE: Duration = Duration::from_secs(3);

impl Drive {
    /// Reads the activity log once, where there is one. What goes wrong is no reason to fail: the log is only an echo.
    pub async fn hear(&self) {
        let shared = &self.shared;
        let Some(feed) = shared.directory().connection().feed.clone() else { return };
        let once = async {
            if let Some(log) = open(shared, &feed).await {
                look(shared, &log, SOON[2]).await;
            }
        };
        if tokio::time::timeout(WAIT_ONCE, once).await.is_err() {
            tracing::warn!("the activity log did not answer in time");
        }
    }
}

async fn open(shared: &Shared, feed: &Feed) -> Option<ActivityLog> {
    let token = line::resolve(shared, &feed.token, |tokens| tokens.1.clone()).await;
    let opened = token.and_then(|token| {
        let directory = shared.directory();
        ActivityLog::new(line::endpoint_config(directory.connection(), &feed.url, token)).map_err(|error| {
            crate::domain::Failure {
                kind: crate::domain::FailureKind::NotAllowed,
                text: format!("The activity log cannot be read: {error}."),
                next: "Check its address in the connection's settings.".to_owned(),
            }
        })
    });
    match opened {
        Ok(log) => Some(log),
        Err(failure) => {
            shared.show_feed(FeedState::Failing(failure));
            None
        }
    }
}

/// Takes in what is new. Returns how long to wait for the next look.
async fn look(shared: &Arc<Shared>, log: &ActivityLog, slow: Duration) -> Wait {
    let kept = match shared.store.meta_get(Some(shared.connection), HEARD).await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::warn!(%error, "how far the feed was read could not be looked up");
            return Wait::of(slow, None);
        }
    };
    let place = kept.as_deref().and_then(Place::read).unwrap_or_default();
    let batch = log.since(&place, MOST).await;
    // What only looks keeps no place: it would read the same pages again.
    let more = !shared.read_only && batch.trouble.is_none() && batch.place.rest.is_some();
    let slow = if more { slow.min(READ_ON) } else { slow };
    let wait = Wait::of(slow, batch.asked_wait_ms(now()));
    if batch.place != place && !shared.read_only {
        take_in(shared, &batch, kept).await;
    }
    shared.show_feed(match batch.trouble {
        Some(trouble) => FeedState::Failing(trouble.into()),
        None => FeedState::Live(now()),
    });
    wait
}

/// Keeps what a look brought and how far it came, both or neither.
async fn take_in(shared: &Arc<Shared>, looked: &ActivityBatch, kept: Option<String>) {
    let directory = shared.directory();
    let mut audit: Vec<AuditEntry> =
        looked.entries.iter().map(|entry| audit_entry(entry, &directory)).collect();
    let mut foreign: Vec<PersonId> = Vec::new();
    let mut changes = Vec::new();
    let mut accepted = Vec::new();
    for (at, (entry, row)) in looked.entries.iter().zip(&audit).enumerate() {
        let Some(person) = row.person else { continue };
        let invitation = invitation(entry);
        // What is said late may have been overtaken: the account itself is asked.
        let late = at < looked.late;
        if let Some(state) = invitation
            && !late
            && directory.get(person).is_some_and(|p| p.account() != state)
        {
            let observation = Observation { state, values: None, at: now() };
            changes.push(Change::Observed(person, observation.into()));
        }
        if invitation == Some(AccountState::Active) {
            accepted.push(person);
        }
        let ask = row.source == Source::App || (late && invitation.is_some());
        if ask && !foreign.contains(&person) {
            foreign.push(person);
        }
    }
    audit.extend(missing::entries(looked, now()));
    let heard = Some(Heard { from: kept, to: looked.place.clone().not_after(now()).text() });
    let batch = Batch { changes, audit, heard, ..shared.batch() };
    if let Err(error) = shared.commit(batch).await {
        // It is read again by the next look.
        tracing::warn!(%error, "the feed could not be kept");
        return;
    }
    if !accepted.is_empty() {
        shared.order(Order::Accepted(accepted));
    }
    look_at(shared, &directory, &foreign).await;
}

/// Another hand changed these accounts: what they are now is read at once.
async fn look_at(shared: &Arc<Shared>, directory: &Directory, people: &[PersonId]) {
    let Ok(line) = open_line(shared).await else { return };
    let mut findings = crate::engine::Findings::default();
    for id in people {
        let Some(remote_id) = directory.get(*id).and_then(|p| p.remote_id().map(str::to_owned)) else {
            continue;
        };
        if let Ok(found) = finder::read(&line.endpoint, &remote_id, directory.attributes()).await {
            let finding = match found {
                Some(found) => crate::engine::Finding::Account(Box::new(found)),
                None => crate::engine::Finding::Gone,
            };
            findings.0.insert(*id, finding);
        }
    }
    let changes = super::observe::learned(&shared.directory(), &findings, now());
    if let Err(problem) = shared.learn(changes).await {
        tracing::warn!(text = problem.text, "what was read could not be kept");
    }
}

/// What an invitation's entry says of the account. The event names are the sandbox's own: Workato's are not public.
fn invitation(entry: &ActivityEntry) -> Option<AccountState> {
    match entry.event_type.as_str() {
        "member_invited" => Some(AccountState::Invited),
        "invitation_accepted" => Some(AccountState::Active),
        _ => None,
    }
}

fn audit_entry(entry: &ActivityEntry, directory: &Directory) -> AuditEntry {
    let source = match (entry.activity.as_deref(), entry.event_type.as_str()) {
        (Some(SCIM_AUTO_SYNC), _) => Source::ScimAutoSync,
        (_, "member_invited" | "invitation_accepted") => Source::Invitation,
        (_, event) if event.contains("login") || event.contains("sign_in") => Source::SignIn,
        _ => Source::App,
    };
    let email = entry.resource_email.clone().unwrap_or_default();
    let person = directory.find(&email).map(|p| p.id());
    let name = entry.resource_name.clone().unwrap_or_default();
    AuditEntry {
        seq: 0,
        time: now(),
        remote_time: entry.at,
        source,
        event: entry.event_type.clone(),
        person,
        subject: if email.is_empty() { name } else { email },
        actor: entry.actor_email.clone().unwrap_or_default(),
        operation: entry.request_id.as_deref().and_then(|id| id.parse().ok()),
        detail: entry.event_type.replace('_', " "),
        changes: entry.changes.clone(),
        reason: None,
        remote_id: Some(entry.id.clone()),
        ..AuditEntry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_is_asked_for_is_kept_up_to_a_limit_and_by_looks_after_our_own_writes_too() {
        let slow = Duration::from_secs(15);
        let looked = Instant::now();
        let soon = looked + SOON[0];
        let free = Wait::of(slow, None);
        assert_eq!((free.slow, free.not_before(looked, soon)), (slow, soon));
        let asked = Wait::of(slow, Some(60_000));
        let minute = Duration::from_secs(60);
        assert_eq!((asked.slow, asked.not_before(looked, soon)), (minute, looked + minute));
        let longest = Duration::from_millis(LONGEST_WAIT_MS.unsigned_abs());
        assert_eq!(Wait::of(slow, Some(i64::MAX)).slow, longest);
        assert_eq!(Wait::of(slow, Some(-5)), free);
    }
}
