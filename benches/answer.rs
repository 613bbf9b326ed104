//! Where the time of an answer goes, on the sample vendor: the embedding model, which is the limit, the search,
//! the whole answer. Each question is new to the process; `make bench` runs it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that panics has failed, and its table is its result"
)]

mod support;

use liaison::{app::App, assistant, config::Settings};
use liaison_knowledge::View;
use std::{path::Path, process::Command, time::Instant};

/// Rounds over [`QUESTIONS`]; a number is appended to each question, so that no vector is remembered.
const ROUNDS: usize = 25;
const PARTNER: &str = "p-001";
const QUESTIONS: &[&str] = &[
    "How long is a registered deal protected?",
    "What do I say when the customer finds it too expensive?",
    "How much commission did I earn last quarter?",
    "Which certificates must my engineers hold?",
];

#[tokio::main]
async fn main() {
    let home = support::home();
    seed(home.path());
    let app = App::open(Settings::load(None).unwrap(), home.path())
        .await
        .unwrap();
    let caller = assistant::caller(app.crm.as_ref(), PARTNER, "bench")
        .await
        .unwrap()
        .unwrap();
    app.assistant.extractive.warm_up().await.unwrap();
    let audience = caller.audience();
    let view = View {
        audience: &audience,
        on: app.assistant.today(),
    };
    let (mut embedding, mut search, mut total, mut answer) = (vec![], vec![], vec![], vec![]);
    for round in 0..ROUNDS {
        for (nth, question) in QUESTIONS.iter().enumerate() {
            let found = app
                .knowledge
                .search(&format!("{question} {round}.{nth}"), view, 8)
                .await
                .unwrap();
            embedding.push(found.timings.embed.as_secs_f64());
            search.push(found.timings.search.as_secs_f64());
            total.push((found.timings.embed + found.timings.search).as_secs_f64());
            let start = Instant::now();
            let asked = format!("{question} {round}-{nth}");
            app.assistant.answer(&caller, &asked, &[], |_| {}).await.unwrap();
            answer.push(start.elapsed().as_secs_f64());
        }
    }
    let limit = median(&mut embedding);
    println!(
        "{:<34}{:>10}{:>26}",
        "median of one question", "ms", "times the embedding of it"
    );
    for (name, times) in [
        ("embedding it (the limit)", &mut embedding),
        ("the index alone", &mut search),
        ("search, embedding included", &mut total),
        ("answer without a language model", &mut answer),
    ] {
        let time = median(times);
        println!("{name:<34}{:>10.2}{:>26.2}", time * 1e3, time / limit);
    }
}

/// The sample vendor.
fn seed(home: &Path) {
    let seeded = Command::new(env!("CARGO_BIN_EXE_liaison"))
        .arg("--home")
        .arg(home)
        .arg("seed")
        .status();
    assert!(seeded.unwrap().success());
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
