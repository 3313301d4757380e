//! What the console is waiting for, and short words that come and go.

use super::TaskId;
use super::doc::Tone;
use crate::domain::{PersonId, Time};
use crate::engine::Progress;
use crate::verbs::Command;

/// What kind of work a task is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A command is looked at and planned; nothing has changed yet.
    Look {
        /// The command.
        command: Box<Command>,
        /// User names typed for protected people.
        typed: Vec<String>,
        /// Whether the plan is always shown before it runs.
        ask: bool,
    },
    /// A plan runs.
    Run {
        /// How far it is.
        progress: Progress,
        /// Whether its sending was asked to hold.
        stopping: bool,
    },
    /// A comparison with the endpoint.
    Check {
        /// Accounts seen.
        seen: u64,
        /// Accounts that the list says it has.
        of: u64,
    },
    /// Everybody in the app is read.
    Scan,
    /// Test Connector Configuration.
    Test,
    /// A deeper look at the endpoint.
    Deep,
    /// A new token is tested and taken.
    Token,
    /// An encrypted token is opened and tested.
    Unlock,
    /// A new connection is saved and tested.
    Connect,
    /// The role values that the endpoint reports, for the list of this attribute.
    Values(String),
    /// What would be sent of this person; nothing is changed.
    Wire(PersonId),
    /// The shown plan is written to this file.
    SavePlan(String),
    /// A saved plan is made anew, to be shown.
    OpenPlan,
    /// The word on a stopped run is being taken.
    Resume,
    /// The app is asked to send invitations again.
    Resend,
    /// A fault of the sandbox is switched.
    Rehearse,
}

/// A task in the foreground: somebody waits for it, and can stop waiting.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What it is, in the operator's words.
    pub label: String,
    /// What kind.
    pub kind: Kind,
}

impl Task {
    /// One line about it.
    pub fn words(&self) -> String {
        match &self.kind {
            Kind::Look { .. } => format!("{}: looking at the app; nothing is changed yet", self.label),
            Kind::Run { progress: p, stopping } => {
                let mut line = format!("{}: {}", self.label, p.words());
                if *stopping {
                    line.push_str(", stopping: what is not sent stays queued");
                }
                line
            }
            Kind::Check { seen: 0, .. } => format!("{}: comparing with the app", self.label),
            Kind::Check { seen, of } if of < seen => format!("{}: {seen} accounts compared", self.label),
            Kind::Check { seen, of } => format!("{}: {seen} of {of} accounts compared", self.label),
            Kind::Values(_) => format!("{}: asking", self.label),
            Kind::Wire(_) => format!("{}: looking at the app; nothing is sent", self.label),
            Kind::Scan => format!("{}: reading everybody in the app; nothing is changed", self.label),
            Kind::Test
            | Kind::Deep
            | Kind::Token
            | Kind::Unlock
            | Kind::Connect
            | Kind::Resume
            | Kind::SavePlan(_)
            | Kind::OpenPlan
            | Kind::Resend
            | Kind::Rehearse => self.label.clone(),
        }
    }
}

/// How long a good word stays.
const INFO_MS: i64 = 3_000;

/// A short word on the message line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// The words.
    pub text: String,
    /// Good, warning or bad.
    pub tone: Tone,
    /// When it goes; none stays until a key is pressed.
    pub until: Option<Time>,
}

impl Toast {
    /// A good word: it goes by itself.
    pub fn info(text: impl Into<String>, now: Time) -> Self {
        Self { text: text.into(), tone: Tone::Good, until: Some(now.plus_ms(INFO_MS)) }
    }

    /// Bad news: it stays until a key is pressed.
    pub fn error(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Tone::Bad, until: None }
    }
}
