//! One drain by the engine, and one by a bare loop that posts the same bodies.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use scimdeck::directory::Change;
use scimdeck::domain::{
    AccountValues, Assignment, Connection, ConnectionId, Ids, Origin, Person, ProfileAttribute, Secret, Time,
    TokenSource,
};
use scimdeck::drive::{Drive, DriveConfig, add_connection, open_store};
use scimdeck::engine::wire::Wire;
use scimdeck::engine::{Approval, Outcome, Progress};
use scimdeck::store::{Batch, Store};
use scimdeck::verbs::{Command, Who};

use crate::server::TOKEN;

/// What one drain cost, for each operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) per_second: f64,
    /// Processor time of this process, in microseconds.
    pub(crate) cpu_us: f64,
    /// Transactions committed: each is one fsync.
    pub(crate) commits: f64,
}

fn attributes() -> Vec<ProfileAttribute> {
    ["workato_role", "workato_role_test", "workato_role_prod"].map(ProfileAttribute::workato).to_vec()
}

/// The processor time that this process used, all threads together.
fn cpu() -> Duration {
    let at = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(at.tv_sec.unsigned_abs(), u32::try_from(at.tv_nsec).unwrap())
}

/// Makes the store that a drain is kept in, given its home.
pub(crate) type Kept = fn(&Path) -> Store;

/// In the home's file, synced: as in the program.
pub(crate) fn in_file(home: &Path) -> Store {
    open_store(home).unwrap()
}

/// A home with everybody assigned and nobody provisioned.
pub(crate) async fn directory(
    base_url: &str,
    home: &Path,
    people: usize,
    concurrency: u32,
) -> (Store, Drive) {
    filled(in_file(home), base_url, home, people, concurrency).await
}

async fn filled(
    store: Store,
    base_url: &str,
    home: &Path,
    people: usize,
    concurrency: u32,
) -> (Store, Drive) {
    let mut connection = Connection::new(ConnectionId(0), "bench", base_url, TokenSource::Memory);
    connection.enabled = true;
    connection.concurrency = concurrency;
    let connection = add_connection(&store, connection).await.unwrap();
    store
        .apply(Batch { connection: Some(connection.id), changes: changes(people), ..Batch::default() })
        .await
        .unwrap();
    let drive = Drive::open(DriveConfig {
        store: store.clone(),
        home: Some(home.to_owned()),
        connection,
        actor: "bench".into(),
        reason: None,
        read_only: false,
        tokens: Some((Secret::new(TOKEN), Secret::new("activity"))),
        watch: false,
    })
    .await
    .unwrap();
    (store, drive)
}

/// People with an assignment each.
pub(crate) fn changes(people: usize) -> Vec<Change> {
    let mut ids = Ids::new(1);
    let mut changes: Vec<Change> =
        attributes().into_iter().zip(0..).map(|(a, place)| Change::Attribute(place, a)).collect();
    for n in 0..people {
        let mut person = Person::new(ids.person(), &format!("person{n:06}@example.com"));
        person.given_name = format!("Given{n}");
        person.family_name = "Family".into();
        let roles = attributes().into_iter().map(|a| (a.variable, "Operator")).collect();
        let assignment = Assignment { roles, since: Time::from_ms(0), origin: Origin::BeforeScim };
        let id = person.id;
        changes.push(Change::Person(person.into()));
        changes.push(Change::Assigned(id, assignment));
    }
    changes
}

/// What the engine posts for these people.
pub(crate) async fn bodies(people: usize) -> Arc<Vec<String>> {
    let home = tempfile::tempdir().unwrap();
    let (_, drive) = directory("http://127.0.0.1:9/scim/v2", home.path(), people, 1).await;
    let wire = Wire::of(drive.directory().connection());
    let body =
        |values: &AccountValues| wire.create(values, &attributes()).body.unwrap_or_default().to_string();
    Arc::new(drive.directory().people().map(|p| body(&p.wanted())).collect())
}

/// Everything from the confirmed plan to the report: operations committed, each journalled as inflight and synced
/// before its first byte, sent, its answer compared with what was wanted, and its end journalled and audited.
pub(crate) async fn engine(base_url: &str, people: usize, concurrency: u32, kept: Kept) -> Cost {
    let home = tempfile::tempdir().unwrap();
    let (store, drive) = filled(kept(home.path()), base_url, home.path(), people, concurrency).await;
    let preview = drive.preview(Command::Provision(Who::NotProvisioned), Vec::new()).await.unwrap();
    let approval = Approval { confirmed: true, brake: u32::try_from(people).ok(), reason: None };
    let commits = store.transactions().await.unwrap();
    let (began, before) = (Instant::now(), cpu());
    let report =
        drive.run(preview, approval, tokio::sync::watch::channel(Progress::default()).0).await.unwrap();
    let (took, used) = (began.elapsed(), cpu() - before);
    assert_eq!(report.count(Outcome::Done) as usize, people);
    let commits = store.transactions().await.unwrap() - commits;
    cost(people, took, used, commits)
}

fn cost(people: usize, took: Duration, used: Duration, commits: u64) -> Cost {
    let n = people as f64;
    Cost {
        per_second: n / took.as_secs_f64(),
        cpu_us: used.as_secs_f64() * 1e6 / n,
        commits: commits as f64 / n,
    }
}

/// What nobody can do without: the id of what was made.
#[derive(serde::Deserialize)]
struct Made {
    id: String,
}

/// Posts the bodies and reads the id from each answer; keeps nothing.
pub(crate) async fn bare(base_url: &str, bodies: &Arc<Vec<String>>, concurrency: u32) -> Cost {
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let next = Arc::new(AtomicUsize::new(0));
    let (began, before) = (Instant::now(), cpu());
    let workers: Vec<_> = (0..concurrency)
        .map(|_| {
            let (client, next, bodies) = (client.clone(), next.clone(), bodies.clone());
            let url = format!("{base_url}/Users");
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(body) = bodies.get(n) else { return };
                    let request = client.post(&url).bearer_auth(TOKEN).body(body.clone());
                    let answer =
                        request.header("content-type", "application/scim+json").send().await.unwrap();
                    assert_eq!(answer.status(), 201);
                    let made: Made = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
                    assert!(!made.id.is_empty());
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    cost(bodies.len(), began.elapsed(), cpu() - before, 0)
}
