//! Select assignments to convert: who has an Individual assignment and is in an assigned group, and what becomes of
//! each one's roles.

use std::collections::{BTreeMap, BTreeSet};

use super::keymap::Action;
use super::layout::Room;
use super::{App, Cursor, Overlay};
use crate::directory::{Directory, PersonView};
use crate::domain::{PersonId, Shift};
use crate::verbs::{Command, Conversion, Convertees, convertible};

/// Rows of the page that are not people: the heading and the words below.
const AROUND: usize = 4;

/// Somebody who can be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvertRow {
    /// Who.
    pub id: PersonId,
    /// What converting would do.
    pub conversion: Conversion,
}

impl ConvertRow {
    /// The worst of what happens to the roles: lowered before raised before other changes; none when all stay.
    pub fn shift(&self, directory: &Directory) -> Option<Shift> {
        let shifts: Vec<Shift> =
            self.conversion.moves.iter().map(|m| m.shift(directory.attributes())).collect();
        let has = |shift| shifts.contains(&shift);
        match (has(Shift::Lowered), has(Shift::Raised), shifts.is_empty()) {
            (true, ..) => Some(Shift::Lowered),
            (false, true, _) => Some(Shift::Raised),
            (false, false, false) => Some(Shift::Other),
            (false, false, true) => None,
        }
    }
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct ConvertList {
    /// Those who can be converted, in user name order.
    pub rows: Vec<ConvertRow>,
    /// Who is selected.
    pub selected: BTreeSet<PersonId>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// Why others cannot, and how many each.
    pub others: BTreeMap<String, usize>,
    /// Whom the operator had selected before it opened: they are counted where they cannot be converted.
    meant: BTreeSet<PersonId>,
}

impl ConvertList {
    /// The list with those selected whom the operator meant.
    pub fn new(directory: &Directory, meant: BTreeSet<PersonId>, room: Room) -> Self {
        let mut list = Self { selected: meant.clone(), meant, ..Self::default() };
        list.refresh(directory, room);
        list
    }

    /// Works it out again; who can no longer be converted is no longer selected.
    pub fn refresh(&mut self, directory: &Directory, room: Room) {
        let under = self.current();
        self.rows.clear();
        self.others.clear();
        let concerned = |p: &PersonView<'_>| p.individual_roles().is_some() || self.meant.contains(&p.id());
        for person in directory.people().filter(concerned) {
            match convertible(directory, &person) {
                Ok(conversion) => self.rows.push(ConvertRow { id: person.id(), conversion }),
                Err(reason) => *self.others.entry(reason).or_default() += 1,
            }
        }
        let ids: BTreeSet<PersonId> = self.rows.iter().map(|row| row.id).collect();
        self.selected.retain(|id| ids.contains(id));
        self.meant.retain(|id| directory.get(*id).is_some_and(|p| p.individual_roles().is_some()));
        if let Some(at) = under.and_then(|id| self.rows.iter().position(|row| row.id == id)) {
            self.cursor.at = at;
        }
        self.cursor.settle(self.rows.len(), rows(room));
    }

    fn current(&self) -> Option<PersonId> {
        self.rows.get(self.cursor.at).map(|row| row.id)
    }

    fn take(&mut self, action: Action, room: Room) {
        match action {
            Action::Select => {
                if let Some(id) = self.current() {
                    if !self.selected.remove(&id) {
                        self.selected.insert(id);
                    }
                    self.cursor.take(Action::Down, self.rows.len(), rows(room));
                }
            }
            Action::SelectAll if self.selected.len() == self.rows.len() => self.selected.clear(),
            Action::SelectAll => self.selected = self.rows.iter().map(|row| row.id).collect(),
            action => drop(self.cursor.take(action, self.rows.len(), rows(room))),
        }
    }
}

fn rows(room: Room) -> usize {
    room.rows.saturating_sub(AROUND)
}

impl App {
    /// Opens the list with the selected people selected in it; on a person's page it converts that person.
    pub(super) fn convert(&mut self) {
        if self.on_person_page() {
            return self.look(Command::Convert(Convertees::Named(self.targets())), Vec::new(), true);
        }
        let list =
            ConvertList::new(&self.directory, self.people.selected.clone(), super::layout::page(self.size));
        self.overlays.push(Overlay::Convert(Box::new(list)));
    }

    /// A key in the list.
    pub(super) fn in_convert(&mut self, action: Action) {
        let room = super::layout::page(self.size);
        let Some(Overlay::Convert(list)) = self.overlays.last_mut() else { return };
        match action {
            Action::Press if list.selected.is_empty() => {
                self.complain("nobody is selected: space selects, * selects all");
            }
            Action::Press => {
                let people = list.selected.iter().copied().collect();
                self.look(Command::Convert(Convertees::Named(people)), Vec::new(), true);
            }
            Action::Help | Action::Back => self.perform(action),
            action => list.take(action, room),
        }
    }
}

#[cfg(test)]
#[path = "convert_tests.rs"]
mod tests;
