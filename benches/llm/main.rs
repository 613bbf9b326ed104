//! What Liaison adds to a language model: five hundred answers at once from a scripted endpoint at thirty tokens a
//! second, beside a proxy that passes the same bytes on; then the golden suites through that endpoint.
//! `cargo bench --bench llm -- 50` takes fewer streams, `-- golden` only the suites.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark that panics has failed, its table is its result, and its numbers are small"
)]

mod client;
mod endpoint;
mod golden;
mod process;
#[path = "../support/mod.rs"]
mod support;

use client::Streams;
use endpoint::Endpoint;
use process::{Process, liaison, seeded};
use std::{env, time::Duration};

/// Answers at once.
const STREAMS: usize = 500;
/// Answers at once on a service that has nothing else to do.
const FEW: usize = 20;
/// How long the streams take to begin, and what is then measured.
const RAMP: Duration = Duration::from_secs(10);
const WINDOW: Duration = Duration::from_secs(10);
/// Liaison and the proxy take turns.
const ROUNDS: usize = 2;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [proxy, upstream] = &arguments[..]
        && proxy == process::PROXY
    {
        return process::run_proxy(upstream);
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if arguments.iter().any(|argument| argument == "golden") {
        return runtime.block_on(golden::run());
    }
    let streams = arguments.iter().find_map(|argument| argument.parse().ok());
    runtime.block_on(side_by_side(streams.unwrap_or(STREAMS)));
    runtime.block_on(golden::run());
}

async fn side_by_side(streams: usize) {
    let endpoint = Endpoint::start().await;
    let home = seeded();
    let service = Process::start(
        liaison(home.path())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("LIAISON_LLM__BASE_URL", endpoint.url())
            .env("LIAISON_LLM__MODEL", "scripted")
            .env("LIAISON_LOG__FILTER", "error,liaison::cli::serve=info")
            .env("LIAISON_ASSISTANT__SECONDS", "600"),
        "serves on ",
    );
    let token = process::token(home.path());
    let proxy = Process::proxy(&endpoint.url());

    let few = client::run(Streams::of_service(&service, &token, FEW), &endpoint, None).await;
    println!("{FEW} answers at once: what a sentence waits after the model has finished it, ms");
    println!("{}", few.latency.line());
    println!("… and the first one of each answer\n{}", few.first.line());

    println!("\n{streams} at once, 30 tokens a second each");
    println!(
        "{:32}{:>14}{:>16}{:>10}{:>10}{:>10}",
        "", "CPU µs/token", "kB RSS/stream", "p50 ms", "p95", "p99"
    );
    for _ in 0..ROUNDS {
        let window = Some((&proxy, RAMP, WINDOW));
        let passed = client::run(Streams::of_proxy(&proxy, streams), &endpoint, window).await;
        println!("{}", passed.row("a proxy (each token)"));
        let window = Some((&service, RAMP, WINDOW));
        let answered = client::run(Streams::of_service(&service, &token, streams), &endpoint, window).await;
        println!("{}", answered.row("Liaison (each sentence)"));
        println!(
            "{:32}{:>14.2}",
            "ratio",
            answered.cpu_per_token / passed.cpu_per_token
        );
    }
}
