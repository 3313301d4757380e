//! Plan, brake, the journal machine, wire profiles, compare.

mod advice;
mod basis;
pub mod brake;
pub mod by_id;
pub mod compare;
mod connections;
mod deprovisioned;
pub mod finder;
mod group_tasks;
mod holder;
pub mod machine;
mod make;
mod notice;
mod observation;
mod outlook;
mod plan;
pub mod plan_file;
pub mod plan_tree;
mod problem;
pub mod push_group;
mod report;
mod resumed;
mod standstill;
mod surprise;
mod tasks;
pub mod wire;

pub use advice::{advice, advise, unattended};
pub use basis::{Basis, Leading, reckon_with_sending, still_seen};
pub use brake::{BrakeHistory, adds_somebody, weigh};
pub use connections::{Connected, ConnectionRow, NewConnection, name_fault};
pub use deprovisioned::{Dropped, EndOfAccess, EndsOfAccess};
pub use group_tasks::{GroupCounts, GroupTask, group_tasks};
pub use holder::{Holder, HolderSeen};
pub use make::{make, people_of};
pub use notice::{Asked, FeedState, Notice, Pause, Sending};
pub use observation::{Finding, Findings, Found};
pub use outlook::{Ahead, Outlook, time_left_words};
pub use plan::{BrakeVerdict, Invitation, Plan, Planned, Skipped, Summary};
pub use problem::{Problem, ProblemKind, WRONG_PASSPHRASE};
pub use push_group::{GroupKind, GroupResult, PlannedGroup};
pub use report::{
    ActionResult, Approval, CheckReport, DeepReport, ImportScan, Outcome, Preview, Progress, Report,
    RunResult, TestReport, Trace, Verdict,
};
pub use resumed::{Resumed, Told};
pub use standstill::Standstill;
pub use surprise::surprises;
pub use tasks::{TASKS_PAGE, Tasks, TasksQuery, UndoOf, WORST_FIRST, is_stuck_deactivation, rank};
