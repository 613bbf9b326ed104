//! The reading process: this test binary runs itself again, as the service does.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use liaison_ingest::{ReadError, Sandbox, sandbox};
use std::time::Duration;

/// The child: runs only when [`sandboxed`] starts this binary with a file's name as the last argument.
#[test]
fn child() {
    let args: Vec<String> = std::env::args().collect();
    let Some(at) = args.iter().position(|arg| arg == "--nocapture") else {
        return;
    };
    if args.get(at + 1).is_some_and(|marker| marker == "read-document") {
        let code = sandbox::child_main(&args[at + 2]);
        std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
    }
}

fn sandboxed() -> Sandbox {
    let args = ["--exact", "child", "--nocapture", "read-document"]
        .map(str::to_owned)
        .to_vec();
    Sandbox::new(std::env::current_exe().unwrap(), args)
}

#[track_caller]
fn check(name: &str, bytes: Vec<u8>, expected: &str) -> Option<liaison_ingest::Document> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let outcome = runtime.block_on(sandboxed().read(name, bytes));
    assert_eq!(
        outcome.as_ref().map_or_else(ReadError::code, |_| "read"),
        expected,
        "{name}: {outcome:?}"
    );
    outcome.ok()
}

#[test]
fn a_document_crosses_the_border_unchanged() {
    for name in ["rules.md", "rates.xlsx", "rules.pdf", "faq.yaml"] {
        let bytes = std::fs::read(format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let here = liaison_ingest::read::read(name, &bytes).unwrap();
        assert_eq!(check(name, bytes, "read"), Some(here));
    }
}

#[test]
fn so_does_an_error() {
    check(
        "a.md",
        b"---\naudience: everyone\n---\ntext".to_vec(),
        "bad_front_matter",
    );
    check("a.docx", b"no archive".to_vec(), "corrupt");
    check("a.txt", vec![], "empty");
}

#[test]
fn a_crash_of_the_reader_is_an_outcome() {
    // Arrays in arrays, deeper than any stack.
    let depth = 2_000_000;
    let mut pdf = b"%PDF-1.4\n1 0 obj\n".to_vec();
    pdf.extend(std::iter::repeat_n(b'[', depth));
    pdf.extend(std::iter::repeat_n(b']', depth));
    pdf.extend(b"\nendobj\n2 0 obj\n<</Type/Catalog/Pages 3 0 R/X 1 0 R>>\nendobj\n3 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n");
    pdf.extend(b"trailer\n<</Root 2 0 R>>\n%%EOF");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let outcome = runtime.block_on(sandboxed().read("deep.pdf", pdf));
    assert!(outcome.is_err(), "{outcome:?}");
}

#[test]
fn a_slow_reader_is_stopped() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    // More than any machine reads in the time.
    let text = "words ".repeat(1 << 20).into_bytes();
    let sandbox = sandboxed().with_wall_limit(Duration::from_millis(1));
    let outcome = runtime.block_on(sandbox.read("a.md", text));
    assert_eq!(outcome, Err(ReadError::TimedOut));
}

#[test]
fn a_missing_program_is_not_the_files_fault() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let outcome =
        runtime.block_on(Sandbox::new("/does/not/exist".into(), vec![]).read("a.md", b"text".to_vec()));
    assert_eq!(outcome.map_err(|e| e.code()).err(), Some("no_reader"));
}
