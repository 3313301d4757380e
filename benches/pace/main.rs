//! How much of what an endpoint allows is used, and how often it has to say no: the engine against the sandbox with a
//! token bucket and `Retry-After`, the requests counted by a line between them. Medians of 3.
//!
//! The rate is taken after a quarter was created: before that the limit is not known.
//!
//! `cargo bench --bench pace`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints and stops at the first error")]

#[path = "../provision/drain.rs"]
#[expect(dead_code, reason = "the other bench uses the rest")]
mod drain;
#[path = "../../tests/flows/proxy.rs"]
#[expect(dead_code, clippy::expect_used, reason = "the tests use the rest")]
mod proxy;
mod server {
    pub(crate) const TOKEN: &str = "bench-token";
}

use std::time::{Duration, Instant};

use drain::directory;
use proxy::Proxy;
use scimdeck::engine::{Approval, Outcome, Progress};
use scimdeck::sandbox::{Sandbox, SandboxConfig};
use scimdeck::verbs::{Command, Who};

const ROUNDS: usize = 5;
/// How long a round takes where everything that is allowed is used.
const SECONDS: usize = 24;
const BURST: usize = 10;
const CONCURRENCY: u32 = 8;
const USED: f64 = 0.85;
const REFUSED: f64 = 0.03;

struct Round {
    /// Created each second after the first quarter, to what is allowed each second.
    used: f64,
    /// Requests that were answered by a 429, to all that create.
    refused: f64,
}

async fn until(sandbox: &Sandbox, many: usize) -> Instant {
    while sandbox.workspace().lock().unwrap().accounts().count() < many {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Instant::now()
}

async fn round(rate: usize) -> Round {
    let people = rate * SECONDS;
    let mut config = SandboxConfig::new(server::TOKEN.to_owned().into(), "activity".to_owned().into());
    config.faults = vec![format!("bucket={rate}/{BURST}@POST").parse().unwrap()];
    let sandbox = Sandbox::start(config).await.unwrap();
    let upstream = sandbox.base_url().split('/').nth(2).unwrap().parse().unwrap();
    let proxy = Proxy::to(upstream).await;
    let home = tempfile::tempdir().unwrap();
    let (_store, drive) = directory(&proxy.base_url(), home.path(), people, CONCURRENCY).await;
    let preview = drive.preview(Command::Provision(Who::NotProvisioned), Vec::new()).await.unwrap();
    let approval = Approval { confirmed: true, brake: u32::try_from(people).ok(), reason: None };
    let progress = tokio::sync::watch::channel(Progress::default()).0;
    let quarter = people / 4;
    let (report, took) = tokio::join!(drive.run(preview, approval, progress), async {
        let began = until(&sandbox, quarter).await;
        until(&sandbox, people).await - began
    });
    assert_eq!(report.unwrap().count(Outcome::Done) as usize, people);
    let posts = proxy.count("POST /scim/v2/Users");
    Round {
        used: (people - quarter) as f64 / took.as_secs_f64() / rate as f64,
        refused: (posts - people) as f64 / posts as f64,
    }
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

async fn all() {
    for rate in [50, 200] {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(round(rate).await);
        }
        let used = median(rounds.iter().map(|round| round.used));
        let refused = median(rounds.iter().map(|round| round.refused));
        let word = |met| if met { "met" } else { "MISSED" };
        println!("allowed {rate}/s: used {used:.2} (bar >= {USED}, {})", word(used >= USED));
        println!("allowed {rate}/s: 429s {refused:.3} (bar <= {REFUSED}, {})", word(refused <= REFUSED));
    }
}

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(all());
}
