//! Asking the app to send an invitation again.
//!
//! One POST of `{"email": ...}` to an address of its own, with the activity log's token. No public document of
//! Workato has such a call; the sandbox has it, and a connection names the address where an app offers one. What is
//! public is the limit: one invitation per user and workspace in 20 minutes.

use serde::Deserialize;
use serde_json::json;

use super::{Endpoint, EndpointConfig, EndpointError, Trouble, judge};
use crate::domain::{Answer, Call, Exchange, Method, Outcome, RetryAfter, Time};

/// What the app answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resent {
    /// It was sent, at this time by the app's clock where it said so.
    Sent(Option<Time>),
    /// One was sent not long ago; where the app said so, how long to wait.
    TooSoon(Option<RetryAfter>),
    /// The invitation was accepted already.
    Accepted,
    /// Nobody with this address is invited.
    Unknown,
    /// Anything else.
    Failed(Trouble),
}

/// The address that sends invitations again. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Invitations(Endpoint);

#[derive(Deserialize)]
struct Body {
    sent_at: Option<Time>,
}

impl Invitations {
    /// Checks the address, which is held to the same rules as a SCIM base URL; sends nothing.
    pub fn new(config: EndpointConfig) -> Result<Self, EndpointError> {
        Endpoint::new(config).map(Self)
    }

    /// One attempt for one address.
    pub async fn resend(&self, email: &str) -> (Exchange, Resent) {
        let call = Call::new(Method::Post, &[]).body(json!({"email": email}));
        let exchange = self.0.send(&call).await;
        let resent = match &exchange.outcome {
            Outcome::Answered(answer) => read(&call, answer, &exchange.outcome),
            other => failed(&call, other),
        };
        (exchange, resent)
    }
}

fn read(call: &Call, answer: &Answer, outcome: &Outcome) -> Resent {
    match answer.status {
        404 => Resent::Unknown,
        409 => Resent::Accepted,
        429 => Resent::TooSoon(answer.retry_after),
        _ => match judge(call, outcome) {
            Ok(answer) => {
                let body: Option<Body> = serde_json::from_str(&answer.body).ok();
                Resent::Sent(body.and_then(|body| body.sent_at))
            }
            Err(trouble) => Resent::Failed(trouble),
        },
    }
}

fn failed(call: &Call, outcome: &Outcome) -> Resent {
    match judge(call, outcome) {
        Err(trouble) => Resent::Failed(trouble),
        // An outcome without an answer is never good.
        Ok(_) => Resent::Sent(None),
    }
}
