//! What would be sent of one person: each attribute with its value, source and path, then the exact requests.

use super::doc::{Line, Tone};
use super::plan_doc::call;
use super::words::or_dash;
use crate::directory::Directory;
use crate::domain::PersonId;
use crate::engine::{Preview, Problem};
use crate::verbs::{Outgoing, Verdict, outgoing};

/// The page. `looked` is Provision User for this person, as far as it goes without being confirmed.
pub(super) fn page(directory: &Directory, id: PersonId, looked: Result<&Preview, &Problem>) -> Vec<Line> {
    let Some(person) = directory.get(id) else {
        return vec![Line::of(Tone::Warn, "This person is not in the directory any more.")];
    };
    let mut lines = vec![Line::head(person.name()).and(Tone::Dim, format!("  {}", person.user_name()))];
    let rows = outgoing(directory, &person);
    let count = |key: &str| rows.iter().filter(|r| r.verdict.key() == key).count();
    let invalid = count("invalid");
    lines.push(
        Line::of(Tone::Good, format!("+ {} valid", count("valid")))
            .and(if invalid > 0 { Tone::Bad } else { Tone::Dim }, format!("   x {invalid} invalid"))
            .and(Tone::Dim, format!("   {} blank", count("blank"))),
    );
    lines.push(Line::blank());
    rows.iter().for_each(|row| attribute(&mut lines, row));
    lines.push(Line::blank());
    requests(&mut lines, id, looked);
    lines
}

fn attribute(lines: &mut Vec<Line>, row: &Outgoing) {
    let (sign, tone) = match &row.verdict {
        Verdict::Valid => ("+", Tone::Good),
        Verdict::Invalid(_) => ("x", Tone::Bad),
        Verdict::Blank => (" ", Tone::Dim),
    };
    let value = Some(row.value.as_str()).filter(|v| !v.is_empty());
    let line = Line::of(tone, format!("{sign} {:<8}", row.verdict.key()))
        .and(Tone::Dim, format!("{:<18} ", row.name))
        .and(if value.is_some() { Tone::Strong } else { Tone::Dim }, or_dash(value).to_owned());
    lines.push(if value.is_some() { line.and(Tone::Dim, format!("  from {}", row.source)) } else { line });
    if let Verdict::Invalid(why) = &row.verdict {
        lines.push(Line::of(Tone::Bad, format!("            {why}")));
    }
    // A plain attribute is sent under its own name: only another path is worth a row.
    if value.is_some() && !row.path.is_empty() && row.path != row.name {
        lines.push(Line::of(Tone::Dim, "    as ").and(Tone::Accent, row.path.clone()));
    }
}

fn requests(lines: &mut Vec<Line>, id: PersonId, looked: Result<&Preview, &Problem>) {
    let preview = match looked {
        Ok(preview) => preview,
        Err(problem) => {
            lines.push(Line::head("Request").and(Tone::Warn, "  cannot be told now"));
            lines.push(Line::of(Tone::Bad, problem.text.clone()));
            lines.push(Line::of(Tone::Accent, problem.next.clone()));
            return;
        }
    };
    let Some(planned) = preview.plan.operations.iter().find(|o| o.person == id) else {
        let why = preview.plan.skipped.iter().find(|s| s.person == id).map(|s| s.why.clone());
        lines.push(Line::head("Request").and(Tone::Dim, "  nothing would be sent now"));
        lines.extend(why.map(Line::plain));
        return;
    };
    let title = format!("  Provision User would now {}", planned.kind.word());
    lines.push(Line::head("Requests").and(Tone::Dim, title));
    planned.calls.iter().for_each(|c| call(lines, c));
}
