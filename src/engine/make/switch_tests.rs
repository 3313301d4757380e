//! Every switch of a connection against every verb that could send what it forbids: the verb changes our side all the
//! same, and what it may not send is not planned.

use super::*;
use crate::directory::{Change, Link};
use crate::domain::{
    Account, Assignment, Connection, ConnectionId, Group, GroupAssignment, GroupId, Ids, Origin, Person,
    RoleValues, Status, Time, TokenSource, UniqueIdentifier,
};
use crate::scim::resource::Resource;
use crate::verbs::{self, Command, Context, ImportOptions, PersonFields, PersonRecord, Who};

/// Linked, through an Individual assignment.
const ANA: PersonId = PersonId(1);
/// Assigned and not linked; nobody is there.
const BEN: PersonId = PersonId(2);
/// Here and not assigned.
const CLEO: PersonId = PersonId(3);
/// Suspended; linked, without access there.
const DORA: PersonId = PersonId(4);
/// Linked, through Team.
const EVE: PersonId = PersonId(5);
/// Assigned and not linked; an inactive account is there.
const FINN: PersonId = PersonId(6);
const TEAM: GroupId = GroupId(1);

fn role(value: &str) -> RoleValues {
    [("workato_role", value)].into_iter().collect()
}

fn name(id: PersonId) -> String {
    format!("p{}@example.com", id.0)
}

struct Case {
    directory: Directory,
}

impl Case {
    fn new(set: impl FnOnce(&mut Connection)) -> Self {
        let mut connection =
            Connection::new(ConnectionId(1), "w", "https://workato.com/scim/v2", TokenSource::Memory);
        connection.enabled = true;
        connection.enabled_at = Some(Time::from_ms(5));
        set(&mut connection);
        let mut directory = Directory::new(connection);
        directory.apply(&Change::Attribute(0, ProfileAttribute::workato("workato_role")));
        for id in [ANA, BEN, CLEO, DORA, EVE, FINN] {
            directory.apply(&Change::Person(Person { email: name(id), ..Person::new(id, &name(id)) }.into()));
        }
        let assignment =
            Assignment { roles: role("Analyst"), since: Time::default(), origin: Origin::Operator };
        for id in [ANA, BEN, DORA, FINN] {
            directory.apply(&Change::Assigned(id, assignment.clone()));
        }
        let group = GroupAssignment { priority: 1, roles: role("Operator"), since: Time::default() };
        directory.apply_all(&[
            Change::Group(Group { id: TEAM, name: "Team".into() }),
            Change::Member(TEAM, EVE),
            Change::GroupAssigned(TEAM, group),
        ]);
        for id in [ANA, DORA, EVE] {
            let mut sent = directory.get(id).unwrap().wanted();
            sent.active = id != DORA;
            let link = Link {
                remote_id: format!("r{}", id.0),
                linked_at: Time::default(),
                settled: sent.clone(),
                sent,
                confirmed_at: Time::default(),
            };
            directory.apply(&Change::Link(id, link.into()));
        }
        let away = Person { status: Status::Suspended, ..directory.get(DORA).unwrap().record() };
        directory.apply(&Change::Person(away.into()));
        Self { directory }
    }

    /// What the endpoint answers for everybody.
    fn findings(&self) -> Findings {
        let found = |id: PersonId| {
            let person = self.directory.get(id)?;
            let values = match id {
                FINN => AccountValues { user_name: name(FINN).to_uppercase(), ..AccountValues::default() },
                _ => person.known()?.2,
            };
            let account = Account { remote_id: format!("r{}", id.0), version: None, values };
            let resource: Resource =
                [("id".to_owned(), account.remote_id.clone().into())].into_iter().collect();
            Some(Finding::Account(Box::new(Found { account, resource })))
        };
        let all = [ANA, BEN, CLEO, DORA, EVE, FINN];
        Findings(all.into_iter().map(|id| (id, found(id).unwrap_or(Finding::Absent))).collect())
    }

    fn plan(&self, command: &Command) -> Plan {
        let mut ids = Ids::new(7);
        let mut context = Context { now: Time::from_ms(9), actor: "ops", ids: &mut ids, typed: &[] };
        let decision = verbs::decide(&self.directory, command, &mut context).expect("decided");
        let mut after = self.directory.clone();
        after.apply_all(&decision.changes);
        make(&after, &decision, &self.findings(), &BrakeHistory::default())
    }

    /// The one thing that is planned.
    fn kind(&self, command: &Command) -> Option<OpKind> {
        let plan = self.plan(command);
        assert!(plan.operations.len() <= 1, "{plan:?}");
        plan.operations.first().map(|o| o.kind)
    }

