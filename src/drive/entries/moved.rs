//! What a decision moves besides the account's own values, before and after.

use serde_json::Value;

use crate::directory::{Change, Directory, PersonView};
use crate::domain::{Connection, Difference, GroupAssignment, PersonId, ProfileAttribute};

/// Settings that are told elsewhere or are no settings.
const NO_SETTINGS: [&str; 7] = ["id", "name", "base_url", "token", "token_mark", "enabled_at", "protected"];

/// What somebody's account shall be and what is kept here about them, before and after; somebody new comes from
/// nothing, and who is taken out goes to nothing. `groups` are those joined (true) and left (false).
pub(super) fn of_person(
    groups: &[(String, bool)],
    id: PersonId,
    (before, after): (&Directory, &Directory),
) -> Vec<Difference> {
    let (was, is) = (before.get(id), after.get(id));
    let wanted = |person: &Option<PersonView<'_>>| person.as_ref().map(PersonView::wanted);
    let mut moved = match (wanted(&was), wanted(&is)) {
        (Some(was), Some(is)) => was.differences(&is),
        (None, Some(is)) => is.from_nothing(),
        (Some(was), None) => {
            let taken = was.from_nothing().into_iter();
            taken.map(|one| Difference { before: one.after, after: None, ..one }).collect()
        }
        (None, None) => Vec::new(),
    };
    let mut put = |attribute: &str, from, to| moved.extend(differs(attribute, from, to));
    let status = |person: &PersonView<'_>| person.status().word().to_owned();
    put("status", was.as_ref().map(status), is.as_ref().map(status));
    let kind = |person: &PersonView<'_>| person.kind().key().to_owned();
    put("assignment", was.as_ref().map(kind), is.as_ref().map(kind));
    let account = |person: &PersonView<'_>| person.remote_id().map(str::to_owned);
    put("account", was.as_ref().and_then(account), is.as_ref().and_then(account));
    let note = |directory: &Directory| directory.note(id).map(|note| note.text.clone());
    put("note", note(before), note(after));
    for (group, joins) in groups {
        let there = |there: bool| there.then(|| group.clone());
        put("group", there(!joins), there(*joins));
    }
    moved
}

/// The same of groups, attributes and settings.
pub(super) fn of_others(changes: &[Change], before: &Directory) -> Vec<Difference> {
    changes.iter().flat_map(|change| of_other(change, before)).collect()
}

fn of_other(change: &Change, before: &Directory) -> Vec<Difference> {
    let one = |attribute: &str, from, to| differs(attribute, from, to).into_iter().collect();
    let name = |id| before.group(id).map(|row| row.group.name.clone());
    let pushed = |id| before.group(id).is_some_and(|row| row.push.is_some());
    let said = |pushed: bool| Some(if pushed { "yes" } else { "no" }.to_owned());
    match change {
        Change::Group(group) => one("group", name(group.id), Some(group.name.clone())),
        Change::GroupDropped(id) => one("group", name(*id), None),
        Change::GroupPushed(id, _) => one("pushed", said(pushed(*id)), said(true)),
        Change::GroupPushDropped(id, _) => one("pushed", said(pushed(*id)), said(false)),
        Change::GroupAssigned(id, given) => {
            assignment(before.group(*id).and_then(|row| row.assignment.as_ref()), Some(given))
        }
        Change::GroupUnassigned(id) => {
            assignment(before.group(*id).and_then(|row| row.assignment.as_ref()), None)
        }
        Change::Attribute(_, given) => {
            let was = before.attributes().iter().find(|one| one.variable == given.variable);
            fields(was.and_then(attribute), attribute(given))
        }
        Change::AttributeDropped(variable) => {
            let was = before.attributes().iter().find(|one| one.variable == *variable);
            fields(was.and_then(attribute), None)
        }
        Change::Connection(settings) => connection(before, settings),
        _ => Vec::new(),
    }
}

fn differs(attribute: &str, before: Option<String>, after: Option<String>) -> Option<Difference> {
    (before != after).then(|| Difference { attribute: attribute.to_owned(), before, after })
}

