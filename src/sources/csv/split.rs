//! Where a row begins and ends, on which line it stands, and its cells.
//!
//! The borders are found here, strictly, so that an unclosed quote costs its own line and not the rest of the
//! file; the `csv` crate, which would read on, takes the cells out of one good row at a time.

use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder};

/// The longest row, in bytes.
const LONGEST_ROW: usize = 64 * 1024;

/// One row of the file.
pub(super) enum Row {
    /// Well formed.
    Good(u64, ByteRecord),
    /// Not; with the reason.
    Bad(u64, &'static str),
}

/// Rows of a file, one after the other.
pub(super) struct Rows<'a> {
    rest: &'a [u8],
    line: u64,
    reader: Reader<OneRow<'a>>,
}

/// Hands the reader one row and its line end.
#[derive(Default)]
struct OneRow<'a> {
    row: &'a [u8],
    end: &'static [u8],
}

impl Read for OneRow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.row.read(buffer)?;
        if n > 0 { Ok(n) } else { self.end.read(buffer) }
    }
}

impl<'a> Rows<'a> {
    /// Takes a byte order mark off.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(OneRow::default());
        Self { rest, line: 1, reader }
    }

    /// Passes over `n` bytes and counts the lines in them: `\n`, `\r\n` and a bare `\r` end one.
    fn skip(&mut self, n: usize) {
        let (gone, rest) = self.rest.split_at(n.min(self.rest.len()));
        let ends = |i: usize| gone[i] == b'\n' || gone[i] == b'\r' && gone.get(i + 1) != Some(&b'\n');
        let lines = (0..gone.len()).filter(|i| ends(*i)).count();
        // A pair cut in two is counted with its second half.
        let cut = gone.last() == Some(&b'\r') && rest.first() == Some(&b'\n');
        self.line += lines as u64 - u64::from(cut);
        self.rest = rest;
    }

    fn cells(&mut self, row: &'a [u8]) -> Option<ByteRecord> {
        *self.reader.get_mut() = OneRow { row, end: b"\n" };
        let mut record = ByteRecord::new();
        self.reader.read_byte_record(&mut record).ok()?.then_some(record)
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let empty = self.rest.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.skip(empty);
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        match end_of_row(self.rest) {
            Ok(end) => {
                let row = &self.rest[..end];
                let cells = self.cells(row);
                self.skip(end);
                Some(cells.map_or(Row::Bad(line, "cannot be read as cells"), |cells| Row::Good(line, cells)))
            }
            Err(reason) => {
                self.skip(memchr::memchr2(b'\n', b'\r', self.rest).unwrap_or(self.rest.len()));
                Some(Row::Bad(line, reason))
            }
        }
    }
}

/// Where the row that begins here ends, its line end not included.
fn end_of_row(bytes: &[u8]) -> Result<usize, &'static str> {
    const TOO_LONG: &str = "is longer than 64 KB";
    const OPEN: &str = "has a quote that is opened and not closed";
    const INSIDE: &str =
        "has a quote inside a cell that does not begin with one; double it and quote the whole cell";
    const AFTER: &str = "has text after a closing quote; a quote inside a quoted cell must be doubled";
    let mut at = 0;
    loop {
        let quoted = bytes.get(at) == Some(&b'"');
        if quoted {
            at += 1;
            loop {
                let window = bytes.get(at..bytes.len().min(LONGEST_ROW)).unwrap_or_default();
                match memchr::memchr(b'"', window) {
                    Some(n) if bytes.get(at + n + 1) == Some(&b'"') => at += n + 2,
                    Some(n) => {
                        at += n + 1;
                        break;
                    }
                    None if bytes.len() > LONGEST_ROW => return Err(TOO_LONG_OR_OPEN),
                    None => return Err(OPEN),
                }
            }
        }
        let window = bytes.get(at..).unwrap_or_default();
        let stop = window.iter().take(LONGEST_ROW).position(|b| matches!(b, b',' | b'"' | b'\n' | b'\r'));
        let end = match stop {
            Some(n) => at + n,
            None if window.len() > LONGEST_ROW => return Err(TOO_LONG),
            None => bytes.len(),
        };
        if quoted && end > at {
            return Err(AFTER);
        }
        if end > LONGEST_ROW {
            return Err(TOO_LONG);
        }
        match bytes.get(end) {
            Some(b',') => at = end + 1,
            Some(b'"') => return Err(if quoted { AFTER } else { INSIDE }),
            _ => return Ok(end),
        }
    }
}

const TOO_LONG_OR_OPEN: &str = "is longer than 64 KB, or has a quote that is opened and not closed";
