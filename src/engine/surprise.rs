//! Whether a plan that was made anew holds anything that the operator was not shown.

use std::collections::BTreeMap;

use super::{Plan, Planned, PlannedGroup};
use crate::domain::{Call, GroupId, PersonId};

/// Whether `anew` does something that is not in `shown`: to somebody else, from another base, or with another
/// request. Operations that became needless meanwhile are no surprise.
pub fn surprises(shown: &Plan, anew: &Plan) -> bool {
    let people: BTreeMap<PersonId, &Planned> = shown.operations.iter().map(|p| (p.person, p)).collect();
    let groups: BTreeMap<GroupId, &PlannedGroup> = shown.groups.iter().map(|g| (g.group, g)).collect();
    let new_person = anew.operations.iter().any(|planned| {
        !planned.changes.is_empty() && !people.get(&planned.person).is_some_and(|shown| same(shown, planned))
    });
    let new_group = |group: &PlannedGroup| !groups.get(&group.group).is_some_and(|shown| alike(shown, group));
    new_person || anew.groups.iter().any(new_group)
}

/// Whether the same is written to the same account. Its version alone may be another one: then what was shown of it
/// is still true.
fn same(a: &Planned, b: &Planned) -> bool {
    (a.kind, a.invitation, &a.changes) == (b.kind, b.invitation, &b.changes)
        && a.intent == b.intent
        && ask_the_same(&a.calls, &b.calls)
}

/// The same of a group.
fn alike(a: &PlannedGroup, b: &PlannedGroup) -> bool {
    let unversioned = |group: &PlannedGroup| PlannedGroup { calls: Vec::new(), ..group.clone() };
    unversioned(a) == unversioned(b) && ask_the_same(&a.calls, &b.calls)
}

fn ask_the_same(a: &[Call], b: &[Call]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.line() == b.line() && a.body == b.body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{AccountValues, Base, Difference, Intent, Method, OpKind, Owned};
    use crate::engine::{GroupKind, Invitation};

    fn planned(person: u64) -> Planned {
        let body = json!({"title": "new", "nickName": "Ann"});
        Planned {
            person: PersonId(person),
            user_name: "ana@example.com".into(),
            name: "Ana".into(),
            kind: OpKind::Update,
            cause: "test".into(),
            changes: vec![Difference {
                attribute: "title".into(),
                before: Some("old".into()),
                after: Some("new".into()),
            }],
            calls: vec![Call::new(Method::Put, &["Users", "1"]).body(body)],
            intent: Intent {
                wanted: AccountValues::default(),
                owned: Owned::of(["title"]),
                remote_id: Some("1".into()),
                base: Base::Account(Box::default()),
                before: None,
                linked_at: None,
                settled: None,
                ours: None,
            },
            found: None,
            invitation: Invitation::No,
        }
    }

    fn plan(operations: Vec<Planned>) -> Plan {
        Plan { operations, ..Plan::default() }
    }

    #[test]
    fn the_same_plan_and_a_smaller_one_are_no_surprise() {
        let shown = plan(vec![planned(1), planned(2)]);
        assert!(!surprises(&shown, &shown));
        assert!(!surprises(&shown, &plan(vec![planned(2)])));
        let settled = Planned { changes: Vec::new(), calls: Vec::new(), ..planned(3) };
        assert!(!surprises(&shown, &plan(vec![settled])), "nothing is left to write for them");
    }

    #[test]
    fn the_version_alone_of_a_group_is_no_surprise_and_another_member_is_one() {
        let group = |version: &str, joining: &str| {
            let mut call = Call::new(Method::Put, &["Groups", "g"]).body(json!({"members": [joining]}));
            call.if_match = Some(version.to_owned());
            let planned = PlannedGroup {
                group: GroupId(1),
                name: "Team".into(),
                kind: GroupKind::Update,
                added: 1,
                removed: 0,
                joining: vec![joining.to_owned()],
                leaving: Vec::new(),
                calls: vec![call],
            };
            Plan { groups: vec![planned], ..Plan::default() }
        };
        let shown = group("\"1\"", "ana");
        assert!(!surprises(&shown, &group("\"2\"", "ana")));
        assert!(surprises(&shown, &group("\"1\"", "ben")));
    }

    #[test]
    fn another_person_base_or_request_is_one_even_where_the_changes_look_the_same() {
        let shown = plan(vec![planned(1)]);
        assert!(surprises(&shown, &plan(vec![planned(1), planned(2)])));
        let mut request = planned(1);
        request.calls = vec![Call::new(Method::Put, &["Users", "1"]).body(json!({"title": "new"}))];
        assert!(surprises(&shown, &plan(vec![request])), "a nick name that was shown would be lost");
        let mut wanted = planned(1);
        wanted.intent.owned = Owned::of(["title", "active"]);
        assert!(surprises(&shown, &plan(vec![wanted])));
        let mut base = planned(1);
        base.intent.base = Base::Unknown;
        assert!(surprises(&shown, &plan(vec![base])));
        let mut account = planned(1);
        account.intent.remote_id = Some("2".into());
        assert!(surprises(&shown, &plan(vec![account])));
    }
}
