//! `audit verify`, `audit export`, `audit deprovisioned`.

use std::path::Path;

use serde_json::{Value, json};

use super::failure_json;
use crate::audit::chain::Head;
use crate::audit::{Fault, sheet};
use crate::cli::text::{lines, table, visible};
use crate::domain::Time;
use crate::engine::EndOfAccess;

pub(in crate::cli) fn verified_text(head: Head, fault: Option<Fault>, kept: bool) -> String {
    match fault {
        Some(fault) => format!("{fault}\n{} entries are there, the last one {head}\n", head.count),
        None => {
            let kept = if kept { ", and holds the head that was kept" } else { "" };
            format!("{} entries, the chain holds{kept}\nhead {head}\n", head.count)
        }
    }
}

pub(in crate::cli) fn verified_json(head: Head, fault: Option<Fault>) -> Value {
    json!({
        "entries": head.count,
        "head": { "seq": head.count, "hash": head.hash },
        "holds": fault.is_none(),
        "broken_at": fault.map(|fault| fault.seq()),
        "fault": fault.map(|fault| fault.to_string()),
    })
}

pub(in crate::cli) fn exported_text(file: &Path, beside: Option<&Path>, summary: &Value) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (hash, seq) = (&summary["head"]["hash"], &summary["head"]["seq"]);
    let mut out =
        vec![format!("{} of {} entries written to {}", summary["entries"], summary["of"], file.display())];
    out.extend(beside.map(|path| format!("their count, times and filter are in {}", path.display())));
    out.push(format!("head {}@{seq}", word(hash)));
    lines(out)
}

pub(in crate::cli) fn exported_json(file: &Path, beside: Option<&Path>, summary: &Value) -> Value {
    json!({
        "file": file.display().to_string(),
        "summary_file": beside.map(|path| path.display().to_string()),
        "summary": summary,
    })
}

fn seconds(end: &EndOfAccess, now: Time) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of some years")]
    end.took_ms(now).map(|ms| ms as f64 / 1000.0)
}

pub(in crate::cli) fn deprovisioned_json(ends: &[EndOfAccess], now: Time) -> Value {
    let one = |end: &EndOfAccess| {
        json!({
            "user_name": end.user_name,
            "way": end.way,
            "by": end.by,
            "reason": end.reason,
            "decided_at": end.decided_at,
            "confirmed_at": end.confirmed_at,
            "seconds": seconds(end, now),
            "open": end.confirmed_at.is_none(),
            "operation": end.operation,
            "state": end.state,
            "error": failure_json(end.failure.as_ref()),
        })
    };
    json!({
        "open": ends.iter().filter(|end| end.confirmed_at.is_none()).count(),
        "confirmed": ends.iter().filter(|end| end.confirmed_at.is_some()).count(),
        "people": ends.iter().map(one).collect::<Vec<_>>(),
    })
}

const COLUMNS: [&str; 8] =
    ["user_name", "way", "by", "decided_at", "confirmed_at", "seconds", "operation", "reason"];

fn cells(end: &EndOfAccess, now: Time) -> Vec<String> {
    let time = |time: Option<Time>| time.map(|t| t.to_string()).unwrap_or_default();
    vec![
        end.user_name.clone(),
        end.way.clone(),
        end.by.clone(),
        time(end.decided_at),
        time(end.confirmed_at),
        seconds(end, now).map(|s| format!("{s:.1}")).unwrap_or_default(),
        end.operation.map(|op| op.to_string()).unwrap_or_default(),
        end.reason.clone().unwrap_or_default(),
    ]
}

pub(in crate::cli) fn deprovisioned_csv(ends: &[EndOfAccess], now: Time) -> String {
    let rows = ends.iter().map(|end| sheet::line(cells(end, now).iter().map(String::as_str)));
    std::iter::once(sheet::line(COLUMNS)).chain(rows).collect()
}

pub(in crate::cli) fn deprovisioned_text(ends: &[EndOfAccess], now: Time, width: Option<usize>) -> String {
    if ends.is_empty() {
        return "nobody's access ended\n".to_owned();
    }
    let rows: Vec<Vec<String>> = ends
        .iter()
        .map(|end| {
            let mut row = cells(end, now);
            if let Some(confirmed) = row.get_mut(4).filter(|_| end.confirmed_at.is_none()) {
                "OPEN".clone_into(confirmed);
            }
            row.iter().map(|cell| visible(cell).into_owned()).collect()
        })
        .collect();
    let heads = ["USER", "WAY", "BY", "DECIDED", "CONFIRMED", "SECONDS", "OPERATION", "REASON"];
    table(&heads, &rows, width)
}
