//! `okta-oin`, as Okta's catalogue apps write: PATCH without a path where access alone changes, PUT for all else.

use serde_json::json;

use super::{okta_classic, rfc};
use crate::domain::{AccountValues, Call, Owned, ProfileAttribute, field};
use crate::engine::Found;

/// A change of access together with others (somebody linked who was inactive) is one PUT: two writes for one
/// operation could be torn apart, and then the account would be half of what was shown.
pub(super) fn change(
    found: &Found,
    goal: &AccountValues,
    owned: &Owned,
    attributes: &[ProfileAttribute],
) -> Call {
    let mut moved = found.account.values.differences(goal).into_iter().filter(|d| owned.has(&d.attribute));
    match (moved.next(), moved.next()) {
        (Some(only), None) if only.attribute == field::ACTIVE => {
            let operation = json!({"op": "replace", "value": {"active": goal.active}});
            rfc::patch(&found.account.remote_id, vec![operation])
        }
        _ => okta_classic::change(found, goal, owned, attributes),
    }
}
