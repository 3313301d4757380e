//! `groups` and `attributes`.

use serde_json::{Value, json};

use super::roles_text;
use crate::cli::text::table;
use crate::directory::Directory;

pub(in crate::cli) fn groups_json(directory: &Directory) -> Value {
    let one = |g: &crate::directory::GroupRow| {
        json!({
            "group": g.group.name,
            "members": g.members.len(),
            "assigned": g.assignment.is_some(),
            "priority": g.assignment.as_ref().map(|a| a.priority),
            "roles": g.assignment.as_ref().map(|a| &a.roles),
            "assigned_since": g.assignment.as_ref().map(|a| a.since),
            "push": g.push_state(directory).map(|state| json!({
                "state": state.word(),
                "group_id": g.push.as_ref().and_then(|p| p.remote_id.clone()),
                "members": g.push.as_ref().and_then(|p| p.members.as_ref()).map(Vec::len),
                "pushed_at": g.push.as_ref().and_then(|p| p.pushed_at),
                "error": super::failure_json(g.push.as_ref().and_then(|p| p.failure.as_ref())),
            })),
        })
    };
    directory.groups().into_iter().map(one).collect()
}

pub(in crate::cli) fn groups_text(directory: &Directory, width: Option<usize>) -> String {
    let rows: Vec<Vec<String>> = directory
        .groups()
        .into_iter()
        .map(|g| {
            let assignment = g.assignment.as_ref();
            vec![
                g.group.name.clone(),
                g.members.len().to_string(),
                assignment.map(|a| a.priority.to_string()).unwrap_or_default(),
                assignment.map(|a| roles_text(&a.roles)).unwrap_or_default(),
                g.push_state(directory).map(|s| s.word().to_owned()).unwrap_or_default(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no groups\n".to_owned();
    }
    table(&["GROUP", "MEMBERS", "PRIORITY", "ROLES", "PUSH"], &rows, width)
}

pub(in crate::cli) fn attributes_json(directory: &Directory) -> Value {
    json!(directory.attributes())
}

pub(in crate::cli) fn attributes_text(directory: &Directory, width: Option<usize>) -> String {
    let rows: Vec<Vec<String>> = directory
        .attributes()
        .iter()
        .map(|a| {
            let members: Vec<_> = a.members.iter().map(|m| m.value.as_str()).collect();
            vec![
                a.variable.clone(),
                a.display_name.clone(),
                a.data_type.word().to_owned(),
                if a.required { "required" } else { "" }.to_owned(),
                members.join(", "),
                a.path(),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "no attributes\n".to_owned();
    }
    table(&["VARIABLE", "NAME", "TYPE", "", "VALUES", "ON THE ENDPOINT"], &rows, width)
}
