//! Bad input gets one clear sentence and loses nothing.

use serde_json::json;

use crate::scene::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_person_and_a_value_in_another_case_are_refused_with_the_right_one_named() {
    let scene = Scene::configured(0, &[]).await;
    scene.assigned("ana@example.com", "Operator").await;
    assert_eq!(scene.refused(&["role", "nobody@example.com", "workato_role=Admin"]).await.0, 4);
    let output = scene.run(&["role", "ana@example.com", "workato_role=admin"]).await;
    assert_eq!(output.status.code(), Some(4));
    assert!(said(&output).contains("Admin"), "{}", said(&output));
    assert_eq!(scene.person("ana@example.com").await["roles"]["workato_role"], "Operator");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_that_the_app_does_not_know_fails_for_that_person_with_its_reason_and_is_kept() {
    let scene = Scene::connected(0, &[]).await;
    let args = ["attribute", "add", "workato_role", "--external-namespace", ROLE, "--member", "Admin"];
    scene.ok(&[&args[..], &["--member", "Captain", "--required"]].concat()).await;
    for (user, role) in [("ana@example.com", "Captain"), ("ben@example.com", "Admin")] {
        scene.ok(&["person", "add", user]).await;
        scene.run(&["assign", user, "--role", &format!("workato_role={role}")]).await;
    }
    assert_eq!(scene.account("ana@example.com").await, None);
    assert!(scene.account("ben@example.com").await.is_some(), "the others go on");
    let person = scene.person("ana@example.com").await;
    assert_eq!(person["roles"]["workato_role"], "Captain", "what was decided is kept");
    let said = scene.ok(&["tasks"]).await;
    assert!(said.contains("ana@example.com") && said.contains("Captain"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_emptied_by_a_file_asks_and_a_file_with_a_bad_row_changes_nothing() {
    let scene = Scene::configured(0, &[]).await;
    scene.assigned("chief@example.com", "Admin").await;
    scene.ok(&["group", "add", "Engineering"]).await;
    let users: Vec<String> = (1..=3).map(|n| format!("p{n}@example.com")).collect();
    for user in &users {
        scene.ok(&["person", "add", user]).await;
        scene.ok(&["member", "add", "Engineering", user, "--yes"]).await;
    }
    scene.ok(&["assign", "--group", "Engineering", "--role", "workato_role=Operator", "--yes"]).await;
    let (_, before) = scene.json(&["groups"]).await;
    let bad = scene
        .file("groups.csv", "group,user_name\nEngineering,p1@example.com\nEngineering,who@example.com\n");
    assert_eq!(scene.run(&["import", "groups", &bad]).await.status.code(), Some(4));
    assert_eq!(scene.json(&["groups"]).await.1, before);
    // Taking all members out ends their access: it asks, and sends nothing without a word.
    let args = ["member", "remove", "Engineering", "p1@example.com", "p2@example.com", "p3@example.com"];
    assert_eq!(scene.run(&args).await.status.code(), Some(7));
    assert_eq!(scene.json(&["groups"]).await.1, before);
    assert_eq!(scene.account("p1@example.com").await.expect("an account")["active"], json!(true));
    scene.ok(&[&args[..], &["--yes"]].concat()).await;
    assert_eq!(scene.account("p1@example.com").await.expect("an account")["active"], json!(false));
}
