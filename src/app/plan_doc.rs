//! A plan in words: what will happen, to whom, and the exact requests.

use super::doc::{Line, Tone};
use super::forms::count;
use super::words::or_dash;
use crate::directory::Directory;
use crate::domain::{Call, Difference, OpKind, ProfileAttribute, Shift, field};
use crate::engine::plan_tree::{self, Leaf, TreeLine};
use crate::engine::{Invitation, Planned, Preview, Resumed};
use crate::verbs::Said;

/// What will happen, above the people.
pub(super) fn head(preview: &Preview, directory: &Directory) -> Vec<Line> {
    let plan = &preview.plan;
    let s = plan.summary;
    let mut lines = Vec::new();
    let people = plan.operations.len();
    let app = &directory.connection().name;
    if people == 0 && plan.cancel.is_empty() {
        if plan.is_idle() {
            lines.push(Line::head("Nothing is sent to the app."));
        }
    } else {
        let verb = if people == 1 { "is" } else { "are" };
        let text = format!("{} in {app} {verb} brought up to date:", count(people, "account"));
        lines.push(Line::head(text));
    }
    for (n, words, tone) in [
        (s.create, "to create", Tone::Good),
        (s.link, "existing, to link", Tone::Accent),
        (s.update, "to change", Tone::Plain),
        (s.reactivate, "to give access back", Tone::Good),
        (s.deactivate, "to deactivate: access ends", Tone::Bad),
    ] {
        if n > 0 {
            lines.push(Line::of(tone, format!("{n:>6} ")).and(tone, words));
        }
    }
    if s.resumed > 0 {
        let verb = if s.resumed == 1 { "goes" } else { "go" };
        let text =
            format!("{} of the queue {verb} on, as decided before.", count(s.resumed as usize, "operation"));
        lines.push(Line::of(Tone::Warn, text));
    }
    for group in &plan.groups {
        lines.push(
            Line::of(Tone::Strong, format!("{} group {} in the app", group.kind.word(), group.name))
                .and(Tone::Dim, format!("  {} members in, {} out", group.added, group.removed)),
        );
        lines.extend(group.calls.iter().map(|c| Line::of(Tone::Dim, format!("      {}", c.line()))));
    }
    if s.invitations > 0 {
        let text = format!("{} from the app by e-mail.", goes_out(s.invitations));
        lines.push(Line::of(Tone::Warn, text));
    }
    if s.raised + s.lowered > 0 {
        let text = format!("Roles: {} raised, {} lowered.", s.raised, s.lowered);
        lines.push(Line::of(Tone::Warn, text));
    }
    if !plan.complete {
        lines.push(Line::of(
            Tone::Warn,
            "Not everybody could be looked at in the app; they are sent without a base.",
        ));
    }
    if !plan.cancel.is_empty() {
        let text =
            format!("{} no longer wanted and cancelled.", count(plan.cancel.len(), "queued operation"));
        lines.push(Line::of(Tone::Warn, text));
    }
    if plan.brake.held.is_some() {
        lines.push(Line::of(Tone::Bad, format!("Brake: {}", plan.brake.text)));
    }
    for said in preview.decision.said.iter().filter(|s| s.person.is_none()) {
        lines.push(Line::of(Tone::Warn, said.text.clone()));
    }
    lines.push(Line::blank());
    lines
}

/// What is said below the people: for whom nothing is sent, and who is left out.
pub(super) fn foot(preview: &Preview, directory: &Directory) -> Vec<Line> {
    let mut lines = Vec::new();
    unsent(&mut lines, preview);
    left_out(&mut lines, preview, directory);
    lines
}

/// What is said about people for whom nothing is sent: it changes on our side all the same.
fn unsent(lines: &mut Vec<Line>, preview: &Preview) {
    let sent: std::collections::HashSet<_> = preview.plan.operations.iter().map(|p| p.person).collect();
    let said = preview.decision.said.iter().filter(|s| s.person.is_some_and(|id| !sent.contains(&id)));
    lines.extend(said.map(|s| Line::plain(format!("  {}", s.text))));
}

fn goes_out(n: u32) -> String {
    if n == 1 { "1 invitation goes out".to_owned() } else { format!("{n} invitations go out") }
}

/// The mark of a kind of change, so that it is not told by colour alone.
fn mark(kind: OpKind) -> (&'static str, Tone) {
    let tone = match kind {
        OpKind::Create | OpKind::Reactivate => Tone::Good,
        OpKind::Link => Tone::Accent,
        OpKind::Update => Tone::Plain,
        OpKind::Deactivate => Tone::Bad,
    };
    (plan_tree::mark(kind), tone)
}

/// One operation of the queue that goes on with the plan.
pub(super) fn resumed(one: &Resumed) -> Vec<Line> {
    let (glyph, tone) = mark(one.kind);
    let cause = one.told.as_ref().map_or("", |told| told.cause.as_str());
    let line = Line::of(tone, format!("{glyph} {:<11}", one.kind.word()))
        .and(Tone::Strong, one.user_name.clone())
        .and(Tone::Dim, format!("  goes on: {cause}"));
    vec![line]
}

