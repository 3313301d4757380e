//! What a verb answers.

use std::collections::BTreeMap;

use super::ImportReport;
use crate::directory::{Change, Directory};
use crate::domain::{Ids, OpId, Operation, PersonId, Time};

/// Values a verb needs from outside.
#[derive(Debug)]
pub struct Context<'a> {
    /// Wall clock.
    pub now: Time,
    /// Who decides: the operating system's user.
    pub actor: &'a str,
    /// Makes new ids.
    pub ids: &'a mut Ids,
    /// User names that were typed to allow the removal of protected people.
    pub typed: &'a [String],
}

/// Whose accounts a decision may touch; the endpoint is read for these before anything is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Nobody's: nothing is sent.
    Nobody,
    /// These people's.
    People(Vec<PersonId>),
}

/// A decision, ready to be planned.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What changes on our side.
    pub changes: Vec<Change>,
    /// Whose accounts it may touch.
    pub scope: Scope,
    /// Attributes of the touched accounts that are written whatever was sent before, beside those that moved since
    /// the last push.
    pub owned: Vec<String>,
    /// For these people exactly these attributes are written, whatever else moved here: what the operator changed in
    /// a role edit, what was changed in the app by another hand and is pushed over. What was imported and waits
    /// stays unsent, the state here above all: a new role gives nobody access back.
    pub exactly: BTreeMap<PersonId, Vec<String>>,
    /// Whether people are reached that were not named one by one, so that it must be confirmed.
    pub confirm: bool,
    /// The cause that operations and audit entries carry.
    pub cause: String,
    /// Sentences for the dialog: what follows besides the requests ("still assigned through G ...").
    pub said: Vec<Said>,
    /// People the decision leaves out, with the reason; the others go on.
    pub left_out: Vec<(PersonId, String)>,
    /// People whose operation that was never sent is given up.
    pub cancel: Vec<PersonId>,
    /// What counts as set by hand though the command does not name it, by column of the people file: the next file
    /// does not silently take it back.
    pub set: Vec<(PersonId, String)>,
    /// The sentence that says it was done, where our side changing is what was asked for.
    pub done: Option<String>,
    /// An import's counts.
    pub import: Option<ImportReport>,
    /// What holds the decision until this number is typed, besides the brake, and why.
    pub held: Option<(u32, String)>,
    /// What holds the decision until the names of protected people are typed.
    pub protected: Option<Refusal>,
}

/// A sentence about one person, or about the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// About whom.
    pub person: Option<PersonId>,
    /// The sentence.
    pub text: String,
}

impl Decision {
    /// A decision that changes our side only.
    pub fn here(cause: &str, changes: Vec<Change>) -> Self {
        Self {
            changes,
            scope: Scope::Nobody,
            owned: Vec::new(),
            exactly: BTreeMap::new(),
            confirm: false,
            cause: cause.to_owned(),
            said: Vec::new(),
            left_out: Vec::new(),
            cancel: Vec::new(),
            set: Vec::new(),
            done: None,
            import: None,
            held: None,
            protected: None,
        }
    }

    /// A decision that touches these people's accounts; of nobody's when the list is empty.
    pub fn touching(cause: &str, changes: Vec<Change>, people: Vec<PersonId>) -> Self {
        let scope = if people.is_empty() { Scope::Nobody } else { Scope::People(people) };
        Self { scope, ..Self::here(cause, changes) }
    }

    /// The attributes of a person's account that are written whatever was sent before.
    pub fn owned_of(&self, person: PersonId) -> &[String] {
        self.exactly.get(&person).unwrap_or(&self.owned)
    }

    /// Of those of whom exactly a few attributes are written, the operations that new ones replace or wait behind.
    pub fn replaces(&self, directory: &Directory) -> Vec<OpId> {
        let live = |id| directory.get(id)?.operation().map(|(operation, ..)| operation);
        self.exactly.keys().filter_map(|id| live(*id)).collect()
    }

    /// What these were to write was decided too and is written by what takes their place, so it is planned with it,
    /// however little else that is about.
    pub fn take_over<'a>(&mut self, replaced: impl IntoIterator<Item = &'a Operation>) {
        for operation in replaced {
            if let Some(names) = self.exactly.get_mut(&operation.person) {
                names.extend(operation.intent.owned.iter().map(str::to_owned));
            }
        }
    }

    /// Adds a sentence about one person.
    pub fn say_of(&mut self, person: PersonId, text: impl Into<String>) {
        self.said.push(Said { person: Some(person), text: text.into() });
    }

    /// Adds a sentence about the whole.
    pub fn say(&mut self, text: impl Into<String>) {
        self.said.push(Said { person: None, text: text.into() });
    }

    /// The people whose accounts it may touch.
    pub fn people(&self) -> &[PersonId] {
        match &self.scope {
            Scope::Nobody => &[],
            Scope::People(people) => people,
        }
    }
}

/// What kind of refusal: it decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// The input is bad; nothing changed.
    BadInput,
    /// A protected person's name was not typed.
    Protected,
    /// The connection is disabled.
    Disabled,
}

/// A decision that is not taken. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// Its kind.
    pub kind: RefusalKind,
    /// A stable word for JSON.
    pub code: &'static str,
    /// What is the matter; that nothing was changed is said by the face.
    pub text: String,
    /// What to do next.
    pub next: String,
    /// Rows of a refused file.
    pub rejected: Vec<super::Rejected>,
    /// User names that are still to be typed.
    pub to_type: Vec<String>,
}

impl Refusal {
    /// Bad input.
    pub fn bad(code: &'static str, text: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            kind: RefusalKind::BadInput,
            code,
            text: text.into(),
            next: next.into(),
            rejected: Vec::new(),
            to_type: Vec::new(),
        }
    }

    /// Protected people would be removed or lowered whose user names were not typed.
    pub fn protected(text: impl Into<String>, to_type: Vec<String>) -> Self {
        let next = match to_type.as_slice() {
            [one] => format!("To do it all the same, type the user name {one}."),
            many => format!("To do it all the same, type each user name: {}.", many.join(", ")),
        };
        Self { kind: RefusalKind::Protected, to_type, ..Self::bad("protected", text, next) }
    }
}
