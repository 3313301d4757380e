//! The Profile Editor.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::table::{self, Column};
use crate::app::{App, Tone};

pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let attributes = app.directory.attributes();
    let title = format!("App user profile ({})", attributes.len());
    let inside = canvas.frame(area, &title, "", false);
    let columns = [
        Column::new("", 1, 1, 0),
        Column::new("Display name", 12, 20, 0),
        Column::new("Variable name", 12, 20, 1),
        Column::new("Data type", 9, 9, 2),
        Column::new("Required", 8, 8, 2),
        Column::new("Members", 10, 36, 0),
        Column::new("External name", 12, 20, 3),
        Column::new("External namespace", 18, 52, 4),
    ];
    table::draw(canvas, inside, &columns, (app.profile, attributes.len()), |at| {
        let Some(a) = attributes.get(at) else { return Vec::new() };
        let members: Vec<_> = a.members.iter().map(|m| m.display.as_str()).collect();
        let members = if members.is_empty() { "any value".to_owned() } else { members.join(", ") };
        let found = |grave| app.findings.iter().any(|f| f.variable == a.variable && f.code.grave() == grave);
        let mark = match (found(true), found(false)) {
            (true, _) => ("!", Tone::Bad),
            (false, true) => ("-", Tone::Warn),
            (false, false) => ("", Tone::Plain),
        };
        let namespace = match (&a.external_namespace, a.sendable()) {
            (Some(urn), _) => (urn.clone(), Tone::Dim),
            (None, true) => ("core".to_owned(), Tone::Dim),
            (None, false) => ("none: never sent".to_owned(), Tone::Bad),
        };
        vec![
            (mark.0.to_owned(), mark.1),
            (a.display_name.clone(), Tone::Plain),
            (a.variable.clone(), Tone::Accent),
            (a.data_type.word().to_owned(), Tone::Plain),
            (if a.required { "required" } else { "optional" }.to_owned(), Tone::Plain),
            (members, Tone::Plain),
            (a.external_name.clone(), Tone::Plain),
            namespace,
        ]
    });
}
