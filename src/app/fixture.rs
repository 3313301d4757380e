//! A small directory with one of everything, made by the changes that a real one is made of.

use std::sync::Arc;

use super::{App, Msg, Session};
use crate::audit::{AuditEntry, Source};
use crate::directory::{Change, Directory, Link, Note, Observation, Sweep};
use crate::domain::{
    Account, AccountState, AccountValues, Assignment, Badge, Connection, ConnectionId, Difference, Failure,
    FailureKind, FaultKind, FaultSet, Group, GroupAssignment, GroupId, Origin, Person, PersonId,
    ProfileAttribute, Rehearsal, RoleValues, Time, TokenSource,
};
use crate::engine::{ImportScan, Sending};
use crate::verbs::{AccountsFound, match_accounts};

/// The moment at which all fixtures are looked at: 2026-03-02 09:30:00 UTC.
pub(crate) const NOW: Time = Time::from_ms(1_772_443_800_000);
/// Not provisioned.
pub(crate) const ANA: PersonId = PersonId(1);
/// Not provisioned, with a long and wide name.
pub(crate) const BAO: PersonId = PersonId(2);
/// True.
pub(crate) const CARL: PersonId = PersonId(3);
/// Drifted.
pub(crate) const DORA: PersonId = PersonId(4);
/// Through the group Engineering; true.
pub(crate) const EVE: PersonId = PersonId(5);
/// Has no app.
pub(crate) const HUGO: PersonId = PersonId(6);
/// An assigned group.
pub(crate) const ENGINEERING: GroupId = GroupId(1);
/// A group that is not assigned.
pub(crate) const SALES: GroupId = GroupId(2);

fn earlier(minutes: i64) -> Time {
    NOW.plus_ms(-minutes * 60_000)
}

fn roles(role: &str) -> RoleValues {
    [("workato_role", role)].into_iter().collect()
}

fn assigned(role: &str) -> Assignment {
    Assignment { roles: roles(role), since: earlier(60 * 24 * 30), origin: Origin::BeforeScim }
}

pub(crate) fn person(id: PersonId, user_name: &str, given: &str, family: &str) -> Change {
    Change::Person(
        Person {
            given_name: given.into(),
            family_name: family.into(),
            title: "Engineer".into(),
            ..Person::new(id, user_name)
        }
        .into(),
    )
}

fn linked(directory: &mut Directory, id: PersonId, remote_id: &str) {
    let Some(sent) = directory.get(id).map(|p| p.wanted()) else { return };
    directory.apply(&Change::Link(
        id,
        Link {
            remote_id: remote_id.into(),
            linked_at: earlier(90),
            settled: sent.clone(),
            sent,
            confirmed_at: earlier(42),
        }
        .into(),
    ));
}

pub(crate) fn connection() -> Connection {
    let mut connection =
        Connection::new(ConnectionId(1), "workato", "https://workato.com/scim/v2", TokenSource::Memory);
    connection.badge = Badge("SANDBOX".into());
    (connection.enabled, connection.enabled_at) = (true, Some(earlier(120)));
    connection
}

/// Six people, two groups, one attribute.
pub(crate) fn directory() -> Directory {
    let mut d = Directory::new(connection());
    d.apply_all(&[
        Change::Attribute(0, ProfileAttribute::workato("workato_role")),
        person(ANA, "ana@example.com", "Ana", "Lee"),
        person(BAO, "bao@example.com", "宝", "阮文-von-und-zu-Hohenstein-Waldburg"),
        person(CARL, "carl@example.com", "Carl", "Young"),
        person(DORA, "dora@example.com", "Dora", "Maar"),
        person(EVE, "eve@example.com", "Eve", "Stone"),
        person(HUGO, "hugo@example.com", "Hugo", "Ball"),
        Change::Group(Group { id: ENGINEERING, name: "Engineering".into() }),
        Change::Group(Group { id: SALES, name: "Sales".into() }),
        Change::Member(ENGINEERING, EVE),
        Change::Member(ENGINEERING, CARL),
        Change::GroupAssigned(
            ENGINEERING,
            GroupAssignment { priority: 1, roles: roles("Operator"), since: earlier(600) },
        ),
        Change::Assigned(ANA, assigned("Admin")),
        Change::Assigned(BAO, assigned("Analyst")),
        Change::Assigned(CARL, assigned("Admin")),
        Change::Assigned(DORA, assigned("Analyst")),
    ]);
    for (id, remote_id) in [(CARL, "101"), (DORA, "102"), (EVE, "103")] {
        linked(&mut d, id, remote_id);
    }
    let mut theirs = d.get(DORA).map(|p| p.wanted()).unwrap_or_default();
    theirs.roles = roles("Admin");
    let seen = Observation { state: AccountState::Active, values: Some(theirs), at: earlier(4) };
    d.apply(&Change::Observed(DORA, seen.into()));
    d.apply(&Change::Swept(Sweep { at: earlier(4), complete: true, accounts: 4, strangers: 1 }));
    d
}

