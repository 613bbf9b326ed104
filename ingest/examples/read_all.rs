//! Reads every file below the given folders through the sandbox and prints what became of them per format.
//!
//! `read_all FOLDER…` prints the table, `read_all --each FOLDER…` a line per file too, `read_all --dump FILE`
//! the passages of one file.
#![allow(clippy::print_stdout, reason = "printing is all it does")]

use liaison_ingest::{Limits, Sandbox, read, sandbox, split::split};
use liaison_knowledge::DocumentId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, name] = &args[..]
        && first == "read-document"
    {
        return sandbox::child_main(name);
    }
    let each = args.first().is_some_and(|arg| arg == "--each");
    let dump = args.first().is_some_and(|arg| arg == "--dump");
    if each || dump {
        args.remove(0);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let this = std::env::current_exe().expect("this program");
    let sandbox = Sandbox::new(this, vec!["read-document".into()]);
    runtime.block_on(async {
        if dump {
            dump_files(&sandbox, &args).await;
        } else {
            read_all(&sandbox, &args, each).await;
        }
    });
    ExitCode::SUCCESS
}

#[derive(Default)]
struct Tally {
    files: usize,
    passages: usize,
    bytes: usize,
    time: Duration,
    slowest: (Duration, String),
    split: Duration,
    outcomes: BTreeMap<&'static str, usize>,
}

async fn read_all(sandbox: &Sandbox, folders: &[String], each: bool) {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| files_below(Path::new(folder)))
        .collect();
    files.sort();
    for path in files {
        let name = path.to_string_lossy().into_owned();
        if !read::is_supported(&name) {
            continue;
        }
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let extension = path
            .extension()
            .map(|ext| ext.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        let tally = tallies.entry(extension).or_default();
        tally.files += 1;
        tally.bytes += bytes.len();
        let started = Instant::now();
        let outcome = sandbox.read(&name, bytes).await;
        let took = started.elapsed();
        tally.time += took;
        if took > tally.slowest.0 {
            tally.slowest = (took, name.clone());
        }
        let (code, detail) = match outcome {
            Ok(document) => {
                let started = Instant::now();
                let passages = split(DocumentId::of_source(&name), &document, &Limits::default());
                tally.split += started.elapsed();
                tally.passages += passages.len();
                (
                    "read",
                    format!(
                        "{} sections, {} passages {:?}",
                        document.sections.len(),
                        passages.len(),
                        document.notices
                    ),
                )
            }
            Err(error) => (error.code(), error.to_string()),
        };
        *tally.outcomes.entry(code).or_default() += 1;
        if each {
            println!(
                "{:>8.1} ms  {code:<12} {name}: {detail}",
                took.as_secs_f64() * 1e3
            );
        }
    }
    for (extension, tally) in tallies {
        let mean = tally.time.as_secs_f64() * 1e3 / tally.files as f64;
        println!(
            "{extension:>5}: {:>5} files, {:>7.1} MB, {:>6} passages, mean {mean:.1} ms, split {:.1} ms in all, slowest {:.1} s {}\n       {:?}",
            tally.files,
            tally.bytes as f64 / 1e6,
            tally.passages,
            tally.split.as_secs_f64() * 1e3,
            tally.slowest.0.as_secs_f64(),
            tally.slowest.1,
            tally.outcomes
        );
    }
}

async fn dump_files(sandbox: &Sandbox, files: &[String]) {
    for name in files {
        let bytes = std::fs::read(name).expect("a file that can be read");
        match sandbox.read(name, bytes).await {
            Err(error) => println!("{name}: {error}"),
            Ok(document) => {
                println!(
                    "=== {name} {:?} {:?} {:?}",
                    document.title, document.front, document.notices
                );
                for passage in split(DocumentId::of_source(name), &document, &Limits::default()) {
                    let anchor = serde_json::to_string(&passage.anchor).expect("JSON");
                    println!("--- {anchor} {:?}\n{}", passage.heading, passage.text);
                }
            }
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}
