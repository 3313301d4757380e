//! Answers about somebody else than was asked for, as a cache gives them that mixes up its answers: no evidence of
//! anything, and nothing is written on their word.

use scimdeck::domain::{Flag, Status, WireProfile};
use scimdeck::engine::Outcome;
use scimdeck::verbs::Command;
use serde_json::{Value, json};

use crate::bench::name;
use crate::wire::Case;
use crate::wire_groups::with_team;

/// The account as it is there.
pub(crate) fn there(case: &Case, n: usize) -> Value {
    let remote = case.remote(n);
    let mut user = remote["attributes"].clone();
    user["id"] = remote["id"].clone();
    user["active"] = remote["active"].clone();
    user
}

/// After so many reads by its id somebody's account is answered as this one.
fn answers_with(case: &Case, n: usize, after: usize, user: &Value) {
    let path = format!("/Users/{}", case.remote(n)["id"].as_str().expect("an id"));
    let (body, mut reads) = (user.to_string(), 0);
    case.recorder.instead(move |seen| {
        let read = seen.method == "GET" && seen.target == path;
        reads += usize::from(read);
        (read && reads > after).then(|| (200, body.clone()))
    });
}

fn writes(case: &Case) -> Vec<String> {
    let seen = case.recorder.take();
    seen.iter().filter(|s| s.method != "GET").map(|s| format!("{} {}", s.method, s.target)).collect()
}

/// Two people with accounts.
async fn two(profile: WireProfile) -> Case {
    let case = Case::of(profile).await;
    case.done(case.provision(1)).await;
    case.done(case.provision(3)).await;
    writes(&case);
    case
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g13_an_account_that_answers_in_the_place_of_another_is_neither_believed_nor_written() {
    for profile in WireProfile::ALL {
        // The look of the plan, or only the read before the write.
        for after in [0, 1] {
            let case = two(profile).await;
            let (mine, other) = (there(&case, 1), there(&case, 3));
            answers_with(&case, 1, after, &other);
            let (outcome, why) = case.outcome(case.role(1, "Analyst")).await;
            assert_eq!(outcome, Outcome::Failed, "{profile:?} {after}: {why}");
            let id = other["id"].as_str().expect("an id");
            assert!(why.contains(&format!("another account (id {id})")), "{why}");
            let (outcome, why) = case.outcome(case.status(1, Status::Suspended)).await;
            assert_eq!(outcome, Outcome::Failed, "{profile:?} {after}: {why}");
            assert_eq!(writes(&case), Vec::<String>::new(), "{profile:?} {after}");
            assert_eq!((there(&case, 1), there(&case, 3)), (mine, other), "{profile:?} {after}");
            let directory = case.drive.directory();
            assert!(directory.get(case.id(1)).expect("here").flags().contains(Flag::AccessRemains));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g07_an_end_of_access_is_not_believed_of_another_account_that_is_read_back() {
    for profile in WireProfile::ALL {
        let case = two(profile).await;
        let mut other = there(&case, 3);
        other["active"] = json!(false);
        answers_with(&case, 1, 2, &other);
        let (outcome, why) = case.outcome(case.status(1, Status::Suspended)).await;
        assert_eq!(outcome, Outcome::InDoubt, "{profile:?}: {why}");
        assert_eq!(writes(&case).len(), 1, "{profile:?}: it was sent, to whom it is about");
        assert_eq!((&there(&case, 1)["active"], &there(&case, 3)["active"]), (&json!(false), &json!(true)));
        case.recorder.instead(|_| None);
        let report = case.done(Command::Apply).await;
        assert_eq!(report.count(Outcome::Failed), 0, "{report:?}");
        assert!(case.drive.directory().get(case.id(1)).expect("here").flags().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_is_answered_with_another_account_learns_nothing() {
    let case = two(WireProfile::OktaClassic).await;
    answers_with(&case, 1, 0, &there(&case, 3));
    let problem = case.drive.check(Some(vec![case.id(1)])).await.expect_err("nothing was seen");
    assert!(problem.text.contains("another account"), "{problem:?}");
    let directory = case.drive.directory();
    assert!(directory.get(case.id(1)).expect("here").flags().is_empty(), "no drift");
}

/// What is made is answered with the id of an account that was there before.
fn creates_answer_with_the_id_of(case: &Case, n: usize) {
    let id = case.remote(n)["id"].clone();
    case.recorder.instead(move |seen| {
        let mut user = seen.body.clone().filter(|_| seen.method == "POST")?;
        user["id"] = id.clone();
        Some((201, user.to_string()))
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g13_a_create_that_is_answered_with_the_id_of_a_stranger_links_nobody_to_it() {
    for percent in [None, Some(0)] {
        let case = Case::with(|connection| connection.verify_percent = percent).await;
        let before = there(&case, 2);
        creates_answer_with_the_id_of(&case, 2);
        let (outcome, why) = case.outcome(case.provision(1)).await;
        assert_ne!(outcome, Outcome::Done, "{percent:?}");
        assert!(why.contains("somebody else's"), "{why}");
        assert_eq!(case.drive.directory().get(case.id(1)).expect("here").remote_id(), None);
        case.recorder.instead(|_| None);
        case.done(Command::Retry(vec![case.id(1)])).await;
        assert_eq!(there(&case, 2), before, "{percent:?}");
        assert_eq!(case.remote(1)["attributes"]["userName"], json!(name(1)), "made after all");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g13_nothing_is_written_to_the_stranger_with_whose_id_an_answer_that_was_not_read_back_came() {
    for profile in WireProfile::ALL {
        let case = Case::of(profile).await;
        // The first create is read back.
        case.done(case.provision(3)).await;
        let before = there(&case, 2);
        creates_answer_with_the_id_of(&case, 2);
        case.done(case.provision(1)).await;
        case.recorder.instead(|_| None);
        writes(&case);
        for command in [case.role(1, "Analyst"), case.status(1, Status::Suspended)] {
            let (outcome, why) = case.outcome(command).await;
            assert_eq!(outcome, Outcome::Failed, "{profile:?}: {why}");
            assert!(why.contains("may be somebody else's"), "{why}");
        }
        assert_eq!(writes(&case), Vec::<String>::new(), "{profile:?}");
        assert_eq!(there(&case, 2), before, "{profile:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g13_a_pushed_group_that_is_answered_with_another_one_is_not_written() {
    for profile in WireProfile::ALL {
        let (case, team) = with_team(profile).await;
        case.done(Command::PushGroup(team)).await;
        let directory = case.drive.directory();
        let push = directory.group(team).and_then(|row| row.push.clone()).expect("pushed");
        let path = format!("/Groups/{}", push.remote_id.expect("an id"));
        let other = json!({"id": "other-group", "displayName": "Other", "members": []}).to_string();
        case.recorder.take();
        case.recorder
            .instead(move |seen| (seen.method == "GET" && seen.target == path).then(|| (200, other.clone())));
        let seen = case.drive.check(None).await.expect("a report");
        assert!(seen.why.is_some_and(|why| why.text.contains("another group")), "{profile:?}");
        let report = case.done(Command::MemberRemove(team, vec![case.id(1)])).await;
        let why = report.groups.iter().find_map(|group| group.error.clone()).expect("a failure");
        assert!(why.text.contains("another group (id other-group)"), "{why:?}");
        assert_eq!(writes(&case), Vec::<String>::new(), "{profile:?}");
    }
}
