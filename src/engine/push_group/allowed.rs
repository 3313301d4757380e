//! What an operator saw of a group and approved, and what that lets go.

use std::collections::BTreeSet;

use super::{PlannedGroup, WantedGroup};
use crate::directory::{Change, Directory, GroupRow};
use crate::domain::Push;

/// Which of a group's moves may go now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allowed {
    /// Who may be put in; everybody where it does not say.
    pub joining: Option<BTreeSet<String>>,
    /// Who may be taken out.
    pub leaving: BTreeSet<String>,
}

impl Allowed {
    /// What the group may be made to be: who may not leave stays, and who may not come does not.
    pub fn of(&self, there: &BTreeSet<String>, wanted: &WantedGroup) -> WantedGroup {
        let comes = |id: &&String| self.joining.as_ref().is_none_or(|shown| shown.contains(*id));
        let leaves = |id: &&String| self.leaving.contains(*id) && !wanted.members.contains(*id);
        let stay = there.iter().filter(|id| !leaves(id));
        let members = stay.chain(wanted.members.difference(there).filter(comes)).cloned().collect();
        WantedGroup { members, ..wanted.clone() }
    }
}

/// What a confirmed plan lets leave its groups, to be kept with them: what is left over then goes without being asked
/// again. Somebody who is to be a member after all needs another plan.
pub fn approved(after: &Directory, planned: &[PlannedGroup]) -> Vec<Change> {
    let one = |row: &GroupRow| {
        let push = row.push.as_ref()?;
        let shown = planned.iter().find(|planned| planned.group == row.group.id);
        let shown = shown.into_iter().flat_map(|planned| &planned.leaving);
        let mut leave: BTreeSet<&String> = push.may_leave.iter().chain(shown).collect();
        if !leave.is_empty() && push.ending.is_none() {
            let wanted = row.members_there(after);
            leave.retain(|id| wanted.binary_search(id).is_err());
        }
        let may_leave: Vec<String> = leave.into_iter().cloned().collect();
        // What was changed there was seen with it.
        let waits = push.waits && !planned.iter().any(|planned| planned.group == row.group.id);
        let moved = may_leave != push.may_leave || waits != push.waits;
        moved.then(|| Change::GroupPushed(row.group.id, Push { may_leave, waits, ..push.clone() }))
    };
    after.groups().into_iter().filter_map(one).collect()
}
