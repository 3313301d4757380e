//! The people of the tests.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::console::{MEMBERS, ROLES};

pub(crate) const PEOPLE: usize = 500;
/// Of them have an account before we come, every second one in another letter case.
pub(crate) const THERE_BEFORE: usize = 40;

/// Somebody who is assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Someone {
    pub(crate) user_name: String,
    pub(crate) external_id: String,
    pub(crate) roles: BTreeMap<String, String>,
}

/// Everybody, with all combinations of roles.
pub(crate) fn everybody() -> Vec<Someone> {
    (0..PEOPLE)
        .map(|n| {
            let member =
                |place: usize| MEMBERS[n / MEMBERS.len().pow(place as u32) % MEMBERS.len()].to_owned();
            Someone {
                user_name: format!("person{n:03}@example.com"),
                external_id: format!("00u{n:06}"),
                roles: ROLES.iter().enumerate().map(|(at, role)| ((*role).to_owned(), member(at))).collect(),
            }
        })
        .collect()
}

/// The same people as a file from the personnel department.
pub(crate) fn csv(people: &[Someone]) -> String {
    let mut text =
        format!("user_name,given_name,family_name,email,external_id,assigned,{}\n", ROLES.join(","));
    for (n, someone) in people.iter().enumerate() {
        let roles: Vec<&str> = ROLES.iter().map(|role| someone.roles[*role].as_str()).collect();
        let Someone { user_name, external_id, .. } = someone;
        text += &format!("{user_name},Per,Sön {n},{user_name},{external_id},yes,{}\n", roles.join(","));
    }
    text
}

/// Those who have an account already: made by hand, without our id and with other roles.
pub(crate) fn there_before(people: &[Someone]) -> Vec<Value> {
    let every = people.len() / THERE_BEFORE;
    let chosen = people.iter().step_by(every).take(THERE_BEFORE);
    chosen
        .map(|someone| {
            json!({"userName": someone.user_name, "givenName": "By", "familyName": "Hand",
                   "roles": {"workato_role": "Operator"}})
        })
        .collect()
}
