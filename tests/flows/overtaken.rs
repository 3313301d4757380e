//! What is committed is what was decided on, even when two commands or a running sender race with it.

use std::collections::BTreeMap;

use scimdeck::domain::{Flag, PersonId, Status};
use scimdeck::drive::Drive;
use scimdeck::engine::{Problem, ProblemKind, Report};
use scimdeck::verbs::Command;

use crate::bench::*;

/// Two sessions on one home that look at the same moment, and then both go on.
async fn both(flow: &Flow, other: &Drive, commands: [Command; 2]) -> [Result<Report, Problem>; 2] {
    let [one, two] = commands;
    let one = flow.preview(one).await;
    let two = other.preview(two, Vec::new()).await.expect("a preview");
    assert!(!one.must_ask() && !two.must_ask(), "each alone may go");
    let (one, two) = tokio::join!(approve(&flow.drive, one, None), approve(other, two, None));
    [one, two]
}

fn refused(results: &[Result<Report, Problem>; 2]) -> Vec<&Problem> {
    results.iter().filter_map(|result| result.as_ref().err()).collect()
}

async fn drained(flow: &Flow) {
    until("nothing is left", || flow.drive.directory().queue().total() == 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g12_commands_at_the_same_time_are_counted_together() {
    let flow = Flow::provisioned(Setup { people: 20, ..Setup::default() }).await;
    let other = open(&flow.home, false).await;
    let suspend = |people: std::ops::RangeInclusive<usize>| Command::SetStatus {
        people: people.map(|n| flow.id(n)).collect(),
        status: Status::Suspended,
    };
    let results = both(&flow, &other, [suspend(1..=10), suspend(11..=20)]).await;
    let refused = refused(&results);
    assert_eq!(refused.len(), 1, "{results:?}");
    assert_eq!((refused[0].kind, refused[0].code), (ProblemKind::Held, "brake"));
    assert!(refused[0].text.contains("20 people"), "{}", refused[0].text);
    drained(&flow).await;
    assert_eq!((1..=20).filter(|n| !flow.account(*n).expect("theirs").access).count(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_last_admins_that_are_lowered_at_the_same_time_do_not_both_lose_it() {
    let flow = Flow::provisioned(Setup::default()).await;
    for n in [1, 2] {
        flow.role(n, "Admin").await.expect("an Admin");
    }
    let other = open(&flow.home, false).await;
    let lower = |n| Command::Role {
        people: vec![flow.id(n)],
        values: BTreeMap::from([("workato_role".to_owned(), "Analyst".to_owned())]),
    };
    let results = both(&flow, &other, [lower(1), lower(2)]).await;
    let refused = refused(&results);
    assert_eq!(refused.len(), 1, "{results:?}");
    assert!(refused[0].text.contains("last"), "{}", refused[0].text);
    drained(&flow).await;
    let admins = (1..=2).filter(|n| flow.account(*n).expect("theirs").collaborator().roles.dev == "Admin");
    assert_eq!(admins.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_suspended_while_their_account_is_being_made_has_no_access_in_the_end() {
    let faults = vec!["slow=400@GET", "slow=300@POST"];
    let flow = Flow::with(Setup { people: 60, faults, ..Setup::default() }).await;
    let other = open(&flow.home, false).await;
    let preview = flow.preview(PROVISION).await;
    // Some whose turn comes while the other session looks at the app.
    let leavers = (20..=60_usize).step_by(5);
    let people: Vec<PersonId> = leavers.clone().map(|n| flow.id(n)).collect();
    let suspend = async {
        until("some are under way", || flow.proxy.count("POST") > 0).await;
        run(&other, Command::SetStatus { people, status: Status::Suspended }).await
    };
    let (provisioned, suspended) = tokio::join!(approve(&flow.drive, preview, None), suspend);
    provisioned.expect("a report");
    suspended.expect("a report");
    drained(&flow).await;
    for n in leavers {
        assert!(flow.account(n).is_none_or(|account| !account.access), "{} has access", name(n));
        assert!(!flow.flags(n).contains(&Flag::AccessRemains), "{}", name(n));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_that_takes_back_one_on_its_way_goes_behind_it() {
    let flow = Flow::provisioned(Setup { faults: vec!["slow=300@PUT"], ..Setup::default() }).await;
    let mut puts = 0;
    for (first, then) in [(Status::Suspended, Status::Active), (Status::Active, Status::Suspended)] {
        if first == Status::Active {
            flow.status(1, Status::Suspended).await.expect("suspended");
            puts = flow.proxy.count("PUT");
        }
        let later = async {
            until("the first is under way", || flow.proxy.count("PUT") == puts + 1).await;
            flow.status(1, then).await
        };
        let (first, later) = tokio::join!(flow.status(1, first), later);
        first.expect("a report");
        later.expect("a report");
        drained(&flow).await;
        assert_eq!(flow.account(1).expect("theirs").access, then == Status::Active);
        assert_eq!(flow.flags(1), []);
    }
}
