//! A hundred thousand passages with audiences: how fast and how complete a search is, what it takes in memory, and
//! what becomes of it while documents are taken in at full speed. `cargo bench --bench scale -- 20000` takes fewer.
//!
//! The collection is made up ([`collection`]); the engine, its filters and, in the last part, the model and the
//! whole ingestion are the real ones.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark that panics has failed, its table is its result, and its numbers are small"
)]

mod collection;
#[path = "../support/mod.rs"]
mod support;

use collection::{Asked, Collection, TODAY, callers};
use liaison::{app::App, config::Settings};
use liaison_ingest::Sandbox;
use liaison_knowledge::{
    Audience, AudienceSpec, Knowledge, ModelIdentity, PassageId, PassageIndex, Place, View,
    index::{Query, Vector},
    search::similarity,
};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

const PASSAGES: usize = 100_000;
/// Questions of each caller.
const QUESTIONS: u64 = 100;
const TOP: usize = 10;
/// What the knowledge gives to an answer.
const LIMIT: usize = 8;
/// Files that are taken in while questions are asked, and sentences of each.
const FILES: usize = 400;
const SENTENCES: usize = 24;
/// Between two questions of one person after another.
const PAUSE: Duration = Duration::from_millis(10);

#[tokio::main]
async fn main() {
    let passages = std::env::args().find_map(|argument| argument.parse().ok());
    let passages = passages.unwrap_or(PASSAGES);
    let home = support::home();
    let sentences = sentences();
    let (collection, place, model) = prepare(home.path(), &sentences).await;

    build(&collection, &place, &model, passages).await;
    // As a service finds it when it starts.
    let index = place.open(&model).await.unwrap();
    index.warm_up().await.unwrap();
    println!(
        "\n{:<34}{:>9}{:>9}{:>9}",
        "search without the model, ms", "p50", "p95", "p99"
    );
    let mut all = Vec::new();
    for (name, audience) in callers() {
        let times = search(&*index, &collection, &audience).await;
        row(name, &times);
        all.extend(times);
    }
    row("all of them", &all);
    memory("while searching");
    recall(&*index, &collection, passages).await;
    drop(index);

    while_ingesting(home.path(), &sentences).await;
    memory("with the model, ingesting");
}

/// The collection, made of the model's vectors of real sentences, and where its index is to be.
async fn prepare(home: &Path, sentences: &[String]) -> (Collection, Place, ModelIdentity) {
    let app = App::open(Settings::load(None).unwrap(), home).await.unwrap();
    let vectors = app.knowledge.embed(sentences.to_vec()).await.unwrap();
    let model = app.knowledge.model().clone();
    let path = app.home.index();
    drop(app);
    fs::remove_dir_all(&path).unwrap();
    let vectors = vectors.iter().map(|vector| vector.to_vec()).collect();
    (Collection::new(vectors), Place::Embedded(path), model)
}

async fn build(collection: &Collection, place: &Place, model: &ModelIdentity, passages: usize) {
    let index = place.open(model).await.unwrap();
    let start = Instant::now();
    let mut documents = 0;
    for made in collection.documents(passages) {
        index.replace(&made.record, made.passages).await.unwrap();
        documents += 1;
    }
    index.flush().await.unwrap();
    let written = start.elapsed().as_secs_f64();
    index.optimise().await.unwrap();
    println!(
        "{passages} passages of {documents} documents: written in {written:.1} s, {:.0} a second; merged and graph \
         built in {:.1} s",
        passages as f64 / written,
        start.elapsed().as_secs_f64() - written,
    );
    drop(index);
    memory("building");
}

/// Milliseconds of each question of one caller, one after the other.
async fn search(index: &dyn PassageIndex, collection: &Collection, audience: &Audience) -> Vec<f64> {
    let mut times = Vec::new();
    for nth in 0..QUESTIONS {
        let asked = collection.question(nth);
        let start = Instant::now();
        let hits = index.search(&query(&asked, &asked.words, audience), LIMIT).await;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        assert_eq!(hits.unwrap().len(), LIMIT);
    }
    times
}

/// How many of the ten passages nearest by meaning, among those a caller may see, the index finds.
async fn recall(index: &dyn PassageIndex, collection: &Collection, passages: usize) {
    println!(
        "\n{:<34}{:>9}{:>9}",
        "recall@10 under each filter", "mean", "worst"
    );
    let asked: Vec<Asked> = (0..QUESTIONS).map(|nth| collection.question(nth)).collect();
    let truth = nearest(collection, passages, &asked);
    let mut all = Vec::new();
    for ((name, audience), truth) in callers().into_iter().zip(truth) {
        let mut shares = Vec::new();
        for (asked, truth) in asked.iter().zip(truth) {
            // Without words the index ranks by meaning alone.
            let hits = index.search(&query(asked, "", &audience), TOP).await.unwrap();
            let found = hits.iter().filter(|hit| truth.contains(&hit.passage.id)).count();
            shares.push(found as f64 / TOP as f64);
        }
        println!(
            "{name:<34}{:>9.4}{:>9.1}",
            mean(&shares),
            shares.iter().copied().fold(1.0, f64::min)
        );
        all.extend(shares);
    }
    println!("{:<34}{:>9.4}", "all of them", mean(&all));
}

