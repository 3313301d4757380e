//! What comes back from outside.

use super::commands::title;
use super::confirm::Confirm;
use super::doc::{Line, Page, Tone};
use super::forms::count;
use super::overlay::{Overlay, Results};
use super::task::{Kind, Task};
use super::{Answer, App, Msg, QueryId, TaskId, trace_doc};
use crate::domain::FailureKind;
use crate::engine::{
    Approval, CheckReport, Outcome, Preview, Problem, Report, Sending, TestReport, WRONG_PASSPHRASE,
};

impl App {
    pub(super) fn arrive(&mut self, msg: Msg) {
        match msg {
            Msg::Directory(directory) => {
                let moving = directory.queue().moving();
                let came = self.directory.queue().moving().saturating_sub(moving);
                if came > 0 {
                    self.outlook.came_through(self.now, came);
                }
                self.directory = *directory;
                self.refresh_all();
                self.queue_moved();
            }
            Msg::Audit(entries) => {
                self.feed.take(entries);
                self.feed.refresh(self.table_rows());
            }
            Msg::Sending(sending) => self.new_sending(sending),
            Msg::Ahead(ahead) => self.outlook.ahead(ahead),
            Msg::Feed(state) => {
                self.feed_state = state;
                self.refresh_all();
            }
            Msg::Stuck(since) => self.stuck = since,
            Msg::Rehearsal(rehearsal) => self.rehearsal_moved(rehearsal.map(|told| *told)),
            Msg::Rehearsed(id, result) => self.rehearsed(id, result),
            Msg::Resize(columns, rows) => {
                self.size = (columns, rows);
                self.refresh_all();
            }
            Msg::Redraw => self.redraw = true,
            Msg::Previewed(id, result) => self.previewed(id, *result),
            Msg::Progress(id, progress) => {
                match self.tasks.iter_mut().find(|t| t.id == id).map(|task| &mut task.kind) {
                    Some(Kind::Run { progress: slot, .. }) => *slot = progress,
                    Some(Kind::Check { seen, of }) => {
                        (*seen, *of) = (u64::from(progress.done), u64::from(progress.total));
                    }
                    _ => {}
                }
            }
            Msg::Ran(id, result) => self.ran(id, result),
            Msg::PlanSaved(id, result) => self.plan_saved(id, result),
            Msg::PlanOpened(id, result) => self.plan_opened(id, *result),
            Msg::Checked(id, result) => self.checked(id, result),
            Msg::Scanned(id, result) => self.scanned(id, *result),
            Msg::Tested(id, result) => self.tested(id, *result),
            Msg::Probed(id, result) => self.probed(id, *result),
            Msg::Connected(id, result) => self.connected(id, *result),
            Msg::Reported(id, result) => self.reported(id, result),
            Msg::Resumed(id, result) => {
                if self.end(id).is_some()
                    && let Err(problem) = result
                {
                    self.show_problem("The stopped run", &problem);
                }
            }
            Msg::Answer(id, result) => self.answered(id, result),
            Msg::Key(_) | Msg::Paste(_) | Msg::Now(_) => {}
        }
    }

    /// Takes a task off the list; nothing when it was stopped before.
    pub(super) fn end(&mut self, id: TaskId) -> Option<Task> {
        let at = self.tasks.iter().position(|t| t.id == id)?;
        Some(self.tasks.remove(at))
    }

    fn new_sending(&mut self, sending: Sending) {
        let offered = self.overlays.iter().chain(&self.held).any(|o| matches!(o, Overlay::Offer(_)));
        match &sending {
            Sending::Offered(n) if !offered => self.ask_operator(Overlay::Offer(*n)),
            Sending::Stopped(failure) => self.complain(format!("{} {}", failure.text, failure.next)),
            // Said once, not with every time that it is tried again.
            Sending::Waiting(_, failure)
                if failure.kind != FailureKind::SlowDown
                    && !matches!(&self.sending, Sending::Waiting(_, before) if before.kind == failure.kind) =>
            {
                self.complain(format!("{} {}", failure.text, failure.next));
            }
            _ => {}
        }
        if !matches!(sending, Sending::Offered(_)) {
            let other = |o: &Overlay| !matches!(o, Overlay::Offer(_));
            self.overlays.retain(other);
            self.held.retain(other);
        }
        self.sending = sending;
        self.refresh_all();
    }

