//! `show`: the whole story of one person.

use serde_json::{Value, json};

use super::people::{kind_text, person_json};
use super::there_twice::account_json;
use super::{audit_json, audit_line, difference_text, failure_json, failure_text, roles_text};
use crate::audit::AuditEntry;
use crate::cli::text::lines;
use crate::directory::{Directory, PersonView, Reason};
use crate::engine::compare::Twice;
use crate::verbs::{Drifted, OtherRole, RoleSource, RoleWhy, drifted, why_roles};

/// The list's keys, then fields, reasons, groups, what differs, operation and the latest entries.
pub(in crate::cli) fn show_json(
    directory: &Directory,
    person: PersonView<'_>,
    twice: Option<&Twice>,
    entries: &[AuditEntry],
) -> Value {
    let mut story = person_json(person);
    let reason = |r: &Reason| json!({"flag": r.flag, "text": r.text, "since": r.since});
    let (unsent, drift) = differences(person);
    let groups: Vec<_> =
        person.groups().iter().filter_map(|id| directory.group(*id)).map(|g| &g.group.name).collect();
    story["id"] = json!(person.id());
    story["given_name"] = json!(person.given_name());
    story["family_name"] = json!(person.family_name());
    story["email"] = json!(person.record().address());
    story["title"] = json!(person.title());
    story["department"] = json!(person.department());
    story["external_id"] = json!(person.record().external_id());
    story["reasons"] = person.reasons().iter().map(reason).collect();
    story["groups"] = json!(groups);
    story["assigned_since"] = json!(person.individual_origin().map(|(_, since)| since));
    story["origin"] = json!(person.individual_origin().map(|(origin, _)| origin));
    story["linked_at"] = json!(person.linked_at());
    story["confirmed_at"] = json!(person.confirmed_at());
    story["observed_at"] = json!(person.observed_at());
    story["unsent"] = json!(unsent);
    story["drift"] = json!(drift);
    story["drifted"] = drifted(&person).iter().map(drifted_json).collect();
    story["why_roles"] = why_roles(directory, &person).iter().map(why_json).collect();
    story["operation"] = match person.operation() {
        Some((id, kind, state)) => json!({
            "id": id, "kind": kind, "state": state,
            "error": failure_json(directory.failure(person.id())),
        }),
        None => Value::Null,
    };
    story["protected"] = json!(directory.connection().protected.contains(&person.id()));
    story["twice"] = twice.map(|one| &one.accounts).into_iter().flatten().map(account_json).collect();
    story["audit"] = entries.iter().map(audit_json).collect();
    story
}

/// The three columns of one attribute that drifted.
pub(super) fn drifted_json(one: &Drifted) -> Value {
    json!({"attribute": one.attribute, "pushed": one.pushed, "there": one.there, "ours": one.ours})
}

fn why_json(why: &RoleWhy) -> Value {
    let (source, group, priority) = match &why.source {
        RoleSource::Remembered => ("remembered", None, None),
        RoleSource::Individual => ("individual", None, None),
        RoleSource::Group { name, priority, .. } => ("group", Some(name), Some(priority)),
    };
    let other = |o: &OtherRole| {
        json!({
            "group": o.name, "priority": o.priority, "value": o.value,
            "effect": o.words(&why.source, why.value.as_deref()),
        })
    };
    json!({
        "attribute": why.attribute, "value": why.value, "source": source, "group": group,
        "priority": priority, "others": why.others.iter().map(other).collect::<Vec<_>>(),
    })
}

type Differences = Vec<crate::domain::Difference>;

/// What moved here, and what moved there, since the last push.
fn differences(person: PersonView<'_>) -> (Differences, Differences) {
    match person.known() {
        Some((sent, settled, theirs)) => (sent.differences(&person.wanted()), settled.differences(&theirs)),
        None => Default::default(),
    }
}

pub(in crate::cli) fn show_text(
    directory: &Directory,
    person: PersonView<'_>,
    twice: Option<&Twice>,
    entries: &[AuditEntry],
    _width: Option<usize>,
) -> String {
    let record = person.record();
    let mut out = vec![format!("{}  <{}>", person.name(), person.user_name())];
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push(format!("{name:<18} {value}"));
        }
    };
    for reason in person.reasons() {
        let since = reason.since.map(|t| format!(" ({t})")).unwrap_or_default();
        line(&format!("! {}", reason.flag.words()), &format!("{}{since}", reason.text));
    }
    if let Some(one) = twice {
        line("! twice there", &format!("{}; take the extra ones away in the app", one.words()));
    }
    line("status", person.status().word());
    line("e-mail", record.address());
    line("title", person.title());
    line("department", person.department());
    line("external id", &record.external_id());
    let groups: Vec<_> =
        person.groups().iter().filter_map(|id| directory.group(*id)).map(|g| g.group.name.as_str()).collect();
    line("groups", &groups.join(", "));
    line("assigned", &kind_text(directory, person.kind()));
    let remembered = if person.assigned() { "roles" } else { "roles before" };
    line(remembered, &roles_text(person.roles()));
    let id = person.remote_id().map(|id| format!(" ({id})")).unwrap_or_default();
    line("account", &format!("{}{id}", person.account().word()));
    for (name, time) in [
        ("linked", person.linked_at()),
        ("confirmed", person.confirmed_at()),
        ("looked at", person.observed_at()),
    ] {
        line(name, &time.map(|t| t.to_string()).unwrap_or_default());
    }
    for why in why_roles(directory, &person) {
        let value = why.value.as_deref().unwrap_or("no value");
        line("why", &format!("{} {value}: {}", why.attribute, why.source.words()));
        for other in &why.others {
            line("", &format!("  {}", other.words(&why.source, why.value.as_deref())));
        }
    }
    for difference in &differences(person).0 {
        line("unsent", &difference_text(difference));
    }
    for one in drifted(&person) {
        let value = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".to_owned());
        let (pushed, there, ours) = (value(&one.pushed), value(&one.there), value(&one.ours));
        line("drift", &format!("{}: last pushed {pushed}, there now {there}, ours {ours}", one.attribute));
    }
    if let Some((id, kind, state)) = person.operation() {
        line("operation", &format!("{} {} {id}", kind.word(), state.word()));
        if let Some(failure) = directory.failure(person.id()) {
            line("", &failure_text(failure));
        }
    }
    if directory.connection().protected.contains(&person.id()) {
        line("protected", "never removed without the name being typed");
    }
    if !entries.is_empty() {
        out.push(String::new());
        out.extend(entries.iter().map(audit_line));
    }
    lines(out)
}
