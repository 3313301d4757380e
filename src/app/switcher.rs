//! The list of connections: which there are, and going over to another.

use super::doc::{Line, Page, Tone};
use super::overlay::Overlay;
use super::task::Kind;
use super::{App, Cursor, Effect, Form, Query, QueryId, TaskId, deep_doc, token_form};
use crate::engine::{Connected, ConnectionRow, DeepReport, Problem};

/// Said when somebody goes over while a run is under way.
const LEAVING: &str = "a run is under way: enter again goes over, what is not sent stays queued";

/// The list, open.
#[derive(Debug, Clone)]
pub struct Switcher {
    /// The connections, once they are there.
    pub rows: Vec<ConnectionRow>,
    /// Where the cursor is.
    pub cursor: Cursor,
    /// The question for them, until it is answered.
    pub waiting: Option<QueryId>,
    /// The connection to mark when they come; else the current one.
    mark: Option<String>,
}

impl Switcher {
    /// The connections came.
    pub(super) fn fill(&mut self, rows: Vec<ConnectionRow>) {
        self.waiting = None;
        let marked = |row: &ConnectionRow| match &self.mark {
            Some(name) => row.name == *name,
            None => row.current,
        };
        self.cursor = Cursor { at: rows.iter().position(marked).unwrap_or(0), top: 0 };
        self.rows = rows;
    }

    /// The connection under the cursor.
    pub fn current(&self) -> Option<&ConnectionRow> {
        self.rows.get(self.cursor.at)
    }
}

impl App {
    /// Opens the list; `mark` is the connection under the cursor.
    pub(super) fn open_switcher(&mut self, mark: Option<String>) {
        self.overlays.retain(|o| !matches!(o, Overlay::Connections(_)));
        let waiting = Some(self.ask(Query::Connections));
        let switcher = Switcher { rows: Vec::new(), cursor: Cursor::default(), waiting, mark };
        self.overlays.push(Overlay::Connections(Box::new(switcher)));
    }

    pub(super) fn switcher(&self) -> Option<&Switcher> {
        match self.overlays.last() {
            Some(Overlay::Connections(switcher)) => Some(switcher),
            _ => None,
        }
    }

    /// Goes over to the marked connection; while a run is under way only when asked twice.
    pub(super) fn go_over(&mut self) {
        let Some(row) = self.switcher().and_then(Switcher::current).cloned() else { return };
        // Until one was chosen, the one that is shown can be chosen too.
        if row.name == self.directory.connection().name && !self.undecided {
            self.overlays.pop();
            return self.say(format!("{} is shown already", row.name));
        }
        let runs = self.tasks.iter().any(|t| matches!(t.kind, Kind::Run { .. }));
        if runs && self.toast.as_ref().is_none_or(|t| t.text != LEAVING) {
            return self.say(LEAVING);
        }
        self.out.push(Effect::Switch(row.id));
    }

    /// The form of a new connection.
    pub(super) fn new_connection(&mut self) {
        let taken = self.switcher().map(|s| s.rows.iter().map(|row| row.name.clone()).collect());
        self.push_form(token_form::connect(taken.unwrap_or_default()));
    }

    /// A form with a token was saved; answers whether it was one.
    pub(super) fn save_token(&mut self, form: &Form) -> bool {
        match form.purpose {
            super::Purpose::Token => {
                let Some(given) = token_form::given(form) else { return true };
                let id = self.begin("Replacing the token", Kind::Token);
                self.out.push(Effect::Token(id, given));
            }
            super::Purpose::Unlock => {
                let Some(passphrase) = token_form::typed_passphrase(form) else { return true };
                let id = self.begin("Opening the token", Kind::Unlock);
                self.out.push(Effect::Unlock(id, passphrase));
            }
            super::Purpose::Connect(_) => {
                let Some(new) = token_form::new_connection(form) else { return true };
                let id = self.begin(format!("Saving and testing {}", new.name), Kind::Connect);
                self.out.push(Effect::Connect(id, Box::new(new)));
            }
            _ => return false,
        }
        true
    }

    /// Asks for the passphrase of the token's file; `wrong` where one did not open it.
    pub fn ask_passphrase(&mut self, wrong: bool) {
        let form = token_form::passphrase(self.directory.connection(), wrong);
        if let Some(mut form) = form {
            self.dirty = true;
            super::forms::check(&mut form, &self.directory);
            self.ask_operator(Overlay::Form(Box::new(form)));
        }
    }

    /// A new connection was saved and tested.
    pub(super) fn connected(&mut self, id: TaskId, result: Result<Connected, Problem>) {
        let Some(task) = self.end(id) else { return };
        match result {
            Err(problem) => self.show_problem(&task.label, &problem),
            Ok(new) if new.report.ok => {
                self.say(format!("{}: Connector configured successfully, enabled", new.name));
                self.open_switcher(Some(new.name));
            }
            Ok(new) => {
                let trouble = new.report.trouble.as_ref();
                let why = trouble.map(|f| format!("{} {}", f.text, f.next)).unwrap_or_default();
                self.complain(format!("{} was saved, not enabled: {why}", new.name));
                self.open_switcher(Some(new.name));
            }
        }
    }

    /// A deeper look ended.
    pub(super) fn probed(&mut self, id: TaskId, result: Result<DeepReport, Problem>) {
        let Some(task) = self.end(id) else { return };
        match result {
            Err(problem) => self.show_problem(&task.label, &problem),
            Ok(report) => self.push_reader("Deep test", Page::new(deep_doc::page(&report)), None),
        }
    }

    /// Something failed outside of any task; told as soon as the console is shown.
    pub fn tell_problem(&mut self, what: &str, problem: &Problem) {
        self.dirty = true;
        self.show_problem(what, problem);
    }

    /// The first thing to be decided is which connection: more than one is there and none is chosen.
    pub fn ask_which(&mut self) {
        self.undecided = true;
        self.open_switcher(None);
    }
}

/// One connection in the list.
pub fn connection_line(row: &ConnectionRow, marked: bool) -> Line {
    let mark = if marked { "> " } else { "  " };
    let (tone, state) = if row.enabled { (Tone::Good, "enabled ") } else { (Tone::Warn, "disabled") };
    let here = if row.current { "*" } else { " " };
    let mut line = Line::of(Tone::Plain, format!("{mark}{here} {:<18} ", row.name))
        .and(Tone::Warn, format!("{:<10} ", format!("[{}]", row.badge)))
        .and(tone, format!("{state} "));
    if row.queued > 0 {
        line = line.and(Tone::Warn, format!("{} queued ", row.queued));
    }
    if row.standing > 0 {
        line = line.and(Tone::Bad, format!("{} standing ", row.standing));
    }
    line.and(Tone::Dim, row.base_url.clone())
}
