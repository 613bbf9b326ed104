//! [`Knowledge`]: the model and the index together, and the one way to find a passage.

use crate::{
    DocumentId, DocumentRecord, EmbedError, Embedder, IndexError, Passage, PassageId, View,
    index::{IndexedPassage, Legs, Opening, Stored, edge::EdgeIndex},
};
use std::{
    collections::HashMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// The knowledge of one home. Cheap to clone.
#[derive(Clone)]
pub struct Knowledge {
    embedder: Arc<dyn Embedder>,
    index: Arc<EdgeIndex>,
}

/// A passage that was found.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The passage.
    pub passage: Passage,
    /// Its document.
    pub document: DocumentRecord,
    /// Fused score, 0 to 1, comparable within one search only.
    pub score: f32,
    /// Cosine similarity to the question, −1 to 1; `None` when only its words were found.
    pub similarity: Option<f32>,
    /// BM25 score; `None` when only its meaning was found.
    pub bm25: Option<f32>,
}

/// What a search found, best first, and how long it took.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The passages.
    pub hits: Vec<Hit>,
    /// Where the time went.
    pub timings: Timings,
    /// The question's vector, for whoever wants to compare more with it.
    pub vector: Vec<f32>,
}

/// Where a search's time went.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// Embedding the question.
    pub embed: Duration,
    /// The index's two queries and their fusion.
    pub search: Duration,
}

/// Why the knowledge could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The model.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// A blocking task died.
    #[error("a knowledge task died: {0}")]
    Task(String),
}

/// Passages each ranking contributes to the fusion.
const LEG_LIMIT: usize = 100;
/// The share of meaning in the fused score; the rest is words. Half and half: nothing was fitted.
const DENSE_SHARE: f32 = 0.5;

impl Knowledge {
    /// Opens (or makes) the index in `path` for vectors of `embedder`.
    ///
    /// # Errors
    /// When the index cannot be opened or was made with another model.
    pub async fn open(embedder: Arc<dyn Embedder>, path: &Path) -> Result<Self, KnowledgeError> {
        let opening = Opening {
            path: path.to_owned(),
            model: embedder.identity().clone(),
        };
        let index = blocking(move || Ok(EdgeIndex::open(&opening)?)).await?;
        Ok(Self {
            embedder,
            index: Arc::new(index),
        })
    }

    /// The `limit` best passages for `question` among those in force on `view.on` that `view.audience` may
    /// see. Fewer when there are fewer.
    ///
    /// # Errors
    /// When the model or the index fails.
    pub async fn search(
        &self,
        question: &str,
        view: View<'_>,
        limit: usize,
    ) -> Result<Found, KnowledgeError> {
        let this = self.clone();
        let (question, audience, on) = (question.to_owned(), view.audience.clone(), view.on);
        blocking(move || {
            let start = Instant::now();
            let vector = this
                .embedder
                .embed(std::slice::from_ref(&question))?
                .pop()
                .unwrap_or_default();
            let embed = start.elapsed();
            let view = View {
                audience: &audience,
                on,
            };
            let legs = this
                .index
                .search(vector.clone(), &question, view, LEG_LIMIT.max(limit))?;
            let mut hits = fuse(legs);
            hits.truncate(limit);
            Ok(Found {
                hits,
                timings: Timings {
                    embed,
                    search: start.elapsed() - embed,
                },
                vector,
            })
        })
        .await
    }

