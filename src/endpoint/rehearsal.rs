//! The control call of a sandbox on this machine that tells and switches its faults. Only ever asked where no byte
//! leaves the machine; the connection's own token is not sent.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Endpoint, EndpointConfig, EndpointError, Timeouts, Trouble, judge};
use crate::domain::{Answer, Call, Method, Rehearsal, RehearsalChange, Secret};
use crate::scim::error::ErrorBody;

/// The sandbox is here: what takes longer does not answer.
const TIME: Duration = Duration::from_secs(2);
/// Whatever is told beyond that is left out.
const MOST: usize = 200;

/// The control call. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Rehearsals(Endpoint);

/// What only a sandbox says.
#[derive(Deserialize)]
struct Told {
    sandbox: String,
    #[serde(flatten)]
    rehearsal: Rehearsal,
}

impl Rehearsals {
    /// Of the sandbox that may be behind this base URL; none where the address leads to another machine.
    pub fn of(base_url: &str) -> Result<Option<Self>, EndpointError> {
        let origin: Vec<&str> = base_url.split('/').take(3).collect();
        let config = EndpointConfig {
            accept: "application/json",
            timeouts: Timeouts::within(TIME),
            ..EndpointConfig::new(&origin.join("/"), Secret::new("none"))
        };
        let endpoint = Endpoint::new(config)?;
        // Without TLS the address is this machine's: others are not taken.
        Ok((!endpoint.encrypted()).then_some(Self(endpoint)))
    }

    /// What is on. None where no sandbox of ours answers.
    pub async fn look(&self) -> Option<Rehearsal> {
        let call = Call::new(Method::Get, &["sandbox", "faults"]);
        let exchange = self.0.send(&call).await;
        read(judge(&call, &exchange.outcome).ok()?)
    }

    /// Switches, and tells what is on then.
    pub async fn change(&self, change: &RehearsalChange) -> Result<Rehearsal, Trouble> {
        let body: Value = match change {
            RehearsalChange::Add(fault) => json!({"add": [fault]}),
            RehearsalChange::Remove(fault) => json!({"remove": [fault]}),
            RehearsalChange::Clear => json!({"clear": true}),
        };
        let call = Call::new(Method::Post, &["sandbox", "faults"]).body(body);
        let exchange = self.0.send(&call).await;
        let answer = judge(&call, &exchange.outcome).map_err(|mut trouble| {
            // Ours entirely: what it says needs no words about SCIM.
            if let crate::domain::Outcome::Answered(answer) = &exchange.outcome
                && let Some(detail) = ErrorBody::read(answer.body.as_bytes()).and_then(|body| body.detail)
            {
                trouble.text = format!("The sandbox refuses: {}.", super::excerpt(&detail, 300));
                trouble.next = "Correct the fault.".to_owned();
            }
            trouble
        })?;
        read(answer).ok_or_else(|| Trouble::not_scim(answer, "a sandbox's word about its faults"))
    }
}

fn read(answer: &Answer) -> Option<Rehearsal> {
    let told: Told = serde_json::from_str(&answer.body).ok()?;
    let Told { sandbox, mut rehearsal } = told;
    rehearsal.faults.truncate(MOST);
    rehearsal.kinds.truncate(MOST);
    (sandbox == "scimdeck").then_some(rehearsal)
}
