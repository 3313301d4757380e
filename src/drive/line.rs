//! The line to the endpoint: opened when first needed, with a token that is checked when it is another one.

use std::sync::Arc;
use std::time::Duration;

use super::finder::Finder;
use super::shared::{Line, Shared, hold, now};
use crate::domain::{Connection, Failure, FailureKind, Secret, TokenSource};
use crate::endpoint::token::{self, Token};
use crate::endpoint::{Endpoint, EndpointConfig, Timeouts};

/// How many linked accounts are tried when the token is another one.
const SAMPLE: usize = 5;
/// So many of them gone, and none there, mean another workspace.
const STRANGE: usize = 3;

/// So long before its end a token is fetched again: a request that is under way must not outlive it.
const FRESH_MS: i64 = 30_000;

impl Line {
    /// For what the sender sends from its thread. Whoever only looks makes no second set of connections, whose
    /// certificates would be read once more; where that cannot be done any more the first set does.
    pub(super) fn sending(&self) -> &Endpoint {
        self.sending
            .get_or_init(|| self.endpoint.with_own_connections().unwrap_or_else(|_| self.endpoint.clone()))
    }
}

/// The line to the endpoint, opened if it is not open yet.
pub(super) async fn open_line(shared: &Shared) -> Result<Line, Failure> {
    let mut slot = shared.line.lock().await;
    let by = shared.look(|directory| directory.connection().unique_identifier);
    // Opened anew, so that the other token is checked before anybody uses it.
    slot.take_if(|line| line.until.is_some_and(|until| until.ms() - FRESH_MS <= now().ms()));
    if let Some(line) = &mut *slot {
        if line.finder.by() != by {
            // What was learned is about another field.
            line.finder = Finder::new(line.endpoint.clone(), by);
        }
        return Ok(line.clone());
    }
    let connection = shared.look(|directory| directory.connection().clone());
    let Token { secret, until } = scim_token(shared, &connection).await?;
    let config = endpoint_config(&connection, &connection.base_url, secret.clone());
    let endpoint = Endpoint::new(EndpointConfig { waits: shared.waits.clone(), ..config })
        .map_err(|error| refused(&error.to_string()))?;
    super::asked::recall(shared).await;
    check_token(shared, &endpoint, &secret).await?;
    let finder = Finder::new(endpoint.clone(), by);
    let line = Line { endpoint, sending: Arc::default(), finder, until };
    *slot = Some(line.clone());
    Ok(line)
}

/// Requests of a connection, to its endpoint or to its activity log, take no longer than it says.
pub(super) fn endpoint_config(connection: &Connection, url: &str, token: Secret) -> EndpointConfig {
    let timeouts = Timeouts::within(Duration::from_secs(u64::from(connection.timeout_s.max(1))));
    let ca_file = connection.ca_file.clone();
    EndpointConfig { timeouts, ca_file, ..EndpointConfig::new(url, token) }
}

/// Forgets the line, so that the next use opens it with the settings and the token of then.
pub(super) async fn close_line(shared: &Shared) {
    *shared.line.lock().await = None;
}

fn refused(text: &str) -> Failure {
    Failure {
        kind: FailureKind::TokenRefused,
        text: format!("{}. Nothing was sent.", text.trim_end_matches('.')),
        next: "Repair it, then test the connection: scimdeck test".to_owned(),
    }
}

pub(super) async fn scim_token(shared: &Shared, connection: &Connection) -> Result<Token, Failure> {
    fetch(shared, &connection.token, |tokens| tokens.0.clone()).await
}

/// The token of a source; those kept in memory are this process's own.
pub(super) async fn resolve(
    shared: &Shared,
    source: &TokenSource,
    pick: impl Fn(&(Secret, Secret)) -> Secret,
) -> Result<Secret, Failure> {
    fetch(shared, source, pick).await.map(|token| token.secret)
}

async fn fetch(
    shared: &Shared,
    source: &TokenSource,
    pick: impl Fn(&(Secret, Secret)) -> Secret,
) -> Result<Token, Failure> {
    if matches!(source, TokenSource::Memory)
        && let Some(secret) = hold(&shared.tokens).as_ref().map(pick)
    {
        return Ok(Token { secret, until: None });
    }
    token::fetch(source).await.map_err(|error| refused(&error.to_string()))
}

/// The salt of this home's token marks.
async fn salt(shared: &Shared) -> Result<String, Failure> {
    const KEY: &str = "token_salt";
    let failed = |error: &dyn std::fmt::Display| refused(&error.to_string());
    if let Some(salt) = shared.store.meta_get(None, KEY).await.map_err(|e| failed(&e))? {
        return Ok(salt);
    }
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| failed(&e))?;
    let salt: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    shared.store.meta_set(None, KEY, &salt).await.map_err(|e| failed(&e))?;
    Ok(salt)
}

/// With another token nothing is sent until a sample of the linked accounts answers: it may open another workspace.
async fn check_token(shared: &Shared, endpoint: &Endpoint, secret: &Secret) -> Result<(), Failure> {
    let directory = shared.directory();
    let connection = directory.connection();
    let mark = token::token_mark(salt(shared).await?.as_bytes(), secret);
    if connection.token_mark.as_deref() == Some(mark.as_str()) {
        return Ok(());
    }
    if connection.token_mark.is_some() {
        let linked: Vec<String> =
            directory.people().filter_map(|p| p.remote_id().map(str::to_owned)).take(SAMPLE).collect();
        let mut gone = 0;
        for remote_id in &linked {
            match super::finder::read(endpoint, remote_id, directory.attributes()).await? {
                Some(_) => {
                    gone = 0;
                    break;
                }
                None => gone += 1,
            }
        }
        if gone >= STRANGE.min(linked.len()) && gone > 0 {
            return Err(Failure {
                kind: FailureKind::TokenRefused,
                text: format!(
                    "The token was changed, and {gone} linked accounts are not where it leads: is this another \
                     workspace? Nothing was sent."
                ),
                next: "Check the token, or make another connection for another workspace: scimdeck connect"
                    .to_owned(),
            });
        }
    }
    if shared.read_only {
        return Ok(());
    }
    shared
        .set(|connection| connection.token_mark = Some(mark.clone()))
        .await
        .map_err(|problem| refused(&problem.text))
}
