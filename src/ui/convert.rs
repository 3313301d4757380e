//! Select assignments to convert.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::table::{self, Cell, Column};
use crate::app::{App, ConvertList, ConvertRow, Tone};
use crate::domain::{Difference, Shift};

pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect, list: &ConvertList) -> Option<Position> {
    canvas.clear(area);
    let at = (list.cursor.at + 1).min(list.rows.len());
    let foot = format!("{} selected · {at} of {}", list.selected.len(), list.rows.len());
    let inside = canvas.frame(area, "Select assignments to convert", &foot, false);
    let words = u16::try_from(list.others.len().min(2)).unwrap_or(0);
    let body = Rect { height: inside.height.saturating_sub(words + 1), ..inside };
    let columns = [
        Column::new("", 3, 3, 0),
        Column::new("Person", 10, 20, 4),
        Column::new("User name", 16, 28, 0),
        Column::new("Group", 12, 18, 2),
        Column::new("Roles become", 34, 60, 0),
    ];
    table::draw(canvas, body, &columns, (list.cursor, list.rows.len()), |at| {
        list.rows.get(at).map(|row| cells(app, list, row)).unwrap_or_default()
    });
    if list.rows.is_empty() {
        let dim = canvas.tone(Tone::Dim);
        let text = "Nobody with an Individual assignment is in a group that the app is assigned to";
        canvas.put(inside.x + 2, inside.y + 2, inside.width.saturating_sub(4), text, dim);
    }
    let dim = canvas.tone(Tone::Dim);
    for (y, (reason, n)) in (inside.bottom().saturating_sub(words)..inside.bottom()).zip(&list.others) {
        let who = if *n == 1 { "1 person".to_owned() } else { format!("{n} people, each") };
        canvas.put(
            inside.x + 2,
            y,
            inside.width.saturating_sub(4),
            &format!("Not here: {who} {reason}"),
            dim,
        );
    }
    None
}

fn cells(app: &App, list: &ConvertList, row: &ConvertRow) -> Vec<Cell> {
    let Some(person) = app.directory.get(row.id) else { return Vec::new() };
    let selected = list.selected.contains(&row.id);
    let (mark, tone) = if selected { ("[x]", Tone::Accent) } else { ("[ ]", Tone::Plain) };
    vec![
        (mark.to_owned(), tone),
        (person.name(), Tone::Plain),
        (person.user_name().to_owned(), Tone::Plain),
        (row.conversion.group_name.clone(), Tone::Accent),
        becomes(app, row),
    ]
}

/// Each value that moves with a sign; lowered is not told by colour alone.
fn becomes(app: &App, row: &ConvertRow) -> Cell {
    let attributes = app.directory.attributes();
    let one = |m: &Difference| {
        let sign = match m.shift(attributes) {
            Shift::Raised => "^ raised",
            Shift::Lowered => "v lowered",
            Shift::Other => "~ changed",
        };
        let name = m.attribute.strip_prefix("workato_").unwrap_or(&m.attribute);
        let value = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".to_owned());
        // With one attribute only, its name says nothing.
        let name = if attributes.len() > 1 { format!(" {name}") } else { String::new() };
        format!("{sign}{name} {} -> {}", value(&m.before), value(&m.after))
    };
    let tone = match row.shift(&app.directory) {
        Some(Shift::Lowered) => Tone::Bad,
        Some(Shift::Raised) => Tone::Warn,
        Some(Shift::Other) => Tone::Plain,
        None => return ("= as they are".to_owned(), Tone::Dim),
    };
    let all: Vec<_> = row.conversion.moves.iter().map(one).collect();
    (all.join(", "), tone)
}
