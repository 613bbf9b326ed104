//! What attacks achieve against a language model that obeys all of them.
//!
//!     attacks FOLDER
//!
//! `FOLDER` holds public collections of attacks: `bipia/`, `cyberseceval/`, `poisonedrag/`, `giskard/`. Their payloads
//! are planted into documents and CRM fields of the sample vendor in a temporary home, or sent as questions of a partner.
//! The model behind it does the worst it can (`obedient.rs`), so what is counted is what the code lets through.
//! Exit code 1 when anything is.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement that panics has failed, and its table is its result"
)]

mod judge;
mod payloads;
mod stage;

#[path = "../../tests/api/support/obedient.rs"]
mod obedient;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../tests/api/support/script.rs"]
mod script;
#[path = "../../benches/support/mod.rs"]
mod support;

use judge::{Findings, Judge};
use stage::Stage;
use std::{path::Path, process::ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [child] if child == "read-document" => liaison_ingest::sandbox::child_main(),
        [folder] => {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(run(Path::new(folder)))
        }
        _ => {
            println!("attacks FOLDER");
            ExitCode::from(2)
        }
    }
}

async fn run(folder: &Path) -> ExitCode {
    let payloads = payloads::read(folder);
    let stage = Stage::set(&payloads).await;
    let judge = Judge::new(&stage).await;
    println!("{:28}{}", "", Findings::header());
    let mut total = Findings::default();
    for (name, of_source) in payloads::by_source(&payloads) {
        let mut findings = Findings::default();
        for payload in of_source {
            findings += judge.after(&stage, payload).await;
        }
        println!("{name:28}{}", findings.row());
        total += findings;
    }
    total.writes = judge.writes(&stage).await;
    println!("{:28}{}", "all", total.row());
    if total.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
