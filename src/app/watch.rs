//! A comparison of everybody in the background, every so often while the console is open. Nobody waits for it: it is no
//! task, gives way to whatever an operator begins, and says something only when it found something.

use super::{App, Effect, Overlay, TaskId};
use crate::domain::Time;
use crate::engine::{CheckReport, Problem, Sending};

/// No look begins earlier than this after the console was opened: mostly somebody has come to do something.
const SETTLED_MS: i64 = 5 * 60_000;
const MINUTE_MS: i64 = 60_000;

/// Where it stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Watch {
    opened: Option<Time>,
    /// The last time that one was due, begun or skipped.
    tried: Option<Time>,
    running: Option<TaskId>,
    /// When the console is woken for it.
    wake: Option<Time>,
}

impl App {
    /// When the next one is due; none where it is off.
    fn compare_due(&self) -> Option<Time> {
        let every = i64::from(self.directory.connection().compare_every_min);
        if every == 0 {
            return None;
        }
        let later = |at: Time| at.plus_ms(every * MINUTE_MS);
        let seen = self.directory.sweep().map(|sweep| later(sweep.at));
        let opened = self.watch.opened.map(|at| at.plus_ms(SETTLED_MS));
        [seen, self.watch.tried.map(later), opened].into_iter().flatten().max()
    }

    /// Whether nothing else is under way, here or in another process, that a look would get in the way of.
    fn quiet(&self) -> bool {
        let queue = self.directory.queue();
        let sends = matches!(self.sending, Sending::Here | Sending::Elsewhere(_) | Sending::Off);
        self.directory.connection().enabled
            && self.tasks.is_empty()
            && queue.queued + queue.running == 0
            && sends
    }

    /// Begins it when it is due; one that is due while a run is under way is skipped.
    pub(super) fn watch_in_time(&mut self) {
        self.watch.opened.get_or_insert(self.now);
        let Some(due) = self.compare_due().filter(|_| self.watch.running.is_none()) else { return };
        if due <= self.now {
            self.watch.tried = Some(self.now);
            if self.quiet() {
                let id = TaskId(self.new_id());
                self.watch.running = Some(id);
                return self.out.push(Effect::Check(id, None));
            }
        }
        let next = self.compare_due().filter(|next| self.watch.wake != Some(*next));
        if let Some(next) = next {
            self.watch.wake = Some(next);
            self.out.push(Effect::WakeAt(next));
        }
    }

    /// Gives way to what an operator begins.
    pub(super) fn stop_watching(&mut self) {
        if let Some(id) = self.watch.running.take() {
            self.out.push(Effect::Stop(id));
        }
    }

