//! A disk that runs full: a small file system of its own, where the machine lets a test have one.

use crate::support::{BINARY, seeded};
use std::{fs, path::Path, process::Command};

/// Mounts a file system of 700 MB for this script alone, puts the home into it with every hole of the index's files
/// filled (here even reading a hole takes room), and leaves as much room as each step says.
const SCRIPT: &str = r#"
set -eu
mount -t tmpfs -o size=700m tmpfs "$DISK"
cp -RP --sparse=never "$SEEDED/." "$DISK/"
leave() {
    rm -f "$DISK/filler"
    free=$(df -k --output=avail "$DISK" | tail -n 1)
    head -c $(((free - $1) * 1024)) /dev/zero > "$DISK/filler"
}
step() {
    name=$1
    shift
    set +e
    "$LIAISON" --home "$DISK" --json "$@" > "$SAID/$name.json" 2> "$SAID/$name.err"
    echo $? > "$SAID/$name.code"
    set -e
}
step before search "$QUESTION" --partner p-001 --limit 1
leave 32768
step refused ingest "$DOCUMENTS"
step asked ask "$QUESTION" --partner p-001
leave 4096
step closed ask "$QUESTION" --partner p-001
step doctor doctor
rm "$DISK/filler"
step answered ask "$QUESTION" --partner p-001
step ingested ingest "$DOCUMENTS"
step found search "$NEW" --partner p-001 --limit 1
step after search "$QUESTION" --partner p-001 --limit 1
step kept ask "$QUESTION" --partner p-001
umount "$DISK"
"#;

/// Exit code, standard output and standard error of a step.
fn step(said: &Path, name: &str) -> (String, String, String) {
    let read =
        |extension: &str| fs::read_to_string(said.join(format!("{name}.{extension}"))).unwrap_or_default();
    (read("code").trim().to_owned(), read("json"), read("err"))
}

#[test]
fn a_full_disk_is_said_and_loses_nothing() {
    // A name space of one's own, with or without being root; many machines and containers forbid it.
    let allowed = Command::new("unshare")
        .args(["-rm", "sh", "-c", "mount -t tmpfs tmpfs /tmp"])
        .output();
    if !allowed.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED: this machine lets no test mount a small file system (unshare -rm)");
        return;
    }
    let (home, said) = (seeded(), tempfile::tempdir().unwrap());
    let (disk, documents) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for n in 0..3 {
        let text = format!("# Zephyrine {n}\n\nA zephyrine deal of kind {n} is protected for 7{n} days.\n");
        fs::write(documents.path().join(format!("{n}.md")), text).unwrap();
    }
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", SCRIPT])
        .env("LIAISON", BINARY)
        .env("LIAISON_LOG__FILTER", "error")
        .env("SEEDED", home.path())
        .env("DISK", disk.path())
        .env("SAID", said.path())
        .env("DOCUMENTS", documents.path())
        .env("QUESTION", "How long is a registered deal protected?")
        .env("NEW", "How long is a zephyrine deal protected?")
        .current_dir(said.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let check = |name: &str, code: &str, words: &str| {
        let (ended, json, err) = step(said.path(), name);
        assert_eq!(ended, code, "{name}: {json} {err}");
        assert!(
            json.contains(words) || err.contains(words),
            "{name}: {json} {err}"
        );
        assert!(!err.contains("panicked"), "{name}: {err}");
    };
    check("refused", "1", "the disk is full");
    check("asked", "0", "120 days for Gold");
    check("closed", "1", "the disk is full");
    check("doctor", "1", "the disk is full");
    check("answered", "0", "120 days for Gold");
    check("ingested", "0", "\"added\": 3");
    check("found", "0", "A zephyrine deal of kind");
    check("kept", "0", "120 days for Gold");
    // The words of one passage alone: what was taken in meanwhile changes the scores.
    let best = |name: &str| {
        let (_, json, _) = step(said.path(), name);
        let found: serde_json::Value = serde_json::from_str(&json).unwrap();
        let hit = &found["hits"][0];
        assert!(hit["text"].is_string(), "{name}: {json}");
        [hit["passage_id"].clone(), hit["text"].clone()]
    };
    assert_eq!(best("before"), best("after"));
}
