//! The deeper look: against the sandbox, and against servers that do what no server should.

use scimdeck::domain::{ProbeVerdict, ProfileAttribute, Secret};
use scimdeck::endpoint::deep_probe::{self, DeepFindings};
use scimdeck::endpoint::{Endpoint, EndpointConfig};
use scimdeck::sandbox::{Sandbox, SandboxConfig};

use crate::server::{CANARY, Server, answer, scim};

const SCIM: &str = "scim-token-1";

async fn sandbox(people: usize, faults: &[&str]) -> DeepFindings {
    let faults = faults.iter().map(|f| f.parse().expect("a fault")).collect();
    let config = SandboxConfig {
        people,
        faults,
        ..SandboxConfig::new(SCIM.to_owned().into(), "log".to_owned().into())
    };
    let sandbox = Sandbox::start(config).await.expect("a sandbox");
    let endpoint = |token| Endpoint::new(EndpointConfig::new(&sandbox.base_url(), Secret::new(token)));
    let (ours, wrong) = (endpoint(SCIM).expect("an endpoint"), endpoint("wrong").expect("an endpoint"));
    let attributes = [ProfileAttribute::workato("workato_role"), ProfileAttribute::workato("shoe_size")];
    deep_probe::run(&ours, &wrong, &attributes).await
}

#[track_caller]
fn line<'a>(found: &'a DeepFindings, check: &str) -> (ProbeVerdict, &'a str) {
    let line = found.lines.iter().find(|line| line.check == check);
    let line = line.unwrap_or_else(|| panic!("no line {check}: {:?}", found.lines));
    (line.verdict, &line.found)
}

#[tokio::test]
async fn a_good_endpoint_passes_and_an_attribute_it_does_not_know_is_named() {
    let found = sandbox(5, &[]).await;
    assert!(found.ok(), "{:?}", found.lines);
    for check in [
        "Users can be read",
        "Discovery: ServiceProviderConfig",
        "Discovery: ResourceTypes",
        "Discovery: Schemas",
        "Filter, existing name",
        "Filter, other case",
        "Filter, nobody's name",
        "Page numbers",
        "Page size",
        "Second page",
        "Missing account",
        "Wrong token is refused",
        "Speed",
        "Clock",
    ] {
        assert_eq!(line(&found, check).0, ProbeVerdict::Pass, "{check}: {:?}", found.lines);
    }
    let (verdict, words) = line(&found, "Role extension");
    assert_eq!(verdict, ProbeVerdict::Warn);
    assert!(words.contains("shoe_size") && !words.contains("workato_role,"), "{words}");
    assert!((12..=20).contains(&found.requests), "{}", found.requests);
}

#[tokio::test]
async fn a_filter_that_is_passed_over_is_named() {
    let found = sandbox(5, &["ignore-filter"]).await;
    let (verdict, words) = line(&found, "Filter, nobody's name");
    assert_eq!(verdict, ProbeVerdict::Warn);
    assert!(words.contains("5 accounts came"), "{words}");
}

#[tokio::test]
async fn a_server_that_takes_any_token_gives_the_first_page_again_and_knows_everybody_fails() {
    let page =
        r#"{"totalResults":"2","startIndex":1,"itemsPerPage":1,"Resources":[{"id":"1","userName":"a@b"}]}"#;
    let server = Server::start(move |_, _| scim(200, page)).await;
    let found = deep_probe::run(&server.endpoint(), &server.endpoint(), &[]).await;
    assert!(!found.ok());
    for check in ["Wrong token is refused", "Missing account"] {
        assert_eq!(line(&found, check).0, ProbeVerdict::Fail, "{check}");
    }
    assert_eq!(line(&found, "Page numbers"), (ProbeVerdict::Warn, "no integers: totalResults"));
    assert!(found.lines.iter().all(|line| line.verdict == ProbeVerdict::Pass || !line.next.is_empty()));
    assert!(!format!("{found:?}").contains(CANARY));
}

#[tokio::test]
async fn a_token_that_is_refused_ends_the_look_at_the_first_answer() {
    let server = Server::start(|_, _| scim(401, "{}")).await;
    let found = deep_probe::run(&server.endpoint(), &server.endpoint(), &[]).await;
    assert_eq!((found.requests, found.lines.len(), found.ok()), (1, 2, false));
    assert!(found.lines[1].next.contains("Refresh SCIM token"), "{:?}", found.lines);
}

#[tokio::test]
async fn errors_that_are_no_scim_are_told_apart() {
    let server = Server::start(|_, seen| {
        let target = &seen.target;
        if target.contains("filter=") {
            scim(400, r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400"}"#)
        } else if target.contains("Users?") {
            scim(200, r#"{"totalResults":1,"startIndex":1,"itemsPerPage":1,"Resources":[{"id":"1","userName":"a@b"}]}"#)
        } else {
            answer(404, "text/html", "<html>nginx")
        }
    })
    .await;
    let found = deep_probe::run(&server.endpoint(), &server.endpoint(), &[]).await;
    assert_eq!(line(&found, "Discovery: ServiceProviderConfig").0, ProbeVerdict::Warn);
    assert_eq!(line(&found, "Filter, existing name").0, ProbeVerdict::Warn);
    assert_eq!(line(&found, "Missing account").0, ProbeVerdict::Warn);
    assert_eq!(line(&found, "Pages").0, ProbeVerdict::Warn);
}
