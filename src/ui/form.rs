//! Forms.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::dialog::middle;
use super::theme;
use crate::app::{Choice, Field, Form, Line, Tone, Value, layout};

/// Columns of the labels.
const LABELS: u16 = 20;
/// Choices that are always listed in their order.
const FEW: usize = 8;
/// Rows of a field of several lines.
const LINES: u16 = 5;

fn rows(field: &Field) -> u16 {
    if matches!(field.input, Value::Lines(_)) { LINES } else { 1 }
}

pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, form: &Form) -> Option<Position> {
    let width = layout::dialog_columns(area.width);
    let words: usize = form.intro.iter().map(|line| line.rows(usize::from(width))).sum();
    let fields: u16 = form.fields.iter().map(rows).sum();
    let all = u16::try_from(words).unwrap_or(u16::MAX).saturating_add(fields + 7);
    let outer = middle(area, width + 4, all);
    canvas.clear(outer);
    let place = if all > outer.height {
        format!("field {} of {}", form.focus + 1, form.fields.len())
    } else {
        String::new()
    };
    let inside = canvas.frame(outer, &form.title, &place, true);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    // The last two rows say what is wrong or what to enter; fields scroll above them.
    let bottom = inside.bottom().saturating_sub(2);
    // However long the words above are, the field with the focus is in sight.
    let here = form.focused().map_or(1, rows);
    let room = bottom.saturating_sub(inside.y + here + 1);
    let mut y = inside.y + canvas.lines(Rect { height: room, ..inside }, &form.intro) + 1;
    let mut first = 0;
    let needed = |from: usize| form.fields[from..=form.focus].iter().map(rows).sum::<u16>();
    while first < form.focus && y + needed(first) > bottom {
        first += 1;
    }
    let mut cursor = None;
    for (n, field) in form.fields.iter().enumerate().skip(first) {
        if y >= bottom {
            break;
        }
        let room = Rect { y, height: rows(field).min(bottom - y), ..inside };
        let place = draw_field(canvas, room, field, n == form.focus, fault(form, field).is_some());
        cursor = cursor.or(place.filter(|_| n == form.focus));
        y += room.height;
    }
    canvas.line(inside.x, inside.bottom().saturating_sub(1), inside.width, &foot(form));
    cursor.filter(|_| !form.discard_asked)
}

/// What is wrong with a field, as far as it is to be said yet.
fn fault<'a>(form: &Form, field: &'a Field) -> Option<&'a str> {
    field.error.as_deref().filter(|_| form.tried || field.touched)
}

fn foot(form: &Form) -> Line {
    if form.discard_asked {
        return Line::of(Tone::Warn, "Throw away what you entered? ")
            .and(Tone::Key, "y")
            .and(Tone::Plain, " throws it away, any other key goes back");
    }
    let faulty = form.fields.iter().find(|f| fault(form, f).is_some());
    let here = form.focused().filter(|f| fault(form, f).is_some()).or(faulty);
    match here.and_then(|f| Some((f, fault(form, f)?))) {
        Some((field, why)) => Line::of(Tone::Bad, format!("x {}: {why}", field.label)),
        None => Line::of(Tone::Dim, form.focused().map(|f| f.help.clone()).unwrap_or_default()),
    }
}

