//! Plan, brake, the journal machine, pace, wire profiles, compare.

mod notice;
mod observation;
mod plan;
mod problem;
mod report;

pub use notice::{FeedState, Notice, Sending};
pub use observation::{Finding, Findings};
pub use plan::{BrakeVerdict, Invitation, Plan, Planned, Skipped, Summary};
pub use problem::{Problem, ProblemKind};
pub use report::{
    ActionResult, Approval, CheckReport, Outcome, Preview, Progress, Report, RunResult, TestReport, Trace,
    Verdict,
};
