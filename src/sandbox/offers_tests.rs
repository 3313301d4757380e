//! Bulk, sorting, cursors, `/Me`, roles and seats, without socket and clock.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::scim::resource::urn;

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn with(change: impl FnOnce(&mut Settings)) -> Workspace {
    let mut settings = Settings::new("t".to_owned().into(), "a".to_owned().into());
    change(&mut settings);
    Workspace::new(settings)
}

fn send(workspace: &mut Workspace, method: Method, path: &str, body: Value, second: i64) -> (u16, Value) {
    let request = Request::new(method, &format!("/scim/v2{path}")).bearer("t").json(&body);
    let response = workspace.handle(&request, at(second));
    (response.status, response.value())
}

fn get(workspace: &mut Workspace, path: &str, second: i64) -> (u16, Value) {
    send(workspace, Method::Get, path, Value::Null, second)
}

fn add(workspace: &mut Workspace, name: &str, role: &str) -> (u16, Value) {
    let body = json!({"userName": name, (urn::WORKATO_ROLE): {"workato_role": role}});
    send(workspace, Method::Post, "/Users", body, 0)
}

fn bulk(workspace: &mut Workspace, body: Value) -> Vec<Value> {
    let (status, answer) = send(workspace, Method::Post, "/Bulk", body, 0);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["schemas"], json!([urn::BULK_RESPONSE]));
    answer["Operations"].as_array().expect("results").clone()
}

fn statuses(results: &[Value]) -> Vec<&str> {
    results.iter().filter_map(|result| result["status"].as_str()).collect()
}

fn group(name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|member| json!({"value": member})).collect();
    json!({"method": "POST", "path": "/Groups", "bulkId": name, "data": {"displayName": name, "members": members}})
}

fn kind(error: &Value) -> Option<&str> {
    error["scimType"].as_str()
}

#[test]
fn a_circle_of_references_is_a_conflict_and_the_others_are_done() {
    let mut workspace = with(|_| ());
    let operations =
        [group("a", &["bulkId:b"]), group("b", &["bulkId:a"]), group("c", &[]), group("d", &["bulkId:?"])];
    let results = bulk(&mut workspace, json!({"Operations": operations}));
    assert_eq!(statuses(&results), ["409", "409", "201", "400"]);
    assert_eq!((&results[0]["location"], workspace.groups().count()), (&Value::Null, 1));
}

