use scimdeck::domain::Time;
use scimdeck::endpoint::activity::{ActivityLog, Mark};
use scimdeck::endpoint::{Cause, EndpointConfig};
use serde_json::json;

use crate::server::{Reply, Seen, Server, scim, with};

/// Entries of a log of `n`, newest first, one a second from the epoch on.
fn page(n: u64, seen: &Seen) -> Reply {
    let after = seen.query("page%5Bafter%5D").map_or(n + 1, |after| after.parse().expect("an id"));
    let from: Time = seen
        .query("from")
        .map_or_else(Time::default, |from| from.replace("%3A", ":").parse().expect("a time"));
    let size = seen.number("page%5Bsize%5D");
    let entry = |id: u64| {
        let at = Time::from_ms(i64::try_from(id).expect("small") * 1000);
        (at >= from).then(|| json!({"id": id, "timestamp": at, "event_type": "member_updated"}))
    };
    let data: Vec<_> = (1..after).rev().filter_map(entry).take(size).collect();
    scim(200, &json!({"data": data, "total": n}).to_string())
}

async fn log(reply: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> (ActivityLog, Server) {
    let server = Server::start(reply).await;
    let config =
        EndpointConfig { base_url: server.base.replace("/scim/v2", "/api/activity_logs"), ..server.config() };
    (ActivityLog::new(config).expect("a log"), server)
}

fn mark(id: u64) -> Mark {
    Mark { id: id.to_string(), at: Some(Time::from_ms(i64::try_from(id).expect("small") * 1000)) }
}

#[tokio::test]
async fn the_whole_log_is_read_once_and_then_only_what_is_new() {
    let (log, server) = log(|n, seen| page(if n < 4 { 250 } else { 253 }, seen)).await;
    let first = log.since(None, 10_000).await;
    let ids: Vec<u64> = first.entries.iter().map(|e| e.id.parse().expect("a number")).collect();
    assert_eq!(ids, (1..=250).collect::<Vec<_>>());
    assert!(first.reached && first.trouble.is_none());
    assert_eq!(first.mark, Some(mark(250)));
    assert_eq!(server.seen().len(), 4);
    assert_eq!(server.seen()[0].target, "/api/activity_logs?page%5Bsize%5D=100");
    let next = log.since(first.mark.as_ref(), 10_000).await;
    assert_eq!(next.entries.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["251", "252", "253"]);
    assert_eq!((next.reached, next.mark), (true, Some(mark(253))));
    assert_eq!(server.seen().len(), 5);
    assert_eq!(server.seen()[4].query("from"), Some("1970-01-01T00%3A04%3A10.000Z"));
}

#[tokio::test]
async fn nothing_new_keeps_the_mark() {
    let (log, _server) = log(|_, seen| page(5, seen)).await;
    let batch = log.since(Some(&mark(5)), 1_000).await;
    assert!(batch.entries.is_empty() && batch.reached);
    assert_eq!(batch.mark, Some(mark(5)));
}

#[tokio::test]
async fn a_log_that_never_ends_is_left_and_the_hole_is_said() {
    let (log, server) = log(|_, seen| page(100_000, seen)).await;
    let batch = log.since(None, 250).await;
    assert_eq!((batch.entries.len(), batch.reached, server.seen().len()), (300, false, 3));
    assert_eq!(batch.mark, Some(mark(100_000)));
}

#[tokio::test]
async fn a_log_that_repeats_itself_is_left() {
    let (log, server) =
        log(|_, _| scim(200, r#"{"data":[{"id":1,"event_type":"x"},{"id":1,"event_type":"x"}]}"#)).await;
    let batch = log.since(None, 1_000).await;
    assert_eq!((batch.entries.len(), batch.reached, server.seen().len()), (1, false, 2));
}

#[tokio::test]
async fn bad_rows_are_skipped_and_counted() {
    let (log, _server) = log(|n, _| match n {
        0 => scim(200, r#"{"data":[{"id":3,"event_type":"a"},7,{"id":null,"event_type":"b"},{"id":1,"event_type":"c"}]}"#),
        _ => scim(200, r#"{"data":[],"total":"x"}"#),
    })
    .await;
    let batch = log.since(None, 1_000).await;
    assert_eq!(batch.entries.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["1", "3"]);
    assert_eq!((batch.unreadable, batch.reached), (2, true));
}

#[tokio::test]
async fn a_failed_page_keeps_the_old_mark_so_that_nothing_is_skipped() {
    let (log, _server) = log(|n, seen| match n {
        0 => page(250, seen),
        _ => with(429, "retry-after: 30\r\n", b""),
    })
    .await;
    let batch = log.since(Some(&mark(20)), 10_000).await;
    assert_eq!((batch.entries.len(), batch.reached), (100, false));
    assert_eq!(batch.mark, Some(mark(20)));
    assert_eq!(batch.trouble.as_ref().map(|t| t.cause), Some(Cause::SlowDown));
    assert_eq!(batch.asked_wait_ms(Time::from_ms(0)), Some(30_000));
}

#[tokio::test]
async fn json_that_is_no_log_is_said() {
    for body in ["{}", "[]", r#"{"data":{}}"#, "<html>", "{\"data\":[{"] {
        let (log, _server) = log(move |_, _| scim(200, body)).await;
        let batch = log.since(None, 10).await;
        assert_eq!(batch.trouble.map(|t| t.cause), Some(Cause::NotScim), "{body}");
    }
}
