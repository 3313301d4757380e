//! What became of a run.

use serde_json::{Value, json};

use super::{failure_json, failure_text};
use crate::cli::text::lines;
use crate::engine::{GroupKind, GroupResult, Outcome, Progress, Report, RunResult, time_left_words};
use crate::verbs::Decision;

/// So many of a kind are named where a run was stopped: the queue keeps them all.
const NAMED: usize = 10;
/// What stays in the queue.
const STAYS: [(Outcome, &str); 3] =
    [(Outcome::Failed, "failed"), (Outcome::InDoubt, "in doubt"), (Outcome::Held, "held")];

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
    let mut named = [0_usize; 3];
    for result in &report.results {
        let stays = match result.outcome {
            _ if report.stopped.is_none() || result.operation.is_none() => None,
            outcome => STAYS.iter().position(|(stays, _)| *stays == outcome),
        };
        if let Some(at) = stays {
            named[at] += 1;
            if named[at] > NAMED {
                continue;
            }
        }
        let kind = result.operation.map_or("", |(_, kind)| kind.word());
        let word = match result.outcome {
            Outcome::InDoubt => "in doubt",
            other => other.word(),
        };
        let line = format!("{word:<9} {kind:<10} {}", result.user_name);
        match &result.error {
            Some(error) => {
                let trace = result.operation.map(|(id, _)| format!(" (trace {id})")).unwrap_or_default();
                out.push(format!("{line}: {}{trace}", failure_text(error)));
            }
            None => out.push(line),
        }
    }
    for ((_, word), n) in STAYS.iter().zip(named).filter(|(_, n)| *n > NAMED) {
        out.push(format!("and {} more {word}: scimdeck tasks", n - NAMED));
    }
    for group in &report.groups {
        let kind = group.kind.map_or("push", GroupKind::word);
        let line = format!("{:<9} {kind:<10} group {}", group.outcome.word(), group.name);
        out.push(match &group.error {
            Some(error) => format!("{line}: {} (trace {})", failure_text(error), group.operation),
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
    use crate::domain::{Failure, FailureKind, OpId, OpKind, PersonId, Time};

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

    fn ended(n: u64, outcome: Outcome) -> RunResult {
        let user_name = format!("u{n:03}@example.com");
        let operation = Some((OpId(n), OpKind::Create));
        RunResult { person: PersonId(n), user_name, operation, outcome, error: None }
    }

    #[test]
    fn a_run_that_was_stopped_names_ten_of_each_kind_and_where_the_others_are() {
        let failure = Failure { kind: FailureKind::NotAllowed, text: String::new(), next: String::new() };
        let held = (0..3_000).map(|n| ended(n, Outcome::Held));
        let rest = (3_000..3_012).map(|n| ended(n, Outcome::Done));
        let rest = rest.chain((4_000..4_011).map(|n| ended(n, Outcome::InDoubt)));
        let results = held.chain(rest).collect();
        let mut report = Report { results, groups: Vec::new(), stopped: Some(failure) };
        let decision = Decision::here("provision", Vec::new());
        let text = report_text(&report, &decision, None);
        let named = |word: &str| text.lines().filter(|line| line.starts_with(word)).count();
        assert_eq!((named("held  "), named("in doubt  "), named("done  ")), (10, 10, 12), "{text}");
        let more =
            "u4009@example.com\nand 1 more in doubt: scimdeck tasks\nand 2990 more held: scimdeck tasks\n";
        assert!(text.contains("u009@example.com\n") && text.contains(more), "{text}");
        assert!(text.ends_with("12 done, 11 in doubt, 3000 held\n"), "{text}");
        let whole = report_json(&report, &decision);
        assert_eq!(whole["results"].as_array().map(Vec::len), Some(3_023));
        report.stopped = None;
        assert_eq!(report_text(&report, &decision, None).lines().count(), 3_024);
    }
}
