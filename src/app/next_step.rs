//! What to do next, on the message line while nothing else is to be said: the screen is the only guide.

use super::doc::{Line, Tone};
use super::forms::count;
use super::person_doc::{flag_glyph, flag_tone};
use super::{App, Pane, why_doc};
use crate::domain::{FailureKind, Flag};

impl App {
    /// The token was refused: everything waits for another one.
    fn new_token(&self) -> Line {
        let queued = count(self.directory.queue().moving() as usize, "operation");
        let line = Line::of(Tone::Bad, format!("The token was refused, {queued} kept: "));
        let line = match self.pane {
            Pane::Provisioning => line,
            _ => line.and(Tone::Key, "5").and(Tone::Plain, " then "),
        };
        line.and(Tone::Key, "T").and(Tone::Plain, " takes the new one from the app's SCIM settings")
    }

    /// The keys for the flag of the person under the cursor, where another hand in the app caused it.
    fn fix_here(&self) -> Option<Line> {
        let flag = self.people.current().and_then(|id| self.directory.get(id))?.flag()?;
        let keys = match flag {
            Flag::Drift | Flag::AccountGone => why_doc::fix(flag)?,
            _ => return None,
        };
        let line = Line::of(flag_tone(flag), format!("{} {}: ", flag_glyph(flag), flag.words()));
        Some(why_doc::fix_line(line, keys))
    }

    /// The next step on this pane.
    pub fn next_step(&self) -> Line {
        let c = self.directory.counters();
        let flagged = c.worst(Flag::NotProvisioned);
        let selected = self.people.selected.len();
        if self.stopped().is_some_and(|failure| failure.kind == FailureKind::TokenRefused) {
            return self.new_token();
        }
        if let Some(until) =
            self.asked_until().filter(|_| matches!(self.pane, Pane::Tasks | Pane::Provisioning))
        {
            let until = super::words::clock(until);
            return Line::of(Tone::Warn, format!("The app asked to wait until {until} UTC: "))
                .and(Tone::Key, "n")
                .and(Tone::Plain, " asks it now, the rest goes when it answers");
        }
        let fix = self.fix_here();
        match self.pane {
            Pane::Assignments if self.directory.is_empty() => Line::of(Tone::Warn, "Nobody is here yet: ")
                .and(Tone::Key, "n")
                .and(Tone::Plain, " adds a person, ")
                .and(Tone::Key, "i")
                .and(Tone::Plain, " takes those in the app"),
            Pane::Assignments if selected > 0 => Line::of(Tone::Accent, format!("{selected} selected: "))
                .and(Tone::Key, "p")
                .and(Tone::Plain, " provisions, ")
                .and(Tone::Key, "e")
                .and(Tone::Plain, " edits roles, ")
                .and(Tone::Key, "esc")
                .and(Tone::Plain, " clears"),
            Pane::Assignments if !self.directory.connection().enabled => {
                Line::of(Tone::Warn, "SCIM is disabled, nothing is sent: ")
                    .and(Tone::Key, "5")
                    .and(Tone::Plain, " opens Provisioning, ")
                    .and(Tone::Key, "e")
                    .and(Tone::Plain, " enables it there")
            }
            Pane::Assignments if fix.is_some() => fix.unwrap_or_default(),
            Pane::Assignments if flagged > 0 => {
                let verb = if flagged == 1 { "is" } else { "are" };
                Line::of(
                    Tone::Bad,
                    format!("! {} {verb} not provisioned: ", count(flagged as usize, "person")),
                )
                .and(Tone::Key, "p")
                .and(Tone::Plain, if flagged == 1 { " provisions them; " } else { " provisions them all; " })
                .and(Tone::Key, "enter")
                .and(Tone::Plain, " shows why")
            }
            Pane::Assignments if c.flagged() > 0 => {
                Line::of(Tone::Warn, format!("{} flagged: ", count(c.flagged() as usize, "person")))
                    .and(Tone::Key, "enter")
                    .and(Tone::Plain, " shows why and what to do")
            }
            Pane::Assignments => Line::of(Tone::Good, "Nobody is flagged: ")
                .and(Tone::Key, "e")
                .and(Tone::Plain, " edits roles, ")
                .and(Tone::Key, "4")
                .and(Tone::Plain, " shows what was done"),
            Pane::Groups if self.groups.order.is_empty() => Line::of(Tone::Dim, "No groups: ")
                .and(Tone::Key, "n")
                .and(Tone::Plain, " adds one, ")
                .and(Tone::Key, "scimdeck import groups FILE")
                .and(Tone::Plain, " brings in many"),
            Pane::Groups if self.push_failure().is_some() => {
                let failure = self.push_failure();
                let words = failure.map(|f| format!("Push failed: {} {}", f.text, f.next));
                Line::of(Tone::Bad, words.unwrap_or_default())
            }
            Pane::Groups => {
                Line::of(Tone::Dim, "Priority 1 wins; an Individual assignment beats every group")
            }
            Pane::Profile if self.directory.attributes().is_empty() => {
                Line::of(Tone::Warn, "No attributes: ")
                    .and(Tone::Key, "a")
                    .and(Tone::Plain, " adds workato_role, the role that assignments give")
            }
            Pane::Profile => self.repair_step().unwrap_or_else(|| {
                Line::of(Tone::Dim, "Members stand strongest first: a step towards the top raises")
            }),
            Pane::Audit if self.feed.is_empty() => {
                Line::of(Tone::Dim, "Nothing happened yet: provision somebody and see it arrive here")
            }
            Pane::Audit if self.feed.follow => Line::of(Tone::Good, "Following: ")
                .and(Tone::Plain, "new entries come at the bottom; scim_auto_sync is SCIM's work"),
            Pane::Audit => Line::of(Tone::Dim, "Not following: ")
                .and(Tone::Key, "f")
                .and(Tone::Plain, " goes back to the newest"),
            Pane::Tasks if self.queue.current_group().is_some() => {
                Line::of(Tone::Key, "u").and(Tone::Plain, " shows the plan that pushes this group again")
            }
            Pane::Tasks if self.directory.queue().total() == 0 => {
                Line::of(Tone::Good, "Nothing is queued, waiting or failed: ")
                    .and(Tone::Key, "z")
                    .and(Tone::Plain, " undoes the last decision")
            }
            Pane::Tasks if self.queue.remaining() > 0 => {
                let n = count(self.queue.remaining(), "end of access");
                let n = n.replace("end of accesss", "ends of access");
                Line::of(Tone::Bad, format!("! {n} not confirmed: "))
                    .and(Tone::Plain, "tried again by itself; ")
                    .and(Tone::Key, "enter")
                    .and(Tone::Plain, " shows why")
            }
            Pane::Tasks => Line::of(Tone::Key, "u")
                .and(Tone::Plain, " retries, ")
                .and(Tone::Key, "enter")
                .and(Tone::Plain, " shows why; what waits goes on by itself"),
            Pane::Provisioning if self.tested.is_none() => Line::of(Tone::Key, "t")
                .and(Tone::Plain, " tests the connector: one read, nothing is written"),
            Pane::Provisioning => Line::of(Tone::Key, "1")
                .and(Tone::Plain, " shows who is flagged; what is queued is shown above"),
        }
    }
}
