//! The console's state, pure: a message in, effects out. It knows neither terminal nor clock, and draws nothing.
//!
//! A key goes to the top overlay, else to the pane: the keymap says what it means there, [`App::refusal`] why it
//! can not be done just now, and one small function per verb turns it into a [`Command`](crate::verbs::Command)
//! that is looked at, shown where it must be asked, and run.

mod act;
mod allowed;
mod arrive;
mod attribute_form;
mod bindings;
mod chooser;
mod commands;
mod compare;
mod confirm;
mod connection_doc;
mod connection_form;
mod convert;
mod deep_doc;
mod doc;
mod entry_doc;
mod feed;
mod field;
mod filter;
mod form;
mod forms;
mod groups;
mod help;
mod import_act;
mod import_review;
mod invitation_doc;
mod key;
mod keymap;
pub mod layout;
mod list;
mod masked;
mod msg;
mod next_step;
mod overlay;
mod palette;
mod pane;
mod people;
mod people_forms;
mod person_doc;
mod plan_doc;
mod plan_files;
mod plan_page;
mod press;
mod profile;
mod queue;
mod rehearsal;
mod replace_form;
mod switcher;
mod task;
mod task_doc;
mod token_form;
mod token_place;
mod trace_doc;
mod typing;
mod watch;
mod why_doc;
mod wire_doc;
mod words;

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod switcher_tests;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod token_tests;
#[cfg(test)]
pub(crate) use compare::tests::page as compare_page;
#[cfg(test)]
pub(crate) use queue::tests::pane as queue_pane;

pub use crate::verbs::{AccountRow, Choice as ImportChoice, MatchKind};
pub use chooser::Chooser;
pub use compare::{Compare, CompareRow};
pub use confirm::Confirm;
pub use connection_doc::sending as sending_words;
pub use convert::{ConvertList, ConvertRow};
pub use doc::{Bit, Line, Page, Tone};
pub use feed::Feed;
pub use field::{Choice, Field, Value};
pub use form::{Form, Purpose};
pub use groups::Groups;
pub use import_review::{ImportReview, Picker};
pub use key::{Code, Key};
pub use keymap::{Action, Binding, Context, hints};
pub use list::Cursor;
pub use masked::Masked;
pub use msg::{Answer, Effect, Msg, Query, QueryId, TaskId};
pub use overlay::{Overlay, PersonPage, Reader, Results};
pub use palette::Palette;
pub use pane::Pane;
pub use people::{People, Sort, View};
pub use person_doc::{flag_glyph, flag_tone, page as person_page, reasons};
pub use queue::{Queue, state_words};
pub use rehearsal::{Faults, rehearsal_words};
pub use switcher::{Switcher, connection_line};
pub use task::{Kind, Task, Toast};
pub use task_doc::{task_glyph, task_lines, task_page, task_tone};
pub use words::{age, clock, stamp};

use crate::audit::AuditQuery;
use crate::directory::Directory;
use crate::domain::{Rehearsal, ReportedValue, Time};
use crate::engine::{FeedState, ImportScan, Report, Sending, TestReport};
use crate::verbs::LintFinding;

/// Who sits at the console.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// `user@host`.
    pub who: String,
    /// Whether nothing may be changed or sent.
    pub read_only: bool,
}

