//! What an action does.

use super::keymap::{Action, Context};
use super::overlay::{Overlay, PersonPage, Reader, Results};
use super::{
    App, Effect, Field, Page, Palette, Pane, Query, QueryId, attribute_form, connection_form, entry_doc,
    forms, help, people_forms, task_page, token_form,
};
use crate::audit::AuditQuery;
use crate::domain::{OpId, PersonId};
use crate::verbs::Command;

/// Audit entries shown on a person's page.
const RECENT: u32 = 8;

/// Said when somebody leaves while a run is under way.
const LEAVING: &str = "a run is under way: q again leaves, what is not sent stays queued";

impl App {
    /// Does it, or says why it can not be done just now.
    pub(super) fn perform(&mut self, action: Action) {
        if let Some(why) = self.refusal(action) {
            return self.complain(why);
        }
        match action {
            Action::Show(pane) => self.show(pane),
            Action::NextPane => self.turn(1),
            Action::PrevPane => self.turn(Pane::ALL.len() - 1),
            Action::Filter => self.filtering = Some(Field::text("filter", "/", self.filter())),
            Action::Sort => {
                self.people.next_sort();
                self.people.refresh(&self.directory, self.table_rows());
            }
            Action::View => {
                self.people.next_view();
                self.people.cursor.at = 0;
                self.people.refresh(&self.directory, self.table_rows());
            }
            Action::Select | Action::SelectAll if self.on_tasks() => self.select_tasks(action),
            Action::Undo | Action::UndoRun => self.ask_undo(action),
            Action::Select => {
                self.people.toggle();
                self.people.cursor.settle(self.people.order.len(), self.table_rows());
            }
            Action::SelectAll => self.people.toggle_all(),
            Action::Back => self.back(),
            Action::Open => self.open(),
            Action::Trace => self.trace(),
            Action::Members => self.members(),
            Action::Follow => {
                self.feed.follow = !self.feed.follow;
                self.feed.refresh(self.table_rows());
            }
            Action::EditRoles | Action::Assign | Action::Flag => self.open_form(action),
            Action::Convert => self.convert(),
            Action::Compare => self.open_compare(),
            Action::OpenPlan => self.ask_open_plan(),
            Action::AddPerson
            | Action::EditPerson
            | Action::NewGroup
            | Action::AddMembers
            | Action::RemoveMembers => self.open_people_form(action),
            Action::Add => self.push_form(attribute_form::form(None)),
            Action::Edit => {
                let form = self.attribute().map(|a| attribute_form::form(Some(a)));
                form.into_iter().for_each(|form| self.push_form(form));
            }
            Action::Settings => {
                let form = connection_form::form(self.directory.connection());
                self.push_form(form);
            }
            Action::Token => {
                let form = token_form::token(self.directory.connection());
                self.push_form(form);
            }
            Action::Unlock => self.ask_passphrase(false),
            Action::Connections => self.open_switcher(None),
            Action::UseConnection => self.go_over(),
            Action::NewConnection => self.new_connection(),
            Action::Rehearse => self.open_faults(),
            Action::Help => {
                let context = self.context();
                let lines = help::page(self, context);
                self.push_reader("Help", Page::new(lines), None);
            }
            Action::Palette => {
                self.overlays.push(Overlay::Palette(Box::new(Palette::new(self.context()))));
            }
            Action::Copy => self.copy(),
            Action::LastResults => {
                if let Some((title, report)) = self.last.clone() {
                    self.overlays.push(Overlay::Results(Results::new(title, report)));
                }
            }
            Action::Import => self.import(),
            Action::StopTask => self.stop(),
            Action::Redraw => self.redraw = true,
            Action::Quit => self.quit(),
            Action::GoOn | Action::Leave => self.answer_offer(action == Action::GoOn),
            Action::Review => {
                self.answer_offer(false);
                // What lies over the panes would hide the one that was asked for.
                self.overlays.clear();
                self.show(Pane::Tasks);
            }
            Action::DropRest => {
                self.answer_offer(false);
                self.look(Command::Drop(self.never_sent()), Vec::new(), true);
            }
            action if self.verb(action) => {}
            action if self.profile_action(action) => {}
            action => self.move_here(action),
        }
    }

    fn show(&mut self, pane: Pane) {
        self.pane = pane;
        self.filtering = None;
        if pane == Pane::Tasks {
            self.ask_tasks();
        }
    }

