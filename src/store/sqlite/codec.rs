//! Domain values in columns: ids and times as integers, words as text, the rest as JSON.

use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};
use serde::Serialize;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{Deserialize, DeserializeOwned, IntoDeserializer};

use crate::directory::OpMark;
use crate::domain::{OpId, Operation, Person, PersonId, Time};

/// JSON text of a value of ours; they hold nothing that JSON cannot, and a column is NOT NULL and checked when
/// it is read back.
pub(super) fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The one word of an enumeration, as in JSON without the quotes.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    text(value).trim_matches('"').to_owned()
}

/// Ids are at most 62 bits, or come from an id's text and are kept bit for bit.
pub(super) fn id(id: u64) -> i64 {
    id as i64
}

pub(super) fn get_id(row: &Row<'_>, place: usize) -> Result<u64> {
    Ok(row.get::<_, i64>(place)? as u64)
}

pub(super) fn get_time(row: &Row<'_>, place: usize) -> Result<Time> {
    row.get(place).map(Time::from_ms)
}

pub(super) fn bad(place: usize, error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::FromSqlConversionFailure(place, Type::Text, Box::new(error))
}

/// JSON in a column.
pub(super) fn get_json<T: DeserializeOwned>(row: &Row<'_>, place: usize) -> Result<T> {
    from_text(row.get_ref(place)?.as_str().map_err(|e| bad(place, e))?, place)
}

/// JSON that stood in a column.
pub(super) fn from_text<T: DeserializeOwned>(text: &str, place: usize) -> Result<T> {
    serde_json::from_str(text).map_err(|e| bad(place, e))
}

/// JSON in a column that may be null.
pub(super) fn get_json_or_null<T: DeserializeOwned>(row: &Row<'_>, place: usize) -> Result<Option<T>> {
    match row.get_ref(place)?.as_str_or_null().map_err(|e| bad(place, e))? {
        Some(text) => serde_json::from_str(text).map(Some).map_err(|e| bad(place, e)),
        None => Ok(None),
    }
}

/// An enumeration's word in a column.
pub(super) fn get_word<T: for<'de> Deserialize<'de>>(row: &Row<'_>, place: usize) -> Result<T> {
    let text = row.get_ref(place)?.as_str().map_err(|e| bad(place, e))?;
    let from: StrDeserializer<'_, WordError> = text.into_deserializer();
    T::deserialize(from).map_err(|e| bad(place, e))
}

/// The columns of an operation, in the order that [`get_operation`] reads them.
macro_rules! operation_columns {
    () => {
        "id, person, user_name, kind, cause, intent, state, not_before, attempts, failure, created_at, updated_at,
         actor, reason"
    };
}
pub(super) use operation_columns;

/// The same, where a statement is put together.
pub(super) const OPERATION: &str = operation_columns!();

pub(super) fn get_operation(row: &Row<'_>) -> Result<Operation> {
    Ok(Operation {
        id: OpId(get_id(row, 0)?),
        person: PersonId(get_id(row, 1)?),
        user_name: row.get(2)?,
        kind: get_word(row, 3)?,
        cause: row.get(4)?,
        intent: get_json(row, 5)?,
        state: get_word(row, 6)?,
        not_before: row.get::<_, Option<i64>>(7)?.map(Time::from_ms),
        attempts: row.get(8)?,
        failure: get_json_or_null(row, 9)?,
        created_at: get_time(row, 10)?,
        updated_at: get_time(row, 11)?,
        actor: row.get(12)?,
        reason: row.get(13)?,
    })
}

/// Whose operation it is and how it stands.
pub(super) fn get_mark(row: &Row<'_>) -> Result<(PersonId, OpMark)> {
    let mark = OpMark {
        id: OpId(get_id(row, 1)?),
        kind: get_word(row, 2)?,
        state: get_word(row, 3)?,
        failure: get_json_or_null(row, 4)?,
    };
    Ok((PersonId(get_id(row, 0)?), mark))
}

/// The columns of a person for [`get_person`].
pub(super) const PERSON: &str = "id, user_name, given_name, family_name, display_name, email, title,
    department, external_id, status";

pub(super) fn get_person(row: &Row<'_>) -> Result<Person> {
    Ok(Person {
        id: PersonId(get_id(row, 0)?),
        user_name: row.get(1)?,
        given_name: row.get(2)?,
        family_name: row.get(3)?,
        display_name: row.get(4)?,
        email: row.get(5)?,
        title: row.get(6)?,
        department: row.get(7)?,
        external_id: row.get(8)?,
        status: get_word(row, 9)?,
    })
}
