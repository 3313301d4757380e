//! What the console is waiting for, and short words that come and go.

use super::TaskId;
use super::doc::Tone;
use super::words::clock;
use crate::domain::{PersonId, Time};
use crate::engine::{Progress, time_left_words};
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
    /// The app is asked although it asked to wait.
    AskNow,
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

impl Kind {
    /// Whether nothing is changed by it, here or there.
    pub(super) fn only_reads(&self) -> bool {
        matches!(
            self,
            Self::Look { .. }
                | Self::Check { .. }
                | Self::Scan
                | Self::Test
                | Self::Deep
                | Self::Values(_)
                | Self::Wire(_)
                | Self::OpenPlan
        )
    }

    /// What is true when nobody waits for it any more.
    pub(super) fn left(&self) -> String {
        match self {
            Self::Run { .. } => "no longer waiting; what was committed stays queued".to_owned(),
            Self::Connect | Self::Token | Self::Resend => {
                "no longer waiting; it may have been done all the same".to_owned()
            }
            Self::Resume => {
                "no longer waiting; the stopped run goes on or stays queued, as you said".to_owned()
            }
            Self::Rehearse => "no longer waiting; the fault may have been switched all the same".to_owned(),
            Self::Unlock => {
                "no longer waiting; the token may be open, and then what is queued goes on".to_owned()
            }
            Self::SavePlan(path) => format!("no longer waiting; {path} may have been written all the same"),
            Self::Check { .. } => "stopped; what was seen so far is kept, and nothing was sent".to_owned(),
            Self::AskNow => "no longer waiting; where it answers, what waits goes on all the same".to_owned(),
            Self::Look { .. }
            | Self::Scan
            | Self::Test
            | Self::Deep
            | Self::Values(_)
            | Self::Wire(_)
            | Self::OpenPlan => "stopped; nothing was changed".to_owned(),
        }
    }
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
                let mut line = format!("{}: {} of {} done{}", self.label, p.done, p.total, p.apart());
                if let Some(until) = p.until {
                    line.push_str(&format!(", nothing goes before {} UTC", clock(until)));
                }
                if p.ended() < p.total {
                    line.push_str(&format!(", {}", time_left_words(p.left_ms)));
                }
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
            | Kind::AskNow
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

#[cfg(test)]
mod tests {
    use super::super::fixture::app;
    use super::super::tests::{keys, toast};
    use super::*;

    #[test]
    fn who_stops_waiting_is_told_what_may_have_happened_all_the_same() {
        let stopped = |kind: Kind| {
            let mut app = app();
            app.begin("it", kind);
            keys(&mut app, "ctrl-c");
            toast(&app).to_owned()
        };
        assert!(stopped(Kind::Resume).contains("goes on or stays queued"));
        assert!(stopped(Kind::Rehearse).contains("may have been"));
        assert!(stopped(Kind::SavePlan("/p".into())).contains("/p may have been written"));
        assert!(stopped(Kind::Unlock).contains("may be open"));
        let check = stopped(Kind::Check { seen: 3, of: 9 });
        assert!(check.contains("what was seen so far is kept") && !check.contains("nothing was changed"));
        assert_eq!(stopped(Kind::Scan), "stopped; nothing was changed");
    }
}
