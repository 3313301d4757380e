//! A plan kept in a file holds the groups that are pushed with it, and no other group goes with it.

use crate::bench::name;
use crate::program::{Program, all};

const TEAM: &str = "Platform team";

/// Two people and a pushed group with the first of them; the second was put in while the endpoint was away, so that
/// the group is due.
async fn with_a_due_group() -> Program {
    let program = with_a_group(2).await;
    add_unsent(&program).await;
    program
}

async fn with_a_group(provisioned: usize) -> Program {
    let program = Program::start(2, 0, &[]).await;
    let names: Vec<String> = (1..=provisioned).map(name).collect();
    let mut args = vec!["provision", "--yes"];
    args.extend(names.iter().map(String::as_str));
    program.ok(&args).await;
    let file = program.file("groups.csv", format!("group,user_name\n{TEAM},{}\n", name(1)));
    program.ok(&["import", "groups", &file]).await;
    program.ok(&["group", "push", TEAM, "--yes"]).await;
    assert_eq!(members_there(&program), Some(1));
    program
}

async fn add_unsent(program: &Program) {
    program.proxy.down().await;
    let output = program.run(&["member", "add", TEAM, &name(2), "--yes"]).await;
    assert!(matches!(output.status.code(), Some(0 | 3 | 5)), "{}", all(&output));
    program.proxy.up().await;
    assert_eq!(members_there(program), Some(1));
}

fn members_there(program: &Program) -> Option<usize> {
    let workspace = program.sandbox.workspace();
    let workspace = workspace.lock().expect("no panic");
    workspace.groups().find(|group| group.display_name() == TEAM).map(|group| group.members.len())
}

fn group_writes(program: &Program) -> usize {
    let writes = |line: &&String| !line.starts_with("GET") && line.contains("/Groups");
    program.proxy.requests().iter().filter(writes).count()
}

fn plan_path(program: &Program) -> String {
    program.path("plan.json").to_str().expect("text").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g16_a_group_that_became_due_after_the_plan_makes_it_stale_and_does_not_go() {
    let program = with_a_group(2).await;
    let file = plan_path(&program);
    program.proxy.down().await;
    program.run(&["role", &name(1), "workato_role=Admin"]).await;
    program.proxy.up().await;
    program.run(&["plan", "-o", &file]).await;
    add_unsent(&program).await;
    let before = group_writes(&program);
    let (code, answer) = program.json(&["apply", &file, "--yes"]).await;
    assert_eq!((code, &answer["error"]["code"]), (6, &"stale".into()), "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains(TEAM), "{answer}");
    assert_eq!((group_writes(&program), members_there(&program)), (before, Some(1)), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g16_a_group_that_is_due_and_not_in_the_plan_of_some_people_does_not_go_with_it() {
    let program = with_a_group(1).await;
    add_unsent(&program).await;
    let file = plan_path(&program);
    program.ok(&["provision", &name(2), "--plan", "-o", &file]).await;
    let before = group_writes(&program);
    program.ok(&["apply", &file, "--yes"]).await;
    program.all_true(2).await;
    assert_eq!(
        (group_writes(&program), members_there(&program)),
        (before, Some(1)),
        "the group was not shown"
    );
    program.ok(&["apply", "--yes"]).await;
    assert_eq!(members_there(&program), Some(2), "it is due all the same");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_due_group_is_shown_by_plan_kept_in_its_file_and_sent_once() {
    let program = with_a_due_group().await;
    let file = plan_path(&program);
    let (code, plan) = program.json(&["plan", "-o", &file]).await;
    let group = &plan["operations"][0];
    assert_eq!((code, &group["kind"], &group["group"]), (2, &"group".into(), &TEAM.into()), "{plan}");
    assert_eq!(group["changes"]["added"], 1);
    let before = group_writes(&program);
    program.ok(&["apply", &file, "--yes"]).await;
    assert_eq!((group_writes(&program), members_there(&program)), (before + 1, Some(2)));
    let (code, answer) = program.json(&["apply", &file, "--yes"]).await;
    assert_eq!((code, &answer["error"]["code"]), (6, &"stale".into()), "{answer}");
}