    fn previewed(&mut self, id: TaskId, result: Result<Preview, Problem>) {
        let (command, typed, ask) = match self.end(id) {
            Some(Task { kind: Kind::Look { command, typed, ask }, .. }) => (command, typed, ask),
            Some(Task { kind: Kind::Wire(person), .. }) => return self.show_wire(person, result.as_ref()),
            _ => return,
        };
        let label = title(&command);
        match result {
            // Nobody loses access unseen, and a console that changes nothing shows every plan.
            Ok(preview) if ask || preview.must_ask() || preview.removes() || self.session.read_only => {
                let confirm = Confirm::new(label, Box::new(preview), &self.directory);
                let mut confirm = confirm.because(self.reason.as_deref());
                confirm.task = Some(id);
                self.ask_operator(Overlay::Confirm(Box::new(confirm)));
            }
            Ok(preview) => {
                self.run(label, Box::new(preview), Approval { confirmed: true, brake: None, reason: None })
            }
            Err(problem) if !problem.to_type.is_empty() => self.ask_name(*command, typed, problem),
            Err(problem) => {
                self.show_problem(&label, &problem);
                self.give_back(id);
            }
        }
    }

    fn ran(&mut self, id: TaskId, result: Result<Report, Problem>) {
        let Some(task) = self.end(id) else { return };
        let report = match result {
            Ok(report) => report,
            Err(problem) => return self.show_problem(&task.label, &answered_here(problem)),
        };
        self.reason = None;
        self.last = Some((task.label.clone(), report.clone()));
        let done = self.done_words.iter().position(|(of, _)| *of == id);
        let done = done.map(|at| self.done_words.remove(at).1);
        let words = match done {
            Some(done) if report.results.is_empty() => done,
            Some(done) => format!("{done} {}", outcome_words(&report)),
            None => format!("{}: {}", task.label, outcome_words(&report)),
        };
        let trouble = report.stopped.is_some()
            || report.results.iter().any(|r| !matches!(r.outcome, Outcome::Done | Outcome::Unchanged));
        // The list opens by itself only where nobody is in the middle of something else.
        let list = self.overlays.is_empty() && self.filtering.is_none();
        if list && (report.results.len() > 1 || trouble) {
            self.overlays.push(Overlay::Results(Results::new(task.label, report)));
            return if trouble { self.complain(words) } else { self.say(words) };
        }
        if trouble {
            return self.complain(format!("{words}; L shows the results"));
        }
        self.say(words);
    }

    fn checked(&mut self, id: TaskId, result: Result<CheckReport, Problem>) {
        let Some(result) = self.watched(id, result) else { return };
        let Some(task) = self.end(id) else { return };
        self.ask_orphans_again();
        match result {
            Err(problem) => self.show_problem(&task.label, &problem),
            Ok(report) => {
                let people = usize::try_from(report.people).unwrap_or(usize::MAX);
                let groups = match report.groups {
                    0 => String::new(),
                    1 => " and 1 pushed group".to_owned(),
                    n => format!(" and {n} pushed groups"),
                };
                let words = format!(
                    "checked {}: {} changed{groups}, {} accounts that nobody here has",
                    count(people, "person"),
                    report.changed,
                    report.strangers
                );
                match report.why {
                    Some(why) => self.complain(format!("{words}; not complete: {} {}", why.text, why.next)),
                    None => self.say(words),
                }
            }
        }
    }

    fn tested(&mut self, id: TaskId, result: Result<TestReport, Problem>) {
        let Some(task) = self.end(id) else { return };
        match result {
            // Only one that does not open the file: what else is wrong with it is not mended by another.
            Err(problem) if task.kind == Kind::Unlock && problem.code == WRONG_PASSPHRASE => {
                self.ask_passphrase(true);
            }
            Err(problem) => self.show_problem(&task.label, &problem),
            Ok(report) => {
                let goes_on =
                    if self.directory.queue().moving() > 0 { "; what is queued goes on" } else { "" };
                if report.ok && task.kind == Kind::Unlock {
                    self.say(format!("the token is open{goes_on}"));
                } else if report.ok && task.kind == Kind::Token {
                    self.say(format!("the new token is taken{goes_on}"));
                } else if report.ok && task.kind == Kind::AskNow {
                    self.say("it answers: what it asked to wait for is over, and what waits goes on");
                } else if report.ok {
                    self.say("Connector configured successfully");
                } else {
                    let trouble = report.trouble.as_ref().map(|f| format!("{} {}", f.text, f.next));
                    self.complain(trouble.unwrap_or_else(|| "the test failed".to_owned()));
                }
                self.tested = Some(report);
                self.refresh_all();
                // The result stands at the end of the pane: bring it into sight.
                let line = |l: &Line| l.text().starts_with("Test Connector");
                self.connection.top = self.connection.lines.iter().position(line).unwrap_or(0);
            }
        }
    }

