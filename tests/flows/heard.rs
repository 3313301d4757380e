//! The app's own log, taken in whole: what one look does not take the next ones do, and what cannot be had is told.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::header;
use scimdeck::audit::{AuditEntry, AuditQuery, Source};
use scimdeck::domain::{Connection, ConnectionId, Feed, TokenSource};
use scimdeck::drive::{Drive, add_connection, open_store};
use scimdeck::sandbox::{Method, Request};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::bench::{SCIM, in_time, name, open, sandbox_config};
use crate::nowhere::Folder;

/// A home whose connection has its feed there.
async fn home(base_url: &str, feed_url: String) -> Folder {
    let home = Folder::new();
    let mut connection = Connection::new(ConnectionId(0), "workato", base_url, TokenSource::Memory);
    connection.feed = Some(Feed { url: feed_url, token: TokenSource::Memory, every_s: 15, resend_url: None });
    let store = open_store(home.path()).expect("a store");
    add_connection(&store, connection).await.expect("a connection");
    home
}

async fn entries(drive: &Drive) -> Vec<AuditEntry> {
    let query = AuditQuery { after: Some(0), limit: 10_000, ..AuditQuery::default() };
    let mut entries = drive.audit(query).await.expect("the log");
    entries.retain(|entry| !entry.source.ours());
    entries
}

/// The app's ids of what was taken in.
fn ids(entries: &[AuditEntry]) -> Vec<u64> {
    let mut ids: Vec<u64> =
        entries.iter().filter_map(|entry| entry.remote_id.as_ref()?.parse().ok()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_a_look_takes_of_the_apps_log_is_all_taken_in_once_by_two_processes_that_look_at_once() {
    let sandbox = scimdeck::sandbox::Sandbox::start(sandbox_config(&[], &[])).await.expect("a sandbox");
    let home = home(&sandbox.base_url(), sandbox.activity_url()).await;
    let create = |numbers: std::ops::Range<usize>| {
        let workspace = sandbox.workspace();
        let mut workspace = workspace.lock().expect("no panic");
        for n in numbers {
            let mut request = Request::new(Method::Post, "/scim/v2/Users");
            request.headers = vec![
                ("authorization".to_owned(), format!("Bearer {SCIM}")),
                ("content-type".to_owned(), "application/scim+json".to_owned()),
            ];
            let schema = "urn:ietf:params:scim:schemas:core:2.0:User";
            request.body =
                json!({"schemas": [schema], "userName": name(n), "active": true}).to_string().into();
            let answer = workspace.handle(&request, jiff::Timestamp::now());
            assert_eq!(answer.status, 201);
        }
    };
    let (one, two) = (open(&home, false).await, open(&home, false).await);
    create(0..600);
    // On a machine that is busy a look may end before anything came.
    let taken_in = async || {
        while entries(&one).await.is_empty() {
            one.hear().await;
        }
    };
    in_time("it is taken in", taken_in()).await;
    let first = entries(&one).await;
    assert_eq!(ids(&first), (101..=600).collect::<Vec<_>>());
    let told = first.last().expect("an entry");
    assert!(told.event == "log not read" && told.source == Source::App, "{told:?}");
    assert!(
        told.detail.contains("followed from its entry 101") && told.detail.contains("100 rows"),
        "{told:?}"
    );

    create(600..1_834);
    for look in 0..3 {
        // What is new above is read when the rest below is.
        create(1_834 + look..1_835 + look);
        tokio::join!(one.hear(), two.hear());
    }
    let rest = async {
        while ids(&entries(&one).await).len() < 1_737 {
            tokio::join!(one.hear(), two.hear());
        }
    };
    in_time("the rest is too", rest).await;
    let all = entries(&one).await;
    assert_eq!(ids(&all), (101..=1_837).collect::<Vec<_>>(), "nothing twice and nothing lost");
    assert_eq!(all.len(), 1_738, "and nothing more is told");
    one.hear().await;
    assert_eq!(entries(&one).await.len(), 1_738);
}

/// A log of these rows, newest first, on one page.
async fn rows(rows: Arc<Mutex<Vec<Value>>>) -> String {
    let answer = |State(rows): State<Arc<Mutex<Vec<Value>>>>| async move {
        let body = json!({"data": *rows.lock().expect("no panic")}).to_string();
        ([(header::CONTENT_TYPE, "application/json")], body)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/api/activity_logs", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback(answer).with_state(rows)).await.expect("it serves");
    });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_the_apps_log_that_cannot_be_read_are_told_once_with_their_number() {
    let there = Arc::new(Mutex::new(vec![json!({"id": 1, "event_type": "user_login"})]));
    let url = rows(there.clone()).await;
    let home = home("http://127.0.0.1:9/scim/v2", url).await;
    let drive = open(&home, false).await;
    drive.hear().await;
    let before = entries(&drive).await.len();
    {
        let mut there = there.lock().expect("no panic");
        for row in
            [json!({"id": 2, "event_type": {}}), json!("torn"), json!({"id": 4, "event_type": "user_login"})]
        {
            there.insert(0, row);
        }
    }
    for _ in 0..2 {
        drive.hear().await;
        let new = entries(&drive).await.split_off(before);
        let [entry, told] = new.as_slice() else { panic!("{new:?}") };
        assert_eq!(entry.remote_id.as_deref(), Some("4"));
        assert_eq!((told.event.as_str(), told.source), ("log rows unreadable", Source::App));
        assert!(told.detail.starts_with("2 rows of the app's log could not be read"), "{told:?}");
    }
}
