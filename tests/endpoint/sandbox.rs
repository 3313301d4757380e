use std::time::Duration;

use scimdeck::domain::{Call, Difference, Method, OpId, Outcome, Secret};
use scimdeck::endpoint::activity::{ActivityLog, Place};
use scimdeck::endpoint::paging::PageQuery;
use scimdeck::endpoint::{Cause, Endpoint, EndpointConfig, Timeouts, judge};
use scimdeck::sandbox::{Sandbox, SandboxConfig};
use scimdeck::scim::resource::urn;
use serde_json::json;

use crate::nowhere::{LOG, SCIM};

async fn sandbox(people: usize, faults: &[&str]) -> (Sandbox, Endpoint) {
    let faults = faults.iter().map(|f| f.parse().expect("a fault")).collect();
    let config =
        SandboxConfig { people, faults, ..SandboxConfig::new(SCIM.to_owned().into(), LOG.to_owned().into()) };
    let sandbox = Sandbox::start(config).await.expect("a sandbox");
    // A hanging answer drips for ever, so that only the limit for the whole request ends it.
    let timeouts = Timeouts { total: Duration::from_secs(5), ..Timeouts::default() };
    let config = EndpointConfig { timeouts, ..EndpointConfig::new(&sandbox.base_url(), Secret::new(SCIM)) };
    (sandbox, Endpoint::new(config).expect("an endpoint"))
}

fn create(operation: u64) -> Call {
    let body = json!({
        "schemas": [urn::USER, urn::WORKATO_ROLE], "userName": "ada@example.com", "active": true,
        "name": {"givenName": "Ada", "familyName": "L"}, "emails": [{"value": "ada@example.com", "primary": true}],
        urn::WORKATO_ROLE: {"workato_role": "Operator"},
    });
    let mut call = Call::new(Method::Post, &["Users"]).body(body);
    call.operation = Some(OpId(operation));
    call
}

#[tokio::test]
async fn all_of_the_sandbox_is_read_and_one_is_found() {
    let (_sandbox, endpoint) = sandbox(250, &[]).await;
    let listing = endpoint.list(PageQuery::all("Users")).await;
    assert!(listing.complete(), "{:?}", listing.completeness);
    assert_eq!((listing.items.len(), listing.pages), (250, 3));
    let name = listing.items[200].resource["userName"].as_str().expect("a name").to_owned();
    let found = endpoint.list(PageQuery::matching("Users", format!("userName eq \"{name}\""))).await;
    assert!(found.complete());
    assert_eq!(found.items[0].id, listing.items[200].id);
}

#[tokio::test]
async fn our_own_change_comes_back_in_the_activity_log_with_its_operation() {
    let (sandbox, endpoint) = sandbox(5, &[]).await;
    let log =
        ActivityLog::new(EndpointConfig::new(&sandbox.activity_url(), Secret::new(LOG))).expect("a log");
    let before = log.since(&Place::default(), 10_000).await;
    assert!(before.reached() && before.trouble.is_none() && before.unreadable == 0, "{before:?}");
    let call = create(42);
    let exchange = endpoint.send(&call).await;
    assert_eq!(judge(&call, &exchange.outcome).expect("a success").status, 201);
    let after = log.since(&before.place, 10_000).await;
    assert!(after.reached());
    let [entry] = after.entries.as_slice() else { panic!("{after:?}") };
    assert_eq!(entry.request_id.as_deref(), Some(OpId(42).to_string().as_str()));
    assert_eq!(entry.activity.as_deref(), Some("scim_auto_sync"));
    assert_eq!(entry.resource_email.as_deref(), Some("ada@example.com"));
    assert!(entry.at.is_some());
    let role = Difference { attribute: "workato_role".into(), before: None, after: Some("Operator".into()) };
    assert!(entry.changes.contains(&role), "{:?}", entry.changes);
    assert!(log.since(&after.place, 10_000).await.entries.is_empty());
}

#[tokio::test]
async fn the_log_refuses_the_scim_token() {
    let (sandbox, _endpoint) = sandbox(1, &[]).await;
    let log =
        ActivityLog::new(EndpointConfig::new(&sandbox.activity_url(), Secret::new(SCIM))).expect("a log");
    assert_eq!(log.since(&Place::default(), 10).await.trouble.map(|t| t.cause), Some(Cause::TokenRefused));
}

#[tokio::test]
async fn each_fault_of_the_sandbox_is_called_by_its_name() {
    let cases = [
        ("lose", Cause::NoAnswer),
        ("hang", Cause::NoAnswer),
        ("502", Cause::NotScim),
        ("html", Cause::NotScim),
        ("429=7", Cause::SlowDown),
        ("401", Cause::TokenRefused),
    ];
    for (fault, cause) in cases {
        let (_sandbox, endpoint) = sandbox(0, &[&format!("{fault}@POST/Users")]).await;
        let call = create(1);
        let exchange = endpoint.send(&call).await;
        assert!(!matches!(exchange.outcome, Outcome::NotSent(_)), "{fault}");
        assert_eq!(judge(&call, &exchange.outcome).expect_err(fault).cause, cause, "{fault}: {exchange:?}");
    }
}
