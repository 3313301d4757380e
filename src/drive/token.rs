//! Replacing the token: links and queue stay.

use super::shared::now;
use super::{Drive, problem};
use crate::audit::{AuditEntry, Source};
use crate::directory::Change;
use crate::domain::{Difference, Secret, TokenSource};
use crate::engine::{Problem, TestReport};
use crate::store::Batch;

impl Drive {
    /// Says where the token is from now on, and tests it. Nothing but reads is sent until it is accepted.
    pub async fn set_token(&self, source: TokenSource) -> Result<TestReport, Problem> {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        self.shared.catch_up().await.map_err(|e| problem::store(&e))?;
        let mut connection = self.directory().connection().clone();
        let entry = AuditEntry {
            time: now(),
            source: Source::Console,
            event: "token replaced".to_owned(),
            subject: connection.name.clone(),
            actor: self.shared.actor.clone(),
            detail: "links and queue stay; it is used once a sample of the linked accounts answers"
                .to_owned(),
            changes: vec![Difference {
                attribute: "token source".to_owned(),
                before: Some(connection.token.words()),
                after: Some(source.words()),
            }],
            reason: self.shared.reason.clone(),
            ..AuditEntry::default()
        };
        connection.token = source;
        let changes = vec![Change::Connection(Box::new(connection))];
        let batch = Batch { changes, audit: vec![entry], ..self.shared.batch() };
        self.shared.commit(batch).await.map_err(|e| problem::store(&e))?;
        self.test().await
    }

    /// Uses a token that is only in memory; for a connection whose token source is this process.
    pub async fn use_token(&self, scim: Secret, feed: Secret) -> Result<TestReport, Problem> {
        *super::shared::hold(&self.shared.tokens) = Some((scim, feed));
        self.test().await
    }
}
