//! An operator's stop, kept in the home: whoever sends holds what was queued by then until an operator says to go on,
//! also one who becomes the sender later.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;

use super::order::Order;
use super::runner::Runner;
use super::shared::{Shared, hold, now};
use super::words::stop_asked;
use super::{Drive, problem, push_group};
use crate::audit::AuditEntry;
use crate::directory::GroupRow;
use crate::domain::{Failure, FailureKind, Time};
use crate::engine::{Problem, ProblemKind, Sending};
use crate::store::{Batch, StoreError};

const KEY: &str = "hold";
/// How long the sender has to say that it holds.
const PATIENCE: Duration = Duration::from_secs(4);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What an operator said last about the whole queue, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// What is queued shall be held.
    Hold(Time),
    /// The sender holds it.
    Held(Time),
    /// It shall go on.
    Go(Time),
}

impl Word {
    /// Until when what was committed is held.
    pub(super) fn held(self) -> Option<Time> {
        match self {
            Self::Hold(at) | Self::Held(at) => Some(at),
            Self::Go(_) => None,
        }
    }
}

async fn heard(shared: &Shared) -> Result<Option<Word>, StoreError> {
    let text = shared.store.meta_get(Some(shared.connection), KEY).await?;
    Ok(text.and_then(|text| {
        let (word, at) = text.split_once(' ')?;
        let at = Time::from_ms(at.parse().ok()?);
        Some(match word {
            "hold" => Word::Hold(at),
            "held" => Word::Held(at),
            _ => Word::Go(at),
        })
    }))
}

/// Whether there is an operation or a group that would go if nobody held it.
async fn something_waits(shared: &Shared) -> Result<bool, StoreError> {
    let live = shared.store.live(shared.connection).await?;
    let directory = shared.directory();
    let group = |row: &GroupRow| push_group::may_go_on(row, true) && row.push_goes(&directory);
    Ok(live.iter().any(|(_, mark)| mark.state.moving()) || directory.groups().into_iter().any(group))
}

async fn say(shared: &Shared, word: Word) -> Result<(), StoreError> {
    let text = match word {
        Word::Hold(at) => format!("hold {}", at.ms()),
        Word::Held(at) => format!("held {}", at.ms()),
        Word::Go(at) => format!("go {}", at.ms()),
    };
    shared.store.meta_set(Some(shared.connection), KEY, &text).await
}

async fn end_empty(shared: &Shared) -> Result<(), StoreError> {
    let held = heard(shared).await?.and_then(Word::held).is_some();
    if held && !something_waits(shared).await? {
        say(shared, Word::Go(now())).await?;
        shared.order(Order::LookAgain);
    }
    Ok(())
}

impl Drive {
    /// Stops what a run of this process waits for, whoever sends it: returns when nothing is under way any more and
    /// what is queued waits for an operator. Where no run waits, the others go on as they do. Returns whether a run was
    /// committed, or was about to be.
    ///
    /// # Errors
    /// When the stop could not be kept, or another process is the sender and does not say that it holds.
    pub async fn halt(&self) -> Result<bool, Problem> {
        let shared = &self.shared;
        let waits = hold(&shared.followers).iter().any(|follower| !follower.tell.is_closed());
        let held = match waits && !shared.read_only {
            false => Ok(()),
            true => match say(shared, Word::Hold(now())).await {
                Ok(()) => {
                    self.tell("run stopped", "what is queued waits until an operator lets it go on").await;
                    self.held_there().await
                }
                Err(error) => Err(problem::store(&error)),
            },
        };
        if let Err(problem) = &held {
            // Its report says that instead.
            let (text, next) = (problem.text.clone(), problem.next.clone());
            shared.tell_paused(&Failure { kind: FailureKind::NotAllowed, text, next });
        }
        self.stop().await;
        held.map(|()| waits || shared.ran.load(Ordering::SeqCst))
    }

    /// A stop that holds nothing any more, whatever ended that, is over: nothing that comes later waits for it. The
    /// sender hears it, whoever that is. Where that cannot be said it stays.
    pub(super) async fn end_empty_hold(&self) {
        if let Err(error) = end_empty(&self.shared).await {
            tracing::warn!(%error, "a stop that holds nothing could not be ended");
        }
    }

    /// An operator's word about the whole queue, in the audit log. That it could not be kept stops nobody.
    pub(super) async fn tell(&self, event: &str, detail: &str) {
        let shared = &self.shared;
        let entry = AuditEntry {
            time: now(),
            event: event.to_owned(),
            subject: self.directory().connection().name.clone(),
            actor: shared.actor.clone(),
            detail: detail.to_owned(),
            reason: shared.reason.clone(),
            ..AuditEntry::default()
        };
        if let Err(error) = shared.commit(Batch { audit: vec![entry], ..shared.batch() }).await {
            tracing::warn!(%error, "an operator's word could not be kept in the audit log");
        }
    }

    /// Waits until the sender holds, where that is another process.
    async fn held_there(&self) -> Result<(), Problem> {
        let end = Instant::now() + PATIENCE;
        while matches!(*self.shared.sending.borrow(), Sending::Elsewhere(_)) {
            let word = heard(&self.shared).await.map_err(|error| problem::store(&error))?;
            if !matches!(word, Some(Word::Hold(_))) {
                break;
            }
            if Instant::now() >= end {
                return Err(self.unheard());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(())
    }

    fn unheard(&self) -> Problem {
        let who = self.holder();
        let words = who.as_ref().map_or_else(|| "another process".to_owned(), |seen| seen.words());
        let next = who.map_or_else(String::new, |seen| {
            format!(", or take the sending over: scimdeck take-over --holder {}", seen.holder.id)
        });
        Problem::new(
            ProblemKind::Internal,
            "not_held_there",
            format!(
                "This command is stopped. {words} sends for it and did not answer: it may go on sending."
            ),
            format!("Look at that process{next}."),
        )
    }
}

impl Runner {
    /// What an operator said since, here or at another process.
    pub(super) async fn hear_word(&mut self) {
        let Ok(word) = heard(&self.shared).await else { return };
        if word == std::mem::replace(&mut self.word, word) {
            return;
        }
        match word {
            Some(Word::Hold(_)) => {
                // Nobody waits for it here.
                self.stopping.push(tokio::sync::oneshot::channel().0);
                self.seat();
                self.shared.tell_paused(&stop_asked());
            }
            Some(Word::Go(_)) => {
                self.going_on |= !self.offered.is_empty();
                self.groups_wait = false;
                self.seat();
            }
            Some(Word::Held(_)) | None => {}
        }
    }

    /// Says that what was to be held is. Until when that is, where it is so: a stop that left nothing behind holds
    /// nothing that comes later.
    pub(super) async fn holds(&mut self) -> Result<Option<Time>, StoreError> {
        self.word = heard(&self.shared).await?;
        let word = match self.word {
            Some(Word::Hold(at) | Word::Held(at)) if !something_waits(&self.shared).await? => Word::Go(at),
            Some(Word::Hold(at)) => Word::Held(at),
            _ => return Ok(self.word.and_then(Word::held)),
        };
        say(&self.shared, word).await?;
        self.word = Some(word);
        Ok(word.held())
    }

    /// An operator says to go on; the sender hears it, whoever that is.
    pub(super) async fn say_go(&mut self) {
        let held = self.word.and_then(Word::held).is_some();
        if !self.leads || held {
            let word = Word::Go(now());
            match say(&self.shared, word).await {
                Ok(()) => self.word = Some(word),
                Err(error) => tracing::warn!(%error, "the sender could not be told to go on"),
            }
        }
    }
}
