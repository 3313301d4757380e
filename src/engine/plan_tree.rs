//! A plan as a tree, the same on the command line and in the console: each operation with its cause, every attribute
//! before and after, and the exact requests.

use super::{Invitation, Plan, Planned, PlannedGroup, Resumed};
use crate::domain::{Call, Difference, OpKind, ProfileAttribute, Shift};

/// What a line of the tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// Somebody's operation.
    Operation(OpKind),
    /// A pushed group.
    Group,
    /// Which decision caused it.
    Cause,
    /// An attribute before and after.
    Change(Shift),
    /// An invitation goes out.
    Invited,
    /// A request that reads.
    Read,
    /// A request that writes.
    Write,
    /// What a request carries besides its line.
    Body,
}

/// A line of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeLine {
    /// The branches before it.
    pub branch: &'static str,
    /// What it is.
    pub leaf: Leaf,
    /// The words; they may hold whatever a name or a value holds.
    pub text: String,
}

const FORK: &str = "  \u{251c}\u{2500} ";
const LAST: &str = "  \u{2514}\u{2500} ";
const BESIDE_FORK: &str = "  \u{2502}    ";
const BESIDE_LAST: &str = "       ";

/// The mark of a kind of change, so that it is not told by colour alone.
pub fn mark(kind: OpKind) -> &'static str {
    match kind {
        OpKind::Create | OpKind::Reactivate => "+",
        OpKind::Link => "=",
        OpKind::Update => "~",
        OpKind::Deactivate => "-",
    }
}

/// The words of a role that gives more or less than before; none for other changes.
pub fn shift_words(difference: &Difference, shift: Shift) -> Option<&'static str> {
    match shift {
        Shift::Raised if difference.before.is_some() => Some("^ raised"),
        Shift::Lowered => Some("v lowered"),
        _ => None,
    }
}

/// `title: (none) -> "Boss"`, with the mark of a role that is raised or lowered.
pub fn change_words(difference: &Difference, shift: Shift) -> String {
    let value = |v: &Option<String>| v.as_deref().map_or("(none)".to_owned(), |v| format!("{v:?}"));
    let (before, after) = (value(&difference.before), value(&difference.after));
    let words = format!("{}: {before} -> {after}", difference.attribute);
    match shift_words(difference, shift) {
        Some(mark) => format!("{words}  {mark}"),
        None => words,
    }
}

/// The whole plan: operations first, then those of the queue that go on, then pushed groups.
pub fn tree<'a>(
    plan: &'a Plan,
    attributes: &'a [ProfileAttribute],
) -> impl Iterator<Item = Vec<TreeLine>> + 'a {
    (0..).map_while(|at| entry(plan, attributes, at))
}

/// One entry of [`tree`]; none behind the last.
pub fn entry(plan: &Plan, attributes: &[ProfileAttribute], at: usize) -> Option<Vec<TreeLine>> {
    if let Some(planned) = plan.operations.get(at) {
        return Some(operation(planned, attributes));
    }
    let at = at - plan.operations.len();
    match plan.resumed.get(at) {
        Some(one) => Some(resumed(one, attributes)),
        None => plan.groups.get(at - plan.resumed.len()).map(group),
    }
}

fn operation(planned: &Planned, attributes: &[ProfileAttribute]) -> Vec<TreeLine> {
    let mut text = format!("{} {:<11} {}", mark(planned.kind), planned.kind.word(), planned.user_name);
    if planned.name != planned.user_name {
        text.push_str(&format!("  {}", planned.name));
    }
    let mut branches = vec![(Leaf::Cause, format!("cause: {}", planned.cause), Vec::new())];
    for difference in &planned.changes {
        let shift = difference.shift(attributes);
        branches.push((Leaf::Change(shift), change_words(difference, shift), Vec::new()));
    }
    if planned.invitation == Invitation::Goes {
        branches.push((Leaf::Invited, "an invitation goes out".to_owned(), Vec::new()));
    }
    branches.extend(planned.calls.iter().map(request));
    grown(Leaf::Operation(planned.kind), text, branches)
}

