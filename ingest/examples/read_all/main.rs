//! Reads every file below the given folders through the sandbox and prints what became of them.
//!
//! - `read_all FOLDER…`: a line per format: outcomes, times, and the memory of this process.
//! - `read_all --each FOLDER…`: a line per file too.
//! - `read_all --truth FOLDER…`: the words read against those of the reference beside each file (see [`truth`]).
//! - `read_all --dump FILE…`: the passages of the files.
#![allow(clippy::print_stdout, reason = "printing is all it does")]

mod truth;

use liaison_ingest::{Document, Limits, ReadError, Sandbox, read, sandbox, split::split};
use liaison_knowledge::DocumentId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args == ["read-document"] {
        return sandbox::child_main();
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let this = std::env::current_exe().expect("this program");
    let sandbox = Sandbox::new(this, vec!["read-document".into()]);
    runtime.block_on(async {
        match args.first().map(String::as_str) {
            Some("--dump") => dump_files(&sandbox, &args[1..]).await,
            Some("--truth") => truth::compare(&sandbox, &args[1..]).await,
            Some("--each") => read_all(&sandbox, &args[1..], true).await,
            _ => read_all(&sandbox, &args, false).await,
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

impl Tally {
    fn add(
        &mut self,
        name: &str,
        bytes: usize,
        took: Duration,
        outcome: Result<Document, ReadError>,
    ) -> String {
        self.files += 1;
        self.bytes += bytes;
        self.time += took;
        if took > self.slowest.0 {
            self.slowest = (took, name.to_owned());
        }
        let (code, detail) = match outcome {
            Ok(document) => {
                let started = Instant::now();
                let passages = split(DocumentId::of_source(name), &document, &Limits::default());
                self.split += started.elapsed();
                self.passages += passages.len();
                let (sections, passages) = (document.sections.len(), passages.len());
                let notices = document.notices;
                (
                    "read",
                    format!("{sections} sections, {passages} passages {notices:?}"),
                )
            }
            Err(error) => (error.code(), error.to_string()),
        };
        *self.outcomes.entry(code).or_default() += 1;
        let ms = took.as_secs_f64() * 1e3;
        format!("{ms:>8.1} ms  {code:<12} {name}: {detail}")
    }
}

async fn read_all(sandbox: &Sandbox, folders: &[String], each: bool) {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let before = memory("VmRSS");
    let readers = sandbox.readers();
    for path in files_below(folders) {
        let name = path.to_string_lossy().into_owned();
        if !read::is_supported(&name) {
            continue;
        }
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let size = bytes.len();
        let started = Instant::now();
        let outcome = readers.read(&name, &bytes).await;
        let tally = tallies.entry(extension(&path)).or_default();
        let line = tally.add(&name, size, started.elapsed(), outcome);
        if each {
            println!("{line}");
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
    println!(
        "memory of this process: {before} MB before, {} MB after, {} MB at its peak",
        memory("VmRSS"),
        memory("VmHWM")
    );
}

/// A figure of `/proc/self/status`, in MB; 0 where the system has none.
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|line| {
        line.trim_start_matches(':')
            .split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
    });
    kilobytes.unwrap_or(0) / 1024
}

async fn dump_files(sandbox: &Sandbox, files: &[String]) {
    for name in files {
        let bytes = std::fs::read(name).expect("a file that can be read");
        match sandbox.read(name, &bytes).await {
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

/// Every file below the folders, by path.
fn files_below(folders: &[String]) -> Vec<PathBuf> {
    let entries = folders
        .iter()
        .flat_map(|folder| walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok));
    let mut files: Vec<PathBuf> = entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    files.sort();
    files
}

fn extension(path: &Path) -> String {
    path.extension()
        .map(|extension| extension.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}
