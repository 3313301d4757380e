//! One list of batches, every backend: the same answers and the same state; and a load is the same directory as
//! following the changes.

use proptest::prelude::*;

use super::made::*;
use crate::audit::AuditQuery;
use crate::directory::{Change, Directory, Note, OpMark, Sweep};
use crate::domain::{
    AccountState, Assignment, ConnectionId, Failure, FailureKind, Group, GroupAssignment, GroupId, OpId,
    OpState, Operation, Person, PersonId, ProfileAttribute, Push, Status, Time, Unlinked,
};
use crate::engine::{Basis, Leading};
use crate::store::backend::Backend;
use crate::store::{Applied, Batch, Memory, Move, Reader, Sqlite, Which};

/// A batch to be made; operations are numbered as they come.
#[derive(Debug, Clone)]
enum Part {
    Change(Box<Change>),
    Commit(u64, &'static str),
    Cancel(u64),
    Rename(&'static str),
    Step(u64, OpState, OpState),
    Audit(Option<u8>),
    Console(u64, bool),
    PlannedOn(u64, Option<(u64, bool)>),
}

fn change() -> impl Strategy<Value = Change> {
    let (p, g) = (1..5_u64, 1..3_u64);
    let pid = p.clone().prop_map(PersonId);
    let gid = g.prop_map(GroupId);
    let roles = prop_oneof![Just("Admin"), Just("Operator")]
        .prop_map(|r| [("workato_role", r)].into_iter().collect());
    let title = prop_oneof![Just("a"), Just("b")];
    let state = prop_oneof![
        Just(AccountState::Active),
        Just(AccountState::Invited),
        Just(AccountState::Inactive),
        Just(AccountState::Gone),
    ];
    prop_oneof![
        4 => (p.clone(), 1..6_u64, any::<bool>()).prop_map(|(n, name, away)| {
            let status = if away { Status::Suspended } else { Status::Active };
            Change::Person(Person { id: PersonId(n), status, ..person(name) }.into())
        }),
        1 => pid.clone().prop_map(Change::PersonDropped),
        2 => (gid.clone(), 1..4).prop_map(|(id, n)| Change::Group(Group { id, name: format!("G{n}") })),
        1 => gid.clone().prop_map(Change::GroupDropped),
        3 => (gid.clone(), pid.clone()).prop_map(|(g, p)| Change::Member(g, p)),
        1 => (gid.clone(), pid.clone()).prop_map(|(g, p)| Change::MemberDropped(g, p)),
        2 => (pid.clone(), roles.clone()).prop_map(|(p, roles)| {
            Change::Assigned(p, Assignment { roles, since: NOW, ..Default::default() })
        }),
        1 => pid.clone().prop_map(Change::Unassigned),
        2 => (gid.clone(), 1..3_u32, roles).prop_map(|(g, priority, roles)| {
            Change::GroupAssigned(g, GroupAssignment { priority, roles, since: NOW })
        }),
        1 => gid.clone().prop_map(Change::GroupUnassigned),
        1 => gid.clone().prop_map(|g| Change::GroupPushed(g, Push::default())),
        1 => gid.prop_map(|g| Change::GroupPushDropped(g, Unlinked::Left)),
        1 => (0..3_u32, 1..4).prop_map(|(at, n)| {
            Change::Attribute(at, ProfileAttribute::workato(&format!("role{n}")))
        }),
        1 => (1..4).prop_map(|n| Change::AttributeDropped(format!("role{n}"))),
        3 => (p.clone(), title.clone()).prop_map(|(n, t)| Change::Link(PersonId(n), link(n, t).into())),
        1 => pid.clone().prop_map(Change::LinkDropped),
        4 => (p, state, proptest::option::of(title)).prop_map(|(n, state, t)| {
            Change::Observed(PersonId(n), seen(state, t.map(|t| values(n, t))).into())
        }),
        1 => pid.clone().prop_map(|p| Change::Noted(p, Note { text: "x".into(), by: "me".into(), at: NOW })),
        1 => pid.prop_map(Change::NoteDropped),
        1 => any::<bool>().prop_map(|complete| {
            Change::Swept(Sweep { at: NOW, complete, accounts: 3, strangers: 1 })
        }),
    ]
}

fn part() -> impl Strategy<Value = Part> {
    let state = prop_oneof![
        Just(OpState::Queued),
        Just(OpState::Inflight),
        Just(OpState::InDoubt),
        Just(OpState::Waiting),
        Just(OpState::Parked),
        Just(OpState::Done),
    ];
    let owned = prop_oneof![Just("title"), Just("active"), Just("workato_role")];
    prop_oneof![
        6 => change().prop_map(|c| Part::Change(Box::new(c))),
        3 => (1..5_u64, owned).prop_map(|(n, owned)| Part::Commit(n, owned)),
        1 => (1..5_u64).prop_map(Part::Cancel),
        1 => prop_oneof![Just("two"), Just("three")].prop_map(Part::Rename),
        4 => (1..12_u64, state.clone(), state).prop_map(|(id, from, to)| Part::Step(id, from, to)),
        1 => proptest::option::of(0..3_u8).prop_map(Part::Audit),
        1 => (1..5_u64, any::<bool>()).prop_map(|(n, done)| Part::Console(n, done)),
        1 => (0..40_u64, proptest::option::of((1..12_u64, any::<bool>())))
            .prop_map(|(change, on)| Part::PlannedOn(change, on)),
    ]
}

fn batches() -> impl Strategy<Value = Vec<(u32, Vec<Part>)>> {
    let one = (prop_oneof![4 => Just(1_u32), 1 => Just(2)], proptest::collection::vec(part(), 1..4));
    proptest::collection::vec(one, 1..24)
}

/// Turns parts into a batch; a move takes whom it is about from the numbers given out so far.
fn make(connection: u32, parts: &[Part], given: &mut Vec<u64>) -> Batch {
    let mut out = Batch { connection: Some(ConnectionId(connection)), ..Batch::default() };
    for part in parts {
        match part {
            Part::Change(change) => out.changes.push((**change).clone()),
            Part::Commit(n, owned) => {
                given.push(*n);
                out.operations.push(operation(given.len() as u64, *n, owned));
            }
            Part::Rename(name) => {
                let id = ConnectionId(connection);
                let settings = crate::domain::Connection { id, ..super::made::connection(name) };
                out.changes.push(Change::Connection(Box::new(settings)));
            }
            Part::Cancel(n) => out.cancel.push(PersonId(*n)),
            Part::Step(id, from, to) => {
                let who = usize::try_from(*id).unwrap() - 1;
                let Some(n) = given.get(who) else { continue };
                let failure = (*to == OpState::Parked).then(|| Failure {
                    kind: FailureKind::Refused,
                    text: "no".into(),
                    next: "retry".into(),
                });
                let moved = Operation { state: *to, failure, ..operation(*id, *n, "title") };
                out.moves.push(Move { from: *from, to: moved });
            }
            Part::Audit(remote) => {
                let remote_id = remote.map(|n| format!("log{n}"));
                out.audit.push(crate::audit::AuditEntry { remote_id, ..entry("update") });
            }
            Part::PlannedOn(change, on) => {
                let leading = |(id, sent)| Leading { operation: OpId(id), sent };
                let basis = Basis { change: *change, leading: on.map(leading).into_iter().collect() };
                out.basis = Some(basis);
            }
            Part::Console(n, done) => {
                out.import_done |= *done;
                out.console_set.push((PersonId(*n), "title".into()));
            }
        }
    }
    out
}

fn load(reader: &mut dyn Reader, id: ConnectionId) -> (Vec<Change>, u64, Vec<(PersonId, OpMark)>) {
    let mut changes = Vec::new();
    let rest = reader.load(id, &mut |change| changes.push(change)).unwrap();
    (changes, rest.last_change, rest.live)
}

/// Everything a reader can tell.
fn state(backend: &dyn Backend) -> impl PartialEq + std::fmt::Debug {
    let mut reader = backend.reader().unwrap();
    let r = reader.as_mut();
    let all: Vec<_> = [ConnectionId(1), ConnectionId(2)]
        .into_iter()
        .map(|id| {
            let page = |after| AuditQuery { after, limit: 3, ..Default::default() };
            let of_person = AuditQuery { person: Some(PersonId(1)), before: Some(9), limit: 2, ..page(None) };
            (
                load(r, id),
                (1..9).map(|after| r.changes_since(id, after).unwrap()).collect::<Vec<_>>(),
                (r.operations(id, &Which::Person(PersonId(1))).unwrap(), r.queue_counts(id).unwrap()),
                (r.operations(id, &Which::Live).unwrap(), r.live(id).unwrap()),
                [Which::Begun, Which::EndsOfAccess].map(|which| r.operations(id, &which).unwrap()),
                r.operations(id, &Which::Ids(vec![OpId(3), OpId(1), OpId(99)])).unwrap(),
                (r.audit(id, &page(None)).unwrap(), r.audit(id, &page(Some(1))).unwrap()),
                (r.audit(id, &of_person).unwrap(), r.chained(id, 0, 100).unwrap()),
                (r.console_values(id).unwrap(), r.brake_history(id, Time::default()).unwrap()),
            )
        })
        .collect();
    (all, r.connections().unwrap(), r.meta(None, "salt").unwrap())
}

/// What operators see of a directory. Roles of somebody with neither assignment nor link are remembered by a
/// running process only.
fn picture(directory: &Directory) -> impl PartialEq + std::fmt::Debug {
    let people: Vec<_> = directory
        .people()
        .map(|p| {
            let tied = p.assigned() || p.known().is_some();
            (
                (p.record(), p.kind(), p.flags(), p.account(), p.operation()),
                (p.known(), p.linked_at(), p.observed_at(), p.remote_id().map(str::to_owned)),
                (tied.then(|| p.wanted()), p.groups().len(), p.individual_roles().cloned()),
            )
        })
        .collect();
    let groups: Vec<_> = directory
        .groups()
        .into_iter()
        .map(|g| (g.group.clone(), g.members.iter().copied().collect::<Vec<_>>(), g.assignment.clone()))
        .collect();
    (people, groups, directory.attributes().to_vec(), *directory.counters(), directory.sweep().cloned())
}

fn run(
    backend: &mut dyn Backend,
    batches: &[(u32, Vec<Part>)],
) -> Vec<Result<Applied, crate::store::StoreError>> {
    backend.add_connection(connection("one")).unwrap();
    backend.add_connection(connection("two")).unwrap();
    backend.put_meta(None, "salt", "s").unwrap();
    let mut given = Vec::new();
    let mut made: Vec<_> = vec![people([1, 2, 3])];
    made.extend(batches.iter().map(|(c, parts)| make(*c, parts, &mut given)));
    // Two at a time: a refused one beside one that goes through.
    made.chunks(2).flat_map(|pair| backend.apply(pair)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_backend_answers_alike_and_ends_in_the_same_state(batches in batches()) {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Sqlite::open(&folder.path().join("store.db")).unwrap();
        let mut memory = Memory::new();
        prop_assert_eq!(run(&mut file, &batches), run(&mut memory, &batches));
        prop_assert_eq!(state(&file), state(&memory));
    }
}

/// A load of each connection and a run through its changes, as operators see them.
fn same_when_loaded(backend: &dyn Backend) {
    let mut reader = backend.reader().unwrap();
    for settings in reader.connections().unwrap() {
        let id = settings.id;
        let (changes, last, _) = load(reader.as_mut(), id);
        let (followed, seen) = reader.changes_since(id, 0).unwrap().unwrap();
        assert_eq!(seen, last);
        let (mut loaded, mut live) = (Directory::new(settings.clone()), Directory::new(settings));
        loaded.apply_all(&changes);
        live.apply_all(&followed);
        assert_eq!(picture(&loaded), picture(&live));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_load_is_the_same_directory_as_following_the_changes(batches in batches()) {
        let mut memory = Memory::new();
        run(&mut memory, &batches);
        same_when_loaded(&memory);
    }
}

#[test]
fn links_and_looks_load_in_the_order_they_came_in() {
    use crate::domain::AccountState::{Active, Gone, Invited};
    let one = PersonId(1);
    let linked = |t| Change::Link(one, link(1, t).into());
    let look = |state, t: Option<&str>| Change::Observed(one, seen(state, t.map(|t| values(1, t))).into());
    let stories = [
        vec![look(Gone, None), linked("a")],
        vec![linked("a"), look(Active, Some("b")), look(Gone, None)],
        vec![look(Active, Some("b")), linked("a"), look(Gone, None)],
        vec![linked("a"), look(Active, Some("b")), linked("a")],
        vec![linked("a"), look(Invited, None), linked("a")],
        vec![linked("a"), look(Active, Some("b")), Change::LinkDropped(one)],
        vec![linked("a"), look(Active, Some("b")), Change::LinkDropped(one), linked("a"), look(Gone, None)],
    ];
    for story in stories {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Sqlite::open(&folder.path().join("store.db")).unwrap();
        let mut memory = Memory::new();
        for backend in [&mut file as &mut dyn Backend, &mut memory] {
            backend.add_connection(connection("one")).unwrap();
            let all = [people([1]), batch(story.clone())];
            assert!(backend.apply(&all).iter().all(Result::is_ok));
            same_when_loaded(backend);
        }
    }
}

#[test]
fn an_operation_on_its_way_is_what_a_load_shows_of_somebody_with_another_one_behind() {
    let mut memory = Memory::new();
    memory.add_connection(connection("one")).unwrap();
    let first = operation(1, 1, "title");
    let third = operation(3, 1, "title");
    let all = [
        people([1]),
        commit([first.clone()]),
        step(&first, OpState::Inflight),
        commit([operation(2, 1, "title")]),
        commit([third]),
    ];
    assert!(memory.apply(&all).iter().all(Result::is_ok));
    same_when_loaded(&memory);
    let mut directory = Directory::new(connection("one"));
    directory.apply_all(&load(memory.reader().unwrap().as_mut(), HERE).0);
    let shown = directory.get(PersonId(1)).and_then(|p| p.operation());
    assert_eq!(shown.map(|(id, _, state)| (id, state)), Some((OpId(1), OpState::Inflight)));
}