fn resumed(one: &Resumed, attributes: &[ProfileAttribute]) -> Vec<TreeLine> {
    let state = one.state.word().replace('_', " ");
    let text = format!("{} {:<11} {}  goes on, {state}", mark(one.kind), one.kind.word(), one.user_name);
    let Some(told) = &one.told else { return grown(Leaf::Operation(one.kind), text, Vec::new()) };
    let cause = format!("cause: {}, by {} at {}", told.cause, told.actor, told.committed);
    let mut branches = vec![(Leaf::Cause, cause, Vec::new())];
    for difference in &told.changes {
        let shift = difference.shift(attributes);
        branches.push((Leaf::Change(shift), change_words(difference, shift), Vec::new()));
    }
    branches.extend(told.calls.iter().map(|call| {
        let (leaf, line, mut carried) = request(call);
        if leaf == Leaf::Write && !told.whole {
            carried.push("(over the account as it is read then)".to_owned());
        }
        (leaf, line, carried)
    }));
    grown(Leaf::Operation(one.kind), text, branches)
}

fn group(group: &PlannedGroup) -> Vec<TreeLine> {
    let (added, removed) = (group.added, group.removed);
    let text = format!("# group       {}", group.name);
    let mut branches = vec![
        (Leaf::Cause, format!("cause: {} a pushed group", group.kind.word()), Vec::new()),
        (Leaf::Change(Shift::Other), format!("members: {added} in, {removed} out"), Vec::new()),
    ];
    branches.extend(group.calls.iter().map(request));
    grown(Leaf::Group, text, branches)
}

type Branch = (Leaf, String, Vec<String>);

/// A request: its line, and what it carries.
fn request(call: &Call) -> Branch {
    let mut carried = Vec::new();
    carried.extend(call.if_match.as_ref().map(|version| format!("If-Match: {version}")));
    if let Some(body) = &call.body {
        let text = serde_json::to_string_pretty(body).unwrap_or_default();
        carried.extend(text.lines().map(str::to_owned));
    }
    (if call.method.writes() { Leaf::Write } else { Leaf::Read }, call.line(), carried)
}

fn grown(leaf: Leaf, text: String, branches: Vec<Branch>) -> Vec<TreeLine> {
    let mut lines = vec![TreeLine { branch: "", leaf, text }];
    let end = branches.len();
    for (n, (leaf, text, carried)) in branches.into_iter().enumerate() {
        let (branch, beside) = if n + 1 == end { (LAST, BESIDE_LAST) } else { (FORK, BESIDE_FORK) };
        lines.push(TreeLine { branch, leaf, text });
        lines.extend(carried.into_iter().map(|text| TreeLine { branch: beside, leaf: Leaf::Body, text }));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(before: Option<&str>, after: Option<&str>) -> Difference {
        Difference {
            attribute: "workato_role".into(),
            before: before.map(Into::into),
            after: after.map(Into::into),
        }
    }

    #[test]
    fn a_role_says_whether_it_is_raised_or_lowered_and_a_first_role_is_neither() {
        let attributes = [ProfileAttribute::workato("workato_role")];
        for (before, after, words) in [
            (Some("Operator"), Some("Admin"), "workato_role: \"Operator\" -> \"Admin\"  ^ raised"),
            (Some("Admin"), Some("Operator"), "workato_role: \"Admin\" -> \"Operator\"  v lowered"),
            (Some("Admin"), None, "workato_role: \"Admin\" -> (none)  v lowered"),
            (None, Some("Admin"), "workato_role: (none) -> \"Admin\""),
        ] {
            let one = difference(before, after);
            assert_eq!(change_words(&one, one.shift(&attributes)), words);
        }
    }

    #[test]
    fn the_last_branch_ends_the_tree_and_bodies_hang_under_their_request() {
        let call =
            Call::new(crate::domain::Method::Put, &["Users", "9"]).body(serde_json::json!({"active": false}));
        let lines = grown(Leaf::Group, "g".into(), vec![(Leaf::Cause, "c".into(), vec![]), request(&call)]);
        let text: Vec<String> = lines.iter().map(|l| format!("{}{}", l.branch, l.text)).collect();
        assert_eq!(
            text,
            ["g", "  ├─ c", "  └─ PUT /Users/9", "       {", "         \"active\": false", "       }"]
        );
        assert_eq!(lines[2].leaf, Leaf::Write);
    }
}