    /// A look of this kind ended; gives back any other.
    pub(super) fn watched(
        &mut self,
        id: TaskId,
        result: Result<CheckReport, Problem>,
    ) -> Option<Result<CheckReport, Problem>> {
        if self.watch.running != Some(id) {
            return Some(result);
        }
        self.watch.running = None;
        self.ask_orphans_again();
        // What went wrong is told by the next look of an operator; this one tries again when it is due.
        if let Ok(report) = &result
            && report.changed + report.groups > 0
        {
            let page = self.overlays.iter().any(|o| matches!(o, Overlay::Compare(_)));
            let how = if page { "" } else { "; ctrl-e shows what differs" };
            let changed = report.changed + report.groups;
            self.say(format!("compared in the background: {changed} changed{how}"));
        }
        self.watch_in_time();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{self, CARL, NOW, app, waiting};
    use super::super::tests::keys;
    use super::super::{Msg, fixture::app_on};
    use super::*;
    use crate::directory::{Change, Directory, OpMark};
    use crate::domain::{OpId, OpKind, OpState};

    fn later(minutes: i64) -> Time {
        NOW.plus_ms(minutes * MINUTE_MS)
    }

    fn begun(effects: &[Effect]) -> Option<TaskId> {
        effects.iter().find_map(|e| match e {
            Effect::Check(id, None) => Some(*id),
            _ => None,
        })
    }

    fn report(changed: u64) -> CheckReport {
        CheckReport {
            at: later(60),
            complete: true,
            why: None,
            people: 6,
            accounts: 4,
            strangers: 0,
            changed,
            groups: 0,
            orphans: Vec::new(),
        }
    }

    fn every(minutes: u32) -> Directory {
        let mut directory = fixture::directory();
        let mut connection = directory.connection().clone();
        connection.compare_every_min = minutes;
        directory.apply(&Change::Connection(Box::new(connection)));
        directory
    }

    #[test]
    fn an_hour_after_the_last_look_everybody_is_compared_and_nobody_waits_for_it() {
        let mut app = app();
        // The last look was four minutes ago.
        assert_eq!(begun(&app.handle(Msg::Now(later(55)))), None);
        let effects = app.handle(Msg::Now(later(56)));
        let id = begun(&effects).expect("it is due");
        assert!(app.idle(), "no task");
        assert_eq!(begun(&app.handle(Msg::Now(later(57)))), None, "one at a time");
        let effects = app.handle(Msg::Checked(id, Ok(report(0))));
        assert!(app.toast.is_none(), "nothing found, nothing said");
        assert!(effects.contains(&Effect::WakeAt(later(57 - 1 + 60))), "{effects:?}");
        let id = begun(&app.handle(Msg::Now(later(116)))).expect("an hour later");
        app.handle(Msg::Checked(id, Ok(report(2))));
        assert!(app.toast.as_ref().unwrap().text.contains("2 changed"));
    }

    #[test]
    fn it_can_be_switched_off_and_has_a_pace_of_its_own() {
        let mut app = app_on(every(0));
        assert_eq!(app.handle(Msg::Now(later(60 * 24))), vec![]);
        let mut app = app_on(every(240));
        assert_eq!(begun(&app.handle(Msg::Now(later(200)))), None);
        assert!(begun(&app.handle(Msg::Now(later(240)))).is_some());
    }

    #[test]
    fn a_console_just_opened_is_left_alone_for_a_while() {
        let mut directory = every(60);
        let mut sweep = directory.sweep().unwrap().clone();
        sweep.at = later(-600);
        directory.apply(&Change::Swept(sweep));
        let mut app = app_on(directory);
        assert_eq!(begun(&app.handle(Msg::Now(later(4)))), None);
        assert!(begun(&app.handle(Msg::Now(later(5)))).is_some());
    }

    #[test]
    fn it_is_skipped_while_a_run_is_under_way_and_gives_way_to_one() {
        let mut running = every(60);
        let mark = OpMark { id: OpId(7), kind: OpKind::Update, state: OpState::Queued, failure: None };
        running.apply(&Change::Operation(CARL, mark));
        let mut app = app_on(running);
        assert_eq!(begun(&app.handle(Msg::Now(later(70)))), None);
        app.handle(Msg::Directory(Box::new(every(60))));
        assert_eq!(begun(&app.handle(Msg::Now(later(71)))), None, "skipped, not put off by a minute");
        assert!(begun(&app.handle(Msg::Now(later(130)))).is_some());

        let mut app = fixture::app();
        let id = begun(&app.handle(Msg::Now(later(56)))).expect("it is due");
        let effects = keys(&mut app, "R");
        assert_eq!(effects[0], Effect::Stop(id));
        assert!(matches!(effects[1], Effect::Check(..)));
    }

    #[test]
    fn nothing_is_read_while_the_app_asks_for_time_or_scim_is_disabled() {
        let mut app = app();
        app.handle(Msg::Sending(waiting(later(90))));
        assert_eq!(begun(&app.handle(Msg::Now(later(70)))), None);
        let mut off = every(60);
        let mut connection = off.connection().clone();
        connection.enabled = false;
        off.apply(&Change::Connection(Box::new(connection)));
        assert_eq!(begun(&app_on(off).handle(Msg::Now(later(70)))), None);
    }
}
