//! Whose access a decision ends or gives: kept with the decision's entry in the audit log, so that the time until the
//! app confirms it counts from here, whatever becomes of the operations.

use std::collections::HashMap;

use crate::audit::{Access, AuditEntry};
use crate::directory::{Change, Directory};
use crate::domain::PersonId;
use crate::engine::Preview;
use crate::verbs::concerned;

/// Marks the entries of everybody whose access turns; who has none yet gets one, made from `blank`. They carry the
/// blank's time, which is that of the operations committed with them.
pub(super) fn keep(
    entries: &mut Vec<AuditEntry>,
    preview: &Preview,
    (before, after): (&Directory, &Directory),
    blank: impl Fn() -> AuditEntry,
) {
    let turned = turned(before, after, &preview.decision.changes);
    if turned.is_empty() {
        return;
    }
    let places: HashMap<PersonId, usize> =
        entries.iter().enumerate().filter_map(|(place, entry)| Some((entry.person?, place))).collect();
    for (id, name, access) in turned {
        let told = places.get(&id).and_then(|place| entries.get_mut(*place));
        if let Some(entry) = told {
            entry.access = Some(access);
            entry.time = blank().time;
            continue;
        }
        let detail = match access {
            Access::Ended => "access ended here",
            Access::Given => "access given here",
        };
        entries.push(AuditEntry {
            person: Some(id),
            subject: name,
            detail: detail.to_owned(),
            access: Some(access),
            ..blank()
        });
    }
}

/// Who shall have access after these changes and did not before, and the other way round. Somebody of whom the app
/// never heard is given nothing again.
fn turned(before: &Directory, after: &Directory, changes: &[Change]) -> Vec<(PersonId, String, Access)> {
    let people = concerned(before, changes);
    let turn = |id: PersonId| {
        let was = before.get(id)?;
        let shall = after.get(id).is_some_and(|now| now.shall_have_access());
        let access = match (was.shall_have_access(), shall) {
            (true, false) => Access::Ended,
            (false, true) if was.remote_id().is_some() || was.operation().is_some() => Access::Given,
            _ => return None,
        };
        Some((id, was.user_name().to_owned(), access))
    };
    people.into_iter().filter_map(turn).collect()
}
