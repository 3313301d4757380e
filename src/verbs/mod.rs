//! What an operator can decide, one file each, named as in the seed: `(Directory, Command) -> Decision | Refusal`.
//!
//! A verb changes nothing itself. It says which changes of our side it stands for, whose accounts they touch, and
//! whether it may go on without asking; the plan of what would be sent is made from that, the same for all.

mod accounts;
mod adopt_account;
mod apply;
mod assign;
mod assign_group;
mod attribute;
mod command;
mod connection_set;
mod convert_assignments;
mod decide;
mod decision;
mod deprovision;
mod disable_scim;
mod drift;
mod edit_person;
mod edit_profile;
mod enable_scim;
mod explain;
mod flag;
mod groups;
mod import_accounts;
mod import_groups;
mod import_people;
mod import_row;
mod import_rules;
mod import_safeguard;
mod import_updates;
mod known;
mod leavers;
mod lint;
mod match_accounts;
mod member_replace;
mod named;
mod outgoing;
mod person_remove;
mod priority;
mod protect;
mod provision_user;
mod push_group;
mod reach;
mod reactivate;
mod repair_attribute;
mod reported_values;
mod role_moves;
mod unassign;
mod undo;
mod unlink;
mod update_roles;
mod values;
mod words;

pub use accounts::{
    Accept, AccountChoice, AccountRow, AccountsFound, AccountsImport, AccountsReview, Choice, ImportCounts,
    MatchKind,
};
pub use attribute::{FieldError, attribute_warning, check_attribute};
pub use command::{
    Command, Convertees, FileSeen, GroupRecord, ImportOptions, ImportReport, PersonFields, PersonRecord,
    Rejected, Who,
};
pub use connection_set::{setting_faults, settings};
pub use convert_assignments::{Conversion, convertible};
pub use decide::{decide, propose};
pub use decision::{Context, Decision, Refusal, RefusalKind, Said, Scope};
pub use drift::{Drifted, drifted};
pub use edit_person::{check_text, check_user_name};
pub use explain::{OtherRole, RoleSource, RoleWhy, why_roles};
pub use leavers::{Leaver, leaver, leavers};
pub use lint::{LintCode, LintFinding, lint};
pub use match_accounts::match_accounts;
pub use outgoing::{Outgoing, Verdict, outgoing};
pub use protect::is_admin;
pub use reach::{Reach, concerned, touched};
pub use reported_values::{Fate, ValueRow, compare_values, take_values};
pub use role_moves::{move_words, role_moves};
pub use values::{check_role_value, lacking};

#[cfg(test)]
pub(crate) mod fixture;
