//! The change log's text. What moves with every operation is logged as where it is kept, not as what it is: whoever
//! follows reads the row as it is by then, and a later change of the same row brings the same again.

use rusqlite::{Connection as Sql, OptionalExtension, Result, params};

use super::codec::{bad, from_text, get_id, get_json_or_null, get_word, id, text};
use super::load::{LINK, get_link};
use crate::directory::{Change, OpMark};
use crate::domain::{ConnectionId, OpId, PersonId};

/// JSON begins with neither of these.
const LINKED: char = 'L';
const OPERATION: char = 'O';
/// Between changes that stand in one row.
const LINE: char = '\n';

/// What is logged for a change.
fn text_of(change: &Change) -> String {
    match change {
        Change::Link(person, _) => format!("{LINKED}{}", id(person.0)),
        Change::Operation(_, mark) => format!("{OPERATION}{}", id(mark.id.0)),
        other => text(other),
    }
}

/// Changes that stand in one row.
const MANY: usize = 128;

/// The changes of a transaction, in rows of many: a row is numbered as its last change.
#[derive(Default)]
pub(super) struct Packed {
    rows: Vec<PackedRow>,
}

/// One of these rows: the lines are JSON or names of rows, which hold no line ends.
pub(super) struct PackedRow {
    pub(super) last: u64,
    pub(super) connection: Option<ConnectionId>,
    pub(super) text: String,
    lines: usize,
}

impl Packed {
    pub(super) fn add(&mut self, seq: u64, connection: Option<ConnectionId>, change: &Change) {
        let text = text_of(change);
        let open = self
            .rows
            .last_mut()
            .filter(|row| row.connection == connection && row.last + 1 == seq && row.lines < MANY);
        let Some(row) = open else {
            return self.rows.push(PackedRow { last: seq, connection, text, lines: 1 });
        };
        row.last = seq;
        row.lines += 1;
        row.text.push(LINE);
        row.text.push_str(&text);
    }

    pub(super) fn take(&mut self) -> Vec<PackedRow> {
        std::mem::take(&mut self.rows)
    }
}

/// The number of the first change of a row.
pub(super) fn first_of(last: u64, text: &str) -> u64 {
    let before = text.bytes().filter(|b| *b == LINE as u8).count();
    last.saturating_sub(before as u64)
}

/// The changes after a number that a row stands for; `last` is the row's.
pub(super) fn changes_of(
    sql: &Sql,
    connection: ConnectionId,
    (last, text): (u64, &str),
    after: u64,
) -> Result<Vec<Change>> {
    let known = (after + 1).saturating_sub(first_of(last, text));
    let lines = text.split(LINE).skip(usize::try_from(known).unwrap_or(usize::MAX));
    lines.filter_map(|line| change_of(sql, connection, line).transpose()).collect()
}

/// The change that a text stands for. None for a row that is not there any more: what took it away is logged later.
fn change_of(sql: &Sql, connection: ConnectionId, text: &str) -> Result<Option<Change>> {
    let number = |rest: &str| rest.parse::<i64>().map_err(|e| bad(0, e));
    if let Some(person) = text.strip_prefix(LINKED) {
        let rows = format!("SELECT {LINK} FROM link WHERE connection_id = ?1 AND person = ?2");
        let found = sql.prepare_cached(&rows)?.query_row(params![connection.0, number(person)?], get_link);
        return found.optional();
    }
    if let Some(operation) = text.strip_prefix(OPERATION) {
        let mut rows =
            sql.prepare_cached("SELECT person, id, kind, state, failure FROM operation WHERE id = ?1")?;
        let found = rows.query_row([number(operation)?], |row| {
            let mark = OpMark {
                id: OpId(get_id(row, 1)?),
                kind: get_word(row, 2)?,
                state: get_word(row, 3)?,
                failure: get_json_or_null(row, 4)?,
            };
            Ok(Change::Operation(PersonId(get_id(row, 0)?), mark))
        });
        return found.optional();
    }
    from_text(text, 0).map(Some)
}
