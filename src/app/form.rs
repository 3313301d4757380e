//! A form: fields, the one with the focus, what is wrong, and what saving it means.

use super::Key;
use super::doc::Line;
use super::field::Field;
use super::keymap::{self, Action, Context};
use crate::domain::{Connection, GroupId, PersonId};
use crate::verbs::Command;

/// What saving a form means.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    /// New role values of people.
    Roles(Vec<PersonId>),
    /// Assign the app to people.
    Assign(Vec<PersonId>),
    /// Assign the app to a group.
    AssignGroup(GroupId),
    /// New role values of a group's assignment.
    GroupRoles(GroupId),
    /// Put people on the list with a note.
    Note(Vec<PersonId>),
    /// A new attribute, or new fields of the one with this variable name.
    Attribute(Option<String>),
    /// New settings of the connection as it was when the form was opened.
    Connection(Box<Connection>),
    /// A new token.
    Token,
    /// The passphrase of the connection's token file.
    Unlock,
    /// A new connection; these names are taken.
    Connect(Vec<String>),
    /// Replace a value of this attribute's list.
    Replace(String),
    /// A fault of the sandbox.
    Fault,
    /// The file that the shown plan is kept in.
    SavePlan,
    /// The file of a saved plan.
    OpenPlan,
    /// A new person, or new fields of one.
    Person(Option<PersonId>),
    /// A new group.
    NewGroup,
    /// People go into a group or out of it; what is not given here is asked for in the form.
    Members {
        /// Which group.
        group: Option<GroupId>,
        /// Whom; empty when they are typed.
        people: Vec<PersonId>,
        /// Whether they go in.
        add: bool,
    },
    /// Type the name of a protected person; then the command is looked at again.
    TypeName {
        /// The command.
        command: Box<Command>,
        /// Names that were typed before.
        typed: Vec<String>,
        /// Names that are still to be typed.
        left: Vec<String>,
    },
}

/// A form.
#[derive(Debug, Clone)]
pub struct Form {
    /// What saving it means.
    pub purpose: Purpose,
    /// Its title.
    pub title: String,
    /// Words above the fields.
    pub intro: Vec<Line>,
    /// The fields.
    pub fields: Vec<Field>,
    /// Which field has the focus.
    pub focus: usize,
    /// Whether saving was tried: then every fault is shown, else only those of fields that were changed.
    pub tried: bool,
    /// Whether it was asked if changes may be thrown away.
    pub discard_asked: bool,
}

/// What a key did to a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It stays open; something in it may have changed.
    Stay,
    /// It is to be saved.
    Save,
    /// It is to be closed without saving.
    Close,
}

impl Form {
    /// A form with the focus on its first field.
    pub fn new(purpose: Purpose, title: impl Into<String>, intro: Vec<Line>, fields: Vec<Field>) -> Self {
        Self { purpose, title: title.into(), intro, fields, focus: 0, tried: false, discard_asked: false }
    }

    /// Whether the operator changed anything.
    pub fn dirty(&self) -> bool {
        self.fields.iter().any(|f| f.touched)
    }

    /// A field's value by its name.
    pub fn value(&self, name: &str) -> Option<String> {
        self.fields.iter().find(|f| f.name == name).and_then(Field::value)
    }

    /// The field with the focus.
    pub fn focused(&self) -> Option<&Field> {
        self.fields.get(self.focus)
    }

    /// Whether anything is wrong.
    pub fn faulty(&self) -> bool {
        self.fields.iter().any(|f| f.error.is_some())
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> Step {
        if self.discard_asked {
            self.discard_asked = false;
            return if key.typed() == Some('y') { Step::Close } else { Step::Stay };
        }
        let in_lines = self.focused().is_some_and(Field::takes_enter);
        let action = keymap::find(Context::Form, key).map(|b| b.action);
        match action {
            Some(Action::Back) if self.dirty() => self.discard_asked = true,
            Some(Action::Back) => return Step::Close,
            Some(Action::Press) if !in_lines => return Step::Save,
            Some(Action::NextField) if !(in_lines && key.code == super::key::Code::Down) => self.step(1),
            Some(Action::PrevField) if !(in_lines && key.code == super::key::Code::Up) => {
                self.step(self.fields.len().saturating_sub(1));
            }
            _ => {
                if let Some(field) = self.fields.get_mut(self.focus) {
                    field.press(key);
                }
            }
        }
        Step::Stay
    }

    fn step(&mut self, by: usize) {
        self.focus = (self.focus + by) % self.fields.len().max(1);
    }

    /// Takes pasted text into the field with the focus.
    pub fn paste(&mut self, text: &str) {
        if let Some(field) = self.fields.get_mut(self.focus) {
            field.paste(text);
        }
    }
}
