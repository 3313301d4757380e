//! What can lie over the panes. The top one gets the keys.

use super::chooser::Chooser;
use super::compare::Compare;
use super::confirm::Confirm;
use super::convert::ConvertList;
use super::doc::{Line, Page, Tone};
use super::form::Form;
use super::import_review::ImportReview;
use super::keymap::Context;
use super::palette::Palette;
use super::rehearsal::Faults;
use super::{Cursor, QueryId, Switcher};
use crate::audit::AuditEntry;
use crate::domain::PersonId;
use crate::engine::{Outcome, Report, RunResult};

/// A person's page.
#[derive(Debug, Clone)]
pub struct PersonPage {
    /// Who.
    pub id: PersonId,
    /// What is on it; made anew when the directory changes.
    pub page: Page,
    /// Their latest audit entries, once they are there.
    pub audit: Option<Vec<AuditEntry>>,
    /// The question for them.
    pub asked: QueryId,
}

/// The results of a run, failures first.
#[derive(Debug, Clone)]
pub struct Results {
    /// Of which run.
    pub title: String,
    /// The report.
    pub report: Report,
    /// Places in the report, those that need an operator first.
    pub order: Vec<usize>,
    /// Where the cursor is.
    pub cursor: Cursor,
}

impl Results {
    /// The list of a report.
    pub fn new(title: String, report: Report) -> Self {
        let mut order: Vec<usize> = (0..report.results.len()).collect();
        order.sort_by_key(|at| match report.results[*at].outcome {
            Outcome::Failed => 0,
            Outcome::InDoubt => 1,
            Outcome::Held => 2,
            Outcome::Done => 3,
            Outcome::Unchanged => 4,
        });
        Self { title, report, order, cursor: Cursor::default() }
    }

    /// Why the run stopped before its end, and what is next; nothing where it did not.
    pub fn stopped(&self) -> Vec<Line> {
        let Some(stopped) = &self.report.stopped else { return Vec::new() };
        vec![
            Line::of(Tone::Bad, format!("x stopped early: {}", stopped.text)),
            Line::of(Tone::Accent, stopped.next.clone()),
        ]
    }

    /// The result under the cursor.
    pub fn current(&self) -> Option<&RunResult> {
        self.order.get(self.cursor.at).and_then(|at| self.report.results.get(*at))
    }
}

/// A page of text.
#[derive(Debug, Clone)]
pub struct Reader {
    /// What it is.
    pub title: String,
    /// The text.
    pub page: Page,
    /// Lines that stay above the answer it waits for.
    pub head: Vec<Line>,
    /// The question it waits for.
    pub waiting: Option<QueryId>,
}

/// Something over the panes.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// A person's page.
    Person(PersonPage),
    /// The results of a run.
    Results(Results),
    /// A page of text: help, requests, an audit entry, a problem.
    Reader(Reader),
    /// A dialog before something happens.
    Confirm(Box<Confirm>),
    /// A form.
    Form(Box<Form>),
    /// The list of commands.
    Palette(Box<Palette>),
    /// The list of connections.
    Connections(Box<Switcher>),
    /// The faults that can be rehearsed.
    Faults(Box<Faults>),
    /// The list that asks for a person.
    Chooser(Box<Chooser>),
    /// The review of an import from the app.
    Import(Box<ImportReview>),
    /// The list of assignments that can be converted.
    Convert(Box<ConvertList>),
    /// What the last look at everybody found.
    Compare(Box<Compare>),
    /// A stopped run of so many operations is offered.
    Offer(u32),
}

impl Overlay {
    /// Whose keys work in it.
    pub fn context(&self) -> Context {
        match self {
            Self::Person(_) => Context::Person,
            Self::Results(_) => Context::Results,
            Self::Reader(_) => Context::Reader,
            Self::Confirm(_) => Context::Confirm,
            Self::Form(_) => Context::Form,
            Self::Palette(_) => Context::Palette,
            Self::Connections(_) => Context::Connections,
            Self::Faults(_) => Context::Faults,
            Self::Chooser(_) => Context::Chooser,
            Self::Import(review) if review.picker.is_some() => Context::Pick,
            Self::Import(_) => Context::Import,
            Self::Convert(_) => Context::Convert,
            Self::Compare(_) => Context::Compare,
            Self::Offer(_) => Context::Offer,
        }
    }
}

#[cfg(test)]
#[path = "results_tests.rs"]
mod tests;
