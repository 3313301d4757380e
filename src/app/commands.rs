//! The verbs: an action and the people or thing it is about become a command, which is looked at first.

use super::keymap::Action;
use super::task::Kind;
use super::{App, Effect, Form, Pane, Purpose, forms};
use crate::directory::PersonView;
use crate::domain::{AccountState, Flag, GroupId, PersonId, ProfileAttribute, Status, Unlinked};
use crate::engine::{Approval, Preview, Problem, Progress};
use crate::verbs::{Command, Who};

impl App {
    /// Whom a verb is about: the person of the page, the selected, or the one under the cursor.
    pub(super) fn targets(&self) -> Vec<PersonId> {
        if self.on_person_page() || self.compare().is_some() {
            return self.person_here().into_iter().collect();
        }
        if self.pane == Pane::Tasks {
            return self.queue.targets();
        }
        self.people.targets()
    }

    fn targets_that(&self, fits: impl Fn(&crate::directory::PersonView<'_>) -> bool) -> Vec<PersonId> {
        let fits = |id: &PersonId| self.directory.get(*id).is_some_and(|p| fits(&p));
        self.targets().into_iter().filter(fits).collect()
    }

    pub(super) fn assigned_targets(&self) -> Vec<PersonId> {
        self.targets_that(|p| p.assigned())
    }

    pub(super) fn unassigned_targets(&self) -> Vec<PersonId> {
        self.targets_that(|p| !p.assigned())
    }

    pub(super) fn individual_targets(&self) -> Vec<PersonId> {
        self.targets_that(|p| p.individual_roles().is_some())
    }

    pub(super) fn noted_targets(&self) -> Vec<PersonId> {
        self.targets_that(|p| p.flags().contains(Flag::Noted))
    }

    pub(super) fn stuck_targets(&self) -> Vec<PersonId> {
        self.targets_that(|p| p.operation().is_some_and(|(_, _, state)| !state.sent()))
    }

    /// Everybody of whom something is queued that was never sent.
    pub(super) fn never_sent(&self) -> Vec<PersonId> {
        let waits = |p: &PersonView<'_>| p.operation().is_some_and(|(.., state)| !state.sent());
        self.directory.people().filter(waits).map(|p| p.id()).collect()
    }

    pub(super) fn group_targets(&self) -> Vec<PersonId> {
        self.targets_that(|p| matches!(p.kind(), crate::directory::AssignmentKind::Group(_)))
    }

    pub(super) fn drifted_targets(&self) -> Vec<PersonId> {
        self.targets_that(|p| p.flags().contains(Flag::Drift))
    }

    pub(super) fn gone_targets(&self) -> Vec<PersonId> {
        self.targets_that(|p| p.remote_id().is_some() && p.account() == AccountState::Gone)
    }

    /// The attribute under the cursor.
    pub(super) fn attribute(&self) -> Option<&ProfileAttribute> {
        self.directory.attributes().get(self.profile.at)
    }

    /// Whom Provision User is about: with nothing selected, all that are not provisioned, as in Okta.
    pub(super) fn provision_who(&self) -> Who {
        if self.on_person_page() || !self.people.selected.is_empty() {
            Who::Named(self.targets())
        } else {
            Who::NotProvisioned
        }
    }

    /// Does it if it is a verb.
    pub(super) fn verb(&mut self, action: Action) -> bool {
        let groups = self.pane == Pane::Groups && self.overlays.is_empty();
        let status = |people, status| Command::SetStatus { people, status };
        // The second value: whether the plan is always shown before it runs.
        let (command, ask) = match action {
            Action::Provision => (Command::Provision(self.provision_who()), true),
            Action::Unassign if groups => {
                let Some(id) = self.groups.current() else { return true };
                (Command::UnassignGroup(id), true)
            }
            Action::PushGroup | Action::UnpushGroup | Action::DeletePushed => {
                let Some(id) = self.groups.current() else { return true };
                (push_command(action, id), true)
            }
            Action::Unassign => (Command::Unassign(self.individual_targets()), true),
            Action::ConvertBack => (Command::ConvertBack(self.group_targets()), true),
            Action::DriftPush => (Command::DriftPush(self.drifted_targets()), true),
            Action::DriftAdopt => (Command::DriftAdopt(self.drifted_targets()), true),
            Action::Unlink => (Command::Unlink(self.gone_targets()), true),
            Action::Recreate => {
                let Some(one) = self.gone_targets().first().copied() else { return true };
                (Command::Recreate(one), true)
            }
            Action::RemovePerson => (Command::PersonRemove(self.targets()), true),
            Action::RemoveGroup => {
                let Some(id) = self.groups.current() else { return true };
                (Command::GroupRemove(id), true)
            }
            Action::Unflag => (Command::Unflag(self.noted_targets()), false),
            Action::Suspend => (status(self.targets(), Status::Suspended), true),
            Action::Deactivate => (status(self.targets(), Status::Deactivated), true),
            Action::Reactivate => (status(self.targets(), Status::Active), true),
            Action::Protect => (self.protect(), false),
            Action::Retry => match self.group_task_here() {
                Some(group) => (Command::PushGroup(group), true),
                None => (Command::Retry(self.stuck_targets()), false),
            },
            Action::Drop => (Command::Drop(self.stuck_targets()), true),
            Action::Send => (Command::Apply, true),
            Action::EnableScim if self.directory.connection().enabled => (Command::Disable, true),
            Action::EnableScim => (Command::Enable, true),
            Action::Remove => {
                let Some(attribute) = self.attribute() else { return true };
                (Command::AttributeRemove(attribute.variable.clone()), true)
            }
            Action::Raise | Action::Lower => {
                let Some(command) = self.other_priority(action == Action::Raise) else { return true };
                (command, false)
            }
            Action::Check | Action::CheckAll => {
                self.check(action == Action::CheckAll);
                return true;
            }
            Action::Resend => {
                let people = self.pending_targets();
                let id = self.begin("Send the invitation again", Kind::Resend);
                self.out.push(Effect::Resend(id, people));
                return true;
            }
            Action::DeepTest => {
                let id = self.begin("Deep test: reading the endpoint", Kind::Deep);
                self.out.push(Effect::DeepTest(id));
                return true;
            }
            Action::TestNow => {
                let id = self.begin("Asking the app now", Kind::AskNow);
                self.out.push(Effect::TestNow(id));
                return true;
            }
            Action::Test => {
                let id = self.begin("Test Connector Configuration", Kind::Test);
                self.out.push(Effect::Test(id));
                return true;
            }
            _ => return false,
        };
        self.look(command, Vec::new(), ask);
        true
    }

    fn protect(&self) -> Command {
        let people = self.targets();
        let protected = &self.directory.connection().protected;
        if people.iter().all(|id| protected.contains(id)) {
            Command::Unprotect(people)
        } else {
            Command::Protect(people)
        }
    }

    fn other_priority(&self, up: bool) -> Option<Command> {
        let id = self.groups.current()?;
        let priority = self.directory.group(id)?.assignment.as_ref()?.priority;
        let to = if up { priority.checked_sub(1)? } else { priority + 1 };
        (to > 0).then_some(Command::Priority(id, to))
    }

    fn check(&mut self, all: bool) {
        let people = (!all).then(|| self.targets());
        let label = match people.as_deref() {
            None => "Check everybody".to_owned(),
            Some([one]) => {
                format!("Check {}", self.directory.get(*one).map(|p| p.name()).unwrap_or_default())
            }
            Some(many) => format!("Check {} people", many.len()),
        };
        self.begin_check(label, people);
    }

    /// Looks at a command: what it would change here and send there.
    pub(super) fn look(&mut self, command: Command, typed: Vec<String>, ask: bool) {
        let label = title(&command);
        let command = Box::new(command);
        let id = self.begin(label, Kind::Look { command: command.clone(), typed: typed.clone(), ask });
        self.out.push(Effect::Preview(id, command, typed));
    }

    /// Commits and sends what was looked at.
    pub(super) fn run(&mut self, label: String, preview: Box<Preview>, approval: Approval) {
        let label = self.taken_in(label, &preview);
        let total = u32::try_from(preview.plan.operations.len()).unwrap_or(u32::MAX);
        let progress = Progress { total, ..Progress::default() };
        if matches!(preview.command, Command::Provision(_)) {
            self.people.selected.clear();
        }
        // Kept until it is used: whoever is refused does not type it again.
        self.reason.clone_from(&approval.reason);
        self.stop_watching();
        let done = preview.decision.done.clone();
        let id = self.begin(label, Kind::Run { progress, stopping: false });
        self.done_words.extend(done.map(|words| (id, words)));
        self.out.push(Effect::Run(id, preview, approval));
    }

    /// A form was saved.
    pub(super) fn save(&mut self, form: &Form) {
        if self.save_token(form) || self.save_fault(form) || self.save_plan_form(form) {
            return;
        }
        let Some(command) = forms::command(form, &self.directory) else {
            return self.say("nothing was changed");
        };
        match &form.purpose {
            Purpose::TypeName { typed, .. } => {
                let mut typed = typed.clone();
                typed.extend(form.value("name"));
                return self.look(command, typed, true);
            }
            Purpose::Assign(people) => {
                let ask = people.len() > 1;
                self.look(command, Vec::new(), ask);
            }
            _ => self.look(command, Vec::new(), false),
        }
        self.draft = self.tasks.last().map(|task| (task.id, Box::new(form.clone())));
    }

    /// Opens the form that allows the removal of a protected person.
    pub(super) fn ask_name(&mut self, command: Command, typed: Vec<String>, problem: Problem) {
        self.push_form(forms::type_name(command, typed, problem.to_type, &problem.text));
    }
}

fn push_command(action: Action, id: GroupId) -> Command {
    match action {
        Action::UnpushGroup => Command::UnpushGroup(id, Unlinked::Left),
        Action::DeletePushed => Command::UnpushGroup(id, Unlinked::Deleted),
        _ => Command::PushGroup(id),
    }
}

/// A command's name on the dialog and in the task line.
pub(super) fn title(command: &Command) -> String {
    match command {
        Command::Provision(_) => "Provision User".to_owned(),
        Command::Assign { .. } => "Assign".to_owned(),
        Command::AssignGroup { .. } => "Assign group".to_owned(),
        Command::Unassign(_) => "Remove app access".to_owned(),
        Command::UnassignGroup(_) => "End group assignment".to_owned(),
        Command::Convert(_) => "Convert assignments".to_owned(),
        Command::ConvertBack(_) => "Convert to Individual".to_owned(),
        Command::DriftPush(_) => "Push over drift".to_owned(),
        Command::DriftAdopt(_) => "Adopt drift".to_owned(),
        Command::Unlink(_) => "Unlink".to_owned(),
        Command::Recreate(_) => "Search or create again".to_owned(),
        Command::Undo(_) => "Undo".to_owned(),
        Command::ConnectionSet(_) => "Connection settings".to_owned(),
        Command::PushGroup(_) => "Push group".to_owned(),
        Command::UnpushGroup(..) => "End group push".to_owned(),
        Command::MemberReplace { .. } => "Replace value".to_owned(),
        Command::Role { .. } => "Edit roles".to_owned(),
        Command::GroupRole { .. } => "Edit group roles".to_owned(),
        Command::SetStatus { status: Status::Suspended, .. } => "Suspend".to_owned(),
        Command::SetStatus { status: Status::Active, .. } => "Reactivate".to_owned(),
        Command::SetStatus { .. } => "Deactivate".to_owned(),
        Command::AttributeAdd(_) => "Add attribute".to_owned(),
        Command::AttributeSet { .. } => "Edit attribute".to_owned(),
        Command::AttributeRemove(_) => "Remove attribute".to_owned(),
        Command::AttributeRepair { .. } => "Repair attributes".to_owned(),
        Command::Priority(..) => "Group priority".to_owned(),
        Command::Flag { .. } => "Flag".to_owned(),
        Command::Unflag(_) => "Unflag".to_owned(),
        Command::Protect(_) => "Protect".to_owned(),
        Command::Unprotect(_) => "Protect no longer".to_owned(),
        Command::Enable => "Enable SCIM provisioning".to_owned(),
        Command::Disable => "Disable SCIM provisioning".to_owned(),
        Command::ImportAccounts(_) => "Import from the app".to_owned(),
        Command::Apply => "Send what is unsent".to_owned(),
        Command::Retry(_) => "Retry".to_owned(),
        Command::Drop(_) => "Drop".to_owned(),
        other => other.cause().to_owned(),
    }
}
