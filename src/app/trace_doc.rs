//! Requests and answers as a page: what was sent, byte for byte but for indentation, and what came back.

use super::doc::{Line, Tone};
use super::words::stamp;
use crate::domain::{Exchange, Outcome};
use crate::engine::Trace;

/// All attempts of an operation.
pub(super) fn page(traces: &[Trace]) -> Vec<Line> {
    if traces.is_empty() {
        return vec![Line::of(Tone::Dim, "No request was sent for this yet.")];
    }
    let mut lines = Vec::new();
    for trace in traces {
        let head = format!("{} · attempt {}", trace.step, trace.attempt);
        lines.push(Line::head(head).and(Tone::Dim, format!("  {}", stamp(trace.exchange.at))));
        exchange(&mut lines, &trace.exchange);
        lines.push(Line::blank());
    }
    lines
}

/// The line at which the last attempt begins, where that one failed.
pub(super) fn failed_last(traces: &[Trace]) -> Option<usize> {
    let (last, before) = traces.split_last()?;
    let failed = !matches!(&last.exchange.outcome, Outcome::Answered(answer) if answer.ok());
    (failed && !before.is_empty()).then(|| page(before).len())
}

/// One request and its answer.
pub(super) fn exchange(lines: &mut Vec<Line>, exchange: &Exchange) {
    let call = &exchange.call;
    lines.push(Line::of(Tone::Accent, "> ").and(Tone::Strong, call.line()));
    if let Some(operation) = call.operation {
        lines.push(Line::of(Tone::Dim, format!("  X-Request-Id: {operation}")));
    }
    if let Some(etag) = &call.if_match {
        lines.push(Line::of(Tone::Dim, format!("  If-Match: {etag}")));
    }
    if let Some(body) = &call.body {
        json(lines, &serde_json::to_string(body).unwrap_or_default());
    }
    match &exchange.outcome {
        Outcome::Answered(answer) => {
            let tone = if answer.ok() { Tone::Good } else { Tone::Bad };
            lines.push(
                Line::of(tone, format!("< {} {}", answer.status, reason(answer.status)))
                    .and(Tone::Dim, format!("  {}  {} ms", answer.content_type, exchange.took_ms)),
            );
            json(lines, &answer.body);
        }
        Outcome::NotSent(why) => lines.push(Line::of(Tone::Bad, format!("< not sent: {why}"))),
        Outcome::MaybeSent(why) => {
            lines.push(Line::of(Tone::Bad, format!("< sent, and no whole answer came: {why}")));
        }
    }
}

/// A body, indented where it is JSON and as it came where it is not.
fn json(lines: &mut Vec<Line>, body: &str) {
    let pretty = serde_json::from_str::<serde_json::Value>(body)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    let text = pretty.as_deref().unwrap_or(body);
    lines.extend(text.lines().map(|line| Line::plain(format!("  {line}"))));
}

/// The reason phrase of the statuses that a SCIM endpoint gives (RFC 7644, 3.12).
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Payload Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
