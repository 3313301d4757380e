//! SCIM as RFC 7644 has it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{ROLE, Server, user};
use crate::nowhere::{LOG, SCIM};

#[tokio::test]
async fn a_created_user_is_answered_with_id_version_and_location_and_can_be_read_back() {
    let server = Server::start().await;
    let request = server.request(Method::POST, "/Users").header("content-type", "application/scim+json");
    let response =
        request.body(user("ana@example.com", "Admin").to_string()).send().await.expect("an answer");
    assert_eq!(response.status(), 201);
    let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
    let (location, etag) = (header("location"), header("etag"));
    assert_eq!(header("content-type"), "application/scim+json");
    let body: Value = serde_json::from_slice(&response.bytes().await.expect("a body")).expect("json");
    assert_eq!(body["active"], true);
    assert_eq!((&body["meta"]["location"], &body["meta"]["version"]), (&json!(location), &json!(etag)));
    let path = location.strip_prefix(&server.sandbox.base_url()).expect("below the base");
    assert_eq!(server.get(path).await, (200, body));
}

#[tokio::test]
async fn every_scim_call_needs_the_bearer_token() {
    let server = Server::start().await;
    for path in ["/Users", "/ServiceProviderConfig", "/nothing"] {
        let url = format!("{}{path}", server.sandbox.base_url());
        for token in [None, Some(&SCIM[..SCIM.len() - 1]), Some(LOG), Some("")] {
            let mut request = server.client.get(&url);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let response = request.send().await.expect("an answer");
            assert_eq!(response.status(), 401, "{path} {token:?}");
            assert!(response.headers().contains_key("www-authenticate"));
        }
    }
}

#[tokio::test]
async fn a_user_name_is_found_without_case_and_taken_only_once() {
    let server = Server::start().await;
    let id = server.create("Ana@Example.com", "Admin").await;
    let (_, found) = server.list(&[("filter", "userName eq \"ana@example.COM\"")]).await;
    assert_eq!((&found["totalResults"], &found["Resources"][0]["id"]), (&json!(1), &json!(id)));
    let (status, error) = server.send(Method::POST, "/Users", &user("ANA@example.com", "Admin")).await;
    assert_eq!((status, &error["scimType"], &error["status"]), (409, &json!("uniqueness"), &json!("409")));
    let other = server.create("bo@example.com", "Admin").await;
    let (status, _) =
        server.send(Method::PUT, &format!("/Users/{other}"), &user("ana@EXAMPLE.com", "Admin")).await;
    assert_eq!(status, 409);
}

#[tokio::test]
async fn filters_reach_every_attribute_and_a_bad_one_is_refused() {
    let server = Server::start().await;
    server.create("ana@example.com", "Admin").await;
    server.create("bo@example.com", "Operator").await;
    let role = format!("{ROLE}:workato_role eq \"Admin\"");
    for (filter, total) in [
        ("externalId eq \"ext-ana@example.com\"", 1),
        ("externalId eq \"EXT-ana@example.com\"", 0),
        (role.as_str(), 1),
        ("emails[type eq \"work\" and value sw \"bo\"]", 1),
        ("active eq true and not (userName sw \"ana\")", 1),
        ("meta.resourceType eq \"User\"", 2),
        ("userName eq \"ana@example.com\" or userName eq \"bo@example.com\"", 2),
    ] {
        let (status, page) = server.list(&[("filter", filter)]).await;
        assert_eq!((status, &page["totalResults"]), (200, &json!(total)), "{filter}");
    }
    let (status, error) = server.list(&[("filter", "userName eq ana")]).await;
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidFilter")));
}

#[tokio::test]
async fn pages_are_counted_from_one_and_end_empty() {
    let mut config = crate::harness::config();
    config.people = 250;
    let server = Server::with(config).await;
    let ids = |page: &Value| -> Vec<String> {
        let items = page["Resources"].as_array().cloned().unwrap_or_default();
        items.iter().map(|user| user["id"].to_string()).collect()
    };
    let mut seen = Vec::new();
    for start in ["1", "101", "201", "301"] {
        let (_, page) = server.list(&[("startIndex", start), ("count", "100")]).await;
        assert_eq!(
            (&page["totalResults"], &page["startIndex"]),
            (&json!(250), &json!(start.parse::<u64>().ok()))
        );
        assert_eq!(page["itemsPerPage"], json!(ids(&page).len()));
        seen.extend(ids(&page));
    }
    let unique: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), unique.len()), (250, 250));
    let count = async |query: &[(&str, &str)]| ids(&server.list(query).await.1).len();
    assert_eq!(count(&[]).await, 100);
    assert_eq!(count(&[("count", "0")]).await, 0);
    assert_eq!(count(&[("count", "100000")]).await, 200);
    assert_eq!(server.list(&[("count", "x")]).await.0, 400);
}

