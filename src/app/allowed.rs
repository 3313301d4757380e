//! Why an action can not be done just now: said when its key is pressed, in help and in the list of commands.

use super::keymap::Action;
use super::{App, Pane};
use crate::domain::{FailureKind, Flag, Time, TokenSource};
use crate::engine::Sending;

impl App {
    /// The reason, or nothing when it can be done.
    pub fn refusal(&self, action: Action) -> Option<String> {
        let because = |no: bool, why: &str| no.then(|| why.to_owned());
        if self.session.read_only && changes(action) {
            return Some("this console is read-only".to_owned());
        }
        let groups = self.pane == Pane::Groups && self.overlays.is_empty();
        match action {
            Action::Yes => match self.overlays.last() {
                Some(super::Overlay::Confirm(confirm)) => confirm.first(),
                _ => None,
            },
            Action::Rehearse => self.no_rehearsal(),
            // What another process was asked is not known here.
            Action::TestNow => because(
                self.asked_until().is_none() && !matches!(self.sending, Sending::Elsewhere(_)),
                "the app did not ask to wait",
            ),
            Action::Provision => self.no_provision(),
            Action::EditRoles | Action::Assign if self.directory.attributes().is_empty() => {
                Some("there is no role attribute yet: 3 opens the Profile Editor, a adds one".to_owned())
            }
            Action::EditRoles | Action::Unassign | Action::Assign if groups => self.no_group(action),
            Action::Undo | Action::UndoRun if self.pane == Pane::Audit && self.overlays.is_empty() => {
                because(
                    self.operation_here().is_none(),
                    "no operation of ours belongs to this entry, so nothing of it can be undone",
                )
            }
            Action::EditRoles => {
                because(self.assigned_targets().is_empty(), "nobody here has the app: a assigns it")
            }
            Action::Assign => because(
                self.unassigned_targets().is_empty(),
                "already assigned: e edits roles; v shows people without the app",
            ),
            Action::Unassign => because(
                self.individual_targets().is_empty(),
                "nobody here has an Individual assignment; a group's is ended in Groups",
            ),
            Action::Convert if self.on_person_page() => because(
                self.individual_targets().is_empty(),
                "this person has no Individual assignment to convert",
            ),
            Action::ConvertBack => {
                because(self.group_targets().is_empty(), "nobody here has the app through a group")
            }
            Action::DriftPush | Action::DriftAdopt => because(
                self.drifted_targets().is_empty(),
                "nothing was changed in the app here; r compares with it now",
            ),
            Action::Unlink => because(self.gone_targets().is_empty(), "no account here is gone (404)"),
            Action::Recreate => match self.gone_targets().as_slice() {
                [] => Some("no account here is gone (404)".to_owned()),
                [_] => None,
                _ => Some("one person at a time: accounts are never made again in bulk".to_owned()),
            },
            Action::EditPerson => match self.targets().as_slice() {
                [] => Some("nobody is under the cursor".to_owned()),
                [_] => None,
                _ => Some("one person at a time; e edits the roles of many".to_owned()),
            },
            Action::RemovePerson => because(self.targets().is_empty(), "nobody is under the cursor"),
            Action::RemoveGroup => self.no_remove(),
            Action::AddMembers | Action::RemoveMembers if groups => {
                because(self.groups.current().is_none(), "there is no group: n adds one")
            }
            Action::AddMembers => because(
                self.targets().is_empty() || self.directory.groups().is_empty(),
                "there is nobody here, or no group to go into",
            ),
            Action::RemoveMembers => {
                let of = |id: &crate::domain::PersonId| self.directory.get(*id).map(|p| p.groups().len());
                because(self.targets().iter().all(|id| of(id) == Some(0)), "nobody here is in a group")
            }
            Action::Raise | Action::Lower => self.no_group(action),
            Action::PushGroup => because(self.groups.current().is_none(), "there is no group"),
            Action::UnpushGroup | Action::DeletePushed => {
                let group = self.groups.current().and_then(|id| self.directory.group(id));
                because(group.is_none_or(|g| g.push.is_none()), "this group is not pushed: P pushes it")
            }
            Action::Unflag => because(self.noted_targets().is_empty(), "nobody here carries a note"),
            Action::Retry if self.group_task_here().is_some() => None,
            Action::Retry | Action::Drop => {
                because(self.stuck_targets().is_empty(), "no operation here can be moved")
            }
            Action::DropRest => because(
                self.never_sent().is_empty(),
                "all of it was sent: what is in doubt is looked up first",
            ),
            Action::Resend => self.no_resend(),
            Action::Flag | Action::Check | Action::Suspend | Action::Deactivate | Action::Reactivate => {
                because(self.targets().is_empty(), "nobody is under the cursor")
            }
            Action::Trace => because(self.operation_here().is_none(), "no operation of ours belongs to this"),
            Action::UseConnection => because(
                self.switcher().is_none_or(|s| s.current().is_none()),
                "the connections are still being looked at",
            ),
            Action::Edit | Action::Remove => because(self.attribute().is_none(), "there is no attribute"),
            Action::Repair | Action::Replace | Action::Values | Action::Wire => self.profile_refusal(action),
            Action::Unlock => because(
                !matches!(self.directory.connection().token, TokenSource::Encrypted { .. }),
                "the token of this connection is in no encrypted file: T replaces it",
            ),
            Action::Import => self.no_import(),
            Action::Open if self.orphan_under_cursor().is_some() => {
                Some("nobody here has this account: Enter reviews an import".to_owned())
            }
            Action::LastResults => because(self.last.is_none(), "nothing was run in this session"),
            Action::Filter => because(
                matches!(self.pane, Pane::Profile | Pane::Provisioning),
                "there is nothing to filter on this pane",
            ),
            _ => None,
        }
    }

