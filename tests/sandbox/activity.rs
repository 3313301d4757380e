//! The activity log over HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ROLE, Server, user};
use crate::nowhere::SCIM;

fn ids(log: &Value) -> Vec<u64> {
    log["data"].as_array().expect("data").iter().filter_map(|entry| entry["id"].as_u64()).collect()
}

#[tokio::test]
async fn an_entry_says_who_what_before_and_after_and_echoes_the_request_id() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Operator").await;
    let request = server.request(Method::PUT, &format!("/Users/{id}")).header("x-request-id", "op-7");
    let request = request.header("content-type", "application/scim+json").header("user-agent", "deck");
    let mut body = user("ana@example.com", "Admin");
    body["active"] = json!(true);
    request.body(body.to_string()).send().await.expect("an answer");
    let (status, log) = server.activity(&[]).await;
    assert_eq!((status, &log["total"]), (200, &json!(2)));
    let entry = &log["data"][0];
    assert_eq!(entry["event_type"], "invitation_updated");
    assert_eq!(entry["details"]["activity"], "scim_auto_sync");
    assert_eq!(
        entry["details"]["request"],
        json!({"ip_address": "127.0.0.1", "user_agent": "deck", "request_id": "op-7"})
    );
    let role = format!("{ROLE}:workato_role");
    assert_eq!(
        entry["details"]["changes"],
        json!([{"attribute": role, "before": "Operator", "after": "Admin"}])
    );
    assert_eq!(
        (&entry["resource"]["email"], &entry["resource"]["type"]),
        (&json!("ana@example.com"), &json!("MemberInvitation"))
    );
    assert_eq!(entry["workspace"]["environment"], "dev");
    assert!(entry["timestamp"].as_str().is_some_and(|t| t.ends_with('Z') && t.len() == 24));
}

#[tokio::test]
async fn a_write_that_changes_nothing_leaves_no_entry_and_no_new_version() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Admin").await;
    let (_, before) = server.get(&format!("/Users/{id}")).await;
    let (_, after) = server.send(Method::PUT, &format!("/Users/{id}"), &before).await;
    assert_eq!(before, after);
    assert_eq!(server.activity(&[]).await.1["total"], 1);
}

#[tokio::test]
async fn pages_go_from_new_to_old_and_from_cuts_the_past() {
    let server = Server::start().await;
    for n in 0..7 {
        server.create(&format!("p{n}@example.com"), "Admin").await;
    }
    let (_, first) = server.activity(&[("page[size]", "3")]).await;
    assert_eq!((ids(&first), &first["total"]), (vec![7, 6, 5], &json!(7)));
    let (_, second) = server.activity(&[("page[size]", "3"), ("page[after]", "5")]).await;
    assert_eq!(ids(&second), [4, 3, 2]);
    let (_, last) = server.activity(&[("page[after]", "2")]).await;
    assert_eq!(ids(&last), [1]);
    let newest = first["data"][0]["timestamp"].as_str().expect("a time").to_owned();
    server.create("new@example.com", "Admin").await;
    let (_, fresh) = server.activity(&[("from", &newest)]).await;
    assert!(ids(&fresh).starts_with(&[8]), "what is new comes first");
    let (_, none) = server.activity(&[("from", "2999-01-01T00:00:00Z")]).await;
    assert_eq!((ids(&none), &none["total"]), (vec![], &json!(0)));
}

#[tokio::test]
async fn entries_are_chosen_by_event_and_resource_type() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Admin").await;
    server.send(Method::POST, "/Groups", &json!({"displayName": "G", "members": [{"value": id}]})).await;
    server.request(Method::DELETE, &format!("/Users/{id}")).send().await.expect("an answer");
    let only = async |query: &[(&str, &str)]| ids(&server.activity(query).await.1);
    assert_eq!(
        only(&[("include_event_types[]", "member_removed"), ("include_event_types[]", "group_created")])
            .await,
        [3, 2]
    );
    assert_eq!(only(&[("exclude_event_types[]", "member_removed")]).await, [2, 1]);
    assert_eq!(only(&[("include_resource_types[]", "MemberInvitation")]).await, [3, 1]);
    assert_eq!(only(&[("exclude_resource_types[]", "MemberInvitation")]).await, [2]);
}

#[tokio::test]
async fn the_log_has_its_own_token_and_refuses_bad_questions() {
    let server = Server::start().await;
    let request = server.client.get(server.sandbox.activity_url()).bearer_auth(SCIM);
    assert_eq!(request.send().await.expect("an answer").status(), 401);
    for (name, value) in [("from", "yesterday"), ("page[after]", "x"), ("page[size]", "-1")] {
        assert_eq!(server.activity(&[(name, value)]).await.0, 400, "{name}");
    }
}
