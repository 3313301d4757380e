//! One operation in words: what it is to do, why it stands, and what can be done about it.

use super::App;
use super::doc::{Line, Tone};
use super::queue::state_words;
use super::words::{clock, when};
use crate::domain::{Flag, Operation};
use crate::engine::{advise, is_stuck_deactivation};

/// How serious the state of an operation is.
pub fn task_tone(op: &Operation) -> Tone {
    match state_words(op) {
        "failed" | "conflict" | "stale" => Tone::Bad,
        _ if is_stuck_deactivation(op) => Tone::Bad,
        "in doubt" | "waiting" | "pending" => Tone::Warn,
        "running" => Tone::Good,
        _ => Tone::Plain,
    }
}

/// A mark that tells without colour.
pub fn task_glyph(op: &Operation) -> &'static str {
    match state_words(op) {
        _ if is_stuck_deactivation(op) => "!",
        "failed" | "conflict" | "stale" => "x",
        "in doubt" => "?",
        "pending" => "@",
        "waiting" => "~",
        "running" => ">",
        _ => " ",
    }
}

/// Two lines: what happened, and what to do.
pub fn task_lines(app: &App, op: &Operation) -> Vec<Line> {
    let what = match &op.failure {
        Some(failure) => Line::of(task_tone(op), failure.text.clone()),
        None => Line::plain(format!("{}: {}", op.kind.word(), op.cause)),
    };
    vec![what, Line::of(Tone::Accent, advise(op, app.stopped()))]
}

/// The whole of it, above its requests and answers.
pub fn task_page(app: &App, op: &Operation) -> Vec<Line> {
    let mut lines = vec![
        Line::head(format!("{} {}", op.kind.word(), op.user_name)).and(Tone::Dim, format!("  {}", op.id)),
        Line::field("State", task_tone(op), state_words(op)),
        Line::field("Cause", Tone::Plain, op.cause.clone()),
        Line::field("Decided", Tone::Plain, format!("{} by {}", when(app.now, op.created_at), op.actor)),
    ];
    if let Some(reason) = &op.reason {
        lines.push(Line::field("Reason", Tone::Plain, reason.clone()));
    }
    lines.push(Line::field("Writes tried", Tone::Plain, op.attempts.to_string()));
    if let Some(at) = op.not_before {
        lines.push(Line::field("Tried again", Tone::Warn, format!("{} UTC", clock(at))));
    }
    let owned: Vec<&str> = op.intent.owned.iter().collect();
    lines.push(Line::field("Writes", Tone::Plain, owned.join(", ")));
    if let Some(failure) = &op.failure {
        lines.push(Line::field("What happened", Tone::Bad, failure.text.clone()));
        lines.push(Line::field("", Tone::Plain, failure.next.clone()));
    }
    lines.push(Line::field("What to do", Tone::Accent, advise(op, app.stopped())));
    let remains = app.directory.get(op.person).is_some_and(|p| p.flags().contains(Flag::AccessRemains));
    if remains {
        lines.push(Line::of(Tone::Bad, "! access remains: this person shall be out and is still in"));
    }
    lines.push(Line::blank());
    lines.push(Line::head("Requests and answers"));
    lines
}
