use scimdeck::endpoint::Cause;
use scimdeck::endpoint::paging::{Completeness, Gap, Listing, PageQuery, Pages};
use serde_json::{Value, json};

use crate::server::{Reply, Seen, Server, scim};

/// Users `from..to` as a list with this total.
fn page(total: impl Into<Value>, ids: impl IntoIterator<Item = usize>) -> Reply {
    let users: Vec<_> = ids.into_iter().map(|id| json!({"id": format!("u{id}"), "userName": "x"})).collect();
    let mut body = json!({"Resources": users, "itemsPerPage": 9999, "startIndex": -5});
    let total = total.into();
    if !total.is_null() {
        body["totalResults"] = total;
    }
    scim(200, &body.to_string())
}

/// The rows a true server would give out of `n`.
fn rows(n: usize, seen: &Seen) -> std::ops::Range<usize> {
    let start = seen.number("startIndex").min(n + 1);
    start..(start + seen.number("count")).min(n + 1)
}

async fn listed(
    query: PageQuery,
    reply: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
) -> (Listing, Vec<Seen>) {
    let server = Server::start(reply).await;
    let listing = server.endpoint().list(query).await;
    (listing, server.seen())
}

fn all() -> PageQuery {
    PageQuery::all("Users")
}

fn gap(listing: &Listing) -> &Gap {
    match &listing.completeness {
        Completeness::Incomplete(gap) => gap,
        Completeness::Complete => panic!("complete with {} rows", listing.items.len()),
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page_until_its_total_is_reached() {
    let (listing, seen) = listed(all(), |_, seen| page(250, rows(250, seen))).await;
    assert!(listing.complete());
    assert_eq!((listing.items.len(), listing.total, listing.pages), (250, Some(250), 3));
    assert_eq!(seen[2].target, "/scim/v2/Users?startIndex=201&count=100");
    let query =
        PageQuery { excluded: Some("members".into()), ..PageQuery::matching("Groups", "a eq \"b\"".into()) };
    let (listing, seen) = listed(query, |_, _| page(0, [])).await;
    assert!(listing.complete() && listing.items.is_empty());
    assert_eq!(
        seen[0].target,
        "/scim/v2/Groups?filter=a%20eq%20%22b%22&excludedAttributes=members&startIndex=1&count=100"
    );
}

#[tokio::test]
async fn the_next_page_begins_after_the_rows_that_came() {
    // Clamps every page to ten rows, whatever was asked, and lies about itemsPerPage.
    let (listing, seen) = listed(all(), |_, seen| {
        let start = seen.number("startIndex");
        page(25, start..(start + 10).min(26))
    })
    .await;
    assert!(listing.complete());
    assert_eq!(seen.iter().map(|s| s.number("startIndex")).collect::<Vec<_>>(), [1, 11, 21]);
}

#[tokio::test]
async fn without_a_total_an_empty_page_ends_the_list() {
    let (listing, _) = listed(all(), |_, seen| page(Value::Null, rows(150, seen))).await;
    assert!(listing.complete());
    assert_eq!((listing.items.len(), listing.pages, listing.total), (150, 3, None));
}

#[tokio::test]
async fn without_a_total_the_same_page_again_is_not_taken_for_the_end() {
    let (listing, _) = listed(all(), |_, _| page(Value::Null, 1..101)).await;
    assert_eq!((gap(&listing), listing.items.len(), listing.pages), (&Gap::NoTotal, 100, 2));
}

#[tokio::test]
async fn a_server_that_gives_the_first_page_for_ever_is_left() {
    let (listing, _) = listed(all(), |_, _| page(500, 1..101)).await;
    assert_eq!(gap(&listing), &Gap::Missing { seen: 100, total: 500 });
    assert_eq!((listing.items.len(), listing.pages), (100, 2));
}

#[tokio::test]
async fn rows_that_come_twice_are_taken_once_and_make_the_pass_incomplete() {
    // Each page begins with the last row of the one before.
    let (listing, _) = listed(all(), |n, _| page(190, (1 + n * 99)..(101 + n * 99).min(191))).await;
    assert_eq!(listing.items.len(), 190);
    assert_eq!(gap(&listing), &Gap::Repeated(1));
    let (listing, _) = listed(all(), |n, _| page(3, if n == 0 { vec![1, 1, 2] } else { vec![] })).await;
    assert_eq!(listing.items.len(), 2);
    assert!(!listing.complete());
}

#[tokio::test]
async fn a_total_that_moves_makes_the_pass_incomplete() {
    let (listing, _) = listed(all(), |n, seen| page(250 - n, rows(250 - n, seen))).await;
    assert_eq!(gap(&listing), &Gap::TotalMoved { from: 250, to: 249 });
    let (listing, _) = listed(all(), |n, seen| page(if n == 0 { 250 } else { 0 }, rows(150, seen))).await;
    assert_eq!(gap(&listing), &Gap::TotalMoved { from: 250, to: 0 });
    assert_eq!(listing.items.len(), 150);
}

#[tokio::test]
async fn fewer_rows_than_promised_make_the_pass_incomplete() {
    let (listing, _) = listed(all(), |_, seen| page(120, rows(110, seen))).await;
    assert_eq!(gap(&listing), &Gap::Missing { seen: 110, total: 120 });
    let (listing, _) = listed(all(), |_, _| page(5, [])).await;
    assert_eq!(gap(&listing), &Gap::Missing { seen: 0, total: 5 });
}

#[tokio::test]
async fn more_rows_than_promised_are_read_on_until_nothing_new_comes() {
    let (listing, _) = listed(all(), |_, seen| page(1, rows(150, seen))).await;
    assert_eq!((gap(&listing), listing.items.len()), (&Gap::TooMany { seen: 100, total: 1 }, 150));
}

#[tokio::test]
async fn a_list_without_end_is_left_at_the_limit() {
    let endless = |_: usize, seen: &Seen| {
        let start = seen.number("startIndex");
        page(Value::Null, start..start + 100)
    };
    let (listing, _) = listed(PageQuery { max_pages: 3, ..all() }, endless).await;
    assert_eq!(gap(&listing), &Gap::Limit { pages: 3, rows: 300 });
    let (listing, seen) = listed(PageQuery { max_rows: 250, ..all() }, endless).await;
    assert!(matches!(gap(&listing), Gap::Limit { .. }));
    assert_eq!((listing.items.len(), seen.len()), (250, 3));
}

#[tokio::test]
async fn one_bad_row_is_named_and_the_others_are_kept() {
    let body = r#"{"totalResults":5,"Resources":[{"id":"a"},42,{"userName":"no id"},{"ID":7},{"id":""}]}"#;
    let server = Server::start(move |_, _| scim(200, body)).await;
    let mut pages = Pages::new(&server.endpoint(), all());
    assert_eq!(pages.completeness(), Completeness::Incomplete(Gap::Unfinished));
    let page = pages.next().await.expect("a page").expect("a readable page");
    assert_eq!(page.items.iter().map(|i| i.id.as_str()).collect::<Vec<_>>(), ["a", "7"]);
    assert_eq!(page.unreadable, ["42", r#"{"userName":"no id"}"#, r#"{"id":""}"#]);
    assert!(pages.next().await.is_none());
    assert_eq!(pages.completeness(), Completeness::Incomplete(Gap::Unreadable(3)));
    assert_eq!((pages.seen(), pages.total()), (2, Some(5)));
}

#[tokio::test]
async fn a_failed_page_ends_the_pass_and_keeps_what_came() {
    let (listing, seen) = listed(all(), |n, seen| match n {
        0 => page(300, rows(300, seen)),
        _ => scim(500, r#"{"detail":"boom"}"#),
    })
    .await;
    assert_eq!((listing.items.len(), seen.len()), (100, 2));
    assert!(matches!(gap(&listing), Gap::Failed(text) if text.contains("boom")));
    assert_eq!(listing.error.expect("an error").trouble.cause, Cause::ServerError);
    let (listing, _) = listed(all(), |_, _| scim(200, "{\"Resources\":[{\"id\"")).await;
    assert_eq!(listing.error.expect("an error").trouble.cause, Cause::NotScim);
}

/// A server with cursors: the cursor is the number of the row it leads to.
fn by_cursor(n: usize, with_total: bool, seen: &Seen) -> Reply {
    let start: usize = seen.query("cursor").map_or(1, |cursor| cursor.parse().expect("its own cursor"));
    let end = (start + seen.number("count")).min(n + 1);
    let users: Vec<_> = (start..end).map(|id| json!({"id": format!("u{id}")})).collect();
    let mut body = json!({"Resources": users});
    if end <= n {
        body["nextCursor"] = json!(end.to_string());
    }
    if with_total {
        body["totalResults"] = json!(n);
    }
    scim(200, &body.to_string())
}

#[tokio::test]
async fn a_cursor_is_followed_where_a_page_gives_one() {
    for with_total in [true, false] {
        let (listing, seen) = listed(all(), move |_, seen| by_cursor(250, with_total, seen)).await;
        assert!(listing.complete(), "{:?}", listing.completeness);
        assert_eq!((listing.items.len(), listing.pages), (250, 3));
        assert_eq!(seen[2].target, "/scim/v2/Users?cursor=201&count=100");
    }
}

#[tokio::test]
async fn an_endpoint_without_index_is_read_by_its_cursors() {
    let server = Server::start(|_, seen| match seen.query("startIndex") {
        Some(_) => scim(501, r#"{"status":"501","detail":"Pagination by index is not supported"}"#),
        None => by_cursor(250, false, seen),
    })
    .await;
    let endpoint = server.endpoint();
    for count in [100, 300] {
        let listing = endpoint.list(PageQuery { count, ..all() }).await;
        assert!(listing.complete(), "{:?}", listing.completeness);
        assert_eq!(listing.items.len(), 250);
    }
    let refused = server.seen().iter().filter(|seen| seen.query("startIndex").is_some()).count();
    assert_eq!(refused, 1, "it is not asked for an index again");
}

#[tokio::test]
async fn a_refusal_that_is_not_the_index_s_is_told_as_it_came() {
    let (listing, seen) = listed(all(), |_, _| scim(400, r#"{"detail":"closed today"}"#)).await;
    assert!(listing.error.expect("an error").trouble.text.contains("closed today"));
    assert_eq!(seen.len(), 2);
    assert!(seen[0].query("startIndex").is_some());
}

#[tokio::test]
async fn cursors_that_lead_nowhere_make_the_pass_incomplete() {
    // The last page comes early.
    let (listing, _) = listed(all(), |_, seen| {
        let more = if seen.query("cursor").is_none() { r#","nextCursor":"c""# } else { "" };
        scim(200, &format!(r#"{{"totalResults":9,"Resources":[{{"id":"{}"}}]{more}}}"#, more.len()))
    })
    .await;
    assert_eq!(gap(&listing), &Gap::Missing { seen: 2, total: 9 });
    // The same page and the same cursor for ever.
    let (listing, seen) =
        listed(all(), |_, _| scim(200, r#"{"Resources":[{"id":"a"}],"nextCursor":"c"}"#)).await;
    assert_eq!((gap(&listing), seen.len()), (&Gap::Unfinished, 2));
    // Empty pages with ever new cursors.
    let query = PageQuery { max_pages: 5, ..all() };
    let (listing, _) =
        listed(query, |n, _| scim(200, &format!(r#"{{"Resources":[],"nextCursor":"c{n}"}}"#))).await;
    assert_eq!(gap(&listing), &Gap::Limit { pages: 5, rows: 0 });
}

#[tokio::test]
async fn a_list_whose_total_grows_with_every_page_is_left_before_it_never_ends() {
    let endless = |_, seen: &Seen| {
        let start = seen.number("startIndex");
        page(start + 5_000, start..start + seen.number("count"))
    };
    let (listing, seen) = listed(PageQuery { count: 1_000, ..all() }, endless).await;
    assert_eq!(gap(&listing), &Gap::Endless { rows: 7_000, promised: 5_001 });
    assert!(!gap(&listing).may_be_movement(), "another pass would be as long");
    assert_eq!(seen.len(), 7);
}

#[tokio::test]
async fn a_list_that_grows_a_little_while_it_is_read_is_read_to_its_end() {
    let (listing, _) = listed(all(), |n, seen| page(250 + n, rows(250 + n, seen))).await;
    assert_eq!(gap(&listing), &Gap::TotalMoved { from: 250, to: 251 });
    assert!(listing.items.len() > 250);
}
