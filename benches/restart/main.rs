//! From the start of the real program, killed before with 100,000 operations queued, to its first request, as seen by
//! a proxy before the sandbox: any request, and the first that creates. Medians of 5 kills of the same run.
//!
//! `cargo bench --bench restart`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints and stops at the first error")]

#[path = "../../tests/flows/proxy.rs"]
#[expect(dead_code, clippy::expect_used, reason = "the tests use the rest")]
mod proxy;
#[path = "../provision/server.rs"]
mod server;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use proxy::Proxy;
use server::Server;

const PEOPLE: usize = 100_000;
const ROUNDS: usize = 5;
const BAR: Duration = Duration::from_secs(1);
/// How many people are provisioned before each kill.
const BEFORE_A_KILL: usize = 200;

fn program(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scimdeck"));
    command.arg("--home").arg(home).args(args).env("SCIMDECK_BENCH_TOKEN", server::TOKEN);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn done(home: &Path, args: &[&str]) {
    let ran = program(home, args).output().unwrap();
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

fn people() -> String {
    let mut csv = "user_name,given_name,family_name,assigned,workato_role\n".to_owned();
    for n in 0..PEOPLE {
        writeln!(csv, "person{n:06}@example.com,Given{n},Family,yes,Operator").unwrap();
    }
    csv
}

/// Waits until so many requests have come that begin so.
async fn until(proxy: &Proxy, beginning: &str, many: usize, child: &mut Child) -> Instant {
    while proxy.count(beginning) < many {
        assert!(child.try_wait().unwrap().is_none(), "it ended before its requests");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Instant::now()
}

/// From its start to the first request at all, and to the first that creates; then it is killed.
async fn round(proxy: &Proxy, home: &Path, args: &[&str]) -> (Duration, Duration) {
    let (all, creates) = (proxy.count(""), proxy.count("POST"));
    let began = Instant::now();
    let mut child = program(home, args).stderr(Stdio::null()).spawn().unwrap();
    let first = until(proxy, "", all + 1, &mut child).await - began;
    let create = until(proxy, "POST", creates + 1, &mut child).await - began;
    until(proxy, "POST", creates + BEFORE_A_KILL, &mut child).await;
    child.kill().unwrap();
    child.wait().unwrap();
    (first, create)
}

fn median(figures: impl Iterator<Item = Duration>) -> Duration {
    let mut figures: Vec<Duration> = figures.collect();
    figures.sort();
    figures[figures.len() / 2]
}

async fn all() {
    let folder = tempfile::tempdir().unwrap();
    let (home, csv) = (folder.path().join("home"), folder.path().join("people.csv"));
    std::fs::write(&csv, people()).unwrap();
    let server = Server::start(20);
    let upstream = server.base_url.split('/').nth(2).unwrap().parse().unwrap();
    let proxy = Proxy::to(upstream).await;
    let url = proxy.base_url();
    done(&home, &["connect", "--base-url", &url, "--token-env", "SCIMDECK_BENCH_TOKEN"]);
    let role = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole";
    done(&home, &["attribute", "add", "workato_role", "--external-namespace", role, "--member", "Operator"]);
    done(&home, &["import", "people", csv.to_str().unwrap()]);
    let brake = PEOPLE.to_string();
    // The run that is killed first also plans and queues everybody.
    round(&proxy, &home, &["provision", "--yes", "--brake", &brake]).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(&proxy, &home, &["apply", "--yes", "--brake", &brake]).await);
    }
    for (what, took) in [
        ("first request", median(rounds.iter().map(|(first, _)| *first))),
        ("first create", median(rounds.iter().map(|(_, create)| *create))),
    ] {
        let met = if took <= BAR { "met" } else { "MISSED" };
        println!("killed with {PEOPLE} queued, start to {what}: {took:.2?} (bar <= {BAR:?}, {met})");
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some(server::SERVE) {
        return server::serve(args.next().unwrap().parse().unwrap());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(all());
}
