//! [`Knowledge`]: the model and the index together, and the one way to find a passage.

use crate::{
    DocumentId, DocumentRecord, EmbedError, Embedder, IndexError, Passage, PassageId, View,
    index::{Hit, IndexedPassage, Opening, Query, Stored, edge::EdgeIndex},
    memo::Memo,
};
use cpu_time::ProcessTime;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// The knowledge of one home. Cheap to clone.
#[derive(Clone)]
pub struct Knowledge {
    embedder: Arc<dyn Embedder>,
    /// For questions and what they are compared with; ingestion, which sees each text once, goes past it.
    memo: Arc<Memo>,
    index: Arc<EdgeIndex>,
}

/// What a search found, best first, and how long it took.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The passages.
    pub hits: Vec<Hit>,
    /// Where the time went.
    pub timings: Timings,
}

/// Where a search's time went.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// Embedding the question.
    pub embed: Duration,
    /// The index's two queries and their fusion.
    pub search: Duration,
}

/// What the embedding model took of an ingest.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    /// By the clock, all its sessions working at once.
    pub wall: Duration,
    /// Of the processors, by this process; file readers are processes of their own.
    pub cpu: Duration,
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
            memo: Arc::new(Memo::new(Arc::clone(&embedder))),
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
                .memo
                .embed(std::slice::from_ref(&question))?
                .pop()
                .unwrap_or_default();
            let embed = start.elapsed();
            let view = View {
                audience: &audience,
                on,
            };
            let query = Query {
                vector: &vector,
                words: &question,
                view,
            };
            let hits = this.index.search(&query, limit)?;
            Ok(Found {
                hits,
                timings: Timings {
                    embed,
                    search: start.elapsed() - embed,
                },
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

    /// Vectors of `texts`, in their order. Those of recent texts cost nothing.
    ///
    /// # Errors
    /// When the model fails.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Arc<[f32]>>, KnowledgeError> {
        let memo = Arc::clone(&self.memo);
        blocking(move || Ok(memo.embed(&texts)?)).await
    }

    /// Embeds `passages` and makes them the whole of `record`'s document, in one step for readers. Returns
    /// what the model took.
    ///
    /// # Errors
    /// When the model or the index fails; the document is then as it was, or repeating the call mends it.
    pub async fn replace(
        &self,
        record: DocumentRecord,
        passages: Vec<Passage>,
    ) -> Result<Spent, KnowledgeError> {
        let this = self.clone();
        blocking(move || {
            let words: Vec<String> = passages.iter().map(|p| words(&record, p)).collect();
            let (start, cpu) = (Instant::now(), ProcessTime::now());
            let vectors = this.embedder.embed(&words)?;
            let spent = Spent {
                wall: start.elapsed(),
                cpu: cpu.elapsed(),
            };
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

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KnowledgeError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| KnowledgeError::Task(error.to_string()))?
}