/// The console.
#[derive(Debug)]
pub struct App {
    /// Who sits here.
    pub session: Session,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The last time that was told.
    pub now: Time,
    /// How fast the queue becomes shorter.
    outlook: crate::engine::Outlook,
    /// The directory as it is now.
    pub directory: Directory,
    /// Who sends.
    pub sending: Sending,
    /// How the activity feed is.
    pub feed_state: FeedState,
    /// Since when nothing of the queue worked.
    pub stuck: Option<Time>,
    /// What the sandbox has on purpose; none where there is no sandbox.
    pub rehearsal: Option<Rehearsal>,
    /// The pane that is shown.
    pub pane: Pane,
    /// Assignments.
    pub people: People,
    /// Groups.
    pub groups: Groups,
    /// The row of the Profile Editor.
    pub profile: Cursor,
    /// What is wrong with the profile.
    pub findings: Vec<LintFinding>,
    /// The role values that the endpoint reports, once they were asked for.
    pub reported: Option<Vec<ReportedValue>>,
    /// The Audit Log.
    pub feed: Feed,
    /// The Provisioning pane.
    pub connection: Page,
    /// The Tasks pane.
    pub queue: Queue,
    /// The filter line, while it is open.
    pub filtering: Option<Field>,
    /// What lies over the panes, the top one last.
    pub overlays: Vec<Overlay>,
    /// Dialogs that wait until nobody is in the middle of typing: a letter meant for a field must not answer them.
    held: Vec<Overlay>,
    /// The form that was saved last and the look it led to: it comes back when that is refused or cancelled.
    draft: Option<(TaskId, Box<Form>)>,
    /// What somebody waits for.
    pub tasks: Vec<Task>,
    /// The word on the message line.
    pub toast: Option<Toast>,
    /// The last run's title and report.
    pub last: Option<(String, Report)>,
    /// The last test.
    pub tested: Option<TestReport>,
    /// More than one connection is there and none was chosen yet.
    undecided: bool,
    /// What an import found while something else was open.
    import_ready: Option<Box<ImportScan>>,
    /// Questions without an answer yet.
    asked: Vec<QueryId>,
    /// The comparison in the background.
    watch: watch::Watch,
    /// The question for a page of the Audit Log.
    feed_asked: Option<QueryId>,
    /// What is said when a run of this task is done, besides how it ended.
    done_words: Vec<(TaskId, String)>,
    /// The reason typed for the run that is under way, or that was refused.
    reason: Option<String>,
    next_id: u64,
    dirty: bool,
    redraw: bool,
    out: Vec<Effect>,
}

impl App {
    /// The console on a directory, before anything happened.
    pub fn new(session: Session, directory: Directory) -> Self {
        let mut app = Self {
            session,
            size: (80, 24),
            now: Time::default(),
            directory,
            sending: Sending::default(),
            feed_state: FeedState::default(),
            stuck: None,
            rehearsal: None,
            pane: Pane::default(),
            people: People::default(),
            groups: Groups::default(),
            profile: Cursor::default(),
            findings: Vec::new(),
            reported: None,
            feed: Feed::default(),
            connection: Page::default(),
            queue: Queue::default(),
            filtering: None,
            overlays: Vec::new(),
            held: Vec::new(),
            draft: None,
            tasks: Vec::new(),
            toast: None,
            last: None,
            tested: None,
            undecided: false,
            import_ready: None,
            asked: Vec::new(),
            watch: watch::Watch::default(),
            feed_asked: None,
            done_words: Vec::new(),
            reason: None,
            next_id: 0,
            outlook: crate::engine::Outlook::default(),
            dirty: true,
            redraw: false,
            out: Vec::new(),
        };
        app.refresh_all();
        app
    }

    /// What is to be done first: the newest audit entries are asked for.
    pub fn start(&mut self) -> Vec<Effect> {
        self.ask_feed(None);
        self.queue_moved();
        std::mem::take(&mut self.out)
    }

    /// The clipboard cannot take so much.
    pub fn copy_failed(&mut self) -> Vec<Effect> {
        self.dirty = true;
        self.complain("too long for the clipboard; nothing was copied");
        std::mem::take(&mut self.out)
    }