/// One person of the plan, with what is said of them.
pub(super) fn operation<'a>(
    planned: &Planned,
    said: impl Iterator<Item = &'a Said>,
    attributes: &[ProfileAttribute],
) -> Vec<Line> {
    let mut lines = Vec::new();
    let (glyph, tone) = mark(planned.kind);
    let mut line = Line::of(tone, format!("{glyph} {:<11}", planned.kind.word()))
        .and(Tone::Strong, planned.user_name.clone());
    if planned.name != planned.user_name {
        line = line.and(Tone::Dim, format!("  {}", planned.name));
    }
    if planned.invitation == Invitation::Goes {
        line = line.and(Tone::Warn, "  invitation");
    }
    lines.push(line);
    let whole = matches!(planned.kind, OpKind::Update);
    let role = |d: &&Difference| attributes.iter().any(|a| a.variable == d.attribute);
    let shown: Vec<&Difference> = planned
        .changes
        .iter()
        .filter(|d| whole || role(d) || (d.attribute == field::EXTERNAL_ID && d.before.is_some()))
        .collect();
    for difference in &shown {
        lines.push(change(difference, attributes));
    }
    let rest = planned.changes.len() - shown.len();
    if rest > 0 && planned.kind == OpKind::Link {
        lines.push(Line::of(Tone::Dim, format!("      and {}", count(rest, "other attribute"))));
    }
    lines.extend(said.map(|said| Line::of(Tone::Warn, format!("      {}", said.text))));
    lines
}

/// One attribute before and after; a role says whether it gives more or less.
pub(super) fn change(difference: &Difference, attributes: &[ProfileAttribute]) -> Line {
    let (before, after) = (or_dash(difference.before.as_deref()), or_dash(difference.after.as_deref()));
    let line = Line::of(Tone::Dim, format!("      {:<18} ", difference.attribute))
        .and(Tone::Plain, before.to_owned())
        .and(Tone::Dim, " -> ")
        .and(Tone::Strong, after.to_owned());
    let shift = difference.shift(attributes);
    match plan_tree::shift_words(difference, shift) {
        Some(words) => {
            let tone = if shift == Shift::Lowered { Tone::Bad } else { Tone::Warn };
            line.and(tone, format!("  {words}"))
        }
        None => line,
    }
}

fn left_out(lines: &mut Vec<Line>, preview: &Preview, directory: &Directory) {
    let failed: Vec<_> = preview.plan.skipped.iter().filter(|s| s.failed).collect();
    if !failed.is_empty() || !preview.decision.left_out.is_empty() {
        lines.push(Line::blank());
        lines.push(Line::head("Left out:"));
    }
    for skipped in failed {
        lines.push(
            Line::of(Tone::Bad, "! ")
                .and(Tone::Plain, skipped.user_name.clone())
                .and(Tone::Dim, format!("  {}", skipped.why)),
        );
    }
    for (id, why) in &preview.decision.left_out {
        let name = directory.get(*id).map(|p| p.user_name().to_owned()).unwrap_or_default();
        lines.push(Line::of(Tone::Bad, "! ").and(Tone::Plain, name).and(Tone::Dim, format!("  {why}")));
    }
    if preview.plan.summary.unchanged > 0 {
        let n = preview.plan.summary.unchanged as usize;
        lines.push(Line::of(Tone::Dim, format!("{}: already so, nothing is sent.", count(n, "person"))));
    }
}

/// One request: its line, and its body as it is written.
pub(super) fn call(lines: &mut Vec<Line>, call: &Call) {
    let tone = if call.method.writes() { Tone::Warn } else { Tone::Accent };
    lines.push(Line::of(tone, format!("  {}", call.line())));
    if let Some(version) = &call.if_match {
        lines.push(Line::of(Tone::Dim, format!("    If-Match: {version}")));
    }
    if let Some(body) = &call.body {
        let text = serde_json::to_string_pretty(body).unwrap_or_default();
        lines.extend(text.lines().map(|l| Line::plain(format!("    {l}"))));
    }
}

/// One entry of the tree that `plan` prints: cause, every attribute before and after, the exact requests.
pub(super) fn twigs(preview: &Preview, attributes: &[ProfileAttribute], at: usize) -> Vec<Line> {
    let twigs = plan_tree::entry(&preview.plan, attributes, at).unwrap_or_default();
    twigs.iter().map(twig_line).chain([Line::blank()]).collect()
}

fn twig_line(twig: &TreeLine) -> Line {
    let tone = match twig.leaf {
        Leaf::Operation(kind) => mark(kind).1,
        Leaf::Group => Tone::Strong,
        Leaf::Cause => Tone::Dim,
        Leaf::Change(Shift::Lowered) => Tone::Bad,
        Leaf::Change(Shift::Raised) | Leaf::Invited | Leaf::Write => Tone::Warn,
        Leaf::Change(Shift::Other) | Leaf::Body => Tone::Plain,
        Leaf::Read => Tone::Accent,
    };
    Line::of(Tone::Dim, twig.branch).and(tone, twig.text.clone())
}
