//! `tasks`: what is not settled, the worst first, and the pushed groups that are not.

use serde_json::{Value, json};

use super::status::{ago, queue_json};
use super::{failure_json, groups_there};
use crate::cli::text::{lines, table};
use crate::directory::Directory;
use crate::domain::{Failure, Operation, Time};
use crate::engine::{Tasks, advise, unattended};

/// `stopped` is why nothing is sent until an operator acts.
pub(in crate::cli) fn tasks_json(tasks: &Tasks, directory: &Directory, stopped: Option<&Failure>) -> Value {
    let one = |op: &Operation| {
        json!({
            "operation": op.id,
            "user_name": op.user_name,
            "kind": op.kind,
            "state": op.state,
            "cause": op.cause,
            "since": op.created_at,
            "attempts": op.attempts,
            "until": op.not_before,
            "error": failure_json(op.failure.as_ref()),
            "advice": unattended(&advise(op, stopped)),
            "actor": op.actor,
        })
    };
    json!({
        "tasks": tasks.rows.iter().map(one).collect::<Vec<_>>(),
        "queue": queue_json(&tasks.counts),
        "groups": groups_there::tasks_json(directory),
        "stuck_since": tasks.stuck_since,
    })
}

pub(in crate::cli) fn tasks_text(
    tasks: &Tasks,
    directory: &Directory,
    stopped: Option<&Failure>,
    now: Time,
    width: Option<usize>,
) -> String {
    let groups = groups_there::tasks_text(directory, width);
    if tasks.rows.is_empty() {
        return match tasks.counts.total() {
            0 if groups.is_empty() => "nothing is queued, waiting or failed\n".to_owned(),
            0 => groups,
            n => format!("none in this state; {n} in others\n{groups}"),
        };
    }
    let rows: Vec<Vec<String>> = tasks
        .rows
        .iter()
        .map(|op| {
            vec![
                op.user_name.clone(),
                op.kind.word().to_owned(),
                op.state.word().replace('_', " "),
                op.cause.clone(),
                ago(now.since(op.created_at)),
                op.attempts.to_string(),
                op.not_before.map(|t| t.to_string()).unwrap_or_default(),
                op.id.to_string(),
            ]
        })
        .collect();
    let head = ["USER NAME", "KIND", "STATE", "CAUSE", "SINCE", "TRIES", "UNTIL", "OPERATION"];
    let mut out = table(&head, &rows, width);
    let failed = tasks.rows.iter().filter_map(|op| op.failure.as_ref().map(|f| (op, f)));
    let said = failed.flat_map(|(op, f)| {
        [format!("{}: {}", op.user_name, f.text), format!("  {}", unattended(&advise(op, stopped)))]
    });
    out.push_str(&lines(said.collect::<Vec<_>>()));
    let more = tasks.counts.total() as usize;
    if more > tasks.rows.len() {
        out.push_str(&format!("{} of {more} shown\n", tasks.rows.len()));
    }
    out + &groups + &stuck_text(tasks.stuck_since)
}

/// `status` with since when nothing of the queue worked.
pub(in crate::cli) fn with_stuck(mut status: Value, stuck: Option<Time>) -> Value {
    status["stuck_since"] = json!(stuck);
    status
}

/// A line where nothing of the queue works, nothing otherwise.
pub(in crate::cli) fn stuck_text(stuck: Option<Time>) -> String {
    stuck.map(|since| format!("nothing of the queue worked since {since}\n")).unwrap_or_default()
}
