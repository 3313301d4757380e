//! The groups file: one membership a row.

use super::cell::{self, Cell};
use super::people::same_length;
use super::split::{Row, Rows};
use super::{Parsed, header, refuse};
use crate::verbs::{GroupRecord, Refusal};

/// Reads a groups file, `group, user_name`. A membership that is there twice is no error: it says the same.
pub fn groups(bytes: &[u8]) -> Result<Parsed<GroupRecord>, Refusal> {
    let mut rows = Rows::new(bytes);
    let (columns, ignored) = header::read(&mut rows, &["group", "user_name"], &[], &[])?;
    let mut parsed = Parsed { records: Vec::new(), rejected: Vec::new(), ignored };
    for row in rows {
        match row {
            Row::Bad(line, why) => parsed.rejected.push(refuse(line, format!("the row {why}"))),
            Row::Good(line, cells) => match record(line, &cells, &columns.0) {
                Ok(record) => parsed.records.push(record),
                Err(reason) => parsed.rejected.push(refuse(line, reason)),
            },
        }
    }
    Ok(parsed)
}

fn record(line: u64, cells: &csv::ByteRecord, columns: &[Option<String>]) -> Result<GroupRecord, String> {
    same_length(cells.len(), columns.len())?;
    let mut record = GroupRecord { line, group: String::new(), user_name: String::new() };
    for (name, bytes) in columns.iter().zip(cells) {
        let Some(name) = name else { continue };
        let cell = cell::read(bytes).map_err(|why| format!("{name} {why}"))?;
        let Cell::Text(text) = cell else { return Err(format!("{name} is empty")) };
        cell::identifying(text).map_err(|why| format!("{name} {why}"))?;
        let slot = if name == "group" { &mut record.group } else { &mut record.user_name };
        text.clone_into(slot);
    }
    Ok(record)
}
