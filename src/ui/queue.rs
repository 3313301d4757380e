//! The Tasks pane.

use std::cmp::Ordering;

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::table::{self, Cell, Column};
use crate::app::{App, Tone, age, clock, state_words, task_glyph, task_tone};
use crate::directory::PushState;
use crate::engine::{GroupTask, time_left_words};

pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let queue = &app.queue;
    let inside = canvas.frame(area, &title(app), &foot(app), false);
    let columns = [
        Column::new("", 2, 2, 0),
        Column::new("Person", 12, 30, 0),
        Column::new("Kind", 10, 10, 0),
        Column::new("State", 8, 8, 0),
        Column::new("Cause", 8, 20, 4),
        Column::new("Since", 9, 12, 2),
        Column::new("Tries", 5, 5, 3),
        Column::new("Until", 8, 8, 1),
        Column::new("What happened", 12, 60, 6),
    ];
    table::draw(canvas, inside, &columns, (queue.cursor, queue.len()), |at| {
        if let Some(task) = queue.group(at) {
            return group(task);
        }
        let Some(op) = queue.row(at) else { return Vec::new() };
        let selected = if queue.selected.contains(&op.person) { "+" } else { " " };
        let tone = task_tone(op);
        let happened = op.failure.as_ref().map(|f| f.text.clone()).unwrap_or_default();
        vec![
            (format!("{selected}{}", task_glyph(op)), tone),
            (op.user_name.clone(), Tone::Plain),
            (op.kind.word().to_owned(), Tone::Plain),
            (state_words(op).to_owned(), tone),
            (op.cause.clone(), Tone::Dim),
            (age(app.now, op.created_at), Tone::Dim),
            (op.attempts.to_string(), Tone::Dim),
            (op.not_before.map(clock).unwrap_or_default(), Tone::Warn),
            (happened, tone),
        ]
    });
    if queue.is_empty() {
        let words = match (queue.filter.is_empty(), app.directory.queue().total()) {
            (false, _) => "Nothing fits the filter: esc clears it",
            (true, 0) => "Nothing is queued, waiting or failed",
            (true, _) => "...",
        };
        let dim = canvas.tone(Tone::Dim);
        canvas.put(inside.x + 2, inside.y + 2, inside.width.saturating_sub(4), words, dim);
    }
}

fn group(task: &GroupTask) -> Vec<Cell> {
    let (glyph, tone) = match task.state {
        PushState::Failed => ("x", Tone::Bad),
        _ => ("~", Tone::Warn),
    };
    let happened = task.failure.as_ref().map(|f| f.text.clone()).unwrap_or_default();
    vec![
        (format!(" {glyph}"), tone),
        (task.name.clone(), Tone::Plain),
        ("group".to_owned(), Tone::Plain),
        (task.state.word().to_owned(), tone),
        (task.cause().to_owned(), Tone::Dim),
        (String::new(), Tone::Dim),
        (String::new(), Tone::Dim),
        (String::new(), Tone::Dim),
        (happened, tone),
    ]
}

fn title(app: &App) -> String {
    let queue = &app.queue;
    let mut title = format!("Tasks ({})", app.directory.queue().total());
    let all = app.directory.queue();
    // The rows say it in more words, but of a long queue only the first are here.
    let states = match (all.total() as usize).cmp(&queue.tasks.rows.len()) {
        Ordering::Greater => all.words(),
        _ => {
            let states = queue.by_state().into_iter().map(|(word, n)| format!("{n} {word}"));
            states.collect::<Vec<_>>().join(", ")
        }
    };
    if !states.is_empty() {
        title.push_str(&format!(" {states}"));
    }
    let groups = app.queue.group_counts().words();
    if !groups.is_empty() {
        title.push_str(&format!(" · {groups}"));
    }
    if !queue.filter.is_empty() && app.filtering.is_none() {
        title.push_str(&format!(" · /{}", queue.filter));
    }
    title
}

