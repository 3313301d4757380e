//! `tasks`: what is not settled, the worst first.

use serde_json::{Value, json};

use super::failure_json;
use super::status::{ago, queue_json};
use crate::cli::text::{lines, table};
use crate::domain::{Operation, Time};
use crate::engine::{Tasks, advise};

pub(in crate::cli) fn tasks_json(tasks: &Tasks) -> Value {
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
            "advice": advise(op),
            "actor": op.actor,
        })
    };
    json!({
        "tasks": tasks.rows.iter().map(one).collect::<Vec<_>>(),
        "queue": queue_json(&tasks.counts),
        "stuck_since": tasks.stuck_since,
    })
}

pub(in crate::cli) fn tasks_text(tasks: &Tasks, now: Time, width: Option<usize>) -> String {
    if tasks.rows.is_empty() {
        return match tasks.counts.total() {
            0 => "nothing is queued, waiting or failed\n".to_owned(),
            n => format!("none in this state; {n} in others\n"),
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
    let said =
        failed.flat_map(|(op, f)| [format!("{}: {}", op.user_name, f.text), format!("  {}", advise(op))]);
    out.push_str(&lines(said.collect::<Vec<_>>()));
    let more = tasks.counts.total() as usize;
    if more > tasks.rows.len() {
        out.push_str(&format!("{} of {more} shown\n", tasks.rows.len()));
    }
    out + &stuck_text(tasks.stuck_since)
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
