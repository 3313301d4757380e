//! Compare: what the last look at everybody found.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::table::{self, Cell, Column};
use crate::app::{App, Compare, CompareRow, Line, Tone, age, stamp};
use crate::domain::{AccountState, RoleValues};
use crate::engine::push_group::InGroup;

/// Rows above the table: when it was, and what it found.
const HEAD: u16 = 2;
/// Rows below it: the line under the cursor.
const DETAIL: u16 = 2;

pub(super) fn draw(app: &App, canvas: &mut Canvas<'_>, area: Rect, compare: &Compare) {
    canvas.clear(area);
    let len = compare.rows.len();
    let foot = format!("{} of {len}", (compare.cursor.at + 1).min(len));
    let inside = canvas.frame(area, "Compare", &foot, false);
    let text = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    canvas.line(text.x, text.y, text.width, &when(app));
    canvas.line(text.x, text.y + 1, text.width, &counts(compare));
    let middle = inside.height.saturating_sub(HEAD + DETAIL);
    let rows = Rect { y: inside.y + HEAD, height: middle, ..inside };
    let columns = [
        Column::new("", 8, 8, 0),
        Column::new("User name", 14, 30, 0),
        Column::new("What", 14, 30, 0),
        Column::new("Pushed", 8, 16, 3),
        Column::new("There now", 9, 24, 0),
        Column::new("Ours", 9, 16, 0),
    ];
    table::draw(canvas, rows, &columns, (compare.cursor, len), |at| {
        compare.rows.get(at).map(|row| cells(app, row)).unwrap_or_default()
    });
    if len == 0 {
        let dim = canvas.tone(Tone::Dim);
        let words = match app.directory.sweep() {
            None => "Nothing is known yet: r compares everybody with the app; nothing is sent.",
            Some(_) => "Both sides are the same, as far as the last look tells.",
        };
        canvas.put(text.x + 1, rows.y + 2, text.width.saturating_sub(2), words, dim);
    }
    let below = Rect { y: rows.y + middle, height: DETAIL, ..text };
    if let Some(row) = compare.current() {
        canvas.lines(below, &detail(app, row));
    }
}

/// When everybody was compared last, and whether that look can be believed.
fn when(app: &App) -> Line {
    let Some(sweep) = app.directory.sweep() else {
        return Line::of(Tone::Warn, "Never compared with the app");
    };
    let line = Line::of(Tone::Dim, "Compared ")
        .and(Tone::Plain, format!("{}, ", age(app.now, sweep.at)))
        .and(Tone::Dim, format!("{}, {} accounts: ", stamp(sweep.at), sweep.accounts));
    if sweep.complete {
        line.and(Tone::Good, "complete")
    } else {
        line.and(Tone::Bad, "NOT complete, not to be believed yet")
    }
}

fn counts(compare: &Compare) -> Line {
    let (leavers, orphans, drift) = compare.counts();
    let tone = |n: usize, tone| if n > 0 { tone } else { Tone::Dim };
    let left = if leavers == 1 { "left and still has access" } else { "left and still have access" };
    let nobodys = if orphans == 1 { "account of nobody here" } else { "accounts of nobody here" };
    let line = Line::of(tone(leavers, Tone::Bad), format!("{leavers} {left}"))
        .and(Tone::Dim, " · ")
        .and(tone(orphans, Tone::Warn), format!("{orphans} {nobodys}"))
        .and(Tone::Dim, " · ")
        .and(tone(drift, Tone::Warn), format!("{drift} changed there"));
    let line = match compare.gone() {
        0 => line,
        1 => line.and(Tone::Dim, " · ").and(Tone::Bad, "1 account gone"),
        n => line.and(Tone::Dim, " · ").and(Tone::Bad, format!("{n} accounts gone")),
    };
    match compare.groups() {
        0 => line,
        1 => line.and(Tone::Dim, " · ").and(Tone::Warn, "1 group changed there"),
        n => line.and(Tone::Dim, " · ").and(Tone::Warn, format!("{n} groups changed there")),
    }
}

fn roles(roles: &RoleValues) -> String {
    let values: Vec<&str> = roles.0.values().map(String::as_str).collect();
    if values.is_empty() { "no role".to_owned() } else { values.join(", ") }
}

fn or_dash(value: Option<&str>) -> String {
    value.unwrap_or("-").to_owned()
}

