//! The Groups pane.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::people::role;
use super::table::{self, Column};
use crate::app::{App, Tone};
use crate::directory::{Directory, GroupRow, PushState};

pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let len = app.groups.order.len();
    let title = match app.groups.filter.as_str() {
        "" => format!("Groups ({len})"),
        filter => format!("Groups ({len}) · /{filter}"),
    };
    let inside = canvas.frame(area, &title, "assigned first, by priority", false);
    let mut columns = vec![
        Column::new("Group", 12, 36, 0),
        Column::new("Assigned", 12, 12, 0),
        Column::new("Priority", 8, 8, 1),
        Column::new("Members", 7, 8, 3),
        Column::new("Push", 6, 7, 4),
    ];
    columns.extend(app.directory.attributes().iter().map(|a| role(canvas, a)));
    table::draw(canvas, inside, &columns, (app.groups.cursor, len), |at| {
        let Some(row) = app.groups.order.get(at).and_then(|id| app.directory.group(*id)) else {
            return Vec::new();
        };
        let (state, tone) =
            if row.assignment.is_some() { ("assigned", Tone::Good) } else { ("not assigned", Tone::Dim) };
        let priority = row.assignment.as_ref().map_or_else(|| "-".to_owned(), |a| a.priority.to_string());
        let mut cells = vec![
            (row.group.name.clone(), Tone::Plain),
            (state.to_owned(), tone),
            (priority, Tone::Plain),
            (row.members.len().to_string(), Tone::Plain),
            push(row, &app.directory),
        ];
        for attribute in app.directory.attributes() {
            let value = row.assignment.as_ref().and_then(|a| a.roles.get(&attribute.variable));
            cells.push((value.unwrap_or("-").to_owned(), Tone::Plain));
        }
        cells
    });
}

fn push(row: &GroupRow, directory: &Directory) -> (String, Tone) {
    match row.push_state(directory) {
        None => ("-".to_owned(), Tone::Dim),
        Some(state) => {
            let tone = match state {
                PushState::Pushed => Tone::Good,
                PushState::Due | PushState::Ending => Tone::Warn,
                PushState::Failed => Tone::Bad,
            };
            (state.word().to_owned(), tone)
        }
    }
}
