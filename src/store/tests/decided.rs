//! A decision is written only while what it was planned on is so.

use super::made::*;
use super::queue::{each, one};
use crate::audit::AuditQuery;
use crate::directory::Change;
use crate::domain::{Group, GroupId, OpId, OpState, Operation, Push, Unlinked};
use crate::engine::{Basis, Leading};
use crate::store::{Backend, Batch, HEARD, Heard, StoreError};

fn planned(change: u64, batch: Batch) -> Batch {
    Batch { basis: Some(Basis { change, leading: Vec::new() }), ..batch }
}

fn last(store: &dyn Backend) -> u64 {
    store.reader().unwrap().changes_since(HERE, 0).unwrap().unwrap().1
}

#[test]
fn of_two_decisions_that_were_planned_at_the_same_time_the_later_is_refused_and_leaves_no_trace() {
    each(|store| {
        let now = last(store);
        let first = one(store, planned(now, commit([operation(1, 1, "title")]))).unwrap();
        let second = planned(now, commit([operation(2, 2, "title")]));
        assert_eq!(one(store, second.clone()), Err(StoreError::Overtaken));
        assert_eq!(last(store), first.last_change);
        let anew = Batch { basis: Some(Basis { change: last(store), leading: Vec::new() }), ..second };
        one(store, anew).unwrap();
    });
}

#[test]
fn a_change_a_cancel_and_a_decision_on_another_connection_overtake_too() {
    each(|store| {
        let there = store.add_connection(connection("two")).unwrap().id;
        one(store, commit([operation(1, 1, "title")])).unwrap();
        let decisions = [
            people([3]),
            Batch { cancel: vec![person(1).id], ..batch(vec![]) },
            Batch { connection: Some(there), ..people([4]) },
        ];
        for decision in decisions {
            let now = last(store);
            one(store, decision).unwrap();
            let overtaken = one(store, planned(now, commit([operation(9, 2, "title")])));
            assert_eq!(overtaken, Err(StoreError::Overtaken));
        }
    });
}

#[test]
fn looks_and_the_senders_moves_overtake_nothing() {
    each(|store| {
        let first = operation(1, 1, "title");
        one(store, commit([first.clone()])).unwrap();
        let now = last(store);
        let fence = store.raise_fence(HERE).ok();
        let linked = Batch {
            changes: vec![Change::Link(first.person, link(1, "a").into())],
            ..step(&first, OpState::Done)
        };
        one(store, Batch { fence, ..linked }).unwrap();
        let look = seen(crate::domain::AccountState::Active, None);
        one(store, batch(vec![Change::Observed(first.person, look.into())])).unwrap();
        one(store, planned(now, commit([operation(2, 2, "title")]))).unwrap();
    });
}

#[test]
fn an_operation_that_was_planned_on_as_queued_and_sent_by_now_refuses_the_batch() {
    each(|store| {
        let on = |sent| Leading { operation: OpId(1), sent };
        let planned = |store: &dyn Backend, id, sent| Batch {
            basis: Some(Basis { change: last(store), leading: vec![on(sent)] }),
            ..commit([operation(id, 1, "title")])
        };
        let first = operation(1, 1, "title");
        one(store, commit([first.clone()])).unwrap();
        let fence = store.raise_fence(HERE).ok();
        one(store, Batch { fence, ..step(&first, OpState::Inflight) }).unwrap();
        let (queued, sent) = (planned(store, 2, false), planned(store, 3, true));
        assert_eq!(one(store, queued), Err(StoreError::Overtaken));
        one(store, sent).unwrap();
        let first = Operation { state: OpState::Inflight, ..first };
        one(store, Batch { fence, ..step(&first, OpState::Done) }).unwrap();
        let done = planned(store, 4, true);
        assert_eq!(one(store, done), Err(StoreError::Overtaken));
    });
}

#[test]
fn what_one_process_has_read_of_the_apps_log_another_does_not_keep_again() {
    each(|store| {
        let heard = |from: Option<&str>, to: &str| Batch {
            heard: Some(Heard { from: from.map(str::to_owned), to: to.to_owned() }),
            audit: vec![entry("member_updated")],
            ..batch(Vec::new())
        };
        one(store, heard(None, "a")).unwrap();
        assert_eq!(one(store, heard(None, "b")), Err(StoreError::Overtaken));
        assert_eq!(one(store, heard(Some("b"), "c")), Err(StoreError::Overtaken));
        one(store, heard(Some("a"), "b")).unwrap();
        let mut reader = store.reader().unwrap();
        assert_eq!(reader.meta(Some(HERE), HEARD).unwrap().as_deref(), Some("b"));
        assert_eq!(reader.audit(HERE, &AuditQuery { limit: 9, ..AuditQuery::default() }).unwrap().len(), 2);
    });
}

/// What the store has of a pushed group.
fn pushed(store: &dyn Backend) -> Option<Push> {
    let mut found = None;
    let mut keep = |change| {
        if let Change::GroupPushed(_, push) = change {
            found = Some(push);
        }
    };
    store.reader().unwrap().load(HERE, &mut keep).unwrap();
    found
}

