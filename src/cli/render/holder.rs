//! Who sends, and from whom that was taken over.

use serde_json::{Value, json};

use crate::audit::chain::Head;
use crate::cli::text::lines;
use crate::engine::{HolderSeen, Pause, unattended};

/// `status` with the head of the audit chain and who sends.
pub(in crate::cli) fn with_evidence(
    mut status: Value,
    head: Option<Head>,
    holder: Option<&HolderSeen>,
) -> Value {
    status["audit_head"] = head
        .map_or(Value::Null, |head| json!({ "count": head.count, "hash": head.hash, "short": head.short() }));
    status["sender"] = json!(holder);
    status
}

/// The lines of the same.
pub(in crate::cli) fn evidence_text(head: Option<Head>, holder: Option<&HolderSeen>) -> String {
    let head = head.map(|head| format!("audit log: {} entries, head {}", head.count, head.short()));
    let holder = holder.map(|seen| format!("sending: {}", seen.words()));
    lines(holder.into_iter().chain(head))
}

/// `status` with why nothing is sent for now.
pub(in crate::cli) fn with_pause(mut status: Value, pause: Option<&Pause>) -> Value {
    status["pause"] = pause.map_or(
        Value::Null,
        |pause| json!({ "until": pause.until, "error": super::failure_json(Some(&pause.failure)) }),
    );
    status
}

/// The line of the same; nothing where it goes. Where nobody sends, nothing goes on by itself.
pub(in crate::cli) fn pause_text(pause: Option<&Pause>, holder: Option<&HolderSeen>) -> String {
    let Some(pause) = pause else { return String::new() };
    let until = pause.until.map(|until| format!(" before {until}")).unwrap_or_default();
    let next = if holder.is_some() { pause.next() } else { unattended(&pause.next()) };
    lines([format!("nothing is sent{until}: {} {next}", pause.failure.text)])
}

pub(in crate::cli) fn taken_over_text(was: &HolderSeen) -> String {
    lines([
        format!("The sending was taken over from {}.", was.words()),
        "What it had on its way is in doubt and is looked up; whatever it still wants to save is refused."
            .to_owned(),
        "Nothing was sent by this. Go on with: scimdeck apply".to_owned(),
    ])
}

pub(in crate::cli) fn taken_over_json(was: &HolderSeen) -> Value {
    json!({ "taken_over_from": was })
}
