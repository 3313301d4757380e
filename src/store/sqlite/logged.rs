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

/// What is logged for a change.
pub(super) fn text_of(change: &Change) -> String {
    match change {
        Change::Link(person, _) => format!("{LINKED}{}", id(person.0)),
        Change::Operation(_, mark) => format!("{OPERATION}{}", id(mark.id.0)),
        other => text(other),
    }
}

/// The change that a text stands for. None for a row that is not there any more: what took it away is logged later.
pub(super) fn change_of(sql: &Sql, connection: ConnectionId, text: &str) -> Result<Option<Change>> {
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
