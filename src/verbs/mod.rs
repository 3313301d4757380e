//! What an operator can decide, one file each, named as in the seed: `(Directory, Command) -> Decision | Refusal`.
//!
//! A verb changes nothing itself. It says which changes of our side it stands for, whose accounts they touch, and
//! whether it may go on without asking; the plan of what would be sent is made from that, the same for all.

mod command;
mod decision;
mod import_groups;
mod import_people;
mod import_row;

pub use command::{
    Command, GroupRecord, ImportOptions, ImportReport, PersonFields, PersonRecord, Rejected, Who,
};
pub use decision::{Context, Decision, Refusal, RefusalKind, Said, Scope};
