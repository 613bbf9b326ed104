//! Places to keep an index, and documents to keep there.

use crate::fake::Fake;
use liaison_knowledge::{
    Anchor, Audience, AudienceSpec, Cluster, DocumentId, DocumentRecord, EmbedError, Embedder, ModelIdentity,
    Passage, PassageId, PassageIndex, Place, Urgency, Validity, View,
    index::{IndexedPassage, Query, Vector},
};
use std::sync::Arc;
use tempfile::TempDir;

/// The engines are less exact with fewer.
pub(crate) const DIMENSIONS: usize = 32;
/// How far a number may be off that is made of vectors in half precision (11 bits), which have unit length.
pub(crate) const HALF: f32 = 1.0 / 2048.0;

/// A place of its own for one test, and what must stay as long as it is used.
pub(crate) struct World {
    pub(crate) place: Place,
    _folder: Option<TempDir>,
    _fake: Option<Fake>,
}

impl World {
    pub(crate) fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            place: Place::Embedded(folder.path().join("index")),
            _folder: Some(folder),
            _fake: None,
        }
    }

    pub(crate) async fn fake() -> Self {
        let fake = Fake::start().await;
        Self {
            place: Place::Cluster(cluster(fake.url(), "partners")),
            _folder: None,
            _fake: Some(fake),
        }
    }

    /// `None`, and a line that says so, when no server is named.
    pub(crate) fn real() -> Option<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "which server to test against is no setting of Liaison"
        )]
        let Ok(url) = std::env::var("QDRANT_URL") else {
            println!("SKIPPED: QDRANT_URL names no server, so nothing was tried on a real one");
            return None;
        };
        let name = format!("liaison-contract-{}", uuid::Uuid::new_v4().simple());
        Some(Self {
            place: Place::Cluster(cluster(&url, &name)),
            _folder: None,
            _fake: None,
        })
    }

    pub(crate) async fn open(&self) -> Arc<dyn PassageIndex> {
        self.place.open(&model("a")).await.unwrap()
    }

    /// A real server keeps what is not taken away; everything else goes with the world.
    pub(crate) async fn end(&self) {
        if self._folder.is_none() && self._fake.is_none() {
            self.place.discard(&model("a")).await.unwrap();
        }
    }
}

pub(crate) fn cluster(url: &str, collection: &str) -> Cluster {
    Cluster {
        url: url.to_owned(),
        api_key: None,
        collection: collection.to_owned(),
        shards: 1,
        replicas: 1,
    }
}

/// Makes a test of each case for each kind of index.
macro_rules! contract {
    ($($case:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case($crate::support::World::embedded()).await;
            })*
        }
        mod fake_server {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                super::$case($crate::support::World::fake().await).await;
            })*
        }
        mod real_server {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                if let Some(world) = $crate::support::World::real() {
                    super::$case(world).await;
                }
            })*
        }
    };
}
pub(crate) use contract;

pub(crate) fn model(name: &str) -> ModelIdentity {
    ModelIdentity {
        name: format!("model-{name}"),
        sha256: name.repeat(64),
        dimensions: DIMENSIONS,
    }
}

pub(crate) fn record(source: &str) -> DocumentRecord {
    DocumentRecord {
        id: DocumentId::of_source(source),
        path: source.to_owned(),
        title: format!("About {source}"),
        audience: AudienceSpec::Partners,
        validity: Validity::default(),
        language: None,
    }
}

/// Passages of a document with these words, and vectors that follow from them.
pub(crate) fn passages(record: &DocumentRecord, texts: &[&str]) -> Vec<IndexedPassage> {
    let passage = |(ordinal, text): (usize, &&str)| {
        let ordinal = u32::try_from(ordinal).unwrap();
        Passage {
            id: PassageId::of_text(record.id, ordinal, text),
            ordinal,
            anchor: Anchor::Page { page: ordinal + 1 },
            heading: vec!["Terms".to_owned()],
            text: (*text).to_owned(),
        }
    };
    let passages = texts.iter().enumerate().map(passage).collect();
    IndexedPassage::of(record, passages, texts.iter().map(|text| vector(text)).collect())
}

/// A unit vector that is the same for the same words and unlike that of others.
pub(crate) fn vector(text: &str) -> Vec<f32> {
    let mut state = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f32::from(u16::try_from(state >> 48).unwrap()) / 32_768.0 - 1.0
    };
    let vector: Vec<f32> = (0..DIMENSIONS).map(|_| next()).collect();
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.into_iter().map(|x| x / length).collect()
}

pub(crate) const STAFF: View<'static> = View {
    audience: &Audience::Internal,
    on: jiff::civil::date(2026, 6, 1),
};

pub(crate) fn ask<'a>(words: &'a str, vector: &[f32], view: View<'a>) -> Query<'a> {
    Query {
        vector: Vector::ready(vector),
        words,
        also: &[],
        view,
    }
}

/// What a search for these words finds: texts, best first.
pub(crate) async fn found(index: &dyn PassageIndex, words: &str, view: View<'_>) -> Vec<String> {
    let hits = index.search(&ask(words, &vector(words), view), 50).await.unwrap();
    hits.into_iter().map(|hit| hit.passage.text.clone()).collect()
}

pub(crate) async fn texts(index: &dyn PassageIndex, document: DocumentId) -> Vec<String> {
    let all = index.contents(document).await.unwrap();
    all.into_iter().map(|(stored, _)| stored.passage.text).collect()
}

/// A model whose vectors are unlike those of the others.
pub(crate) struct Backwards(pub(crate) ModelIdentity);

impl Embedder for Backwards {
    fn identity(&self) -> &ModelIdentity {
        &self.0
    }

    fn embed(&self, texts: &[String], _: Urgency) -> Result<Vec<Vec<f32>>, EmbedError> {
        Ok(texts.iter().map(|text| backwards(text)).collect())
    }
}

pub(crate) fn backwards(text: &str) -> Vec<f32> {
    let vector = vector(&text.chars().rev().collect::<String>());
    assert_eq!(vector.len(), DIMENSIONS);
    vector
}