fn cells(app: &App, row: &CompareRow) -> Vec<Cell> {
    let name = row.person().and_then(|id| app.directory.get(id)).map(|p| p.user_name().to_owned());
    let name = name.unwrap_or_default();
    match row {
        CompareRow::Leaver(leaver) => {
            let person = app.directory.get(leaver.person);
            let account = person.map_or(AccountState::Unknown, |p| p.account());
            vec![
                ("! left".to_owned(), Tone::Bad),
                (name, Tone::Plain),
                (leaver.why.split(", but").next().unwrap_or_default().to_owned(), Tone::Plain),
                ("-".to_owned(), Tone::Dim),
                (account.word().to_owned(), Tone::Bad),
                ("no access".to_owned(), Tone::Plain),
            ]
        }
        CompareRow::Group(group) => {
            let there = match (group.gone, &group.named) {
                (true, _) => "gone".to_owned(),
                (false, Some(named)) => format!("named {named}"),
                (false, None) => {
                    format!("{} missing, {} too many", group.missing.len(), group.extra.len())
                }
            };
            vec![
                ("~ group".to_owned(), Tone::Warn),
                (group.name.clone(), Tone::Plain),
                ("pushed group".to_owned(), Tone::Plain),
                ("-".to_owned(), Tone::Dim),
                (there, Tone::Warn),
                ("-".to_owned(), Tone::Dim),
            ]
        }
        CompareRow::Gone(_) => vec![
            ("x gone".to_owned(), Tone::Bad),
            (name, Tone::Plain),
            ("linked account".to_owned(), Tone::Plain),
            ("-".to_owned(), Tone::Dim),
            ("gone".to_owned(), Tone::Bad),
            ("-".to_owned(), Tone::Dim),
        ],
        CompareRow::Orphan(orphan) => {
            let twice = app.directory.find(&orphan.user_name).is_some();
            let (active, tone) = if orphan.active { ("active", Tone::Warn) } else { ("inactive", Tone::Dim) };
            vec![
                (if twice { "? twice" } else { "? nobody" }.to_owned(), tone),
                (orphan.user_name.clone(), Tone::Plain),
                (active.to_owned(), Tone::Plain),
                ("-".to_owned(), Tone::Dim),
                (roles(&orphan.roles), tone),
                ("-".to_owned(), Tone::Dim),
            ]
        }
        CompareRow::Drift(_, one) => vec![
            ("~ drift".to_owned(), Tone::Warn),
            (name, Tone::Plain),
            (one.attribute.clone(), Tone::Plain),
            (or_dash(one.pushed.as_deref()), Tone::Dim),
            (or_dash(one.there.as_deref()), Tone::Warn),
            (or_dash(one.ours.as_deref()), Tone::Strong),
        ],
    }
}

/// The whole of the line under the cursor, and the keys that end it.
fn detail(app: &App, row: &CompareRow) -> Vec<Line> {
    match row {
        CompareRow::Leaver(leaver) => {
            let name = app.directory.get(leaver.person).map(|p| p.name()).unwrap_or_default();
            let key = if leaver.linked {
                Line::of(Tone::Key, "Enter").and(Tone::Plain, " shows the plan that ends the access")
            } else {
                Line::of(Tone::Key, "Enter").and(Tone::Plain, " links it first: the review of an import")
            };
            vec![Line::of(Tone::Strong, name).and(Tone::Plain, format!(": {}", leaver.why)), key]
        }
        CompareRow::Group(group) => {
            let who = |members: &[InGroup]| {
                let name = |one: &InGroup| one.user_name.clone().unwrap_or_else(|| one.account_id.clone());
                if members.is_empty() {
                    return "nobody".to_owned();
                }
                members.iter().map(name).collect::<Vec<_>>().join(", ")
            };
            let words = if group.gone {
                ": not there any more (404)".to_owned()
            } else {
                format!(": missing there {}; too many {}", who(&group.missing), who(&group.extra))
            };
            let key = Line::of(Tone::Key, "Enter").and(
                Tone::Plain,
                " shows the plan that puts ours over it; to take theirs over change the members here",
            );
            vec![Line::of(Tone::Strong, group.name.clone()).and(Tone::Plain, words), key]
        }
        CompareRow::Gone(id) => {
            let person = app.directory.get(*id);
            let name = person.as_ref().map(|p| p.name()).unwrap_or_default();
            let account = person.as_ref().and_then(|p| p.remote_id()).unwrap_or_default();
            vec![
                Line::of(Tone::Strong, name)
                    .and(Tone::Plain, format!(": the linked account {account} is not there any more (404)")),
                Line::of(Tone::Key, "Enter")
                    .and(Tone::Plain, " shows the person: link another, create again, or forget the account"),
            ]
        }
        CompareRow::Orphan(orphan) => vec![
            Line::of(Tone::Strong, orphan.user_name.clone()).and(
                Tone::Dim,
                format!(
                    "  account {}, externalId {}, known since {}",
                    orphan.account_id,
                    or_dash(orphan.external_id.as_deref()),
                    stamp(orphan.since)
                ),
            ),
            Line::of(Tone::Key, "Enter")
                .and(Tone::Plain, " reviews an import: link it with somebody, take it in, or ignore it"),
        ],
        CompareRow::Drift(id, one) => {
            let name = app.directory.get(*id).map(|p| p.name()).unwrap_or_default();
            let values = format!(
                ": {} was pushed as {}, is {} there now; ours is {}",
                one.attribute,
                or_dash(one.pushed.as_deref()),
                or_dash(one.there.as_deref()),
                or_dash(one.ours.as_deref())
            );
            vec![
                Line::of(Tone::Strong, name).and(Tone::Plain, values),
                Line::of(Tone::Key, "O")
                    .and(Tone::Plain, " pushes ours over it, ")
                    .and(Tone::Key, "T")
                    .and(Tone::Plain, " takes theirs as ours, ")
                    .and(Tone::Key, "Enter")
                    .and(Tone::Plain, " shows the person"),
            ]
        }
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
