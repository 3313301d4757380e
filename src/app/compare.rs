//! Compare: what the last look at everybody found. Who shall have no access and still has it, whose accounts are
//! nobody's, what was changed there; each with the way to its end.

use std::collections::HashSet;

use super::keymap::Action;
use super::task::Kind;
use super::{Answer, App, Cursor, Effect, Overlay, Query, QueryId, layout};
use crate::directory::Directory;
use crate::domain::{Flag, PersonId};
use crate::engine::Problem;
use crate::engine::compare::Orphan;
use crate::engine::push_group::{GroupDiffers, differing};
use crate::verbs::{Command, Drifted, Leaver, drifted, leaver};

/// A line of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompareRow {
    /// Shall have no access and has it.
    Leaver(Leaver),
    /// The linked account is not there any more.
    Gone(PersonId),
    /// Nobody here has this account.
    Orphan(Orphan),
    /// An attribute that was changed there.
    Drift(PersonId, Drifted),
    /// A pushed group that was changed there.
    Group(GroupDiffers),
}

impl CompareRow {
    /// Whom of ours it is about.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Leaver(leaver) => Some(leaver.person),
            Self::Gone(person) | Self::Drift(person, _) => Some(*person),
            Self::Orphan(_) | Self::Group(_) => None,
        }
    }

    /// What marks the line while others come and go.
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaver(a), Self::Leaver(b)) => a.person == b.person,
            (Self::Gone(a), Self::Gone(b)) => a == b,
            (Self::Orphan(a), Self::Orphan(b)) => a.account_id == b.account_id,
            (Self::Drift(a, x), Self::Drift(b, y)) => a == b && x.attribute == y.attribute,
            (Self::Group(a), Self::Group(b)) => a.group == b.group,
            _ => false,
        }
    }
}

/// The page.
#[derive(Debug, Clone, Default)]
pub struct Compare {
    /// Leavers, then accounts that are gone, then accounts of nobody, then what was changed there, people before groups.
    pub rows: Vec<CompareRow>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// The question for the accounts of nobody.
    pub waiting: Option<QueryId>,
    orphans: Vec<Orphan>,
}

impl Compare {
    /// How many lines each list has: leavers, accounts of nobody, people with drift.
    pub fn counts(&self) -> (usize, usize, usize) {
        let (mut leavers, mut orphans, mut drift) = (0, 0, HashSet::new());
        for row in &self.rows {
            match row {
                CompareRow::Leaver(_) => leavers += 1,
                CompareRow::Orphan(_) => orphans += 1,
                CompareRow::Drift(person, _) => {
                    drift.insert(*person);
                }
                CompareRow::Gone(_) | CompareRow::Group(_) => {}
            }
        }
        (leavers, orphans, drift.len())
    }

    /// How many linked accounts are gone.
    pub fn gone(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row, CompareRow::Gone(_))).count()
    }

    /// How many pushed groups were changed there.
    pub fn groups(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row, CompareRow::Group(_))).count()
    }

    /// The line under the cursor.
    pub fn current(&self) -> Option<&CompareRow> {
        self.rows.get(self.cursor.at)
    }

    /// Works the lists out again; an account that was linked meanwhile is somebody's.
    pub(super) fn refresh(&mut self, directory: &Directory, rows: usize) {
        let under = self.current().cloned();
        let ids: HashSet<&str> = self.orphans.iter().map(|o| o.account_id.as_str()).collect();
        let (mut linked, mut gone, mut drift) = (HashSet::new(), Vec::new(), Vec::new());
        self.rows.clear();
        for person in directory.people() {
            if let Some(id) = person.remote_id().filter(|id| ids.contains(id)) {
                linked.insert(id.to_owned());
            }
            self.rows.extend(leaver(&person).map(CompareRow::Leaver));
            if person.flags().contains(Flag::AccountGone) {
                gone.push(CompareRow::Gone(person.id()));
            }
            if person.flags().contains(Flag::Drift) {
                let row = |one| CompareRow::Drift(person.id(), one);
                drift.extend(drifted(&person).into_iter().map(row));
            }
        }
        self.rows.extend(gone);
        let nobodys = self.orphans.iter().filter(|o| !linked.contains(&o.account_id));
        self.rows.extend(nobodys.cloned().map(CompareRow::Orphan));
        self.rows.extend(drift);
        self.rows.extend(differing(directory).into_iter().map(CompareRow::Group));
        if let Some(at) = under.and_then(|u| self.rows.iter().position(|row| row.same(&u))) {
            self.cursor.at = at;
        }
        self.cursor.settle(self.rows.len(), rows);
    }

    /// To the first line of the next list.
    fn next_list(&mut self, rows: usize) {
        let kind = std::mem::discriminant::<CompareRow>;
        let Some(here) = self.current().map(kind) else { return };
        let next = self.rows.iter().skip(self.cursor.at).position(|row| kind(row) != here);
        self.cursor.at = next.map_or(0, |by| self.cursor.at + by);
        self.cursor.settle(self.rows.len(), rows);
    }
}