#[tokio::test]
async fn only_the_attributes_asked_for_are_answered_with_id_and_schemas_always() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Admin").await;
    let keys = async |query: &str| -> Vec<String> {
        let (_, user) = server.get(&format!("/Users/{id}?{query}")).await;
        user.as_object().expect("an object").keys().cloned().collect()
    };
    assert_eq!(keys("attributes=USERNAME").await, ["schemas", "id", "userName"]);
    assert_eq!(keys(&format!("attributes={ROLE}:workato_role")).await, ["schemas", "id", ROLE]);
    let (_, user) = server.get(&format!("/Users/{id}?attributes=name.givenName,emails.value")).await;
    assert_eq!(
        (&user["name"], &user["emails"]),
        (&json!({"givenName": "Ana"}), &json!([{"value": "ana@example.com"}]))
    );
    let rest = keys("excludedAttributes=id,emails,meta,name").await;
    assert_eq!(rest, ["schemas", "id", "userName", "externalId", ROLE, "active"]);
    assert_eq!(server.get("/Users?attributes=a&excludedAttributes=b").await.0, 400);
}

#[tokio::test]
async fn versions_guard_writes_and_spare_reads() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Admin").await;
    let path = format!("/Users/{id}");
    let with = async |method: Method, name: &str, tag: &str| {
        let request = server.request(method, &path).header(name, tag);
        let request = request.header("content-type", "application/scim+json");
        request
            .body(user("ana@example.com", "Operator").to_string())
            .send()
            .await
            .expect("an answer")
            .status()
            .as_u16()
    };
    assert_eq!(with(Method::GET, "if-none-match", "W/\"1\"").await, 304);
    assert_eq!(with(Method::PUT, "if-match", "W/\"9\"").await, 412);
    assert_eq!(with(Method::DELETE, "if-match", "\"9\"").await, 412);
    assert_eq!(with(Method::PUT, "if-match", "W/\"9\", W/\"1\"").await, 200);
    assert_eq!(with(Method::GET, "if-none-match", "W/\"1\"").await, 200);
    assert_eq!(with(Method::DELETE, "if-match", "*").await, 204);
    assert_eq!(server.get(&path).await.0, 404);
}

#[tokio::test]
async fn patch_changes_roles_and_access_by_path_and_without() {
    let server = Server::start().await;
    let id = server.create("ana@example.com", "Operator").await;
    let path = format!("/Users/{id}");
    let ops =
        json!({"Operations": [{"op": "replace", "path": format!("{ROLE}:workato_role"), "value": "Admin"}]});
    let (status, user) = server.send(Method::PATCH, &path, &ops).await;
    assert_eq!(
        (status, &user[ROLE]["workato_role"], &user["meta"]["version"]),
        (200, &json!("Admin"), &json!("W/\"2\""))
    );
    let ops = json!({"Operations": [{"op": "Replace", "value": {"active": "False"}}]});
    let (_, user) = server.send(Method::PATCH, &path, &ops).await;
    assert_eq!(user["active"], false);
    let ops = json!({"Operations": [
        {"op": "replace", "path": "title", "value": "Dr"}, {"op": "replace", "path": "id", "value": "x"}]});
    let (status, error) = server.send(Method::PATCH, &path, &ops).await;
    assert_eq!((status, &error["scimType"]), (400, &json!("mutability")));
    assert_eq!(server.get(&path).await.1["title"], Value::Null, "all or nothing");
}

#[tokio::test]
async fn groups_hold_members_and_users_show_their_groups() {
    let server = Server::start().await;
    let (ana, bo) = (server.create("ana@x.test", "Admin").await, server.create("bo@x.test", "Admin").await);
    let group = json!({"displayName": "Builders", "members": [{"value": ana}]});
    let (status, group) = server.send(Method::POST, "/Groups", &group).await;
    let id = group["id"].as_str().expect("an id");
    assert_eq!((status, &group["members"][0]["display"]), (201, &json!("Ana Ruiz")));
    let reference = group["members"][0]["$ref"].as_str().expect("a reference");
    assert_eq!(reference, format!("{}/Users/{ana}", server.sandbox.base_url()));
    let path = format!("/Groups/{id}");
    let ops = json!({"Operations": [
        {"op": "add", "path": "members", "value": [{"value": bo}, {"value": ana}]},
        {"op": "remove", "path": format!("members[value eq \"{ana}\"]")}]});
    let (status, group) = server.send(Method::PATCH, &path, &ops).await;
    assert_eq!((status, group["members"].as_array().map(Vec::len)), (200, Some(1)));
    assert_eq!(server.get(&format!("/Users/{bo}")).await.1["groups"][0]["display"], "Builders");
    assert_eq!(server.get(&format!("/Users/{ana}")).await.1["groups"], Value::Null);
    assert_eq!(server.get(&format!("{path}?excludedAttributes=members")).await.1["members"], Value::Null);
    let (status, error) =
        server.send(Method::PUT, &path, &json!({"displayName": "B", "members": [{"value": "?"}]})).await;
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidValue")));
    server.request(Method::DELETE, &format!("/Users/{bo}")).send().await.expect("an answer");
    assert_eq!(server.get(&path).await.1["members"], Value::Null);
    assert_eq!(server.request(Method::DELETE, &path).send().await.expect("an answer").status(), 204);
}

