//! Readers beside a writer.

use crate::support::{STAFF, World, contract, found, passages, record, texts};
use liaison_knowledge::PassageIndex;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::Poll,
};

contract!(
    no_reader_sees_half_a_document,
    a_reader_that_rests_holds_up_no_writer
);

/// Passages of each version: all of them fit into one search.
const EACH: usize = 30;

async fn no_reader_sees_half_a_document(world: World) {
    let index = world.open().await;
    let rules = record("rules");
    let version = |n: usize| -> Vec<String> {
        (0..EACH)
            .map(|place| format!("version {n} place {place}"))
            .collect()
    };
    let write = async |index: &dyn PassageIndex, n: usize| {
        let all = version(n);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        index.replace(&rules, passages(&rules, &all)).await.unwrap();
    };
    write(&*index, 0).await;
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (index, done, document) = (Arc::clone(&index), Arc::clone(&done), rules.id);
            tokio::spawn(async move {
                let mut seen = BTreeSet::new();
                while !done.load(Relaxed) {
                    seen.insert(the_version(found(&*index, "version place", STAFF).await));
                    seen.insert(the_version(texts(&*index, document).await));
                    tokio::task::yield_now().await;
                }
                seen.len()
            })
        })
        .collect();
    for n in 1..40 {
        write(&*index, n).await;
        if n % 7 == 0 {
            index.flush().await.unwrap();
        }
        if n % 13 == 0 {
            index.optimise().await.unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    done.store(true, Relaxed);
    for reader in readers {
        assert!(
            reader.await.unwrap() > 3,
            "the reader saw too little of the change"
        );
    }
    world.end().await;
}

/// The one version that all these passages are of.
#[track_caller]
fn the_version(texts: Vec<String>) -> String {
    assert_eq!(texts.len(), EACH, "{texts:?}");
    let versions: BTreeSet<&str> = texts
        .iter()
        .filter_map(|text| text.split_once(" place "))
        .map(|(v, _)| v)
        .collect();
    assert_eq!(versions.len(), 1, "{versions:?}");
    versions.into_iter().next().unwrap_or_default().to_owned()
}

/// A stream polls its futures only while somebody waits for it, so a query may be begun and not be gone on with.
async fn a_reader_that_rests_holds_up_no_writer(world: World) {
    let index = world.open().await;
    let rules = record("rules");
    index.replace(&rules, passages(&rules, &["deals"])).await.unwrap();
    let mut resting = Box::pin(index.contents(rules.id));
    let begun = std::future::poll_fn(|context| Poll::Ready(resting.as_mut().poll(context))).await;
    assert!(begun.is_pending());
    let patience = std::time::Duration::from_secs(20);
    let writing = async {
        index
            .replace(&rules, passages(&rules, &["claims"]))
            .await
            .unwrap();
        index.flush().await.unwrap();
    };
    tokio::time::timeout(patience, writing).await.unwrap();
    assert_eq!(resting.await.unwrap().len(), 1);
    world.end().await;
}
