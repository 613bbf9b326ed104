//! Moving everything from one index to another.

use crate::support::{Backwards, HALF, STAFF, World, ask, backwards, found, model, passages, record, vector};
use liaison_knowledge::{
    Embedder, PassageIndex,
    index::transfer::{Transferred, transfer},
};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn an_index_moves_to_a_server_and_back() {
    let (here, server, back) = (World::embedded(), World::fake().await, World::embedded());
    let (here, there, back) = (here.open().await, server.open().await, back.open().await);
    fill(&*here).await;
    assert_eq!(move_all(&*here, &*there).await, written(20));
    assert_eq!(move_all(&*there, &*back).await, written(20));
    for n in 0..10 {
        let query = format!("terms of {n}");
        let (vector, mut answers) = (vector(&query), Vec::new());
        for index in [&here, &there, &back] {
            let hits = index.search(&ask(&query, &vector, STAFF), 10).await.unwrap();
            answers.push(
                hits.into_iter()
                    .map(|hit| hit.passage.clone())
                    .collect::<Vec<_>>(),
            );
        }
        assert!(answers[0] == answers[1] && answers[1] == answers[2], "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_move_brings_over_what_changed() {
    let (one, two) = (World::embedded(), World::fake().await);
    let (from, to) = (one.open().await, two.open().await);
    fill(&*from).await;
    // What an interrupted move left, and what was there before it.
    let (kept, stray) = (record("document 3"), record("stray"));
    to.replace(&stray, passages(&stray, &["stray"])).await.unwrap();
    to.replace(
        &kept,
        passages(&kept, &texts(3).iter().map(String::as_str).collect::<Vec<_>>()),
    )
    .await
    .unwrap();
    let resumed = Transferred {
        written: 19,
        unchanged: 1,
        removed: 1,
    };
    assert_eq!(move_all(&*from, &*to).await, resumed);

    let mut relabelled = record("document 4");
    relabelled.language = Some("fr".to_owned());
    from.relabel(&relabelled).await.unwrap();
    from.remove(record("document 5").id).await.unwrap();
    let changed = Transferred {
        written: 1,
        unchanged: 18,
        removed: 1,
    };
    assert_eq!(move_all(&*from, &*to).await, changed);
    assert_eq!(
        move_all(&*from, &*to).await,
        Transferred {
            unchanged: 19,
            ..Transferred::default()
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_model_embeds_every_passage_anew() {
    let world = World::embedded();
    let from = world.open().await;
    fill(&*from).await;
    let other = Backwards(model("b"));
    let to = world.place.open(&other.0).await.unwrap();
    let embedder: Arc<dyn Embedder> = Arc::new(other);
    for expected in [
        written(20),
        Transferred {
            unchanged: 20,
            ..Transferred::default()
        },
    ] {
        let done = transfer(&*from, &*to, Some(Arc::clone(&embedder)), |_, _| {})
            .await
            .unwrap();
        assert_eq!(done, expected);
    }
    assert_eq!(found(&*to, "terms", STAFF).await.len(), 50);
    for (stored, kept) in to.contents(record("document 7").id).await.unwrap() {
        let own = backwards(&stored.passage.words(&stored.document));
        assert!(own.iter().zip(&kept).all(|(a, b)| (a - b).abs() < HALF));
    }
}

async fn move_all(from: &dyn PassageIndex, to: &dyn PassageIndex) -> Transferred {
    transfer(from, to, None, |_, _| {}).await.unwrap()
}

fn written(documents: usize) -> Transferred {
    Transferred {
        written: documents,
        ..Transferred::default()
    }
}

async fn fill(index: &dyn PassageIndex) {
    for n in 0..20 {
        let document = record(&format!("document {n}"));
        let texts = texts(n);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        index
            .replace(&document, passages(&document, &texts))
            .await
            .unwrap();
    }
    index.flush().await.unwrap();
}

fn texts(n: usize) -> Vec<String> {
    (0..1 + n % 5).map(|m| format!("terms of {n} and {m}")).collect()
}
