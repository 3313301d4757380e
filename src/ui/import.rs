//! The review of an import from the app.

use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::dialog;
use super::found::{self, Found};
use super::table::{self, Cell, Column};
use crate::app::{AccountRow, App, ImportChoice as Choice, ImportReview, Line, MatchKind, Picker, Tone};
use crate::domain::{Account, PersonId};

/// Rows above the table: counts, and what is chosen.
const HEAD: u16 = 2;
/// Rows below it: the account under the cursor.
const DETAIL: u16 = 2;

pub(super) fn draw(
    app: &App,
    canvas: &mut Canvas<'_>,
    area: Rect,
    review: &ImportReview,
) -> Option<Position> {
    canvas.clear(area);
    let foot = format!("{} of {}", (review.cursor.at + 1).min(review.len()), review.len());
    let inside = canvas.frame(area, "Import New Users and Profile Updates", &foot, false);
    let text = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    canvas.line(text.x, text.y, text.width, &counts(review));
    canvas.line(text.x, text.y + 1, text.width, &chosen(review));
    let middle = inside.height.saturating_sub(HEAD + DETAIL);
    let rows = Rect { y: inside.y + HEAD, height: middle, ..inside };
    let columns = [
        Column::new("Choice", 6, 6, 0),
        Column::new("Match", 8, 8, 0),
        Column::new("Account", 14, 30, 0),
        Column::new("Name", 8, 22, 3),
        Column::new("Roles", 8, 20, 2),
        Column::new("Person", 12, 30, 1),
    ];
    table::draw(canvas, rows, &columns, (review.cursor, review.len()), |at| {
        review.row(at).map(|(row, account)| cells(app, review.choice(at), row, account)).unwrap_or_default()
    });
    if review.is_empty() {
        let dim = canvas.tone(Tone::Dim);
        let words = "Every account with access is linked with somebody here.";
        canvas.put(text.x + 1, rows.y + 2, text.width.saturating_sub(2), words, dim);
    }
    let below = Rect { y: rows.y + middle, height: DETAIL, ..text };
    if review.leave_asked {
        let line = Line::of(Tone::Warn, "Throw away what you chose? ")
            .and(Tone::Key, "y")
            .and(Tone::Plain, " throws it away, any other key goes back");
        canvas.line(below.x, below.y, below.width, &line);
    } else if let Some((row, account)) = review.row(review.cursor.at) {
        canvas.lines(below, &detail(app, row, account));
    }
    let whose = review.row(review.cursor.at).map_or("", |(_, account)| account.values.user_name.as_str());
    review.picker.as_ref().and_then(|picker| pick(app, canvas, area, whose, picker))
}

fn counts(review: &ImportReview) -> Line {
    let c = review.scan.review.counts;
    let mut line = Line::of(Tone::Plain, format!("{} scanned: ", c.scanned));
    let mut first = true;
    for (n, word, tone) in [
        (c.exact, "exact", Tone::Good),
        (c.partial, "partial", Tone::Warn),
        (c.conflict, "conflict", Tone::Bad),
        (c.new, "new", Tone::Accent),
        (c.rejected, "rejected", Tone::Bad),
        (c.ignored, "ignored", Tone::Dim),
        (c.inactive, "inactive", Tone::Dim),
        (c.updated, "updated", Tone::Warn),
        (c.unchanged, "unchanged", Tone::Dim),
        (c.removed, "removed", Tone::Bad),
    ] {
        if n > 0 {
            line = line.and(Tone::Dim, if first { "" } else { ", " }).and(tone, format!("{n} {word}"));
            first = false;
        }
    }
    line
}

fn chosen(review: &ImportReview) -> Line {
    if let Some(gap) = &review.scan.found.gap {
        return Line::of(Tone::Warn, format!("! not complete: {gap}"));
    }
    let (linked, new, ignored) = review.tally();
    let waits = review.len() - linked - new - ignored;
    Line::of(Tone::Dim, "Chosen: ")
        .and(Tone::Plain, format!("{linked} to link, {new} to create, {ignored} ignored, {waits} wait"))
        .and(Tone::Dim, "; nothing is sent")
}

fn name(app: &App, id: PersonId) -> String {
    app.directory.get(id).map(|p| p.user_name().to_owned()).unwrap_or_default()
}

fn account_name(account: &Account) -> String {
    let values = &account.values;
    match values.display_name.is_empty() {
        false => values.display_name.clone(),
        true => format!("{} {}", values.given_name, values.family_name).trim().to_owned(),
    }
}

fn roles(account: &Account) -> String {
    let values: Vec<&str> = account.values.roles.0.values().map(String::as_str).collect();
    if values.is_empty() { "-".to_owned() } else { values.join(", ") }
}

fn cells(app: &App, choice: Choice, row: &AccountRow, account: &Account) -> Vec<Cell> {
    let (word, tone) = match choice {
        Choice::Link(_) => ("link", Tone::Good),
        Choice::New => ("new", Tone::Accent),
        Choice::Ignore => ("ignore", Tone::Dim),
        Choice::Wait => ("-", Tone::Dim),
    };
    let kind = match row.kind {
        MatchKind::Exact => ("EXACT", Tone::Good),
        MatchKind::Partial => ("PARTIAL", Tone::Warn),
        MatchKind::Conflict => ("CONFLICT", Tone::Bad),
        MatchKind::New => ("NEW", Tone::Accent),
        MatchKind::Rejected => ("REJECTED", Tone::Bad),
    };
    let person = match (choice, row.people.as_slice()) {
        (Choice::Link(id), _) => (name(app, id), Tone::Good),
        (Choice::New, _) => ("a new person".to_owned(), Tone::Accent),
        (_, []) => ("-".to_owned(), Tone::Dim),
        (_, [one]) => (format!("{}?", name(app, *one)), Tone::Plain),
        (_, many) => (format!("{} people?", many.len()), Tone::Plain),
    };
    vec![
        (word.to_owned(), tone),
        (kind.0.to_owned(), kind.1),
        (account.values.user_name.clone(), Tone::Plain),
        (account_name(account), Tone::Plain),
        (roles(account), Tone::Plain),
        person,
    ]
}

fn detail(app: &App, row: &AccountRow, account: &Account) -> Vec<Line> {
    let mut line = Line::of(Tone::Dim, "Account ").and(Tone::Plain, account.remote_id.clone());
    if !account.values.email.is_empty() {
        line = line.and(Tone::Dim, "  e-mail ").and(Tone::Plain, account.values.email.clone());
    }
    line = line.and(Tone::Dim, "  active  roles ").and(Tone::Plain, roles(account));
    let people: Vec<String> = row.people.iter().take(4).map(|id| name(app, *id)).collect();
    let second = match (row.why.is_empty(), people.is_empty()) {
        (false, _) => Line::of(Tone::Warn, row.why.clone()),
        (true, false) => Line::of(Tone::Dim, "Fits ").and(Tone::Plain, people.join(", ")),
        (true, true) => Line::of(Tone::Dim, "Nobody here fits."),
    };
    vec![line, second]
}

/// The list of people who have no account, found by what is typed.
fn pick(app: &App, canvas: &mut Canvas<'_>, area: Rect, whose: &str, picker: &Picker) -> Option<Position> {
    let list = Found {
        title: &format!("Whose account is {whose}?"),
        foot: "people without an account",
        prompt: "/ ",
        field: &picker.field,
        cursor: picker.cursor,
        len: picker.found.len(),
        empty: "Nobody without an account is called so.",
    };
    found::draw(canvas, area, &list, |at| {
        app.directory.get(*picker.found.get(at)?).map(|p| dialog::person(&p))
    })
}
