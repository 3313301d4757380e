//! The review of an import from the app: every account that nobody here is linked with, and what becomes of it.

use super::Cursor;
use super::field::Field;
use crate::directory::{Directory, PersonView};
use crate::domain::{Account, PersonId, Status};
use crate::engine::ImportScan;
use crate::verbs::{Accept, AccountChoice, AccountRow, AccountsImport, Choice, Command, MatchKind};

/// People offered at once while one is picked.
const OFFERED: usize = 200;

/// Somebody is being picked for an account.
#[derive(Debug, Clone)]
pub struct Picker {
    /// What is typed: a part of the user name or name.
    pub field: Field,
    /// Who fits and has no account, those the match offers first.
    pub found: Vec<PersonId>,
    /// The marked one.
    pub cursor: Cursor,
    offered: Vec<PersonId>,
}

impl Picker {
    fn new(offered: &[PersonId], directory: &Directory) -> Self {
        let field = Field::text("person", "Person", "");
        let mut picker =
            Self { field, found: Vec::new(), cursor: Cursor::default(), offered: offered.to_vec() };
        picker.refresh(directory);
        picker
    }

    /// Finds again who fits what is typed.
    pub(super) fn refresh(&mut self, directory: &Directory) {
        let words = self.field.value().unwrap_or_default().to_lowercase();
        let fits = |p: &PersonView<'_>| free(p) && p.haystack().to_lowercase().contains(&words);
        let first = self.offered.iter().filter_map(|id| directory.get(*id));
        let others = directory.people().filter(|p| !self.offered.contains(&p.id()));
        self.found = first.chain(others).filter(fits).take(OFFERED).map(|p| p.id()).collect();
        self.cursor = Cursor::default();
    }
}

/// Whether an account can become this person's.
fn free(person: &PersonView<'_>) -> bool {
    person.remote_id().is_none() && person.status() != Status::Removed
}

/// The review, open.
#[derive(Debug, Clone)]
pub struct ImportReview {
    /// What was found.
    pub scan: ImportScan,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// Somebody is being picked for the account under the cursor.
    pub picker: Option<Picker>,
    /// Whether it was asked if the choices may be thrown away.
    pub leave_asked: bool,
    choices: Vec<Option<(Choice, bool)>>,
}

impl ImportReview {
    /// The review of a scan, nothing chosen.
    pub fn new(scan: ImportScan) -> Self {
        let choices = vec![None; scan.review.rows.len()];
        Self { scan, cursor: Cursor::default(), picker: None, leave_asked: false, choices }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.scan.review.rows.len()
    }

    /// Whether every account is linked or without access.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row and its account.
    pub fn row(&self, at: usize) -> Option<(&AccountRow, &Account)> {
        let row = self.scan.review.rows.get(at)?;
        Some((row, self.scan.found.accounts.get(row.account)?))
    }

    /// The row of an account.
    pub(super) fn place_of(&self, remote_id: &str) -> Option<usize> {
        (0..self.len()).find(|at| self.row(*at).is_some_and(|(_, account)| account.remote_id == remote_id))
    }

    /// What becomes of a row as it stands.
    pub fn choice(&self, at: usize) -> Choice {
        let ignored = self.row(at).is_some_and(|(row, _)| row.ignored);
        match self.choices.get(at).copied().flatten() {
            Some((choice, _)) => choice,
            None if ignored => Choice::Ignore,
            None => Choice::Wait,
        }
    }

    /// Whether the operator chose anything.
    pub fn chosen(&self) -> bool {
        self.choices.iter().any(Option::is_some)
    }

    /// How many rows are linked, become people, and are ignored, as chosen.
    pub fn tally(&self) -> (usize, usize, usize) {
        let mut tally = (0, 0, 0);
        for at in 0..self.len() {
            match self.choice(at) {
                Choice::Link(_) => tally.0 += 1,
                Choice::New => tally.1 += 1,
                Choice::Ignore => tally.2 += 1,
                Choice::Wait => {}
            }
        }
        tally
    }

