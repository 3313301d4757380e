//! The state file.

use reqwest::Method;
use scimdeck::sandbox::{Sandbox, SandboxError};
use serde_json::json;

use crate::harness::{Server, config};
use crate::nowhere::Folder;

#[tokio::test]
async fn a_restarted_sandbox_goes_on_where_it_was() {
    let folder = Folder::new();
    let with_state = || {
        let mut config = config();
        config.state_file = Some(folder.path().join("state.json"));
        config.people = 3;
        config
    };
    let server = Server::with(with_state()).await;
    let id = server.create("ana@example.com", "Admin").await;
    server.send(Method::POST, "/Groups", &json!({"displayName": "G", "members": [{"value": id}]})).await;
    let (_, before) = server.get(&format!("/Users/{id}?excludedAttributes=meta,groups.$ref")).await;
    server.sandbox.shutdown().await.expect("a clean end");

    let server = Server::with(with_state()).await;
    let (status, after) = server.get(&format!("/Users/{id}?excludedAttributes=meta,groups.$ref")).await;
    assert_eq!((status, after), (200, before), "same id, roles and groups");
    assert_eq!(server.list(&[]).await.1["totalResults"], 4, "presets are not added twice");
    assert_eq!(server.activity(&[]).await.1["total"], 2);
    let other = server.create("bo@example.com", "Admin").await;
    assert_ne!(other, id, "ids go on");
    assert_eq!(server.activity(&[]).await.1["data"][0]["id"], 3);
}

#[tokio::test]
async fn a_file_that_is_no_state_is_refused_and_left_alone() {
    let folder = Folder::new();
    let path = folder.path().join("notes.txt");
    for content in [
        "my notes",
        "{\"format\": 99, \"ids\": {\"seed\":0,\"next\":1}, \"accounts\": [], \"groups\": [], \"activity\": []}",
    ] {
        std::fs::write(&path, content).expect("written");
        let mut config = config();
        config.state_file = Some(path.clone());
        let refused = Sandbox::start(config).await;
        assert!(matches!(refused, Err(SandboxError::Snapshot { .. })));
        assert_eq!(std::fs::read_to_string(&path).expect("read"), content);
    }
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let server = Server::start().await;
    let mut config = config();
    let address = server.sandbox.base_url().replace("http://", "").replace("/scim/v2", "");
    config.listen = address.parse().expect("an address");
    let error = Sandbox::start(config).await.err().expect("a refusal").to_string();
    assert!(error.contains(&address), "{error}");
}