#[test]
fn what_the_sender_learned_of_a_group_survives_a_decision_that_did_not_know_it() {
    each(|store| {
        let group = Group { id: GroupId(1), name: "Team".into() };
        let decided = Change::GroupPushed(group.id, Push::default());
        one(store, batch(vec![Change::Group(group.clone()), decided])).unwrap();
        let fence = store.raise_fence(HERE).ok();
        let made = Push { remote_id: Some("g1".into()), name: "Team".into(), ..Push::default() };
        one(store, Batch { fence, ..batch(vec![Change::GroupPushed(group.id, made.clone())]) }).unwrap();
        let ends = Push { ending: Some(Unlinked::Deleted), may_leave: vec!["a".into()], ..Push::default() };
        let applied = one(store, batch(vec![Change::GroupPushed(group.id, ends.clone())])).unwrap();
        let both = Push { ending: ends.ending, may_leave: ends.may_leave, ..made };
        assert_eq!(pushed(store), Some(both.clone()));
        assert_eq!(applied.changes, [Change::GroupPushed(group.id, both)], "and everybody hears it so");
    });
}

#[test]
fn a_group_that_went_meanwhile_is_not_forgotten_by_an_end_that_did_not_know_it() {
    let known = || Some("g1".to_owned());
    let sent = Push { sent_at: Some(NOW), ..Push::default() };
    let made = Push { remote_id: known(), name: "Team".into(), ..Push::default() };
    let ending = |push: &Push, what| Some(Push { ending: Some(what), ..push.clone() });
    use Unlinked::{Deleted, Left};
    for (by_now, what, kept) in [
        (Push::default(), Deleted, None),
        (Push::default(), Left, None),
        (sent.clone(), Deleted, ending(&sent, Deleted)),
        (sent.clone(), Left, ending(&sent, Left)),
        (made.clone(), Deleted, ending(&made, Deleted)),
        (made.clone(), Left, None),
    ] {
        each(|store| {
            let group = Group { id: GroupId(1), name: "Team".into() };
            let decided = Change::GroupPushed(group.id, Push::default());
            one(store, batch(vec![Change::Group(group.clone()), decided])).unwrap();
            let fence = store.raise_fence(HERE).ok();
            one(store, Batch { fence, ..batch(vec![Change::GroupPushed(group.id, by_now.clone())]) })
                .unwrap();
            let dropped = Change::GroupPushDropped(group.id, what);
            let applied = one(store, batch(vec![dropped.clone()])).unwrap();
            assert_eq!(pushed(store), kept, "{what:?} of {by_now:?}");
            let heard = kept.clone().map_or(dropped, |push| Change::GroupPushed(group.id, push));
            assert_eq!(applied.changes, [heard], "and everybody hears it so");
        });
    }
}

#[test]
fn what_a_look_found_of_a_group_is_kept_overtakes_nothing_and_gives_way_to_a_push_since() {
    each(|store| {
        let group = Group { id: GroupId(1), name: "Team".into() };
        let decided = Change::GroupPushed(group.id, Push::default());
        one(store, batch(vec![Change::Group(group.clone()), decided])).unwrap();
        let fence = store.raise_fence(HERE).ok();
        let pushed_at = |ms| Some(crate::domain::Time::from_ms(ms));
        let made = Push { remote_id: Some("g1".into()), pushed_at: pushed_at(1), ..Push::default() };
        one(store, Batch { fence, ..batch(vec![Change::GroupPushed(group.id, made.clone())]) }).unwrap();
        let now = last(store);
        let seen = Push { members: Some(vec!["a".into()]), waits: true, ..made.clone() };
        let look =
            |seen: &Push| Batch { look: true, ..batch(vec![Change::GroupPushed(group.id, seen.clone())]) };
        one(store, look(&seen)).unwrap();
        assert_eq!(pushed(store), Some(seen.clone()));
        one(store, planned(now, commit([operation(9, 2, "title")]))).unwrap();
        // A decision that did not know of it leaves what was seen, and one that saw it ends the wait.
        one(store, batch(vec![Change::GroupPushed(group.id, Push::default())])).unwrap();
        assert_eq!(pushed(store), Some(Push { waits: false, ..seen.clone() }));
        let again = Push { pushed_at: pushed_at(2), members: Some(Vec::new()), ..made };
        one(store, Batch { fence, ..batch(vec![Change::GroupPushed(group.id, again.clone())]) }).unwrap();
        one(store, look(&seen)).unwrap();
        assert_eq!(pushed(store), Some(again));
    });
}

#[test]
fn a_push_that_is_decided_anew_while_its_end_is_done_knows_nothing_of_the_group_that_is_gone() {
    each(|store| {
        let group = Group { id: GroupId(1), name: "Team".into() };
        let seen = Push {
            remote_id: Some("gone".into()),
            name: "Team".into(),
            members: Some(Vec::new()),
            sent_at: Some(NOW),
            ..Push::default()
        };
        one(store, batch(vec![Change::Group(group.clone())])).unwrap();
        let applied = one(store, batch(vec![Change::GroupPushed(group.id, seen)])).unwrap();
        assert_eq!(pushed(store), Some(Push::default()));
        assert_eq!(applied.changes, [Change::GroupPushed(group.id, Push::default())]);
    });
}

#[test]
fn what_is_decided_of_a_pushed_group_overtakes_what_was_planned_before() {
    each(|store| {
        let group = Group { id: GroupId(1), name: "Team".into() };
        one(store, batch(vec![Change::Group(group.clone())])).unwrap();
        let now = last(store);
        one(store, batch(vec![Change::GroupPushed(group.id, Push::default())])).unwrap();
        let overtaken = one(store, planned(now, commit([operation(9, 2, "title")])));
        assert_eq!(overtaken, Err(StoreError::Overtaken));
    });
}
