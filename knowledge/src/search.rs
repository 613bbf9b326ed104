//! [`Knowledge`]: the model and the index together, and the one way to find a passage.

mod lexicon;
mod neighbours;
#[cfg(test)]
mod samples;
mod second;
mod synonyms;
mod variety;

use crate::{
    DocumentId, DocumentRecord, EmbedError, Embedder, IndexError, Passage, PassageId, Reranker, View,
    embed::Urgency,
    index::{Also, Hit, IndexedPassage, PassageIndex, Place, Query, Stored, Succession, Vector},
    memo::Memo,
};
use lexicon::Lexicon;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

pub use synonyms::{Synonyms, SynonymsError};

/// Passages that a search looks at before it says which are the best.
const CANDIDATES: usize = 40;

/// The knowledge of one home. Cheap to clone.
#[derive(Clone)]
pub struct Knowledge {
    embedder: Arc<dyn Embedder>,
    /// For questions and what they are compared with; ingestion, which sees each text once, goes past it.
    memo: Arc<Memo>,
    index: Arc<dyn PassageIndex>,
    lexicon: Arc<Lexicon>,
    finding: Arc<Finding>,
}

/// What a vendor says about finding.
#[derive(Default)]
pub struct Finding {
    /// Terms that mean the same.
    pub synonyms: Synonyms,
    /// Who looks at the first passages once more.
    pub reranker: Option<Arc<dyn Reranker>>,
}

/// What a question is taken to mean.
struct Asked {
    /// The question without its spelling mistakes.
    text: String,
    /// What else to look for.
    also: Vec<Also>,
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
    /// Embedding the question; its words are looked for meanwhile.
    pub embed: Duration,
    /// What follows: the query by meaning, one ranking of two, and what becomes of it.
    pub search: Duration,
}

/// A document whose passages have their vectors: what [`Knowledge::replace`] takes.
pub struct EmbeddedDocument {
    record: DocumentRecord,
    passages: Vec<IndexedPassage>,
    /// Passages whose words were new to their document, so that they went through the model.
    pub embedded: usize,
}

