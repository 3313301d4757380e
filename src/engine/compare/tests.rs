use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::directory::{Change, Link};
use crate::domain::{Assignment, Connection, ConnectionId, Person, ProfileAttribute, Time, TokenSource};
use crate::scim::resource::urn;

const NOW: Time = Time::from_ms(1_700_000_000_000);

/// Person `n` is assigned; those in `linked` are linked and as we last pushed them.
fn directory(people: u64, linked: impl Fn(u64) -> bool) -> Directory {
    let mut directory =
        Directory::new(Connection::new(ConnectionId(1), "w", "https://a.example/scim", TokenSource::Memory));
    directory.apply(&Change::Attribute(0, ProfileAttribute::workato("workato_role")));
    for n in 0..people {
        let id = PersonId(n);
        let mut person = Person::new(id, &format!("User{n}@example.com"));
        (person.given_name, person.family_name) = ("Ana".to_owned(), format!("Lima{n}"));
        person.display_name = if n % 2 == 0 { format!("Ana Lima{n}") } else { "A. L.".to_owned() };
        let roles = [("workato_role", "Analyst")].into_iter().collect();
        let assignment = Assignment { roles, since: NOW, ..Default::default() };
        directory.apply_all(&[Change::Person(person.into()), Change::Assigned(id, assignment)]);
        if linked(n) {
            let sent = directory.get(id).unwrap().wanted();
            let link = Link {
                remote_id: format!("r{n}"),
                linked_at: NOW,
                settled: sent.clone(),
                sent,
                confirmed_at: NOW,
            };
            directory.apply(&Change::Link(id, link.into()));
        }
    }
    directory
}

/// The row of an account that is as person `n` shall be.
fn row(directory: &Directory, n: u64) -> Value {
    let v = directory.get(PersonId(n)).unwrap().wanted();
    json!({
        "id": format!("r{n}"), "externalId": v.external_id, "userName": v.user_name, "active": v.active,
        "name": {"givenName": v.given_name, "familyName": v.family_name}, "displayName": v.display_name,
        "emails": [{"value": v.email, "primary": true}],
        urn::WORKATO_ROLE: {"workato_role": v.roles.get("workato_role")},
    })
}

fn stranger(name: &str) -> Value {
    json!({"id": name, "userName": format!("{name}@elsewhere.example"), "active": false})
}

fn compare(comparison: Comparison, rows: &[Value], gap: Option<&str>) -> Compared {
    let mut comparison = comparison;
    let reader = comparison.reader();
    let raw: Vec<String> = rows.iter().map(Value::to_string).collect();
    let page: Vec<_> = raw.iter().map(|raw| (reader.read(raw).expect("an account"), raw.as_str())).collect();
    comparison.take(&page);
    comparison.finish(gap.map(str::to_owned))
}

#[test]
fn what_is_the_same_leaves_nothing_behind() {
    let directory = directory(40, |_| true);
    let rows: Vec<Value> = (0..40).map(|n| row(&directory, n)).collect();
    let compared = compare(Comparison::new(&directory), &rows, None);
    assert_eq!(compared, Compared { accounts: 40, ..Compared::default() });
}

