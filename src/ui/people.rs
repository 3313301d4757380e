//! The Assignments pane.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::table::{self, Cell, Column};
use crate::app::{App, Sort, Tone, age, flag_glyph, flag_tone};
use crate::directory::{AssignmentKind, PersonView};
use crate::domain::{AccountState, ProfileAttribute};

/// Narrower screens may have no room for the Person column: the name under the cursor is below the list.
const NARROW: u16 = 100;

pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect) {
    let inside = canvas.frame(area, &title(app), &foot(app), false);
    let roles = app.directory.attributes();
    let mut columns = vec![
        Column::new("", 2, 2, 0),
        // Two halves of a name tell nobody apart: on a narrow screen the user name alone stays, whole.
        Column::new("Person", 12, 24, 4),
        Column::new("User name", 20, 36, 0),
        Column::new("State", 15, 17, 1),
        Column::new("Type", 5, 16, 3),
    ];
    columns.extend(roles.iter().map(|a| role(canvas, a)));
    columns.push(Column::new("Account", 8, 9, 5));
    columns.push(Column::new("Confirmed", 9, 14, 6));
    let cursor = (app.people.cursor, app.people.order.len());
    table::draw(canvas, inside, &columns, cursor, |at| {
        let person = app.people.order.get(at).and_then(|id| app.directory.get(*id));
        person.map(|p| row(app, &p)).unwrap_or_default()
    });
    if app.people.order.is_empty() {
        let words = match (app.people.filter.is_empty(), app.directory.is_empty()) {
            (true, true) => "The directory is empty; scimdeck import people FILE fills it from a CSV",
            (true, false) => "Nobody to show here: v shows others",
            (false, _) => "Nobody fits the filter: esc clears it",
        };
        let dim = canvas.tone(Tone::Dim);
        canvas.put(inside.x + 2, inside.y + 2, inside.width.saturating_sub(4), words, dim);
    }
}

/// The column of an attribute: as wide as its heading and what it takes, which are shown whole where they are short.
pub(super) fn role(canvas: &Canvas<'_>, attribute: &ProfileAttribute) -> Column {
    const SHORT: u16 = 10;
    const MAX: u16 = 18;
    let heading = heading(attribute);
    let texts = attribute.members.iter().map(|member| member.value.as_str()).chain([heading.as_str()]);
    let longest = texts.map(|text| canvas.show(text).width()).max().unwrap_or_default();
    let want = match attribute.members.len() {
        0 => MAX,
        _ => u16::try_from(longest).unwrap_or(MAX).min(MAX),
    };
    Column::new(&heading, want.min(SHORT), want, 2)
}

/// The shared start of the roles' names says nothing in a heading.
fn heading(attribute: &ProfileAttribute) -> String {
    let name = &attribute.display_name;
    name.strip_prefix("workato_").filter(|s| !s.is_empty()).unwrap_or(name).to_owned()
}

fn title(app: &App) -> String {
    let people = &app.people;
    let mut title = format!("Assignments ({}) {}", people.order.len(), people.view.words());
    if !people.filter.is_empty() && app.filtering.is_none() {
        title.push_str(&format!(" · /{}", people.filter));
    }
    title
}

fn foot(app: &App) -> String {
    let sort = match app.people.sort {
        Sort::Flag => "flagged first",
        Sort::UserName => "by user name",
    };
    let name = match app.people.current().and_then(|id| app.directory.get(id)) {
        Some(person) if app.size.0 < NARROW => {
            format!("{} · ", person.name().chars().take(30).collect::<String>())
        }
        _ => String::new(),
    };
    let at = (app.people.cursor.at + 1).min(app.people.order.len());
    let selected = app.people.selected.len();
    let selected = if selected > 0 { format!("{selected} selected · ") } else { String::new() };
    format!("{name}{selected}{sort} · {at} of {}", app.people.order.len())
}

fn row(app: &App, person: &PersonView<'_>) -> Vec<Cell> {
    let selected = if app.people.selected.contains(&person.id()) { "+" } else { " " };
    let flag = person.flag();
    let mark = flag.map_or(" ", flag_glyph);
    let tone = flag.map_or(Tone::Plain, flag_tone);
    let state = match flag {
        Some(flag) => flag.words(),
        None if person.assigned() => person.account().word(),
        None => person.status().word(),
    };
    let state_tone = match (flag, person.account()) {
        (Some(_), _) => tone,
        (None, AccountState::Active) => Tone::Good,
        _ => Tone::Dim,
    };
    let mut cells = vec![
        (format!("{selected}{mark}"), tone),
        (person.name(), Tone::Plain),
        (person.user_name().to_owned(), Tone::Plain),
        (state.to_owned(), state_tone),
        kind(app, person),
    ];
    for attribute in app.directory.attributes() {
        let value = person.roles().get(&attribute.variable).unwrap_or("-");
        let tone = if value == "-" || !person.assigned() { Tone::Dim } else { Tone::Plain };
        cells.push((value.to_owned(), tone));
    }
    cells.push((person.account().word().to_owned(), Tone::Dim));
    cells.push((person.confirmed_at().map_or_else(|| "-".to_owned(), |at| age(app.now, at)), Tone::Dim));
    cells
}

fn kind(app: &App, person: &PersonView<'_>) -> Cell {
    match person.kind() {
        AssignmentKind::None => ("-".to_owned(), Tone::Dim),
        AssignmentKind::Individual => ("Individual".to_owned(), Tone::Plain),
        AssignmentKind::Group(id) => {
            let name = app.directory.group(id).map(|g| g.group.name.as_str()).unwrap_or_default();
            (format!("Group {name}"), Tone::Accent)
        }
    }
}
