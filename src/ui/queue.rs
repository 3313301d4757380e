//! The Tasks pane.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::table::{self, Column};
use crate::app::{App, Tone, age, clock, state_words, task_glyph, task_tone};
use crate::engine::time_left_words;

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
    table::draw(canvas, inside, &columns, (queue.cursor, queue.order.len()), |at| {
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
    if queue.order.is_empty() {
        let words = match (queue.filter.is_empty(), app.directory.queue().total()) {
            (false, _) => "Nothing fits the filter: esc clears it",
            (true, 0) => "Nothing is queued, waiting or failed",
            (true, _) => "...",
        };
        let dim = canvas.tone(Tone::Dim);
        canvas.put(inside.x + 2, inside.y + 2, inside.width.saturating_sub(4), words, dim);
    }
}

fn title(app: &App) -> String {
    let queue = &app.queue;
    let mut title = format!("Tasks ({})", app.directory.queue().total());
    let states: Vec<String> = queue.by_state().into_iter().map(|(word, n)| format!("{n} {word}")).collect();
    if !states.is_empty() {
        title.push_str(&format!(" {}", states.join(", ")));
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
}
