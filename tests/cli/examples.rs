//! Every command's JSON is compared with its checked-in example, byte by byte. After a wanted change:
//! `UPDATE_EXAMPLES=1 cargo test --test cli examples`, and look at the difference before committing it.

use std::path::Path;

use scimdeck::directory::{Change, Observation, OpMark};
use scimdeck::domain::{Failure, FailureKind, OpId, OpKind, OpState, PersonId};
use scimdeck::engine::{Outcome, Pause};

use crate::fake::Fake;
use crate::ran::run;

#[track_caller]
fn same_as(name: &str, out: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/examples").join(name);
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        std::fs::write(&path, out).unwrap();
    }
    let example = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(out, example, "{} differs", path.display());
}

#[track_caller]
fn example(name: &str, line: &str, code: u8) {
    let ran = run(&Fake::new(), line);
    assert_eq!(ran.code, code, "{ran:?}");
    if !name.ends_with("lines.json") {
        serde_json::from_str::<serde_json::Value>(&ran.out).unwrap();
    }
    same_as(name, &ran.out);
}

#[test]
fn looking() {
    example("status.json", "--json status", 0);
    example("people.json", "--json people", 0);
    example("people_flagged.json", "--json people --flag not-provisioned", 0);
    example("show.json", "--json show bo@example.com", 0);
    example("show_failed.json", "--json show di@example.com", 0);
    example("groups.json", "--json groups", 0);
    example("attributes.json", "--json attributes", 0);
    example("check.json", "--json check bo@example.com", 0);
    example("test.json", "--json test", 0);
    example("test_deep.json", "--json test --deep", 0);
    example("connection_show.json", "--json connection show", 0);
    example("plan.json", "--json plan", 2);
    example("audit.lines.json", "--json audit", 0);
    example("audit_verify.json", "--json audit verify", 0);
    example("audit_deprovisioned.json", "--json audit deprovisioned", 0);
    example("tasks.json", "--json tasks", 0);
    example("take_over.json", "--json take-over --holder h0123abcd", 0);
    example("trace.json", "--json trace op000000000002d", 0);
}

#[test]
fn a_look_at_everybody_lists_drift_leavers_and_accounts_of_nobody() {
    let mut fake = Fake::new();
    let seen = |fake: &mut Fake, n, role: &str| {
        let id = scimdeck::domain::PersonId(n);
        let (.., mut theirs) = fake.directory.get(id).unwrap().known().unwrap();
        theirs.roles.set("workato_role", role);
        let state = scimdeck::domain::AccountState::Active;
        let seen = Observation { state, values: Some(theirs), at: crate::fake::at(60) };
        fake.directory.apply(&Change::Observed(id, seen.into()));
    };
    seen(&mut fake, 1, "Operator");
    seen(&mut fake, 3, "Operator");
    let ran = run(&fake, "--json check");
    assert_eq!(ran.code, 0, "{ran:?}");
    same_as("check_all.json", &ran.out);
    same_as("check_all.txt", &run(&fake, "check").out);
}

#[test]
fn a_saved_plan_is_its_example_and_is_read_back() {
    use scimdeck::engine::plan_file::{PlanFile, PlanOf, shown};
    let (directory, plan) = (crate::fake::directory(), crate::made::plan());
    let by = ("kim", crate::fake::NOW);
    let text = PlanFile::write(&PlanOf::Apply, &directory, &plan, shown(&plan), by).unwrap();
    same_as("plan_file.json", &text);
    let read = PlanFile::read(&text, &directory).unwrap();
    read.same_as(&directory, &plan).unwrap();
    assert!(PlanFile::read(&text.replace("Analyst", "Admin"), &directory).is_err(), "edited");
}

#[test]
fn a_plan_lists_what_of_the_queue_goes_on_with_it() {
    let mut fake = Fake::new();
    fake.plan = crate::made::going_on();
    let ran = run(&fake, "--json plan");
    assert_eq!(ran.code, 2, "{ran:?}");
    same_as("plan_resumes.json", &ran.out);
    same_as("plan_resumes.txt", &run(&fake, "plan").out);
}

#[test]
fn looking_at_the_profile() {
    example("attributes_lint.json", "--json attributes --lint --from-endpoint", 5);
    example("attributes_okta.json", "--json attributes --okta-schema", 0);
    example("attribute_values.json", "--json attribute values workato_role --from-endpoint", 0);
    example("preview.json", "--json preview bo@example.com", 0);
}

#[test]
fn verbs_share_one_shape() {
    example("provision.json", "--json provision bo@example.com", 0);
    for line in [
        "apply --yes",
        "assign bo@example.com --role workato_role=Admin",
        "assign --group data --yes",
        "unassign bo@example.com",
        "role bo@example.com workato_role=Admin",
        "convert bo@example.com",
        "convert --all --yes",
        "convert --back bo@example.com",
        "drift push bo@example.com",
        "drift adopt bo@example.com",
        "unlink bo@example.com",
        "recreate bo@example.com",
        "suspend bo@example.com",
        "deactivate bo@example.com",
        "reactivate bo@example.com",
        "person add new@example.com --title Boss",
        "person set bo@example.com --title Boss",
        "person remove bo@example.com",
        "group add Ops",
        "member remove data bo@example.com",
        "attribute remove workato_role",
        "attribute repair workato_role --yes",
        "attribute replace workato_role Operator Analyst --yes",
        "flag bo@example.com --note x",
        "protect bo@example.com",
        "connection set --badge PROD --to-app-deactivate off --yes",
        "enable",
        "disable",
        "retry",
        "drop --all",
        "undo --yes",
        "undo bo@example.com",
    ] {
        let mut fake = Fake::new();
        let group = scimdeck::domain::Group { id: scimdeck::domain::GroupId(10), name: "data".into() };
        fake.directory.apply(&scimdeck::directory::Change::Group(group));
        let ran = run(&fake, &format!("--json {line}"));
        assert_eq!(ran.code, 0, "{line}: {ran:?}");
        same_as("provision.json", &ran.out);
    }
}

