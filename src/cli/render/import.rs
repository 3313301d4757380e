//! What an import did.

use serde_json::{Value, json};

use crate::cli::text::lines;
use crate::verbs::{Decision, ImportReport};

pub(in crate::cli) fn import_json(report: &ImportReport) -> Value {
    json!(report)
}

pub(in crate::cli) fn import_text(report: &ImportReport, decision: &Decision, done: bool) -> String {
    let mut out: Vec<String> =
        report.rejected.iter().map(|r| format!("line {}: {}", r.line, r.reason)).collect();
    out.extend(decision.said.iter().map(|said| said.text.clone()));
    out.push(format!(
        "{} new, {} matched, {} unchanged, {} absent from the file, {} conflicts, {} ignored, {} rejected",
        report.new,
        report.matched,
        report.unchanged,
        report.absent,
        report.conflict,
        report.ignored,
        report.rejected.len()
    ));
    out.push(
        if done { "nothing was sent" } else { "nothing was changed: this is what the file would do" }.into(),
    );
    lines(out)
}