/// Texts that go to the model in one go. Between two of them another document finds its turn, and a run that was
/// dropped ends.
const SLICE: usize = 32;

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

    /// Opens the index in `place` as [`Self::open`] does, but takes one of another model as well: it answers by words
    /// alone until [`Succession::run`] has ended.
    ///
    /// # Errors
    /// When an index cannot be opened.
    pub async fn open_any(
        embedder: Arc<dyn Embedder>,
        place: &Place,
    ) -> Result<(Self, Option<Arc<Succession>>), KnowledgeError> {
        match place.active().await? {
            Some(former) if former != *embedder.identity() => {
                let succession = Succession::open(place.clone(), &former, Arc::clone(&embedder)).await?;
                let succession = Arc::new(succession);
                let index = Arc::clone(&succession) as Arc<dyn PassageIndex>;
                Ok((Self::new(embedder, index), Some(succession)))
            }
            _ => Ok((Self::open(embedder, place).await?, None)),
        }
    }

    /// An open index together with the model that its vectors are made with.
    #[must_use]
    pub fn new(embedder: Arc<dyn Embedder>, index: Arc<dyn PassageIndex>) -> Self {
        Self {
            memo: Arc::new(Memo::new(Arc::clone(&embedder))),
            embedder,
            lexicon: Arc::default(),
            index,
            finding: Arc::default(),
        }
    }

    /// The same knowledge, found in this way.
    #[must_use]
    pub fn finding(self, finding: Finding) -> Self {
        Self {
            finding: Arc::new(finding),
            ..self
        }
    }

    /// Makes the first searches as fast as later ones, and has the words of the index learnt. Questions are answered
    /// meanwhile, some milliseconds later and without having their spelling mended.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn warm_up(&self) -> Result<(), KnowledgeError> {
        self.index.warm_up().await?;
        self.lexicon.settled(&self.index).await;
        Ok(())
    }

    /// The `limit` best passages for `question` among those in force on `view.on` that `view.audience` may
    /// see, the same text once. Fewer when there are fewer.
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
        let asked = self.asked(question).await;
        let (sender, vector) = Vector::in_the_making();
        let (memo, text) = (Arc::clone(&self.memo), asked.text.clone());
        // The vector is sent from there, not from here: the index's writers wait for a query that has begun, so it has to
        // come to its end even where nobody waits for its answer any more.
        let embedding = blocking(move || {
            let made = memo.embed(&[text])?;
            sender.send_replace(made.into_iter().next());
            Ok(start.elapsed())
        });
        let query = Query {
            vector,
            words: &asked.text,
            also: &asked.also,
            view,
        };
        let searching = async { Ok(self.index.search(&query, limit.max(CANDIDATES)).await?) };
        let (embed, mut hits) = tokio::try_join!(embedding, searching)?;
        neighbours::lift(&mut hits);
        variety::drop_twins(&mut hits);
        if let Some(reranker) = &self.finding.reranker {
            second::look(Arc::clone(reranker), &asked.text, &mut hits).await;
        }
        variety::keep(&mut hits, limit);
        Ok(Found {
            hits,
            timings: Timings {
                embed,
                search: start.elapsed() - embed,
            },
        })
    }

    /// Vectors of misspelt words are as far off as the words are, so both rankings see the mended question. Synonyms
    /// are looked for as words only: the model knows what is near in meaning, and a longer question blurs its vector.
    async fn asked(&self, question: &str) -> Asked {
        let synonyms = &self.finding.synonyms;
        let text = if self.lexicon.ready(&self.index).await {
            let is_known = |word: &str| synonyms.know(word) || self.embedder.has_token(word);
            self.lexicon.mend(question, is_known)
        } else {
            question.to_owned()
        };
        Asked {
            also: synonyms.others(&text),
            text,
        }
    }

    /// One passage, if `audience` may see it on that day.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn passage(
        &self,
        id: PassageId,
        view: View<'_>,
    ) -> Result<Option<(Passage, Arc<DocumentRecord>)>, KnowledgeError> {
        let found = self.index.passage(id, view).await?;
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

    /// Gives each passage of `record`'s document its vector. Only words that the document did not have before go to
    /// the model; `told` hears how many passages are done.
    ///
    /// # Errors
    /// When the model or the index fails.
    pub async fn embed_document(
        &self,
        record: DocumentRecord,
        passages: Vec<Passage>,
        told: &(dyn Fn(usize) + Sync),
    ) -> Result<EmbeddedDocument, KnowledgeError> {
        let held = self.index.contents(record.id).await?.into_iter();
        let mut vectors: HashMap<String, Vec<f32>> = held
            .map(|(old, vector)| (old.passage.words(&old.document), vector))
            .collect();
        let all: Vec<String> = passages.iter().map(|p| p.words(&record)).collect();
        let new: HashSet<&String> = all.iter().filter(|words| !vectors.contains_key(*words)).collect();
        let new: Vec<String> = new.into_iter().cloned().collect();
        let embedded = new.len();
        let known = all.len() - embedded;
        for (nth, slice) in new.chunks(SLICE).enumerate() {
            told(known + nth * SLICE);
            let (embedder, texts) = (Arc::clone(&self.embedder), slice.to_vec());
            let made = blocking(move || {
                let made = embedder.embed(&texts, Urgency::Document)?;
                Ok(texts.into_iter().zip(made))
            });
            vectors.extend(made.await?);
        }
        told(all.len());
        let vector = |words: &String| {
            let made = vectors.get(words).cloned();
            made.ok_or_else(|| EmbedError::Failed("the model left a text out".into()))
        };
        let vectors = all.iter().map(vector).collect::<Result<Vec<_>, _>>()?;
        Ok(EmbeddedDocument {
            passages: IndexedPassage::of(&record, passages, vectors),
            record,
            embedded,
        })
    }

    /// Makes its passages the whole of a document, in one step for readers.
    ///
    /// # Errors
    /// When the index fails; the document is then as it was, or repeating the call mends it.
    pub async fn replace(&self, document: EmbeddedDocument) -> Result<(), KnowledgeError> {
        let EmbeddedDocument { record, passages, .. } = document;
        self.lexicon
            .follow(passages.iter().map(|indexed| indexed.passage.words(&record)));
        Ok(self.index.replace(&record, passages).await?)
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
        Ok(self.index.count().await?)
    }

    /// Processor time that the model has taken for documents so far.
    #[must_use]
    pub fn embedding_cpu(&self) -> Duration {
        self.embedder.cpu()
    }

    /// Everything of one document with its vectors, in order. Not for answering: nobody's eyes are asked.
    ///
    /// # Errors
    /// When the index fails.
    pub async fn contents(&self, document: DocumentId) -> Result<Vec<(Stored, Vec<f32>)>, KnowledgeError> {
        Ok(self.index.contents(document).await?)
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

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, KnowledgeError> + Send + 'static,
) -> Result<T, KnowledgeError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| KnowledgeError::Task(error.to_string()))?
}
