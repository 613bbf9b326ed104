//! The reading process: this test binary runs itself again, as the service does.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use liaison_ingest::{ReadError, Sandbox, sandbox};
use std::time::Duration;

/// The child: runs only when [`sandboxed`] starts this binary.
#[test]
fn child() {
    let args: Vec<String> = std::env::args().collect();
    let Some(at) = args.iter().position(|arg| arg == "--nocapture") else {
        return;
    };
    if args.get(at + 1).is_some_and(|marker| marker == "read-document") {
        let code = sandbox::child_main();
        std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
    }
}

fn sandboxed() -> Sandbox {
    let args = ["--exact", "child", "--nocapture", "read-document"]
        .map(str::to_owned)
        .to_vec();
    Sandbox::new(std::env::current_exe().unwrap(), args)
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

#[track_caller]
fn check(name: &str, bytes: Vec<u8>, expected: &str) -> Option<liaison_ingest::Document> {
    let outcome = block_on(sandboxed().read(name, &bytes));
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
    let outcome = block_on(sandboxed().read("deep.pdf", &pdf));
    assert!(outcome.is_err(), "{outcome:?}");
}

#[test]
fn a_slow_reader_is_stopped() {
    // More than any machine reads in the time.
    let text = "words ".repeat(1 << 20).into_bytes();
    let sandbox = sandboxed().with_wall_limit(Duration::from_millis(1));
    let outcome = block_on(sandbox.read("a.md", &text));
    assert_eq!(outcome, Err(ReadError::TimedOut));
}

#[test]
fn a_missing_program_is_not_the_files_fault() {
    let outcome = block_on(Sandbox::new("/does/not/exist".into(), vec![]).read("a.md", b"text"));
    assert_eq!(outcome.map_err(|e| e.code()).err(), Some("no_reader"));
}

#[test]
fn files_of_a_run_are_read_one_by_one_as_well_as_together() {
    let names = [
        "rules.md",
        "rates.csv",
        "faq.yaml",
        "offer.eml",
        "portal.html",
        "rules.pdf",
    ];
    let files = names.map(|name| {
        let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
        (name, std::fs::read(path).unwrap())
    });
    let alone = files
        .each_ref()
        .map(|(name, bytes)| liaison_ingest::read::read(name, bytes));
    let sandbox = sandboxed();
    block_on(async {
        let readers = sandbox.readers();
        for _ in 0..2 {
            for ((name, bytes), alone) in files.iter().zip(&alone) {
                assert_eq!(&readers.read(name, bytes).await, alone, "{name}");
            }
        }
        let together = files.iter().map(|(name, bytes)| readers.read(name, bytes));
        assert_eq!(futures::future::join_all(together).await, alone);
        readers.close().await;
    });
}

/// A reader that says which process it is and how many files it has read, and does what a file's name asks for.
const SCRIPTED: &str = r#"
nth=0
while read -r request; do
    length=${request##*:}
    head -c "${length%?}" > /dev/null
    nth=$((nth + 1))
    [ "$nth" = "$1" ] && kill -XCPU $$
    case $request in
        *deadly*) kill -SEGV $$ ;;
        *slow*) exec sleep 60 ;;
        *endless*) exec cat /dev/zero ;;
        *chatty*) echo "a library's words"; head -c 100000 /dev/zero >&2 ;;
    esac
    printf '\036{"failed":{"error":"corrupt","detail":"%s %s"}}\n' $$ $nth
done
"#;

/// The scripted reader; `last` is the file at which it dies whatever it is.
fn script(last: &str) -> Sandbox {
    let args = ["-c", SCRIPTED, "reader", last].map(str::to_owned).to_vec();
    Sandbox::new("/bin/sh".into(), args).with_wall_limit(Duration::from_secs(2))
}

/// What became of each file: the process that read it and how many files it had read by then, or an error's code.
fn outcomes(sandbox: &Sandbox, files: &[(&str, &[u8])]) -> Vec<String> {
    block_on(async {
        let readers = sandbox.readers();
        let mut outcomes = Vec::new();
        for (name, bytes) in files {
            outcomes.push(match readers.read(name, bytes).await.unwrap_err() {
                ReadError::Corrupt { detail } => detail,
                other => other.code().to_owned(),
            });
        }
        outcomes
    })
}

/// The outcomes of files that hold words, with processes named in the order of their first file.
#[track_caller]
fn check_script(last: &str, names: &[&str], expected: &[&str]) {
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"words"[..])).collect();
    let mut processes = Vec::new();
    let outcomes = outcomes(&script(last), &files).into_iter().map(|outcome| {
        let Some((process, nth)) = outcome.split_once(' ') else {
            return outcome;
        };
        let place = processes.iter().position(|known| known == process);
        let place = place.unwrap_or_else(|| {
            processes.push(process.to_owned());
            processes.len() - 1
        });
        format!("{} {nth}", ["first", "second", "third"][place])
    });
    assert_eq!(outcomes.collect::<Vec<_>>(), expected);
}

#[test]
fn text_files_share_a_process_and_others_have_their_own() {
    check_script(
        "never",
        &["a.md", "b.csv", "c.pdf", "d.eml", "e.html"],
        &["first 1", "first 2", "second 1", "third 1", "first 3"],
    );
}

#[test]
fn what_is_text_by_its_name_only_has_its_own_process() {
    let files: [(&str, &[u8]); 4] = [
        ("a.md", b"words"),
        ("b.md", b"PK\x03\x04"),
        ("c.md", b"%PDF-1.7"),
        ("d.md", b"words"),
    ];
    let outcomes = outcomes(&script("never"), &files);
    let nths: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.rsplit(' ').next())
        .collect();
    assert_eq!(nths, [Some("1"), Some("1"), Some("1"), Some("2")]);
}

#[test]
fn a_file_that_kills_its_process_fails_alone() {
    check_script(
        "never",
        &["a.md", "b.md", "deadly.md", "c.md", "d.md"],
        &["first 1", "first 2", "crashed", "second 1", "second 2"],
    );
}

#[test]
fn a_file_does_not_fail_for_what_its_process_did_before() {
    check_script(
        "3",
        &["a.md", "b.md", "c.md", "d.md", "e.md"],
        &["first 1", "first 2", "second 1", "second 2", "third 1"],
    );
}

#[test]
fn limits_of_time_and_output_hold_for_each_file() {
    check_script(
        "never",
        &["a.md", "slow.md", "b.md", "endless.md", "c.md"],
        &["first 1", "timed_out", "second 1", "too_large", "third 1"],
    );
}

#[test]
fn what_libraries_print_is_no_answer() {
    check_script(
        "never",
        &["chatty.md", "chatty.md", "a.md"],
        &["first 1", "first 2", "first 3"],
    );
}

#[test]
fn a_process_reads_so_many_files_and_no_more() {
    let outcomes = outcomes(&script("never"), &[("a.md", &b"words"[..]); 257]);
    assert!(outcomes[255].ends_with(" 256"), "{outcomes:?}");
    assert!(outcomes[256].ends_with(" 1"), "{outcomes:?}");
}