    /// One passage, if `audience` may see it on that day.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn passage(
        &self,
        id: PassageId,
        view: View<'_>,
    ) -> Result<Option<(Passage, DocumentRecord)>, KnowledgeError> {
        let (index, audience, on) = (Arc::clone(&self.index), view.audience.clone(), view.on);
        let found = blocking(move || {
            Ok(index.passage(
                id,
                View {
                    audience: &audience,
                    on,
                },
            )?)
        })
        .await?;
        Ok(found.map(|Stored { passage, document }| (passage, document)))
    }

    /// Vectors of `texts`, in their order.
    ///
    /// # Errors
    /// When the model fails.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, KnowledgeError> {
        let embedder = Arc::clone(&self.embedder);
        blocking(move || Ok(embedder.embed(&texts)?)).await
    }

    /// Embeds `passages` and makes them the whole of `record`'s document, in one step for readers. Returns
    /// the time the model took.
    ///
    /// # Errors
    /// When the model or the index fails; the document is then as it was, or repeating the call mends it.
    pub async fn replace(
        &self,
        record: DocumentRecord,
        passages: Vec<Passage>,
    ) -> Result<Duration, KnowledgeError> {
        let this = self.clone();
        blocking(move || {
            let words: Vec<String> = passages.iter().map(|p| words(&record, p)).collect();
            let start = Instant::now();
            let vectors = this.embedder.embed(&words)?;
            let spent = start.elapsed();
            let all = passages.into_iter().zip(vectors).zip(words);
            let all = all.map(|((passage, vector), words)| IndexedPassage {
                passage,
                vector,
                words,
            });
            this.index.replace(&record, all.collect())?;
            Ok(spent)
        })
        .await
    }

    /// Takes a document out of every later search; done when it returns.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn remove(&self, document: DocumentId) -> Result<(), KnowledgeError> {
        let index = Arc::clone(&self.index);
        blocking(move || Ok(index.remove(document)?)).await
    }

    /// Puts everything written so far on disk.
    ///
    /// # Errors
    /// When the task dies.
    pub async fn flush(&self) -> Result<(), KnowledgeError> {
        let index = Arc::clone(&self.index);
        blocking(move || {
            index.flush();
            Ok(())
        })
        .await
    }

    /// Merges what many small writes left behind; worth it after a large ingest.
    ///
    /// # Errors
    /// When the engine fails; the index stays usable.
    pub async fn optimise(&self) -> Result<(), KnowledgeError> {
        let index = Arc::clone(&self.index);
        blocking(move || Ok(index.optimise()?)).await
    }

    /// How many passages there are.
    #[must_use]
    pub fn passages(&self) -> usize {
        self.index.len()
    }

    /// The model in use.
    #[must_use]
    pub fn model(&self) -> &crate::ModelIdentity {
        self.embedder.identity()
    }
}

/// Cosine similarity of two unit vectors.
#[must_use]
pub fn similarity(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// What a passage is found by: its document's title and its heading path say what its words are about.
fn words(record: &DocumentRecord, passage: &Passage) -> String {
    let mut lines = vec![record.title.as_str()];
    lines.extend(
        passage
            .heading
            .iter()
            .map(String::as_str)
            .filter(|h| *h != record.title),
    );
    lines.push(&passage.text);
    lines.join("\n")
}

/// One ranking of the two: each leg's scores are stretched to 0..1 and added up by [`DENSE_SHARE`]. A passage
/// that one leg did not return counts 0 there.
fn fuse(legs: Legs) -> Vec<Hit> {
    let mut hits: HashMap<PassageId, Hit> = HashMap::new();
    let dense_share = stretch(&legs.dense);
    for (stored, score) in legs.dense {
        let hit = hits.entry(stored.passage.id).or_insert_with(|| blank(stored));
        hit.similarity = Some(score);
        hit.score += DENSE_SHARE * dense_share(score);
    }
    let sparse_share = stretch(&legs.sparse);
    for (stored, score) in legs.sparse {
        let hit = hits.entry(stored.passage.id).or_insert_with(|| blank(stored));
        hit.bm25 = Some(score);
        hit.score += (1.0 - DENSE_SHARE) * sparse_share(score);
    }
    let mut hits: Vec<Hit> = hits.into_values().collect();
    // Equal scores (twins of one text) are ordered by id, so that a search repeats exactly.
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.id.cmp(&b.passage.id)));
    hits
}

fn blank(stored: Stored) -> Hit {
    let Stored { passage, document } = stored;
    Hit {
        passage,
        document,
        score: 0.0,
        similarity: None,
        bm25: None,
    }
}

/// The map from a leg's scores to 0..1; a leg of one score maps it to 1.
fn stretch(leg: &[(Stored, f32)]) -> impl Fn(f32) -> f32 + use<> {
    let scores = || leg.iter().map(|(_, score)| *score);
    let (low, high) = (
        scores().fold(f32::MAX, f32::min),
        scores().fold(f32::MIN, f32::max),
    );
    move |score| {
        if high > low {
            (score - low) / (high - low)
        } else {
            1.0
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KnowledgeError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| KnowledgeError::Task(error.to_string()))?
}
