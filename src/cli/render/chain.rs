//! `audit verify`, `audit export`.

use std::path::Path;

use serde_json::{Value, json};

use crate::audit::chain::Head;
use crate::audit::{Fault, sheet};
use crate::cli::text::lines;

/// `there` is how many entries were found.
pub(in crate::cli) fn verified_text(head: Head, there: u64, fault: Option<Fault>, kept: bool) -> String {
    match fault {
        Some(fault) if there == 0 => format!("{fault}\n"),
        Some(fault) => format!("{fault}\n{there} entries are there, the last one {head}\n"),
        None => {
            let kept = if kept { ", and holds the head that was kept" } else { "" };
            format!("{} entries, the chain holds{kept}\nhead {head}\n", head.count)
        }
    }
}

pub(in crate::cli) fn verified_json(head: Head, there: u64, fault: Option<Fault>) -> Value {
    json!({
        "entries": there,
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
    out.extend(summary["disarmed"].as_u64().map(sheet::disarmed_words));
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
