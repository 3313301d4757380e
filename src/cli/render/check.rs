//! `check`: who is flagged, and what the comparison found apart from that: what was changed there, who left and still
//! has access, and whose accounts are nobody's here.

use serde_json::{Map, Value, json};

use super::people::person_json;
use super::roles_text;
use super::there_twice::{self, second_json, twice_json, twice_text};
use super::{failure_json, failure_text, groups_there};
use crate::cli::text::{lines, table};
use crate::directory::{Directory, PersonView};
use crate::domain::{Flag, PersonId};
use crate::engine::compare::{Orphan, Twice, twice};
use crate::engine::{CheckReport, Progress};
use crate::verbs::{Drifted, Leaver, drifted, leaver};

/// The people a check was about: the named, or all who are flagged now.
fn found<'a>(directory: &'a Directory, whom: Option<&[PersonId]>) -> Vec<PersonView<'a>> {
    match whom {
        Some(ids) => ids.iter().filter_map(|id| directory.get(*id)).collect(),
        None => directory.people().filter(|p| !p.flags().is_empty()).collect(),
    }
}

/// One line that is drawn over itself while everybody is read.
pub(in crate::cli) fn reading_line(at: Progress) -> String {
    match at.total {
        0 => format!("\r\x1b[K{} accounts read", at.done),
        total => format!("\r\x1b[K{} of {total} accounts read", at.done),
    }
}

pub(in crate::cli) fn check_json(
    report: &CheckReport,
    directory: &Directory,
    whom: Option<&[PersonId]>,
) -> Value {
    let flags: Map<String, Value> =
        Flag::ALL.iter().map(|f| (f.key().to_owned(), json!(directory.counters().worst(*f)))).collect();
    let twice = twice(directory, &report.orphans);
    let leavers = left(directory, whom).into_iter().map(|(p, l)| leaver_json(p, &l));
    let leavers: Vec<Value> =
        leavers.chain(twice.iter().flat_map(|one| second_json(directory, one))).collect();
    json!({
        "checked_at": report.at,
        "complete": report.complete,
        "error": failure_json(report.why.as_ref()),
        "people": report.people,
        "accounts": report.accounts,
        "strangers": report.strangers,
        "changed": report.changed,
        "flags": flags,
        "results": found(directory, whom).into_iter().map(person_json).collect::<Vec<_>>(),
        "believed": report.complete,
        "groups": if whom.is_none() { groups_there::differing_json(directory) } else { json!([]) },
        "orphans": report.orphans.iter().map(orphan_json).collect::<Vec<_>>(),
        "leavers": leavers,
        "twice": twice.iter().filter(|one| one.is_twice()).filter_map(|one| twice_json(directory, one)).collect::<Vec<_>>(),
        "drift": moved(directory, whom).into_iter().map(|(p, d)| drift_json(p, &d)).collect::<Vec<_>>(),
    })
}

pub(in crate::cli) fn check_text(
    report: &CheckReport,
    directory: &Directory,
    whom: Option<&[PersonId]>,
    width: Option<usize>,
) -> String {
    let people = found(directory, whom).into_iter();
    let twice = twice(directory, &report.orphans);
    let mut text = super::people_text(directory, people, width);
    let lists = [
        drift_text(&moved(directory, whom), width),
        leavers_text(directory, &left(directory, whom), &twice, width),
        twice_text(directory, &twice, width),
        orphans_text(&report.orphans, width),
        if whom.is_none() { groups_there::differing_text(directory) } else { String::new() },
    ]
    .concat();
    if !lists.is_empty() {
        text.push_str(&lists);
        text.push('\n');
    }
    text.push_str(&lines([format!(
        "{} people looked at, {} accounts seen, {} of them of nobody here, {} people flagged otherwise than before",
        report.people, report.accounts, report.strangers, report.changed
    )]));
    if let Some(why) = report.why.as_ref().filter(|_| !report.complete) {
        text.push_str(&lines([format!("not complete: {}", failure_text(why))]));
        text.push_str(
            "accounts of nobody here and remaining access are believed only from a complete look\n",
        );
    }
    text
}

type Left<'a> = Vec<(PersonView<'a>, Leaver)>;
type Moved<'a> = Vec<(PersonView<'a>, Vec<Drifted>)>;

/// Everybody, or the named.
fn everybody<'a>(
    directory: &'a Directory,
    whom: Option<&'a [PersonId]>,
) -> Box<dyn Iterator<Item = PersonView<'a>> + 'a> {
    match whom {
        Some(ids) => Box::new(ids.iter().filter_map(|id| directory.get(*id))),
        None => Box::new(directory.people()),
    }
}