    /// Takes a message; answers what is to be done outside.
    pub fn handle(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Now(now) => self.tell_time(now),
            Msg::Key(key) => {
                self.dirty = true;
                self.press(key);
                self.show_held();
            }
            Msg::Paste(text) => {
                self.dirty = true;
                self.paste(text.expose());
            }
            other => {
                self.dirty = true;
                self.arrive(other);
            }
        }
        std::mem::take(&mut self.out)
    }

    /// Whether anything on the screen may have changed since this was last asked.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Whether the whole screen is to be drawn anew, as after another program wrote over it.
    pub fn take_redraw(&mut self) -> bool {
        std::mem::take(&mut self.redraw)
    }

    /// Whether nobody waits for anything.
    pub fn idle(&self) -> bool {
        self.tasks.is_empty() && self.asked.is_empty()
    }

    /// Whether the terminal is too small to work with.
    pub fn cramped(&self) -> bool {
        self.size.0 < layout::MIN.0 || self.size.1 < layout::MIN.1
    }

    /// Where a key would go now.
    pub fn context(&self) -> Context {
        match self.overlays.last() {
            Some(overlay) => overlay.context(),
            None if self.filtering.is_some() => Context::Filter,
            None => Context::Pane(self.pane),
        }
    }

    /// The filter of the pane that is shown.
    pub fn filter(&self) -> &str {
        match self.pane {
            Pane::Assignments => &self.people.filter,
            Pane::Groups => &self.groups.filter,
            Pane::Audit => &self.feed.filter,
            Pane::Tasks => &self.queue.filter,
            Pane::Profile | Pane::Provisioning => "",
        }
    }

    fn table_rows(&self) -> usize {
        layout::table_rows(self.size.1)
    }

    fn tell_time(&mut self, now: Time) {
        self.now = now;
        if let Some(toast) = &self.toast
            && toast.until.is_some_and(|until| until <= now)
        {
            self.toast = None;
            self.dirty = true;
        }
        self.ask_tasks_in_time();
        self.watch_in_time();
    }

    fn say(&mut self, text: impl Into<String>) {
        let toast = Toast::info(text, self.now);
        self.out.extend(toast.until.map(Effect::WakeAt));
        self.toast = Some(toast);
    }

    fn complain(&mut self, text: impl Into<String>) {
        self.toast = Some(Toast::error(text));
    }

    fn new_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn ask(&mut self, query: Query) -> QueryId {
        let id = QueryId(self.new_id());
        self.asked.push(id);
        self.out.push(Effect::Ask(id, query));
        id
    }

    /// Asks for a page of the Audit Log: the newest, or those before a number.
    fn ask_feed(&mut self, before: Option<u64>) {
        if self.feed_asked.is_none() && !self.feed.whole {
            let query = AuditQuery { before, limit: feed::PAGE, ..AuditQuery::default() };
            self.feed_asked = Some(self.ask(Query::Audit(query)));
        }
    }

    fn begin(&mut self, label: impl Into<String>, kind: Kind) -> TaskId {
        let id = TaskId(self.new_id());
        self.tasks.push(Task { id, label: label.into(), kind });
        id
    }

    /// Works every list and page out again from the directory as it is.
    fn refresh_all(&mut self) {
        let rows = self.table_rows();
        self.people.refresh(&self.directory, rows);
        self.groups.refresh(&self.directory, rows);
        self.feed.refresh(rows);
        self.queue.refresh(&self.directory, rows);
        self.profile.settle(self.directory.attributes().len(), rows);
        self.refresh_findings();
        self.connection.replace(connection_doc::page(self));
        self.refresh_pages();
    }

    fn refresh_pages(&mut self) {
        let mut overlays = std::mem::take(&mut self.overlays);
        for overlay in &mut overlays {
            match overlay {
                Overlay::Person(page) => {
                    page.page.replace(person_doc::page(self, page.id, page.audit.as_deref()));
                }
                Overlay::Compare(list) => list.refresh(&self.directory, layout::import_rows(self.size)),
                Overlay::Convert(list) => list.refresh(&self.directory, layout::page(self.size)),
                _ => {}
            }
        }
        self.overlays = overlays;
    }
}
