//! `connection list` and `connection show`.

use serde_json::{Value, json};

use crate::cli::text::{lines, table};
use crate::domain::{Connection, Feed};
use crate::engine::ConnectionRow;
use crate::verbs;

pub(in crate::cli) fn connections_json(rows: &[ConnectionRow]) -> Value {
    json!({"connections": rows})
}

pub(in crate::cli) fn connections_text(rows: &[ConnectionRow], width: Option<usize>) -> String {
    if rows.is_empty() {
        return lines([
            "no connection yet; make one with: scimdeck connect --base-url URL --token-file FILE",
        ]);
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                if row.current { "*" } else { " " }.to_owned(),
                row.name.clone(),
                row.badge.clone(),
                if row.enabled { "enabled" } else { "disabled" }.to_owned(),
                row.queued.to_string(),
                row.standing.to_string(),
                row.base_url.clone(),
            ]
        })
        .collect();
    table(&["", "NAME", "BADGE", "SCIM", "QUEUED", "STANDING", "BASE URL"], &cells, width)
}

/// All settings. Of tokens only where they are.
pub(in crate::cli) fn connection_json(c: &Connection) -> Value {
    let feed = |feed: &Feed| {
        json!({
            "url": feed.url,
            "token": feed.token.words(),
            "every_s": feed.every_s,
            "resend_url": feed.resend_url,
        })
    };
    json!({
        "name": c.name,
        "base_url": c.base_url,
        "badge": c.badge.0,
        "enabled": c.enabled,
        "enabled_at": c.enabled_at,
        "token": c.token.words(),
        "token_mark": c.token_mark,
        "ca_file": c.ca_file,
        "unique_identifier": c.unique_identifier.word(),
        "profile": c.profile.word(),
        "actions": {
            "import": c.actions.import,
            "push_new": c.actions.push_new,
            "push_updates": c.actions.push_updates,
        },
        "to_app": {
            "create": c.to_app.create,
            "update": c.to_app.update,
            "deactivate": c.to_app.deactivate,
            "exclude_user_name": c.to_app.exclude_user_name,
        },
        "brake": {
            "removals": c.brake.removals,
            "removal_percent": c.brake.removal_percent,
            "percent_from": c.brake.percent_from,
            "changes": c.brake.changes,
        },
        "reason_required": c.reason_required,
        "import": {
            "by_user_name": c.import.by_user_name,
            "by_email": c.import.by_email,
            "partial": c.import.partial,
            "safeguard_percent": c.import.safeguard_percent,
        },
        "concurrency": c.concurrency,
        "compare_every_min": c.compare_every_min,
        "timeout_s": c.timeout_s,
        "verify_percent": c.verify_percent,
        "feed": c.feed.as_ref().map(feed),
        "protected": c.protected.len(),
    })
}

pub(in crate::cli) fn connection_text(c: &Connection) -> String {
    let caution = c.token.caution().map(|words| format!(" ({words})")).unwrap_or_default();
    let mut out = vec![
        format!("{}  {}{}", c.name, c.base_url, super::not_encrypted(c)),
        format!("SCIM is {}", if c.enabled { "enabled" } else { "disabled: nothing is sent" }),
        format!("{:<40} HTTP Header, token from {}{caution}", "Authentication mode", c.token.words()),
        format!("{:<40} {}", "Token last accepted (its mark)", c.token_mark.as_deref().unwrap_or("none yet")),
    ];
    out.extend(verbs::settings(c).into_iter().map(|(name, value)| format!("{name:<40} {value}")));
    out.push(format!("{:<40} {}", "Protected people", c.protected.len()));
    lines(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ConnectionId;

    #[test]
    fn the_list_is_as_its_example() {
        let row = |id, name: &str, badge: &str, current| ConnectionRow {
            id: ConnectionId(id),
            name: name.into(),
            badge: badge.into(),
            base_url: "https://www.workato.com/scim/v2".into(),
            enabled: current,
            current,
            queued: 2,
            standing: 1,
        };
        let rows = [row(1, "workato", "PROD", true), row(2, "workato-test", "SANDBOX", false)];
        let example = include_str!("../../../tests/cli/examples/connection_list.json");
        assert_eq!(format!("{:#}\n", connections_json(&rows)), example);
        let text = connections_text(&rows, None);
        assert!(text.contains("*  workato       PROD     enabled   2       1"), "{text}");
    }
}
