//! Dialogs: before something happens, the list of commands, a stopped run.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::found::{self, Found};
use super::{form, theme};
use crate::app::{App, Chooser, Confirm, Faults, Line, Palette, Tone, layout};
use crate::directory::PersonView;

/// A box in the middle of an area.
pub(super) fn middle(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

pub(super) fn boxed(canvas: &mut Canvas<'_>, area: Rect, rows: u16, title: &str, foot: &str) -> Rect {
    let width = layout::dialog_columns(area.width) + 4;
    let outer = middle(area, width, rows + 2);
    canvas.clear(outer);
    let inside = canvas.frame(outer, title, foot, true);
    Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside }
}

/// What will happen, then the buttons. Cancel is marked first; the mark is a `>`, not only a colour.
pub(super) fn confirm(canvas: &mut Canvas<'_>, area: Rect, confirm: &Confirm) -> Option<Position> {
    let fixed = 2 + u16::from(confirm.brake.is_some()) + u16::from(confirm.reason.is_some());
    // A long sentence takes more than one row: the box must have them, or its end is never seen.
    let columns = usize::from(layout::dialog_columns(area.width));
    let most = area.height.saturating_sub(2 + fixed);
    let needed = confirm.page.rows(&confirm.preview, columns, usize::from(most));
    let rows = u16::try_from(needed).unwrap_or(u16::MAX).min(most);
    let seen = confirm.page.in_sight(&confirm.preview, usize::from(rows));
    let foot = if needed > usize::from(rows) {
        format!("{}-{} of {}", seen.entries.0, seen.entries.1, seen.of)
    } else {
        String::new()
    };
    let inside = boxed(canvas, area, rows + fixed, &confirm.title, &foot);
    let text = Rect { height: rows, ..inside };
    canvas.lines(text, &seen.lines);
    let mut y = inside.y + rows + 1;
    let mut cursor = None;
    if let Some(field) = &confirm.brake {
        let bad = canvas.tone(Tone::Bad);
        let label = field.error.as_deref().unwrap_or(&field.label);
        let used = canvas.put(inside.x, y, inside.width, &format!("{label}: "), bad);
        cursor = form::text(canvas, field, inside.x + used, y, inside.width.saturating_sub(used));
        y += 1;
    }
    if let Some(field) = &confirm.reason {
        let wrong = field.error.as_deref();
        let tone = canvas.tone(if wrong.is_some() { Tone::Bad } else { Tone::Plain });
        let mark = if confirm.in_reason { ">" } else { " " };
        let label = wrong.unwrap_or(&field.label);
        let used = canvas.put(inside.x, y, inside.width, &format!("{mark} {label}: "), tone);
        let at = form::text(canvas, field, inside.x + used, y, inside.width.saturating_sub(used));
        cursor = if confirm.in_reason { at } else { cursor };
        y += 1;
    }
    let mut x = inside.x;
    let first = confirm.first().map(|first| format!("OK ({first})"));
    for (words, marked, can) in [
        ("Cancel (esc)", !confirm.ok && !confirm.in_reason, true),
        (first.as_deref().unwrap_or("OK (y)"), confirm.ok && !confirm.in_reason, first.is_none()),
    ] {
        let style = match (marked, can) {
            (true, _) => theme::cursor(canvas.look),
            (false, true) => canvas.tone(Tone::Plain),
            (false, false) => canvas.tone(Tone::Dim),
        };
        let mark = if marked { ">" } else { " " };
        x += canvas.put(x, y, inside.width, &format!("{mark} {words} "), style) + 2;
    }
    cursor
}

/// The commands that fit, with their keys and the reason of those that can do nothing now.
pub(super) fn palette(app: &App, canvas: &mut Canvas<'_>, area: Rect, palette: &Palette) -> Option<Position> {
    let list = Found {
        title: "Commands",
        foot: "",
        prompt: ": ",
        field: &palette.field,
        cursor: palette.cursor,
        len: palette.found.len(),
        empty: "No command is called so.",
    };
    found::draw(canvas, area, &list, |at| {
        let binding = palette.found.get(at)?;
        let why = app.refusal(binding.action);
        let tone = if why.is_some() { Tone::Dim } else { Tone::Plain };
        let line = Line::of(Tone::Key, format!("{:<10}", binding.key()))
            .and(tone, format!("{:<16} ", binding.words));
        Some(match why {
            Some(why) => line.and(Tone::Warn, format!("not now: {why}")),
            None => line.and(Tone::Dim, binding.help),
        })
    })
}

/// The people who fit what is typed.
pub(super) fn chooser(app: &App, canvas: &mut Canvas<'_>, area: Rect, chooser: &Chooser) -> Option<Position> {
    let list = Found {
        title: "Whose account? Type a part of the name",
        foot: "",
        prompt: "/ ",
        field: &chooser.field,
        cursor: chooser.cursor,
        len: chooser.found.len(),
        empty: "Nobody fits.",
    };
    found::draw(canvas, area, &list, |at| app.directory.get(*chooser.found.get(at)?).map(|p| person(&p)))
}

/// The faults that are on, and those that can be.
pub(super) fn faults(canvas: &mut Canvas<'_>, area: Rect, faults: &Faults) -> Option<Position> {
    let list = Found {
        title: "Rehearse a fault of the sandbox",
        foot: "",
        prompt: "/ ",
        field: &faults.field,
        cursor: faults.cursor,
        len: faults.found.len(),
        empty: "No fault is called so.",
    };
    found::draw(canvas, area, &list, |at| faults.found.get(at).map(|row| row.line()))
}

/// Somebody in a list: the user name, and the name where it says more.
pub(super) fn person(person: &PersonView<'_>) -> Line {
    let line = Line::of(Tone::Strong, person.user_name().to_owned());
    match person.name() {
        name if name == person.user_name() => line,
        name => line.and(Tone::Dim, format!("  {name}")),
    }
}

/// A stopped run is offered; nothing is sent until somebody says so.
pub(super) fn offer(app: &App, canvas: &mut Canvas<'_>, area: Rect, operations: u32) -> Option<Position> {
    let noun = if operations == 1 { "operation was" } else { "operations were" };
    let mut lines = vec![Line::head(format!("{operations} {noun} not finished when this last stopped."))];
    if app.directory.queue().in_doubt > 0 {
        let words = format!("They stand so: {}.", app.directory.queue().words());
        lines.push(Line::of(Tone::Warn, words));
    }
    lines.push(Line::plain("Nothing is sent until you say so."));
    lines.push(Line::blank());
    for (key, what) in [
        ("g", "  go on: send the rest; what is in doubt is looked up first"),
        ("r", "  review them: they stay queued, and Tasks (6) shows each"),
        ("x", "  drop what was never sent, after showing it; what changed here stays"),
        ("l", "  leave them queued"),
    ] {
        lines.push(Line::of(Tone::Key, key).and(Tone::Plain, what));
    }
    let rows = u16::try_from(lines.len()).unwrap_or(8);
    let inside = boxed(canvas, area, rows, "A stopped run", "");
    canvas.lines(inside, &lines);
    None
}
