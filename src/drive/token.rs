//! Replacing the token: links and queue stay.

use super::shared::now;
use super::{Drive, problem};
use crate::audit::{AuditEntry, Source};
use crate::domain::{Connection, Difference, Secret, TokenSource};
use crate::endpoint::token;
use crate::engine::{Problem, ProblemKind, TestReport};

impl Drive {
    /// Says where the token is from now on, and tests it. Nothing but reads is sent until it is accepted. Where no token
    /// can be read there, or it stands in the words of its command, the source before stays.
    pub async fn set_token(&self, source: TokenSource) -> Result<TestReport, Problem> {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        let token = token::fetch(&source).await.map_err(|error| {
            let before = self.shared.directory().connection().token.words();
            Problem::new(
                ProblemKind::BadInput,
                "token",
                format!(
                    "There is no token to use: {error}. Nothing was changed: it is still taken from {before}."
                ),
                "Correct it, then give the command again.",
            )
        })?;
        super::secrets::not_in_words(&source, &token.secret)?;
        self.take_source(source).await
    }

    /// From a source whose token was read and is none of its words.
    pub(super) async fn take_source(&self, source: TokenSource) -> Result<TestReport, Problem> {
        let told = |before: &Connection, after: &Connection| {
            vec![AuditEntry {
                time: now(),
                source: Source::Console,
                event: "token replaced".to_owned(),
                subject: after.name.clone(),
                actor: self.shared.actor.clone(),
                detail: "links and queue stay; it is used once a sample of the linked accounts answers"
                    .to_owned(),
                changes: vec![Difference {
                    attribute: "token source".to_owned(),
                    before: Some(before.token.words()),
                    after: Some(after.token.words()),
                }],
                reason: self.shared.reason.clone(),
                ..AuditEntry::default()
            }]
        };
        self.shared.set_told(|connection| connection.token = source.clone(), told).await?;
        self.test().await
    }

    /// Uses a token that is only in memory; for a connection whose token source is this process.
    pub async fn use_token(&self, scim: Secret, feed: Secret) -> Result<TestReport, Problem> {
        *super::shared::hold(&self.shared.tokens) = Some((scim, feed));
        self.test().await
    }
}
