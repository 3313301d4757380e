//! The people file.

use std::collections::HashMap;

use super::cell::{self, Cell};
use super::split::{Row, Rows};
use super::{Parsed, header, refuse};
use crate::domain::{ProfileAttribute, Status};
use crate::verbs::{PersonRecord, Refusal, Rejected, check_role_value};

const OPTIONAL: [&str; 9] = [
    "given_name",
    "family_name",
    "display_name",
    "email",
    "title",
    "department",
    "external_id",
    "status",
    "assigned",
];

/// Reads a people file: `user_name`, any of the columns named in the module's rules, and profile attributes by
/// variable name. Two rows with the same `user_name` (without regard to case) or the same `external_id` are both
/// refused, each naming the other.
pub fn people(bytes: &[u8], attributes: &[ProfileAttribute]) -> Result<Parsed<PersonRecord>, Refusal> {
    let mut rows = Rows::new(bytes);
    let variables: Vec<&str> = attributes.iter().map(|a| a.variable.as_str()).collect();
    let (columns, ignored) = header::read(&mut rows, &["user_name"], &OPTIONAL, &variables)?;
    let mut parsed = Parsed { records: Vec::new(), rejected: Vec::new(), ignored };
    for row in rows {
        match row {
            Row::Bad(line, why) => parsed.rejected.push(refuse(line, format!("the row {why}"))),
            Row::Good(line, cells) => match record(line, &cells, &columns.0, attributes) {
                Ok(record) => parsed.records.push(record),
                Err(reason) => parsed.rejected.push(refuse(line, reason)),
            },
        }
    }
    refuse_doubles(&mut parsed, "user_name", |r| Some(r.user_name.to_lowercase()));
    refuse_doubles(&mut parsed, "external_id", |r| r.fields.external_id.clone().filter(|id| !id.is_empty()));
    parsed.rejected.sort_by_key(|r| r.line);
    Ok(parsed)
}

fn record(
    line: u64,
    cells: &csv::ByteRecord,
    columns: &[Option<String>],
    attributes: &[ProfileAttribute],
) -> Result<PersonRecord, String> {
    same_length(cells.len(), columns.len())?;
    let mut record = PersonRecord { line, ..Default::default() };
    for (name, bytes) in columns.iter().zip(cells) {
        let Some(name) = name else { continue };
        let cell = cell::read(bytes).map_err(|why| format!("{name} {why}"))?;
        if let (Cell::Text(text), Some(attribute)) = (cell, attributes.iter().find(|a| a.variable == *name)) {
            check_role_value(attribute, text)?;
        }
        take(&mut record, name, cell).map_err(|why| format!("{name} {why}"))?;
    }
    if record.user_name.is_empty() {
        return Err("user_name is empty".to_owned());
    }
    Ok(record)
}

pub(super) fn same_length(cells: usize, columns: usize) -> Result<(), String> {
    if cells == columns {
        return Ok(());
    }
    Err(format!("the row has {cells} cells, the header has {columns}"))
}

fn take(record: &mut PersonRecord, name: &str, cell: Cell<'_>) -> Result<(), String> {
    let text = if let Cell::Text(text) = cell { text } else { "" };
    match name {
        "user_name" if cell == Cell::Clear => return Err("cannot be cleared".to_owned()),
        "user_name" => {
            cell::identifying(text)?;
            if text.contains(char::is_whitespace) {
                return Err("has a space in it".to_owned());
            }
            text.clone_into(&mut record.user_name);
        }
        "given_name" => record.fields.given_name = cell.field(),
        "family_name" => record.fields.family_name = cell.field(),
        "display_name" => record.fields.display_name = cell.field(),
        "title" => record.fields.title = cell.field(),
        "department" => record.fields.department = cell.field(),
        "email" => {
            if !text.is_empty() {
                cell::address(text)?;
            }
            record.fields.email = cell.field();
        }
        "external_id" => {
            cell::identifying(text)?;
            record.fields.external_id = cell.field();
        }
        "status" => record.status = status(cell)?,
        "assigned" => record.assigned = assigned(cell)?,
        variable => {
            if let Some(value) = cell.field() {
                record.roles.insert(variable.to_owned(), value);
            }
        }
    }
    Ok(())
}

fn status(cell: Cell<'_>) -> Result<Option<Status>, String> {
    let Cell::Text(text) = cell else {
        return if cell == Cell::Clear { Err("cannot be cleared".to_owned()) } else { Ok(None) };
    };
    [Status::Active, Status::Suspended, Status::Deactivated]
        .into_iter()
        .find(|s| s.word().eq_ignore_ascii_case(text))
        .map(Some)
        .ok_or_else(|| format!("{text:?} is none of active, suspended, deactivated"))
}

fn assigned(cell: Cell<'_>) -> Result<Option<bool>, String> {
    match cell {
        Cell::Leave => Ok(None),
        Cell::Text(text) if text.eq_ignore_ascii_case("yes") => Ok(Some(true)),
        Cell::Text(text) if text.eq_ignore_ascii_case("no") => Ok(Some(false)),
        Cell::Text(text) => Err(format!("{text:?} is neither yes nor no")),
        Cell::Clear => Err("cannot be cleared; write yes or no".to_owned()),
    }
}

/// Moves rows that share a key from the records to the refused ones: which of them is right nobody can tell.
fn refuse_doubles(
    parsed: &mut Parsed<PersonRecord>,
    column: &str,
    key: impl Fn(&PersonRecord) -> Option<String>,
) {
    let mut lines: HashMap<String, Vec<u64>> = HashMap::new();
    for record in &parsed.records {
        if let Some(key) = key(record) {
            lines.entry(key).or_default().push(record.line);
        }
    }
    lines.retain(|_, lines| lines.len() > 1);
    if lines.is_empty() {
        return;
    }
    let rejected: &mut Vec<Rejected> = &mut parsed.rejected;
    parsed.records.retain(|record| {
        let Some(same) = key(record).and_then(|key| lines.get(&key)) else { return true };
        let others = same.iter().filter(|l| **l != record.line).take(5);
        let others: Vec<_> = others.map(u64::to_string).collect();
        rejected.push(refuse(record.line, format!("the same {column} is on line {}", others.join(", "))));
        false
    });
}