    fn turn(&mut self, by: usize) {
        let at = Pane::ALL.iter().position(|p| *p == self.pane).unwrap_or(0);
        self.show(Pane::ALL[(at + by) % Pane::ALL.len()]);
    }

    /// One step back: an overlay, the filter, the selection, a look. Whatever may be sending is stopped by its own
    /// key alone: esc is pressed to get out of things.
    fn back(&mut self) {
        if self.overlays.pop().is_some() {
            return;
        }
        if !self.filter().is_empty() {
            self.set_filter("");
        } else if self.pane == Pane::Assignments && !self.people.selected.is_empty() {
            self.people.selected.clear();
        } else if self.pane == Pane::Tasks && !self.queue.selected.is_empty() {
            self.queue.selected.clear();
        } else if self.tasks.last().is_some_and(|task| task.kind.only_reads()) {
            self.stop();
        }
    }

    /// The person that an action on this place is about.
    pub(super) fn person_here(&self) -> Option<PersonId> {
        match self.overlays.last() {
            Some(Overlay::Person(page)) => Some(page.id),
            Some(Overlay::Results(results)) => results.current().map(|r| r.person),
            Some(Overlay::Compare(compare)) => compare.current().and_then(super::CompareRow::person),
            Some(_) => None,
            None if self.pane == Pane::Assignments => self.people.current(),
            None if self.pane == Pane::Tasks => self.queue.current().map(|op| op.person),
            None => None,
        }
    }

    fn open(&mut self) {
        if self.overlays.is_empty() && self.pane == Pane::Audit {
            let Some(row) = self.feed.current() else { return };
            let lines = entry_doc::page(row, self.directory.attributes());
            return self.push_reader("Audit entry", Page::new(lines), None);
        }
        let Some(id) = self.person_here() else { return };
        let query = AuditQuery { person: Some(id), limit: RECENT, ..AuditQuery::default() };
        let asked = self.ask(Query::Audit(query));
        let page = PersonPage { id, page: Page::default(), audit: None, asked };
        self.overlays.push(Overlay::Person(page));
        self.refresh_pages();
    }

    /// The operation whose requests are asked for here.
    pub(super) fn operation_here(&self) -> Option<OpId> {
        match self.overlays.last() {
            Some(Overlay::Results(results)) => results.current()?.operation.map(|(id, _)| id),
            Some(Overlay::Person(page)) => {
                let live = self.directory.get(page.id).and_then(|p| p.operation()).map(|(id, ..)| id);
                live.or_else(|| page.audit.as_ref()?.iter().rev().find_map(|e| e.operation))
            }
            Some(_) => None,
            None if self.pane == Pane::Audit => self.feed.current()?.entry()?.operation,
            None if self.pane == Pane::Tasks => self.queue.current().map(|op| op.id),
            None => None,
        }
    }

    fn trace(&mut self) {
        if let Some(operation) = self.operation_here() {
            let asked = self.ask(Query::Traces(operation));
            let task = self.queue.current().filter(|_| self.on_tasks());
            let head = task.map(|op| task_page(self, op)).unwrap_or_default();
            let title = if head.is_empty() { format!("Requests of {operation}") } else { "Task".to_owned() };
            self.push_reader(&title, Page::new(head), Some(asked));
        }
    }

    pub(super) fn push_reader(&mut self, title: &str, page: Page, waiting: Option<QueryId>) {
        self.overlays.push(Overlay::Reader(Reader {
            title: title.to_owned(),
            head: page.lines.clone(),
            page,
            waiting,
        }));
    }

    fn members(&mut self) {
        let group = self.groups.current().and_then(|id| self.directory.group(id));
        // The filter takes words apart at spaces, so the first word of the name is what it can look for.
        let word = group.and_then(|g| g.group.name.split_whitespace().next()).map(str::to_lowercase);
        if let Some(word) = word {
            self.people.view = super::View::All;
            self.show(Pane::Assignments);
            self.set_filter(&format!("group:{word}"));
        }
    }

    fn open_form(&mut self, action: Action) {
        let form = match (self.pane, action) {
            (Pane::Groups, _) if self.overlays.is_empty() => {
                self.groups.current().and_then(|id| forms::group(id, &self.directory))
            }
            (_, Action::Assign) => Some(forms::assign(self.unassigned_targets(), &self.directory)),
            (_, Action::Flag) => Some(forms::note(self.targets(), &self.directory)),
            _ => Some(forms::roles(self.assigned_targets(), &self.directory)),
        };
        form.into_iter().for_each(|form| self.push_form(form));
    }

