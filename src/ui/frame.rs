//! What stands around every pane: header, tabs, counts, the words about a row, message line and keys.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::theme;
use crate::app::{
    App, Context, Line, Pane, Tone, clock, flag_glyph, flag_tone, hints, layout, person_page, reasons,
    rehearsal_words, sending_words, task_lines, task_page,
};
use crate::directory::{AssignmentKind, PersonView};
use crate::domain::Flag;
use crate::engine::{GroupTask, time_left_words};

/// The header: product, connection, environment, who sends, tasks; on the right who I am.
pub(super) fn header(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let connection = app.directory.connection();
    let strong = canvas.tone(Tone::Strong);
    let mut x = area.x + 1;
    let right = area.right();
    x += canvas.put(x, area.y, right - x, "scimdeck", strong) + 1;
    let accent = canvas.tone(Tone::Accent);
    x += canvas.put(x, area.y, (right - x).min(24), &connection.name, accent) + 1;
    let badge = theme::badge(canvas.look, &connection.badge.0);
    x += canvas.put(x, area.y, (right - x).min(20), &format!("[{}]", connection.badge.0), badge) + 1;
    if let Some(words) = rehearsal_words(app) {
        let bad = canvas.tone(Tone::Bad);
        x += canvas.put(x, area.y, (right - x).min(44), &words, bad) + 1;
    }
    let mode = if app.session.read_only { " read-only" } else { "" };
    let who = format!("{}{mode} ", app.session.who);
    let width = u16::try_from(canvas.show(&who).width()).unwrap_or(u16::MAX).min(area.width / 3);
    let room = (right - width).saturating_sub(x + 1);
    let (tone, words) = if connection.enabled {
        sending_words(&app.sending)
    } else {
        (Tone::Bad, "SCIM disabled".to_owned())
    };
    let mut line = Line::default();
    if let Some(since) = app.stuck.filter(|_| app.directory.queue().moving() > 0) {
        line = line.and(Tone::Bad, format!("nothing worked since {} · ", minute(since)));
    }
    line = line.and(tone, words);
    let queue = app.directory.queue();
    if queue.moving() > 0 {
        let (certain, doubt) = (queue.moving() - queue.in_doubt, queue.in_doubt);
        for (n, words) in [(certain, "queued"), (doubt, "in doubt")].into_iter().filter(|(n, _)| *n > 0) {
            line = line.and(Tone::Warn, format!(" · {n} {words}"));
        }
        if let Some(left) = app.time_left() {
            line = line.and(Tone::Dim, format!(", {}", time_left_words(Some(left))));
        }
    }
    if !app.tasks.is_empty() {
        line = line.and(Tone::Accent, format!(" · {} running", app.tasks.len()));
    }
    canvas.line(x, area.y, room, &line);
    let dim = canvas.tone(if app.session.read_only { Tone::Warn } else { Tone::Dim });
    canvas.put(right - width, area.y, width, &who, dim);
}

/// The panes with their keys.
pub(super) fn tabs(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let wide: usize = Pane::ALL.iter().map(|pane| pane.title().len() + 4).sum();
    let tight = wide + 1 > usize::from(area.width);
    let mut x = area.x + u16::from(!tight);
    for (n, pane) in Pane::ALL.into_iter().enumerate() {
        let here = pane == app.pane;
        let style = if here { theme::cursor(canvas.look) } else { canvas.tone(Tone::Plain) };
        // Where there is no room for two blanks between them, neighbours share one.
        let (open, close) = match (here, tight) {
            (true, _) => ("[", "]"),
            (false, false) => (" ", " "),
            (false, true) if n > 0 && Pane::ALL[n - 1] == app.pane => ("", ""),
            (false, true) => (" ", ""),
        };
        let words = format!("{open}{} {}{close}", n + 1, pane.title());
        x += canvas.put(x, area.y, area.right().saturating_sub(x), &words, style);
    }
}

