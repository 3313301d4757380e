//! A backend for terminals that count columns differently.
//!
//! Combining marks, conjuncts, emoji sequences and other text of more than one character: no two terminals agree on
//! how many columns they take. The terminal crate leaves the cursor to them between neighbouring cells, so that after
//! one different count the rest of the row lands in the wrong column; and it trusts that such text goes away whole when
//! its first column is written over, which leaves its marks behind. Here what follows is placed by a cursor move, and
//! every column that such text may have touched is written again when it comes and when it goes.

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Cell, CellWidth};
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthChar;

/// Draws through `inner`, and knows what is on the screen.
#[derive(Debug)]
pub(super) struct Placed<B> {
    inner: B,
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

impl<B: Backend> Placed<B> {
    pub(super) fn new(inner: B) -> Self {
        Self { inner, rows: Vec::new() }
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

impl<B: Backend> Backend for Placed<B> {
    type Error = B::Error;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Self::Error>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let (places, torn) = self.take(content);
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

    fn append_lines(&mut self, n: u16) -> Result<(), Self::Error> {
        self.inner.append_lines(n)
    }

    fn hide_cursor(&mut self) -> Result<(), Self::Error> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> Result<(), Self::Error> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, Self::Error> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Self::Error> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), Self::Error> {
        self.rows.clear();
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> Result<(), Self::Error> {
        self.rows.clear();
        self.inner.clear_region(region)
    }

    fn size(&self) -> Result<Size, Self::Error> {
        self.inner.size()
    }

    fn window_size(&mut self) -> Result<WindowSize, Self::Error> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> Result<(), Self::Error> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::num::NonZeroU16;

    use super::*;
    use ratatui::backend::CrosstermBackend;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use unicode_segmentation::UnicodeSegmentation;

    const WIDTH: u16 = 30;
    /// Ends where the next column of a table would begin.
    const NAMES: [&str; 7] =
        ["", "Ana Duarte", "阮文 Zoë", "अनिरुद्ध व्यास", "मीरा कुलकर्णी", "กำ ศิริพร ปวีณา", "👩\u{200d}💻 Temitọ́pẹ́"];

    /// Keeps the bytes.
    #[derive(Default)]
    struct Bytes(Vec<u8>);

    impl Backend for Bytes {
        type Error = io::Error;

        fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
        where
            I: Iterator<Item = (u16, u16, &'a Cell)>,
        {
            CrosstermBackend::new(&mut self.0).draw(content)
        }
        fn hide_cursor(&mut self) -> io::Result<()> {
            Ok(())
        }
        fn show_cursor(&mut self) -> io::Result<()> {
            Ok(())
        }
        fn get_cursor_position(&mut self) -> io::Result<Position> {
            Ok(Position::ORIGIN)
        }
        fn set_cursor_position<P: Into<Position>>(&mut self, _: P) -> io::Result<()> {
            Ok(())
        }
        fn clear(&mut self) -> io::Result<()> {
            Ok(())
        }
        fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
            Ok(())
        }
        fn size(&self) -> io::Result<Size> {
            Ok(Size::new(WIDTH, 1))
        }
        fn window_size(&mut self) -> io::Result<WindowSize> {
            Ok(WindowSize { columns_rows: Size::new(WIDTH, 1), pixels: Size::ZERO })
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A row with a name and, behind it, another column.
    fn row(name: &'static str) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, 1));
        let mut x = 0;
        for symbol in name.graphemes(true) {
            buffer[(x, 0)] = Cell::new(symbol);
            x += symbol.cell_width();
        }
        buffer[(20, 0)] = Cell::new("|");
        buffer
    }

    /// The bytes of drawing these rows one over the other.
    fn written(rows: &[&'static str]) -> String {
        let mut backend = Placed::new(Bytes::default());
        let mut before = Buffer::empty(Rect::new(0, 0, WIDTH, 1));
        for name in rows {
            let next = row(name);
            backend.draw(before.diff_iter(&next)).unwrap();
            before = next;
        }
        String::from_utf8(backend.inner.0).unwrap()
    }

    /// What a terminal shows that counts character by character.
    fn shown(bytes: &str) -> String {
        let [rows, columns] = [1, WIDTH].map(|n| NonZeroU16::new(n).unwrap());
        let mut parser = vt100::Parser::new(rows, columns, 0);
        parser.process(bytes.as_bytes());
        assert_eq!(parser.screen().cell(0, 20).map(vt100::Cell::contents), Some("|"), "{bytes:?}");
        parser.screen().contents()
    }

    /// The columns the cursor is moved to, counted from 1.
    fn moves(written: &str) -> Vec<&str> {
        written
            .split('\u{1b}')
            .filter_map(|part| part.strip_prefix("[1;")?.split_once('H').map(|(column, _)| column))
            .collect()
    }

    #[test]
    fn plain_text_is_one_run() {
        for text in ["Ana-Duarte", "Zoë-Müller│Пётр"] {
            let bytes = written(&[text]);
            assert_eq!(moves(&bytes), ["1", "21"], "{bytes:?}");
            assert!(bytes.contains(text), "{bytes:?}");
        }
    }

    #[test]
    fn nothing_follows_unusual_text_without_a_cursor_move() {
        for name in NAMES {
            let bytes = written(&[name]);
            for symbol in name.graphemes(true).filter(|symbol| symbol.chars().count() > 1) {
                let (_, after) = bytes.split_once(symbol).unwrap();
                assert!(after.starts_with('\u{1b}'), "{symbol:?} in {bytes:?}");
            }
        }
        assert_eq!(moves(&written(&["e\u{301}xy"])), ["1", "2", "21"]);
    }

    #[test]
    fn whatever_was_there_before_leaves_nothing_behind() {
        for before in NAMES {
            for after in NAMES {
                let fresh = shown(&written(&[after]));
                assert_eq!(shown(&written(&[before, after])), fresh, "{before:?} then {after:?}");
                assert_eq!(shown(&written(&[after, before, after])), fresh, "{before:?} then {after:?}");
            }
        }
    }

    #[test]
    fn text_that_some_terminals_count_narrower_has_a_blank_under_it() {
        let bytes = written(&["a👩\u{200d}💻b"]);
        assert_eq!(moves(&bytes), ["2", "1", "4", "21"], "{bytes:?}");
    }

    #[test]
    fn after_clearing_nothing_is_thought_to_be_on_the_screen() {
        let mut backend = Placed::new(Bytes::default());
        let (empty, name) = (Buffer::empty(Rect::new(0, 0, WIDTH, 1)), row(NAMES[3]));
        backend.draw(empty.diff_iter(&name)).unwrap();
        backend.clear_region(ClearType::All).unwrap();
        backend.inner.0.clear();
        backend.draw(empty.diff_iter(&row("Ana"))).unwrap();
        assert_eq!(moves(std::str::from_utf8(&backend.inner.0).unwrap()), ["1", "21"]);
    }
}
