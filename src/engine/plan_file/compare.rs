//! For whom a saved plan is no longer what would be planned now, and what moved.

use std::collections::BTreeMap;

use serde_json::Value;

/// So many are named in one sentence.
pub(super) const SHOWN: usize = 5;

/// One part of a sentence for everything that differs; empty when the plan still holds.
pub(super) fn moved(saved: &Value, now: &Value) -> Vec<String> {
    let mut out = Vec::new();
    if saved.get("attributes") != now.get("attributes") {
        out.push("the profile's list of attributes changed".to_owned());
    }
    both(saved, now, "operations", ("person", "user_name"), |name, saved, now| {
        out.push(match (saved, now) {
            (Some(saved), Some(now)) if saved == now => return,
            (Some(saved), Some(now)) => format!("{name}: {}", why(saved, now)),
            (Some(_), None) => format!("{name}: nothing is to be sent for them any more"),
            (None, _) => format!("{name}: would be sent now and is not in the plan"),
        });
    });
    both(saved, now, "resumes", ("person", "user_name"), |name, saved, now| {
        out.push(match (saved, now) {
            // Which one it is says all of it: what it writes was committed with it.
            (Some(saved), Some(now)) if saved.get("operation") == now.get("operation") => return,
            (Some(_), Some(_)) => format!("{name}: another operation is in the queue"),
            (Some(_), None) => format!("{name}: the operation in the queue came to its end"),
            (None, _) => format!("{name}: an operation is in the queue that was not there"),
        });
    });
    both(saved, now, "groups", ("group", "name"), |name, saved, now| {
        out.push(match (saved, now) {
            (Some(saved), Some(now)) if saved == now => return,
            (Some(_), Some(_)) => format!("the group {name}: it moved here or there"),
            (Some(_), None) => format!("the group {name}: nothing of it is to be sent any more"),
            (None, _) => format!("the group {name}: would be pushed now and is not in the plan"),
        });
    });
    out
}

/// Both sides of a list of objects, in the order of their key; they are named by another of their texts.
fn both(
    saved: &Value,
    now: &Value,
    list: &str,
    (key, name): (&str, &str),
    mut tell: impl FnMut(&str, Option<&Value>, Option<&Value>),
) {
    let mut pairs: BTreeMap<&str, (Option<&Value>, Option<&Value>)> = BTreeMap::new();
    for row in rows(saved, list) {
        pairs.entry(text(row, key)).or_default().0 = Some(row);
    }
    for row in rows(now, list) {
        pairs.entry(text(row, key)).or_default().1 = Some(row);
    }
    for (saved, now) in pairs.into_values() {
        tell(now.or(saved).map_or("", |row| text(row, name)), saved, now);
    }
}

fn rows<'a>(document: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> {
    document.get(list).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn why(saved: &Value, now: &Value) -> String {
    if saved.get("kind") != now.get("kind") {
        return format!("was {} and is {} now", text(saved, "kind"), text(now, "kind"));
    }
    let (before, after) = (saved.pointer("/found/values"), now.pointer("/found/values"));
    if before != after {
        return format!("the account moved there ({})", fields(before, after));
    }
    if saved.get("found") != now.get("found") {
        return "the account has another version there".to_owned();
    }
    let (before, after) = (saved.pointer("/intent/wanted"), now.pointer("/intent/wanted"));
    if before != after {
        return format!("our side moved ({})", fields(before, after));
    }
    if saved.get("calls") != now.get("calls") {
        return "the request is another one now".to_owned();
    }
    "what is to be written moved".to_owned()
}

/// Names of what differs; roles by their own names.
fn fields(before: Option<&Value>, after: Option<&Value>) -> String {
    let mut names = Vec::new();
    let sides = |key: &str| (before.and_then(|v| v.get(key)), after.and_then(|v| v.get(key)));
    let keys = |value: Option<&Value>| -> Vec<String> {
        value.and_then(Value::as_object).map(|o| o.keys().cloned().collect()).unwrap_or_default()
    };
    let mut all = keys(before);
    all.extend(keys(after));
    all.sort();
    all.dedup();
    for key in all {
        let (before, after) = sides(&key);
        if before != after {
            let inner = before.is_some_and(Value::is_object) && after.is_some_and(Value::is_object);
            names.push(if inner { fields(before, after) } else { key });
        }
    }
    names.join(", ")
}
