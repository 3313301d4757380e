//! Faults as a client meets them.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::harness::{Server, user};

fn total(server: &Server) -> usize {
    server.sandbox.workspace().lock().expect("the workspace").accounts().count()
}

#[tokio::test]
async fn a_lost_answer_leaves_the_change_and_the_next_request_is_answered() {
    let server = Server::with_fault("lose:1@POST").await;
    let body = user("ana@example.com", "Admin").to_string();
    let request = server.request(Method::POST, "/Users").header("content-type", "application/json");
    assert!(request.body(body).send().await.is_err());
    assert_eq!(total(&server), 1);
    assert_eq!(server.get("/Users").await.0, 200);
    server.create("bo@example.com", "Admin").await;
}

#[tokio::test]
async fn a_proxy_page_means_that_nothing_was_done() {
    for (fault, status, media) in [("502:1", 502, "text/plain"), ("html:1", 200, "text/html")] {
        let server = Server::with_fault(fault).await;
        let request = server.request(Method::POST, "/Users").header("content-type", "application/json");
        let response =
            request.body(user("ana@example.com", "Admin").to_string()).send().await.expect("an answer");
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-type"]),
            (status, &media.parse().expect("media"))
        );
        assert_eq!(total(&server), 0);
        server.create("ana@example.com", "Admin").await;
    }
}

#[tokio::test]
async fn a_slow_answer_comes_after_the_change() {
    let server = Server::with_fault("slow=60000@POST").await;
    let body = user("ana@example.com", "Admin").to_string();
    let request =
        server.request(Method::POST, "/Users").header("content-type", "application/json").body(body);
    let error = request.timeout(Duration::from_millis(300)).send().await.expect_err("a time-out");
    assert!(error.is_timeout());
    assert_eq!(total(&server), 1);
}

#[tokio::test]
async fn a_hanging_body_never_ends_and_does_not_hold_up_the_shutdown() {
    let server = Server::with_fault("hang@GET").await;
    let request = server.request(Method::GET, "/Users").timeout(Duration::from_millis(500));
    let response = request.send().await.expect("headers come");
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.expect_err("no end").is_timeout());
    let pending = server.request(Method::GET, "/Users").send().await.expect("headers come");
    let begun = Instant::now();
    server.sandbox.shutdown().await.expect("a clean end");
    assert!(begun.elapsed() < Duration::from_secs(5));
    drop(pending);
}

#[tokio::test]
async fn a_server_with_defects_says_yes_and_does_otherwise() {
    let server = Server::with_fault("ignore-filter@GET").await;
    server.create("ana@example.com", "Admin").await;
    server.create("bo@example.com", "Admin").await;
    assert_eq!(server.list(&[("filter", "userName eq \"nobody\"")]).await.1["totalResults"], 2);
    let server = Server::with_fault("ignore-active").await;
    let id = server.create("ana@example.com", "Admin").await;
    let ops = json!({"Operations": [{"op": "replace", "value": {"active": false, "title": "Dr"}}]});
    let (status, user) = server.send(Method::PATCH, &format!("/Users/{id}"), &ops).await;
    assert_eq!((status, &user["active"], &user["title"]), (200, &json!(true), &json!("Dr")));
}

#[tokio::test]
async fn limits_and_refusals_come_with_their_headers() {
    let server = Server::with_fault("429=120:1").await;
    let response = server.request(Method::GET, "/Users").send().await.expect("an answer");
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"120".parse().expect("text"))
    );
    assert_eq!(server.get("/Users").await.0, 200);
    let server = Server::with_fault("401:2-").await;
    assert_eq!(server.get("/Users").await.0, 200);
    assert_eq!(server.get("/Users").await.0, 401);
    assert_eq!(server.activity(&[]).await.0, 200, "faults are for SCIM unless they say otherwise");
}
