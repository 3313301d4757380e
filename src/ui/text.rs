//! The one sink of text. What comes from an endpoint or a file may try to steer the terminal, to hide, or to look
//! like something else; [`Shown`] is what is left of it, and nothing else can be drawn.
//!
//! Dropping such characters silently would make two different user names look the same, so they are made visible:
//! control characters in caret notation (`^[`), invisible and turning ones by number (`<U+202E>`).

use crate::domain::unseen::{hidden, pictographic};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// More code points than this in one cell are cut: nothing readable needs them, and towers of marks hide text.
const CELL_LIMIT: usize = 8;
/// More characters than this in one text are never on a screen.
const TEXT_LIMIT: usize = 4_096;

/// Text that is safe to draw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Shown(String);

impl Shown {
    /// Makes text safe. Without `unicode`, what is not ASCII becomes the nearest ASCII or a question mark.
    pub(crate) fn new(text: &str, unicode: bool) -> Self {
        let mut out = String::with_capacity(text.len());
        let plain = text.len() <= TEXT_LIMIT && text.bytes().all(|b| (0x20..0x7f).contains(&b));
        if plain {
            out.push_str(text);
            return Self(out);
        }
        for cluster in text.graphemes(true).take(TEXT_LIMIT) {
            if unicode { cell(&mut out, cluster) } else { ascii(&mut out, cluster) }
        }
        Self(out)
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.0.width()
    }

    /// Cut to at most so many columns, the last one saying that something is missing.
    pub(crate) fn cut(&self, columns: usize, unicode: bool) -> Self {
        if self.width() <= columns {
            return self.clone();
        }
        let mut out = String::new();
        let mut left = columns.saturating_sub(1);
        for cluster in self.0.graphemes(true) {
            let width = cluster.width();
            if width > left {
                break;
            }
            left -= width;
            out.push_str(cluster);
        }
        if columns > 0 {
            out.push(if unicode { '…' } else { '~' });
        }
        Self(out)
    }

    /// Without its first columns; a wide character that is cut in two goes whole.
    pub(crate) fn skip(&self, columns: usize) -> Self {
        let mut left = columns;
        let mut rest = self.0.graphemes(true);
        while left > 0 {
            let Some(cluster) = rest.next() else { break };
            left = left.saturating_sub(cluster.width());
        }
        Self(rest.collect())
    }

    /// Its words, each with the blank after it.
    pub(crate) fn words(&self) -> impl Iterator<Item = Self> {
        self.0.split_inclusive(' ').map(|word| Self(word.to_owned()))
    }

    /// Columns it takes without blanks at its end.
    pub(crate) fn ink(&self) -> usize {
        self.0.trim_end().width()
    }
}

fn ascii(out: &mut String, cluster: &str) {
    for c in cluster.chars() {
        match c {
            ' '..='~' => out.push(c),
            '·' | '–' | '—' | '─' => out.push('-'),
            '…' => out.push('~'),
            c if c.is_control() => visible(out, c),
            _ => out.push('?'),
        }
    }
}

fn cell(out: &mut String, cluster: &str) {
    let emoji = cluster.chars().any(pictographic);
    let mut kept = String::new();
    for (n, c) in cluster.chars().enumerate() {
        let joins = emoji && matches!(c, '\u{200d}' | '\u{fe0f}') && n > 0;
        if !joins && (c.is_control() || hidden(c)) {
            visible(&mut kept, c);
        } else if n < CELL_LIMIT {
            kept.push(c);
        }
    }
    // A mark without a letter to stand on would land on its neighbour.
    if kept.width() == 0 {
        for c in kept.chars() {
            visible(out, c);
        }
    } else {
        out.push_str(&kept);
    }
}

/// A character in words that cannot steer anything.
fn visible(out: &mut String, c: char) {
    match u32::from(c) {
        0x7f => out.push_str("^?"),
        n @ 0..0x20 => {
            out.push('^');
            out.extend(char::from_u32(n + 0x40));
        }
        n => out.push_str(&format!("<U+{n:04X}>")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        Shown::new(text, true).0
    }

    #[test]
    fn what_would_steer_the_terminal_or_hide_is_made_visible() {
        assert_eq!(shown("a\u{1b}[2Jb"), "a^[[2Jb");
        assert_eq!(shown("ad\u{200b}min"), "ad<U+200B>min");
        assert_eq!(shown("\u{202e}nimda"), "<U+202E>nimda");
        assert_eq!(shown("x\u{9b}y\u{7f}"), "x<U+009B>y^?");
        assert_eq!(shown("a\r\nb\tc"), "a^M^Jb^Ic");
        assert_eq!(shown("\u{301}"), "<U+0301>");
    }

    #[test]
    fn ordinary_text_of_any_language_stays_as_it_is() {
        for text in ["Zoë Müller", "阮文", "محمد", "e\u{301}", "👩\u{200d}💻", "❤\u{fe0f}"] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn a_tower_of_marks_is_cut() {
        let tower: String = std::iter::once('a').chain(std::iter::repeat_n('\u{301}', 100)).collect();
        assert_eq!(shown(&tower).chars().count(), CELL_LIMIT);
    }

    #[test]
    fn wide_text_is_cut_between_characters_and_says_so() {
        assert_eq!(Shown::new("阮文-Hohenstein", true).cut(4, true).0, "阮…");
        assert_eq!(Shown::new("Hohenstein", false).cut(4, false).0, "Hoh~");
        assert_eq!(Shown::new("ab", true).cut(2, true).0, "ab");
    }

    proptest! {
        #[test]
        fn no_text_leaves_a_control_or_hidden_character_or_breaks_the_width(text in any::<String>()) {
            for unicode in [true, false] {
                let shown = Shown::new(&text, unicode);
                let joins = |c: &char| matches!(c, '\u{200d}' | '\u{fe0f}');
                prop_assert!(shown.0.chars().filter(|c| !joins(c)).all(|c| !c.is_control() && !hidden(c)));
                prop_assert!(shown.cut(7, unicode).width() <= 7);
                let words: String = shown.words().map(|word| word.0).collect();
                prop_assert_eq!(words, shown.0.clone());
            }
        }
    }
}