    /// Why nothing is.
    fn why(&self, command: &Command) -> String {
        let plan = self.plan(command);
        assert!(plan.operations.is_empty(), "{command:?}: {:?}", plan.operations);
        plan.skipped.first().map(|s| s.why.clone()).unwrap_or_default()
    }
}

fn roles(people: &[PersonId]) -> Command {
    let values = [("workato_role".to_owned(), "Admin".to_owned())].into_iter().collect();
    Command::Role { people: people.to_vec(), values }
}

fn status(id: PersonId, status: Status) -> Command {
    Command::SetStatus { people: vec![id], status }
}

fn person_set(id: PersonId, fields: PersonFields) -> Command {
    Command::PersonSet { person: Some(id), fields }
}

fn titled() -> PersonFields {
    PersonFields { title: Some("Chief".into()), ..PersonFields::default() }
}

fn imported(id: PersonId, row: impl FnOnce(&mut PersonRecord)) -> Command {
    let mut record = PersonRecord {
        line: 2,
        user_name: name(id),
        fields: PersonFields::default(),
        status: None,
        assigned: None,
        roles: Default::default(),
    };
    row(&mut record);
    Command::ImportPeople(vec![record], ImportOptions::default())
}

/// What would make an account.
fn creates() -> Vec<Command> {
    vec![
        Command::Provision(Who::Named(vec![BEN])),
        Command::Assign { people: vec![CLEO], roles: role("Analyst") },
        Command::MemberAdd(TEAM, vec![CLEO]),
    ]
}

/// What would change attributes of an account that has access.
fn updates() -> Vec<Command> {
    let values = [("workato_role".to_owned(), "Admin".to_owned())].into_iter().collect();
    vec![
        roles(&[ANA]),
        roles(&[EVE]),
        Command::Assign { people: vec![ANA], roles: role("Admin") },
        Command::GroupRole { group: TEAM, values },
        person_set(ANA, titled()),
    ]
}

/// What would end access.
fn ends() -> Vec<Command> {
    vec![
        status(ANA, Status::Suspended),
        status(ANA, Status::Deactivated),
        Command::Unassign(vec![ANA]),
        Command::PersonRemove(vec![ANA]),
        Command::MemberRemove(TEAM, vec![EVE]),
        Command::UnassignGroup(TEAM),
    ]
}

#[test]
fn with_everything_on_each_verb_sends_what_it_says() {
    let on = Case::new(|_| {});
    for command in creates() {
        assert_eq!(on.kind(&command), Some(OpKind::Create), "{command:?}");
    }
    for command in updates() {
        assert_eq!(on.kind(&command), Some(OpKind::Update), "{command:?}");
    }
    for command in ends() {
        assert_eq!(on.kind(&command), Some(OpKind::Deactivate), "{command:?}");
    }
    assert_eq!(on.kind(&status(DORA, Status::Active)), Some(OpKind::Reactivate));
    assert_eq!(on.kind(&Command::Provision(Who::Named(vec![FINN]))), Some(OpKind::Link));
}

#[test]
fn create_users_off_makes_no_account_and_links_who_is_there() {
    let cases = [
        ("Create Users", Case::new(|c| c.to_app.create = false)),
        ("Push New Users", Case::new(|c| c.actions.push_new = false)),
    ];
    for (switch, off) in cases {
        for command in creates() {
            let why = off.why(&command);
            assert!(why.starts_with("Matching user not found"), "{why}");
            assert!(why.ends_with(&format!("and {switch} is off")), "{why}");
        }
        assert_eq!(off.kind(&Command::Provision(Who::Named(vec![FINN]))), Some(OpKind::Link));
        assert_eq!(off.kind(&roles(&[ANA])), Some(OpKind::Update));
    }
}

#[test]
fn update_user_attributes_off_keeps_every_edit_here_and_sends_access_only() {
    let cases = [
        ("Update User Attributes", Case::new(|c| c.to_app.update = false)),
        ("Push Profile Updates", Case::new(|c| c.actions.push_updates = false)),
    ];
    for (switch, off) in cases {
        for command in updates() {
            assert_eq!(off.why(&command), format!("{switch} is off: saved here, not sent"), "{command:?}");
        }
        let back = off.plan(&status(DORA, Status::Active)).operations.remove(0);
        assert_eq!((back.kind, back.intent.owned), (OpKind::Reactivate, Owned::of([field::ACTIVE])));
        let link = off.plan(&Command::Provision(Who::Named(vec![FINN]))).operations.remove(0);
        assert_eq!((link.kind, &link.intent.owned), (OpKind::Link, &Owned::of([field::ACTIVE])));
        let pushed = link.intent.pushed();
        assert_eq!(pushed.roles.get("workato_role"), None, "what was not sent stays unsent");
        assert_eq!(off.kind(&Command::Unassign(vec![ANA])), Some(OpKind::Deactivate));
        assert_eq!(off.kind(&Command::Provision(Who::Named(vec![BEN]))), Some(OpKind::Create));
    }
}

