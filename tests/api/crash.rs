//! `kill -9` at any moment of an ingest: the next run gives what a clean one gives.

use crate::support::{home, liaison, run};
use liaison::{app::App, config::Settings};
use std::{
    fmt::Write,
    fs,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Runs that are killed, of each state of the folder.
const KILLS: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_ingest_is_mended_by_the_next() {
    let (killed, folder) = (home(), tempfile::tempdir().unwrap());
    write_first(folder.path());
    check(killed.path(), folder.path()).await;
    change(folder.path());
    check(killed.path(), folder.path()).await;
}

/// Kills ingests of the folder into `killed` at random moments, lets one finish, and compares with a clean home.
async fn check(killed: &Path, folder: &Path) {
    let path = folder.to_str().unwrap();
    let clean = home();
    let start = Instant::now();
    let (code, report, said) = run(clean.path(), &["ingest", path]);
    assert_eq!(code, 0, "{said}");
    let whole = start.elapsed();
    for _ in 0..KILLS {
        let after = moment(whole);
        let mut child = liaison(killed)
            .args(["ingest", path])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (code, mended, said) = run(killed, &["ingest", path]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(mended["documents"], report["documents"]);
    assert_eq!(mended["passages"], report["passages"]);
    assert_eq!(contents(killed).await, contents(clean.path()).await);
    let (code, compared, _) = run(killed, &["reconcile", "--dry-run"]);
    assert_eq!(code, 0, "{compared}");
}

/// A random part of the time that a whole run takes.
fn moment(whole: Duration) -> Duration {
    let random = u32::try_from(Uuid::new_v4().as_u128() % 1000).unwrap();
    let moment = whole * random / 1000;
    eprintln!("killed after {moment:?} of {whole:?}");
    moment
}

/// Everything in a home's index, in an order of its own.
async fn contents(home: &Path) -> Vec<String> {
    let app = App::open(Settings::load(None).unwrap(), home).await.unwrap();
    let mut all = Vec::new();
    for id in app.knowledge.documents().await.unwrap().into_keys() {
        for (held, vector) in app.knowledge.contents(id).await.unwrap() {
            all.push(format!("{held:?} {vector:?}"));
        }
    }
    all
}

const DOCUMENTS: usize = 40;

fn write_first(folder: &Path) {
    for n in 0..DOCUMENTS {
        write_document(folder, n, "audience: partners", "thirty days");
    }
}

/// Some change their words, some whom they are for, some go, some come.
fn change(folder: &Path) {
    for n in (0..DOCUMENTS).step_by(4) {
        write_document(folder, n, "audience: partners", "ninety days");
    }
    for n in (1..DOCUMENTS).step_by(4) {
        write_document(folder, n, "audience: tier=gold", "thirty days");
    }
    for n in (2..DOCUMENTS).step_by(8) {
        fs::remove_file(folder.join(format!("rule-{n}.md"))).unwrap();
    }
    for n in DOCUMENTS..DOCUMENTS + 5 {
        write_document(
            folder,
            n,
            "supersedes: rule-3.md\neffective_from: 2020-01-01",
            "ten days",
        );
    }
}

fn write_document(folder: &Path, n: usize, said: &str, days: &str) {
    let mut text = format!("---\n{said}\n---\n\n# Rule {n}\n\n");
    for part in 0..5 {
        let paragraph = format!(
            "Deals of kind {n}.{part} are protected for {days}, counted from the day on which the registration \
             was approved, and may be extended once if the customer has seen a demonstration. "
        );
        write!(text, "## Part {part}\n\n{}\n\n", paragraph.repeat(3)).unwrap();
    }
    fs::write(folder.join(format!("rule-{n}.md")), text).unwrap();
}