impl App {
    /// The page, where it is on top.
    pub(super) fn compare(&self) -> Option<&Compare> {
        match self.overlays.last() {
            Some(Overlay::Compare(compare)) => Some(compare),
            _ => None,
        }
    }

    /// Opens the page.
    pub(super) fn open_compare(&mut self) {
        let asked = self.ask(Query::Orphans);
        self.overlays
            .push(Overlay::Compare(Box::new(Compare { waiting: Some(asked), ..Compare::default() })));
        self.refresh_pages();
    }

    /// A key on the page that means something else than elsewhere.
    pub(super) fn in_compare(&mut self, action: Action) {
        let rows = layout::import_rows(self.size);
        match action {
            Action::Press => self.fix(),
            Action::NextField => {
                if let Some(Overlay::Compare(compare)) = self.overlays.last_mut() {
                    compare.next_list(rows);
                }
            }
            action => self.perform(action),
        }
    }

    /// The way to the end of the line under the cursor: the dialog or page that is there for it.
    fn fix(&mut self) {
        match self.compare().and_then(Compare::current).cloned() {
            None => self.say("there is nothing to mend here: r compares now"),
            Some(CompareRow::Drift(..) | CompareRow::Gone(_)) => self.perform(Action::Open),
            Some(CompareRow::Orphan(_)) => self.perform(Action::Import),
            Some(CompareRow::Group(group)) => self.look(Command::PushGroup(group.group), Vec::new(), true),
            Some(CompareRow::Leaver(leaver)) => match leaver.fix() {
                None => self.perform(Action::Import),
                Some(command) => self.look(command, Vec::new(), true),
            },
        }
    }

    /// The account of nobody that an import was asked for.
    pub(super) fn orphan_under_cursor(&self) -> Option<String> {
        match self.compare()?.current()? {
            CompareRow::Orphan(orphan) => Some(orphan.account_id.clone()),
            _ => None,
        }
    }

    /// The accounts of nobody are asked for again after a look at everybody.
    pub(super) fn ask_orphans_again(&mut self) {
        let open = |o: &Overlay| matches!(o, Overlay::Compare(_));
        let Some(at) = self.overlays.iter().position(open) else { return };
        let asked = self.ask(Query::Orphans);
        if let Some(Overlay::Compare(compare)) = self.overlays.get_mut(at) {
            compare.waiting = Some(asked);
        }
    }

    /// The accounts of nobody came; whether it was this page that asked.
    pub(super) fn take_orphans(
        &mut self,
        id: QueryId,
        result: Result<Answer, Problem>,
    ) -> Option<Result<Answer, Problem>> {
        let rows = layout::import_rows(self.size);
        let mut waits = self.overlays.iter_mut().filter_map(|overlay| match overlay {
            Overlay::Compare(compare) if compare.waiting == Some(id) => Some(compare),
            _ => None,
        });
        let Some(compare) = waits.next() else { return Some(result) };
        compare.waiting = None;
        match result {
            Ok(Answer::Orphans(orphans)) => {
                compare.orphans = orphans;
                compare.refresh(&self.directory, rows);
            }
            Ok(_) => {}
            Err(problem) => self.complain(format!("{} {}", problem.text, problem.next)),
        }
        None
    }

    /// Compares everybody with the app; somebody waits for it.
    pub(super) fn begin_check(&mut self, label: String, people: Option<Vec<PersonId>>) {
        self.stop_watching();
        let id = self.begin(label, Kind::Check { seen: 0, of: 0 });
        self.out.push(Effect::Check(id, people));
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
pub(super) mod tests;
