//! Plan, brake, the journal machine, pace, wire profiles, compare.

mod observation;
mod plan;
mod report;

pub use observation::{Finding, Findings};
pub use plan::{BrakeVerdict, Invitation, Plan, Planned, Skipped, Summary};
pub use report::{
    ActionResult, Approval, CheckReport, Outcome, Preview, Progress, Report, RunResult, TestReport, Trace,
    Verdict,
};
