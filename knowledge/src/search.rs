//! [`Knowledge`]: the model and the index together, and the one way to find a passage.

use crate::{
    DocumentId, DocumentRecord, EmbedError, Embedder, IndexError, Passage, PassageId, View,
    embed::Urgency,
    index::{Hit, IndexedPassage, PassageIndex, Place, Query, Stored},
    memo::Memo,
};
use cpu_time::ProcessTime;
use std::{
    collections::{BTreeMap, HashMap},
    ops::RangeInclusive,
    sync::Arc,
    time::{Duration, Instant},
};

/// The knowledge of one home. Cheap to clone.
#[derive(Clone)]
pub struct Knowledge {
    embedder: Arc<dyn Embedder>,
    /// For questions and what they are compared with; ingestion, which sees each text once, goes past it.
    memo: Arc<Memo>,
    index: Arc<dyn PassageIndex>,
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
    /// Opens (or makes) the index in `place` for vectors of `embedder`.
    ///
    /// # Errors
    /// When the index cannot be opened, or answers with another model.
    pub async fn open(embedder: Arc<dyn Embedder>, place: &Place) -> Result<Self, KnowledgeError> {
        let model = embedder.identity();
        let active = place.active().await?;
        if let Some(other) = active.as_ref().filter(|active| *active != model) {
            return Err(KnowledgeError::Index(IndexError::OtherModel {
                place: place.to_string(),
                found: other.to_string(),
                wanted: model.to_string(),
            }));
        }
        let index = place.open(model).await?;
        if active.is_none() {
            place.activate(model).await?;
        }
        Ok(Self::new(embedder, index))
    }

    /// An open index together with the model that its vectors are made with.
    #[must_use]
    pub fn new(embedder: Arc<dyn Embedder>, index: Arc<dyn PassageIndex>) -> Self {
        Self {
            memo: Arc::new(Memo::new(Arc::clone(&embedder))),
            embedder,
            index,
        }
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
        let start = Instant::now();
        let vector = self.embed(vec![question.to_owned()]).await?;
        let vector = vector.first().map(AsRef::as_ref).unwrap_or_default();
        let embed = start.elapsed();
        let query = Query {
            vector,
            words: question,
            view,
        };
        let hits = self.index.search(&query, limit).await?;
        Ok(Found {
            hits,
            timings: Timings {
                embed,
                search: start.elapsed() - embed,
            },
        })
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
        let found = self.index.passage(id, view).await?;
        Ok(found.map(|Stored { passage, document }| (passage, document)))
    }

    /// The passages of one document whose ordinal lies in the range, in order; none of them when `view` may not
    /// see the document.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn around(
        &self,
        document: DocumentId,
        ordinals: RangeInclusive<u32>,
        view: View<'_>,
    ) -> Result<Vec<Passage>, KnowledgeError> {
        let found = self.index.around(document, ordinals, view).await?;
        Ok(found.into_iter().map(|stored| stored.passage).collect())
    }

    /// Vectors of `texts`, in their order. Those of recent texts cost nothing.
    ///
    /// # Errors
    /// When the model fails.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Arc<[f32]>>, KnowledgeError> {
        let memo = Arc::clone(&self.memo);
        blocking(move || Ok(memo.embed(&texts)?)).await
    }

    /// Embeds `passages` and makes them the whole of `record`'s document, in one step for readers. Only words
    /// that the document did not have before go to the model. Returns what the model took.
    ///
    /// # Errors
    /// When the model or the index fails; the document is then as it was, or repeating the call mends it.
    pub async fn replace(
        &self,
        record: DocumentRecord,
        passages: Vec<Passage>,
    ) -> Result<Spent, KnowledgeError> {
        let known: HashMap<String, Vec<f32>> = self
            .index
            .contents(record.id)
            .await?
            .into_iter()
            .map(|(old, vector)| (old.passage.words(&old.document), vector))
            .collect();
        let embedder = Arc::clone(&self.embedder);
        let all: Vec<String> = passages.iter().map(|p| p.words(&record)).collect();
        let (all, vectors, spent) = blocking(move || {
            let (vectors, spent) = with_known(&*embedder, &all, &known)?;
            Ok((all, vectors, spent))
        })
        .await?;
        let all = passages.into_iter().zip(vectors).zip(all);
        let all = all.map(|((passage, vector), words)| IndexedPassage {
            passage,
            vector,
            words,
        });
        self.index.replace(&record, all.collect()).await?;
        Ok(spent)
    }

    /// Gives a document another record: audience, dates, language. Nothing is embedded; a new title is part of
    /// what is embedded and needs [`Self::replace`]. A document that is not there stays away.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn relabel(&self, record: &DocumentRecord) -> Result<(), KnowledgeError> {
        Ok(self.index.relabel(record).await?)
    }

    /// Takes a document out of every later search; done when it returns.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn remove(&self, document: DocumentId) -> Result<(), KnowledgeError> {
        Ok(self.index.remove(document).await?)
    }

    /// Puts everything written so far on disk.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn flush(&self) -> Result<(), KnowledgeError> {
        Ok(self.index.flush().await?)
    }

    /// Merges what many small writes left behind; worth it after a large ingest.
    ///
    /// # Errors
    /// When the index fails; it stays usable.
    pub async fn optimise(&self) -> Result<(), KnowledgeError> {
        Ok(self.index.optimise().await?)
    }

    /// Which documents there are, and how many passages each has.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn documents(&self) -> Result<BTreeMap<DocumentId, usize>, KnowledgeError> {
        Ok(self.index.documents().await?)
    }

    /// How many passages there are.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn passages(&self) -> Result<usize, KnowledgeError> {
        Ok(self.index.len().await?)
    }

    /// The model in use.
    #[must_use]
    pub fn model(&self) -> &crate::ModelIdentity {
        self.embedder.identity()
    }
}

/// One vector per text, in order: the known one, or else the model's.
fn with_known(
    embedder: &dyn Embedder,
    texts: &[String],
    known: &HashMap<String, Vec<f32>>,
) -> Result<(Vec<Vec<f32>>, Spent), EmbedError> {
    let new: Vec<String> = texts
        .iter()
        .filter(|t| !known.contains_key(*t))
        .cloned()
        .collect();
    let (start, cpu) = (Instant::now(), ProcessTime::now());
    let mut vectors = embedder.embed(&new, Urgency::Document)?.into_iter();
    let spent = Spent {
        wall: start.elapsed(),
        cpu: cpu.elapsed(),
    };
    let vector = |text: &String| known.get(text).cloned().or_else(|| vectors.next());
    let all: Option<Vec<_>> = texts.iter().map(vector).collect();
    let all = all.ok_or_else(|| EmbedError::Failed("the model returned fewer vectors than texts".into()))?;
    Ok((all, spent))
}

/// Cosine similarity of two unit vectors.
#[must_use]
pub fn similarity(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KnowledgeError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| KnowledgeError::Task(error.to_string()))?
}
