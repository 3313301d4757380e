//! A backend for terminals that count columns differently.
//!
//! Combining marks, conjuncts, emoji sequences and other text of more than one character: no two terminals agree on
//! how many columns they take. The terminal crate leaves the cursor to them between neighbouring cells, so that after
//! one different count the rest of the row lands in the wrong column; and it trusts that such text goes away whole when
//! its first column is written over, which leaves its marks behind. Here what follows is placed by a cursor move, and
//! every column that such text may have touched is written again when it comes and when it goes.
//!
//! A frame goes out as one update between two marks, and one that changes nothing writes nothing at all.

use std::io;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthChar;

/// Draws through `inner`, and knows what is on the screen.
#[derive(Debug)]
pub(super) struct Placed<B> {
    inner: B,
    /// Tells the terminal that an update begins, or that it is whole.
    mark: fn(bool) -> io::Result<()>,
    /// Whether an update has begun.
    begun: bool,
    /// Whether the cursor shows, and where it was put; none is not known.
    cursor: (Option<bool>, Option<Position>),
    /// The cells of each row, as far as any was drawn.
    rows: Vec<Vec<Cell>>,
}

/// Columns of a row: row, first, and the one after.
type Columns = (u16, u16, u16);

/// One character that is one column wide everywhere.
fn plain(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    symbol.len() == 1 || (symbol.chars().count() == 1 && cell.cell_width() == 1)
}

/// The most columns that a terminal may use for a cell, where terminals may differ.
fn disputed(cell: &Cell) -> Option<u16> {
    let symbol = cell.symbol();
    if symbol.len() == 1 || symbol.chars().count() == 1 {
        return None;
    }
    let apart: usize = symbol.chars().filter_map(UnicodeWidthChar::width).sum();
    let columns = u16::try_from(apart).unwrap_or(u16::MAX).max(cell.cell_width());
    (columns > 1).then_some(columns)
}

impl<B: Backend<Error = io::Error>> Placed<B> {
    pub(super) fn new(inner: B, mark: fn(bool) -> io::Result<()>) -> Self {
        Self { inner, mark, begun: false, cursor: (None, None), rows: Vec::new() }
    }

    fn begin(&mut self) -> io::Result<()> {
        self.cursor.1 = None;
        if !std::mem::replace(&mut self.begun, true) {
            (self.mark)(true)?;
        }
        Ok(())
    }

    /// Forgets what is on the screen.
    fn forget(&mut self) -> io::Result<()> {
        self.rows.clear();
        self.cursor.0 = None;
        self.begin()
    }

    fn show(&mut self, shown: bool) -> io::Result<()> {
        match (self.cursor.0.replace(shown), shown) {
            (Some(before), now) if before == now => Ok(()),
            (_, true) => self.inner.show_cursor(),
            (_, false) => self.inner.hide_cursor(),
        }
    }

    /// Keeps a cell; tells the columns that the text there before may have touched.
    fn keep(&mut self, x: u16, y: u16, cell: Cell) -> Option<Columns> {
        let (column, row) = (usize::from(x), usize::from(y));
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let cells = self.rows.get_mut(row)?;
        if cells.len() <= column {
            cells.resize(column + 1, Cell::EMPTY);
        }
        let old = std::mem::replace(cells.get_mut(column)?, cell);
        disputed(&old).map(|columns| (y, x, x.saturating_add(columns)))
    }

    /// Takes new cells in; gives their places and the columns to be emptied first.
    fn take<'a>(
        &mut self,
        content: impl Iterator<Item = (u16, u16, &'a Cell)>,
    ) -> (Vec<(u16, u16)>, Vec<Columns>) {
        let (mut places, mut torn) = (Vec::new(), Vec::new());
        for (x, y, cell) in content {
            places.push((y, x));
            torn.extend(self.keep(x, y, cell.clone()));
            // Whatever stood where the second half of a wide cell is now, is gone.
            for covered in x + 1..x.saturating_add(cell.cell_width()) {
                torn.extend(self.keep(covered, y, Cell::EMPTY));
            }
            torn.extend(disputed(cell).map(|columns| (y, x, x.saturating_add(columns))));
        }
        for &(y, from, to) in &torn {
            places.extend((from..to).map(|x| (y, x)));
        }
        places.sort_unstable();
        places.dedup();
        (places, torn)
    }
}

/// The cells at these places, without the second halves of wide ones and without what was never drawn.
fn cells<'a>(rows: &'a [Vec<Cell>], places: &[(u16, u16)]) -> Vec<(u16, u16, &'a Cell)> {
    let mut free = (0, 0);
    let mut cells = Vec::with_capacity(places.len());
    for &(y, x) in places {
        let cell = rows.get(usize::from(y)).and_then(|row| row.get(usize::from(x)));
        if let Some(cell) = cell.filter(|_| (y, x) >= free) {
            free = (y, x.saturating_add(cell.cell_width().max(1)));
            cells.push((x, y, cell));
        }
    }
    cells
}

impl<B: Backend<Error = io::Error>> Backend for Placed<B> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let (places, torn) = self.take(content);
        if places.is_empty() {
            return Ok(());
        }
        self.begin()?;
        let edge = if torn.is_empty() { 0 } else { self.inner.size()?.width };
        let cells = cells(&self.rows, &places);
        for (y, from, to) in torn {
            // Where the terminal counts fewer columns than we do, what shows is this blank.
            let mut blank = Cell::EMPTY;
            if let Ok(at) = cells.binary_search_by_key(&(y, from), |(x, y, _)| (*y, *x)) {
                blank.set_style(cells[at].2.style());
            }
            self.inner.draw((from..to.min(edge)).map(|x| (x, y, &blank)))?;
        }
        for run in cells.split_inclusive(|(_, _, cell)| !plain(cell)) {
            self.inner.draw(run.iter().copied())?;
        }
        Ok(())
    }

    fn append_lines(&mut self, n: u16) -> io::Result<()> {
        self.inner.append_lines(n)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.show(false)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.show(true)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let place = position.into();
        if self.cursor.1.replace(place) == Some(place) {
            return Ok(());
        }
        self.inner.set_cursor_position(place)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.forget()?;
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.forget()?;
        self.inner.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()?;
        if std::mem::take(&mut self.begun) {
            (self.mark)(false)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
