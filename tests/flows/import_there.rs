//! Import from the app: accounts that are there become people here, and nothing is sent.

use scimdeck::audit::AuditQuery;
use scimdeck::directory::Directory;
use scimdeck::domain::Flag;
use scimdeck::engine::{ImportScan, Outcome, Problem, ProblemKind, Report};
use scimdeck::sandbox::{Preset, Roles};
use scimdeck::verbs::{Accept, AccountChoice, AccountsImport, Choice, Command, PersonFields};

use crate::bench::*;
use crate::program::Program;

const ALL: Accept = Accept { exact: true, partial: true, new: true };
const NONE: Accept = Accept { exact: false, partial: false, new: false };

fn there(flow: &Flow, people: &[(&str, &str)]) {
    let preset = |(name, email): &(&str, &str)| Preset {
        name: (*name).to_owned(),
        email: (*email).to_owned(),
        roles: Roles::all("Analyst"),
    };
    let presets: Vec<Preset> = people.iter().map(preset).collect();
    flow.sandbox.workspace().lock().unwrap().add_presets(&presets, jiff::Timestamp::now());
}

async fn scan(flow: &Flow) -> ImportScan {
    flow.drive.scan().await.expect("a scan")
}

fn command(scan: &ImportScan, accept: Accept, more: Vec<AccountChoice>) -> Command {
    let mut choices = accept.all(&scan.review, &scan.found);
    choices.extend(more);
    Command::ImportAccounts(Box::new(AccountsImport {
        found: scan.found.clone(),
        choices,
        ..Default::default()
    }))
}

async fn import(flow: &Flow, accept: Accept) -> Result<Report, Problem> {
    let scan = scan(flow).await;
    flow.run(command(&scan, accept, Vec::new())).await
}

