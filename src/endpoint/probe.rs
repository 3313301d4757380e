//! Test Connector Configuration: the one request that Okta's button sends, and what it proves of each action.

use super::{Endpoint, Trouble, paging};
use crate::domain::{Call, Exchange, Method, Outcome, SupportedActions, ToApp};

/// An action that a connection can support, as the setup page names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Import New Users and Profile Updates.
    Import,
    /// Push New Users.
    PushNewUsers,
    /// Push Profile Updates.
    PushProfileUpdates,
    /// To App: Create Users.
    CreateUsers,
    /// To App: Update User Attributes.
    UpdateUserAttributes,
    /// To App: Deactivate Users.
    DeactivateUsers,
}

impl Action {
    /// Its name on the screen.
    pub fn words(self) -> &'static str {
        match self {
            Self::Import => "Import New Users and Profile Updates",
            Self::PushNewUsers => "Push New Users",
            Self::PushProfileUpdates => "Push Profile Updates",
            Self::CreateUsers => "Create Users",
            Self::UpdateUserAttributes => "Update User Attributes",
            Self::DeactivateUsers => "Deactivate Users",
        }
    }
}

/// How far an action is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Switched off: not looked at.
    Off,
    /// Switched on; nothing was written, so only the first real change can prove it.
    Declared,
    /// The test did it.
    Verified,
    /// The test shows that it cannot work.
    Failed,
}

impl Verdict {
    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Declared => "declared",
            Self::Verified => "verified",
            Self::Failed => "failed",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionReport {
    /// Which action.
    pub action: Action,
    /// How far it is proven.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
}

/// What the test saw.
#[derive(Debug, Clone)]
pub struct ProbeReport {
    /// The request and what became of it.
    pub exchange: Exchange,
    /// One line per action, always all six.
    pub actions: Vec<ActionReport>,
    /// How many accounts the endpoint says it has.
    pub total: Option<u64>,
    /// The endpoint's clock minus ours, in milliseconds, where it gives one. `Date` has whole seconds only.
    pub clock_skew_ms: Option<i64>,
    /// Why the connection does not work; none when it does.
    pub trouble: Option<Trouble>,
}

impl ProbeReport {
    /// Whether the connector is configured successfully.
    pub fn ok(&self) -> bool {
        self.trouble.is_none()
    }
}

/// The test's request: `GET /Users?startIndex=1&count=2`.
pub fn request() -> Call {
    Call::new(Method::Get, &["Users"]).query("startIndex", "1").query("count", "2")
}

/// Sends the one request and reports. Only where its `startIndex` is refused does a second one go without.
pub async fn probe(endpoint: &Endpoint, supported: SupportedActions, to_app: ToApp) -> ProbeReport {
    report(endpoint.send_page(&request()).await, supported, to_app)
}

/// The report on a test that was sent.
pub fn report(exchange: Exchange, supported: SupportedActions, to_app: ToApp) -> ProbeReport {
    let read = paging::read(&exchange);
    let clock_skew_ms = match &exchange.outcome {
        Outcome::Answered(answer) => {
            answer.date.map(|date| date.since(exchange.at.plus_ms(i64::from(exchange.took_ms))))
        }
        _ => None,
    };
    let total = read.as_ref().ok().and_then(|page| page.total);
    let trouble = read.err();
    let line = |action, on: bool| {
        let (verdict, reason) = match &trouble {
            _ if !on => (Verdict::Off, "switched off".to_owned()),
            Some(trouble) => (Verdict::Failed, trouble.text.clone()),
            None if action == Action::Import => (Verdict::Verified, "a page of users was read".to_owned()),
            None => (Verdict::Declared, "a test writes nothing: the first change will show it".to_owned()),
        };
        ActionReport { action, verdict, reason }
    };
    let actions = vec![
        line(Action::Import, supported.import),
        line(Action::PushNewUsers, supported.push_new),
        line(Action::PushProfileUpdates, supported.push_updates),
        line(Action::CreateUsers, supported.push_new && to_app.create),
        line(Action::UpdateUserAttributes, supported.push_updates && to_app.update),
        line(Action::DeactivateUsers, to_app.deactivate),
    ];
    ProbeReport { exchange, actions, total, clock_skew_ms, trouble }
}
