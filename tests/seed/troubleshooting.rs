//! "TROUBLESHOOTING": an invitation that leads to the login page, and what else an invitation can meet.

use serde_json::json;

use crate::scene::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_already_has_an_account_elsewhere_is_led_to_the_login_page_and_can_reset_the_password() {
    let scene = Scene::configured(0, &[]).await;
    scene.by_hand("elsewhere", json!({"userName": "ana@example.com"})).await;
    scene.assigned("ana@example.com", "Analyst").await;
    let link = scene.link_to("ana@example.com").await;
    let (status, page) = scene.page(&link).await;
    assert_eq!(status, 200);
    assert!(page.to_lowercase().contains("log in") || page.to_lowercase().contains("login"), "{page}");
    assert!(page.to_lowercase().contains("reset") || page.to_lowercase().contains("forgot"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_change_before_acceptance_waits_visibly_where_the_app_refuses_it_and_goes_after_acceptance() {
    let scene = Scene::configured(0, &["--pending", "refuse"]).await;
    scene.assigned("ana@example.com", "Operator").await;
    let (code, report) = scene.json(&["role", "ana@example.com", "workato_role=Admin"]).await;
    assert_eq!(code, 5, "{report}");
    let said = scene.ok(&["tasks"]).await;
    assert!(said.contains("ana@example.com") && said.contains("invitation"), "{said}");
    scene.by_hand("accept", json!({"userName": "ana@example.com"})).await;
    scene.ok(&["check", "ana@example.com"]).await;
    scene.ok(&["apply", "--yes"]).await;
    assert_eq!(role(&scene.account("ana@example.com").await.expect("an account"), "workato_role"), "Admin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_is_sent_again_only_within_its_limit() {
    let scene = Scene::configured(0, &[]).await;
    scene.assigned("ana@example.com", "Operator").await;
    scene.link_to("ana@example.com").await;
    let output = scene.run(&["resend", "ana@example.com"]).await;
    assert_ne!(output.status.code(), Some(0), "within 20 minutes: {}", said(&output));
    assert!(said(&output).contains("minute") || said(&output).contains("until"), "{}", said(&output));
}
