//! Operations: which one leads, which one waits, what is refused.

use super::made::*;
use crate::directory::Change;
use crate::domain::{AccountValues, Base, OpId, OpKind, OpState, Operation, PersonId};
use crate::engine::TasksQuery;
use crate::store::backend::Backend;
use crate::store::{Applied, Memory, Sqlite, StoreError, Which};

/// Both backends, each with a connection and two people.
pub(super) fn each(test: impl Fn(&mut dyn Backend)) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = Sqlite::open(&folder.path().join("store.db")).unwrap();
    let mut memory = Memory::new();
    for backend in [&mut file as &mut dyn Backend, &mut memory] {
        backend.add_connection(connection("one")).unwrap();
        one(backend, people([1, 2])).unwrap();
        test(backend);
    }
}

pub(super) fn one(backend: &mut dyn Backend, batch: crate::store::Batch) -> Result<Applied, StoreError> {
    backend.apply(&[batch]).pop().unwrap()
}

fn states(applied: &Applied) -> Vec<(u64, OpState)> {
    applied.operations.iter().map(|o| (o.id.0, o.state)).collect()
}

fn inflight(backend: &mut dyn Backend, id: u64) -> Operation {
    let queued = operation(id, 1, "title");
    one(backend, commit([queued.clone()])).unwrap();
    one(backend, step(&queued, OpState::Inflight)).unwrap();
    Operation { state: OpState::Inflight, ..queued }
}

#[test]
fn a_newer_operation_replaces_a_queued_one_and_takes_over_its_attributes() {
    each(|store| {
        one(store, commit([operation(1, 1, "title")])).unwrap();
        let applied = one(store, commit([operation(2, 1, "workato_role")])).unwrap();
        assert_eq!(states(&applied), [(1, OpState::Cancelled), (2, OpState::Queued)]);
        let owned: Vec<_> = applied.operations[1].intent.owned.iter().collect();
        assert_eq!(owned, ["title", "workato_role"]);
        assert_eq!(applied.changes.len(), 2);
    });
}

#[test]
fn behind_a_sent_one_it_waits_and_goes_on_when_that_one_is_settled() {
    each(|store| {
        let first = inflight(store, 1);
        let applied = one(store, commit([operation(2, 1, "title")])).unwrap();
        assert_eq!(states(&applied), [(2, OpState::Behind)]);
        let applied = one(store, step(&first, OpState::Done)).unwrap();
        assert_eq!(states(&applied), [(1, OpState::Done), (2, OpState::Queued)]);
    });
}

#[test]
fn the_one_behind_is_about_the_account_that_the_one_ahead_made_or_found() {
    each(|store| {
        for (id, to) in [(1, OpState::Done), (3, OpState::Waiting)] {
            let mut first = inflight(store, id);
            let mut second = operation(id + 1, 1, "title");
            second.intent.remote_id = None;
            one(store, commit([second.clone()])).unwrap();
            first.intent.remote_id = Some("8f2c".into());
            let applied = one(store, step(&first, to)).unwrap();
            assert_eq!(applied.operations[1].intent.remote_id.as_deref(), Some("8f2c"), "{to:?}");
            one(store, step(&second, OpState::Done)).unwrap();
        }
    });
}

#[test]
fn what_the_one_ahead_wrote_and_the_later_will_has_otherwise_is_written_again() {
    each(|store| {
        let mut ends = operation(1, 1, "active");
        ends.intent.wanted.active = false;
        let mut back = operation(2, 1, "title");
        back.intent.wanted.active = true;
        one(store, commit([ends.clone()])).unwrap();
        one(store, step(&ends, OpState::Inflight)).unwrap();
        let ends = Operation { state: OpState::Inflight, ..ends };
        one(store, commit([back])).unwrap();
        let applied = one(store, step(&ends, OpState::Done)).unwrap();
        assert!(applied.operations[1].intent.owned.has("active"));
    });
}

