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
    assert!(begun.elapsed() < Duration::from_secs(30));
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

async fn post(server: &Server, path: &str) -> Result<reqwest::Response, reqwest::Error> {
    let request = server.request(Method::POST, path).header("content-type", "application/json");
    request.timeout(Duration::from_secs(30)).body(user("ana@example.com", "Admin").to_string()).send().await
}

#[tokio::test]
async fn a_reset_connection_does_nothing_and_an_outage_ends() {
    let server = Server::with_fault("reset:1@POST").await;
    assert!(post(&server, "/Users").await.is_err());
    assert_eq!(total(&server), 0);
    assert_eq!(post(&server, "/Users").await.expect("an answer").status(), 201);
    let server = Server::with_fault("down=300").await;
    let begun = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(20));
    while server.request(Method::GET, "/Users").send().await.is_err() {
        look.tick().await;
    }
    assert!((Duration::from_millis(290)..Duration::from_secs(30)).contains(&begun.elapsed()));
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_noticed_and_the_change_done() {
    let server = Server::with_fault("truncate:1@POST").await;
    let response = post(&server, "/Users").await.expect("headers");
    assert_eq!(response.status(), 201);
    assert!(response.bytes().await.is_err());
    assert_eq!(total(&server), 1);
}

#[tokio::test]
async fn a_slow_body_comes_whole_in_its_time() {
    let server = Server::with_fault("drip=300@GET").await;
    let begun = Instant::now();
    let (status, page) = server.get("/Users").await;
    assert_eq!((status, &page["totalResults"]), (200, &json!(0)));
    assert!(begun.elapsed() >= Duration::from_millis(290));
}

#[tokio::test]
async fn what_was_put_off_is_done_though_nobody_asks_again() {
    let server = Server::with_fault("late=100@POST").await;
    assert_eq!(post(&server, "/Users").await.expect("an answer").status(), 504);
    let mut look = tokio::time::interval(Duration::from_millis(5));
    let end = Instant::now() + Duration::from_secs(30);
    while total(&server) == 0 {
        assert!(Instant::now() < end);
        look.tick().await;
    }
}

#[tokio::test]
async fn faults_are_switched_while_it_runs() {
    let server = Server::start().await;
    let (status, shown) = server.control("faults", &json!({"add": ["503=2:1@GET"]})).await;
    assert_eq!((status, &shown["faults"][0]["left"]), (200, &json!(1)));
    assert_eq!(server.get("/Users").await.0, 503);
    assert_eq!(server.get("/Users").await.0, 200);
    let shown = server.client.get(server.url("/sandbox/faults")).send().await.expect("an answer");
    let shown: serde_json::Value =
        serde_json::from_slice(&shown.bytes().await.expect("a body")).expect("JSON");
    assert_eq!((&shown["faults"][0]["on"], &shown["faults"][0]["hits"]), (&json!(false), &json!(1)));
}

#[tokio::test]
async fn every_form_of_waiting_is_asked_for_in_both_ways() {
    for status in [429_u16, 503] {
        for wait in ["", "=none", "=7", "=1000000000", "=date+30", "=past", "=garbage"] {
            let fault = format!("{status}{wait}:1");
            let server = Server::with_fault(&fault).await;
            let before = std::time::SystemTime::now();
            let response = server.request(Method::GET, "/Users").send().await.expect("an answer");
            assert_eq!(response.status().as_u16(), status, "{fault}");
            let said =
                response.headers().get("retry-after").map(|text| text.to_str().expect("text").to_owned());
            let date = said.as_deref().and_then(|text| httpdate::parse_http_date(text).ok());
            let from_now = date.map(|date| date.duration_since(before).map_or(-1, |d| d.as_secs() as i64));
            match (wait, said.as_deref()) {
                ("" | "=none", None) | ("=7", Some("7")) | ("=1000000000", Some("1000000000")) => {}
                ("=date+30", Some(_)) => {
                    assert!((28..=40).contains(&from_now.expect("a date")), "{fault}: {said:?}")
                }
                ("=past", Some(_)) => assert_eq!(from_now, Some(-1), "{fault}: {said:?}"),
                ("=garbage", Some(text)) => {
                    assert!(
                        date.is_none() && text.parse::<u64>().is_err() && !text.is_empty(),
                        "{fault}: {text}"
                    );
                }
                other => panic!("{fault}: {other:?}"),
            }
        }
    }
}
