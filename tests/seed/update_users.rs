//! "Update users": a role change works at once, in the middle of a session; drift is pushed over or adopted.

use serde_json::json;

use crate::scene::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn saving_a_role_pushes_it_and_the_very_next_action_of_a_session_has_the_new_rights() {
    let scene = Scene::configured(0, &[]).await;
    scene.assigned("ana@example.com", "Operator").await;
    scene.by_hand("accept", json!({"userName": "ana@example.com"})).await;
    let session = scene.sign_in("ana@example.com").await;
    let recipe = Some(json!({"name": "Orders to ledger", "environment": "dev"}));
    let (refused, _) =
        scene.there(reqwest::Method::POST, "/api/recipes", Some(&session), recipe.clone()).await;
    assert_eq!(refused, 403, "an Operator creates nothing");
    scene.ok(&["role", "ana@example.com", "workato_role=Admin"]).await;
    let (made, answer) = scene.there(reqwest::Method::POST, "/api/recipes", Some(&session), recipe).await;
    assert_eq!(made, 201, "{answer}");
    // "To verify ... check the collaborators team list. You can also examine the activity-audit logs dashboard."
    let member = scene.member("ana@example.com").await;
    assert!(member.to_string().contains("Admin"), "{member}");
    scene.heard(|entry| entry["source"] == "scim_auto_sync" && entry["person"] == "ana@example.com").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_made_by_hand_in_the_workspace_shows_as_drift_and_is_pushed_over_or_adopted() {
    let scene = Scene::configured(0, &[]).await;
    let change = |user: &'static str| json!({"userName": user, "attribute": "workato_role", "role": "Admin"});
    for user in ["ana@example.com", "ben@example.com"] {
        scene.assigned(user, "Operator").await;
        scene.by_hand("accept", json!({"userName": user})).await;
        scene.by_hand("role", change(user)).await;
    }
    scene.ok(&["check"]).await;
    assert_eq!(scene.flagged("drift").await, 2);
    scene.ok(&["apply", "--yes"]).await;
    assert_eq!(scene.flagged("drift").await, 2, "apply leaves drift alone");
    scene.ok(&["drift", "push", "ana@example.com", "--yes"]).await;
    scene.adopted("ben@example.com").await;
    assert_eq!(scene.flagged("drift").await, 0);
    let value = |account: Option<serde_json::Value>| role(&account.expect("an account"), "workato_role");
    assert_eq!(value(scene.account("ana@example.com").await), "Operator");
    assert_eq!(value(scene.account("ben@example.com").await), "Admin");
    assert_eq!(scene.person("ben@example.com").await["roles"]["workato_role"], "Admin");
}