#[test]
fn a_third_one_replaces_the_one_that_waits() {
    each(|store| {
        inflight(store, 1);
        one(store, commit([operation(2, 1, "title")])).unwrap();
        let applied = one(store, commit([operation(3, 1, "email")])).unwrap();
        assert_eq!(states(&applied), [(2, OpState::Cancelled), (3, OpState::Behind)]);
        assert!(applied.operations[1].intent.owned.has("title"));
    });
}

#[test]
fn the_mark_that_stays_is_that_of_the_one_on_its_way() {
    each(|store| {
        inflight(store, 1);
        one(store, commit([operation(2, 1, "title")])).unwrap();
        let applied = one(store, commit([operation(3, 1, "email")])).unwrap();
        let Some(Change::Operation(_, mark)) = applied.changes.last() else { panic!() };
        assert_eq!((mark.id, mark.state), (OpId(1), OpState::Inflight));
    });
}

#[test]
fn one_that_would_be_tried_again_makes_room_for_the_one_behind_it() {
    each(|store| {
        let first = inflight(store, 1);
        one(store, commit([operation(2, 1, "email")])).unwrap();
        let applied = one(store, step(&first, OpState::Waiting)).unwrap();
        assert_eq!(states(&applied), [(1, OpState::Cancelled), (2, OpState::Queued)]);
        assert!(applied.operations[1].intent.owned.has("title"));
    });
}

#[test]
fn an_in_doubt_operation_still_holds_back_the_next_one() {
    each(|store| {
        let first = inflight(store, 1);
        one(store, commit([operation(2, 1, "email")])).unwrap();
        one(store, step(&first, OpState::InDoubt)).unwrap();
        let live = store.reader().unwrap().operations(HERE, &Which::Live).unwrap();
        let states: Vec<_> = live.iter().map(|op| (op.id.0, op.state)).collect();
        assert_eq!(states, [(1, OpState::InDoubt), (2, OpState::Behind)]);
    });
}

#[test]
fn cancelling_leaves_what_is_on_its_way() {
    each(|store| {
        inflight(store, 1);
        one(store, commit([operation(2, 1, "title"), operation(3, 2, "title")])).unwrap();
        let cancel = crate::store::Batch { cancel: vec![PersonId(1), PersonId(2)], ..batch(vec![]) };
        let applied = one(store, cancel).unwrap();
        assert_eq!(states(&applied), [(2, OpState::Cancelled), (3, OpState::Cancelled)]);
        let live = store.reader().unwrap().operations(HERE, &Which::Live).unwrap();
        assert_eq!(live.iter().map(|o| o.id.0).collect::<Vec<_>>(), [1]);
    });
}

#[test]
fn a_move_of_an_operation_that_moved_meanwhile_is_refused_and_writes_nothing() {
    each(|store| {
        let queued = operation(1, 1, "title");
        one(store, commit([queued.clone()])).unwrap();
        one(store, commit([operation(2, 1, "title")])).unwrap();
        let mut late = step(&queued, OpState::Inflight);
        late.audit.push(entry("update"));
        late.changes.push(Change::Person(person(9).into()));
        assert_eq!(one(store, late), Err(StoreError::Moved(OpId(1))));
        let mut reader = store.reader().unwrap();
        assert!(reader.chained(HERE, 0, 10).unwrap().is_empty());
        let mut found = 0;
        reader.load(HERE, &mut |c| found += usize::from(matches!(c, Change::Person(_)))).unwrap();
        assert_eq!(found, 2);
    });
}

#[test]
fn a_batch_with_an_old_fence_is_refused() {
    each(|store| {
        let old = store.raise_fence(HERE).unwrap();
        let new = store.raise_fence(HERE).unwrap();
        let with = |fence| crate::store::Batch { fence: Some(fence), ..people([7]) };
        assert_eq!(one(store, with(old)), Err(StoreError::FenceLost));
        assert!(one(store, with(new)).is_ok());
    });
}

