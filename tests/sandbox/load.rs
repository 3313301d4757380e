//! Many people at once.

use std::sync::Arc;

use reqwest::Method;
use serde_json::json;

use crate::harness::{Server, config, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_clients_create_two_thousand_people_without_losing_or_doubling_one() {
    let server = Arc::new(Server::start().await);
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..8 {
        let server = Arc::clone(&server);
        clients.spawn(async move {
            for n in 0..250 {
                server.create(&format!("p{client}-{n}@example.com"), "Operator").await;
                // Every client also tries for one name that only one can get.
                let same = format!("same-{n}@example.com");
                let (status, _) = server.send(Method::POST, "/Users", &user(&same, "Admin")).await;
                assert!(status == 201 || status == 409, "{status}");
            }
        });
    }
    while let Some(result) = clients.join_next().await {
        result.expect("a client");
    }
    let (_, page) = server.list(&[("count", "0")]).await;
    assert_eq!(page["totalResults"], json!(2_250));
    assert_eq!(server.activity(&[("page[size]", "1")]).await.1["total"], json!(2_250));
}

#[tokio::test]
async fn a_person_among_ten_thousand_is_found_by_name() {
    let mut config = config();
    config.people = 10_000;
    let server = Server::with(config).await;
    let name = {
        let workspace = server.sandbox.workspace();
        let workspace = workspace.lock().expect("the workspace");
        workspace.accounts().nth(9_876).map(|a| a.user_name().to_uppercase()).expect("a person")
    };
    let (_, page) = server.list(&[("filter", &format!("userName eq \"{name}\""))]).await;
    assert_eq!(page["totalResults"], json!(1));
}