#[test]
fn deactivate_users_off_ends_nobodys_access_and_says_that_it_remains() {
    let off = Case::new(|c| c.to_app.deactivate = false);
    for command in ends() {
        assert_eq!(off.why(&command), "Deactivate Users is off: access remains there", "{command:?}");
    }
    assert_eq!(off.kind(&status(DORA, Status::Active)), Some(OpKind::Reactivate));
    let neither = Case::new(|c| {
        c.to_app.deactivate = false;
        c.to_app.update = false;
    });
    assert!(neither.why(&status(DORA, Status::Active)).contains("saved here, not sent"));
}

#[test]
fn excluded_user_names_are_sent_to_new_accounts_only() {
    let off = Case::new(|c| c.to_app.exclude_user_name = true);
    let renamed = PersonFields { user_name: Some("other@example.com".into()), ..PersonFields::default() };
    let plan = off.plan(&person_set(ANA, renamed.clone()));
    assert!(plan.operations.is_empty() && !plan.skipped[0].failed, "{plan:?}");
    assert!(plan.skipped[0].why.starts_with("Exclude Username Updates is on"), "{}", plan.skipped[0].why);
    let both = PersonFields { title: Some("Chief".into()), ..renamed };
    let update = off.plan(&person_set(ANA, both.clone())).operations.remove(0);
    assert!(update.intent.owned.has(field::TITLE) && !update.intent.owned.has(field::USER_NAME));
    assert_eq!(update.intent.pushed().user_name, name(ANA));
    let link = off.plan(&Command::Provision(Who::Named(vec![FINN]))).operations.remove(0);
    assert!(!link.intent.owned.has(field::USER_NAME));
    assert_eq!(link.intent.pushed().user_name, name(FINN).to_uppercase());
    let create = off.plan(&Command::Provision(Who::Named(vec![BEN]))).operations.remove(0);
    assert!(create.intent.owned.has(field::USER_NAME));
    let on = Case::new(|_| {}).plan(&person_set(ANA, both)).operations.remove(0);
    assert!(on.intent.owned.has(field::USER_NAME));
}

#[test]
fn a_people_file_sends_nothing_whatever_the_switches_say() {
    for case in [Case::new(|_| {}), Case::new(|c| c.to_app.update = false)] {
        let plan = case.plan(&imported(ANA, |row| row.fields = titled()));
        assert!(plan.operations.is_empty() && plan.skipped.is_empty(), "{plan:?}");
        let plan = case.plan(&imported(CLEO, |row| row.assigned = Some(true)));
        assert!(plan.operations.is_empty(), "{plan:?}");
    }
}

#[test]
fn somebody_without_what_accounts_are_found_by_cannot_be_provisioned_and_the_plan_is_complete() {
    let mut case = Case::new(|c| c.unique_identifier = UniqueIdentifier::Email);
    let nameless =
        Person { user_name: "ben".into(), email: String::new(), ..case.directory.get(BEN).unwrap().record() };
    case.directory.apply(&Change::Person(nameless.into()));
    let command = Command::Provision(Who::Named(vec![BEN]));
    let why = case.why(&command);
    assert!(why.starts_with("has no e-mail address, by which accounts are found"), "{why}");
    let mut findings = case.findings();
    findings.0.insert(BEN, Finding::Unknown("nothing to look for".into()));
    let decision = Decision::touching("test", Vec::new(), vec![BEN]);
    assert!(make(&case.directory, &decision, &findings, &BrakeHistory::default()).complete);
}

#[test]
fn the_plan_shows_the_look_up_of_the_connections_field_and_the_write_of_its_profile() {
    let case = Case::new(|c| {
        c.unique_identifier = UniqueIdentifier::ExternalId;
        c.profile = crate::domain::WireProfile::Rfc;
    });
    let create = case.plan(&Command::Provision(Who::Named(vec![BEN]))).operations.remove(0);
    assert!(create.calls[0].line().contains("filter=externalId eq"), "{}", create.calls[0].line());
    let lines: Vec<String> =
        case.plan(&status(ANA, Status::Suspended)).operations[0].calls.iter().map(Call::line).collect();
    assert_eq!(lines, ["GET /Users/r1", "PATCH /Users/r1", "GET /Users/r1"]);
}