fn left<'a>(directory: &'a Directory, whom: Option<&'a [PersonId]>) -> Left<'a> {
    everybody(directory, whom).filter_map(|p| Some((p, leaver(&p)?))).collect()
}

fn moved<'a>(directory: &'a Directory, whom: Option<&'a [PersonId]>) -> Moved<'a> {
    let moved = everybody(directory, whom).filter(|p| p.flags().contains(Flag::Drift));
    moved.map(|p| (p, drifted(&p))).collect()
}

fn orphan_json(orphan: &Orphan) -> Value {
    json!({
        "account_id": orphan.account_id,
        "user_name": orphan.user_name,
        "external_id": orphan.external_id,
        "active": orphan.active,
        "roles": orphan.roles,
        "since": orphan.since,
    })
}

fn leaver_json(person: PersonView<'_>, leaver: &Leaver) -> Value {
    json!({
        "user_name": person.user_name(),
        "display_name": person.name(),
        "status": person.status(),
        "account": person.account(),
        "account_id": person.remote_id(),
        "roles": person.roles(),
        "why": leaver.why,
        "next": leaver.fix_words(),
    })
}

/// The three values of each attribute.
fn drift_json(person: PersonView<'_>, all: &[Drifted]) -> Value {
    json!({
        "user_name": person.user_name(),
        "account_id": person.remote_id(),
        "attributes": all.iter().map(super::show::drifted_json).collect::<Vec<_>>(),
    })
}

fn drift_text(all: &Moved<'_>, width: Option<usize>) -> String {
    if all.is_empty() {
        return String::new();
    }
    let value = |v: &Option<String>| v.clone().unwrap_or_else(|| "(none)".to_owned());
    let rows: Vec<Vec<String>> = all
        .iter()
        .flat_map(|(person, all)| {
            all.iter().map(|one| {
                let (pushed, there, ours) = (value(&one.pushed), value(&one.there), value(&one.ours));
                vec![person.user_name().to_owned(), one.attribute.clone(), pushed, there, ours]
            })
        })
        .collect();
    let head = ["USER NAME", "ATTRIBUTE", "LAST PUSHED", "THERE NOW", "OURS"];
    format!(
        "\nchanged there since our last push: scimdeck drift push USER, or scimdeck drift adopt USER\n{}",
        table(&head, &rows, width)
    )
}

fn leavers_text(directory: &Directory, all: &Left<'_>, twice: &[Twice], width: Option<usize>) -> String {
    let row = |(person, leaver): &(PersonView<'_>, Leaver)| {
        let command = format!("scimdeck {}", leaver.fix_words());
        let command = if leaver.linked { format!("{command} USER") } else { command };
        vec![person.user_name().to_owned(), leaver.why.clone(), command]
    };
    let second = |one: &Twice| there_twice::second_rows(directory, one);
    let rows: Vec<Vec<String>> = all.iter().map(row).chain(twice.iter().flat_map(second)).collect();
    if rows.is_empty() {
        return String::new();
    }
    let head = ["USER NAME", "WHY", "NEXT"];
    format!("\nshall have no access and still have it\n{}", table(&head, &rows, width))
}

fn orphans_text(all: &[Orphan], width: Option<usize>) -> String {
    if all.is_empty() {
        return String::new();
    }
    let row = |orphan: &Orphan| {
        vec![
            orphan.user_name.clone(),
            orphan.account_id.clone(),
            if orphan.active { "active" } else { "inactive" }.to_owned(),
            roles_text(&orphan.roles),
            orphan.since.to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    let head = ["USER NAME", "ACCOUNT", "", "ROLES", "KNOWN SINCE"];
    format!(
        "\naccounts there that nobody here has: scimdeck import endpoint takes them in\n{}",
        table(&head, &rows, width)
    )
}

/// The line of `status`.
pub(in crate::cli) fn orphans_count_text(orphans: usize) -> String {
    match orphans {
        0 => String::new(),
        1 => "1 account there that nobody here has; scimdeck check lists it\n".to_owned(),
        n => format!("{n} accounts there that nobody here has; scimdeck check lists them\n"),
    }
}

/// The keys of `status`.
pub(in crate::cli) fn with_orphans(mut status: Value, orphans: usize, second: usize) -> Value {
    status["orphans"] = json!(orphans);
    status["second_accounts"] = json!(second);
    status
}
