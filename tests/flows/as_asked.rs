//! A verb sends what it was asked for, and nothing that waits beside it; an undo takes back just that.

use serde_json::{Value, json};

use crate::program::{Program, all};

async fn two_provisioned() -> Program {
    let program = Program::start(2, 0, &[]).await;
    program.ok(&["provision", "--yes"]).await;
    program
}

impl Program {
    async fn import(&self, rows: &str) {
        let file = self.file("rows.csv", rows);
        self.ok(&["import", "people", &file]).await;
    }

    async fn flag(&self, who: &str) -> Value {
        self.json(&["show", who]).await.1["flag"].clone()
    }
}

/// What a plan changes for the one person it is about.
fn changed(plan: &Value) -> Vec<String> {
    let operations = plan["operations"].as_array().expect("operations");
    assert_eq!(operations.len(), 1, "{plan}");
    let changes = operations[0]["changes"].as_array().expect("changes");
    changes.iter().map(|change| change["attribute"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_edit_gives_no_access_back_that_a_file_decided() {
    let program = two_provisioned().await;
    program.import("user_name,status\np01@example.com,suspended\n").await;
    program.ok(&["apply", "--yes"]).await;
    assert!(!program.account(1).expect("an account").access);
    program.import("user_name,status\np01@example.com,active\n").await;
    let edit = ["role", "p01@example.com", "workato_role=Analyst"];
    let (code, plan) = program.json(&[&edit[..], &["--plan"]].concat()).await;
    assert_eq!(code, 0, "{plan}");
    assert_eq!(changed(&plan), ["workato_role"], "{plan}");
    assert_eq!(plan["operations"][0]["kind"], "update", "{plan}");
    assert_eq!(plan["operations"][0]["request"]["body"]["active"], json!(false), "{plan}");
    program.ok(&edit).await;
    let account = program.account(1).expect("an account");
    assert_eq!((account.access, account.collaborator().roles.dev.as_str()), (false, "Analyst"));
    assert_eq!(program.flag("p01@example.com").await, "unsent");
    // Access comes back where it is asked for.
    program.ok(&["apply", "--yes"]).await;
    assert!(program.account(1).expect("an account").access);
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_edit_leaves_the_title_of_a_file_unsent() {
    let program = two_provisioned().await;
    program.import("user_name,title,department\np01@example.com,Boss,Sales\n").await;
    let edit = ["role", "p01@example.com", "workato_role=Analyst"];
    let (_, plan) = program.json(&[&edit[..], &["--plan"]].concat()).await;
    assert_eq!(changed(&plan), ["workato_role"], "{plan}");
    assert!(plan["operations"][0]["request"]["body"]["title"].is_null(), "{plan}");
    program.ok(&edit).await;
    assert_eq!(program.flag("p01@example.com").await, "unsent");
    let (_, rest) = program.json(&["plan"]).await;
    let mut names = changed(&rest);
    names.sort();
    assert_eq!(names, ["department", "title"], "{rest}");
    program.ok(&["apply", "--yes"]).await;
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_try_of_a_role_edit_is_about_the_role_only() {
    let program = Program::start(2, 0, &["400:1@PUT"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.import("user_name,title\np01@example.com,Boss\n").await;
    let refused = program.run(&["role", "p01@example.com", "workato_role=Analyst"]).await;
    assert_eq!(refused.status.code(), Some(5), "{}", all(&refused));
    let (_, plan) = program.json(&["retry", "p01@example.com", "--plan"]).await;
    assert_eq!(changed(&plan), ["workato_role"], "{plan}");
    program.ok(&["retry", "p01@example.com"]).await;
    assert_eq!(program.account(1).expect("an account").collaborator().roles.dev, "Analyst");
    assert_eq!(program.flag("p01@example.com").await, "unsent", "the title waits");
    program.ok(&["apply", "--yes"]).await;
    program.all_true(2).await;
}

/// An edit that the app refused stays to be done: the next one takes it along, and its plan shows it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_role_edit_takes_over_from_a_refused_one_is_in_its_plan() {
    let program = Program::start(2, 0, &["400:1@PUT"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.import("user_name,department\np01@example.com,Sales\n").await;
    let refused = program.run(&["person", "set", "p01@example.com", "--title", "Boss"]).await;
    assert_eq!(refused.status.code(), Some(5), "{}", all(&refused));
    program.import("user_name,given_name\np01@example.com,Bea\n").await;
    let edit = ["role", "p01@example.com", "workato_role=Analyst"];
    let (_, plan) = program.json(&[&edit[..], &["--plan"]].concat()).await;
    let mut names = changed(&plan);
    names.sort();
    assert_eq!(names, ["department", "title", "workato_role"], "{plan}");
    program.ok(&edit).await;
    assert_eq!(program.flag("p01@example.com").await, "unsent", "the given name waits");
    program.ok(&["apply", "--yes"]).await;
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_of_access_that_a_file_decided_is_undone() {
    let program = two_provisioned().await;
    program.import("user_name,status\np01@example.com,suspended\n").await;
    program.ok(&["apply", "--yes"]).await;
    assert!(!program.account(1).expect("an account").access);
    program.ok(&["undo", "--yes"]).await;
    assert!(program.account(1).expect("an account").access);
    program.all_true(2).await;
    // And the other way round: the end of access that the undo took back, taken back again.
    program.import("user_name,status\np01@example.com,suspended\n").await;
    program.ok(&["apply", "--yes"]).await;
    program.import("user_name,status\np01@example.com,active\n").await;
    program.ok(&["apply", "--yes"]).await;
    let said = program.ok(&["undo", "--yes"]).await;
    assert!(said.contains("was not kept"), "{said}");
    assert!(!program.account(1).expect("an account").access);
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversion_that_was_refused_dropped_and_applied_later_is_undone() {
    let program = Program::start(2, 0, &["400:1@PUT"]).await;
    program.ok(&["provision", "--yes"]).await;
    program.ok(&["group", "add", "Team"]).await;
    program.ok(&["member", "add", "Team", "p01@example.com"]).await;
    program.ok(&["assign", "--group", "Team", "--role", "workato_role=Analyst", "--yes"]).await;
    let role = || program.account(1).expect("an account").collaborator().roles.dev.clone();
    let refused = program.run(&["convert", "p01@example.com", "--yes"]).await;
    assert_eq!(refused.status.code(), Some(5), "{}", all(&refused));
    program.ok(&["drop", "p01@example.com"]).await;
    program.ok(&["apply", "--yes"]).await;
    assert_eq!(role(), "Analyst");
    program.ok(&["undo", "--yes"]).await;
    assert_eq!(role(), "Operator");
    let shown = program.json(&["show", "p01@example.com"]).await.1;
    assert_eq!(shown["type"], "individual", "{shown}");
    program.all_true(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_protected_after_a_file_decided_their_end_of_access_is_asked_for_by_name() {
    let program = two_provisioned().await;
    program.import("user_name,status\np02@example.com,suspended\n").await;
    program.ok(&["protect", "p02@example.com"]).await;
    assert_eq!(program.refused(&["apply", "--yes"]).await, (7, "protected".to_owned()));
    assert!(program.account(2).expect("an account").access);
    program.ok(&["apply", "--yes", "--confirm-name", "p02@example.com"]).await;
    assert!(!program.account(2).expect("an account").access);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_with_a_protected_person_is_shown_and_kept_and_only_sending_it_asks_for_the_name() {
    let program = two_provisioned().await;
    program.import("user_name,status,title\np01@example.com,,Boss\np02@example.com,suspended,\n").await;
    program.ok(&["protect", "p02@example.com"]).await;
    let (code, shown) = program.json(&["plan"]).await;
    assert_eq!((code, &shown["held_for_names"]), (2, &serde_json::json!(["p02@example.com"])), "{shown}");
    assert_eq!(shown["operations"].as_array().map(Vec::len), Some(2), "{shown}");
    let file = program.path("plan.json");
    let file = file.to_str().expect("text");
    let saved = program.run(&["plan", "-o", file]).await;
    assert_eq!(saved.status.code(), Some(2), "{}", all(&saved));
    let said = all(&saved);
    let line = "held until the user name is typed (p02@example.com): p02@example.com is protected on this connection.";
    assert!(said.contains(line), "{said}");
    assert!(said.contains(" --yes --confirm-name p02@example.com"), "{said}");
    program.ok(&["apply", "--plan"]).await;
    program.ok(&["apply", file, "--plan"]).await;
    assert_eq!(program.refused(&["apply", "--yes"]).await, (7, "protected".to_owned()));
    assert_eq!(program.refused(&["apply", file, "--yes"]).await, (7, "protected".to_owned()));
    assert!(program.account(2).expect("an account").access, "nothing was sent");
    program.ok(&["apply", file, "--yes", "--confirm-name", "p02@example.com"]).await;
    assert!(!program.account(2).expect("an account").access);
    let people =
        program.file("end.csv", "user_name,status\np02@example.com,active\np01@example.com,suspended\n");
    program.ok(&["protect", "p01@example.com"]).await;
    let told = program.ok(&["import", "people", &people, "--plan"]).await;
    assert!(told.contains("held until the user name is typed (p01@example.com)"), "{told}");
    assert_eq!(program.refused(&["import", "people", &people]).await, (7, "protected".to_owned()));
}