fn draw_field(
    canvas: &mut Canvas<'_>,
    area: Rect,
    field: &Field,
    focused: bool,
    bad: bool,
) -> Option<Position> {
    let mark = match (focused, bad) {
        (_, true) => "x ",
        (true, false) => "> ",
        (false, false) => "  ",
    };
    let tone = match (focused, bad) {
        (_, true) => Tone::Bad,
        (true, false) => Tone::Strong,
        (false, false) => Tone::Dim,
    };
    let style = canvas.tone(tone);
    canvas.put(area.x, area.y, LABELS, &format!("{mark}{}", field.label), style);
    let (x, width) = (area.x + LABELS + 1, area.width.saturating_sub(LABELS + 1));
    match &field.input {
        Value::Choice(choices, at) => {
            let shown = choices.get(*at).map(|c| c.shown.as_str()).unwrap_or_default();
            let style = if focused { theme::cursor(canvas.look) } else { canvas.tone(Tone::Plain) };
            let used = canvas.put(x, area.y, width, &format!("< {shown} >"), style);
            if focused {
                let dim = canvas.tone(Tone::Dim);
                let words = offered(choices, *at, usize::from(width.saturating_sub(used)));
                canvas.put(x + used, area.y, width.saturating_sub(used), &words, dim);
            }
            None
        }
        Value::Toggle(on) => {
            let style = if focused { theme::cursor(canvas.look) } else { canvas.tone(Tone::Plain) };
            canvas.put(x, area.y, width, if *on { "[x] yes" } else { "[ ] no" }, style);
            None
        }
        Value::Masked(masked) => {
            let n = masked.length();
            let stars = "*".repeat(n.min(24));
            let words = if n == 0 { "(empty)".to_owned() } else { format!("{stars}  {n} characters") };
            let style = if focused { theme::cursor(canvas.look) } else { canvas.tone(Tone::Plain) };
            canvas.put(x, area.y, width, &words, style);
            None
        }
        Value::Text(_) if focused => text(canvas, field, x, area.y, width),
        Value::Text(_) => {
            let whole = field.value().unwrap_or_default();
            let plain = canvas.tone(Tone::Plain);
            canvas.put(x, area.y, width, &whole, plain);
            None
        }
        Value::Lines(_) => lines(canvas, field, Rect { x, width, ..area }),
    }
}

/// All choices where there is room for them; of a long list those that come next.
fn offered(choices: &[Choice], at: usize, room: usize) -> String {
    let (before, here) = choices.split_at(at.min(choices.len()));
    let join = |list: &mut dyn Iterator<Item = &Choice>| {
        list.map(|c| c.shown.as_str()).collect::<Vec<_>>().join(", ")
    };
    let start = format!("  {} of {}", at + 1, choices.len());
    let all = format!("{start}: {}", join(&mut choices.iter()));
    if all.chars().count() <= room || choices.len() <= FEW {
        return all;
    }
    format!("{start}, next: {}", join(&mut here.iter().skip(1).chain(before)))
}

/// A line of text with its cursor; the part around the cursor is shown when it is too long.
pub(super) fn text(canvas: &mut Canvas<'_>, field: &Field, x: u16, y: u16, width: u16) -> Option<Position> {
    let (all, (row, column)) = field.written()?;
    line(canvas, all.get(row)?, column, Rect { x, y, width, height: 1 })
}

fn line(canvas: &mut Canvas<'_>, text: &str, column: usize, area: Rect) -> Option<Position> {
    let before: String = text.chars().take(column).collect();
    let at = canvas.show(&before).width();
    let hidden = (at + 1).saturating_sub(usize::from(area.width));
    let shown = canvas.show(text).skip(hidden);
    let plain = canvas.tone(Tone::Plain);
    canvas.put(area.x, area.y, area.width, shown.as_str(), plain);
    let at = u16::try_from(at - hidden.min(at)).unwrap_or(0);
    Some(Position { x: (area.x + at).min(area.right().saturating_sub(1)), y: area.y })
}

fn lines(canvas: &mut Canvas<'_>, field: &Field, area: Rect) -> Option<Position> {
    let (all, (row, column)) = field.written()?;
    let top = (row + 1).saturating_sub(usize::from(area.height));
    let mut cursor = None;
    for (y, n) in (area.y..area.bottom()).zip(top..) {
        let room = Rect { y, height: 1, ..area };
        match all.get(n) {
            Some(text) if n == row => cursor = line(canvas, text, column, room),
            Some(text) => drop(line(canvas, text, 0, room)),
            None => drop(canvas.put(area.x, y, 1, "~", canvas.tone(Tone::Dim))),
        }
    }
    cursor
}
