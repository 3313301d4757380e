//! `test` and `trace`: what the endpoint answered.

use serde_json::{Value, json};

use super::failure_json;
use crate::cli::text::{lines, table};
use crate::domain::{Exchange, OpId, Outcome};
use crate::engine::{DeepReport, TestReport, Trace, Verdict};

pub(in crate::cli) fn test_json(report: &TestReport) -> Value {
    json!({
        "ok": report.ok,
        "error": failure_json(report.trouble.as_ref()),
        "actions": report.actions,
        "request": report.exchange.call.line(),
        "status": status(&report.exchange),
        "took_ms": report.exchange.took_ms,
        "at": report.at,
    })
}

fn status(exchange: &Exchange) -> Option<u16> {
    match &exchange.outcome {
        Outcome::Answered(answer) => Some(answer.status),
        _ => None,
    }
}

pub(in crate::cli) fn test_text(report: &TestReport, width: Option<usize>) -> String {
    let mut out = vec![match &report.trouble {
        None => "Connector configured successfully.".to_owned(),
        Some(trouble) => {
            format!("The connector is not configured successfully: {} {}", trouble.text, trouble.next)
        }
    }];
    out.push(exchange_line(&report.exchange));
    let rows: Vec<Vec<String>> = report
        .actions
        .iter()
        .map(|a| {
            let verdict = match a.verdict {
                Verdict::Verified => "verified",
                Verdict::Failed => "failed",
                Verdict::Declared => "declared",
                Verdict::Off => "off",
            };
            vec![a.action.clone(), verdict.to_owned(), a.text.clone()]
        })
        .collect();
    format!("{}{}", lines(out), table(&["ACTION", "", ""], &rows, width))
}

pub(in crate::cli) fn deep_json(report: &DeepReport) -> Value {
    json!({"ok": report.ok, "lines": report.lines, "requests": report.requests, "at": report.at})
}

/// A line for each check; what to do stands under those that need it.
pub(in crate::cli) fn deep_text(report: &DeepReport, width: Option<usize>) -> String {
    let rows: Vec<Vec<String>> = report
        .lines
        .iter()
        .map(|line| vec![line.verdict.word().to_owned(), line.check.clone(), line.found.clone()])
        .collect();
    let mut text = table(&["", "CHECK", "FOUND"], &rows, width);
    let todo = report.lines.iter().filter(|line| !line.next.is_empty());
    text.push_str(&lines(todo.map(|line| format!("{}: {}", line.check, line.next))));
    text.push_str(&lines([format!("{} requests; nothing was written there", report.requests)]));
    text
}

fn exchange_line(exchange: &Exchange) -> String {
    let answer = match &exchange.outcome {
        Outcome::Answered(answer) => answer.status.to_string(),
        Outcome::NotSent(why) => format!("not sent: {why}"),
        Outcome::MaybeSent(why) => format!("no whole answer: {why}"),
    };
    format!("{}  -> {answer}  {} ms  {}", exchange.call.line(), exchange.took_ms, exchange.at)
}

pub(in crate::cli) fn traces_json(operation: OpId, traces: &[Trace]) -> Value {
    json!({"operation": operation, "attempts": traces})
}

pub(in crate::cli) fn traces_text(traces: &[Trace]) -> String {
    let mut out = Vec::new();
    for trace in traces {
        out.push(format!("{} (attempt {})  {}", trace.step, trace.attempt, exchange_line(&trace.exchange)));
        if let Some(body) = &trace.exchange.call.body {
            out.extend(format!("{body:#}").lines().map(|l| format!("  > {l}")));
        }
        if let Outcome::Answered(answer) = &trace.exchange.outcome {
            let body = serde_json::from_str::<Value>(&answer.body)
                .map_or_else(|_| answer.body.clone(), |body| format!("{body:#}"));
            out.extend(body.lines().map(|l| format!("  < {l}")));
        }
    }
    lines(out)
}
