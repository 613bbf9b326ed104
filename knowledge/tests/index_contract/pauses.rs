//! How long a search takes while a 2,000-page document is replaced. Run by hand:
//! `cargo nextest run --release --workspace --test index_contract --run-ignored only --no-capture -E 'test(pauses)'`

use crate::support::{STAFF, ask, model, record};
use liaison_knowledge::{
    Anchor, DocumentRecord, Passage, PassageId, PassageIndex, Place, index::IndexedPassage,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

const DIMENSIONS: usize = 384;
const LARGE: usize = 6_000;
const OTHERS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn pauses_of_searches_while_a_large_document_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Embedded(folder.path().join("index"));
    let model = liaison_knowledge::ModelIdentity {
        dimensions: DIMENSIONS,
        ..model("a")
    };
    let index = place.open(&model).await.unwrap();
    for n in 0..OTHERS {
        let document = record(&format!("document {n}"));
        index.replace(&document, many(&document, 20, 0)).await.unwrap();
    }
    let large = record("large");
    index.replace(&large, many(&large, LARGE, 0)).await.unwrap();
    index.flush().await.unwrap();
    index.optimise().await.unwrap();
    report(
        "nothing else",
        searches(&index, async { tokio::time::sleep(Duration::from_secs(2)).await }).await,
    );
    for version in 1..=3 {
        let passages = many(&large, LARGE, version);
        let work = async { index.replace(&large, passages).await.unwrap() };
        report("replace 6,000", searches(&index, work).await);
        report(
            "flush",
            searches(&index, async { index.flush().await.unwrap() }).await,
        );
    }
    let mut relabelled = large.clone();
    relabelled.language = Some("en".to_owned());
    report(
        "relabel 6,000",
        searches(&index, async { index.relabel(&relabelled).await.unwrap() }).await,
    );
    report(
        "optimise",
        searches(&index, async { index.optimise().await.unwrap() }).await,
    );
    report(
        "remove 6,000",
        searches(&index, async {
            index.remove(large.id).await.unwrap();
            index.flush().await.unwrap();
        })
        .await,
    );
}

/// How long the work took, and each of the searches that went on meanwhile.
async fn searches(
    index: &Arc<dyn PassageIndex>,
    work: impl Future<Output = ()>,
) -> (Duration, Vec<Duration>) {
    let done = Arc::new(AtomicBool::new(false));
    let (reader, until) = (Arc::clone(index), Arc::clone(&done));
    let reading = tokio::spawn(async move {
        let (mut all, mut n) = (Vec::new(), 0_u64);
        while !until.load(Relaxed) {
            n += 1;
            let vector = random(n);
            let start = Instant::now();
            let hits = reader
                .search(&ask("deal margin protected", &vector, STAFF), 8)
                .await
                .unwrap();
            assert_eq!(hits.len(), 8);
            all.push(start.elapsed());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        all
    });
    let start = Instant::now();
    work.await;
    let took = start.elapsed();
    done.store(true, Relaxed);
    (took, reading.await.unwrap())
}

fn report(what: &str, (took, mut all): (Duration, Vec<Duration>)) {
    all.sort();
    let at = |percent: usize| all[(all.len() * percent / 100).min(all.len() - 1)];
    println!(
        "{what:<15} {took:>9.1?}: {} searches, p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
        all.len(),
        at(50),
        at(99),
        at(100)
    );
}

fn many(document: &DocumentRecord, count: usize, version: u64) -> Vec<IndexedPassage> {
    const WORDS: [&str; 16] = [
        "deal",
        "margin",
        "tier",
        "rebate",
        "partner",
        "claim",
        "days",
        "protected",
        "gold",
        "region",
        "lead",
        "fund",
        "quota",
        "renewal",
        "portal",
        "badge",
    ];
    let passage = |ordinal: usize| {
        let words = (0..80_usize).map(|i| WORDS[(ordinal * 7 + i * i + i * ordinal) % WORDS.len()]);
        let text = format!("{} {ordinal} {version}", words.collect::<Vec<_>>().join(" "));
        let ordinal = u32::try_from(ordinal).unwrap();
        let passage = Passage {
            id: PassageId::of_text(document.id, ordinal, &text),
            ordinal,
            anchor: Anchor::Page {
                page: ordinal / 3 + 1,
            },
            heading: vec!["Terms".to_owned()],
            text,
        };
        IndexedPassage {
            words: passage.words(document),
            vector: random(u64::from(ordinal) + version * 1_000_003),
            passage,
        }
    };
    (0..count).map(passage).collect()
}

fn random(seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f32::from(u16::try_from(state >> 48).unwrap()) / 32_768.0 - 1.0
    };
    (0..DIMENSIONS).map(|_| next()).collect()
}
