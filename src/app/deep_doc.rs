//! What a deeper look at the endpoint found, as a page.

use super::doc::{Line, Tone};
use super::words::stamp;
use crate::domain::ProbeVerdict;
use crate::engine::DeepReport;

pub(super) fn page(report: &DeepReport) -> Vec<Line> {
    let count = |verdict| report.lines.iter().filter(|line| line.verdict == verdict).count();
    let (tone, words) =
        if report.ok { (Tone::Good, "Nothing failed") } else { (Tone::Bad, "Something failed") };
    let counts = format!(
        ": {} pass, {} warn, {} fail; {} requests, nothing was written there; {}",
        count(ProbeVerdict::Pass),
        count(ProbeVerdict::Warn),
        count(ProbeVerdict::Fail),
        report.requests,
        stamp(report.at)
    );
    let mut lines = vec![Line::of(tone, words).and(Tone::Plain, counts), Line::blank()];
    for line in &report.lines {
        let (tone, mark) = match line.verdict {
            ProbeVerdict::Pass => (Tone::Good, "+"),
            ProbeVerdict::Warn => (Tone::Warn, "~"),
            ProbeVerdict::Fail => (Tone::Bad, "x"),
        };
        lines.push(
            Line::of(tone, format!("{mark} {:<5}", line.verdict.word()))
                .and(Tone::Strong, format!("{}: ", line.check))
                .and(Tone::Plain, line.found.clone()),
        );
        if !line.next.is_empty() {
            lines.push(Line::of(Tone::Dim, "        ").and(Tone::Accent, line.next.clone()));
        }
    }
    lines
}
