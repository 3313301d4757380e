//! Text pages as data: lines of bits, each with a tone. Drawing gives a tone its colour, glyph or modifier,
//! and makes every bit safe to show; nothing here knows about either.

use unicode_width::UnicodeWidthStr;

use super::layout::Room;

/// What a bit of text means; the theme decides how that looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Tone {
    /// Ordinary text.
    #[default]
    Plain,
    /// Labels and what matters less.
    Dim,
    /// Headings and what matters more.
    Strong,
    /// A key to press.
    Key,
    /// Applied, verified, given.
    Good,
    /// Needs to be looked at.
    Warn,
    /// Refused, lost, needs an operator: the red mark.
    Bad,
    /// A name or a link that can be followed.
    Accent,
}

/// A bit of text with one tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bit {
    /// The text, not yet made safe.
    pub text: String,
    /// What it means.
    pub tone: Tone,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(pub Vec<Bit>);

impl Line {
    /// An empty line.
    pub fn blank() -> Self {
        Self::default()
    }

    /// A line that starts with this bit.
    pub fn of(tone: Tone, text: impl Into<String>) -> Self {
        Self::default().and(tone, text)
    }

    /// An ordinary line.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::of(Tone::Plain, text)
    }

    /// A heading.
    pub fn head(text: impl Into<String>) -> Self {
        Self::of(Tone::Strong, text)
    }

    /// A label in a column of its own, and a value.
    pub fn field(label: &str, tone: Tone, value: impl Into<String>) -> Self {
        Self::of(Tone::Dim, format!("{label:<16} ")).and(tone, value)
    }

    /// With one more bit.
    #[must_use]
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.0.push(Bit { text: text.into(), tone });
        self
    }

    /// Rows it takes when broken between words, roughly: a row is seldom filled to its end.
    pub fn rows(&self, columns: usize) -> usize {
        let width: usize = self.0.iter().map(|bit| bit.text.width()).sum();
        if width <= columns { 1 } else { width.div_ceil(columns.saturating_sub(12).max(1)) }
    }

    /// All its text.
    pub fn text(&self) -> String {
        self.0.iter().map(|bit| bit.text.as_str()).collect()
    }
}

/// A scrollable page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// What is on it.
    pub lines: Vec<Line>,
    /// The first line shown.
    pub top: usize,
}

impl Page {
    /// A page scrolled to its top.
    pub fn new(lines: Vec<Line>) -> Self {
        Self { lines, top: 0 }
    }

    /// Scrolls by so many lines, not further than to have the last line at the bottom.
    pub fn scroll(&mut self, by: isize, room: Room) {
        let mut left = room.rows;
        let fits = |line: &&Line| {
            let rows = line.rows(room.columns);
            let fits = rows <= left;
            left = left.saturating_sub(rows);
            fits
        };
        let shown = self.lines.iter().rev().take_while(fits).count();
        let last = self.lines.len().saturating_sub(shown.max(1));
        self.top = self.top.saturating_add_signed(by).min(last);
    }

    /// New content; the place is kept as far as it goes.
    pub fn replace(&mut self, lines: Vec<Line>) {
        self.lines = lines;
        self.top = self.top.min(self.lines.len().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_a_page_with_long_lines_can_be_reached() {
        let mut page = Page::new(vec![Line::plain("word ".repeat(40)); 10]);
        page.scroll(isize::MAX, Room { rows: 8, columns: 50 });
        assert_eq!(page.top, 9);
        let mut page = Page::new(vec![Line::plain("word"); 10]);
        page.scroll(isize::MAX, Room { rows: 8, columns: 50 });
        assert_eq!(page.top, 2);
        page.scroll(isize::MIN, Room { rows: 8, columns: 50 });
        assert_eq!(page.top, 0);
    }
}
