use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use scimdeck::domain::Time;
use scimdeck::endpoint::activity::{ActivityBatch, ActivityLog, Mark, Place, Rest, Unread};
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

fn place(id: u64) -> Place {
    Place { newest: Some(mark(id)), rest: None }
}

fn nowhere() -> Place {
    Place::default()
}

fn ids(batch: &ActivityBatch) -> Vec<u64> {
    batch.entries.iter().map(|entry| entry.id.parse().expect("a number")).collect()
}

#[tokio::test]
async fn the_whole_log_is_read_once_and_then_only_what_is_new() {
    let (log, server) = log(|n, seen| page(if n < 4 { 250 } else { 253 }, seen)).await;
    let first = log.since(&nowhere(), 10_000).await;
    let ids: Vec<u64> = first.entries.iter().map(|e| e.id.parse().expect("a number")).collect();
    assert_eq!(ids, (1..=250).collect::<Vec<_>>());
    assert!(first.reached() && first.trouble.is_none());
    assert_eq!(first.place, place(250));
    assert_eq!(server.seen().len(), 4);
    assert_eq!(server.seen()[0].target, "/api/activity_logs?page%5Bsize%5D=100");
    let next = log.since(&first.place, 10_000).await;
    assert_eq!(next.entries.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["251", "252", "253"]);
    assert_eq!((next.reached(), next.place), (true, place(253)));
    assert_eq!(server.seen().len(), 5);
    assert_eq!(server.seen()[4].query("from"), Some("1970-01-01T00%3A04%3A10.000Z"));
}

#[tokio::test]
async fn nothing_new_keeps_the_mark() {
    let (log, _server) = log(|_, seen| page(5, seen)).await;
    let batch = log.since(&place(5), 1_000).await;
    assert!(batch.entries.is_empty() && batch.reached());
    assert_eq!(batch.place, place(5));
}

#[tokio::test]
async fn a_log_that_never_ends_is_left_and_the_hole_is_said() {
    let (log, server) = log(|_, seen| page(100_000, seen)).await;
    let batch = log.since(&nowhere(), 250).await;
    assert_eq!((batch.entries.len(), batch.reached(), server.seen().len()), (300, false, 3));
    assert_eq!(batch.place, place(100_000));
    let hole = Unread { below: mark(99_701), above: None, rows: Some(99_700) };
    assert_eq!(batch.unread, [hole]);
}

