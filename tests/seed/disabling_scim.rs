//! "Disabling SCIM": on our side, and in Workato.

use serde_json::json;

use crate::scene::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disabled_here_nothing_is_sent_nothing_is_dropped_and_enabling_goes_on() {
    let scene = Scene::configured(0, &[]).await;
    scene.assigned("ana@example.com", "Operator").await;
    let before = scene.activity().await.len();
    let (code, _) = scene.json(&["disable"]).await;
    assert_eq!(code, 7, "it asks first");
    let said = scene.ok(&["disable", "--yes"]).await;
    assert!(said.to_lowercase().contains("disabled"), "{said}");
    // "User data cannot be synced."
    scene.run(&["suspend", "ana@example.com", "--yes"]).await;
    assert_eq!(scene.activity().await.len(), before);
    assert_eq!(scene.person("ana@example.com").await["flag"], "access_remains", "who keeps access is seen");
    let refused = scene.refused(&["provision", "--yes"]).await;
    assert_eq!(refused.0, 8);
    scene.ok(&["enable", "--yes"]).await;
    scene.ok(&["apply", "--yes"]).await;
    assert_eq!(scene.account("ana@example.com").await.expect("the account")["active"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disabled_in_workato_the_refused_token_is_explained_and_one_new_token_makes_all_go_on() {
    let scene = Scene::configured(0, &[]).await;
    scene.assigned("ana@example.com", "Operator").await;
    let old = std::fs::read_to_string(scene.path("token")).expect("a token");
    let kept = scene.token("kept", old.trim());
    scene.ok(&["token", "--token-file", &kept]).await;
    scene.by_hand("refresh_token", json!({})).await;
    let output = scene.run(&["role", "ana@example.com", "workato_role=Admin"]).await;
    assert!(matches!(output.status.code(), Some(3 | 5)), "{}", said(&output));
    let words = said(&output).to_lowercase();
    assert!(words.contains("token") && (words.contains("refreshed") || words.contains("revoked")), "{words}");
    // The change is kept here; the new token sends it.
    assert_eq!(scene.person("ana@example.com").await["roles"]["workato_role"], "Admin");
    scene.ok(&["token", "--token-file", &scene.path("token")]).await;
    scene.ok(&["apply", "--yes"]).await;
    assert_eq!(role(&scene.account("ana@example.com").await.expect("the account"), "workato_role"), "Admin");
}
