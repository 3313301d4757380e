//! What the engine promises about accounts, over real HTTP.

use std::collections::BTreeMap;

use scimdeck::domain::{Flag, Status};
use scimdeck::engine::Outcome;
use scimdeck::scim::resource::Resource;
use scimdeck::verbs::{Command, GroupRecord, ImportOptions, Who};

use crate::bench::*;

/// Accounts by user name; those of our people left out.
fn strangers(flow: &Flow) -> BTreeMap<String, Resource> {
    let workspace = flow.sandbox.workspace();
    let workspace = workspace.lock().expect("no panic");
    let all = workspace.users().into_iter();
    all.map(|user| (user["userName"].as_str().unwrap_or_default().to_owned(), user))
        .filter(|(there, _)| (1..=4).all(|n| !there.eq_ignore_ascii_case(&name(n))))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g13_fifty_accounts_of_others_are_as_they_were_after_every_kind_of_run() {
    let flow = Flow::with(Setup { people: 4, existing: 1, ..Setup::default() }).await;
    let now = "2026-01-01T00:00:00Z".parse().expect("a time");
    flow.sandbox.workspace().lock().expect("no panic").add_people(50, now);
    let before = strangers(&flow);
    assert!(before.len() >= 50, "{}", before.len());
    flow.done(PROVISION).await;
    flow.role(1, "Admin").await.expect("done");
    flow.status(2, Status::Suspended).await.expect("done");
    flow.status(2, Status::Active).await.expect("done");
    let member = GroupRecord { line: 2, group: "Team".to_owned(), user_name: name(3) };
    flow.done(Command::ImportGroups(vec![member], ImportOptions::default())).await;
    let team = flow.drive.directory().group_named("Team").expect("the group").group.id;
    flow.done(Command::PushGroup(team)).await;
    flow.drive.check(None).await.expect("a check");
    flow.done(Command::Apply).await;
    assert_eq!(strangers(&flow), before);
    let ours: Vec<String> = (1..=4).map(|n| flow.account(n).expect("an account").id).collect();
    let touched = flow.proxy.requests().into_iter().filter(|line| {
        !line.starts_with("GET") && line.contains("/Users/") && !ours.iter().any(|id| line.contains(id))
    });
    assert_eq!(touched.collect::<Vec<_>>(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ending_access_while_the_account_is_being_made_ends_it_as_soon_as_it_is_there() {
    let flow = Flow::faulty(&["slow=300@POST"]).await;
    let later = async {
        until("the account is being made", || flow.proxy.count("POST") == 1).await;
        flow.status(1, Status::Suspended).await
    };
    let provision = Command::Provision(Who::Named(vec![flow.id(1)]));
    let (first, second) = tokio::join!(flow.run(provision), later);
    assert_eq!(first.expect("a report").count(Outcome::Done), 1);
    let second = second.expect("a report");
    assert_eq!(second.count(Outcome::Done), 1, "{second:?}");
    assert!(!flow.account(1).expect("an account").access);
    let flags = flow.flags(1);
    assert!(!flags.contains(&Flag::AccessRemains) && !flags.contains(&Flag::Failed), "{flags:?}");
}