/// With a note on Carl, for tests of the list.
pub(crate) fn noted() -> Directory {
    let mut d = directory();
    let note = Note { text: "ask HR".into(), by: "sam".into(), at: earlier(3) };
    d.apply(&Change::Noted(CARL, note));
    d
}

/// An audit entry.
pub(crate) fn entry(seq: u64, source: Source, event: &str) -> AuditEntry {
    AuditEntry {
        seq,
        time: earlier(30).plus_ms(i64::try_from(seq).unwrap_or(0) * 1000),
        remote_time: None,
        source,
        event: event.into(),
        person: Some(ANA),
        subject: "ana@example.com".into(),
        actor: "sam".into(),
        operation: None,
        detail: "workato_role changed".into(),
        changes: vec![Difference {
            attribute: "workato_role".into(),
            before: Some("Operator".into()),
            after: Some("Admin".into()),
        }],
        reason: None,
        remote_id: None,
        status: source.ours().then_some(200),
        session: source.ours().then(|| "s0123456789abcdef".into()),
        ssh_from: source.ours().then(|| "192.0.2.7".into()),
        ..AuditEntry::default()
    }
}

/// The app asks for nothing before then.
pub(crate) fn waiting(until: Time) -> Sending {
    let failure = Failure {
        kind: FailureKind::SlowDown,
        text: "The app asks to slow down (HTTP 429).".into(),
        next: "It goes on by itself.".into(),
    };
    Sending::Waiting(until, failure)
}

/// The console on a directory, at 80x24 unless resized.
pub(crate) fn app_on(directory: Directory) -> App {
    let session = Session { who: "sam@jump1".into(), read_only: false };
    let mut app = App::new(session, directory);
    app.handle(Msg::Now(NOW));
    app
}

/// The console on the small directory.
pub(crate) fn app() -> App {
    app_on(directory())
}

/// What an import finds: one account of each kind.
pub(crate) fn scan(directory: &Directory) -> ImportScan {
    let account = |id: &str, user_name: &str, given: &str, family: &str, role: &str| Account {
        remote_id: id.into(),
        version: None,
        values: AccountValues {
            active: true,
            user_name: user_name.into(),
            email: user_name.into(),
            given_name: given.into(),
            family_name: family.into(),
            roles: roles(role),
            ..Default::default()
        },
    };
    let mut conflict = account("204", "bao@example.com", "", "", "Operator");
    conflict.values.external_id = "00u9".into();
    let accounts = vec![
        account("201", "ANA@example.com", "Ana", "Lee", "Admin"),
        account("202", "h.ball@example.org", "Hugo", "Ball", "Analyst"),
        account("203", "zoë@example.com", "Zoë", "Müller", "Operator"),
        conflict,
        account("205", "", "No", "Name", "Operator"),
        account("206", "svc-robot@example.com", "Robot", "", "Operator"),
    ];
    let found = AccountsFound { accounts, missing: Vec::new(), gap: None, at: NOW };
    let review = match_accounts(directory, &found);
    ImportScan { found: Arc::new(found), review }
}

/// On a sandbox with a fault that is on.
pub(crate) fn rehearsing() -> App {
    let mut app = app();
    let kind = |example: &str, place: &str, title: &str, does: &str, expect: &str| FaultKind {
        form: example.into(),
        example: example.into(),
        place: place.into(),
        title: title.into(),
        does: does.into(),
        expect: expect.into(),
    };
    let lost = "the answer is lost";
    let kinds = vec![
        kind("lose", "POST", lost, "done; the connection ends without an answer", "in doubt, then found"),
        kind("bucket=5/5", "", "a rate limit", "429 above RATE requests a second", "sending slows down"),
    ];
    let set = FaultSet {
        fault: "lose:1-3@POST".into(),
        title: Some(lost.into()),
        hits: 1,
        left: Some(2),
        on: true,
    };
    app.handle(Msg::Rehearsal(Some(Box::new(Rehearsal { faults: vec![set], kinds }))));
    app
}
