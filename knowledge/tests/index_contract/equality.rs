//! The same documents give the same answers wherever they are kept.

use crate::support::{DIMENSIONS, STAFF, World, ask, passages, record, vector};
use liaison_knowledge::{Hit, PassageIndex};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_as_the_embedded_index_does() {
    compare(World::fake().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_server_answers_as_the_embedded_index_does() {
    if let Some(world) = World::real() {
        compare(world).await;
    }
}

const WORDS: [&str; 12] = [
    "rebate", "tier", "deal", "margin", "claim", "lead", "fund", "renewal", "badge", "quota", "bonus",
    "portal",
];

async fn compare(world: World) {
    let own = World::embedded();
    let (here, there) = (own.open().await, world.open().await);
    for index in [&here, &there] {
        fill(&**index).await;
    }
    for n in 0..60_usize {
        let words = format!(
            "{} {} {}",
            WORDS[n % 12],
            WORDS[(n * 5 + 1) % 12],
            WORDS[(n * 7 + 3) % 12]
        );
        let vector = vector(&format!("question {n}"));
        let query = ask(&words, &vector, STAFF);
        let (ours, theirs) = (
            here.search(&query, 20).await.unwrap(),
            there.search(&query, 20).await.unwrap(),
        );
        same(&words, &ours, &theirs);
    }
    for index in [&here, &there] {
        change(&**index).await;
    }
    let everything = ask("rebate", &[0.35; DIMENSIONS], STAFF);
    let mut held = Vec::new();
    for index in [&here, &there] {
        // An engine weighs words by what it holds, until it has cleared away what was deleted; so words are left out.
        let hits = index.search(&everything, 100).await.unwrap();
        let mut all: Vec<_> = hits
            .into_iter()
            .map(|hit| (hit.passage.id, hit.document.clone()))
            .collect();
        all.sort_by_key(|(id, _)| *id);
        held.push((all, index.documents().await.unwrap()));
    }
    assert_eq!(held[0], held[1]);
    world.end().await;
}

/// Some documents are replaced, relabelled and removed.
async fn change(index: &dyn PassageIndex) {
    for n in 0..40_usize {
        let mut document = record(&format!("document {n}"));
        match n % 4 {
            0 => index
                .replace(&document, passages(&document, &["rebate", "changed"]))
                .await
                .unwrap(),
            1 => {
                document.language = Some("fr".to_owned());
                index.relabel(&document).await.unwrap();
            }
            2 => index.remove(document.id).await.unwrap(),
            _ => {}
        }
    }
    index.flush().await.unwrap();
}

async fn fill(index: &dyn PassageIndex) {
    for n in 0..40_usize {
        let document = record(&format!("document {n}"));
        let text = |m: usize| -> String {
            let words = (0..4 + m % 9).map(|i| WORDS[(n * 3 + m * 5 + i * i) % 12]);
            words
                .chain([format!("no{n}x{m}").as_str()])
                .collect::<Vec<_>>()
                .join(" ")
        };
        let all: Vec<String> = (0..1 + n % 4).map(text).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        index.replace(&document, passages(&document, &all)).await.unwrap();
    }
    index.flush().await.unwrap();
}

#[track_caller]
fn same(words: &str, ours: &[Hit], theirs: &[Hit]) {
    let near = |a: Option<f32>, b: Option<f32>| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-4,
        (a, b) => a == b,
    };
    assert_eq!(ours.len(), theirs.len(), "{words}");
    for (our, their) in ours.iter().zip(theirs) {
        assert_eq!(our.passage, their.passage, "{words}");
        assert_eq!(our.document, their.document, "{words}");
        assert!(
            near(our.similarity, their.similarity),
            "{words}: {our:?} {their:?}"
        );
        assert!(near(our.bm25, their.bm25), "{words}: {our:?} {their:?}");
        assert!(
            near(Some(our.score), Some(their.score)),
            "{words}: {our:?} {their:?}"
        );
    }
}
