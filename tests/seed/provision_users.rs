//! "Provision users": those from before SCIM and new ones, alone or through a group; the invitation; the activity log.

use serde_json::json;

use crate::scene::*;

/// Who was in the workspace before SCIM, as the collaborators list has them.
async fn people_before(scene: &Scene) -> Vec<String> {
    let members = scene.members().await;
    members.iter().map(|m| m["email"].as_str().expect("an e-mail").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_from_before_scim_carry_the_red_mark_until_a_provisioning_cycle_links_them_without_duplicates()
{
    let scene = Scene::configured(4, &[]).await;
    let before = people_before(&scene).await;
    let rows: String = before.iter().map(|email| format!("{email},yes,Operator\n")).collect();
    let file = scene
        .file("people.csv", &format!("user_name,assigned,workato_role\n{rows}nina@example.com,yes,Admin\n"));
    scene.ok(&["import", "people", &file]).await;
    assert_eq!(scene.flagged("not_provisioned").await, 5);
    assert_eq!(people_before(&scene).await.len(), 4, "an import sends nothing");
    // "The system notifies you that it will sync the downstream app": without a word nothing is sent.
    let (code, _) = scene.json(&["provision"]).await;
    assert_eq!(code, 7);
    assert_eq!(scene.flagged("not_provisioned").await, 5);
    let (code, report) = scene.json(&["provision", "--yes"]).await;
    assert_eq!((code, report["done"].as_u64()), (0, Some(5)), "{report}");
    assert_eq!(scene.flagged("not_provisioned").await, 0);
    assert_eq!(scene.members().await.len(), 5, "nobody twice");
    for email in &before {
        assert_eq!(role(&scene.account(email).await.expect("an account"), "workato_role"), "Operator");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_user_is_assigned_with_a_role_invited_by_mail_and_in_after_the_link() {
    let scene = Scene::configured(0, &[]).await;
    let (code, report) = scene.json(&["person", "add", "ana@example.com"]).await;
    assert_eq!(code, 0, "{report}");
    let output = scene.run(&["assign", "ana@example.com"]).await;
    assert!(said(&output).contains("workato_role"), "the required role is asked for: {}", said(&output));
    scene.ok(&["assign", "ana@example.com", "--role", "workato_role=Admin"]).await;
    let link = scene.link_to("ana@example.com").await;
    assert_eq!(scene.person("ana@example.com").await["account"], "invited");
    let (status, page) = scene.page(&link).await;
    assert_eq!(status, 200);
    assert!(page.contains("Accept") && page.contains("Admin") && !page.contains("<script"), "{page}");
    let (status, page) = scene.submit(&link, &[("password", "correct-horse-battery")]).await;
    assert!(status < 400, "{status} {page}");
    // "You can check the Workato activity audit log to confirm the addition of the user."
    let log = scene.activity().await;
    assert!(log.iter().any(|e| e["event_type"] == "invitation_accepted"), "{log:?}");
    scene
        .heard(|entry| entry["event"] == "invitation_accepted" && entry["person"] == "ana@example.com")
        .await;
    assert_eq!(scene.person("ana@example.com").await["account"], "active");
    let session = scene.sign_in("ana@example.com").await;
    let (status, rights) = scene.session(&session).await;
    assert_eq!((status, &rights["environments"]["dev"]["role"]), (200, &json!("Admin")), "{rights}");
    let (again, page) = scene.page(&link).await;
    assert!(again >= 400 && page.to_lowercase().contains("already"), "a link used twice: {again} {page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_app_is_assigned_to_a_group_with_role_values_and_the_winner_is_explained() {
    let scene = Scene::configured(0, &[]).await;
    for user in ["ana@example.com", "ben@example.com"] {
        scene.ok(&["person", "add", user]).await;
    }
    for group in ["Engineering", "Everybody"] {
        scene.ok(&["group", "add", group]).await;
        scene.ok(&["member", "add", group, "ana@example.com", "--yes"]).await;
    }
    scene.ok(&["member", "add", "Everybody", "ben@example.com", "--yes"]).await;
    scene.ok(&["assign", "--group", "Engineering", "--role", "workato_role=Admin", "--yes"]).await;
    scene.ok(&["assign", "--group", "Everybody", "--role", "workato_role=Operator", "--yes"]).await;
    let value = |account: Option<serde_json::Value>| role(&account.expect("an account"), "workato_role");
    assert_eq!(value(scene.account("ana@example.com").await), "Admin");
    assert_eq!(value(scene.account("ben@example.com").await), "Operator");
    let said = scene.ok(&["show", "ana@example.com"]).await;
    assert!(said.contains("Engineering") && said.contains("Everybody"), "who wins and who loses: {said}");
    // What a reorder would change, and the reorder.
    let said = scene.ok(&["priority", "Everybody", "1", "--plan"]).await;
    assert!(said.contains("Admin") && said.contains("Operator"), "{said}");
    assert_eq!(value(scene.account("ana@example.com").await), "Admin");
    scene.ok(&["priority", "Everybody", "1", "--yes"]).await;
    assert_eq!(value(scene.account("ana@example.com").await), "Operator");
}
