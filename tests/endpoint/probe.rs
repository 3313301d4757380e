use std::time::Duration;

use scimdeck::domain::{FailureKind, Secret, SupportedActions, ToApp};
use scimdeck::endpoint::probe::{self, Action, ProbeReport, Verdict};
use scimdeck::endpoint::{Cause, Endpoint, EndpointConfig, Timeouts, Trouble};

use crate::server::{CANARY, Reply, Server, answer, scim, with};

const ALL: SupportedActions = SupportedActions { import: true, push_new: true, push_updates: true };
const TO_APP: ToApp = ToApp { create: true, update: true, deactivate: true, exclude_user_name: false };

async fn probed(reply: impl Fn() -> Reply + Send + Sync + 'static) -> ProbeReport {
    let server = Server::start(move |_, _| reply()).await;
    let timeouts = Timeouts { idle: Duration::from_secs(2), ..Timeouts::default() };
    let endpoint = Endpoint::new(EndpointConfig { timeouts, ..server.config() }).expect("an endpoint");
    let report = probe::probe(&endpoint, ALL, TO_APP).await;
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (seen[0].method.as_str(), seen[0].target.as_str()),
        ("GET", "/scim/v2/Users?startIndex=1&count=2")
    );
    report
}

async fn trouble(reply: impl Fn() -> Reply + Send + Sync + 'static) -> Trouble {
    let report = probed(reply).await;
    assert!(!report.ok());
    assert!(report.actions.iter().all(|line| line.verdict == Verdict::Failed));
    report.trouble.expect("a trouble")
}

#[tokio::test]
async fn a_page_of_users_verifies_import_and_leaves_the_writes_declared() {
    let report = probed(|| {
        with(
            200,
            "content-type: application/scim+json\r\ndate: Tue, 14 Nov 2023 22:13:20 GMT\r\n",
            br#"{"totalResults":7,"Resources":[{"id":"1"},{"id":"2"}]}"#,
        )
    })
    .await;
    assert!(report.ok());
    assert_eq!(report.total, Some(7));
    assert!(report.clock_skew_ms.is_some_and(|skew| skew < -1_000_000));
    for line in &report.actions {
        let expected = if line.action == Action::Import { Verdict::Verified } else { Verdict::Declared };
        assert_eq!(line.verdict, expected, "{line:?}");
    }
}

#[tokio::test]
async fn what_is_switched_off_is_said_to_be_off() {
    let server = Server::start(|_, _| scim(200, r#"{"totalResults":0}"#)).await;
    let supported = SupportedActions { import: false, push_new: false, push_updates: true };
    let to_app = ToApp { create: true, update: false, deactivate: true, exclude_user_name: false };
    let report = probe::probe(&server.endpoint(), supported, to_app).await;
    let words: Vec<_> = report.actions.iter().map(|line| (line.action, line.verdict.word())).collect();
    assert_eq!(
        words,
        [
            (Action::Import, "off"),
            (Action::PushNewUsers, "off"),
            (Action::PushProfileUpdates, "declared"),
            (Action::CreateUsers, "off"),
            (Action::UpdateUserAttributes, "off"),
            (Action::DeactivateUsers, "declared"),
        ]
    );
}

#[tokio::test]
async fn a_refused_token_is_named_as_such() {
    let trouble = trouble(|| scim(401, r#"{"status":"401","detail":"Invalid token"}"#)).await;
    assert_eq!((trouble.cause, trouble.kind), (Cause::TokenRefused, FailureKind::TokenRefused));
    assert!(
        trouble.text.contains("token was refused") && trouble.text.contains("Invalid token"),
        "{trouble}"
    );
}

#[tokio::test]
async fn a_login_page_is_an_intermediarys_answer() {
    let trouble = trouble(|| answer(200, "text/html", "<html><title>Sign in</title>")).await;
    assert_eq!(trouble.cause, Cause::NotScim);
    assert!(trouble.text.contains("An intermediary answered, not the app"), "{trouble}");
    assert!(trouble.text.contains("<html><title>Sign in"), "{trouble}");
}

#[tokio::test]
async fn a_wrong_base_url_is_guessed_from_404_and_redirects() {
    let missing = trouble(|| answer(404, "text/html", "<h1>Not Found")).await;
    assert!(missing.next.contains("base URL"), "{missing}");
    let moved = trouble(|| with(307, "location: https://eu.example.com/scim\r\n", b"")).await;
    assert_eq!(moved.cause, Cause::Redirect);
    assert!(moved.text.contains("https://eu.example.com"), "{moved}");
    assert!(moved.next.contains("set the base URL"), "{moved}");
}

#[tokio::test]
async fn json_that_is_no_list_is_not_scim() {
    for body in ["{}", "{\"id\":\"1\"}", "[]", "{\"totalResults\":", "{nonsense", ""] {
        let trouble = trouble(move || answer(200, "application/json", body)).await;
        assert_eq!(trouble.cause, Cause::NotScim, "{body}");
        assert!(trouble.text.contains("not a SCIM list"), "{trouble}");
    }
}

#[tokio::test]
async fn bodies_without_end_and_silence_are_said() {
    let endless = trouble(|| {
        Reply::Endless(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"Resources\":[".to_vec(),
            vec![b' '; 1 << 16],
        )
    })
    .await;
    assert_eq!(endless.cause, Cause::NoAnswer);
    assert!(endless.text.contains("16 MB") && endless.text.contains("nothing was changed"), "{endless}");
    let silent = trouble(|| Reply::Hang(Vec::new())).await;
    assert!(silent.text.contains("did not answer in time"), "{silent}");
}

#[tokio::test]
async fn a_dead_port_is_said_before_anything_is_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let endpoint = Endpoint::new(EndpointConfig::new(&base, Secret::new(CANARY))).expect("an endpoint");
    let report = probe::probe(&endpoint, ALL, TO_APP).await;
    let trouble = report.trouble.expect("a trouble");
    assert!(trouble.text.contains("refused the connection"), "{trouble}");
    assert_eq!((trouble.cause, trouble.kind), (Cause::NotSent, FailureKind::Unreachable));
}