#[test]
fn what_needs_a_failed_operation_fails_too_and_fail_on_errors_stops_the_rest() {
    let mut workspace = with(|_| ());
    let user =
        |name: &str| json!({"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name}});
    let none = json!({"method": "POST", "path": "/Users", "bulkId": "u", "data": {}});
    let operations = json!([none, group("g", &["bulkId:u"]), user("x"), user("y")]);
    let results = bulk(&mut workspace, json!({"Operations": operations}));
    assert_eq!(statuses(&results), ["400", "409", "201", "201"]);
    let results = bulk(&mut with(|_| ()), json!({"failOnErrors": 2, "Operations": operations}));
    assert_eq!(statuses(&results), ["400", "409"], "what was not carried out has no result");
}

#[test]
fn an_operation_that_is_none_is_refused_by_itself() {
    let mut workspace = with(|_| ());
    let operations = json!([
        {"method": "GET", "path": "/Users"},
        {"method": "POST", "path": "/Users", "data": {"userName": "no name for it"}},
        {"method": "POST", "path": "/Bulk", "bulkId": "b", "data": {"Operations": []}},
        {"method": "POST", "path": "/Users/.search", "bulkId": "s", "data": {}},
        {"method": "PUT", "path": "/Users/x"}, {"method": "DELETE", "path": "/Users"}, {},
        {"method": "DELETE", "path": "https://other.example/Users/1"},
    ]);
    let results = bulk(&mut workspace, json!({"Operations": operations}));
    assert_eq!(statuses(&results), ["400"; 8]);
    assert_eq!(workspace.activity().len(), 0);
}

#[test]
fn versions_guard_the_operations_of_a_bulk_request() {
    let mut workspace = with(|_| ());
    let id = add(&mut workspace, "ana", "Admin").1["id"].as_str().expect("an id").to_owned();
    let change = |version: &str| {
        json!({"method": "PATCH", "path": format!("/Users/{id}"), "version": version,
            "data": {"Operations": [{"op": "replace", "path": "title", "value": version}]}})
    };
    let results = bulk(&mut workspace, json!({"Operations": [change("W/\"9\""), change("W/\"1\"")]}));
    assert_eq!(statuses(&results), ["412", "200"]);
    assert_eq!(results[1]["version"], "W/\"2\"");
}

#[test]
fn a_bulk_request_that_is_too_big_is_refused_as_a_whole() {
    let mut workspace = with(|_| ());
    let big = json!({"Operations": [{"method": "POST", "data": " ".repeat(1024 * 1024)}]});
    let (status, error) = send(&mut workspace, Method::Post, "/Bulk", big, 0);
    assert_eq!(status, 413);
    assert!(error["detail"].as_str().is_some_and(|text| text.contains("maxPayloadSize is 1048576")));
    assert_eq!(get(&mut workspace, "/Bulk", 0).0, 405);
}

#[test]
fn a_lost_answer_to_one_operation_loses_the_answer_to_all_and_all_is_done() {
    let mut workspace = with(|_| ());
    let mut plan = FaultPlan::new(vec!["lose:1@POST/Users".parse().expect("a fault")]);
    let user = json!({"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "u"}});
    let body = json!({"Operations": [user, group("g", &["bulkId:u"])]});
    let request = Request::new(Method::Post, "/scim/v2/Bulk").bearer("t").json(&body);
    assert_eq!(serve(&mut workspace, &mut plan, &request, at(0)).outcome, Outcome::Lost);
    assert_eq!((workspace.accounts().count(), workspace.groups().count()), (1, 1));
}

#[test]
fn a_cursor_is_for_its_own_query_and_for_a_while() {
    let mut workspace = with(|_| ());
    workspace.add_people(5, at(0));
    let (_, page) = get(&mut workspace, "/Users?cursor=&count=2&sortBy=userName", 100);
    assert_eq!((&page["totalResults"], &page["startIndex"]), (&json!(5), &Value::Null));
    let next = page["nextCursor"].as_str().expect("a cursor").to_owned();
    let refused = |workspace: &mut Workspace, path: &str, second| {
        let (status, error) = get(workspace, path, second);
        assert_eq!(status, 400, "{path}");
        kind(&error).map(str::to_owned)
    };
    let at_next = |rest: &str| format!("/Users?cursor={next}{rest}");
    let (status, second) = get(&mut workspace, &at_next("&count=2&sortBy=USERNAME"), 700);
    assert_eq!((status, second["itemsPerPage"].as_u64()), (200, Some(2)));
    for other in ["", "&sortBy=userName&sortOrder=descending", "&sortBy=userName&filter=active%20pr"] {
        assert_eq!(
            refused(&mut workspace, &at_next(other), 100).as_deref(),
            Some("invalidCursor"),
            "{other}"
        );
    }
    assert_eq!(refused(&mut workspace, &at_next("&sortBy=userName"), 701).as_deref(), Some("expiredCursor"));
    for bad in ["x", "%C3%A4", "00", &format!("{next}00"), &"a".repeat(10_000)] {
        let path = format!("/Users?cursor={bad}&sortBy=userName");
        assert_eq!(refused(&mut workspace, &path, 100).as_deref(), Some("invalidCursor"), "{bad}");
    }
    for count in ["0", "-1", "201", "x"] {
        let path = format!("/Users?cursor=&count={count}");
        assert_eq!(refused(&mut workspace, &path, 100).as_deref(), Some("invalidCount"), "{count}");
    }
    assert_eq!(refused(&mut workspace, "/Users?cursor=&startIndex=1", 0).as_deref(), Some("invalidValue"));
    let body = json!({"cursor": next, "count": 1, "sortBy": "userName"});
    let (status, page) = send(&mut workspace, Method::Post, "/Users/.search", body, 100);
    assert_eq!((status, &page["Resources"][0]["id"]), (200, &second["Resources"][0]["id"]), "as in GET");
}

#[test]
fn each_way_of_paging_is_said_and_kept() {
    let pagination = |paging| {
        let mut workspace = with(|settings| settings.paging = paging);
        workspace.add_people(3, at(0));
        let said = get(&mut workspace, "/ServiceProviderConfig", 0).1["pagination"].clone();
        let pages = ["startIndex=2", "cursor=", "startIndex=1&count=2", "count=2"]
            .map(|query| get(&mut workspace, &format!("/Users?{query}"), 0).0);
        let next = get(&mut workspace, "/Users?count=2", 0).1["nextCursor"].is_string();
        (said, pages, next)
    };
    let (said, pages, next) = pagination(Paging::Index);
    assert_eq!((said["cursor"].as_bool(), said["index"].as_bool()), (Some(false), Some(true)));
    assert_eq!((pages, next), ([200, 501, 200, 200], false));
    let (said, pages, next) = pagination(Paging::Cursor);
    assert_eq!(
        said,
        json!({"cursor": true, "index": false, "defaultPaginationMethod": "cursor",
        "defaultPageSize": 100, "maxPageSize": 200, "cursorTimeout": 600})
    );
    assert_eq!((pages, next), ([400, 200, 200, 200], true));
    let (said, pages, next) = pagination(Paging::Both);
    assert_eq!(said["defaultPaginationMethod"], "index");
    assert_eq!((pages, next), ([200, 200, 200, 200], false));
}

#[test]
fn a_seat_is_taken_by_access_and_given_back_without() {
    let mut workspace = with(|settings| settings.seats = [("Admin".to_owned(), 1)].into());
    let (_, ana) = add(&mut workspace, "ana", "Admin");
    let path = format!("/Users/{}", ana["id"].as_str().expect("an id"));
    assert_eq!(add(&mut workspace, "bo", "Admin").0, 400);
    let active = |workspace: &mut Workspace, flag: bool| {
        let body = json!({"Operations": [{"op": "replace", "path": "active", "value": flag}]});
        send(workspace, Method::Patch, &path, body, 0)
    };
    assert_eq!(send(&mut workspace, Method::Put, &path, ana.clone(), 0).0, 200, "who has a seat keeps it");
    assert_eq!(active(&mut workspace, false).0, 200);
    assert_eq!(add(&mut workspace, "bo", "Admin").0, 201);
    let (status, error) = active(&mut workspace, true);
    assert_eq!((status, kind(&error)), (400, Some("invalidValue")));
    assert!(workspace.set_role_by_hand("ana", "workato_role", "Operator", at(0)).is_ok());
    assert_eq!(active(&mut workspace, true).0, 200);
    assert!(workspace.set_role_by_hand("ana", "workato_role_prod", "Admin", at(0)).is_err());
    let (_, role) = get(&mut workspace, "/Roles/Admin", 0);
    assert_eq!((&role["totalAssignmentsUsed"], &role["totalAssignmentsPermitted"]), (&json!(1), &json!(1)));
    assert_eq!(role["limitedAssignmentsPermitted"], true);
    let (_, role) = get(&mut workspace, "/Roles/Operator", 0);
    assert_eq!(
        (&role["limitedAssignmentsPermitted"], &role["totalAssignmentsUsed"]),
        (&json!(false), &json!(1))
    );
}

#[test]
fn who_has_a_seat_keeps_it_also_where_more_have_one_than_there_are() {
    let mut workspace = with(|settings| settings.seats = [("Admin".to_owned(), 1)].into());
    let before = ["ana@x.test", "bo@x.test"].map(|email| Preset {
        name: email.to_owned(),
        email: email.to_owned(),
        roles: Roles::all("Admin"),
    });
    workspace.add_presets(&before, at(0));
    let id = workspace.account("ana@x.test").map(|account| account.id.clone()).expect("ana");
    let body = json!({"Operations": [{"op": "replace", "path": "title", "value": "Dr"}]});
    assert_eq!(send(&mut workspace, Method::Patch, &format!("/Users/{id}"), body, 0).0, 200);
    assert_eq!(add(&mut workspace, "cy", "Admin").0, 400);
}

#[derive(Debug, Clone)]
enum Move {
    Add(u8),
    Remove(u8),
    Next,
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![(0..40u8).prop_map(Move::Add), (0..40u8).prop_map(Move::Remove), Just(Move::Next)]
}

fn ids(workspace: &Workspace) -> BTreeSet<String> {
    workspace.accounts().map(|account| account.id.clone()).collect()
}

fn number_of(name: u8) -> String {
    // A few titles, so that many share one; some people have none.
    format!("p{}", name.wrapping_mul(37))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_walk_by_cursor_meets_whoever_stays_once_whatever_comes_and_goes(
        first in prop::collection::btree_set(0..40u8, 0..20),
        moves in prop::collection::vec(any_move(), 0..30),
        count in 1..5u8,
        sort in prop::sample::select(vec!["", "&sortBy=title", "&sortBy=userName&sortOrder=descending",
            "&sortBy=title&sortOrder=descending", "&sortBy=meta.created"]),
    ) {
        let mut workspace = with(|_| ());
        let create = |workspace: &mut Workspace, name: u8| {
            let mut body = json!({"userName": number_of(name)});
            if !name.is_multiple_of(4) {
                body["title"] = json!(format!("t{}", name % 3));
            }
            send(workspace, Method::Post, "/Users", body, i64::from(name));
        };
        for name in first {
            create(&mut workspace, name);
        }
        let mut stayed = ids(&workspace);
        let mut met: Vec<String> = Vec::new();
        let mut cursor = Some(String::new());
        let step = |workspace: &mut Workspace, cursor: &mut Option<String>, met: &mut Vec<String>| {
            let Some(at) = cursor.as_ref() else { return };
            let (status, page) = get(workspace, &format!("/Users?cursor={at}&count={count}{sort}"), 0);
            assert_eq!(status, 200, "{page}");
            let items = page["Resources"].as_array().expect("resources");
            met.extend(items.iter().filter_map(|user| user["id"].as_str()).map(str::to_owned));
            *cursor = page["nextCursor"].as_str().map(str::to_owned);
        };
        for one in moves {
            match one {
                Move::Add(name) => create(&mut workspace, name),
                Move::Remove(name) => {
                    if let Some(id) = workspace.account(&number_of(name)).map(|account| account.id.clone()) {
                        send(&mut workspace, Method::Delete, &format!("/Users/{id}"), Value::Null, 0);
                        stayed.remove(&id);
                    }
                }
                Move::Next => step(&mut workspace, &mut cursor, &mut met),
            }
        }
        for _ in 0..100 {
            step(&mut workspace, &mut cursor, &mut met);
        }
        prop_assert_eq!(cursor, None, "a walk ends");
        let once: BTreeSet<String> = met.iter().cloned().collect();
        prop_assert_eq!(once.len(), met.len(), "nobody is met twice");
        prop_assert!(stayed.is_subset(&once), "whoever stays is met");
    }

    #[test]
    fn sorted_pages_by_index_and_by_cursor_are_the_same_list(
        names in prop::collection::vec(("[a-c]{1,2}", prop::option::of("[A-Ca-c]{0,2}")), 0..15),
        count in 1..6usize, descending in any::<bool>(),
    ) {
        let mut workspace = with(|_| ());
        for (name, title) in names {
            send(&mut workspace, Method::Post, "/Users", json!({"userName": name, "title": title}), 0);
        }
        let order = if descending { "&sortOrder=descending" } else { "" };
        let page = |workspace: &mut Workspace, query: &str| get(workspace, &format!("/Users?sortBy=title{order}&{query}"), 0).1;
        let whole = page(&mut workspace, "count=200");
        let whole = whole["Resources"].as_array().expect("resources");
        let (mut by_index, mut by_cursor) = (Vec::new(), Vec::new());
        for start in (1..=whole.len()).step_by(count) {
            let page = page(&mut workspace, &format!("startIndex={start}&count={count}"));
            by_index.extend(page["Resources"].as_array().expect("resources").clone());
        }
        let mut cursor = Some(String::new());
        while let Some(at) = cursor {
            prop_assert!(by_cursor.len() <= whole.len(), "a walk ends");
            let page = page(&mut workspace, &format!("cursor={at}&count={count}"));
            by_cursor.extend(page["Resources"].as_array().expect("resources").clone());
            cursor = page["nextCursor"].as_str().map(str::to_owned);
        }
        prop_assert_eq!(&by_index, whole);
        prop_assert_eq!(&by_cursor, whole);
        let titles: Vec<Option<String>> =
            whole.iter().map(|user| user["title"].as_str().map(str::to_lowercase)).collect();
        let mut expected = titles.clone();
        expected.sort_by_key(|title| (title.is_none(), title.clone()));
        if descending {
            expected.reverse();
        }
        prop_assert_eq!(titles, expected);
    }
}