#[test]
fn what_moved_there_is_found_with_its_values() {
    let directory = directory(3, |_| true);
    let mut rows: Vec<Value> = (0..3).map(|n| row(&directory, n)).collect();
    rows[1][urn::WORKATO_ROLE]["workato_role"] = json!("Admin");
    rows[2]["active"] = json!(false);
    let compared = compare(Comparison::new(&directory), &rows, None);
    let role = |id| match compared.findings.0.get(&PersonId(id)) {
        Some(Finding::Account(found)) => {
            (found.account.values.roles.get("workato_role").map(str::to_owned), found.account.values.active)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(compared.findings.0.len(), 2);
    assert_eq!((role(1), role(2)), ((Some("Admin".to_owned()), true), (Some("Analyst".to_owned()), false)));
}

#[test]
fn an_account_of_nobody_here_is_listed_and_one_that_fits_somebody_is_not() {
    let directory = directory(4, |n| n < 2);
    let mut fits = row(&directory, 2);
    fits["userName"] = json!("USER2@EXAMPLE.COM");
    let rows = [row(&directory, 0), stranger("zoe"), fits, stranger("bob")];
    let compared = compare(Comparison::new(&directory), &rows, None);
    let names: Vec<&str> = compared.orphans.iter().map(|o| o.user_name.as_str()).collect();
    assert_eq!(names, ["bob@elsewhere.example", "zoe@elsewhere.example"]);
    assert_eq!(compared.missing, [PersonId(1)]);
    assert!(matches!(compared.findings.0.get(&PersonId(2)), Some(Finding::Account(_))));
    assert_eq!(compared.findings.0.get(&PersonId(3)), Some(&Finding::Absent));
}

#[test]
fn nobody_is_called_absent_after_a_pass_that_may_have_missed_somebody() {
    let directory = directory(2, |_| false);
    let compared = compare(Comparison::new(&directory), &[stranger("bob")], Some("rows came twice"));
    assert!(compared.findings.0.is_empty(), "{compared:?}");
    let asked = Comparison::only(&directory, &[PersonId(1)]);
    let compared = compare(asked, &[stranger("bob")], Some("rows came twice"));
    assert!(matches!(compared.findings.0.get(&PersonId(1)), Some(Finding::Unknown(_))));
    assert!(compared.orphans.is_empty() && compared.findings.0.len() == 1);
}

#[test]
fn for_a_plan_only_those_asked_for_are_kept_and_kept_whole() {
    let directory = directory(6, |n| n != 5);
    let mut rows: Vec<Value> = (0..6).map(|n| row(&directory, n)).collect();
    rows[3]["title"] = json!("Chief");
    rows[4]["nickName"] = json!("not ours");
    let compared = compare(Comparison::only(&directory, &[PersonId(4), PersonId(5)]), &rows, None);
    assert_eq!(compared.findings.0.len(), 2);
    let whole = compared.findings.0[&PersonId(4)].whole(directory.attributes()).into_owned();
    let Finding::Account(found) = whole else { panic!("{whole:?}") };
    assert_eq!(found.resource["nickName"], "not ours");
    // One more account with the same user name: which one it is, is not ours to guess.
    let mut twin = row(&directory, 5);
    twin["id"] = json!("twin");
    rows.push(twin);
    let compared = compare(Comparison::only(&directory, &[PersonId(5)]), &rows, None);
    assert!(matches!(&compared.findings.0[&PersonId(5)], Finding::Several(all) if all.len() == 2));
}

#[test]
fn by_address_each_address_counts() {
    let mut directory = directory(1, |_| false);
    let mut connection = directory.connection().clone();
    connection.unique_identifier = UniqueIdentifier::Email;
    directory.apply(&Change::Connection(Box::new(connection)));
    let other = json!({"id": "x", "userName": "other", "emails": [
        {"value": "home@example.com", "primary": true}, {"value": "USER0@example.com"}]});
    let compared = compare(Comparison::new(&directory), &[other], None);
    assert!(compared.orphans.is_empty() && matches!(&compared.findings.0[&PersonId(0)], Finding::Account(_)));
}

proptest! {
    #[test]
    fn a_person_is_shown_as_known_exactly_where_the_values_are_equal(
        title in "[ab]?", given in "(Ana|Ana |)", display in "(Ana Lima0|Ana|)", active in any::<bool>(), n in 0_u64..2,
    ) {
        let directory = directory(2, |_| true);
        let mut raw = row(&directory, n);
        raw["title"] = json!(title);
        raw["name"]["givenName"] = json!(given);
        raw["displayName"] = json!(display);
        raw["active"] = json!(active);
        let raw = raw.to_string();
        let account = Comparison::new(&directory).reader().read(&raw).unwrap().values(directory.attributes());
        let (.., theirs) = directory.get(PersonId(n)).unwrap().known().unwrap();
        let compared = compare(Comparison::new(&directory), &[serde_json::from_str(&raw).unwrap()], None);
        prop_assert_eq!(theirs == account, compared.findings.0.is_empty());
    }
}
