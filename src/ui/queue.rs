//! The Tasks pane.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::table::{self, Column};
use crate::app::{App, Tone, age, clock, state_words, task_glyph, task_tone};

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
    format!("{selected}{first}worst first")
}
