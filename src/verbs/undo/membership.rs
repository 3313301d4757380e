//! Access and values that came or went with a group go back the same way, where it leads back to exactly what was.

use super::super::{Command, words};
use super::Inverse;
use crate::directory::{AssignmentKind, Change, Directory, PersonView};
use crate::domain::{GroupId, OpKind, Operation};

/// Puts somebody back into the group that gave them the app, or takes them out of the one they were put into. None where
/// the group was not what moved, or gives something else by now: then an operator chooses the way.
pub(super) fn back(directory: &Directory, person: &PersonView<'_>, op: &Operation) -> Option<Inverse> {
    // Who was linked may have had access before any group of ours.
    if op.kind == OpKind::Link {
        return None;
    }
    let ours = op.intent.ours_then()?;
    let (id, name) = (person.id(), person.user_name());
    let left = ours.group.filter(|group| !is_in(directory, *group, person));
    let (group, change) = match (left, person.kind()) {
        (Some(group), _) => (group, Change::Member(group, id)),
        // A group that was assigned gives the app to its members too, which is not taken back one by one.
        (None, AssignmentKind::Group(group)) if op.cause == added() && Some(group) != ours.group => {
            (group, Change::MemberDropped(group, id))
        }
        _ => return None,
    };
    let joins = matches!(change, Change::Member(..));
    let changes = vec![change];
    let mut after = directory.clone();
    after.apply_all(&changes);
    let then = after.get(id)?;
    let same_values = op.intent.before.as_ref().is_none_or(|before| before.roles == *then.roles());
    if then.ours() != *ours || (then.shall_have_access() && !same_values) {
        return None;
    }
    let group = &directory.group(group)?.group.name;
    let way = if joins { format!("is put back into {group}") } else { format!("leaves {group} again") };
    let what = match (then.shall_have_access(), person.shall_have_access()) {
        (true, _) => words::roles(then.roles()),
        (false, true) => "access ends, the account stays there".to_owned(),
        (false, false) => "nothing changes there".to_owned(),
    };
    Some(Inverse { changes, said: format!("{name} {way}: {what}.") })
}

fn is_in(directory: &Directory, group: GroupId, person: &PersonView<'_>) -> bool {
    directory.group(group).is_none_or(|row| row.members.contains(&person.id()))
}

/// The cause of what came with a group.
pub(super) fn added() -> &'static str {
    Command::MemberAdd(GroupId(0), Vec::new()).cause()
}

/// The cause of what went with one.
pub(super) fn removed() -> &'static str {
    Command::MemberRemove(GroupId(0), Vec::new()).cause()
}