/// The truth, by comparing every question with every passage: for each caller and question the ten nearest.
fn nearest(collection: &Collection, passages: usize, asked: &[Asked]) -> Vec<Vec<Vec<PassageId>>> {
    let callers = callers();
    let mut best = vec![vec![Vec::<(f32, PassageId)>::new(); asked.len()]; callers.len()];
    for made in collection.documents(passages) {
        let (audience, holds) = (&made.record.audience, made.record.validity.holds_on(TODAY));
        let sees = callers
            .each_ref()
            .map(|(_, caller)| holds && audience.admits(caller));
        for indexed in &made.passages {
            for (nth, asked) in asked.iter().enumerate() {
                let near = (similarity(&asked.vector, &indexed.vector), indexed.passage.id);
                for (best, _) in best.iter_mut().zip(sees).filter(|(_, sees)| *sees) {
                    keep(&mut best[nth], near);
                }
            }
        }
    }
    let ids = |best: Vec<(f32, PassageId)>| best.into_iter().map(|(_, id)| id).collect();
    best.into_iter()
        .map(|best| best.into_iter().map(ids).collect())
        .collect()
}

/// Puts a passage into a list of the ten nearest, nearest first.
fn keep(best: &mut Vec<(f32, PassageId)>, near: (f32, PassageId)) {
    if best.len() < TOP || best[TOP - 1].0 < near.0 {
        let place = best.partition_point(|(similarity, _)| *similarity >= near.0);
        best.insert(place, near);
        best.truncate(TOP);
    }
}

/// Takes in files through the whole pipeline, readers and model and all, while somebody asks.
async fn while_ingesting(home: &Path, sentences: &[String]) {
    let mut app = App::open(Settings::load(None).unwrap(), home).await.unwrap();
    // This program is the benchmark; files are read by the real one.
    let reader = PathBuf::from(env!("CARGO_BIN_EXE_liaison"));
    app.sandbox = Sandbox::new(reader, vec!["read-document".to_owned()]);
    let folder = tempfile::tempdir().unwrap();
    for file in 0..FILES {
        fs::write(folder.path().join(format!("{file}.md")), text(file, sentences)).unwrap();
    }
    app.knowledge.warm_up().await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let asking = tokio::spawn(ask(app.knowledge.clone(), sentences.to_vec(), Arc::clone(&stop)));
    let ingest = app.ingest(AudienceSpec::Partners);
    let report = ingest.run(&[folder.path().to_owned()], &|_| {}).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    let (search, total) = asking.await.unwrap();
    assert_eq!(report.added, FILES);
    let (count, passages, seconds) = (search.len(), report.passages, report.seconds);
    println!(
        "\nwhile {FILES} files with {passages} passages were taken in, in {seconds:.1} s: {count} questions"
    );
    println!("{:<34}{:>9}{:>9}{:>9}", "search, ms", "p50", "p95", "p99");
    row("without the model", &search);
    row("with it", &total);
}

/// Asks one new question after another until told to stop; milliseconds without and with the model.
async fn ask(knowledge: Knowledge, sentences: Vec<String>, stop: Arc<AtomicBool>) -> (Vec<f64>, Vec<f64>) {
    let callers = callers();
    let (mut search, mut total) = (Vec::new(), Vec::new());
    for nth in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let words: Vec<&str> = sentences[nth % sentences.len()].split(' ').take(12).collect();
        let question = format!("{} {nth}?", words.join(" "));
        let view = View {
            audience: &callers[nth % callers.len()].1,
            on: TODAY,
        };
        let start = Instant::now();
        let found = knowledge.search(&question, view, LIMIT).await.unwrap();
        total.push(start.elapsed().as_secs_f64() * 1e3);
        search.push(found.timings.search.as_secs_f64() * 1e3);
        tokio::time::sleep(PAUSE).await;
    }
    (search, total)
}

/// A document of sentences in an order of its own.
fn text(file: usize, sentences: &[String]) -> String {
    let mut text = format!("# Notes {file}\n");
    for nth in 0..SENTENCES {
        let sentence = &sentences[(file * 31 + nth * (2 * file + 1)) % sentences.len()];
        write!(text, "\n{sentence} ({file}.{nth})\n").unwrap();
    }
    text
}

/// Lines of the sample library that are long enough to be sentences.
fn sentences() -> Vec<String> {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/library");
    let mut files = Vec::new();
    for folder in fs::read_dir(library)
        .unwrap()
        .map(|folder| folder.unwrap().path())
    {
        files.extend(fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    }
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        // Binary formats are not text.
        let text = fs::read_to_string(file).unwrap_or_default();
        let long = |line: &&str| line.len() > 60 && line.contains(' ') && !line.contains('<');
        lines.extend(text.lines().map(str::trim).filter(long).map(str::to_owned));
    }
    lines
}

fn query<'a>(asked: &'a Asked, words: &'a str, audience: &'a Audience) -> Query<'a> {
    let view = View { audience, on: TODAY };
    Query {
        vector: Vector::ready(asked.vector.as_slice()),
        words,
        also: &[],
        view,
    }
}

fn row(name: &str, times: &[f64]) {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!("{name:<34}{:>9.2}{:>9.2}{:>9.2}", at(50), at(95), at(99));
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len() as f64
}

/// Resident memory, as the kernel counts it: now, and at its highest since the last call. What is mapped from files
/// can be taken back at any time.
fn memory(when: &str) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mb = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
        kib.unwrap_or_default() * 1024.0 / 1e6
    };
    println!(
        "memory, {when}: at most {:.0} MB resident; now {:.0} MB, {:.0} MB of it mapped from files",
        mb("VmHWM"),
        mb("VmRSS"),
        mb("RssFile"),
    );
    // Starts the highest anew; where the kernel does not allow it, the figure is that of the whole run.
    let _ = fs::write("/proc/self/clear_refs", "5");
}
