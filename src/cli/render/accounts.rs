//! An import from the endpoint: the counts as Okta's dialog gives them, and a row per account that nobody is linked
//! with.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::roles_text;
use crate::cli::text::{lines, table};
use crate::directory::Directory;
use crate::domain::{Account, ImportRules, PersonId};
use crate::engine::ImportScan;
use crate::verbs::{AccountChoice, AccountRow, Choice, Decision};

/// What an import from the endpoint is shown from.
pub(in crate::cli) struct AccountsView<'a> {
    pub(in crate::cli) scan: &'a ImportScan,
    pub(in crate::cli) choices: &'a [AccountChoice],
    pub(in crate::cli) directory: &'a Directory,
}

/// A row as it is shown, in text and in JSON.
struct Shown<'a> {
    account: &'a Account,
    row: &'a AccountRow,
    /// `link`, `create`, `ignore` or `wait`.
    action: &'static str,
    person: Option<String>,
}

impl AccountsView<'_> {
    fn name(&self, id: PersonId) -> String {
        self.directory.get(id).map(|p| p.user_name().to_owned()).unwrap_or_default()
    }

    fn rows(&self) -> Vec<Shown<'_>> {
        let choices: HashMap<&str, Choice> =
            self.choices.iter().map(|c| (c.remote_id.as_str(), c.choice)).collect();
        let shown = |row| {
            let row: &AccountRow = row;
            let account = self.scan.found.accounts.get(row.account)?;
            let chosen = choices.get(account.remote_id.as_str()).copied();
            let (action, person) = match chosen {
                Some(Choice::Link(id)) => ("link", Some(self.name(id))),
                Some(Choice::New) => ("create", Some(account.values.user_name.clone())),
                Some(Choice::Ignore) => ("ignore", None),
                None if row.ignored => ("ignore", None),
                Some(Choice::Wait) | None => ("wait", None),
            };
            Some(Shown { account, row, action, person })
        };
        self.scan.review.rows.iter().filter_map(shown).collect()
    }

    fn waiting(&self) -> usize {
        self.rows().iter().filter(|row| row.action == "wait").count()
    }
}

pub(in crate::cli) fn accounts_json(view: &AccountsView<'_>, decision: &Decision) -> Value {
    let counts = view.scan.review.counts;
    let report = decision.import.clone().unwrap_or_default();
    let row = |shown: &Shown<'_>| {
        let people: Vec<String> = shown.row.people.iter().map(|id| view.name(*id)).collect();
        let values = &shown.account.values;
        json!({
            "account_id": shown.account.remote_id,
            "user_name": values.user_name,
            "name": name(shown.account),
            "email": values.email,
            "roles": values.roles,
            "match": shown.row.kind.word(),
            "people": people,
            "action": shown.action,
            "person": shown.person,
            "why": Some(&shown.row.why).filter(|why| !why.is_empty()),
        })
    };
    let rows: Vec<Value> = view.rows().iter().map(row).collect();
    let left_out: Vec<Value> = decision
        .left_out
        .iter()
        .map(|(id, why)| json!({"user_name": view.name(*id), "reason": why}))
        .collect();
    json!({
        "complete": view.scan.found.gap.is_none(),
        "scanned": counts.scanned,
        "new": report.new,
        "matched": report.matched,
        "updated": counts.updated,
        "unchanged": report.unchanged,
        "absent": report.absent,
        "removed": counts.removed,
        "inactive": counts.inactive,
        "conflict": report.conflict,
        "ignored": report.ignored,
        "waiting": view.waiting(),
        "rejected": report.rejected,
        "left_out": left_out,
        "rows": rows,
    })
}

pub(in crate::cli) fn accounts_text(
    view: &AccountsView<'_>,
    decision: &Decision,
    width: Option<usize>,
    done: bool,
) -> String {
    let counts = view.scan.review.counts;
    let cells = |shown: &Shown<'_>| {
        let people: Vec<String> = match &shown.person {
            Some(person) => vec![person.clone()],
            None => shown.row.people.iter().map(|id| view.name(*id)).collect(),
        };
        let action = match (shown.action, shown.row.ignored) {
            ("ignore", _) => "ignored".to_owned(),
            ("wait", _) => "waits".to_owned(),
            (word, _) => word.to_owned(),
        };
        vec![
            shown.row.kind.word().to_uppercase(),
            shown.account.remote_id.clone(),
            shown.account.values.user_name.clone(),
            roles_text(&shown.account.values.roles),
            people.join(" "),
            action,
            shown.row.why.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = view.rows().iter().map(cells).collect();
    let mut out = String::new();
    if !rows.is_empty() {
        let head = ["MATCH", "ACCOUNT", "USER NAME", "ROLES", "PERSON", "ACTION", "WHY"];
        out.push_str(&table(&head, &rows, width));
    }
    let mut more = vec![format!(
        "{} scanned: {} exact, {} partial, {} new, {} conflict, {} rejected, {} ignored, {} inactive; linked: {} updated, {} unchanged, {} removed",
        counts.scanned,
        counts.exact,
        counts.partial,
        counts.new,
        counts.conflict,
        counts.rejected,
        counts.ignored,
        counts.inactive,
        counts.updated,
        counts.unchanged,
        counts.removed
    )];
    if let Some(gap) = &view.scan.found.gap {
        more.push(format!("the look was not complete: {gap}"));
    }
    more.extend(decision.said.iter().map(|said| said.text.clone()));
    more.extend(decision.left_out.iter().map(|(id, why)| format!("left out: {} {why}", view.name(*id))));
    let rejected = decision.import.iter().flat_map(|import| &import.rejected);
    more.extend(rejected.map(|r| format!("not taken: {}", r.reason)));
    let waiting = view.waiting();
    if waiting > 0 {
        more.push(format!(
            "{waiting} {} for a decision: --accept partial, --accept new, --user USER=ACCOUNT_ID, --ignore ACCOUNT",
            if waiting == 1 { "account waits" } else { "accounts wait" }
        ));
    }
    more.push(if done { "nothing was sent" } else { "nothing was changed: this is what it would do" }.into());
    out + &lines(more)
}

fn name(account: &Account) -> String {
    let values = &account.values;
    if !values.display_name.is_empty() {
        return values.display_name.clone();
    }
    format!("{} {}", values.given_name, values.family_name).trim().to_owned()
}

pub(in crate::cli) fn rules_json(rules: ImportRules) -> Value {
    json!({
        "user_name": rules.by_user_name,
        "email": rules.by_email,
        "partial": rules.partial,
        "safeguard": rules.safeguard_percent,
    })
}

pub(in crate::cli) fn rules_text(rules: ImportRules) -> String {
    let on = |on| if on { "on" } else { "off" };
    lines([
        format!("exact match by user name: {}", on(rules.by_user_name)),
        format!("exact match by e-mail: {}", on(rules.by_email)),
        format!("partial match by first and last name: {}", on(rules.partial)),
        format!("held when more than {} % of the linked accounts are missing", rules.safeguard_percent),
    ])
}
