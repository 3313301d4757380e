//! A person's page: the whole story of one person.

use super::doc::{Line, Tone};
use super::plan_doc::change;
use super::words::{or_dash, roles, when};
use super::{App, why_doc};
use crate::audit::AuditEntry;
use crate::directory::{AssignmentKind, PersonView};
use crate::domain::{AccountValues, Flag, PersonId, RoleValues};

/// The tone of a flag.
pub fn flag_tone(flag: Flag) -> Tone {
    match flag {
        Flag::AccessRemains | Flag::AccountGone | Flag::NotProvisioned | Flag::Failed => Tone::Bad,
        Flag::InDoubt | Flag::Drift | Flag::Unsent => Tone::Warn,
        Flag::Pending | Flag::Noted => Tone::Accent,
    }
}

/// The glyph of a flag: told apart without colour.
pub fn flag_glyph(flag: Flag) -> &'static str {
    match flag {
        Flag::AccessRemains | Flag::NotProvisioned => "!",
        Flag::AccountGone | Flag::Failed => "x",
        Flag::InDoubt => "?",
        Flag::Drift => "~",
        Flag::Unsent => ">",
        Flag::Pending => "@",
        Flag::Noted => "*",
    }
}

/// Why a person is flagged, a line each; one line says so when they are not.
pub fn reasons(app: &App, person: &PersonView<'_>) -> Vec<Line> {
    let reasons = person.reasons();
    if reasons.is_empty() {
        let words = match person.confirmed_at() {
            Some(at) => format!("true: the app confirmed the last push {}", when(app.now, at)),
            None if person.assigned() => "nothing to say".to_owned(),
            None => "does not have the app: a assigns it".to_owned(),
        };
        return vec![Line::of(Tone::Good, words)];
    }
    let line = |r: crate::directory::Reason| {
        let mark = format!("{} {}", flag_glyph(r.flag), r.flag.words());
        let line = Line::of(flag_tone(r.flag), mark).and(Tone::Plain, format!("  {}", r.text));
        match r.since {
            Some(since) if since.ms() > 0 => line.and(Tone::Dim, format!("  {}", when(app.now, since))),
            _ => line,
        }
    };
    reasons.into_iter().map(line).collect()
}

/// The whole page.
pub fn page(app: &App, id: PersonId, audit: Option<&[AuditEntry]>) -> Vec<Line> {
    let Some(person) = app.directory.get(id) else {
        return vec![Line::of(Tone::Warn, "This person is not in the directory any more.")];
    };
    let mut lines = vec![Line::head(person.name()).and(Tone::Dim, format!("  {}", person.user_name()))];
    lines.push(Line::blank());
    lines.extend(reasons(app, &person));
    for keys in person.flags().iter().filter_map(why_doc::fix) {
        lines.push(why_doc::fix_line(Line::plain("  "), keys));
    }
    lines.push(Line::blank());
    why_doc::drift(&mut lines, &person);
    facts(&mut lines, app, &person);
    let invitation = super::invitation_doc::lines(app, &person, audit);
    if !invitation.is_empty() {
        lines.extend(invitation);
        lines.push(Line::blank());
    }
    values(&mut lines, app, &person);
    groups(&mut lines, app, &person);
    why_doc::roles(&mut lines, app, &person);
    recent(&mut lines, app, audit);
    lines
}

fn facts(lines: &mut Vec<Line>, app: &App, person: &PersonView<'_>) {
    let at = |time| when(app.now, time);
    let protected = app.directory.connection().protected.contains(&person.id());
    let status = if protected {
        format!("{}, protected", person.status().word())
    } else {
        person.status().word().to_owned()
    };
    lines.push(Line::field("Status here", Tone::Plain, status));
    lines.push(Line::field("Account there", Tone::Plain, person.account().word()));
    lines.push(Line::field("Linked to", Tone::Plain, or_dash(person.remote_id())));
    let confirmed = person.confirmed_at().map_or_else(|| "-".to_owned(), at);
    lines.push(Line::field("Last confirmed", Tone::Plain, confirmed));
    let looked = person.observed_at().map_or_else(|| "never: r checks now".to_owned(), at);
    lines.push(Line::field("Last looked at", Tone::Plain, looked));
    let operation = match person.operation() {
        Some((id, kind, state)) => format!("{} {} ({id})", kind.word(), state.word()),
        None => "none under way".to_owned(),
    };
    lines.push(Line::field("Operation", Tone::Plain, operation));
    if let Some(failure) = app.directory.failure(person.id()) {
        lines.push(Line::field("", Tone::Bad, failure.text.clone()));
        lines.push(Line::field("", Tone::Accent, failure.next.clone()));
    }
    lines.push(Line::blank());
}

