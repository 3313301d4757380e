//! What a deep look at an endpoint found, line by line.

use serde::{Deserialize, Serialize};

/// How a line came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeVerdict {
    /// As it should be.
    Pass,
    /// It works, and something about it is to be known.
    Warn,
    /// It will not work as it is.
    Fail,
}

impl ProbeVerdict {
    /// The word on the screen and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeLine {
    /// What was looked at.
    pub check: String,
    /// How it came out.
    pub verdict: ProbeVerdict,
    /// What was found and what it means.
    pub found: String,
    /// What to do; empty where there is nothing to do.
    pub next: String,
}