/// How many there are of what, when somebody last looked, and whether at everybody.
pub(super) fn counts(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let c = app.directory.counters();
    let mut line = Line::of(Tone::Plain, format!("{} people, {} assigned", c.people, c.assigned()));
    for flag in Flag::ALL {
        let n = c.worst(flag);
        if n > 0 {
            let words = format!("{} {n} {}", flag_glyph(flag), flag.words());
            line = line.and(Tone::Dim, " · ").and(flag_tone(flag), words);
        }
    }
    if c.flagged() == 0 && c.assigned() > 0 {
        line = line.and(Tone::Dim, " · ").and(Tone::Good, "nobody flagged");
    }
    let (tone, checked) = match app.directory.sweep() {
        None => (Tone::Dim, "never checked".to_owned()),
        Some(s) if s.complete => (Tone::Dim, format!("checked {}, complete", minute(s.at))),
        Some(s) => (Tone::Warn, format!("checked {}, NOT complete", minute(s.at))),
    };
    let width = u16::try_from(checked.len()).unwrap_or(0);
    let right = area.right().saturating_sub(width + 1);
    canvas.line(area.x + 1, area.y, right.saturating_sub(area.x + 2), &line);
    let style = canvas.tone(tone);
    canvas.put(right, area.y, width, &checked, style);
}

fn minute(time: crate::domain::Time) -> String {
    clock(time).get(..5).unwrap_or_default().to_owned()
}

/// Words about the row under the cursor.
pub(super) fn detail(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let lines = match app.pane {
        Pane::Assignments => match app.people.current().and_then(|id| app.directory.get(id)) {
            // On a tall screen the beginning of the person's page.
            Some(person) if area.height > 2 => person_page(app, person.id(), None),
            Some(person) => reasons(app, &person),
            None => Vec::new(),
        },
        Pane::Groups => group(app),
        Pane::Profile => attribute(app),
        Pane::Audit => {
            let entry = app.feed.current().and_then(|row| row.entry());
            entry.map(|e| Line::plain(e.detail.clone())).into_iter().collect()
        }
        Pane::Provisioning => Vec::new(),
        Pane::Tasks => match app.queue.current() {
            Some(op) if area.height > 2 => task_page(app, op),
            Some(op) if area.height > 1 => task_lines(app, op),
            Some(op) => task_lines(app, op).into_iter().take(1).collect(),
            None => app.queue.current_group().map(group_task).unwrap_or_default(),
        },
    };
    let inside = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    canvas.lines(inside, &lines);
}

/// Why a pushed group is not settled, and what to do.
fn group_task(task: &GroupTask) -> Vec<Line> {
    let what = match &task.failure {
        Some(failure) => Line::of(Tone::Bad, failure.text.clone()),
        None => Line::plain(task.cause()),
    };
    vec![what, Line::of(Tone::Accent, task.advice())]
}

/// Who gets their values from the group, and who of its members does not, and why.
fn group(app: &App) -> Vec<Line> {
    let Some(row) = app.groups.current().and_then(|id| app.directory.group(id)) else { return Vec::new() };
    let members = || row.members.iter().filter_map(|id| app.directory.get(*id));
    let names = |people: Vec<PersonView<'_>>| {
        let names: Vec<String> = people.iter().take(8).map(PersonView::name).collect();
        let more = people.len().saturating_sub(names.len());
        if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
    };
    if row.assignment.is_none() {
        return vec![Line::of(Tone::Dim, "Members: ").and(Tone::Plain, names(members().collect()))];
    }
    let gets = |p: &PersonView<'_>| p.kind() == AssignmentKind::Group(row.group.id);
    let own = members().filter(|p| p.kind() == AssignmentKind::Individual).count();
    let other = members().filter(|p| !gets(p)).count() - own;
    let served: Vec<_> = members().filter(gets).collect();
    let first = match served.is_empty() {
        true => Line::of(Tone::Dim, "Gives its values to nobody"),
        false => Line::of(Tone::Dim, "Gives its values to: ").and(Tone::Plain, names(served)),
    };
    let mut lines = vec![first];
    let not: Vec<String> = [(own, "with an Individual assignment"), (other, "whom a group before it serves")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, words)| format!("{n} {words}"))
        .collect();
    if !not.is_empty() {
        lines.push(Line::of(Tone::Dim, format!("Not to {}", not.join(", nor to "))));
    }
    lines
}