    fn answered(&mut self, id: QueryId, result: Result<Answer, Problem>) {
        self.asked.retain(|asked| *asked != id);
        let Some(result) = self.take_tasks(id, result) else { return };
        let Some(result) = self.take_orphans(id, result) else { return };
        if self.feed_asked == Some(id) {
            return self.older_entries(result);
        }
        let waits = |o: &Overlay| match o {
            Overlay::Person(page) => page.asked == id,
            Overlay::Reader(reader) => reader.waiting == Some(id),
            Overlay::Connections(switcher) => switcher.waiting == Some(id),
            _ => false,
        };
        let Some(at) = self.overlays.iter().position(waits) else { return };
        match (&mut self.overlays[at], result) {
            (Overlay::Person(page), Ok(Answer::Audit(entries))) => page.audit = Some(entries),
            (Overlay::Person(page), Err(_)) => page.audit = Some(Vec::new()),
            (Overlay::Reader(reader), Ok(Answer::Traces(traces))) => {
                reader.waiting = None;
                let mut lines = reader.head.clone();
                lines.extend(trace_doc::page(&traces));
                reader.page.replace(lines);
                // The attempt that failed is what is asked for; those before it stand above it.
                if reader.head.is_empty() {
                    reader.page.top = trace_doc::failed_last(&traces).unwrap_or(reader.page.top);
                }
            }
            (Overlay::Connections(switcher), Ok(Answer::Connections(rows))) => switcher.fill(rows),
            (Overlay::Connections(_), Err(problem)) => {
                self.overlays.remove(at);
                self.complain(format!("{} {}", problem.text, problem.next));
            }
            (Overlay::Reader(reader), Err(problem)) => {
                reader.waiting = None;
                reader.page.replace(problem_lines(&problem));
            }
            _ => {}
        }
        self.refresh_pages();
    }

    fn older_entries(&mut self, result: Result<Answer, Problem>) {
        self.feed_asked = None;
        match result {
            Ok(Answer::Audit(entries)) => {
                self.feed.whole = entries.len() < super::feed::PAGE as usize;
                self.feed.take(entries);
                self.feed.refresh(self.table_rows());
            }
            Ok(_) => {}
            Err(problem) => self.complain(format!("{} {}", problem.text, problem.next)),
        }
    }

    pub(super) fn show_problem(&mut self, what: &str, problem: &Problem) {
        if self.overlays.is_empty() && self.filtering.is_none() {
            self.push_reader(what, Page::new(problem_lines(problem)), None);
        } else {
            self.complain(format!("{what}: {} {}", problem.text, problem.next));
        }
    }
}

/// A refusal that names what the command line gives, in the words of the dialog.
fn answered_here(problem: Problem) -> Problem {
    let next = match problem.code {
        "reason_required" => "Do it again: the dialog asks for the reason.",
        "brake" => "Do it again: the dialog shows the plan as it is now and asks for the number.",
        "unconfirmed" => "Do it again: the dialog shows the plan as it is now.",
        _ => return problem,
    };
    Problem { next: next.to_owned(), ..problem }
}

fn problem_lines(problem: &Problem) -> Vec<Line> {
    let mut lines = vec![
        Line::of(Tone::Bad, "x ").and(Tone::Strong, problem.text.clone()),
        Line::blank(),
        Line::of(Tone::Dim, "Next: ").and(Tone::Plain, problem.next.clone()),
    ];
    let row = |r: &crate::verbs::Rejected| Line::plain(format!("  line {}: {}", r.line, r.reason));
    lines.extend(problem.rejected.iter().map(row));
    lines
}

/// How a run ended, in words.
pub(super) fn outcome_words(report: &Report) -> String {
    let all = [
        (Outcome::Done, "done"),
        (Outcome::Unchanged, "already so"),
        (Outcome::Failed, "failed"),
        (Outcome::InDoubt, "in doubt"),
        (Outcome::Held, "not sent"),
    ];
    let words: Vec<_> = all
        .into_iter()
        .map(|(outcome, word)| (report.count(outcome), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    if words.is_empty() { "done; nothing had to be sent".to_owned() } else { words.join(", ") }
}
