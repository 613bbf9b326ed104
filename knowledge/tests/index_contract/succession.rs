//! An index of another model, made anew while questions are answered.

use crate::support::{Backwards, STAFF, World, contract, model, passages, record};
use liaison_knowledge::{AudienceSpec, DocumentRecord, Embedder, Knowledge};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

contract!(
    words_answer_until_the_new_index_does,
    what_is_written_meanwhile_waits_and_is_kept,
    an_attempt_that_ended_early_is_continued,
);

const TEXTS: [&str; 2] = ["registration protects a deal", "funds are claimed in the portal"];

async fn fill(world: &World) {
    let index = world.open().await;
    for source in ["rules", "gone", "guide"] {
        let document = record(source);
        let texts = TEXTS.map(|text| format!("{text}, says the {source}"));
        let texts = texts.each_ref().map(String::as_str);
        index
            .replace(&document, passages(&document, &texts))
            .await
            .unwrap();
    }
    index.flush().await.unwrap();
    world.place.activate(&model("a")).await.unwrap();
}

fn new_model() -> Arc<dyn Embedder> {
    Arc::new(Backwards(model("b")))
}

/// What a search finds, of neighbours too: the documents, best first, and whether each was found by its words and by its meaning.
async fn found(knowledge: &Knowledge, question: &str) -> Vec<(DocumentRecord, bool, bool)> {
    let hits = knowledge.search(question, STAFF, 50).await.unwrap().hits;
    let told = hits.into_iter().map(|hit| {
        (
            DocumentRecord::clone(&hit.document),
            hit.bm25.is_some(),
            hit.similarity.is_some(),
        )
    });
    told.collect()
}

async fn words_answer_until_the_new_index_does(world: World) {
    fill(&world).await;
    let (knowledge, succession) = Knowledge::open_any(new_model(), &world.place).await.unwrap();
    let succession = succession.unwrap();
    let mut before = found(&knowledge, "registration").await;
    before.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    let by_words = |source| (record(source), true, false);
    assert_eq!(
        before,
        ["gone", "gone", "guide", "guide", "rules", "rules"].map(by_words)
    );
    assert_eq!(knowledge.passages().await.unwrap(), 6);

    // Final at once, and for good.
    knowledge.remove(record("gone").id).await.unwrap();
    let mut guide = record("guide");
    guide.audience = AudienceSpec::Internal;
    knowledge.relabel(&guide).await.unwrap();
    assert_eq!(found(&knowledge, "registration").await.len(), 4);

    let told = AtomicUsize::new(0);
    succession
        .run(|done, of| {
            assert!(done <= of && of == 2, "{done} of {of}");
            told.fetch_add(1, Ordering::Relaxed);
        })
        .await
        .unwrap();
    assert!(told.load(Ordering::Relaxed) >= 2);
    let after = found(&knowledge, "registration").await;
    assert_eq!(after.len(), 4);
    assert!(after.iter().all(|(_, _, by_meaning)| *by_meaning));
    assert!(after.iter().any(|(document, _, _)| *document == guide));
    assert_eq!(world.place.active().await.unwrap(), Some(model("b")));
    // The former collection is deleted, and there is nothing left to do.
    succession
        .run(|_, _| panic!("nothing is made anew twice"))
        .await
        .unwrap();
    drop((knowledge, succession));
    let (knowledge, succession) = Knowledge::open_any(new_model(), &world.place).await.unwrap();
    assert!(succession.is_none());
    assert_eq!(knowledge.passages().await.unwrap(), 4);
    drop(knowledge);
    assert_eq!(world.open().await.count().await.unwrap(), 0);
    world.end().await;
    world.place.discard(&model("b")).await.unwrap();
}

async fn what_is_written_meanwhile_waits_and_is_kept(world: World) {
    fill(&world).await;
    let (knowledge, succession) = Knowledge::open_any(new_model(), &world.place).await.unwrap();
    let (knowledge, succession) = (Arc::new(knowledge), succession.unwrap());
    let writer = Arc::clone(&knowledge);
    let written = tokio::spawn(async move {
        let news = record("news");
        let words = "the launch kit arrived";
        let texts = passages(&news, &[words])
            .into_iter()
            .map(|indexed| indexed.passage);
        let document = writer
            .embed_document(news.clone(), texts.collect(), &|_| {})
            .await;
        writer.replace(document.unwrap()).await.unwrap();
        assert_eq!(writer.passages().await.unwrap(), 7);
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!written.is_finished());
    assert!(found(&knowledge, "launch kit").await.is_empty());
    succession.run(|_, _| {}).await.unwrap();
    written.await.unwrap();
    let (document, by_words, _) = found(&knowledge, "launch kit").await.swap_remove(0);
    assert_eq!((document, by_words), (record("news"), true));
    drop((knowledge, succession));
    world.end().await;
    world.place.discard(&model("b")).await.unwrap();
}

async fn an_attempt_that_ended_early_is_continued(world: World) {
    fill(&world).await;
    {
        let (_, succession) = Knowledge::open_any(new_model(), &world.place).await.unwrap();
        let (first, mut after_one) = tokio::sync::mpsc::unbounded_channel();
        let succession = succession.unwrap();
        let run = succession.run(|done, _| first.send(done).unwrap());
        tokio::select! {
            ended = run => panic!("{ended:?}"),
            () = async { while after_one.recv().await != Some(1) {} } => {}
        }
    }
    // What the former process wrote last may still be on its way.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(world.place.active().await.unwrap(), Some(model("a")));
    let (knowledge, succession) = Knowledge::open_any(new_model(), &world.place).await.unwrap();
    assert_eq!(found(&knowledge, "registration").await.len(), 6);
    succession.unwrap().run(|_, _| {}).await.unwrap();
    let all = found(&knowledge, "funds").await;
    assert_eq!(all.len(), 6);
    assert!(all.iter().all(|(_, _, by_meaning)| *by_meaning));
    drop(knowledge);
    world.end().await;
    world.place.discard(&model("b")).await.unwrap();
}
