//! A backend that places whatever follows unusual text itself.
//!
//! Terminals do not agree on how far the cursor moves over combining marks, conjuncts, emoji sequences and other text
//! of more than one character. The terminal crate leaves the cursor to them between neighbouring cells; one different
//! count and the rest of the row lands in the wrong column.

use std::iter;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthStr;

/// Draws through `inner`, one run of cells at a time; each run is placed by a cursor move.
#[derive(Debug)]
pub(super) struct Placed<B> {
    inner: B,
}

impl<B> Placed<B> {
    pub(super) fn new(inner: B) -> Self {
        Self { inner }
    }
}

/// One character that is one column wide everywhere.
fn plain(cell: &Cell) -> bool {
    let symbol = cell.symbol();
    symbol.len() == 1 || (symbol.chars().count() == 1 && symbol.width() == 1)
}

/// A blank as wide as a cell's text, where the terminal may count that text narrower and would leave the old text
/// showing in between. The width of one wide character nobody disputes.
fn blank(cell: &Cell) -> Option<(Cell, u16)> {
    let columns = u16::try_from(cell.symbol().width()).ok()?;
    (columns > 1 && cell.symbol().chars().count() > 1).then(|| {
        let mut blank = Cell::EMPTY;
        blank.set_style(cell.style());
        (blank, columns)
    })
}

impl<B: Backend> Backend for Placed<B> {
    type Error = B::Error;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Self::Error>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut cells = content.peekable();
        while let Some(&(x, y, first)) = cells.peek() {
            if let Some((blank, columns)) = blank(first) {
                self.inner.draw((0..columns).map(|n| (x.saturating_add(n), y, &blank)))?;
            }
            let mut whole = false;
            self.inner.draw(iter::from_fn(|| {
                // A run ends after unusual text, and before text that wants a blank under it.
                if whole {
                    return None;
                }
                let (x, y, cell) = cells.next()?;
                whole = !plain(cell) || cells.peek().is_some_and(|(_, _, next)| blank(next).is_some());
                Some((x, y, cell))
            }))?;
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
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> Result<(), Self::Error> {
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
    use super::*;
    use ratatui::backend::CrosstermBackend;
    use unicode_segmentation::UnicodeSegmentation;

    /// The bytes of one row that holds these cells one after the other.
    fn written(text: &'static str) -> String {
        let mut cells = Vec::new();
        let mut x = 0;
        for symbol in text.graphemes(true) {
            cells.push((x, Cell::new(symbol)));
            x += u16::try_from(symbol.width()).unwrap();
        }
        let mut bytes = Vec::new();
        let mut backend = Placed::new(CrosstermBackend::new(&mut bytes));
        backend.draw(cells.iter().map(|(x, cell)| (*x, 0, cell))).unwrap();
        String::from_utf8(bytes).unwrap()
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
        for text in ["Ana Duarte | Admin", "Zoë Müller │ Пётр"] {
            let bytes = written(text);
            assert_eq!(moves(&bytes), ["1"], "{bytes:?}");
            assert!(bytes.contains(text), "{bytes:?}");
        }
    }

    #[test]
    fn what_follows_a_letter_with_a_mark_is_placed() {
        let bytes = written("e\u{301}xy");
        assert_eq!(moves(&bytes), ["1", "2"], "{bytes:?}");
        assert!(bytes.contains("xy"), "{bytes:?}");
    }

    #[test]
    fn each_cluster_of_devanagari_and_thai_is_placed_where_the_grid_has_it() {
        for text in ["\u{915}\u{94d}\u{937}\u{93f} Rao", "\u{e01}\u{e33}\u{e19}\u{e35}|", "👩\u{200d}💻|"]
        {
            let mut columns = Vec::new();
            let mut x = 1;
            for symbol in text.graphemes(true) {
                columns.push(x.to_string());
                x += symbol.width();
            }
            let bytes = written(text);
            let placed = moves(&bytes);
            let mut after_marks = text.graphemes(true).zip(&columns).skip(1).zip(text.graphemes(true));
            let want = after_marks.all(|((_, column), before)| {
                before.chars().count() == 1 || placed.contains(&column.as_str())
            });
            assert!(want, "{placed:?} of {columns:?}: {bytes:?}");
        }
    }

    #[test]
    fn text_that_some_terminals_count_narrower_has_a_blank_under_it() {
        let bytes = written("a👩\u{200d}💻b");
        assert_eq!(moves(&bytes), ["1", "2", "2", "4"], "{bytes:?}");
        let (blank, text) = (bytes.find("  ").unwrap(), bytes.find("👩\u{200d}💻").unwrap());
        assert!(blank < text, "{bytes:?}");
    }

    #[test]
    fn a_wide_character_is_followed_by_a_placed_cell() {
        assert_eq!(moves(&written("阮x")), ["1", "3"]);
    }
}