/// The values that a group gives, and its priority.
fn assignment(was: Option<&GroupAssignment>, given: Option<&GroupAssignment>) -> Vec<Difference> {
    let mut moved = Vec::new();
    let mut put = |attribute: &str, before, after| moved.extend(differs(attribute, before, after));
    put("priority", was.map(|one| one.priority.to_string()), given.map(|one| one.priority.to_string()));
    let mut names: Vec<&String> = was.into_iter().chain(given).flat_map(|one| one.roles.0.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let value =
            |one: Option<&GroupAssignment>| one.and_then(|one| one.roles.get(name)).map(str::to_owned);
        put(name, value(was), value(given));
    }
    moved
}

fn connection(before: &Directory, settings: &Connection) -> Vec<Difference> {
    let was = before.connection();
    let mut moved = fields(serde_json::to_value(was).ok(), serde_json::to_value(settings).ok());
    moved.retain(|one| {
        let first = one.attribute.split('.').next().unwrap_or_default();
        // A command that gives a token may hold a secret in its words.
        !NO_SETTINGS.contains(&first) && !one.attribute.starts_with("feed.token")
    });
    let source = |one: &Connection| one.feed.as_ref().map(|feed| feed.token.words());
    moved.extend(differs("activity log's token source", source(was), source(settings)));
    for id in was.protected.iter().chain(&settings.protected) {
        let (had, has) = (was.protected.contains(id), settings.protected.contains(id));
        if had != has
            && let Some(person) = before.get(*id)
        {
            let name = |there: bool| there.then(|| person.user_name().to_owned());
            moved.push(Difference { attribute: "protected".to_owned(), before: name(had), after: name(has) });
        }
    }
    moved
}

/// The fields that differ, by their names as they are stored; those of a part as `part.field`.
fn fields(was: Option<Value>, is: Option<Value>) -> Vec<Difference> {
    let mut moved = Vec::new();
    compare("", &was.unwrap_or_default(), &is.unwrap_or_default(), &mut moved);
    moved
}

fn attribute(one: &ProfileAttribute) -> Option<Value> {
    serde_json::to_value(one).ok()
}

fn compare(name: &str, was: &Value, is: &Value, moved: &mut Vec<Difference>) {
    if was == is {
        return;
    }
    let none = serde_json::Map::new();
    let part = |value: &Value| matches!(value, Value::Object(_) | Value::Null);
    let both = part(was) && part(is);
    if both {
        let (old, new) = (was.as_object().unwrap_or(&none), is.as_object().unwrap_or(&none));
        let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
        for inner in names {
            let path = if name.is_empty() { inner.clone() } else { format!("{name}.{inner}") };
            let value = |map: &serde_json::Map<String, Value>| map.get(inner).cloned().unwrap_or_default();
            compare(&path, &value(old), &value(new), moved);
        }
        return;
    }
    moved.push(Difference { attribute: name.to_owned(), before: shown(was), after: shown(is) });
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConnectionId, Feed, TokenSource};

    #[test]
    fn settings_are_told_by_name_and_the_words_of_a_command_that_gives_a_token_never() {
        let was = Connection::new(ConnectionId(1), "w", "https://w.example", TokenSource::Memory);
        let mut is = was.clone();
        is.brake.removals += 1;
        let argv = ["pass", "--key", "geheim"].map(str::to_owned).to_vec();
        is.feed = Some(Feed {
            url: "https://w.example/log".into(),
            token: TokenSource::Command { argv },
            every_s: 15,
            resend_url: None,
        });
        let moved = of_others(&[Change::Connection(Box::new(is))], &Directory::new(was));
        let mut names: Vec<&str> = moved.iter().map(|one| one.attribute.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["activity log's token source", "brake.removals", "feed.every_s", "feed.url"]);
        assert!(moved.iter().any(|one| one.after.as_deref() == Some("command pass")));
        assert!(!format!("{moved:?}").contains("geheim"));
    }
}
