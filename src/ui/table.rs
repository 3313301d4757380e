//! A table of which only the rows on the screen are built.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::theme;
use crate::app::{Cursor, Tone};

/// Columns that go as soon as this, or sooner, are extras: shown only where there is room for comfort.
pub(super) const EXTRA: u8 = 5;

/// A column: how narrow it may get, how wide it wants to be, and how soon it goes when there is no room.
pub(super) struct Column {
    /// Its heading.
    pub(super) title: String,
    /// Never narrower than this.
    pub(super) min: u16,
    /// Not wider than this.
    pub(super) want: u16,
    /// The highest number goes first; 0 never goes.
    pub(super) goes: u8,
}

impl Column {
    pub(super) fn new(title: &str, min: u16, want: u16, goes: u8) -> Self {
        Self { title: title.to_owned(), min, want, goes }
    }
}

/// A cell: text and its tone.
pub(super) type Cell = (String, Tone);

/// Widths of the columns for so many columns of screen; 0 is not shown.
pub(super) fn fit(columns: &[Column], width: u16) -> Vec<u16> {
    let used = |w: &[u16]| {
        let shown = w.iter().filter(|w| **w > 0).count();
        w.iter().sum::<u16>() + u16::try_from(shown.saturating_sub(1)).unwrap_or(0)
    };
    // Extras are there only where they take nothing from the others but comfort.
    let fair: Vec<u16> = columns.iter().map(|c| (c.min + c.want) / 2).collect();
    let extras = used(&fair) <= width;
    let start = |c: &Column| if c.goes >= EXTRA && !extras { 0 } else { c.min };
    let mut widths: Vec<u16> = columns.iter().map(start).collect();
    while used(&widths) > width {
        let last = (0..columns.len())
            .filter(|i| widths[*i] > 0 && columns[*i].goes > 0)
            .max_by_key(|i| columns[*i].goes);
        let Some(last) = last else { break };
        widths[last] = 0;
    }
    // What is left goes to the column that is furthest from what it wants.
    for _ in used(&widths)..width {
        let lack = |i: &usize| {
            let (has, want) = (u32::from(widths[*i]), u32::from(columns[*i].want));
            (want.saturating_sub(has) * 100).checked_div(want).unwrap_or(0)
        };
        let shown = (0..columns.len()).filter(|i| widths[*i] > 0 && widths[*i] < columns[*i].want);
        let Some(needy) = shown.max_by_key(lack) else { break };
        widths[needy] += 1;
    }
    widths
}

/// Draws heading and rows. `row` is asked for the cells of rows on the screen only.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    columns: &[Column],
    (cursor, len): (Cursor, usize),
    row: impl Fn(usize) -> Vec<Cell>,
) {
    if area.height == 0 {
        return;
    }
    let widths = fit(columns, area.width.saturating_sub(2));
    let dim = canvas.tone(Tone::Dim);
    let heads: Vec<Cell> = columns.iter().map(|c| (c.title.clone(), Tone::Dim)).collect();
    cells(canvas, area.x + 2, area.y, &widths, &heads);
    canvas.paint(Rect { height: 1, ..area }, dim);
    let rows = usize::from(area.height - 1);
    for (y, at) in (area.y + 1..).zip(cursor.window(len, rows)) {
        cells(canvas, area.x + 2, y, &widths, &row(at));
        if at == cursor.at {
            let style = theme::cursor(canvas.look);
            canvas.paint(Rect { y, height: 1, ..area }, style);
            canvas.put(area.x, y, 1, ">", style);
        }
    }
}

fn cells(canvas: &mut Canvas<'_>, mut x: u16, y: u16, widths: &[u16], cells: &[Cell]) {
    for (width, (text, tone)) in widths.iter().zip(cells) {
        if *width > 0 {
            let style = canvas.tone(*tone);
            canvas.put(x, y, *width, text, style);
            x += width + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_important_column_goes_first_and_the_rest_share_the_room() {
        let columns = [Column::new("a", 4, 20, 0), Column::new("b", 4, 6, 1), Column::new("c", 4, 10, 2)];
        assert_eq!(fit(&columns, 10), [5, 4, 0]);
        assert_eq!(fit(&columns, 3), [4, 0, 0]);
        assert_eq!(fit(&columns, 100), [20, 6, 10]);
        assert_eq!(fit(&columns, 20), [9, 4, 5]);
    }
}
