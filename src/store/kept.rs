//! How many attempts are kept, and how much of each. They explain what happened lately; what happened at all is in the
//! audit log, which is never trimmed.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::Outcome;
use crate::engine::Trace;

/// The newest so many of one operation; a few more until they are looked at.
pub(super) const OF_ONE: u64 = 200;
/// The newest so many of the home.
#[cfg(not(test))]
pub(super) const OF_ALL: u64 = 300_000;
/// Few enough for a test to go past them.
#[cfg(test)]
pub(super) const OF_ALL: u64 = 3_000;
/// So much of a body, in bytes.
const BODY: usize = 64 << 10;

/// Whether the older ones are looked at when this one comes: about one in eight, without a pattern that the order of
/// operations could fall into.
pub(super) fn looks(seq: u64) -> bool {
    seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61 == 0
}

/// An attempt as it is kept: bodies that are too long end in the middle, and say so.
pub(super) fn capped(trace: &Trace) -> Cow<'_, Trace> {
    let answered = match &trace.exchange.outcome {
        Outcome::Answered(answer) => answer.body.len(),
        Outcome::NotSent(_) | Outcome::MaybeSent(_) => 0,
    };
    let asked = trace.exchange.call.body.as_ref().map_or(0, length);
    if answered <= BODY && asked <= BODY {
        return Cow::Borrowed(trace);
    }
    let mut trace = trace.clone();
    if let Outcome::Answered(answer) = &mut trace.exchange.outcome {
        cut(&mut answer.body);
    }
    if let Some(body) = trace.exchange.call.body.as_mut().filter(|_| asked > BODY) {
        let mut text = body.to_string();
        cut(&mut text);
        *body = Value::String(text);
    }
    Cow::Owned(trace)
}

/// About how long a value is as text.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 3,
        Value::Array(items) => items.iter().map(length).sum::<usize>() + 2,
        Value::Object(map) => {
            map.iter().map(|(name, value)| name.len() + 4 + length(value)).sum::<usize>() + 2
        }
        _ => 6,
    }
}

fn cut(text: &mut String) {
    if text.len() > BODY {
        let whole = text.len();
        let end = (0..=BODY).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
        text.push_str(&format!(" [{whole} bytes came; the first {BODY} are kept]"));
    }
}
