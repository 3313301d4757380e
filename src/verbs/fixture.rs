//! A small directory to decide on, built by names.

use super::{Command, Context, Decision, Refusal, decide};
use crate::directory::{Change, Directory, Link, Observation, OpMark};
use crate::domain::{
    AccountState, AccountValues, Assignment, Connection, ConnectionId, Group, GroupAssignment, GroupId, Ids,
    OpId, OpKind, OpState, Origin, Person, PersonId, ProfileAttribute, RoleValues, SETTLE_MS, Status, Time,
    TokenSource,
};

/// The moment of every decision in tests.
pub(crate) const NOW: Time = Time::from_ms(1_700_000_000_000);

/// `workato_role` with this value.
pub(crate) fn role(value: &str) -> RoleValues {
    [("workato_role", value)].into_iter().collect()
}

/// An enabled connection with the required attribute `workato_role` and the optional `workato_role_prod`.
#[derive(Debug)]
pub(crate) struct Fixture {
    pub(crate) directory: Directory,
    pub(crate) typed: Vec<String>,
    ids: Ids,
    next: u64,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let mut connection =
            Connection::new(ConnectionId(1), "workato", "https://workato.com/scim/v2", TokenSource::Memory);
        connection.enabled = true;
        connection.enabled_at = Some(Time::from_ms(5));
        let mut directory = Directory::new(connection);
        directory.apply(&Change::Attribute(0, ProfileAttribute::workato("workato_role")));
        let prod = ProfileAttribute { required: false, ..ProfileAttribute::workato("workato_role_prod") };
        directory.apply(&Change::Attribute(1, prod));
        Self { directory, typed: Vec::new(), ids: Ids::new(7), next: 1 }
    }

    /// Somebody who is here and has no tie to the app.
    pub(crate) fn person(mut self, name: &str) -> Self {
        let person = Person::new(PersonId(self.next), &address(name));
        self.next += 1;
        self.directory.apply(&Change::Person(person.into()));
        self
    }

    /// Somebody with an Individual assignment and no account.
    pub(crate) fn assigned(self, name: &str, value: &str) -> Self {
        self.person(name).give(name, role(value))
    }

    /// Gives somebody an Individual assignment.
    pub(crate) fn give(mut self, name: &str, roles: RoleValues) -> Self {
        let assignment = Assignment { roles, since: Time::from_ms(1), origin: Origin::BeforeScim };
        self.directory.apply(&Change::Assigned(self.id(name), assignment));
        self
    }

    /// Somebody with an Individual assignment whose account is true to it.
    pub(crate) fn linked(self, name: &str, value: &str) -> Self {
        self.assigned(name, value).confirm(name)
    }

    /// The app confirms somebody's account as it is wanted.
    pub(crate) fn confirm(mut self, name: &str) -> Self {
        let id = self.id(name);
        let sent = self.directory.get(id).unwrap().wanted();
        let link = Link {
            remote_id: format!("remote-{name}"),
            linked_at: Time::from_ms(9),
            settled: sent.clone(),
            sent,
            confirmed_at: Time::from_ms(9),
        };
        self.directory.apply(&Change::Link(id, link.into()));
        self
    }

    /// The account there changes without us, and a look long after our last push shows it.
    pub(crate) fn there(self, name: &str, change: impl FnOnce(&mut AccountValues)) -> Self {
        let at = Time::from_ms(11).plus_ms(SETTLE_MS);
        self.there_at(at, name, change)
    }

    /// The same, seen at this time.
    pub(crate) fn there_at(mut self, at: Time, name: &str, change: impl FnOnce(&mut AccountValues)) -> Self {
        let id = self.id(name);
        let mut values = self.directory.get(id).unwrap().known().unwrap().2;
        change(&mut values);
        let state = if values.active { AccountState::Active } else { AccountState::Inactive };
        let seen = Observation { state, values: Some(values), at };
        self.directory.apply(&Change::Observed(id, seen.into()));
        self
    }

    /// Somebody's status on our side.
    pub(crate) fn status(mut self, name: &str, status: Status) -> Self {
        let mut person = self.directory.get(self.id(name)).unwrap().record();
        person.status = status;
        self.directory.apply(&Change::Person(person.into()));
        self
    }

    /// A group with these members, who are there already.
    pub(crate) fn group(mut self, name: &str, members: &[&str]) -> Self {
        let id = GroupId(self.next);
        self.next += 1;
        self.directory.apply(&Change::Group(Group { id, name: name.to_owned() }));
        for member in members {
            self.directory.apply(&Change::Member(id, self.id(member)));
        }
        self
    }

    /// Assigns a group at the end.
    pub(crate) fn group_gives(mut self, name: &str, value: &str) -> Self {
        let priority = u32::try_from(self.directory.assigned_groups().len()).unwrap() + 1;
        let assignment = GroupAssignment { priority, roles: role(value), since: Time::from_ms(2) };
        self.directory.apply(&Change::GroupAssigned(self.gid(name), assignment));
        self
    }

    /// Somebody's operation stands like this.
    pub(crate) fn operation(mut self, name: &str, state: OpState) -> Self {
        let mark = OpMark { id: OpId(self.next), kind: OpKind::Update, state, failure: None };
        self.next += 1;
        self.directory.apply(&Change::Operation(self.id(name), mark));
        self
    }

    /// What the operator typed.
    pub(crate) fn typed(mut self, name: &str) -> Self {
        self.typed.push(address(name));
        self
    }

    pub(crate) fn id(&self, name: &str) -> PersonId {
        self.directory.find(&address(name)).unwrap().id()
    }

    pub(crate) fn gid(&self, name: &str) -> GroupId {
        self.directory.group_named(name).unwrap().group.id
    }

    /// Decides.
    pub(crate) fn decide(&mut self, command: &Command) -> Result<Decision, Refusal> {
        let mut context = Context { now: NOW, actor: "kim", ids: &mut self.ids, typed: &self.typed };
        decide(&self.directory, command, &mut context)
    }

    /// Decides, and makes the changes.
    pub(crate) fn run(&mut self, command: &Command) -> Decision {
        let decision = self.decide(command).unwrap();
        self.directory.apply_all(&decision.changes);
        decision
    }

    /// Somebody's present `workato_role`.
    pub(crate) fn role_of(&self, name: &str) -> String {
        let person = self.directory.get(self.id(name)).unwrap();
        person.roles().get("workato_role").unwrap_or("").to_owned()
    }

    /// Whether somebody shall have access.
    pub(crate) fn access(&self, name: &str) -> bool {
        self.directory.get(self.id(name)).unwrap().shall_have_access()
    }
}

/// The user name behind a short name.
pub(crate) fn address(name: &str) -> String {
    format!("{name}@example.com")
}

/// All sentences of a decision.
pub(crate) fn said(decision: &Decision) -> String {
    let texts: Vec<_> = decision.said.iter().map(|s| s.text.as_str()).collect();
    texts.join(" ")
}

/// The reason why the only person left out was.
pub(crate) fn left_out(decision: &Decision) -> &str {
    assert_eq!(decision.left_out.len(), 1, "{:?}", decision.left_out);
    &decision.left_out[0].1
}
