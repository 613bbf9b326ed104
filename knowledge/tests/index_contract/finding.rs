//! What the knowledge makes of a question, over every kind of index.

use crate::support::{STAFF, World, contract, model, passages, record, vector};
use liaison_knowledge::{
    Audience, AudienceSpec, DocumentRecord, EmbedError, Embedder, Finding, Knowledge, ModelIdentity,
    PassageIndex, Synonyms, Urgency, View,
};
use std::sync::Arc;

contract!(
    misspelt_words_and_synonyms_are_found,
    hidden_words_mend_nothing_into_sight,
);

/// Vectors that know nothing of meaning: unlike for different words.
struct Meaningless(ModelIdentity);

impl Embedder for Meaningless {
    fn identity(&self) -> &ModelIdentity {
        &self.0
    }

    fn embed(&self, texts: &[String], _: Urgency) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|text| vector(text)).collect())
    }
}

fn knowledge(index: Arc<dyn PassageIndex>) -> Knowledge {
    let synonyms = Synonyms::with(&[vec!["Launch Kit".to_owned(), "starter bundle".to_owned()]]).unwrap();
    Knowledge::new(Arc::new(Meaningless(model("a"))), index).finding(Finding {
        synonyms,
        reranker: None,
    })
}

/// The passages whose words were found, best first, not only their meaning.
async fn by_words(knowledge: &Knowledge, question: &str, view: View<'_>) -> Vec<String> {
    let hits = knowledge.search(question, view, 50).await.unwrap().hits;
    let found = hits.into_iter().filter(|hit| hit.bm25.is_some());
    found.map(|hit| hit.passage.text.clone()).collect()
}

/// Writes a document of one passage: a passage is found by the words of its neighbours too.
async fn fill(index: &dyn PassageIndex, document: &DocumentRecord, text: &str) {
    let passages = passages(document, &[text]);
    index.replace(document, passages).await.unwrap();
}

async fn misspelt_words_and_synonyms_are_found(world: World) {
    let index = world.open().await;
    let texts = [
        "registration protects",
        "a starter bundle arrives",
        "market development funds",
    ];
    for text in texts {
        fill(&*index, &record(text), text).await;
    }
    let knowledge = knowledge(index);
    for (question, expected) in [
        ("regsitraton?", &texts[..1]),
        ("the launch kit", &texts[1..2]),
        ("launch kits", &texts[1..2]),
        ("MDF", &texts[2..]),
        ("nothing", &[]),
    ] {
        assert_eq!(
            by_words(&knowledge, question, STAFF).await,
            expected,
            "{question}"
        );
    }
    world.end().await;
}

async fn hidden_words_mend_nothing_into_sight(world: World) {
    let index = world.open().await;
    let (open, mut hidden) = (record("open"), record("hidden"));
    hidden.audience = AudienceSpec::Internal;
    let mut other = record("other");
    other.audience = AudienceSpec::Internal;
    fill(&*index, &open, "falcons fly").await;
    fill(&*index, &hidden, "acquisition planned").await;
    fill(&*index, &other, "a starter bundle").await;
    let partner = Audience::Partner {
        id: "p-001".to_owned(),
        tier: "gold".to_owned(),
        region: "emea".to_owned(),
        kind: "reseller".to_owned(),
    };
    let view = View {
        audience: &partner,
        ..STAFF
    };
    let knowledge = knowledge(index);
    for question in ["acquisiton", "acquisition", "launch kit"] {
        let hits = knowledge.search(question, view, 50).await.unwrap().hits;
        assert!(
            hits.iter().all(|hit| *hit.document == open),
            "{question}: {hits:?}"
        );
        assert!(hits.iter().all(|hit| hit.bm25.is_none()), "{question}: {hits:?}");
    }
    assert_eq!(
        by_words(&knowledge, "acquisiton", STAFF).await,
        ["acquisition planned"]
    );
    world.end().await;
}
