//! What the commands print, as pure functions: text for people, JSON for programs. The JSON keys are a contract.

mod accounts;
mod audit;
mod chain;
mod check;
mod connections;
mod ended;
mod groups_there;
mod holder;
mod import;
mod lists;
mod people;
mod plan;
mod probe;
mod profile;
mod report;
mod show;
mod status;
mod tasks;
mod there_twice;

use serde_json::{Value, json};

pub(super) use accounts::{AccountsView, accounts_json, accounts_text, rules_json, rules_text};
pub(super) use audit::{audit_json, audit_line};
pub(super) use chain::{exported_json, exported_text, verified_json, verified_text};
pub(super) use check::{check_json, check_text, orphans_count_text, reading_line, with_orphans};
pub(super) use connections::{connection_json, connection_text, connections_json, connections_text};
pub(super) use ended::Ended;
pub(super) use holder::{
    evidence_text, pause_text, taken_over_json, taken_over_text, with_evidence, with_pause,
};
pub(super) use import::{import_json, import_text, rejected_lines};
pub(super) use lists::{attributes_json, attributes_text, groups_json, groups_text};
pub(super) use people::{people_text, write_people_json};
pub(super) use plan::{decided_json, named_json, plan_text, planned_json};
pub(super) use probe::{deep_json, deep_text, test_json, test_text, traces_json, traces_text};
pub(super) use profile::{WirePage, lint_json, lint_text, okta_schema, values_json, values_text};
pub(super) use report::{progress_line, report_json, report_text};
pub(super) use show::{show_json, show_text};
pub(super) use status::{status_json, status_text, time_left_text};
pub(super) use tasks::{stuck_text, tasks_json, tasks_text, with_stuck};
pub(super) use there_twice::{second_count, second_count_text};

use crate::domain::{Connection, Difference, Failure, RoleValues};
use crate::engine::{Problem, unattended};

/// The mark of a connection to this machine that goes without TLS.
fn not_encrypted(connection: &Connection) -> &'static str {
    if connection.in_clear() { " NOT ENCRYPTED" } else { "" }
}

/// `{"error": {"code", "message", "next"}}`, with the refused rows of a file where there are some.
pub(super) fn problem_json(problem: &Problem) -> Value {
    let mut error = json!({"code": problem.code, "message": problem.text, "next": problem.next});
    if !problem.rejected.is_empty() {
        error["rejected"] = json!(problem.rejected);
    }
    json!({"error": error})
}

/// A failure in the shape of an error.
fn failure_json(failure: Option<&Failure>) -> Value {
    match failure {
        Some(f) => json!({"code": f.kind, "message": f.text, "next": unattended(&f.next)}),
        None => Value::Null,
    }
}

/// A failure in words: what happened, and what is to be done where this process is not there to try again.
fn failure_text(failure: &Failure) -> String {
    format!("{} {}", failure.text, unattended(&failure.next)).trim_end().to_owned()
}

/// `workato_role=Admin, workato_role_test=Operator`.
fn roles_text(roles: &RoleValues) -> String {
    let pairs: Vec<_> = roles.0.iter().map(|(variable, value)| format!("{variable}={value}")).collect();
    pairs.join(", ")
}

/// `title: "" -> "Boss"`.
fn difference_text(difference: &Difference) -> String {
    let shown = |value: &Option<String>| value.as_deref().map_or("(none)".to_owned(), |v| format!("{v:?}"));
    format!("{}: {} -> {}", difference.attribute, shown(&difference.before), shown(&difference.after))
}

/// `1 person`, `3 people`.
pub(super) fn people_count(n: u32) -> String {
    if n == 1 { "1 person".to_owned() } else { format!("{n} people") }
}
