//! A plan: what would be sent, to whom and why.

use serde_json::{Value, json};

use super::people_count;
use crate::cli::text::lines;
use crate::domain::ProfileAttribute;
use crate::engine::Plan;
use crate::engine::plan_file::shown;
use crate::engine::plan_tree::tree;
use crate::verbs::Decision;

/// The plan of a decision; `said` is what changes here besides the requests.
pub(in crate::cli) fn decided_json(plan: &Plan, decision: &Decision) -> Value {
    let mut out = planned_json(plan, decision);
    if !decision.said.is_empty() {
        out["said"] = decision.said.iter().map(|said| json!(said.text)).collect();
    }
    out
}

/// A plan by itself, and whose names it is held for.
pub(in crate::cli) fn planned_json(plan: &Plan, decision: &Decision) -> Value {
    named_json(shown(plan), decision)
}

/// Any look at a decision, with the names that it is held for.
pub(in crate::cli) fn named_json(mut shown: Value, decision: &Decision) -> Value {
    if let Some(refusal) = &decision.protected {
        shown["held_for_names"] = json!(refusal.to_type);
    }
    shown
}

pub(in crate::cli) fn plan_text(
    plan: &Plan,
    decision: &Decision,
    attributes: &[ProfileAttribute],
    _width: Option<usize>,
) -> String {
    let mut out: Vec<String> =
        tree(plan, attributes).flatten().map(|line| format!("{}{}", line.branch, line.text)).collect();
    for skipped in &plan.skipped {
        let word = if skipped.failed { "not" } else { "unchanged" };
        out.push(format!("{word:<11} {}: {}", skipped.user_name, skipped.why));
    }
    out.extend(decision.said.iter().map(|said| said.text.clone()));
    out.push(summary(plan, decision));
    if !plan.complete {
        out.push(
            "not everybody could be looked up; those requests are made anew before they are sent".into(),
        );
    }
    if let Some(n) = plan.brake.held {
        out.push(format!("held by the brake until {n} is typed: {}", plan.brake.text));
    }
    out.extend(held_for_names(decision));
    lines(out)
}

/// Whose names are to be typed first, and why.
pub(in crate::cli) fn held_for_names(decision: &Decision) -> Option<String> {
    let refusal = decision.protected.as_ref()?;
    let names = refusal.to_type.join(", ");
    let what = if refusal.to_type.len() == 1 { "the user name" } else { "each user name" };
    Some(format!("held until {what} is typed ({names}): {}", refusal.text))
}

fn words_of(groups: usize) -> String {
    if groups == 1 { "1 group is".to_owned() } else { format!("{groups} groups are") }
}

fn summary(plan: &Plan, decision: &Decision) -> String {
    let s = &plan.summary;
    let counts = [
        (s.create, "to create"),
        (s.link, "to link"),
        (s.update, "to change"),
        (s.deactivate, "to deactivate"),
        (s.reactivate, "to reactivate"),
        (s.raised, "with a role raised"),
        (s.lowered, "with a role lowered"),
        (s.invitations, "invited"),
        (s.unchanged, "unchanged"),
        (s.failed, "not possible"),
    ];
    let said: Vec<_> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}")).collect();
    let sentence = planned(plan, decision, &said);
    match s.resumed {
        0 => sentence,
        n if plan.operations.is_empty() && plan.groups.is_empty() && decision.changes.is_empty() => {
            goes_on(n)
        }
        n => format!("{sentence}; {}", goes_on(n)),
    }
}

fn goes_on(n: u32) -> String {
    match n {
        1 => "1 operation of the queue goes on".to_owned(),
        n => format!("{n} operations of the queue go on"),
    }
}

fn planned(plan: &Plan, decision: &Decision, said: &[String]) -> String {
    match (plan.operations.len(), decision.changes.is_empty()) {
        (0, _) if !plan.groups.is_empty() => format!("{} pushed", words_of(plan.groups.len())),
        (0, true) => "nothing to do".to_owned(),
        (0, false) => "nothing is sent; only our side changes".to_owned(),
        (n, _) => {
            let groups = match plan.groups.len() {
                0 => String::new(),
                groups => format!("; {} pushed", words_of(groups)),
            };
            let people = people_count(u32::try_from(n).unwrap_or(u32::MAX));
            format!("{people}: {}{groups}", said.join(", "))
        }
    }
}