#[test]
fn an_invitation_sent_again_is_reported_like_a_run() {
    example("resend.json", "--json resend bo@example.com", 0);
}

#[test]
fn a_standstill_is_an_additional_key_of_status() {
    let fake = Fake { stuck: Some(crate::fake::at(10)), ..Fake::new() };
    let status: serde_json::Value = serde_json::from_str(&run(&fake, "--json status").out).unwrap();
    assert_eq!(status["stuck_since"], "2026-01-02T02:00:10.000Z");
    assert!(run(&fake, "status").out.contains("nothing of the queue worked since"));
}

#[test]
fn a_pause_is_told_with_until_when_and_why() {
    let failure = Failure {
        kind: FailureKind::SlowDown,
        text: "The app asks to wait.".to_owned(),
        next: scimdeck::domain::TRIED_AGAIN.to_owned(),
    };
    let fake = Fake { pause: Some(Pause { until: Some(crate::fake::at(30)), failure }), ..Fake::new() };
    let status: serde_json::Value = serde_json::from_str(&run(&fake, "--json status").out).unwrap();
    assert_eq!(status["pause"]["until"], "2026-01-02T02:00:30.000Z");
    assert_eq!(status["pause"]["error"]["code"], "slow_down");
    let line = "nothing is sent before 2026-01-02T02:00:30.000Z: The app asks to wait. Nothing needs to be done: \
        it is tried again by itself.";
    let text = run(&fake, "status").out;
    assert!(text.contains(line) && text.contains("scimdeck test --now"), "{text}");
    let asked = run(&fake, "test --now");
    assert!(asked.code == 0 && asked.err.contains("is over: what is queued goes on"), "{asked:?}");
    assert!(run(&Fake::new(), "test --now").err.is_empty(), "it asked for nothing");
    let refused = run(&Fake { test: false, ..fake }, "test --now");
    assert!(refused.code == 3 && refused.err.is_empty(), "{refused:?}");
}

#[test]
fn the_time_left_is_null_while_nothing_is_known_of_it() {
    let mut fake = Fake::new();
    let mark = OpMark { id: OpId(79), kind: OpKind::Create, state: OpState::Queued, failure: None };
    fake.directory.apply(&Change::Operation(PersonId(2), mark));
    let status: serde_json::Value = serde_json::from_str(&run(&fake, "--json status").out).unwrap();
    assert_eq!(status.get("time_left_s"), Some(&serde_json::Value::Null));
    assert!(run(&fake, "status").out.contains("time left unknown"));
}

#[test]
fn a_decision_about_our_side_says_that_it_was_done() {
    let mut fake = Fake::new();
    fake.decision.done = Some("1 assignment converted: roles follow the group now.".into());
    let ran = run(&fake, "--json convert bo@example.com");
    assert_eq!(ran.code, 0, "{ran:?}");
    same_as("convert.json", &ran.out);
}

#[test]
fn a_plan_shown_instead_of_run_is_the_plans_json() {
    let ran = run(&Fake::new(), "--json suspend bo@example.com --plan");
    assert_eq!(ran.code, 0);
    same_as("plan.json", &ran.out);
}

#[test]
fn a_run_that_went_wrong() {
    let mut fake = Fake::new();
    let why = Failure {
        kind: FailureKind::Refused,
        text: "The endpoint refused the account (400).".into(),
        next: "Look at the trace, then retry.".into(),
    };
    fake.report.results[0].outcome = Outcome::Failed;
    fake.report.results[0].error = Some(why);
    fake.report.results[1].outcome = Outcome::InDoubt;
    let ran = run(&fake, "--json provision bo@example.com");
    assert_eq!(ran.code, 5);
    same_as("provision_failed.json", &ran.out);
}

#[test]
fn an_import_and_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "user_name,shoe\nfay@example.com,43\ngil,\"x\n").unwrap();
    let ran = run(&Fake::new(), &format!("--json import people {}", file.display()));
    assert_eq!(ran.code, 0);
    same_as("import.json", &ran.out);
    std::fs::write(&file, "login\nfay\n").unwrap();
    let ran = run(&Fake::new(), &format!("--json import people {}", file.display()));
    assert_eq!((ran.code, ran.err.as_str()), (4, ""));
    same_as("error.json", &ran.out);
}

#[test]
fn an_import_from_the_endpoint() {
    let line = "--json import endpoint --accept exact,new --ignore 9a04 --user ed@example.com=9a02 --yes";
    example("import_endpoint.json", line, 0);
    example("import_rules.json", "--json import rules", 0);
}
