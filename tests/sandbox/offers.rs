//! What the service provider offers beside single requests and lists, as a client meets it.

use reqwest::Method;
use scimdeck::domain::Secret;
use scimdeck::endpoint::paging::PageQuery;
use scimdeck::endpoint::{Endpoint, EndpointConfig};
use scimdeck::sandbox::{Paging, RolesForm};
use serde_json::{Value, json};

use crate::harness::{ROLE, Server, config, user};
use crate::nowhere::SCIM;

fn endpoint(server: &Server) -> Endpoint {
    let config = EndpointConfig::new(&server.sandbox.base_url(), Secret::new(SCIM));
    Endpoint::new(config).expect("an endpoint")
}

fn names(page: &Value) -> Vec<&str> {
    let items = page["Resources"].as_array().expect("resources");
    items.iter().filter_map(|user| user["userName"].as_str()).collect()
}

#[tokio::test]
async fn a_list_is_sorted_in_get_and_in_search_and_its_pages_are_stable() {
    let server = Server::start().await;
    for name in ["bo@x.test", "Ana@x.test", "cy@x.test"] {
        server.create(name, "Admin").await;
    }
    let (_, page) = server.list(&[("sortBy", "userName"), ("sortOrder", "descending")]).await;
    assert_eq!(names(&page), ["cy@x.test", "bo@x.test", "Ana@x.test"]);
    let body = json!({"sortBy": "userName", "startIndex": 2, "count": 1, "attributes": ["userName"]});
    let (_, page) = server.send(Method::POST, "/Users/.search", &body).await;
    assert_eq!((names(&page), &page["totalResults"]), (vec!["bo@x.test"], &json!(3)));
    let (status, error) = server.list(&[("sortBy", "shoeSize")]).await;
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidValue")));
    let (status, page) =
        server.send(Method::POST, "/.search", &json!({"count": 0, "excludedAttributes": ["emails"]})).await;
    assert_eq!((status, &page["totalResults"], names(&page).len()), (200, &json!(3), 0));
}

#[tokio::test]
async fn a_bulk_request_makes_a_user_and_the_group_that_holds_them_in_one_go() {
    let server = Server::start().await;
    let request = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
        {"method": "POST", "path": "/Groups", "bulkId": "g",
            "data": {"displayName": "Builders", "members": [{"value": "bulkId:u"}]}},
        {"method": "POST", "path": "/Users", "bulkId": "u", "data": user("ana@example.com", "Admin")},
        {"method": "DELETE", "path": "/Users/nobody"},
    ]});
    let (status, answer) = server.send(Method::POST, "/Bulk", &request).await;
    assert_eq!(status, 200, "{answer}");
    let results = answer["Operations"].as_array().expect("results");
    assert_eq!(
        results.iter().map(|r| r["status"].as_str()).collect::<Vec<_>>(),
        [Some("201"), Some("201"), Some("404")]
    );
    assert_eq!(results[2]["response"]["status"], "404");
    let path = |result: &Value| {
        let location = result["location"].as_str().expect("a location");
        location.strip_prefix(&server.sandbox.base_url()).expect("below the base").to_owned()
    };
    let (_, ana) = server.get(&path(&results[1])).await;
    assert_eq!(
        (&ana["groups"][0]["display"], &ana["meta"]["version"]),
        (&json!("Builders"), &results[1]["version"])
    );
    assert_eq!(server.get(&path(&results[0])).await.1["members"][0]["value"], ana["id"]);
    assert_eq!(server.activity(&[]).await.1["total"], 2, "each operation is in the log");
    let (status, error) =
        server.send(Method::POST, "/Bulk", &json!({"Operations": vec![json!({}); 1001]})).await;
    assert_eq!((status, &error["status"]), (413, &json!("413")));
}

#[tokio::test]
async fn faults_hit_the_operations_of_a_bulk_request_one_by_one() {
    let server = Server::with_fault("502:2@POST/Users").await;
    let operation = |n: u8| {
        json!({"method": "POST", "path": "/Users", "bulkId": n.to_string(),
            "data": user(&format!("p{n}@x.test"), "Admin")})
    };
    let body = json!({"Operations": [operation(1), operation(2), operation(3)]});
    let (_, answer) = server.send(Method::POST, "/Bulk", &body).await;
    let status: Vec<_> = (0..3).map(|n| answer["Operations"][n]["status"].clone()).collect();
    assert_eq!(status, ["201", "502", "201"]);
    assert_eq!(server.list(&[]).await.1["totalResults"], 2);
}

