//! What became of a run.

use serde_json::{Value, json};

use super::failure_json;
use crate::cli::text::lines;
use crate::engine::{GroupKind, GroupResult, Outcome, Progress, Report, RunResult, time_left_words};
use crate::verbs::Decision;

/// `done` counts those that were so already too, so that the four counts add up to the results.
///
/// Where our side changing is what was asked for, `message` says that it was done.
pub(in crate::cli) fn report_json(report: &Report, decision: &Decision) -> Value {
    let result = |r: &RunResult| {
        json!({
            "user_name": r.user_name,
            "operation": r.operation.map(|(_, kind)| kind),
            "outcome": r.outcome,
            "error": failure_json(r.error.as_ref()),
            "trace": r.operation.map(|(id, _)| id),
        })
    };
    let group = |g: &GroupResult| {
        json!({
            "group": g.name,
            "operation": g.kind,
            "outcome": g.outcome,
            "error": failure_json(g.error.as_ref()),
            "trace": g.operation,
        })
    };
    let mut all = json!({
        "done": report.count(Outcome::Done) + report.count(Outcome::Unchanged),
        "failed": report.count(Outcome::Failed),
        "in_doubt": report.count(Outcome::InDoubt),
        "held": report.count(Outcome::Held),
        "results": report.results.iter().map(result).collect::<Vec<_>>(),
        "stopped": failure_json(report.stopped.as_ref()),
    });
    if !report.groups.is_empty() {
        all["groups"] = report.groups.iter().map(group).collect();
    }
    if let Some(done) = &decision.done {
        all["message"] = json!(done);
    }
    all
}

pub(in crate::cli) fn report_text(report: &Report, decision: &Decision, _width: Option<usize>) -> String {
    let mut out = Vec::new();
    for result in &report.results {
        let kind = result.operation.map_or("", |(_, kind)| kind.word());
        let word = match result.outcome {
            Outcome::InDoubt => "in doubt",
            other => other.word(),
        };
        let line = format!("{word:<9} {kind:<10} {}", result.user_name);
        match &result.error {
            Some(error) => {
                let trace = result.operation.map(|(id, _)| format!(" (trace {id})")).unwrap_or_default();
                out.push(format!("{line}: {} {}{trace}", error.text, error.next));
            }
            None => out.push(line),
        }
    }
    for group in &report.groups {
        let kind = group.kind.map_or("push", GroupKind::word);
        let line = format!("{:<9} {kind:<10} group {}", group.outcome.word(), group.name);
        out.push(match &group.error {
            Some(error) => format!("{line}: {} {} (trace {})", error.text, error.next, group.operation),
            None => line,
        });
    }
    out.extend(decision.said.iter().map(|said| said.text.clone()));
    out.extend(decision.done.clone());
    let counts = [
        (report.count(Outcome::Done), "done"),
        (report.count(Outcome::Unchanged), "unchanged"),
        (report.count(Outcome::Failed), "failed"),
        (report.count(Outcome::InDoubt), "in doubt"),
        (report.count(Outcome::Held), "held"),
    ];
    let said: Vec<_> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    out.push(match (said.is_empty(), decision.changes.is_empty()) {
        (false, _) => said.join(", "),
        (true, false) if decision.done.is_some() => String::new(),
        (true, false) => format!("{}: done", decision.cause),
        (true, true) => "nothing to do".to_owned(),
    });
    out.retain(|line| !line.is_empty());
    lines(out)
}

/// One line that is drawn over itself.
pub(in crate::cli) fn progress_line(at: Progress) -> String {
    let mut line = format!("\r\x1b[K{} of {} done{}", at.done, at.total, at.apart());
    if let Some(until) = at.until {
        line.push_str(&format!(", nothing is sent before {until}"));
    }
    if at.ended() < at.total {
        line.push_str(&format!(", {}", time_left_words(at.left_ms)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Time;

    #[test]
    fn a_run_says_how_long_it_will_take_and_until_when_nothing_goes() {
        let at = Progress { total: 3, done: 1, ..Progress::default() };
        assert_eq!(progress_line(at), "\r\x1b[K1 of 3 done, time left unknown");
        let until = Some(Time::from_ms(1_772_443_800_000));
        let line = progress_line(Progress { until, left_ms: Some(180_000), ..at });
        assert!(
            line.ends_with("nothing is sent before 2026-03-02T09:30:00.000Z, about 3 min left"),
            "{line}"
        );
        assert_eq!(progress_line(Progress { done: 3, ..at }), "\r\x1b[K3 of 3 done");
    }
}