#[test]
fn a_refused_batch_does_not_spoil_its_neighbours() {
    each(|store| {
        let before = store.transactions();
        let clash = batch(vec![Change::Person(
            crate::domain::Person { user_name: "USER1@example.com".into(), ..person(8) }.into(),
        )]);
        let results = store.apply(&[people([3]), clash, people([4])]);
        assert!(results[0].is_ok() && results[2].is_ok());
        assert!(matches!(&results[1], Err(StoreError::Refused { .. })));
        assert_eq!(store.transactions(), before + 1);
        let last = results[2].as_ref().unwrap().last_change;
        let since = store.reader().unwrap().changes_since(HERE, 2).unwrap();
        assert_eq!(
            since,
            Some((vec![Change::Person(person(3).into()), Change::Person(person(4).into())], last))
        );
    });
}

#[test]
fn two_people_can_swap_their_user_names_in_one_batch() {
    each(|store| {
        let named = |n, name: &str| Change::Person(crate::domain::Person::new(PersonId(n), name).into());
        let swap = batch(vec![named(1, "user2@example.com"), named(2, "user1@example.com")]);
        one(store, swap).unwrap();
        let mut names = Vec::new();
        let sink = &mut |c| {
            if let Change::Person(p) = c {
                names.push((p.id.0, p.user_name.clone()));
            }
        };
        store.reader().unwrap().load(HERE, sink).unwrap();
        assert_eq!(names, [(2, "user1@example.com".into()), (1, "user2@example.com".into())]);
    });
}

#[test]
fn somebody_with_a_request_on_its_way_is_not_forgotten() {
    each(|store| {
        inflight(store, 1);
        let dropped = one(store, batch(vec![Change::PersonDropped(PersonId(1))]));
        assert!(matches!(dropped, Err(StoreError::Refused { .. })));
    });
}

#[test]
fn the_brake_counts_people_once_and_leaves_cancelled_and_plain_updates_out() {
    each(|store| {
        let kind = |id, n, kind, owned| Operation { kind, ..operation(id, n, owned) };
        one(store, people([3, 4, 5])).unwrap();
        one(store, commit([kind(1, 1, OpKind::Deactivate, "active"), kind(2, 2, OpKind::Create, "active")]))
            .unwrap();
        one(store, commit([operation(3, 3, "title"), operation(4, 4, "workato_role")])).unwrap();
        one(store, commit([kind(5, 5, OpKind::Deactivate, "active")])).unwrap();
        one(store, crate::store::Batch { cancel: vec![PersonId(5)], ..batch(vec![]) }).unwrap();
        let mut reader = store.reader().unwrap();
        let history = reader.brake_history(HERE, NOW).unwrap();
        assert_eq!(history.removed, [PersonId(1)]);
        assert_eq!(history.changed, [PersonId(2), PersonId(4)]);
        assert_eq!(reader.brake_history(HERE, NOW.plus_ms(3)).unwrap().removed, []);
    });
}

#[test]
fn the_brake_leaves_a_link_out_that_takes_an_account_as_it_is() {
    each(|store| {
        let link = |id, active| {
            let mut op = Operation { kind: OpKind::Link, ..operation(id, id, "active") };
            op.intent.wanted.active = true;
            let there = AccountValues { active, ..op.intent.wanted.clone() };
            op.intent.base = Base::Account(Box::new(there));
            op
        };
        one(store, commit([link(1, true), link(2, false)])).unwrap();
        let history = store.reader().unwrap().brake_history(HERE, NOW).unwrap();
        assert_eq!(history.changed, [PersonId(2)], "the second had no access");
    });
}

