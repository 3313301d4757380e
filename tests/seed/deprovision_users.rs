//! "Deprovision users": suspension, deactivation, app access removed; and back again with the earlier privileges.

use reqwest::Method;
use serde_json::json;

use crate::scene::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_way_ends_access_keeps_the_assets_and_comes_back_with_the_same_account_and_roles() {
    let ways = [
        (&["suspend", "ana@example.com"][..], &["reactivate", "ana@example.com"][..]),
        (&["deactivate", "ana@example.com"], &["reactivate", "ana@example.com"]),
        (&["unassign", "ana@example.com"], &["assign", "ana@example.com"]),
    ];
    for (end, back) in ways {
        let scene = Scene::configured(0, &[]).await;
        scene.assigned("ana@example.com", "Analyst").await;
        scene.by_hand("accept", json!({"userName": "ana@example.com"})).await;
        let account = scene.account("ana@example.com").await.expect("an account");
        let session = scene.sign_in("ana@example.com").await;
        let recipe = json!({"name": "Orders to ledger", "environment": "dev"});
        let (made, answer) = scene.there(Method::POST, "/api/recipes", Some(&session), Some(recipe)).await;
        assert_eq!(made, 201, "{answer}");
        scene.ok(&[end, &["--yes"]].concat()).await;
        let (status, answer) = scene.session(&session).await;
        assert!(status == 401 || status == 403, "{end:?}: refused at the next request: {status} {answer}");
        let ended = scene.account("ana@example.com").await.expect("the account stays");
        assert_eq!(ended["active"], false, "{end:?}");
        let token = std::fs::read_to_string(scene.path("token.activity")).expect("a token");
        let (_, recipes) = scene.there(Method::GET, "/api/recipes", Some(token.trim()), None).await;
        assert!(recipes.to_string().contains("Orders to ledger"), "recipes stay with the team: {recipes}");
        scene.ok(&[back, &["--yes"]].concat()).await;
        let again = scene.account("ana@example.com").await.expect("the same account");
        assert_eq!((&again["id"], &again["active"]), (&account["id"], &json!(true)), "{end:?}");
        assert_eq!(role(&again, "workato_role"), "Analyst", "{end:?}: earlier privileges");
        assert_eq!(scene.flagged("access_remains").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_deactivation_stays_the_first_of_all_flags_until_the_app_confirms_it() {
    let scene = Scene::configured(0, &["--fault", "502:1-2@PUT/Users"]).await;
    scene.assigned("ana@example.com", "Analyst").await;
    let (code, report) = scene.json(&["suspend", "ana@example.com", "--yes"]).await;
    assert_eq!(code, 5, "{report}");
    assert_eq!(scene.person("ana@example.com").await["flag"], "access_remains");
    for _ in 0..3 {
        scene.run(&["apply", "--yes"]).await;
    }
    assert_eq!(scene.flagged("access_remains").await, 0);
    assert_eq!(scene.account("ana@example.com").await.expect("the account")["active"], false);
}
