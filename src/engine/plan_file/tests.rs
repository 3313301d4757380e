use super::*;
use crate::directory::Change;
use crate::domain::{
    Account, Assignment, Connection, ConnectionId, Origin, Person, ProfileAttribute, RoleValues, TokenSource,
};
use crate::engine::{BrakeHistory, Finding, Findings, Found, make};
use crate::scim::resource::Resource;
use crate::verbs::Decision;

const ANA: PersonId = PersonId(1);

fn directory(name: &str, base_url: &str, role: &str) -> Directory {
    let connection = Connection::new(ConnectionId(1), name, base_url, TokenSource::Memory);
    let mut directory = Directory::new(connection);
    let roles: RoleValues = [("workato_role", role)].into_iter().collect();
    let assignment = Assignment { roles, since: Time::default(), origin: Origin::BeforeScim };
    directory.apply_all(&[
        Change::Attribute(0, ProfileAttribute::workato("workato_role")),
        Change::Person(Person::new(ANA, "ana@example.com").into()),
        Change::Assigned(ANA, assignment),
    ]);
    directory
}

fn ours(role: &str) -> Directory {
    directory("w", "https://workato.com/scim/v2", role)
}

/// Ana's account is there already, with this title and version.
fn planned(directory: &Directory, title: &str, version: &str) -> Plan {
    let mut values = directory.get(ANA).unwrap().wanted();
    title.clone_into(&mut values.title);
    values.roles = RoleValues::default();
    let mut resource = Resource::new();
    resource.insert("id".into(), "8f2c".into());
    resource.insert("score".into(), json!(0.1));
    let account = Account { remote_id: "8f2c".into(), version: Some(version.into()), values };
    let found = Finding::Account(Box::new(Found { account, resource }));
    let decision = Decision::touching("test", Vec::new(), vec![ANA]);
    make(directory, &decision, &Findings([(ANA, found)].into_iter().collect()), &BrakeHistory::default())
}

fn saved() -> String {
    let directory = ours("Analyst");
    let plan = planned(&directory, "", "1");
    let shown = json!({"summary": plan.summary});
    let of = PlanOf::Provision(vec![ANA]);
    PlanFile::write(&of, &directory, &plan, shown, ("operator", Time::default())).unwrap()
}

fn refused(text: &str) -> &'static str {
    let problem = PlanFile::read(text, &ours("Analyst")).unwrap_err();
    assert!(problem.text.contains("nothing was sent"), "{problem:?}");
    problem.code
}

#[test]
fn a_saved_plan_is_read_back_and_holds_while_nothing_moved() {
    let file = PlanFile::read(&saved(), &ours("Analyst")).unwrap();
    assert_eq!(file.of, PlanOf::Provision(vec![ANA]));
    let directory = ours("Analyst");
    assert_eq!(file.same_as(&directory, &planned(&directory, "", "1")), Ok(()));
}

#[test]
fn another_order_of_keys_is_no_edit_and_any_other_word_is() {
    let document: Value = serde_json::from_str(&saved()).unwrap();
    assert!(PlanFile::read(&sorted(&document).to_string(), &ours("Analyst")).is_ok());
    assert_eq!(refused(&saved().replacen("Analyst", "Admin", 1)), "plan_edited");
    let mut without = document;
    without.as_object_mut().unwrap().shift_remove("hash");
    assert_eq!(refused(&without.to_string()), "plan_edited");
}

#[test]
fn a_plan_of_another_connection_or_base_url_is_refused() {
    for other in [
        directory("x", "https://workato.com/scim/v2", "Analyst"),
        directory("w", "https://other.example", "Analyst"),
    ] {
        assert_eq!(PlanFile::read(&saved(), &other).unwrap_err().code, "other_connection");
    }
}

#[test]
fn what_is_no_plan_or_of_another_format_is_refused() {
    assert_eq!(refused("{}"), "no_plan");
    assert_eq!(refused("user_name,title"), "no_plan");
    assert_eq!(refused(&"[".repeat(200_000)), "no_plan");
    assert_eq!(refused(r#"{"scimdeck_plan": 2}"#), "plan_version");
}

#[test]
fn a_moved_account_a_new_version_and_a_moved_role_are_each_named() {
    let file = PlanFile::read(&saved(), &ours("Analyst")).unwrap();
    let said = |directory: &Directory, title: &str, version: &str| {
        let problem = file.same_as(directory, &planned(directory, title, version)).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::Stale);
        problem.text
    };
    let moved = said(&ours("Analyst"), "Boss", "1");
    assert!(moved.contains("ana@example.com: the account moved there (title)"), "{moved}");
    assert!(said(&ours("Analyst"), "", "2").contains("another version"));
    assert!(said(&ours("Admin"), "", "1").contains("our side moved (workato_role)"));
    let mut other = ours("Analyst");
    other.apply(&Change::Attribute(1, ProfileAttribute::workato("workato_role_prod")));
    assert!(said(&other, "", "1").contains("list of attributes"));
    let nothing = file.same_as(&ours("Analyst"), &Plan::default()).unwrap_err();
    assert!(nothing.text.contains("nothing is to be sent for them any more"), "{}", nothing.text);
}

#[test]
fn a_plan_that_could_not_look_is_not_saved() {
    let directory = ours("Analyst");
    let plan = Plan { complete: false, ..Plan::default() };
    let problem =
        PlanFile::write(&PlanOf::Apply, &directory, &plan, json!({}), ("operator", Time::default()));
    assert_eq!(problem.unwrap_err().code, "incomplete");
}
