//! The header line: which column means what.

use super::split::{Row, Rows};
use crate::verbs::Refusal;

/// The columns of a file in its order; none for one that nobody here knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns(pub(super) Vec<Option<String>>);

/// Reads the header: `required` columns must be there, `known` says which other names mean something. Standard
/// names are read without regard to case; `exact` ones (variable names) are not.
pub(super) fn read(
    rows: &mut Rows<'_>,
    required: &[&str],
    optional: &[&str],
    exact: &[&str],
) -> Result<(Columns, Vec<String>), Refusal> {
    let next = format!("Put a header line with at least {} at the top.", required.join(", "));
    let cells = match rows.next() {
        Some(Row::Good(_, cells)) => cells,
        Some(Row::Bad(_, why)) => {
            return Err(Refusal::bad("bad_header", format!("The header line {why}."), next));
        }
        None => return Err(Refusal::bad("empty_file", "The file is empty.", next)),
    };
    let mut columns = Vec::new();
    let mut ignored = Vec::new();
    let mut seen = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        let Ok(name) = std::str::from_utf8(cell) else {
            return Err(Refusal::bad(
                "not_utf8",
                "The header line is not UTF-8.",
                "Save the file as CSV UTF-8.",
            ));
        };
        let name = name.trim();
        let folded = name.to_lowercase();
        let standard = required.iter().chain(optional).find(|known| **known == folded);
        let known = standard.or_else(|| exact.iter().find(|known| **known == name));
        match known {
            Some(known) if columns.iter().flatten().any(|c| c == known) => {
                return Err(Refusal::bad(
                    "duplicate_column",
                    format!("The header names the column {known} twice."),
                    "Take one of them out.",
                ));
            }
            Some(known) => columns.push(Some((*known).to_owned())),
            None => {
                columns.push(None);
                ignored.push(if name.is_empty() { format!("(column {})", i + 1) } else { shown(name) });
            }
        }
        seen.push(shown(name));
    }
    if let Some(missing) = required.iter().find(|r| !columns.iter().flatten().any(|c| c == *r)) {
        let one = seen.len() == 1 && seen.iter().any(|s| s.contains([';', '|']) || s.contains("\\t"));
        let next = if one { "Separate the columns with commas.".to_owned() } else { next };
        let seen = shorten(seen.join(", "), 300);
        return Err(Refusal::bad(
            "missing_column",
            format!("The header has no column {missing}; it has: {seen}."),
            next,
        ));
    }
    Ok((Columns(columns), ignored))
}

/// A name out of the file as it may be shown: no control characters, not too long.
fn shown(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_control() { out.extend(c.escape_default()) } else { out.push(c) }
    }
    shorten(out, 60)
}

fn shorten(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    let head: String = text.chars().take(most).collect();
    format!("{head}...")
}