    /// The forms of the directory itself.
    fn open_people_form(&mut self, action: Action) {
        let groups = self.pane == Pane::Groups && self.overlays.is_empty();
        let add = action == Action::AddMembers;
        let form = match action {
            Action::AddPerson => Some(people_forms::person(None)),
            Action::NewGroup => Some(people_forms::new_group()),
            Action::EditPerson => {
                let person = self.targets().first().and_then(|id| self.directory.get(*id));
                person.as_ref().map(|person| people_forms::person(Some(person)))
            }
            _ if groups => {
                self.groups.current().and_then(|id| people_forms::members_of(id, add, &self.directory))
            }
            _ => Some(people_forms::group_for(self.targets(), add, &self.directory)),
        };
        form.into_iter().for_each(|form| self.push_form(form));
    }

    pub(super) fn push_form(&mut self, mut form: super::Form) {
        forms::check(&mut form, &self.directory);
        self.overlays.push(Overlay::Form(Box::new(form)));
    }

    fn copy(&mut self) {
        let text = match (self.overlays.last(), self.pane) {
            (Some(Overlay::Reader(reader)), _) => text_of(&reader.page),
            (Some(Overlay::Results(results)), _) => {
                let line = |r: &crate::engine::RunResult| format!("{}\t{}", r.user_name, r.outcome.word());
                results.report.results.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            (Some(Overlay::Compare(compare)), _)
                if compare.current().is_some_and(|row| row.person().is_none()) =>
            {
                match compare.current() {
                    Some(super::CompareRow::Orphan(orphan)) => orphan.user_name.clone(),
                    Some(super::CompareRow::Group(group)) => group.name.clone(),
                    _ => String::new(),
                }
            }
            (Some(_), _) | (None, Pane::Assignments | Pane::Tasks) => self
                .person_here()
                .and_then(|id| self.directory.get(id))
                .map(|p| p.user_name().to_owned())
                .unwrap_or_default(),
            (None, Pane::Groups) => {
                let group = self.groups.current().and_then(|id| self.directory.group(id));
                group.map(|g| g.group.name.clone()).unwrap_or_default()
            }
            (None, Pane::Profile) => self.attribute().map(|a| a.variable.clone()).unwrap_or_default(),
            (None, Pane::Audit) => {
                self.feed.current().and_then(|row| row.entry()).map(|e| e.subject.clone()).unwrap_or_default()
            }
            (None, Pane::Provisioning) => self.directory.connection().base_url.clone(),
        };
        if text.is_empty() {
            return;
        }
        self.out.push(Effect::Copy(text));
        self.say("copied");
    }

    /// Leaves; while a run is under way only when asked twice.
    fn quit(&mut self) {
        let runs = self.tasks.iter().any(|t| matches!(t.kind, super::Kind::Run { .. }));
        let warned = self.toast.as_ref().is_some_and(|t| t.text == LEAVING);
        if runs && !warned {
            return self.say(LEAVING);
        }
        self.out.push(Effect::Quit);
    }

    /// Stops waiting: a run is asked to hold first; asked twice, it is left to itself.
    fn stop(&mut self) {
        let Some(task) = self.tasks.last_mut() else {
            return self.out.push(Effect::Quit);
        };
        let id = task.id;
        if let super::Kind::Run { stopping, .. } = &mut task.kind
            && !*stopping
        {
            *stopping = true;
            return self.out.push(Effect::StopRun(id));
        }
        let words = task.kind.left();
        self.tasks.pop();
        self.out.push(Effect::Stop(id));
        self.say(words);
    }

    fn answer_offer(&mut self, go_on: bool) {
        self.overlays.pop();
        let label = if go_on { "Going on with the stopped run" } else { "Leaving the stopped run queued" };
        let id = self.begin(label, super::Kind::Resume);
        self.out.push(Effect::Resume(id, go_on));
    }

    /// Whether the person's page is what the verbs are about.
    pub(super) fn on_person_page(&self) -> bool {
        self.context() == Context::Person
    }
}

fn text_of(page: &Page) -> String {
    page.lines.iter().map(|line| line.text()).collect::<Vec<_>>().join("\n")
}
