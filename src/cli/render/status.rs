//! `status`.

use serde_json::{Map, Value, json};

use crate::cli::text::lines;
use crate::directory::{Directory, QueueCounts};
use crate::domain::{Flag, Time};
use crate::engine::time_left_words;

/// All live operations by state; the numbers add up to all of them.
pub(super) fn queue_json(queue: &QueueCounts) -> Value {
    json!({
        "queued": queue.queued,
        "running": queue.running,
        "waiting": queue.waiting,
        "in_doubt": queue.in_doubt,
        "conflict": queue.conflict,
        "parked": queue.parked,
    })
}

/// Everybody is counted once under `flags`, at the worst. `left` are the milliseconds until the queue will be done; none while that is not known.
pub(in crate::cli) fn status_json(directory: &Directory, queue: &QueueCounts, left: Option<i64>) -> Value {
    let counters = directory.counters();
    let connection = directory.connection();
    let flags: Map<String, Value> =
        Flag::ALL.iter().map(|f| (f.key().to_owned(), json!(counters.worst(*f)))).collect();
    json!({
        "connection": {
            "name": connection.name,
            "base_url": connection.base_url,
            "badge": connection.badge.0,
            "enabled": connection.enabled,
        },
        "people": counters.people,
        "assignments": counters.assigned(),
        "flags": flags,
        "queue": queue_json(queue),
        "groups": super::groups_there::counts_json(directory),
        "time_left_s": left.map(|ms| (ms.max(0) + 999) / 1_000),
        "checked_at": directory.sweep().map(|s| s.at),
        "complete": directory.sweep().is_some_and(|s| s.complete),
    })
}

pub(in crate::cli) fn status_text(directory: &Directory, queue: &QueueCounts, now: Time) -> String {
    let counters = directory.counters();
    let connection = directory.connection();
    let enabled = if connection.enabled { "enabled" } else { "not enabled: nothing is sent" };
    let mut out = vec![
        format!(
            "{}  {}  {}{} ({enabled})",
            connection.name,
            connection.badge.0,
            connection.base_url,
            super::not_encrypted(connection)
        ),
        format!(
            "{} people, {} assigned ({} Individual, {} through a group), {} linked",
            counters.people,
            counters.assigned(),
            counters.individual,
            counters.through_group,
            counters.linked
        ),
    ];
    if counters.flagged() == 0 {
        out.push("nobody is flagged".to_owned());
    }
    for flag in Flag::ALL.into_iter().filter(|f| counters.worst(*f) > 0) {
        out.push(format!("{:>7}  {}", counters.worst(flag), flag.words()));
    }
    if queue.total() > 0 {
        out.push(format!(
            "queue: {} queued, {} running, {} waiting, {} in doubt, {} in conflict, {} parked",
            queue.queued, queue.running, queue.waiting, queue.in_doubt, queue.conflict, queue.parked
        ));
    }
    out.extend(super::groups_there::counts_text(directory));
    out.push(match directory.sweep() {
        None => "never compared with the endpoint; do it with: scimdeck check".to_owned(),
        Some(sweep) => format!(
            "compared with the endpoint {} ago{}",
            ago(now.since(sweep.at)),
            if sweep.complete { "" } else { ", not completely" }
        ),
    });
    lines(out)
}

/// When the queue will be done; nothing where nothing is to be sent.
pub(in crate::cli) fn time_left_text(queue: &QueueCounts, left: Option<i64>) -> String {
    if queue.moving() == 0 { String::new() } else { lines([time_left_words(left)]) }
}

pub(super) fn ago(ms: i64) -> String {
    match ms.max(0) / 1000 {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min", s / 60),
        s @ 3600..172_800 => format!("{} h", s / 3600),
        s => format!("{} days", s / 86_400),
    }
}
