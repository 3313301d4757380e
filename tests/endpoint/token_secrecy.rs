use scimdeck::domain::{Call, Method, SupportedActions, ToApp};
use scimdeck::endpoint::{Endpoint, EndpointConfig, judge, probe};
use serde_json::json;

use crate::server::{CANARY, Reply, Seen, Server, answer, with};

/// Everything that could be logged, stored or shown of one request.
async fn traces(endpoint: &Endpoint) -> Vec<String> {
    let call = Call::new(Method::Post, &["Users"]).body(json!({"userName": "a"}));
    let exchange = endpoint.send(&call).await;
    let judged = judge(&call, &exchange.outcome);
    let supported = SupportedActions { import: true, push_new: true, push_updates: true };
    let to_app = ToApp { create: true, update: true, deactivate: true, exclude_user_name: false };
    let report = probe::report(exchange.clone(), supported, to_app);
    vec![
        format!("{exchange:?}"),
        serde_json::to_string(&exchange).expect("JSON"),
        format!("{judged:?}"),
        judged.map_or_else(|trouble| trouble.to_string(), |_| String::new()),
        format!("{report:?}"),
        format!("{endpoint:?}"),
    ]
}

#[tokio::test]
async fn the_token_shows_up_in_nothing_but_the_header() {
    let server = Server::start(|n, seen: &Seen| {
        let token = &seen.headers["authorization"];
        match n {
            // Debug pages and echo services show the whole request.
            0 => answer(500, "text/html", &format!("<pre>Authorization: {token}</pre>")),
            1 => answer(200, "application/json", &format!("{{\"headers\":\"{token}\"}}")),
            2 => with(302, &format!("location: https://x.example/?t={token}\r\netag: \"{token}\"\r\n"), b""),
            3 => with(200, &format!("content-type: {token}\r\n"), b"{}"),
            4 => Reply::Bytes(format!("{token}\r\n\r\n").into_bytes()),
            5 => {
                Reply::Bytes(format!("HTTP/1.1 200 {token}\r\ncontent-length: 9\r\n\r\n{token}").into_bytes())
            }
            6 => with(200, "content-encoding: gzip\r\n", token.as_bytes()),
            _ => answer(401, "application/scim+json", &format!("{{\"detail\":\"bad token {token}\"}}")),
        }
    })
    .await;
    let endpoint = server.endpoint();
    for n in 0..8 {
        for trace in traces(&endpoint).await {
            assert!(!trace.contains(CANARY) && !trace.contains(&CANARY.to_ascii_lowercase()), "{n}: {trace}");
        }
        let seen = server.seen();
        assert_eq!(seen[n].headers["authorization"], format!("Bearer {CANARY}"));
    }
}

#[tokio::test]
async fn the_token_shows_up_in_no_error_before_sending() {
    let config = EndpointConfig::new("http://10.0.0.1/", scimdeck::domain::Secret::new(CANARY));
    let shown = format!("{config:?}");
    let error = Endpoint::new(config).expect_err("clear text");
    let server = Server::start(|_, _| answer(200, "", "{}")).await;
    let endpoint = server.endpoint();
    endpoint.set_token(scimdeck::domain::Secret::new(&format!("{CANARY}\n{CANARY}")));
    let mut all = vec![shown, format!("{error} {error:?}")];
    all.extend(traces(&endpoint).await);
    assert!(all.iter().all(|text| !text.contains(CANARY)), "{all:?}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn no_part_of_the_token_is_left_where_a_long_error_page_is_cut() {
    let server = Server::start(|_, seen: &Seen| {
        let token = &seen.headers["authorization"];
        // Of an answer that is no success 64 KiB are kept: they end within the token.
        let before = "x".repeat((64 << 10) - "Bearer ".len() - 12);
        answer(500, "text/plain", &format!("{before}{token}{before}"))
    })
    .await;
    for trace in traces(&server.endpoint()).await {
        assert!(!trace.contains(&CANARY[..8]), "{}", &trace[trace.len().saturating_sub(200)..]);
    }
}
