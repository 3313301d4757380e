//! Replacing the token: links and queue stay.

use super::{Drive, problem};
use crate::domain::{Secret, TokenSource};
use crate::engine::{Problem, TestReport};

impl Drive {
    /// Says where the token is from now on, and tests it. Nothing but reads is sent until it is accepted.
    pub async fn set_token(&self, source: TokenSource) -> Result<TestReport, Problem> {
        if self.shared.read_only {
            return Err(problem::read_only());
        }
        self.shared.set(|connection| connection.token = source).await?;
        self.test().await
    }

    /// Uses a token that is only in memory; for a connection whose token source is this process.
    pub async fn use_token(&self, scim: Secret, feed: Secret) -> Result<TestReport, Problem> {
        *super::shared::hold(&self.shared.tokens) = Some((scim, feed));
        self.test().await
    }
}
