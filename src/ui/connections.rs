//! The list of connections.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::{dialog, theme};
use crate::app::{Line, Switcher, Tone, connection_line};

/// Rows of the list.
const ROWS: u16 = 10;

pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, switcher: &Switcher) -> Option<Position> {
    let rows = ROWS.min(area.height.saturating_sub(6)).max(1);
    let inside = dialog::boxed(canvas, area, rows + 2, "Connections", "");
    let intro = match switcher.waiting {
        Some(_) => Line::of(Tone::Dim, "looking ..."),
        None => Line::of(Tone::Dim, "Going over sends nothing. What is queued here stays queued."),
    };
    canvas.line(inside.x, inside.y, inside.width, &intro);
    let window = switcher.cursor.window(switcher.rows.len(), usize::from(rows));
    for (y, at) in (inside.y + 2..).zip(window) {
        let Some(row) = switcher.rows.get(at) else { break };
        let marked = at == switcher.cursor.at;
        canvas.line(inside.x, y, inside.width, &connection_line(row, marked));
        if marked {
            let style = theme::cursor(canvas.look);
            canvas.paint(Rect { x: inside.x, y, width: inside.width, height: 1 }, style);
        }
    }
    None
}