fn foot(app: &App) -> String {
    let queue = &app.queue;
    let selected = match queue.selected.len() {
        0 => String::new(),
        n => format!("{n} selected · "),
    };
    let (held, all) = (queue.tasks.rows.len(), app.directory.queue().total() as usize);
    let first = if all > held && held > 0 { format!("the first {held} · ") } else { String::new() };
    let left = match app.directory.queue().moving() {
        0 => String::new(),
        _ => format!("{} · ", time_left_words(app.time_left())),
    };
    format!("{left}{selected}{first}worst first")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ANSI, buffer, press, screen};
    use crate::app::fixture::{ANA, BAO, CARL, DORA, NOW, app, directory, waiting};
    use crate::app::{App, Msg};
    use crate::directory::{Change, Directory, OpMark};
    use crate::domain::{Failure, FailureKind, OpId, OpKind, OpState, PersonId};
    use crate::engine::Sending;

    fn queued(people: &[PersonId]) -> Directory {
        let mut directory = directory();
        for id in people {
            let op = OpMark { id: OpId(id.0), kind: OpKind::Update, state: OpState::Queued, failure: None };
            directory.apply(&Change::Operation(*id, op));
        }
        directory
    }

    fn seen(app: &mut App) -> String {
        screen(&buffer(app, 120, 40, ANSI))
    }

    #[test]
    fn the_time_left_is_unknown_until_something_came_through_and_then_in_header_and_tasks() {
        let mut app = app();
        press(&mut app, "6");
        let steps: [&[PersonId]; 3] = [&[ANA, BAO, CARL, DORA], &[ANA, BAO, CARL], &[ANA, BAO]];
        for (n, people) in (0..).zip(steps) {
            app.handle(Msg::Now(NOW.plus_ms(n * 10_000)));
            app.handle(Msg::Directory(Box::new(queued(people))));
            assert_eq!(seen(&mut app).contains("time left unknown"), n < 2);
        }
        // One in ten seconds, two left.
        assert_eq!(seen(&mut app).matches("about 20 s left").count(), 2, "{}", seen(&mut app));
        app.handle(Msg::Sending(waiting(NOW.plus_ms(120_000))));
        assert_eq!(seen(&mut app).matches("about 2 min left").count(), 2, "{}", seen(&mut app));
        app.handle(Msg::Sending(Sending::Here));
        app.handle(Msg::Ahead(crate::engine::Ahead { left: 2, limited: 2, ms: 240_000 }));
        assert_eq!(seen(&mut app).matches("about 4 min left").count(), 2, "by the limit that was learned");
    }

    #[test]
    fn an_endpoint_that_is_down_is_said_with_when_it_is_tried_again() {
        let mut app = app();
        let failure = Failure {
            kind: FailureKind::Unreachable,
            text: "The app cannot be reached.".into(),
            next: "Look at the network.".into(),
        };
        app.handle(Msg::Sending(Sending::Waiting(NOW.plus_ms(30_000), failure.clone())));
        assert!(app.toast.take().is_some_and(|t| t.text.contains("cannot be reached")));
        app.handle(Msg::Sending(Sending::Waiting(NOW.plus_ms(90_000), failure)));
        assert!(app.toast.is_none(), "the same is not said again with every try");
        let text = seen(&mut app);
        assert!(text.contains("tried again at 09:31:30 UTC: The app cannot be reached."), "{text}");
        let Sending::Waiting(until, mut long) = waiting(NOW.plus_ms(900_000)) else { panic!() };
        long.next = "It asked for longer than is believed".into();
        app.handle(Msg::Sending(Sending::Waiting(until, long)));
        assert!(seen(&mut app).contains("longer than is believed"), "{}", seen(&mut app));
    }

    #[test]
    fn of_a_long_queue_title_and_header_count_all_and_not_only_the_rows_that_are_here() {
        let mut app = app();
        let mut directory = queued(&[ANA, BAO, CARL]);
        let op = OpMark { id: OpId(9), kind: OpKind::Update, state: OpState::InDoubt, failure: None };
        directory.apply(&Change::Operation(DORA, op));
        app.handle(Msg::Directory(Box::new(directory)));
        press(&mut app, "6");
        let text = seen(&mut app);
        assert!(text.contains("Tasks (4) 1 in doubt, 3 queued"), "{text}");
        assert!(text.contains("3 queued · 1 in doubt"), "{text}");
        app.handle(Msg::Sending(Sending::Offered(4)));
        let text = seen(&mut app);
        assert!(
            text.contains("They stand so: 1 in doubt, 3 queued.") && text.contains("Tasks (6)"),
            "{text}"
        );
    }
}