/// Ours, last pushed and theirs, side by side; a row where they differ is marked.
fn values(lines: &mut Vec<Line>, app: &App, person: &PersonView<'_>) {
    let wanted = person.wanted();
    let known = person.known();
    lines.push(Line::head("Values").and(Tone::Dim, "  what we want · what we last sent · what the app has"));
    let mut rows: Vec<(String, [Option<String>; 3])> = Vec::new();
    let (sent, theirs) = match &known {
        Some((sent, _, theirs)) => (Some(sent), Some(theirs)),
        None => (None, None),
    };
    let active = |v: &AccountValues| Some(v.active.to_string());
    rows.push(("active".to_owned(), [active(&wanted), sent.and_then(active), theirs.and_then(active)]));
    for (i, (name, ours)) in wanted.texts().into_iter().enumerate() {
        let text = |v: Option<&AccountValues>| v.map(|v| v.texts()[i].1.to_owned());
        rows.push((name.to_owned(), [Some(ours.to_owned()), text(sent), text(theirs)]));
    }
    for attribute in app.directory.attributes() {
        let role = |v: &RoleValues| v.get(&attribute.variable).map(str::to_owned);
        rows.push((
            attribute.variable.clone(),
            [role(&wanted.roles), sent.and_then(|v| role(&v.roles)), theirs.and_then(|v| role(&v.roles))],
        ));
    }
    for (name, [ours, sent, theirs]) in rows {
        let same = known.is_none() || (clean(&ours) == clean(&sent) && clean(&sent) == clean(&theirs));
        if same && clean(&ours).is_none() {
            continue;
        }
        let line = Line::of(if same { Tone::Dim } else { Tone::Warn }, if same { "  " } else { "~ " })
            .and(Tone::Dim, format!("{name:<18} "))
            .and(Tone::Plain, or_dash(ours.as_deref()).to_owned());
        let line = if known.is_some() && !same {
            line.and(Tone::Dim, " · ")
                .and(Tone::Plain, or_dash(sent.as_deref()).to_owned())
                .and(Tone::Dim, " · ")
                .and(Tone::Warn, or_dash(theirs.as_deref()).to_owned())
        } else {
            line
        };
        lines.push(line);
    }
    lines.push(Line::blank());
}

fn clean(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|v| !v.is_empty())
}

/// Which assignments there are, and which one gives the values.
fn groups(lines: &mut Vec<Line>, app: &App, person: &PersonView<'_>) {
    lines.push(Line::head("Assignments").and(Tone::Dim, "  the winner gives all role values"));
    let wins = |yes: bool| if yes { ("> ", Tone::Good) } else { ("  ", Tone::Dim) };
    if let (Some(own), Some((origin, since))) = (person.individual_roles(), person.individual_origin()) {
        let (mark, tone) = wins(true);
        let words = format!("{} since {}", origin.reason(), when(app.now, since));
        lines.push(
            Line::of(tone, mark)
                .and(Tone::Strong, "Individual")
                .and(Tone::Plain, format!("  {}", roles(own))),
        );
        lines.push(Line::of(Tone::Dim, format!("    {words}")));
    }
    for id in person.groups() {
        let Some(group) = app.directory.group(*id) else { continue };
        let (mark, tone) = wins(person.kind() == AssignmentKind::Group(*id));
        let line = Line::of(tone, mark).and(Tone::Strong, group.group.name.clone());
        lines.push(match &group.assignment {
            Some(a) => line.and(Tone::Plain, format!("  priority {}  {}", a.priority, roles(&a.roles))),
            None => line.and(Tone::Dim, "  not assigned to the app"),
        });
    }
    if person.groups().is_empty() && person.individual_roles().is_none() {
        lines.push(Line::of(Tone::Dim, "  none"));
    }
    lines.push(Line::blank());
}

fn recent(lines: &mut Vec<Line>, app: &App, audit: Option<&[AuditEntry]>) {
    lines.push(Line::head("Recently"));
    let Some(entries) = audit else {
        lines.push(Line::of(Tone::Dim, "  ..."));
        return;
    };
    if entries.is_empty() {
        lines.push(Line::of(Tone::Dim, "  nothing yet"));
    }
    for entry in entries.iter().rev() {
        lines.push(
            Line::of(Tone::Dim, format!("  {}  ", when(app.now, entry.time)))
                .and(Tone::Accent, format!("{:<15}", entry.source.word()))
                .and(Tone::Plain, format!("{}  {}", entry.event, entry.detail)),
        );
        lines.extend(entry.changes.iter().map(|d| change(d, app.directory.attributes())));
    }
}