#[tokio::test]
async fn our_own_client_reads_everything_whichever_way_of_paging_is_offered() {
    for paging in [Paging::Index, Paging::Cursor, Paging::Both] {
        let mut config = config();
        config.people = 250;
        config.settings.paging = paging;
        let server = Server::with(config).await;
        let listing = endpoint(&server).list(PageQuery::all("Users")).await;
        assert!(listing.complete(), "{paging:?}: {:?}", listing.completeness);
        assert_eq!((listing.items.len(), listing.pages), (250, 3), "{paging:?}");
        let name = listing.items[7].resource["userName"].as_str().expect("a name");
        let query = PageQuery::matching("Users", format!("userName eq \"{name}\""));
        let found = endpoint(&server).list(query).await;
        assert!(found.complete() && found.items.len() == 1, "{paging:?}");
    }
}

#[tokio::test]
async fn the_token_stands_for_the_user_of_the_settings_at_me() {
    let mut config = config();
    config.settings.me = Some("ANA@example.com".to_owned());
    let server = Server::with(config).await;
    assert_eq!(server.get("/Me").await.0, 404, "nobody has that name yet");
    let id = server.create("ana@example.com", "Operator").await;
    let response = server.request(Method::GET, "/Me").send().await.expect("an answer");
    let there = format!("{}/Users/{id}", server.sandbox.base_url());
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-location"]),
        (200, &there.parse().expect("text"))
    );
    let ops = json!({"Operations": [{"op": "replace", "path": "title", "value": "Dr"}]});
    assert_eq!(server.send(Method::PATCH, "/Me", &ops).await.1["title"], "Dr");
    let (status, me) = server.send(Method::PUT, "/Me", &user("ana@example.com", "Admin")).await;
    assert_eq!((status, &me[ROLE]["workato_role"], &me["title"]), (200, &json!("Admin"), &Value::Null));
    assert_eq!(server.send(Method::DELETE, "/Me", &json!({})).await.0, 403);
    assert_eq!(server.send(Method::POST, "/Me", &json!({})).await.0, 405);
    assert_eq!(server.get(&format!("/Users/{id}")).await.0, 200);
}

#[tokio::test]
async fn roles_are_reported_in_both_forms_with_their_seats_and_the_last_seat_is_the_last() {
    let mut config = config();
    config.settings.custom_roles = vec!["Auditor".to_owned()];
    config.settings.seats = [("Admin".to_owned(), 1)].into();
    let server = Server::with(config).await;
    server.create("ana@example.com", "Admin").await;
    let roles = endpoint(&server).roles().await.expect("roles");
    let said: Vec<_> = roles.iter().map(|role| (role.value.as_str(), role.used, role.permitted)).collect();
    assert_eq!(said[0], ("Admin", Some(1), Some(1)));
    assert_eq!(said[4], ("Auditor", Some(0), None));
    let (_, role) = server.get("/Roles/No%20access").await;
    assert_eq!(
        (&role["id"], &role["displayName"], &role["value"]),
        (&json!("No access"), &json!("No access"), &json!("No access"))
    );
    let (_, page) = server.get("/Roles?filter=type%20eq%20%22custom%22&attributes=value").await;
    assert_eq!((&page["totalResults"], &page["Resources"][0]["value"]), (&json!(1), &json!("Auditor")));
    let (status, error) = server.send(Method::POST, "/Users", &user("bo@example.com", "Admin")).await;
    assert_eq!((status, &error["scimType"]), (400, &json!("invalidValue")));
    assert!(error["detail"].as_str().is_some_and(|text| text.contains("1 of 1 are used")), "{error}");
    assert_eq!(server.send(Method::POST, "/Roles", &json!({"value": "x"})).await.0, 405);
}

#[tokio::test]
async fn roles_are_found_in_whichever_form_they_are_announced() {
    let okta = json!("urn:okta:scim:schemas:core:1.0:Role");
    let draft = json!("urn:ietf:params:scim:schemas:core:1.0:Role");
    for (form, block, schema) in [
        (RolesForm::Unannounced, None, &Value::Null),
        (RolesForm::Draft, Some(true), &draft),
        (RolesForm::Okta, None, &okta),
        (RolesForm::Both, Some(true), &okta),
    ] {
        let mut config = config();
        config.settings.roles_form = form;
        let server = Server::with(config).await;
        let (_, spc) = server.get("/ServiceProviderConfig").await;
        assert_eq!(spc["RolesAndEntitlements"]["roles"]["supported"].as_bool(), block, "{form:?}");
        assert_eq!(&server.get("/ResourceTypes/Role").await.1["schema"], schema, "{form:?}");
        let (_, page) = server.get("/Roles").await;
        assert_eq!(page["totalResults"], 4);
        for urn in page["Resources"][0]["schemas"].as_array().expect("schemas") {
            let path = format!("/Schemas/{}", urn.as_str().expect("a URN"));
            let (_, schema) = server.get(&path).await;
            let names: Vec<&str> = schema["attributes"]
                .as_array()
                .expect("attributes")
                .iter()
                .filter_map(|a| a["name"].as_str())
                .collect();
            assert!(names.contains(&"value") && names.contains(&"totalAssignmentsUsed"), "{path}");
        }
        assert_eq!(endpoint(&server).roles().await.expect("roles").len(), 4, "{form:?}");
    }
}