fn flagged(directory: &Directory) -> Vec<(String, Vec<Flag>)> {
    let flags =
        |p: scimdeck::directory::PersonView<'_>| (p.user_name().to_owned(), p.flags().iter().collect());
    directory.people().map(flags).filter(|(_, flags): &(String, Vec<Flag>)| !flags.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_directory_is_filled_from_the_app_and_a_later_edit_goes_to_the_same_account() {
    let flow = Flow::with(Setup { people: 0, ..Setup::default() }).await;
    there(
        &flow,
        &[
            ("Ana Ruiz", "Ana@Example.com"),
            ("Robert'); DROP TABLE people;--", "bobby@example.com"),
            ("宝 阮文", "bao@example.com"),
            ("<script>alert(1)</script> \u{202e}nimda", "x@example.com"),
        ],
    );
    import(&flow, ALL).await.expect("an import");
    let directory = flow.drive.directory();
    assert_eq!(
        (directory.len(), flagged(&directory)),
        (4, vec![]),
        "nobody is flagged, least of all not provisioned"
    );
    assert_eq!(flow.proxy.writes(), 0);
    let ana = directory.find("ana@example.com").expect("she is here");
    let id = ana.remote_id().expect("linked").to_owned();
    assert_eq!((ana.given_name(), ana.roles().get("workato_role")), ("Ana", Some("Analyst")));
    let values = [("workato_role".to_owned(), "Operator".to_owned())].into();
    let report = flow.done(Command::Role { people: vec![ana.id()], values }).await;
    assert_eq!(report.count(Outcome::Done), 1, "{report:?}");
    assert!(flow.proxy.requests().iter().any(|r| r.starts_with("PUT") && r.contains(&id)), "to {id}");
    assert_eq!((flow.accounts(), flow.proxy.count("POST")), (4, 0));
    assert_eq!(flagged(&flow.drive.directory()), vec![]);
    let again = scan(&flow).await.review;
    assert_eq!((again.counts.unchanged, again.counts.updated, again.rows.len()), (4, 0, 0), "{again:?}");
    import(&flow, ALL).await.expect("an import of nothing new");
    // The audit feed tells who was linked with what.
    let entries = flow
        .drive
        .audit(scimdeck::audit::AuditQuery { limit: 50, ..Default::default() })
        .await
        .expect("entries");
    assert!(entries.iter().any(|e| e.remote_id.as_deref() == Some(&id) && e.subject == "Ana@Example.com"));
    let imports = entries.iter().filter(|e| e.source == scimdeck::audit::Source::Import).count();
    assert_eq!(imports, 5, "one about the whole and one for each; none for a look that taught nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_who_are_here_are_linked_with_their_accounts_whatever_the_case_and_nobody_is_invited() {
    let flow = Flow::with(Setup { people: 3, existing: 3, ..Setup::default() }).await;
    assert_eq!(flow.any(Flag::NotProvisioned), 3);
    let found = scan(&flow).await;
    assert_eq!(found.review.counts.exact, 3, "{:?}", found.review);
    flow.done(command(&found, Accept { exact: true, ..NONE }, vec![])).await;
    assert_eq!(flagged(&flow.drive.directory()), vec![]);
    let third = flow.drive.directory();
    let third = third.get(flow.id(3)).unwrap();
    assert_eq!(third.roles().get("workato_role"), Some("Analyst"), "theirs became ours");
    assert_eq!((flow.proxy.writes(), flow.accounts()), (0, 3));
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_name_is_only_a_proposal_and_what_is_ignored_is_remembered() {
    let flow = Flow::with(Setup { people: 1, ..Setup::default() }).await;
    there(&flow, &[("Ana Ruiz 1", "ana.ruiz@other.example"), ("Svc Robot", "robot@example.com")]);
    let family = PersonFields {
        given_name: Some("Ana Ruiz".to_owned()),
        family_name: Some("1".to_owned()),
        ..Default::default()
    };
    flow.done(Command::PersonSet { person: Some(flow.id(1)), fields: family }).await;
    let found = scan(&flow).await;
    let counts = found.review.counts;
    assert_eq!((counts.exact, counts.partial, counts.new), (0, 1, 1), "{:?}", found.review);
    flow.done(command(&found, Accept { exact: true, ..NONE }, vec![])).await;
    assert_eq!(flow.any(Flag::NotProvisioned), 1, "a proposal is not taken by itself");
    let robot = found.found.accounts.iter().find(|a| a.values.user_name.starts_with("robot")).unwrap();
    let ignore = AccountChoice { remote_id: robot.remote_id.clone(), choice: Choice::Ignore, named: true };
    flow.done(command(&found, Accept { partial: true, ..NONE }, vec![ignore])).await;
    assert_eq!(flow.any(Flag::NotProvisioned), 0);
    // Another process on the same home remembers it.
    let other = open(&flow.home, false).await;
    let found = other.scan().await.expect("a scan");
    assert_eq!((found.review.counts.ignored, found.review.counts.new), (1, 0));
    run(&other, command(&found, ALL, vec![])).await.expect("an import");
    assert_eq!(other.directory().len(), 1);
    assert_eq!(flow.proxy.writes(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_missing_accounts_hold_the_import_and_the_number_only_flags_them() {
    let flow = Flow::provisioned(Setup { people: 6, ..Setup::default() }).await;
    let writes = flow.proxy.writes();
    for n in 1..=3 {
        flow.sandbox.workspace().lock().unwrap().remove_by_hand(&name(n), jiff::Timestamp::now()).unwrap();
    }
    let found = scan(&flow).await;
    assert_eq!(found.review.counts.removed, 3);
    let problem = flow.run(command(&found, ALL, vec![])).await.expect_err("held");
    assert_eq!((problem.kind, problem.code), (ProblemKind::Held, "brake"));
    assert!(problem.text.contains("3 of 6") && problem.next.contains("--brake 3"), "{problem:?}");
    assert_eq!(flow.any(Flag::AccountGone), 0);
    let preview = flow.preview(command(&found, ALL, vec![])).await;
    approve(&flow.drive, preview, Some(3)).await.expect("let through");
    assert_eq!((flow.any(Flag::AccountGone), flow.proxy.writes()), (3, writes));
    assert!((1..=6).all(|n| flow.drive.directory().get(flow.id(n)).unwrap().assigned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_changed_by_hand_stays_drift_after_an_import() {
    let flow = Flow::provisioned(Setup::default()).await;
    flow.sandbox
        .workspace()
        .lock()
        .unwrap()
        .set_role_by_hand(&name(2), "workato_role", "Admin", jiff::Timestamp::now())
        .unwrap();
    import(&flow, ALL).await.expect("an import");
    assert_eq!(flow.flags(2), [Flag::Drift]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn import_is_refused_where_scim_or_the_action_is_off() {
    let flow = Flow::with(Setup { enabled: false, ..Setup::default() }).await;
    let problem = flow.drive.scan().await.expect_err("refused");
    assert_eq!((problem.kind, problem.code), (ProblemKind::NotAllowed, "disabled"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_imports_as_a_timer_would() {
    let program = Program::new(3, 2, &[]).await;
    program.connect(0).await;
    let (code, report) = program.json(&["import", "endpoint"]).await;
    assert_eq!(
        (code, report["matched"].as_u64(), report["waiting"].as_u64()),
        (0, Some(0), Some(2)),
        "{report}"
    );
    let refused = program.refused(&["import", "endpoint", "--accept", "all"]).await;
    assert_eq!(refused, (7, "unconfirmed".to_owned()));
    let (code, report) = program.json(&["import", "endpoint", "--accept", "all", "--yes"]).await;
    assert_eq!(
        (code, report["new"].as_u64(), report["complete"].as_bool()),
        (0, Some(2), Some(true)),
        "{report}"
    );
    assert_eq!(report["rows"][0]["match"], "new");
    let (code, report) = program.json(&["import", "endpoint"]).await;
    assert_eq!(
        (code, report["unchanged"].as_u64(), report["rows"].as_array().map(Vec::len)),
        (0, Some(2), Some(0))
    );
    let status = program.status().await;
    assert_eq!(
        (status["people"].as_u64(), status["flags"]["not_provisioned"].as_u64()),
        (Some(2), Some(0)),
        "{status}"
    );
    assert_eq!(program.proxy.writes(), 0, "nothing is sent by an import");
    program.ok(&["import", "rules", "--safeguard", "50"]).await;
    let (_, rules) = program.json(&["import", "rules"]).await;
    assert_eq!(rules["safeguard"], 50, "{rules}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_does_not_come_changes_nothing_and_names_the_endpoint() {
    let flow = Flow::faulty(&["html@GET/Users"]).await;
    let problem = flow.drive.scan().await.expect_err("no list");
    assert_eq!((problem.kind, problem.code), (ProblemKind::Endpoint, "not_scim"), "{problem:?}");
    let gone = flow.any(Flag::AccountGone);
    assert_eq!((flow.drive.directory().len(), flow.any(Flag::NotProvisioned), gone), (3, 3, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_was_linked_meanwhile_is_not_linked_twice() {
    let flow = Flow::with(Setup { people: 3, existing: 3, ..Setup::default() }).await;
    let early = scan(&flow).await;
    flow.done(PROVISION).await;
    flow.done(command(&early, ALL, vec![])).await;
    let remote_id = early.found.accounts[0].remote_id.clone();
    let named = AccountChoice { remote_id, choice: Choice::New, named: true };
    let problem = flow.run(command(&early, NONE, vec![named])).await.expect_err("linked now");
    assert!(problem.kind == ProblemKind::BadInput && problem.text.contains("linked with"), "{problem:?}");
    flow.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_suspended_here_with_access_there_is_found_by_an_import() {
    let flow = Flow::with(Setup { people: 1, existing: 1, ..Setup::default() }).await;
    flow.status(1, scimdeck::domain::Status::Suspended).await.expect("kept");
    import(&flow, ALL).await.expect("an import");
    assert_eq!(flow.flags(1), [Flag::AccessRemains]);
    flow.done(Command::Apply).await;
    assert!(!flow.account(1).unwrap().access, "one apply ends it");
    assert_eq!(flow.flags(1), []);
}

async fn events(flow: &Flow, event: &str) -> usize {
    let feed = flow.drive.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.expect("a feed");
    feed.iter().filter(|entry| entry.event == event).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_that_a_check_took_for_gone_hold_an_import_and_their_return_is_in_the_log() {
    let flow = Flow::provisioned(Setup { people: 6, ..Setup::default() }).await;
    let kept = flow.sandbox.workspace().lock().unwrap().clone();
    for n in 1..=3 {
        flow.sandbox.workspace().lock().unwrap().remove_by_hand(&name(n), jiff::Timestamp::now()).unwrap();
    }
    flow.drive.check(None).await.expect("a check");
    assert_eq!((flow.any(Flag::AccountGone), events(&flow, "account gone").await), (3, 3));
    let problem = import(&flow, ALL).await.expect_err("held");
    assert!(problem.text.contains("3 of 6") && problem.next.contains("--brake 3"), "{problem:?}");
    *flow.sandbox.workspace().lock().unwrap() = kept;
    flow.drive.check(Some(vec![flow.id(1)])).await.expect("a check");
    assert_eq!(events(&flow, "account is there again").await, 1);
    import(&flow, ALL).await.expect("they are on the list");
    assert_eq!((flow.any(Flag::AccountGone), events(&flow, "account is there again").await), (0, 3));
}
