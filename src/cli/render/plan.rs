//! A plan: what would be sent, to whom and why.

use serde_json::{Value, json};

use super::{difference_text, people_count};
use crate::cli::text::lines;
use crate::domain::Call;
use crate::engine::plan_file::{request, write_of};
use crate::engine::{Invitation, Plan, Planned, PlannedGroup};
use crate::verbs::Decision;

pub(in crate::cli) fn plan_json(plan: &Plan) -> Value {
    let mut summary = json!(plan.summary);
    summary["complete"] = json!(plan.complete);
    summary["brake"] = json!(plan.brake.held);
    let operation = |p: &Planned| {
        json!({
            "kind": p.kind,
            "user_name": p.user_name,
            "cause": p.cause,
            "changes": p.changes,
            "request": write_of(p),
        })
    };
    let skipped = plan
        .skipped
        .iter()
        .map(|s| json!({"user_name": s.user_name, "why": s.why, "failed": s.failed}))
        .collect::<Vec<_>>();
    let group = |g: &PlannedGroup| {
        json!({
            "kind": "group",
            "group": g.name,
            "cause": g.kind,
            "changes": {"added": g.added, "removed": g.removed},
            "request": g.calls.first().map(request),
        })
    };
    let groups = plan.groups.iter().map(group);
    json!({
        "operations": plan.operations.iter().map(operation).chain(groups).collect::<Vec<_>>(),
        "summary": summary,
        "skipped": skipped,
    })
}

/// The plan of a decision; `said` is what changes here besides the requests.
pub(in crate::cli) fn decided_json(plan: &Plan, decision: &Decision) -> Value {
    let mut out = plan_json(plan);
    if !decision.said.is_empty() {
        out["said"] = decision.said.iter().map(|said| json!(said.text)).collect();
    }
    out
}

pub(in crate::cli) fn plan_text(plan: &Plan, decision: &Decision, _width: Option<usize>) -> String {
    let mut out = Vec::new();
    for planned in &plan.operations {
        out.push(format!(
            "{:<11} {}  {}  ({})",
            planned.kind.word(),
            planned.user_name,
            planned.name,
            planned.cause
        ));
        out.extend(planned.changes.iter().map(|d| format!("            {}", difference_text(d))));
        out.extend(planned.calls.iter().map(|c| format!("            {}{}", c.line(), if_match(c))));
        if planned.invitation == Invitation::Goes {
            out.push("            an invitation goes out".to_owned());
        }
    }
    for group in &plan.groups {
        let moves = format!("{} members in, {} out", group.added, group.removed);
        out.push(format!("group       {} {}: {moves}", group.kind.word(), group.name));
        out.extend(group.calls.iter().map(|c| format!("            {}", c.line())));
    }
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
    lines(out)
}

fn words_of(groups: usize) -> String {
    if groups == 1 { "1 group is".to_owned() } else { format!("{groups} groups are") }
}

/// The header that makes a write depend on the version that was read.
fn if_match(call: &Call) -> String {
    call.if_match.as_ref().map(|version| format!("  If-Match: {version}")).unwrap_or_default()
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