#[tokio::test]
async fn a_log_that_repeats_itself_is_left() {
    let (log, server) =
        log(|_, _| scim(200, r#"{"data":[{"id":1,"event_type":"x"},{"id":1,"event_type":"x"}]}"#)).await;
    let batch = log.since(&nowhere(), 1_000).await;
    assert_eq!((batch.entries.len(), batch.reached(), server.seen().len()), (1, false, 2));
}

#[tokio::test]
async fn bad_rows_are_skipped_and_counted() {
    let (log, _server) = log(|n, _| match n {
        0 => scim(200, r#"{"data":[{"id":3,"event_type":"a"},7,{"id":null,"event_type":"b"},{"id":1,"event_type":"c"}]}"#),
        _ => scim(200, r#"{"data":[],"total":"x"}"#),
    })
    .await;
    let batch = log.since(&nowhere(), 1_000).await;
    assert_eq!(batch.entries.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["1", "3"]);
    assert_eq!((batch.unreadable, batch.reached()), (2, true));
}

#[tokio::test]
async fn a_failed_page_keeps_the_old_mark_below_what_was_read_so_that_nothing_is_skipped() {
    let (log, _server) = log(|n, seen| match n {
        1 => with(429, "retry-after: 30\r\n", b""),
        _ => page(250, seen),
    })
    .await;
    let batch = log.since(&place(20), 10_000).await;
    assert_eq!((batch.entries.len(), batch.reached()), (100, false));
    let rest = Rest { below: mark(151), above: Some(mark(20)) };
    assert_eq!(batch.place, Place { rest: Some(rest), ..place(250) });
    assert_eq!(batch.trouble.as_ref().map(|t| t.cause), Some(Cause::SlowDown));
    assert_eq!(batch.asked_wait_ms(Time::from_ms(0)), Some(30_000));
    let next = log.since(&batch.place, 10_000).await;
    assert_eq!(ids(&next), (21..=150).collect::<Vec<_>>());
    assert!(next.reached() && next.late == 130 && next.place == place(250), "{next:?}");
}

#[tokio::test]
async fn json_that_is_no_log_is_said() {
    for body in ["{}", "[]", r#"{"data":{}}"#, "<html>", "{\"data\":[{"] {
        let (log, _server) = log(move |_, _| scim(200, body)).await;
        let batch = log.since(&nowhere(), 10).await;
        assert_eq!(batch.trouble.map(|t| t.cause), Some(Cause::NotScim), "{body}");
    }
}

#[tokio::test]
async fn more_than_a_look_takes_is_read_on_by_the_next_ones_and_what_came_meanwhile_after_it() {
    let newest = [1_250, 1_250, 1_260];
    let look = Arc::new(AtomicUsize::new(0));
    let at = look.clone();
    let (log, _server) = log(move |_, seen| page(newest[at.load(Ordering::Relaxed)], seen)).await;
    let (mut place, mut all) = (place(10), Vec::new());
    for (n, count) in [500, 500, 250].into_iter().enumerate() {
        look.store(n, Ordering::Relaxed);
        let batch = log.since(&place, 500).await;
        assert_eq!((batch.entries.len(), batch.late, batch.reached()), (count, [0, 500, 240][n], n == 2));
        all.extend(ids(&batch));
        place = batch.place;
    }
    all.sort_unstable();
    assert_eq!(all, (11..=1_260).collect::<Vec<_>>(), "nothing twice and nothing lost");
}

#[tokio::test]
async fn what_is_new_is_read_at_once_however_long_the_rest_below_it_is() {
    let (log, server) = log(|_, seen| page(9_010, seen)).await;
    let rest = Rest { below: mark(8_000), above: Some(mark(10)) };
    let batch = log.since(&Place { rest: Some(rest), ..place(9_000) }, 500).await;
    let read: Vec<u64> = (7_500..8_000).chain(9_001..=9_010).collect();
    assert_eq!((ids(&batch), batch.late, server.seen().len()), (read, 500, 6));
    let rest = Rest { below: mark(7_500), above: Some(mark(10)) };
    assert_eq!(batch.place, Place { rest: Some(rest), ..place(9_010) });
}

#[tokio::test]
async fn what_is_new_waits_for_the_rest_where_it_is_more_than_a_look_takes_itself() {
    let (log, _server) = log(|_, seen| page(9_900, seen)).await;
    let rest = Some(Rest { below: mark(800), above: Some(mark(10)) });
    let mut place = Place { rest, ..place(9_000) };
    let mut all = Vec::new();
    for (count, late) in [(500, 500), (789, 289), (400, 400)] {
        let batch = log.since(&place, 500).await;
        assert_eq!((batch.entries.len(), batch.late), (count, late));
        all.extend(ids(&batch));
        place = batch.place;
    }
    all.sort_unstable();
    let missed: Vec<u64> = (11..800).chain(9_001..=9_900).collect();
    assert_eq!((all, place), (missed, self::place(9_900)), "nothing twice and nothing lost");
}

#[tokio::test]
async fn a_log_that_refuses_to_go_on_has_its_hole_named_and_is_followed_further() {
    let (log, _server) = log(|_, seen| match seen.query("page%5Bafter%5D") {
        Some(_) => scim(400, r#"{"message":"no such page"}"#),
        None => page(250, seen),
    })
    .await;
    let first = log.since(&place(20), 500).await;
    assert_eq!((first.entries.len(), first.trouble.is_some(), first.unread.len()), (100, true, 0));
    let next = log.since(&first.place, 500).await;
    let hole = Unread { below: mark(151), above: Some(mark(20)), rows: None };
    assert_eq!((next.unread, next.trouble.is_none(), next.place), (vec![hole], true, place(250)));
}

#[tokio::test]
async fn a_rest_that_is_refused_by_a_log_that_is_down_is_kept() {
    let (log, _server) = log(|n, seen| if n == 0 { page(250, seen) } else { scim(404, "{}") }).await;
    let first = log.since(&place(20), 500).await;
    let next = log.since(&first.place, 500).await;
    assert!(next.trouble.is_some() && next.unread.is_empty() && next.place == first.place, "{next:?}");
}

#[tokio::test]
async fn a_log_that_knows_no_pages_has_its_hole_named() {
    let (log, _server) = log(|_, _| {
        let row = |id: u64| json!({"id": id, "event_type": "x", "timestamp": Time::from_ms(i64::try_from(id).expect("small") * 1_000)});
        scim(200, &json!({"data": (1..=3).rev().map(row).collect::<Vec<_>>(), "total": 9}).to_string())
    })
    .await;
    let batch = log.since(&nowhere(), 500).await;
    assert_eq!(batch.unread, [Unread { below: mark(1), above: None, rows: Some(6) }]);
    let next = log.since(&batch.place, 500).await;
    assert!(next.entries.is_empty() && next.reached());
}

#[tokio::test]
async fn a_bad_row_is_counted_once_wherever_it_stands() {
    // Above the newest row that has an id it is met again; at a page's foot too.
    let rows = |n: usize| match n {
        0 => r#"7,{"id":9},{"id":8,"event_type":"a"},8"#,
        1 => r#"8,{"id":7,"event_type":"a"}"#,
        2 | 3 => "",
        _ => r#"{"id":10,"event_type":"a"},7,{"id":9},{"id":8,"event_type":"a"},8"#,
    };
    let (log, _server) = log(move |n, _| scim(200, &format!(r#"{{"data":[{}]}}"#, rows(n)))).await;
    let first = log.since(&nowhere(), 500).await;
    assert_eq!((ids(&first), first.unreadable), (vec![7, 8], 2));
    let nothing = log.since(&first.place, 500).await;
    assert_eq!((nothing.unreadable, &nothing.place), (0, &first.place));
    let next = log.since(&first.place, 500).await;
    assert_eq!((ids(&next), next.unreadable), (vec![10], 1));
}

#[tokio::test]
async fn a_log_without_a_single_id_is_said_to_be_none() {
    let (log, _server) = log(|_, _| scim(200, r#"{"data":[{"event_type":"a"},7]}"#)).await;
    let batch = log.since(&nowhere(), 500).await;
    assert_eq!(batch.trouble.map(|t| t.cause), Some(Cause::NotScim));
}

#[tokio::test]
async fn two_holes_of_one_look_are_both_named() {
    let refuses = Arc::new(AtomicUsize::new(1));
    let now = refuses.clone();
    // First it refuses to go on; then it goes on with its newest page again and again.
    let (log, _server) =
        log(move |_, seen| match (seen.query("page%5Bafter%5D"), now.load(Ordering::Relaxed)) {
            (None, 1) => page(250, seen),
            (Some(_), 1) => scim(400, "{}"),
            _ => {
                let mut top = seen.clone();
                top.target = "/api/activity_logs?page%5Bsize%5D=100".to_owned();
                page(450, &top)
            }
        })
        .await;
    let first = log.since(&place(20), 500).await;
    refuses.store(0, Ordering::Relaxed);
    let next = log.since(&first.place, 500).await;
    let spans: Vec<_> =
        next.unread.iter().map(|hole| hole.above.as_ref().map(|mark| mark.id.as_str())).collect();
    assert_eq!(spans, [Some("20"), Some("250")], "{next:?}");
}
