//! What the journal says is done, is done there.

use std::collections::BTreeMap;

use crate::home::ATTRIBUTE;
use crate::journal::Row;
use crate::there::User;

/// Compares the rows with what is there; the rows were read first. Returns how many people have something done.
#[track_caller]
pub(crate) fn what_is_done_is_there(rows: &[Row], users: &BTreeMap<String, User>) -> usize {
    let mut people: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        people.entry(&row.user_name).or_default().push(row);
    }
    let mut done_people = 0;
    for (name, rows) in &people {
        let Some(done) = rows.iter().rev().find(|row| row.state == "done") else { continue };
        done_people += 1;
        let user = users.get(*name).unwrap_or_else(|| panic!("{name} is done and not there: {done:?}"));
        assert_eq!(done.intent["remote_id"], user.id.as_str(), "{name}: {done:?}");
        if rows.iter().any(|row| row.open()) {
            continue;
        }
        let wanted = &done.intent["wanted"];
        let owned = |attribute: &str| {
            done.intent["owned"].as_array().expect("names").iter().any(|name| name == attribute)
        };
        if owned("active") {
            assert_eq!(wanted["active"], user.active, "{name}: {done:?}");
        }
        if owned(ATTRIBUTE) {
            assert_eq!(wanted["roles"][ATTRIBUTE], user.role.as_str(), "{name}: {done:?}");
        }
    }
    done_people
}

/// Whoever is there and was made by us is known to the journal as done or on its way.
#[track_caller]
pub(crate) fn what_is_there_is_known(rows: &[Row], users: &BTreeMap<String, User>) {
    for name in users.keys() {
        let known = rows.iter().any(|row| row.user_name == *name && (row.state == "done" || row.open()));
        assert!(known, "{name} is there and the journal does not know of it");
    }
}