#[tokio::test]
async fn what_is_not_offered_is_not_advertised_and_refused() {
    let server = Server::start().await;
    let (_, spc) = server.get("/ServiceProviderConfig").await;
    assert_eq!(spc["changePassword"]["supported"], false);
    assert_eq!(spc["RolesAndEntitlements"], Value::Null);
    assert_eq!(server.get("/Entitlements").await.0, 404);
    assert_eq!(server.get("/Me").await.0, 501, "the token stands for no user");
    for path in ["/Nothing", "/Users/x/y", "/Users/nobody", "/Schemas/urn:x", "/ResourceTypes/X"] {
        let (status, error) = server.get(path).await;
        assert_eq!((status, &error["status"]), (404, &json!("404")), "{path}");
    }
    assert_eq!(server.send(Method::POST, "/Schemas", &json!({})).await.0, 405);
}

#[tokio::test]
async fn a_search_by_post_answers_as_a_list_over_one_or_all_resource_types() {
    let server = Server::start().await;
    server.create("ana@example.com", "Admin").await;
    server.send(Method::POST, "/Groups", &json!({"displayName": "Builders"})).await;
    let found = async |path: &str, body: Value| -> Vec<Value> {
        let (status, page) = server.send(Method::POST, path, &body).await;
        assert_eq!(status, 200, "{page}");
        page["Resources"].as_array().cloned().unwrap_or_default()
    };
    assert_eq!(found("/.search", json!({})).await.len(), 2);
    assert_eq!(found("/.search", json!({"startIndex": 2, "count": 5})).await[0]["displayName"], "Builders");
    assert_eq!(found("/Groups/.search", json!({"filter": "displayName sw \"build\""})).await.len(), 1);
    let only = json!({"filter": "userName eq \"ANA@example.com\"", "attributes": ["userName"]});
    let keys: Vec<String> =
        found("/Users/.search", only).await[0].as_object().expect("a user").keys().cloned().collect();
    assert_eq!(keys, ["schemas", "id", "userName"]);
    assert_eq!(server.get("/.search").await.0, 405);
}

#[tokio::test]
async fn the_documents_can_be_read_one_by_one() {
    let server = Server::start().await;
    let (_, schemas) = server.get("/Schemas").await;
    for schema in schemas["Resources"].as_array().expect("schemas") {
        let id = schema["id"].as_str().expect("an id");
        assert_eq!(server.get(&format!("/Schemas/{id}")).await, (200, schema.clone()));
    }
    let (_, user) = server.get("/ResourceTypes/User").await;
    assert!(
        user["schemaExtensions"]
            .as_array()
            .expect("extensions")
            .contains(&json!({"schema": ROLE, "required": false}))
    );
}

#[tokio::test]
async fn hostile_bodies_are_refused_and_the_server_goes_on() {
    let server = Server::start().await;
    let post = async |media: &str, body: Vec<u8>| {
        let request = server.request(Method::POST, "/Users").header("content-type", media);
        request.body(body).send().await.expect("an answer").status().as_u16()
    };
    let json = "application/json";
    assert_eq!(post("text/plain", b"{}".to_vec()).await, 415);
    assert_eq!(post(json, b"".to_vec()).await, 400);
    assert_eq!(post(json, b"[1]".to_vec()).await, 400);
    assert_eq!(post(json, b"{\"userName\": 5}".to_vec()).await, 400);
    assert_eq!(post(json, b"{\"userName\": \"\"}".to_vec()).await, 400);
    assert_eq!(post(json, "{\"a\":".repeat(100_000).into_bytes()).await, 400);
    assert_eq!(post(json, vec![b' '; 5 * 1024 * 1024]).await, 413);
    let deep = format!("{}userName pr{}", "(".repeat(200), ")".repeat(200));
    assert_eq!(server.list(&[("filter", &deep)]).await.0, 400);
    assert_eq!(server.list(&[]).await.0, 200);
}
