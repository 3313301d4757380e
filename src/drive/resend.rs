//! Sending an invitation again, person by person.

use super::order::Order;
use super::shared::now;
use super::{Drive, line, problem};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Observation, PersonView};
use crate::domain::{AccountState, Failure, FailureKind, Feed, PersonId, RetryAfter, Time};
use crate::endpoint::invitation::{Invitations, Resent};
use crate::engine::{Outcome, Problem, ProblemKind, Report, RunResult};
use crate::store::Batch;

impl Drive {
    /// Has the invitations of these people sent again. One result each: done, already accepted (unchanged) or
    /// failed with the reason and the time from which it is possible.
    pub async fn resend(&self, people: Vec<PersonId>) -> Result<Report, Problem> {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        let directory = self.shared.directory();
        if !directory.connection().enabled {
            return Err(problem::disabled());
        }
        let invitations = self.invitations().await?;
        let mut report = Report::default();
        for id in people {
            let Some(person) = directory.get(id) else { continue };
            let (outcome, error) = match person.remote_id() {
                None => (Outcome::Failed, Some(failure("has no account there, so nobody is invited", ""))),
                Some(_) => {
                    let email = person.record().address().to_owned();
                    let email = if email.is_empty() { person.user_name().to_owned() } else { email };
                    let (_, resent) = invitations.resend(&email).await;
                    self.keep_resent(&person, &resent).await?;
                    told(resent, now())
                }
            };
            report.results.push(RunResult {
                person: id,
                user_name: person.user_name().to_owned(),
                operation: None,
                outcome,
                error,
            });
        }
        Ok(report)
    }

    async fn invitations(&self) -> Result<Invitations, Problem> {
        let directory = self.shared.directory();
        let connection = directory.connection();
        let feed = connection.feed.as_ref();
        let Some((feed, url)) = feed.and_then(|feed| Some((feed, feed.resend_url.as_ref()?))) else {
            return Err(Problem::new(
                ProblemKind::BadInput,
                "no_resend",
                "This app has no call that sends an invitation again. Nothing was sent.",
                "Send it again in the app: Workato does so in the list of collaborators.",
            ));
        };
        let token = line::resolve(&self.shared, &feed.token, |tokens| tokens.1.clone()).await;
        let token = token.map_err(|f| problem::endpoint(&f))?;
        Invitations::new(line::endpoint_config(connection, url, token)).map_err(|error| {
            Problem::new(
                ProblemKind::BadInput,
                "resend_url",
                format!("The address for invitations cannot be used: {error}. Nothing was sent."),
                "Correct it in the connection's settings.",
            )
        })
    }

    /// Every try is in the audit feed; an acceptance that it tells is taken over.
    async fn keep_resent(&self, person: &PersonView<'_>, resent: &Resent) -> Result<(), Problem> {
        let at = now();
        let (event, detail) = match resent {
            Resent::Sent(_) => ("invitation resent", "the app sent the invitation again".to_owned()),
            Resent::Accepted => {
                ("invitation accepted", "the app says that it was accepted already".to_owned())
            }
            other => {
                let why = told(other.clone(), at).1.map(|f| f.text).unwrap_or_default();
                ("invitation not resent", why)
            }
        };
        let entry = AuditEntry {
            seq: 0,
            time: at,
            remote_time: if let Resent::Sent(sent_at) = resent { *sent_at } else { None },
            source: Source::Invitation,
            event: event.to_owned(),
            person: Some(person.id()),
            subject: person.user_name().to_owned(),
            actor: self.shared.actor.clone(),
            operation: None,
            detail,
            changes: Vec::new(),
            reason: self.shared.reason.clone(),
            remote_id: None,
            ..AuditEntry::default()
        };
        let state = match resent {
            Resent::Accepted => Some(AccountState::Active),
            Resent::Sent(_) | Resent::TooSoon(_) => Some(AccountState::Invited),
            Resent::Unknown | Resent::Failed(_) => None,
        };
        let changes = state.filter(|state| *state != person.account() && person.has_access_there());
        let changes = changes
            .map(|state| Change::Observed(person.id(), Observation { state, values: None, at }.into()))
            .into_iter()
            .collect();
        let batch = Batch { changes, audit: vec![entry], ..self.shared.batch() };
        self.shared.commit(batch).await.map_err(|e| problem::store(&e))?;
        if *resent == Resent::Accepted {
            self.shared.order(Order::Accepted(vec![person.id()]));
        }
        Ok(())
    }
}

/// A result in words.
fn told(resent: Resent, now: Time) -> (Outcome, Option<Failure>) {
    match resent {
        Resent::Sent(_) => (Outcome::Done, None),
        Resent::Accepted => (Outcome::Unchanged, None),
        Resent::TooSoon(wait) => {
            let until = match wait {
                Some(RetryAfter::Seconds(s)) => now
                    .plus_ms(i64::try_from(s).unwrap_or(i64::MAX).saturating_mul(1_000).min(24 * 3_600_000)),
                Some(RetryAfter::At(at)) => at,
                None => now.plus_ms(Feed::RESEND_AFTER_MS),
            };
            let text = "an invitation was sent not long ago, and the app sends one in 20 minutes at most; nothing \
                        was sent";
            let mut failure = failure(text, "");
            failure.kind = FailureKind::SlowDown;
            failure.next = format!("It is possible again at {until}.");
            (Outcome::Failed, Some(failure))
        }
        Resent::Unknown => {
            let text = "the app knows no invitation for this e-mail; nothing was sent";
            (Outcome::Failed, Some(failure(text, "Compare the person with the app: scimdeck check")))
        }
        Resent::Failed(trouble) => (Outcome::Failed, Some(trouble.into())),
    }
}

fn failure(text: &str, next: &str) -> Failure {
    Failure { kind: FailureKind::Refused, text: text.to_owned(), next: next.to_owned() }
}