#[test]
fn the_brake_knows_whose_accounts_left_a_pushed_group_since_then() {
    each(|store| {
        let out = |account: &str, at| crate::store::Batch {
            taken_out: vec![(account.to_owned(), at)],
            ..batch(vec![])
        };
        one(store, out("b", NOW)).unwrap();
        one(store, out("a", NOW)).unwrap();
        one(store, out("a", NOW.plus_ms(9))).unwrap();
        let mut reader = store.reader().unwrap();
        assert_eq!(reader.brake_history(HERE, NOW).unwrap().taken_out, ["a", "b"]);
        assert_eq!(reader.brake_history(HERE, NOW.plus_ms(5)).unwrap().taken_out, ["a"]);
    });
}

#[test]
fn the_worst_come_first_in_both_backends_and_no_more_than_asked_for() {
    each(|store| {
        one(store, people(3..=9)).unwrap();
        let states = [
            (1, OpKind::Update, OpState::Queued),
            (2, OpKind::Update, OpState::Waiting),
            (3, OpKind::Update, OpState::Parked),
            (4, OpKind::Deactivate, OpState::Queued),
            (5, OpKind::Deactivate, OpState::Waiting),
            (6, OpKind::Update, OpState::Conflict),
            (7, OpKind::Create, OpState::Stale),
            (8, OpKind::Deactivate, OpState::InDoubt),
            (9, OpKind::Update, OpState::Done),
        ];
        for (n, kind, state) in states {
            let op = Operation { kind, state, ..operation(n, n, "title") };
            one(store, commit([op])).unwrap();
        }
        let mut reader = store.reader().unwrap();
        let mut ask = |query: TasksQuery| -> Vec<u64> {
            let found = reader.operations(HERE, &Which::Worst(query)).unwrap();
            found.iter().map(|o| o.id.0).collect()
        };
        assert_eq!(ask(TasksQuery::default()), [5, 8, 6, 3, 7, 2, 1, 4]);
        assert_eq!(ask(TasksQuery { limit: 3, ..Default::default() }), [5, 8, 6]);
        assert_eq!(ask(TasksQuery { state: Some(OpState::Queued), ..Default::default() }), [1, 4]);
        assert_eq!(ask(TasksQuery { state: Some(OpState::Waiting), limit: 9 }), [5, 2]);
    });
}

#[test]
fn the_last_run_of_an_actor_is_all_that_was_committed_with_their_newest_operation() {
    each(|store| {
        one(store, people(3..=6)).unwrap();
        let run = |n: u64, at: i64, actor: &str, state| Operation {
            created_at: NOW.plus_ms(at),
            actor: actor.into(),
            state,
            ..operation(n, n, "title")
        };
        one(store, commit([run(1, 1, "kim", OpState::Done)])).unwrap();
        let second = [run(2, 2, "kim", OpState::Done), run(3, 2, "kim", OpState::Parked)];
        one(store, commit(second)).unwrap();
        one(store, commit([run(4, 2, "kim", OpState::Done), run(5, 2, "lee", OpState::Done)])).unwrap();
        let ask = |store: &mut dyn Backend, actor: &str| -> Vec<u64> {
            let found = store.reader().unwrap().operations(HERE, &Which::LastRun(actor.into())).unwrap();
            found.iter().map(|o| o.id.0).collect()
        };
        assert_eq!(
            (ask(store, "kim"), ask(store, "lee"), ask(store, "nobody")),
            (vec![2, 3, 4], vec![5], vec![])
        );
        let of = |store: &mut dyn Backend, id: u64| -> Vec<u64> {
            let found = store.reader().unwrap().operations(HERE, &Which::RunOf(OpId(id))).unwrap();
            found.iter().map(|o| o.id.0).collect()
        };
        assert_eq!((of(store, 1), of(store, 3), of(store, 99)), (vec![1], vec![2, 3, 4], vec![]));
        one(store, commit([run(6, 9, "kim", OpState::Queued)])).unwrap();
        assert_eq!(ask(store, "kim"), [6], "what is not done yet is the newest");
    });
}
