//! "Configure SCIM": base URL, unique identifier, supported provisioning actions, HTTP Header with a bearer token, and
//! Test Connector Configuration.

use crate::nowhere::WRONG;
use crate::scene::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connection_is_specified_and_its_test_shows_status_and_supported_actions() {
    let scene = Scene::workspace(3, &[]).await;
    // Base URL, userName as the unique identifier, the bearer token as copied from Workato, and the test.
    let token = scene.path("token");
    let args =
        ["connect", "--base-url", &scene.base_url, "--unique-identifier", "userName", "--token-file", &token];
    let said = scene.ok(&args).await;
    assert!(said.contains("Connector configured successfully"), "{said}");
    let (code, report) = scene.json(&["test"]).await;
    assert_eq!(code, 0, "{report}");
    for action in ["Import New Users and Profile Updates", "Push New Users", "Push Profile Updates"] {
        let actions = report["actions"].as_array().expect("actions");
        assert!(actions.iter().any(|a| a["action"] == action && a["declared"] == true), "{action}: {report}");
    }
    assert!(report.to_string().contains("startIndex=1"), "the one request that Okta sends: {report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_pasted_with_blanks_and_the_word_bearer_works_and_a_wrong_one_says_so() {
    let scene = Scene::workspace(1, &[]).await;
    let right = std::fs::read_to_string(scene.path("token")).expect("a token");
    let pasted = scene.token("pasted", &format!("  Bearer {}\r\n", right.trim()));
    scene.ok(&["connect", "--base-url", &scene.base_url, "--token-file", &pasted]).await;
    let wrong = scene.token("wrong", WRONG);
    let output = scene.run(&["token", "--token-file", &wrong]).await;
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("token"), "{}", said(&output));
    scene.ok(&["token", "--token-file", &pasted]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deeper_probe_reads_only_and_says_what_each_finding_means() {
    let scene = Scene::connected(5, &[]).await;
    let before = scene.activity().await.len();
    let said = scene.ok(&["test", "--deep"]).await;
    for word in ["filter", "discovery", "404", "clock"] {
        assert!(said.to_lowercase().contains(word), "{word}: {said}");
    }
    assert_eq!(scene.activity().await.len(), before, "nothing was written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_users_and_profile_updates_are_imported_and_nothing_is_sent() {
    let scene = Scene::configured(4, &[]).await;
    let before = scene.activity().await.len();
    let (code, review) = scene.json(&["import", "endpoint", "--plan"]).await;
    assert_eq!((code, review["scanned"].as_u64()), (0, Some(4)), "{review}");
    assert_eq!(scene.json(&["people"]).await.1, serde_json::json!([]), "a review changes nothing");
    let (code, report) = scene.json(&["import", "endpoint", "--accept", "new", "--yes"]).await;
    assert_eq!((code, report["new"].as_u64()), (0, Some(4)), "{report}");
    let (_, people) = scene.json(&["people"]).await;
    let people = people.as_array().expect("a list");
    assert!(people.iter().all(|p| p["account"] == "active" && p["flag"].is_null()), "{people:?}");
    assert_eq!(scene.activity().await.len(), before, "an import sends nothing");
    // The account is linked: a role edit goes to it, and nobody is there twice.
    let user = people[0]["user_name"].as_str().expect("a name");
    scene.ok(&["role", user, "workato_role=Analyst", "--confirm-name", user]).await;
    assert_eq!(role(&scene.account(user).await.expect("the account"), "workato_role"), "Analyst");
    assert_eq!(scene.members().await.len(), 4);
}
