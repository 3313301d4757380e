//! Wire profiles, identifiers and switches where the endpoint does not answer as it should, or a setting keeps
//! something from being sent.

use scimdeck::domain::{UniqueIdentifier, WireProfile};
use scimdeck::engine::Outcome;
use serde_json::json;

use crate::bench::name;
use crate::wire::{Case, READ, TEST, Writes, filter};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_one_match_stops_before_anything_is_written() {
    for profile in WireProfile::ALL {
        let case = Case::of(profile).await;
        let twins = json!({"totalResults": 2, "Resources": [
            {"id": "a", "userName": name(3)}, {"id": "b", "userName": name(3).to_uppercase()}]});
        case.recorder.instead(move |seen| seen.target.contains(&name(3)).then(|| (200, twins.to_string())));
        let (outcome, why) = case.outcome(case.provision(3)).await;
        assert_eq!(outcome, Outcome::Failed);
        assert!(why.contains("2 accounts there have this user name"), "{why}");
        assert_eq!(case.lines(), [TEST.to_owned(), filter("p02@example.com"), filter(&name(3))]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn create_users_off_looks_and_makes_nobody() {
    let case = Case::with(|connection| connection.to_app.create = false).await;
    let (outcome, why) = case.outcome(case.provision(1)).await;
    assert_eq!(outcome, Outcome::Failed);
    assert!(why.contains("Matching user not found"), "{why}");
    assert_eq!(case.lines(), [TEST.to_owned(), filter("p02@example.com"), filter(&name(1))]);
    assert_eq!(case.outcome(case.provision(2)).await.0, Outcome::Done, "who is there is linked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_looked_for_by_the_field_that_identifies_them() {
    let field = |by| async move {
        let case = Case::with(|connection| connection.unique_identifier = by).await;
        assert_eq!(case.outcome(case.provision(2)).await.0, Outcome::Done);
        let lines: Vec<String> = case.lines().into_iter().filter(|l| l.contains("filter=")).collect();
        let people = case.sandbox.workspace().lock().unwrap().accounts().count();
        (lines, people)
    };
    let (lines, people) = field(UniqueIdentifier::Email).await;
    let email = "GET /Users?filter=emails.value eq \"p02@example.com\"&startIndex=1&count=100";
    assert_eq!((lines, people), (vec![email.to_owned(); 3], 1), "tried in the other case, planned, sent");
    // Nobody there has one, so the whole list is read; the user name is taken, and that is for an operator.
    let case = Case::with(|connection| connection.unique_identifier = UniqueIdentifier::ExternalId).await;
    assert_eq!(case.outcome(case.provision(1)).await.0, Outcome::Done);
    assert!(case.lines().iter().all(|line| !line.contains("filter=")));
    let (outcome, why) = case.outcome(case.provision(2)).await;
    assert_eq!(outcome, Outcome::Failed, "{why}");
    assert_eq!(case.sandbox.workspace().lock().unwrap().accounts().count(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_name_there_survives_a_link_where_its_updates_are_excluded() {
    for profile in WireProfile::ALL {
        let case = Case::with(|connection| {
            connection.profile = profile;
            connection.to_app.exclude_user_name = true;
        })
        .await;
        assert_eq!(case.outcome(case.provision(2)).await.0, Outcome::Done);
        assert_eq!(case.remote(2)["attributes"]["userName"], json!(name(2).to_uppercase()));
        case.drive.check(None).await.expect("a check");
        let directory = case.drive.directory();
        assert_eq!(directory.find(&name(2)).unwrap().flag(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g06_a_patch_that_somebody_overtook_is_made_again_once_from_what_is_there_now() {
    let case = Case::of(WireProfile::Rfc).await;
    case.done(case.provision(1)).await;
    case.lines();
    let mut left = 1;
    case.recorder.instead(move |seen| {
        let refused = seen.method == "PATCH" && left > 0;
        left -= i32::from(refused);
        refused.then(|| (412, "{}".to_owned()))
    });
    assert_eq!(case.outcome(case.role(1, "Analyst")).await.0, Outcome::Done);
    let patch = Writes { profile: WireProfile::Rfc }.role();
    let read = READ.to_owned();
    assert_eq!(case.lines(), [read.clone(), read.clone(), patch.clone(), read.clone(), patch, read]);
    case.recorder.instead(|seen| (seen.method == "PATCH").then(|| (412, "{}".to_owned())));
    let (outcome, why) = case.outcome(case.role(1, "No access")).await;
    assert_eq!((outcome, case.lines().len()), (Outcome::Failed, 5), "{why}");
    assert!(why.contains("412"), "{why}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endpoint_that_knows_no_patch_is_left_alone_and_the_profile_is_named() {
    for status in [501, 405] {
        let case = Case::of(WireProfile::Rfc).await;
        case.done(case.provision(1)).await;
        case.recorder.instead(move |seen| (seen.method == "PATCH").then(|| (status, "{}".to_owned())));
        let (outcome, why) = case.outcome(case.role(1, "Analyst")).await;
        assert_eq!(outcome, Outcome::Failed);
        assert!(why.contains("does not offer PATCH") && why.contains("okta-classic"), "{why}");
        assert_eq!(case.recorder.take().iter().filter(|seen| seen.method == "PATCH").count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patch_that_is_answered_with_204_is_read_back_before_it_is_believed() {
    let case = Case::of(WireProfile::Rfc).await;
    case.done(case.provision(1)).await;
    case.lines();
    case.recorder.instead(|seen| (seen.method == "PATCH").then(|| (204, String::new())));
    let (outcome, why) = case.outcome(case.role(1, "Analyst")).await;
    let read = READ.to_owned();
    // Twice, since a copy that lags behind shows the same at first.
    let patch = Writes { profile: WireProfile::Rfc }.role();
    assert_eq!(case.lines(), [read.clone(), read.clone(), patch, read.clone(), read]);
    assert_eq!(outcome, Outcome::Failed, "nothing was changed there");
    assert!(why.contains("did not apply it"), "{why}");
}
