//! What lies over the panes, and pages of text.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::table::{self, Column};
use super::{compare, connections, convert, dialog, form, import};
use crate::app::{App, Line, Overlay, Page, Results, Tone, layout};
use crate::engine::Outcome;

/// Whether it covers the pane.
fn page(overlay: &Overlay) -> bool {
    matches!(
        overlay,
        Overlay::Person(_)
            | Overlay::Results(_)
            | Overlay::Reader(_)
            | Overlay::Import(_)
            | Overlay::Convert(_)
            | Overlay::Compare(_)
    )
}

/// Whether the pane below cannot be seen at all.
pub(super) fn covers(app: &App) -> bool {
    app.overlays.iter().any(page)
}

/// Draws the page that covers the pane, if any, and the dialog on top of it, if any.
pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    let mut cursor = None;
    let first = app.overlays.iter().rposition(page);
    for overlay in &app.overlays[first.unwrap_or(0)..] {
        cursor = match overlay {
            Overlay::Person(p) => text(canvas, area, "Person", &p.page),
            Overlay::Reader(r) => {
                let waits = r.waiting.is_some();
                text(canvas, area, &if waits { format!("{} ...", r.title) } else { r.title.clone() }, &r.page)
            }
            Overlay::Results(r) => results(app, canvas, area, r),
            Overlay::Confirm(c) => dialog::confirm(canvas, area, c),
            Overlay::Form(f) => form::draw(canvas, area, f),
            Overlay::Palette(p) => dialog::palette(app, canvas, area, p),
            Overlay::Connections(s) => connections::draw(canvas, area, s),
            Overlay::Faults(list) => dialog::faults(canvas, area, list),
            Overlay::Chooser(c) => dialog::chooser(app, canvas, area, c),
            Overlay::Import(review) => import::draw(app, canvas, area, review),
            Overlay::Convert(list) => convert::draw(app, canvas, area, list),
            Overlay::Compare(list) => {
                compare::draw(app, canvas, area, list);
                None
            }
            Overlay::Offer(n) => dialog::offer(app, canvas, area, *n),
        };
    }
    cursor
}

/// The Provisioning pane is a page too.
pub(super) fn connection(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    text(canvas, area, "Provisioning", &app.connection);
}

fn text(canvas: &mut Canvas<'_>, area: Rect, title: &str, page: &Page) -> Option<Position> {
    canvas.clear(area);
    let rows = usize::from(area.height.saturating_sub(2));
    let foot = if page.lines.len() > rows {
        let end = (page.top + rows).min(page.lines.len());
        format!("{}-{end} of {}", page.top + 1, page.lines.len())
    } else {
        String::new()
    };
    let inside = canvas.frame(area, title, &foot, false);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    canvas.lines(inside, page.lines.get(page.top..).unwrap_or_default());
    None
}

/// Why the run stopped stands above the rows, and the whole of what the row under the cursor tells below them.
fn results(app: &App, canvas: &mut Canvas<'_>, area: Rect, results: &Results) -> Option<Position> {
    canvas.clear(area);
    let count = |outcome| results.report.count(outcome);
    let doubt = count(Outcome::InDoubt);
    let foot = format!(
        "{} done, {} failed, {}{} not sent",
        count(Outcome::Done) + count(Outcome::Unchanged),
        count(Outcome::Failed),
        if doubt > 0 { format!("{doubt} in doubt, ") } else { String::new() },
        count(Outcome::Held)
    );
    let title = format!("Results: {}", results.title);
    let inside = canvas.frame(area, &title, &foot, false);
    let stopped = results.stopped();
    let (above, rows, below) = layout::results(app.size, &stopped);
    let [above, rows, below] = [above, rows + 1, below].map(|n| u16::try_from(n).unwrap_or(u16::MAX));
    let text = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    canvas.lines(Rect { height: above.min(text.height), ..text }, &stopped);
    let inside = Rect {
        y: (inside.y + above).min(inside.bottom()),
        height: rows.min(inside.height.saturating_sub(above)),
        ..inside
    };
    if let Some(error) = results.current().and_then(|r| r.error.as_ref()) {
        let lines = [Line::plain(error.text.clone()), Line::of(Tone::Accent, error.next.clone())];
        let y = inside.bottom().min(text.bottom());
        canvas.lines(Rect { y, height: below.min(text.bottom() - y), ..text }, &lines);
    }
    let whys = results.report.results.iter().any(|r| r.error.is_some());
    let mut columns = vec![
        Column::new("", 1, 1, 0),
        Column::new("User name", 24, if whys { 36 } else { 64 }, 0),
        Column::new("Outcome", 9, 9, 0),
        Column::new("Operation", 10, 10, 2),
    ];
    // Where nothing went wrong the names have its room.
    if whys {
        columns.push(Column::new("Why, and what to do next", 12, 90, 1));
    }
    table::draw(canvas, inside, &columns, (results.cursor, results.order.len()), |at| {
        let Some(r) = results.order.get(at).and_then(|at| results.report.results.get(*at)) else {
            return Vec::new();
        };
        let (glyph, tone) = match r.outcome {
            Outcome::Done => ("+", Tone::Good),
            Outcome::Unchanged => ("=", Tone::Dim),
            Outcome::Failed => ("x", Tone::Bad),
            Outcome::InDoubt => ("?", Tone::Warn),
            Outcome::Held => ("-", Tone::Warn),
        };
        let why = r.error.as_ref().map(|f| format!("{} {}", f.text, f.next)).unwrap_or_default();
        vec![
            (glyph.to_owned(), tone),
            (r.user_name.clone(), Tone::Plain),
            (r.outcome.word().replace('_', " "), tone),
            (r.operation.map(|(_, kind)| kind.word()).unwrap_or("-").to_owned(), Tone::Plain),
            (why, Tone::Plain),
        ]
    });
    None
}
