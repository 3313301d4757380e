//! `people`, and a person as lists show them.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::roles_text;
use crate::cli::text::table;
use crate::directory::{AssignmentKind, Directory, PersonView};

/// A person of the list.
pub(super) fn person_json(person: PersonView<'_>) -> Value {
    json!({
        "user_name": person.user_name(),
        "display_name": person.name(),
        "status": person.status(),
        "type": person.kind().key(),
        "roles": person.roles(),
        "account": person.account(),
        "account_id": person.remote_id(),
        "flag": person.flag(),
        "flags": person.flags().iter().collect::<Vec<_>>(),
    })
}

/// A JSON list, a person a line, written as it is made.
pub(in crate::cli) fn write_people_json<'a>(
    out: &mut dyn Write,
    people: impl Iterator<Item = PersonView<'a>>,
) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    let mut between = "[\n";
    for person in people {
        write!(out, "{between}{}", person_json(person))?;
        between = ",\n";
    }
    out.write_all(if between == "[\n" { b"[]\n" } else { b"\n]\n" })?;
    out.flush()
}

/// `Individual`, `through Ops`, or nothing.
pub(super) fn kind_text(directory: &Directory, kind: AssignmentKind) -> String {
    match kind {
        AssignmentKind::None => String::new(),
        AssignmentKind::Individual => "Individual".to_owned(),
        AssignmentKind::Group(id) => {
            format!("through {}", directory.group(id).map_or("a group", |g| &g.group.name))
        }
    }
}

pub(in crate::cli) fn people_text<'a>(
    directory: &Directory,
    people: impl Iterator<Item = PersonView<'a>>,
    width: Option<usize>,
) -> String {
    let rows: Vec<Vec<String>> = people
        .map(|p| {
            vec![
                p.flag().map_or(String::new(), |f| f.words().to_owned()),
                p.user_name().to_owned(),
                p.name(),
                p.status().word().to_owned(),
                kind_text(directory, p.kind()),
                p.account().word().to_owned(),
                roles_text(p.roles()),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "nobody\n".to_owned();
    }
    table(&["FLAG", "USER NAME", "NAME", "STATUS", "ASSIGNED", "ACCOUNT", "ROLES"], &rows, width)
}
