//! What an import did.

use serde_json::{Value, json};

use crate::cli::text::lines;
use crate::verbs::{Decision, ImportReport, Rejected};

pub(in crate::cli) fn import_json(report: &ImportReport) -> Value {
    json!(report)
}

/// Bad rows that are named one by one; nobody reads more of them in a terminal, and a broken file has them all.
const NAMED: usize = 100;

/// A line for each bad row, as far as somebody would read them.
pub(in crate::cli) fn rejected_lines(rejected: &[Rejected]) -> Vec<String> {
    let named = rejected.iter().take(NAMED).map(|r| format!("line {}: {}", r.line, r.reason));
    let more = rejected.len().saturating_sub(NAMED);
    let rest = (more > 0).then(|| format!("and {more} more rows; --json names them all"));
    named.chain(rest).collect()
}

pub(in crate::cli) fn import_text(report: &ImportReport, decision: &Decision, done: bool) -> String {
    let mut out = rejected_lines(&report.rejected);
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
    out.extend(super::plan::held_for_names(decision).filter(|_| !done));
    lines(out)
}
