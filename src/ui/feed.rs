//! The Audit Log.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::table::{self, Column};
use crate::app::{App, Tone, stamp};
use crate::audit::{AuditEntry, Source};
use crate::domain::Difference;

pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let feed = &app.feed;
    let mut title = format!("Audit Log ({})", feed.order.len());
    if !feed.filter.is_empty() {
        title.push_str(&format!(" · /{}", feed.filter));
    }
    let foot = if feed.follow { "following" } else { "not following" };
    let inside = canvas.frame(area, &title, foot, false);
    let short = area.width < 100;
    // What happened is never cut; what it was before and after gives way, and is whole on the entry's page.
    let rows = usize::from(inside.height.saturating_sub(1));
    let shown = feed.cursor.window(feed.order.len(), rows);
    let long = shown.filter_map(|at| feed.row(at)?.entry().map(|entry| canvas.show(&entry.event).width()));
    let event = u16::try_from(long.max().unwrap_or(0)).unwrap_or(u16::MAX).clamp(8, inside.width / 3);
    let columns = [
        // Half a time says nothing.
        if short { Column::new("UTC", 8, 8, 0) } else { Column::new("Time (UTC)", 19, 19, 0) },
        Column::new("Source", 14, 14, 0),
        Column::new("Event", event, event, 1),
        Column::new("Who", 10, 26, 0),
        Column::new("Before and after", 10, 44, 2),
        Column::new("By", 6, 12, 5),
        Column::new("In the app", 13, 13, 6),
    ];
    table::draw(canvas, inside, &columns, (feed.cursor, feed.order.len()), |at| {
        let Some(row) = feed.row(at) else { return Vec::new() };
        let Some(entry) = row.entry() else { return Vec::new() };
        let time = stamp(entry.time);
        let time = if short { time.get(11..).unwrap_or(&time).to_owned() } else { time };
        let (seen, tone) = match (row.seen(), row.sent()) {
            (Some(seen), _) => (format!("seen {}", crate::app::clock(seen)), Tone::Good),
            (None, Some(_)) => ("sent".to_owned(), Tone::Dim),
            (None, None) => (String::new(), Tone::Dim),
        };
        // An operation that the app's own log confirms carries the app's mark.
        let source = row.echoes.first().map_or(entry.source, |echo| echo.source);
        vec![
            (time, Tone::Dim),
            (source.word().to_owned(), source_tone(source)),
            (entry.event.clone(), Tone::Plain),
            (entry.subject.clone(), Tone::Plain),
            (changes(app, entry, short), Tone::Plain),
            (entry.actor.clone(), Tone::Dim),
            (seen, tone),
        ]
    });
}

/// A role that changed, else the first value that did; without any, the sentence. Where there is little room the values
/// come before the name.
fn changes(app: &App, entry: &AuditEntry, short: bool) -> String {
    let role = |d: &&Difference| app.directory.attribute(&d.attribute).is_some();
    let Some(shown) = entry.changes.iter().find(role).or(entry.changes.first()) else {
        return entry.detail.clone();
    };
    let value = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".to_owned());
    let (name, before, after) = (&shown.attribute, value(&shown.before), value(&shown.after));
    let words =
        if short { format!("{before} -> {after} {name}") } else { format!("{name} {before} -> {after}") };
    match entry.changes.len() - 1 {
        0 => words,
        more => format!("{words} and {more} more"),
    }
}

fn source_tone(source: Source) -> Tone {
    match source {
        Source::ScimAutoSync => Tone::Good,
        Source::Drift => Tone::Warn,
        Source::Console => Tone::Accent,
        Source::Import | Source::Invitation | Source::SignIn | Source::App => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ANSI, buffer, press, screen};
    use crate::app::Msg;
    use crate::app::fixture::{app, entry};
    use crate::audit::Source;

    #[test]
    fn what_happened_is_whole_at_80_columns_and_the_detail_gives_way() {
        let mut app = app();
        app.handle(Msg::Audit(vec![
            entry(1, Source::Console, "sending taken over"),
            entry(2, Source::Drift, "changed in the app"),
        ]));
        press(&mut app, "4");
        let seen = screen(&buffer(&mut app, 80, 24, ANSI));
        assert!(seen.contains("sending taken over") && seen.contains("changed in the app"), "{seen}");
        assert!(seen.contains("ana@examp"), "{seen}");
    }
}