    /// The decision that the review stands for; none when it would change nothing.
    pub(super) fn command(&self) -> Option<Command> {
        let counts = self.scan.review.counts;
        if !self.chosen() && counts.updated + counts.removed == 0 {
            return None;
        }
        let choice = |(at, choice): (usize, &Option<(Choice, bool)>)| {
            let (choice, named) = (*choice)?;
            let remote_id = self.row(at)?.1.remote_id.clone();
            Some(AccountChoice { remote_id, choice, named })
        };
        let choices = self.choices.iter().enumerate().filter_map(choice).collect();
        let found = self.scan.found.clone();
        Some(Command::ImportAccounts(Box::new(AccountsImport { found, choices, ..Default::default() })))
    }

    /// Sets what becomes of the row under the cursor; what it was before anyway is no choice.
    fn set(&mut self, choice: Choice) {
        let at = self.cursor.at;
        let ignored = self.row(at).is_some_and(|(row, _)| row.ignored);
        let as_before = matches!((choice, ignored), (Choice::Ignore, true) | (Choice::Wait, false));
        if let Some(slot) = self.choices.get_mut(at) {
            *slot = (!as_before).then_some((choice, true));
        }
    }

    /// Accepts what the match says, or takes a choice back.
    ///
    /// # Errors
    /// The reason why there is nothing to accept.
    pub(super) fn accept(&mut self, directory: &Directory) -> Result<(), String> {
        let at = self.cursor.at;
        if self.choice(at) != Choice::Wait {
            self.set(Choice::Wait);
            return Ok(());
        }
        let Some((row, _)) = self.row(at) else { return Err("there is no account".to_owned()) };
        let fits: Vec<PersonId> =
            row.people.iter().copied().filter(|id| directory.get(*id).is_some_and(|p| free(&p))).collect();
        match (row.kind, fits.as_slice()) {
            (MatchKind::New, _) => self.make_new(directory),
            (MatchKind::Exact | MatchKind::Partial | MatchKind::Conflict, [one]) => {
                self.set(Choice::Link(*one));
                Ok(())
            }
            (MatchKind::Exact | MatchKind::Partial | MatchKind::Conflict, [_, ..]) => {
                self.pick(directory);
                Ok(())
            }
            _ => Err(row.why.clone()),
        }
    }

    /// Makes a person of the account.
    ///
    /// # Errors
    /// The reason why it cannot become one.
    pub(super) fn make_new(&mut self, directory: &Directory) -> Result<(), String> {
        let Some((row, account)) = self.row(self.cursor.at) else {
            return Err("there is no account".to_owned());
        };
        if row.kind == MatchKind::Rejected {
            return Err(row.why.clone());
        }
        if let Some(other) = directory.find(&account.values.user_name) {
            return Err(format!("the user name belongs to {}: p picks a person", other.name()));
        }
        self.set(Choice::New);
        Ok(())
    }

    /// Leaves the account alone, or no longer.
    pub(super) fn ignore(&mut self) {
        let ignored = self.choice(self.cursor.at) == Choice::Ignore;
        self.set(if ignored { Choice::Wait } else { Choice::Ignore });
    }

    /// Accepts all of a kind that wait; answers how many.
    pub(super) fn accept_all(&mut self, accept: Accept) -> usize {
        let mut n = 0;
        for (row, slot) in self.scan.review.rows.iter().zip(&mut self.choices) {
            if let (None, Some(choice)) = (&slot, accept.of(row)) {
                *slot = Some((choice, false));
                n += 1;
            }
        }
        n
    }

    /// Opens the list of people for the account under the cursor.
    pub(super) fn pick(&mut self, directory: &Directory) {
        let people = self.row(self.cursor.at).map(|(row, _)| row.people.clone());
        self.picker = people.map(|people| Picker::new(&people, directory));
    }

    /// The marked person is the one.
    pub(super) fn picked(&mut self) {
        if let Some(picker) = self.picker.take()
            && let Some(id) = picker.found.get(picker.cursor.at)
        {
            self.set(Choice::Link(*id));
        }
    }
}
