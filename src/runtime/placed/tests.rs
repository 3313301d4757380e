//! What the wrapped backend writes, and what a terminal that counts character by character shows of it.

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
        self.0.extend(b"hide");
        Ok(())
    }
    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.extend(b"show");
        Ok(())
    }
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(Position::ORIGIN)
    }
    fn set_cursor_position<P: Into<Position>>(&mut self, _: P) -> io::Result<()> {
        self.0.extend(b"move");
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
    let mut backend = Placed::new(Bytes::default(), |_| Ok(()));
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
    let mut backend = Placed::new(Bytes::default(), |_| Ok(()));
    let (empty, name) = (Buffer::empty(Rect::new(0, 0, WIDTH, 1)), row(NAMES[3]));
    backend.draw(empty.diff_iter(&name)).unwrap();
    backend.clear_region(ClearType::All).unwrap();
    backend.inner.0.clear();
    backend.draw(empty.diff_iter(&row("Ana"))).unwrap();
    assert_eq!(moves(std::str::from_utf8(&backend.inner.0).unwrap()), ["1", "21"]);
}

#[test]
fn a_frame_that_changes_nothing_writes_nothing() {
    fn never(_: bool) -> io::Result<()> {
        Err(io::Error::other("no update was to begin"))
    }
    let mut backend = Placed::new(Bytes::default(), never);
    backend.show_cursor().unwrap();
    backend.set_cursor_position((3, 0)).unwrap();
    assert_eq!(std::mem::take(&mut backend.inner.0), b"showmove");
    for _ in 0..2 {
        backend.draw(std::iter::empty()).unwrap();
        backend.show_cursor().unwrap();
        backend.set_cursor_position((3, 0)).unwrap();
        backend.flush().unwrap();
    }
    assert!(backend.inner.0.is_empty());
    backend.hide_cursor().unwrap();
    assert_eq!(backend.inner.0, b"hide");
}

#[test]
fn the_cursor_is_put_again_after_cells_and_shown_again_after_clearing() {
    let mut backend = Placed::new(Bytes::default(), |_| Ok(()));
    backend.show_cursor().unwrap();
    backend.set_cursor_position((3, 0)).unwrap();
    backend.draw([(0, 0, &Cell::new("x"))].into_iter()).unwrap();
    backend.inner.0.clear();
    backend.show_cursor().unwrap();
    backend.set_cursor_position((3, 0)).unwrap();
    assert_eq!(std::mem::take(&mut backend.inner.0), b"move");
    backend.clear_region(ClearType::All).unwrap();
    backend.show_cursor().unwrap();
    assert_eq!(backend.inner.0, b"show");
}
