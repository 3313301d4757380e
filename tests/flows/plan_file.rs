//! A plan kept in a file is sent exactly as it was looked at, or not at all.

use std::os::unix::fs::PermissionsExt;

use crate::bench::{SCIM, name};
use crate::program::{Program, all};

/// Two people are provisioned; one's role was edited while the endpoint was away, so that it is still to be sent.
async fn with_a_plan() -> (Program, String) {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    edit(&program, "Admin").await;
    let file = program.path("plan.json").to_str().expect("text").to_owned();
    let output = program.run(&["plan", "-o", &file]).await;
    assert_eq!(output.status.code(), Some(2), "{}", all(&output));
    (program, file)
}

async fn edit(program: &Program, role: &str) {
    program.proxy.down().await;
    let output = program.run(&["role", "p01@example.com", &format!("workato_role={role}")]).await;
    assert_eq!(output.status.code(), Some(3), "{}", all(&output));
    program.proxy.up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_saved_plan_is_its_owners_file_is_sent_once_and_is_stale_the_second_time() {
    let (program, file) = with_a_plan().await;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains(SCIM), "{text}");
    assert_eq!(program.refused(&["plan", "-o", &file]).await, (4, "exists".into()));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(program.run(&["plan", "-o", &file, "--force"]).await.status.code(), Some(2));
    assert_eq!(program.refused(&["--read-only", "apply", &file]).await, (8, "read_only".into()));
    assert_eq!(program.refused(&["apply", &file]).await, (7, "unconfirmed".into()));
    program.ok(&["apply", &file, "--yes"]).await;
    program.all_true(2).await;
    let writes = program.proxy.writes();
    let (code, answer) = program.json(&["apply", &file, "--yes"]).await;
    assert_eq!((code, &answer["error"]["code"]), (6, &"stale".into()), "{answer}");
    assert!(answer.to_string().contains("nothing is to be sent for them any more"), "{answer}");
    assert_eq!(program.proxy.writes(), writes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g16_a_plan_is_stale_when_the_account_moved_there_or_our_side_moved() {
    let (program, file) = with_a_plan().await;
    let writes = program.proxy.writes();
    let stale = async |what: &str| {
        let (code, answer) = program.json(&["apply", &file, "--yes"]).await;
        assert_eq!((code, &answer["error"]["code"]), (6, &"stale".into()), "{answer}");
        let said = answer["error"]["message"].as_str().unwrap().to_owned();
        assert!(said.contains("p01@example.com") && said.contains(what), "{said}");
        assert_eq!(program.proxy.writes(), writes, "nothing was sent");
    };
    edit(&program, "Analyst").await;
    stale("our side moved (workato_role)").await;
    edit(&program, "Admin").await;
    let now = jiff::Timestamp::now();
    let set = program.sandbox.workspace().lock().unwrap().set_role_by_hand(
        &name(1),
        "workato_role",
        "Analyst",
        now,
    );
    set.unwrap();
    stale("the account moved there (workato_role)").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_to_provision_is_kept_and_sent() {
    let program = Program::start(3, 1, &[]).await;
    let file = program.path("plan.json").to_str().unwrap().to_owned();
    assert_eq!(program.run(&["provision", "-o", &file]).await.status.code(), Some(64));
    program.ok(&["provision", "--plan", "-o", &file]).await;
    assert_eq!(program.proxy.writes(), 0);
    program.ok(&["apply", &file, "--plan"]).await;
    assert_eq!(program.proxy.writes(), 0);
    program.ok(&["apply", &file, "--yes"]).await;
    program.all_true(3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_file_is_refused_at_once_and_nothing_is_asked() {
    let program = Program::start(1, 0, &[]).await;
    let before = program.proxy.requests().len();
    let deep = program.file("deep.json", "[".repeat(200_000));
    assert_eq!(program.refused(&["apply", &deep, "--yes"]).await, (4, "no_plan".into()));
    let large = program.file("large.json", "{");
    std::fs::OpenOptions::new().write(true).open(&large).unwrap().set_len(1 << 30).unwrap();
    assert_eq!(program.refused(&["apply", &large, "--yes"]).await, (4, "too_large".into()));
    std::fs::remove_file(&large).unwrap();
    assert_eq!(program.refused(&["apply", "/dev/zero", "--yes"]).await, (4, "unreadable".into()));
    let text = program.file("text.json", b"\xff\xfe");
    assert_eq!(program.refused(&["apply", &text, "--yes"]).await, (4, "unreadable".into()));
    assert_eq!(program.proxy.requests().len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_saves_the_plan_it_shows_and_opens_it_again_only_while_it_holds() {
    use crate::bench::{Flow, PROVISION, Setup, approve};
    use scimdeck::engine::Outcome;
    let flow = Flow::with(Setup { people: 2, ..Setup::default() }).await;
    let folder = crate::nowhere::Folder::new();
    let file = folder.path().join("plan.json");
    let shown = flow.preview(PROVISION).await;
    flow.drive.save_plan(&shown, &file).await.expect("a file");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let again = flow.drive.save_plan(&shown, &file).await.expect_err("it is there");
    assert_eq!(again.code, "exists");
    let opened = flow.drive.open_plan(&file).await.expect("a plan");
    assert_eq!(opened.plan.operations.len(), 2);
    assert!(opened.must_ask() && opened.exact, "somebody else may have named them");
    let report = approve(&flow.drive, opened, None).await.expect("a report");
    assert_eq!(report.count(Outcome::Done), 2, "{report:?}");
    let stale = flow.drive.open_plan(&file).await.expect_err("it was sent");
    assert_eq!(stale.code, "stale");
    let no_plan = folder.path().join("no.json");
    std::fs::write(&no_plan, "{}").expect("a file");
    assert_eq!(flow.drive.open_plan(&no_plan).await.expect_err("no plan").code, "no_plan");
    flow.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_plan_points_to_those_who_are_not_provisioned_and_is_not_saved() {
    let program = Program::start(3, 0, &[]).await;
    let words = "3 people are not provisioned, and are no part of this: Provision User is for them.";
    assert!(program.ok(&["plan"]).await.contains(words));
    let file = program.path("plan.json").to_str().expect("text").to_owned();
    let output = program.run(&["plan", "-o", &file]).await;
    assert_eq!(output.status.code(), Some(0));
    let text = all(&output);
    assert!(text.contains(words) && text.contains("no file was written"), "{text}");
    assert!(!std::path::Path::new(&file).exists() && !text.contains("To send exactly this"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_plan_names_the_command_that_makes_a_new_one() {
    let program = Program::start(2, 0, &[]).await;
    let file = program.path("plan.json").to_str().expect("text").to_owned();
    program.ok(&["provision", "--plan", "-o", &file]).await;
    program.ok(&["provision", "--yes"]).await;
    let (_, answer) = program.json(&["apply", &file, "--yes"]).await;
    let next = answer["error"]["next"].as_str().expect("words");
    assert!(next.contains("scimdeck provision --plan -o FILE"), "{next}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_the_brake_holds_is_saved_with_the_line_that_lets_it_go() {
    let program = Program::start(3, 0, &[]).await;
    program.ok(&["connection", "set", "--brake-changes", "2", "--yes"]).await;
    let file = program.path("plan.json").to_str().expect("text").to_owned();
    let text = all(&program.run(&["provision", "--plan", "-o", &file]).await);
    assert!(text.contains(&format!("scimdeck apply {file} --yes --brake 3")), "{text}");
    program.ok(&["apply", &file, "--yes", "--brake", "3"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_send_one_saved_plan_at_the_same_moment_one_is_refused_with_what_moved() {
    use crate::bench::{Flow, Setup, approve, open, record, until};
    use scimdeck::verbs::{Command, ImportOptions};
    let flow =
        Flow::provisioned(Setup { people: 12, faults: vec!["slow=100@PUT"], ..Setup::default() }).await;
    let mut records: Vec<_> = (1..=12).map(record).collect();
    records.iter_mut().for_each(|record| record.fields.title = Some("Boss".to_owned()));
    flow.done(Command::ImportPeople(records, ImportOptions::default())).await;
    let file = flow.home.path().join("plan.json");
    let shown = flow.preview(Command::Apply).await;
    assert_eq!(shown.plan.operations.len(), 12);
    flow.drive.save_plan(&shown, &file).await.expect("a file");
    let other = open(&flow.home, false).await;
    let one = flow.drive.open_plan(&file).await.expect("a plan");
    let two = other.open_plan(&file).await.expect("a plan");
    let (one, two) = tokio::join!(approve(&flow.drive, one, None), approve(&other, two, None));
    let refused: Vec<_> = [&one, &two].into_iter().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!(refused.len(), 1, "{one:?} {two:?}");
    assert_eq!(refused[0].code, "stale");
    assert!(refused[0].text.contains("@example.com: "), "{}", refused[0].text);
    until("nothing is left", || flow.drive.directory().queue().total() == 0).await;
    assert_eq!(flow.proxy.count("PUT"), 12, "each was written once: {:?}", flow.proxy.requests());
}