fn attribute(app: &App) -> Vec<Line> {
    let Some(a) = app.directory.attributes().get(app.profile.at) else { return Vec::new() };
    let mut lines: Vec<Line> = app
        .findings_here()
        .into_iter()
        .map(|f| {
            let (sign, tone) = if f.code.grave() { ("! ", Tone::Bad) } else { ("- ", Tone::Warn) };
            Line::of(tone, sign).and(tone, f.text.clone())
        })
        .collect();
    if a.sendable() {
        lines.push(Line::of(Tone::Dim, "Sent as ").and(Tone::Accent, a.path()));
    }
    lines
}

/// The filter line, the toast, the task, or the next step.
pub(super) fn message(app: &App, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    let (x, width) = (area.x + 1, area.width - 2);
    if let (Some(field), true) = (&app.filtering, app.overlays.is_empty()) {
        let (lines, (_, column)) = field.written()?;
        let key = canvas.tone(Tone::Key);
        canvas.put(x, area.y, 1, "/", key);
        let text = lines.first().map(String::as_str).unwrap_or_default();
        let plain = canvas.tone(Tone::Plain);
        canvas.put(x + 1, area.y, width - 1, text, plain);
        let before: String = text.chars().take(column).collect();
        let at = u16::try_from(canvas.show(&before).width()).unwrap_or(width);
        return Some(Position { x: (x + 1 + at).min(area.right() - 1), y: area.y });
    }
    let line = if let Some(toast) = &app.toast {
        let mark = if toast.tone == Tone::Bad { "x " } else { "+ " };
        Line::of(toast.tone, mark).and(toast.tone, toast.text.clone())
    } else if let Some(task) = app.tasks.last() {
        Line::of(Tone::Accent, "* ")
            .and(Tone::Plain, task.words())
            .and(Tone::Key, "  ctrl-c")
            .and(Tone::Dim, " stops")
    } else if app.overlays.is_empty() {
        app.next_step()
    } else {
        Line::blank()
    };
    canvas.line(x, area.y, width, &line);
    None
}

/// The keys that work here, the most useful first; those that can do nothing now are left out.
pub(super) fn keys(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let context = app.context();
    let all: Vec<_> = hints(context).into_iter().filter(|b| app.refusal(b.action).is_none()).collect();
    let width = |b: &&crate::app::Binding| u16::try_from(b.key().len() + b.words.len() + 3).unwrap_or(20);
    // Help always stays: it leads to all the others.
    let help = all.iter().find(|b| b.key() == "?").map_or(0, width);
    let (mut x, end) = (area.x + 1, area.right().saturating_sub(1));
    for binding in &all {
        let last = binding.key() == "?";
        if x + width(binding) + if last { 0 } else { help } > end + 2 {
            continue;
        }
        let (key, dim) = (canvas.tone(Tone::Key), canvas.tone(Tone::Dim));
        x += canvas.put(x, area.y, end - x, &binding.key(), key) + 1;
        x += canvas.put(x, area.y, end.saturating_sub(x), binding.words, dim) + 2;
        if x >= end {
            break;
        }
    }
    debug_assert!(context != Context::Moves);
}

/// The terminal is too small.
pub(super) fn cramped(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let (columns, rows) = layout::MIN;
    let lines = [
        Line::head("scimdeck"),
        Line::plain(format!("needs {columns}x{rows}, this is {}x{}", app.size.0, app.size.1)),
        Line::of(Tone::Dim, "Make the terminal larger, or q to leave."),
    ];
    canvas.lines(area, &lines);
}
