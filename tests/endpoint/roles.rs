//! The roles that an endpoint reports, in both forms, and endpoints that report none.

use scimdeck::endpoint::{Cause, ReportedRole, Trouble};
use serde_json::{Value, json};

use crate::server::{Reply, Seen, Server, scim};

fn page(total: usize, rows: &[Value]) -> Reply {
    scim(200, &json!({"totalResults": total, "Resources": rows}).to_string())
}

fn path(seen: &Seen) -> &str {
    seen.target.split('?').next().unwrap_or("")
}

async fn roles(
    reply: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
) -> (Result<Vec<ReportedRole>, Trouble>, Vec<String>) {
    let server = Server::start(move |_, seen| reply(seen)).await;
    let found = server.endpoint().roles().await;
    (found, server.seen().iter().map(|seen| path(seen).replace("/scim/v2", "")).collect())
}

fn values(found: Result<Vec<ReportedRole>, Trouble>) -> Vec<String> {
    found.expect("roles").into_iter().map(|role| role.value).collect()
}

#[tokio::test]
async fn an_announced_list_is_read_to_its_end_with_its_seats() {
    let (found, asked) = roles(|seen| match path(seen) {
        "/scim/v2/ServiceProviderConfig" => {
            scim(200, r#"{"RolesAndEntitlements":{"roles":{"supported":true}}}"#)
        }
        _ if seen.number("startIndex") == 1 => page(
            3,
            &[
                json!({"value": "Admin", "limitedAssignmentsPermitted": true,
                    "totalAssignmentsPermitted": 5, "totalAssignmentsUsed": 3}),
                json!("no role"),
            ],
        ),
        _ => page(3, &[json!({"value": "Operator", "display": "Runs things"})]),
    })
    .await;
    let found = found.expect("roles");
    assert_eq!((found[0].used, found[0].permitted), (Some(3), Some(5)));
    assert_eq!((found.len(), found[1].display.as_str()), (2, "Runs things"));
    assert_eq!(asked, ["/ServiceProviderConfig", "/Roles", "/Roles"]);
}

#[tokio::test]
async fn oktas_form_is_found_through_the_resource_types() {
    let (found, asked) = roles(|seen| match path(seen) {
        "/scim/v2/ServiceProviderConfig" => scim(404, "{}"),
        "/scim/v2/ResourceTypes" => page(
            2,
            &[
                json!({"schema": "urn:ietf:params:scim:schemas:core:2.0:User", "endpoint": "/Users"}),
                json!({"schema": "urn:okta:scim:schemas:core:1.0:Role", "endpoint": "/AppRoles"}),
            ],
        ),
        _ => page(1, &[json!({"id": "r1", "displayName": "Reader"})]),
    })
    .await;
    assert_eq!(values(found), ["r1"]);
    assert_eq!(asked, ["/ServiceProviderConfig", "/ResourceTypes", "/AppRoles"]);
}

#[tokio::test]
async fn an_endpoint_without_roles_is_told_from_one_that_fails() {
    let (found, asked) = roles(|_| scim(404, "{}")).await;
    assert_eq!(found.expect_err("none").cause, Cause::NotOffered);
    assert_eq!(asked, ["/ServiceProviderConfig", "/ResourceTypes", "/Roles"]);
    let (found, asked) = roles(|seen| match path(seen) {
        "/scim/v2/ServiceProviderConfig" => {
            scim(200, r#"{"RolesAndEntitlements":{"roles":{"supported":false}}}"#)
        }
        _ => page(0, &[]),
    })
    .await;
    assert_eq!(found.expect_err("none").cause, Cause::NotOffered);
    assert_eq!(asked.len(), 2, "a no is believed: {asked:?}");
    let (found, asked) = roles(|_| scim(401, "{}")).await;
    assert_eq!(found.expect_err("refused").cause, Cause::TokenRefused);
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn a_list_that_never_ends_or_breaks_off_is_no_list() {
    let (found, asked) = roles(|seen| match path(seen) {
        "/scim/v2/Roles" => {
            let start = seen.number("startIndex");
            page(
                1_000_000,
                &(0..200).map(|n| json!({"value": format!("r{}", start + n)})).collect::<Vec<_>>(),
            )
        }
        _ => scim(404, "{}"),
    })
    .await;
    assert!(found.expect_err("too many").text.contains("2000"));
    assert!(asked.len() < 30);
    let (found, _) = roles(|seen| match path(seen) {
        "/scim/v2/Roles" if seen.number("startIndex") == 1 => page(4, &[json!({"value": "a"})]),
        "/scim/v2/Roles" => page(4, &[]),
        _ => scim(404, "{}"),
    })
    .await;
    assert!(found.expect_err("short").text.contains("4 roles and gave 1"));
}

#[tokio::test]
async fn a_server_that_repeats_its_page_gives_every_role_once() {
    let (found, _) = roles(|seen| match path(seen) {
        "/scim/v2/Roles" => scim(200, r#"{"Resources":[{"value":"a"},{"value":"b"},{"value":"a"}]}"#),
        _ => scim(404, "{}"),
    })
    .await;
    assert_eq!(values(found), ["a", "b"]);
}
