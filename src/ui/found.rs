//! A list in a box, found by what is typed above it: commands, people.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::dialog::boxed;
use super::{form, theme};
use crate::app::{Cursor, Field, Line, Tone, layout};

/// What is typed, and how much of it was found.
pub(super) struct Found<'a> {
    /// The box's heading.
    pub(super) title: &'a str,
    /// What stands at its foot.
    pub(super) foot: &'a str,
    /// Before what is typed: `: ` or `/ `.
    pub(super) prompt: &'a str,
    /// What is typed.
    pub(super) field: &'a Field,
    /// The marked row.
    pub(super) cursor: Cursor,
    /// How many were found.
    pub(super) len: usize,
    /// Said where nothing was.
    pub(super) empty: &'a str,
}

/// Draws it; `row` gives the words of one row after its mark.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    found: &Found<'_>,
    row: impl Fn(usize) -> Option<Line>,
) -> Option<Position> {
    let rows = u16::try_from(layout::PALETTE_ROWS).unwrap_or(12).min(area.height.saturating_sub(4));
    let inside = boxed(canvas, area, rows + 2, found.title, found.foot);
    let key = canvas.tone(Tone::Key);
    canvas.put(inside.x, inside.y, 2, found.prompt, key);
    let cursor = form::text(canvas, found.field, inside.x + 2, inside.y, inside.width.saturating_sub(2));
    let top = inside.y + 2;
    for (y, at) in (top..).zip(found.cursor.window(found.len, usize::from(rows))) {
        let Some(line) = row(at) else { continue };
        let marked = at == found.cursor.at;
        canvas.put(inside.x, y, 2, if marked { "> " } else { "  " }, canvas.tone(Tone::Plain));
        canvas.line(inside.x + 2, y, inside.width.saturating_sub(2), &line);
        if marked {
            let style = theme::cursor(canvas.look);
            canvas.paint(Rect { x: inside.x, y, width: inside.width, height: 1 }, style);
        }
    }
    if found.len == 0 {
        let dim = canvas.tone(Tone::Dim);
        canvas.put(inside.x, top, inside.width, found.empty, dim);
    }
    cursor
}
