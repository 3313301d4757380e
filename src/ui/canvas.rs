//! The only place that writes into the buffer, and it writes nothing but [`Shown`] text.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::text::Shown;
use super::theme;
use crate::app::{Line, Tone};
use crate::config::Look;

/// A buffer, and what may be drawn into it.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// Which colours and characters.
    pub(super) look: Look,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(buffer: &'a mut Buffer, look: Look) -> Self {
        Self { buffer, look }
    }

    /// Text made safe for this screen.
    pub(super) fn show(&self, text: &str) -> Shown {
        Shown::new(text, self.look.unicode)
    }

    /// The style of a tone.
    pub(super) fn tone(&self, tone: Tone) -> Style {
        theme::tone(self.look, tone)
    }

    /// Writes text into so many columns, cut where it is longer; answers how many it took.
    pub(super) fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let shown = self.show(text).cut(usize::from(columns), self.look.unicode);
        self.write(x, y, columns, &shown, style)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the sink: what comes here is Shown")]
    fn write(&mut self, x: u16, y: u16, columns: u16, shown: &Shown, style: Style) -> u16 {
        if !self.buffer.area.contains(Position { x, y }) {
            return 0;
        }
        let columns = columns.min(self.buffer.area.right() - x);
        let (end, _) = self.buffer.set_stringn(x, y, shown.as_str(), usize::from(columns), style);
        end - x
    }

    /// Writes a line of bits on one row; answers how many columns it took.
    pub(super) fn line(&mut self, x: u16, y: u16, columns: u16, line: &Line) -> u16 {
        let mut used = 0;
        for bit in &line.0 {
            let style = self.tone(bit.tone);
            used += self.put(x + used, y, columns - used, &bit.text, style);
            if used >= columns {
                break;
            }
        }
        used
    }

    /// Writes lines from `y` on into so many rows; long ones go on below, indented. Answers the rows used.
    pub(super) fn lines(&mut self, area: Rect, lines: &[Line]) -> u16 {
        let mut y = area.y;
        for line in lines {
            if y >= area.bottom() {
                break;
            }
            y = self.wrapped(area, y, line);
        }
        y - area.y
    }

    /// Writes a line word by word; answers the row after it.
    fn wrapped(&mut self, area: Rect, mut y: u16, line: &Line) -> u16 {
        let start = area.x + 4.min(area.width / 4);
        let mut x = area.x;
        for bit in &line.0 {
            let style = self.tone(bit.tone);
            for mut word in self.show(&bit.text).words() {
                if usize::from(x) + word.ink() > usize::from(area.right()) && x > start {
                    (x, y) = (start, y + 1);
                }
                // A word longer than a row goes on in the next ones.
                while word.ink() > 0 || (word.width() > 0 && x < area.right()) {
                    if y >= area.bottom() {
                        return y;
                    }
                    let used = self.write(x, y, area.right() - x, &word, style);
                    x += used;
                    word = word.skip(usize::from(used));
                    if word.ink() == 0 {
                        break;
                    }
                    (x, y) = (start, y + 1);
                }
            }
        }
        y + 1
    }

    /// Gives an area a style, its text kept.
    pub(super) fn paint(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area, style);
    }

    /// Empties an area.
    pub(super) fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.rows() {
            for place in y.positions() {
                self.buffer[place].reset();
            }
        }
    }

    /// A border with a title and, at its lower edge, a word on the right; answers the room inside.
    pub(super) fn frame(&mut self, area: Rect, title: &str, foot: &str, urgent: bool) -> Rect {
        if area.width < 4 || area.height < 2 {
            return Rect { width: 0, height: 0, ..area };
        }
        let style = theme::border(self.look, urgent);
        let [tl, tr, bl, br, h, v] = if self.look.unicode {
            ["╭", "╮", "╰", "╯", "─", "│"]
        } else {
            ["+", "+", "+", "+", "-", "|"]
        };
        let bar = h.repeat(usize::from(area.width - 2));
        let (left, right, bottom) = (area.x, area.right() - 1, area.bottom() - 1);
        for (y, ends) in [(area.y, [tl, tr]), (bottom, [bl, br])] {
            self.glyph(left, y, ends[0], style);
            self.glyph(left + 1, y, &bar, style);
            self.glyph(right, y, ends[1], style);
        }
        for y in area.y + 1..bottom {
            self.glyph(left, y, v, style);
            self.glyph(right, y, v, style);
        }
        let strong = self.tone(Tone::Strong);
        self.put(left + 2, area.y, area.width - 4, &format!(" {title} "), strong);
        if !foot.is_empty() {
            let foot = format!(" {foot} ");
            let width = u16::try_from(self.show(&foot).width()).unwrap_or(u16::MAX).min(area.width - 4);
            let dim = self.tone(Tone::Dim);
            self.put(right - 1 - width, bottom, width, &foot, dim);
        }
        Rect { x: left + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
    }

    /// Our own glyphs, which are no one's text.
    #[expect(clippy::disallowed_methods, reason = "borders are ours")]
    fn glyph(&mut self, x: u16, y: u16, glyph: &str, style: Style) {
        self.buffer.set_stringn(x, y, glyph, usize::MAX, style);
    }
}
