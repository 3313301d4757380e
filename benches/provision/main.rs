//! What the engine costs beside a bare reqwest loop that posts the same bodies to the same sandbox, which is a
//! process of its own: engine and loop alternately in one run, medians of 5, as ratios.
//!
//! The engine once has everything on: journal, audit, trace, comparison of each answer; and once it keeps nothing, as a
//! bare loop keeps nothing.
//!
//! `cargo bench --bench provision`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints and stops at the first error")]

mod drain;
mod server;
mod unkept;

use std::sync::Arc;

use drain::{Cost, Kept, bare, bodies, engine, in_file};
use server::Server;
use unkept::nowhere;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;
/// The argument for a profiler: one drain by the engine, against the server at the address that follows, of so many
/// people; with one more argument nothing is kept.
const ONCE: &str = "--once";

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn figure(what: &str, value: f64, bar: f64, at_least: bool, more: &str) {
    let (met, sign) = if at_least { (value >= bar, ">=") } else { (value <= bar, "<=") };
    println!("{what}: {value:.2} (bar {sign} {bar:.2}, {}); {more}", if met { "met" } else { "MISSED" });
}

/// Both, alternately.
async fn rounds(
    delay_ms: u64,
    bodies: &Arc<Vec<String>>,
    concurrency: u32,
    kept: Kept,
) -> (Vec<Cost>, Vec<Cost>) {
    let (mut engines, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let server = Server::start(delay_ms);
        engines.push(engine(&server.base_url, bodies.len(), concurrency, kept).await);
        drop(server);
        let server = Server::start(delay_ms);
        floors.push(bare(&server.base_url, bodies, concurrency).await);
    }
    (engines, floors)
}

async fn rate(what: &str, bar: f64, rounds: &(Vec<Cost>, Vec<Cost>)) {
    let engine = median(rounds.0.iter().map(|cost| cost.per_second));
    let floor = median(rounds.1.iter().map(|cost| cost.per_second));
    figure(what, engine / floor, bar, true, &format!("{engine:.0}/s, bare loop {floor:.0}/s"));
}

async fn all() {
    let bodies = bodies(4_000).await;
    for (kept, how) in [(in_file as Kept, "everything on"), (nowhere, "journal and audit off")] {
        let late = rounds(20, &bodies, 32, kept).await;
        rate(&format!("drain, answers after 20 ms, concurrency 32, {how}"), 0.90, &late).await;
        let at_once = rounds(0, &bodies, 8, kept).await;
        rate(&format!("drain, answers at once, concurrency 8, {how}"), 0.50, &at_once).await;
        let engine_us = median(at_once.0.iter().map(|cost| cost.cpu_us));
        let floor_us = median(at_once.1.iter().map(|cost| cost.cpu_us));
        let more = format!("{engine_us:.0} us, bare loop {floor_us:.0} us");
        figure(&format!("processor time per operation, {how}"), engine_us / floor_us, 2.5, false, &more);
    }
    let mut synced = Vec::new();
    for _ in 0..ROUNDS {
        let server = Server::start(20);
        synced.push(engine(&server.base_url, bodies.len(), 64, in_file).await);
    }
    let commits = median(synced.iter().map(|cost| cost.commits));
    let more = format!("{:.0}/s; one per commit", median(synced.iter().map(|cost| cost.per_second)));
    figure("fsyncs per operation, answers after 20 ms, concurrency 64", commits, 0.1, false, &more);
}

fn main() {
    let mut args = std::env::args().skip(1);
    let first = args.next();
    if first.as_deref() == Some(server::SERVE) {
        return server::serve(args.next().unwrap().parse().unwrap());
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    if first.as_deref() == Some(ONCE) {
        let (url, people) = (args.next().unwrap(), args.next().unwrap().parse().unwrap());
        let kept = if args.next().is_some() { nowhere } else { in_file };
        let cost = runtime.block_on(engine(&url, people, 8, kept));
        return println!("{cost:?}");
    }
    runtime.block_on(all());
}
