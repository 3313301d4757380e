//! Undo without names is about the last decision, whatever came of it, and never about one before.

use serde_json::Value;

use crate::bench::name;
use crate::program::{Program, all};

async fn provisioned(people: usize) -> Program {
    let program = Program::start(people, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program
}

/// A group of these people that gives this role.
async fn team(program: &Program, role: &str, people: &[usize]) {
    program.ok(&["group", "add", "Team"]).await;
    let names: Vec<String> = people.iter().map(|n| name(*n)).collect();
    let mut add = vec!["member", "add", "Team"];
    add.extend(names.iter().map(String::as_str));
    program.ok(&add).await;
    let role = format!("workato_role={role}");
    program.ok(&["assign", "--group", "Team", "--role", &role, "--yes"]).await;
}

/// An undo that takes nothing back: what it says, and what it says to type.
async fn refused(program: &Program, args: &[&str]) -> (String, String) {
    let (code, told) = program.json(args).await;
    assert_eq!((code, &told["error"]["code"]), (4, &"no_inverse".into()), "{told}");
    let words = |key: &str| told["error"][key].as_str().expect("words").to_owned();
    (words("message"), words("next"))
}

async fn person(program: &Program, n: usize) -> Value {
    program.json(&["show", &name(n)]).await.1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_that_sent_nothing_has_no_inverse_and_the_run_before_it_is_left_alone() {
    let program = provisioned(2).await;
    program.ok(&["attribute", "add", "cost_center"]).await;
    program.ok(&["attribute", "remove", "cost_center", "--yes"]).await;
    let writes = program.proxy.writes();
    for args in [&["undo", "--plan"][..], &["undo", "--yes"]] {
        let (said, next) = refused(&program, args).await;
        assert!(said.contains("attribute removed") && said.contains("cost_center"), "{said}");
        assert!(next.contains("scimdeck attribute add cost_center"), "{next}");
    }
    assert_eq!(program.proxy.writes(), writes);
    // A run that is named is undone all the same.
    let shown = program.run(&["undo", "--plan", &name(1)]).await;
    assert!(all(&shown).contains(&format!("{} loses the app again", name(1))), "{}", all(&shown));
    // What only told or asked something is no decision.
    program.ok(&["role", &name(1), "workato_role=Analyst"]).await;
    program.ok(&["check"]).await;
    program.ok(&["undo", "--yes"]).await;
    assert_eq!(person(&program, 1).await["roles"]["workato_role"], "Operator");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_pushed_is_no_longer_pushed_by_its_own_command_and_not_by_undo() {
    let program = provisioned(1).await;
    program.ok(&["group", "add", "Team"]).await;
    program.ok(&["group", "push", "Team", "--yes"]).await;
    let (said, next) = refused(&program, &["undo", "--yes"]).await;
    assert!(said.contains("group pushed") && next.contains("scimdeck group unpush Team"), "{said} {next}");
    assert!(program.account(1).expect("an account").access);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_taken_in_is_no_run_and_neither_is_one_before_it() {
    let program = provisioned(1).await;
    let file = program.file("titles.csv", format!("user_name,title\n{},Boss\n", name(1)));
    program.ok(&["import", "people", &file]).await;
    let (said, _) = refused(&program, &["undo", "--yes"]).await;
    assert!(said.contains("people import"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_conversion_is_taken_back_also_of_those_who_needed_no_request() {
    let program = provisioned(3).await;
    program.ok(&["role", &name(3), "workato_role=Analyst"]).await;
    team(&program, "Operator", &[1, 3]).await;
    program.ok(&["convert", &name(1), &name(3), "--yes"]).await;
    assert_eq!(person(&program, 1).await["type"], "group");
    let undone = program.run(&["undo", "--yes"]).await;
    assert_eq!(undone.status.code(), Some(0), "{}", all(&undone));
    for (n, role) in [(1, "Operator"), (3, "Analyst")] {
        let shown = person(&program, n).await;
        assert_eq!(
            (&shown["type"], &shown["roles"]["workato_role"]),
            (&"individual".into(), &role.into()),
            "{shown}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_undo_cannot_take_back_is_named_with_the_command_that_does() {
    let program = provisioned(2).await;
    team(&program, "Operator", &[1]).await;
    program.ok(&["convert", &name(1), "--yes"]).await;
    program.ok(&["unassign", "--group", "Team", "--yes"]).await;
    assert!(!program.account(1).expect("an account").access);
    let told = all(&program.run(&["undo", "--yes"]).await);
    assert!(told.contains("scimdeck assign --group Team"), "{told}");
    assert!(!program.account(1).expect("an account").access, "nothing is done");
}

/// How many are in the pushed group there.
fn members(program: &Program) -> usize {
    let workspace = program.sandbox.workspace();
    let workspace = workspace.lock().expect("no panic");
    workspace.groups().find(|group| group.display_name() == "Team").expect("the group").members.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_taken_out_of_a_pushed_group_is_back_in_it_here_and_there() {
    let program = provisioned(2).await;
    team(&program, "Operator", &[1, 2]).await;
    program.ok(&["convert", &name(1), &name(2), "--yes"]).await;
    program.ok(&["group", "push", "Team", "--yes"]).await;
    program.ok(&["member", "remove", "Team", &name(1), "--yes"]).await;
    assert_eq!((program.account(1).expect("an account").access, members(&program)), (false, 1));
    let shown = all(&program.run(&["undo", "--plan"]).await);
    assert!(shown.contains("is put back into Team") && shown.contains("reactivate"), "{shown}");
    assert_eq!(members(&program), 1, "a plan sends nothing");
    program.ok(&["undo", "--yes"]).await;
    assert_eq!((program.account(1).expect("an account").access, members(&program)), (true, 2));
    assert_eq!(person(&program, 1).await["type"], "group");
    assert_eq!(program.run(&["plan"]).await.status.code(), Some(0), "nothing is left to do");
}
