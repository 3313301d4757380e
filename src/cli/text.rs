//! Text for a terminal: remote text made harmless, and tables whose columns stand straight in any script.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::domain::unseen::{hidden, pictographic};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Makes control characters and direction overrides visible: nothing that came from a file or the endpoint can
/// move the cursor, colour the screen or turn the order of letters. Every human output goes through here.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c.is_control() || hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    for c in text.chars() {
        let hides = hides(before, c);
        before = (!hides).then_some(c);
        match u32::from(c) {
            // The control pictures block shows C0 in one cell.
            n @ 0..0x20 => out.push(char::from_u32(0x2400 + n).unwrap_or('?')),
            0x7f => out.push('\u{2421}'),
            n if hides => {
                let _ = write!(out, "<U+{n:04X}>");
            }
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether a character is not shown as it is; `before` is the one before it, if that was shown. A joiner and the
/// selector of pictures belong to the picture before them.
fn hides(before: Option<char>, c: char) -> bool {
    let joins = match c {
        '\u{fe0f}' => before.is_some_and(pictographic),
        '\u{200d}' => before.is_some_and(|b| pictographic(b) || b == '\u{fe0f}'),
        _ => false,
    };
    !joins && (c.is_control() || hidden(c))
}

/// Lines of text, each made harmless.
pub(super) fn lines<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> String {
    let mut out = String::new();
    for line in lines {
        out.push_str(&visible(line.as_ref()));
        out.push('\n');
    }
    out
}

/// Cuts a text to so many columns, the last of them an ellipsis.
fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        if used + grapheme.width() >= columns {
            break;
        }
        used += grapheme.width();
        out.push_str(grapheme);
    }
    out.push('\u{2026}');
    Cow::Owned(out)
}

/// A table with two spaces between columns. With a `width`, the widest columns are cut until it fits.
pub(super) fn table(head: &[&str], rows: &[Vec<String>], width: Option<usize>) -> String {
    let cells: Vec<Vec<Cow<'_, str>>> =
        rows.iter().map(|row| row.iter().map(|cell| visible(cell)).collect()).collect();
    let mut widths: Vec<usize> = head.iter().map(|h| h.width()).collect();
    for row in &cells {
        for (slot, cell) in widths.iter_mut().zip(row) {
            *slot = (*slot).max(cell.width());
        }
    }
    if let Some(width) = width {
        let gaps = widths.len().saturating_sub(1) * 2;
        while widths.iter().sum::<usize>() + gaps > width {
            let Some(widest) = widths.iter_mut().max().filter(|w| **w > 8) else { break };
            *widest -= 1;
        }
    }
    let mut out = String::new();
    let head: Vec<Cow<'_, str>> = head.iter().map(|h| Cow::Borrowed(*h)).collect();
    for row in std::iter::once(&head).chain(&cells) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let cell = cut(cell, *width);
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', (width + 2).saturating_sub(cell.width())));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_hidden_is_left_and_no_text_breaks_a_table(text in any::<String>(), width in 0_usize..60) {
            let joins = |c: &char| matches!(c, '\u{200d}' | '\u{fe0f}');
            prop_assert!(!visible(&text).chars().filter(|c| !joins(c)).any(|c| c.is_control() || hidden(c)));
            let shown = table(&["A", "B"], &[vec![text.clone(), text]], Some(width));
            prop_assert_eq!(shown.lines().count(), 2);
        }
    }

    #[test]
    fn what_would_move_the_cursor_is_made_visible() {
        assert_eq!(visible("a\x1b[2Jb\r\n"), "a\u{241b}[2Jb\u{240d}\u{240a}");
        assert_eq!(visible("x\u{202e}y\u{9b}"), "x<U+202E>y<U+009B>");
        assert_eq!(visible("a\u{fffa}\u{e001}\u{200d}"), "a<U+FFFA><U+E001><U+200D>");
        assert_eq!(visible("👩\u{200d}❤\u{fe0f}\u{200d}💻"), "👩\u{200d}❤\u{fe0f}\u{200d}💻");
        assert!(matches!(visible("محمد 山田 é"), Cow::Borrowed(_)));
    }

    #[test]
    fn columns_stand_straight_with_wide_letters() {
        let rows = vec![vec!["山田".to_owned(), "x".to_owned()], vec!["ab".to_owned(), "y".to_owned()]];
        assert_eq!(table(&["NAME", "B"], &rows, None), "NAME  B\n山田  x\nab    y\n");
    }

    #[test]
    fn a_table_is_cut_to_the_terminal_at_its_widest_column() {
        let rows = vec![vec!["k".to_owned(), "山".repeat(20)]];
        let text = table(&["A", "B"], &rows, Some(20));
        assert!(text.lines().all(|line| line.width() <= 20), "{text}");
        assert!(text.contains('\u{2026}'));
    }
}
