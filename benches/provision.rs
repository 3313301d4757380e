//! Provisioning 2,000 people on the sandbox at concurrency 8, against a bare reqwest loop that posts the same
//! bodies: engine and floor alternately in one run, medians of 5, as a ratio.
//!
//! `cargo bench --bench provision`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints and stops at the first error")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use scimdeck::directory::Change;
use scimdeck::domain::{
    AccountValues, Assignment, Connection, ConnectionId, Ids, Origin, Person, ProfileAttribute, Secret, Time,
    TokenSource,
};
use scimdeck::drive::{Drive, DriveConfig, add_connection, open_store};
use scimdeck::engine::wire::Wire;
use scimdeck::engine::{Approval, Outcome, Progress};
use scimdeck::sandbox::{Sandbox, SandboxConfig};
use scimdeck::store::Batch;
use scimdeck::verbs::{Command, Who};

const PEOPLE: usize = 2_000;
const CONCURRENCY: u32 = 8;
const ROUNDS: usize = 5;
const TOKEN: &str = "bench-token";

fn attributes() -> Vec<ProfileAttribute> {
    ["workato_role", "workato_role_test", "workato_role_prod"].map(ProfileAttribute::workato).to_vec()
}

/// An empty sandbox on a thread of its own, so that client and server do not share a runtime.
fn sandbox(latency: Duration) -> (String, tokio::sync::oneshot::Sender<()>) {
    let (tell, hear) = std::sync::mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let mut config = SandboxConfig::new(TOKEN.to_owned().into(), "activity".to_owned().into());
            config.latency = latency;
            let sandbox = Sandbox::start(config).await.unwrap();
            tell.send(sandbox.base_url()).unwrap();
            let _ = stopped.await;
            sandbox.shutdown().await.unwrap();
        });
    });
    (hear.recv().unwrap(), stop)
}

/// A drive on a home of its own with everybody assigned, and their bodies for the bare loop.
async fn directory(base_url: &str, home: &std::path::Path) -> (Drive, Vec<String>) {
    let store = open_store(home).unwrap();
    let mut connection = Connection::new(ConnectionId(0), "bench", base_url, TokenSource::Memory);
    connection.enabled = true;
    connection.concurrency = CONCURRENCY;
    let connection = add_connection(&store, connection).await.unwrap();
    let mut ids = Ids::new(1);
    let mut changes: Vec<Change> =
        attributes().into_iter().zip(0..).map(|(a, place)| Change::Attribute(place, a)).collect();
    for n in 0..PEOPLE {
        let mut person = Person::new(ids.person(), &format!("person{n:05}@example.com"));
        person.given_name = format!("Given{n}");
        person.family_name = "Family".into();
        let roles = attributes().into_iter().map(|a| (a.variable, "Operator")).collect();
        let assignment = Assignment { roles, since: Time::from_ms(0), origin: Origin::BeforeScim };
        let id = person.id;
        changes.push(Change::Person(person));
        changes.push(Change::Assigned(id, assignment));
    }
    store.apply(Batch { connection: Some(connection.id), changes, ..Batch::default() }).await.unwrap();
    let drive = Drive::open(DriveConfig {
        store,
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
    let wire = Wire::of(drive.directory().connection());
    let body =
        |values: &AccountValues| wire.create(values, &attributes()).body.unwrap_or_default().to_string();
    let bodies = drive.directory().people().map(|p| body(&p.wanted())).collect();
    (drive, bodies)
}

async fn engine(latency: Duration) -> f64 {
    let (base_url, stop) = sandbox(latency);
    let home = tempfile::tempdir().unwrap();
    let (drive, _) = directory(&base_url, home.path()).await;
    let preview = drive.preview(Command::Provision(Who::NotProvisioned), Vec::new()).await.unwrap();
    let approval = Approval { confirmed: true, brake: Some(PEOPLE as u32), reason: None };
    let began = Instant::now();
    let report =
        drive.run(preview, approval, tokio::sync::watch::channel(Progress::default()).0).await.unwrap();
    let took = began.elapsed().as_secs_f64();
    assert_eq!(report.count(Outcome::Done) as usize, PEOPLE);
    let _ = stop.send(());
    PEOPLE as f64 / took
}

async fn bare(latency: Duration, bodies: Arc<Vec<String>>) -> f64 {
    let (base_url, stop) = sandbox(latency);
    let client = reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap();
    let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let began = Instant::now();
    let workers: Vec<_> = (0..CONCURRENCY)
        .map(|_| {
            let (client, next, bodies) = (client.clone(), next.clone(), bodies.clone());
            let url = format!("{base_url}/Users");
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(body) = bodies.get(n) else { return };
                    let request = client.post(&url).bearer_auth(TOKEN).body(body.clone());
                    let answer =
                        request.header("content-type", "application/scim+json").send().await.unwrap();
                    assert_eq!(answer.status(), 201);
                    answer.bytes().await.unwrap();
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let took = began.elapsed().as_secs_f64();
    let _ = stop.send(());
    PEOPLE as f64 / took
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let home = tempfile::tempdir().unwrap();
        let (_, bodies) = directory("http://127.0.0.1:9/scim/v2", home.path()).await;
        let bodies = Arc::new(bodies);
        for delay in [0, 20] {
            let latency = Duration::from_millis(delay);
            let (mut engines, mut floors) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                engines.push(engine(latency).await);
                floors.push(bare(latency, bodies.clone()).await);
            }
            let (engine, floor) = (median(engines), median(floors));
            println!(
                "{PEOPLE} people, concurrency {CONCURRENCY}, answers after {delay} ms: engine {engine:.0}/s, \
                 bare loop {floor:.0}/s, ratio {:.2}",
                engine / floor
            );
        }
    });
}
