//! Text pages as data: lines of bits, each with a tone. Drawing gives a tone its colour, glyph or modifier,
//! and makes every bit safe to show; nothing here knows about either.

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

    /// Scrolls by so many lines; the last line stays reachable and on the page.
    pub fn scroll(&mut self, by: isize, height: usize) {
        let last = self.lines.len().saturating_sub(height.max(1));
        self.top = self.top.saturating_add_signed(by).min(last);
    }

    /// New content; the place is kept as far as it goes.
    pub fn replace(&mut self, lines: Vec<Line>) {
        self.lines = lines;
        self.top = self.top.min(self.lines.len().saturating_sub(1));
    }
}
