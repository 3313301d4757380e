//! A cursor over rows, and the window of them that is on the screen.

use super::Action;

/// Where the cursor is, and what the first row on the screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// The row under the cursor.
    pub at: usize,
    /// The first row shown.
    pub top: usize,
}

impl Cursor {
    /// Takes a move; answers whether the action was one. `rows` is how many fit on the screen.
    pub fn take(&mut self, action: Action, len: usize, rows: usize) -> bool {
        let rows = rows.max(1);
        let half = isize::try_from(rows / 2).unwrap_or(1).max(1);
        let page = isize::try_from(rows.saturating_sub(1)).unwrap_or(1).max(1);
        match action {
            Action::Up => self.step(-1),
            Action::Down => self.step(1),
            Action::HalfUp => self.step(-half),
            Action::HalfDown => self.step(half),
            Action::PageUp => self.step(-page),
            Action::PageDown => self.step(page),
            Action::Top => self.at = 0,
            Action::Bottom => self.at = len,
            _ => return false,
        }
        self.settle(len, rows);
        true
    }

    fn step(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by);
    }

    /// Keeps the cursor on a row and its row on the screen.
    pub fn settle(&mut self, len: usize, rows: usize) {
        let rows = rows.max(1);
        self.at = self.at.min(len.saturating_sub(1));
        self.top = self.top.min(len.saturating_sub(rows));
        if self.at < self.top {
            self.top = self.at;
        } else if self.at >= self.top + rows {
            self.top = self.at + 1 - rows;
        }
    }

    /// The rows to draw where `rows` fit, without changing anything: drawing may be given less room than thought.
    pub fn window(&self, len: usize, rows: usize) -> std::ops::Range<usize> {
        let mut seen = *self;
        seen.settle(len, rows);
        seen.top..len.min(seen.top + rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_on_a_row_and_its_row_on_the_screen() {
        let mut cursor = Cursor::default();
        cursor.take(Action::Bottom, 100, 10);
        assert_eq!((cursor.at, cursor.top), (99, 90));
        cursor.take(Action::PageUp, 100, 10);
        assert_eq!((cursor.at, cursor.top), (90, 90));
        cursor.take(Action::Up, 100, 10);
        assert_eq!((cursor.at, cursor.top), (89, 89));
        cursor.settle(5, 10);
        assert_eq!((cursor.at, cursor.top), (4, 0));
    }

    #[test]
    fn an_empty_list_has_no_rows_to_draw() {
        let mut cursor = Cursor::default();
        assert!(cursor.take(Action::Down, 0, 10));
        assert_eq!(cursor.window(0, 10), 0..0);
    }
}