    /// Until when nothing goes because the app asked for that.
    pub(super) fn asked_until(&self) -> Option<Time> {
        match &self.sending {
            Sending::Waiting(until, failure) if failure.kind == FailureKind::SlowDown => Some(*until),
            _ => None,
        }
    }

    fn no_resend(&self) -> Option<String> {
        let feed = self.directory.connection().feed.as_ref();
        if feed.is_none_or(|feed| feed.resend_url.is_none()) {
            let why = "this app has no call that sends an invitation again: send it in the app";
            return Some(why.to_owned());
        }
        let none = self.pending_targets().is_empty();
        none.then(|| "nobody here has an open invitation".to_owned())
    }

    fn no_provision(&self) -> Option<String> {
        let one = self.on_person_page() || !self.people.selected.is_empty();
        if one {
            let none = self.assigned_targets().is_empty();
            return none.then(|| "nobody selected has the app: a assigns it".to_owned());
        }
        let flagged = self.directory.counters().worst(Flag::NotProvisioned);
        (flagged == 0)
            .then(|| "nobody is flagged not provisioned; select people to push them again".to_owned())
    }

    fn no_remove(&self) -> Option<String> {
        match self.groups.current().and_then(|id| self.directory.group(id)) {
            None => Some("there is no group".to_owned()),
            Some(group) => group
                .assignment
                .is_some()
                .then(|| "this group is assigned to the app: D ends that first".to_owned()),
        }
    }

    fn no_group(&self, action: Action) -> Option<String> {
        let Some(group) = self.groups.current().and_then(|id| self.directory.group(id)) else {
            return Some("there is no group: scimdeck import groups FILE brings them in".to_owned());
        };
        match (action, &group.assignment) {
            (Action::Assign, Some(_)) => Some("this group is assigned already: e edits its roles".to_owned()),
            (Action::Raise, Some(a)) if a.priority <= 1 => Some("this group is first already".to_owned()),
            (Action::Lower, Some(a)) if a.priority as usize >= self.directory.assigned_groups().len() => {
                Some("this group is last already".to_owned())
            }
            (Action::Assign, None) | (_, Some(_)) => None,
            (_, None) => Some("this group is not assigned: a assigns it".to_owned()),
        }
    }
}

/// Whether it changes something, here or there, without a plan that could be shown first.
fn changes(action: Action) -> bool {
    matches!(
        action,
        Action::Flag
            | Action::Unflag
            | Action::DriftAdopt
            | Action::Unlink
            | Action::AddPerson
            | Action::NewGroup
            | Action::RemoveGroup
            | Action::Protect
            | Action::Drop
            | Action::Resend
            | Action::Add
            | Action::Edit
            | Action::Remove
            | Action::Repair
            | Action::Settings
            | Action::Token
            | Action::Rehearse
            | Action::TestNow
            | Action::NewConnection
            | Action::GoOn
            | Action::DropRest
            | Action::TakeIn
    )
}
