//! `kill -9` of the process that holds an embedded index, at any moment of a change.

use crate::support::{STAFF, found, model, passages, record, texts};
use liaison_knowledge::{PassageIndex, Place};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Passages of each version.
const EACH: usize = 300;
const ROUNDS: u64 = 12;
const BEGUN: &str = "the writer begins with version";

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_leaves_whole_documents() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Embedded(folder.path().join("index"));
    let mut changed = 0;
    for round in 0..ROUNDS {
        kill_a_writer(folder.path(), round % 6, Duration::from_millis(round * 5));
        let index = place.open(&model("a")).await.unwrap();
        for (document, count) in index.documents().await.unwrap() {
            let all = texts(&*index, document).await;
            assert_eq!((all.len(), count), (EACH, EACH));
            let version = all[0].split_once(" place").unwrap().0.to_owned();
            assert!(
                all.iter().all(|text| text.starts_with(&format!("{version} "))),
                "{all:?}"
            );
            changed += usize::from(version != "version 0");
            // Nothing of another edition is left where a search could see it.
            let hits = found(&*index, &all[0], STAFF).await;
            assert!(
                hits.iter()
                    .all(|text| all.contains(text) || !text.contains(&document.0.to_string()))
            );
        }
        assert!(!folder.path().join("index").join("hidden.json.tmp").exists());
    }
    assert!(changed > 0, "no writer came to its second version");
}

/// Runs [`a_writer`] in a process of its own, and kills it a while after it has begun with a version.
fn kill_a_writer(folder: &Path, version: u64, after: Duration) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::a_writer", "--exact", "--ignored", "--nocapture"])
        .env("LIAISON_TEST_FOLDER", folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    let begun = format!("{BEGUN} {version}");
    let begun = said
        .lines()
        .map_while(Result::ok)
        .any(|line| line.ends_with(&begun));
    assert!(begun, "the writer ended before it began");
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Replaces two documents by turns, without end.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above, to be killed"]
async fn a_writer() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how the test above tells its child where to write"
    )]
    let Ok(folder) = std::env::var("LIAISON_TEST_FOLDER") else {
        return;
    };
    let place = Place::Embedded(Path::new(&folder).join("index"));
    let index = place.open(&model("a")).await.unwrap();
    for version in 0.. {
        println!("{BEGUN} {version}");
        for name in ["one", "two"] {
            write(&*index, name, version).await;
        }
        if version % 2 == 1 {
            index.flush().await.unwrap();
        }
        if version % 5 == 4 {
            index.optimise().await.unwrap();
        }
    }
}

async fn write(index: &dyn PassageIndex, name: &str, version: usize) {
    let document = record(name);
    let all: Vec<String> = (0..EACH)
        .map(|n| format!("version {version} place {n} of {}", document.id.0))
        .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    index.replace(&document, passages(&document, &all)).await.unwrap();
}
