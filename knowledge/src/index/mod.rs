//! Where passages are kept and found: [`PassageIndex`] and the neutral shapes of its queries.
//!
//! `editions.rs` makes an index of any `Engine` (`engine.rs`) and owns what readers may see of a change. `edge.rs`
//! is the engine inside this process, `server.rs` a Qdrant server or cluster; [`place`] says which, and which model's
//! collection answers. `limits.rs` turns audience and dates into conditions, `fuse.rs` makes one ranking of two, `recent.rs` keeps
//! what was found.

mod edge;
mod edition;
mod editions;
mod engine;
mod fuse;
mod limits;
pub mod place;
mod point;
mod recent;
mod server;
mod succession;
pub mod transfer;

use crate::{
    Audience, DocumentId, DocumentRecord, Passage, PassageId, embed::ModelIdentity, passage::findable,
};
use async_trait::async_trait;
use jiff::civil::Date;
use std::{collections::BTreeMap, ops::Deref, sync::Arc};
use tokio::sync::watch;

pub use place::Place;
pub use server::Cluster;
pub use succession::Succession;

/// An index of passages. Every method may be called from anywhere at any time: readers see each document as it
/// was before a change or as it is after it, never half of it and never two versions of it.
#[async_trait]
pub trait PassageIndex: Send + Sync {
    /// The model its vectors are made with.
    fn model(&self) -> &ModelIdentity;

    /// Makes `passages` the whole of `record`'s document, in one step for readers.
    ///
    /// # Errors
    /// When the engine fails; the document is then as it was, or repeating the call mends it.
    async fn replace(&self, record: &DocumentRecord, passages: Vec<IndexedPassage>)
    -> Result<(), IndexError>;

    /// Gives a document that is there another record (audience, dates, owner): its passages and their vectors
    /// stay. A document that is not there stays away.
    ///
    /// # Errors
    /// As [`Self::replace`].
    async fn relabel(&self, record: &DocumentRecord) -> Result<(), IndexError>;

    /// Takes a document out of every later search; done when it returns.
    ///
    /// # Errors
    /// When the engine fails; repeating the call is safe.
    async fn remove(&self, document: DocumentId) -> Result<(), IndexError>;

    /// The `limit` best passages by meaning and words among those the query's view may see, best first.
    ///
    /// # Errors
    /// When the engine fails.
    async fn search(&self, query: &Query<'_>, limit: usize) -> Result<Vec<Hit>, IndexError>;

    /// One passage, if `view` may see it.
    ///
    /// # Errors
    /// When the engine fails.
    async fn passage(&self, id: PassageId, view: View<'_>) -> Result<Option<Stored>, IndexError>;

    /// All passages of these documents, in no order. As with [`Self::contents`], never answer from it.
    ///
    /// # Errors
    /// When the engine fails.
    async fn passages(&self, documents: &[DocumentId]) -> Result<Vec<Arc<Stored>>, IndexError>;

    /// Everything of one document with its vectors, in order: to use vectors again, and to move to another
    /// index. It asks for no view, so never answer from it.
    ///
    /// # Errors
    /// When the engine fails.
    async fn contents(&self, document: DocumentId) -> Result<Vec<(Stored, Vec<f32>)>, IndexError>;

    /// Which documents there are, and how many passages each has.
    ///
    /// # Errors
    /// When the engine fails.
    async fn documents(&self) -> Result<BTreeMap<DocumentId, usize>, IndexError>;

    /// How many passages there are.
    ///
    /// # Errors
    /// When the engine fails.
    async fn count(&self) -> Result<usize, IndexError>;

    /// Puts everything written so far on disk; after it, a power cut loses nothing of it.
    ///
    /// # Errors
    /// When the engine fails.
    async fn flush(&self) -> Result<(), IndexError>;

    /// Makes the first searches as fast as later ones: those of a service that has just started.
    ///
    /// # Errors
    /// When the engine fails; the index can be used all the same.
    async fn warm_up(&self) -> Result<(), IndexError>;

    /// Merges what many small writes left behind. Searches go on meanwhile.
    ///
    /// # Errors
    /// When the engine fails; the index stays usable.
    async fn optimise(&self) -> Result<(), IndexError>;
}

/// A passage with what makes it findable.
#[derive(Debug, Clone)]
pub struct IndexedPassage {
    /// The passage.
    pub passage: Passage,
    /// Its dense vector.
    pub vector: Vec<f32>,
    /// The words BM25 counts: see [`findable`].
    pub words: String,
}

impl IndexedPassage {
    /// All of a document's passages, in order, with their vectors.
    #[must_use]
    pub fn of(document: &DocumentRecord, passages: Vec<Passage>, vectors: Vec<Vec<f32>>) -> Vec<Self> {
        let words = findable(document, &passages);
        let all = passages.into_iter().zip(vectors).zip(words);
        all.map(|((passage, vector), words)| Self {
            passage,
            vector,
            words,
        })
        .collect()
    }
}

/// Who looks, and on which day: no query of the index exists without it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Who looks.
    pub audience: &'a Audience,
    /// The day on which documents must hold.
    pub on: Date,
}

/// A passage as the index returns it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The passage.
    pub passage: Passage,
    /// Its document; passages that are read together share it.
    pub document: Arc<DocumentRecord>,
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// The question's vector.
    pub vector: Vector,
    /// Its words.
    pub words: &'a str,
    /// Words to look for beside them.
    pub also: &'a [Also],
    /// Who looks, and on which day.
    pub view: View<'a>,
}

/// The vector of a question. It may still be in the making: its words are looked for meanwhile.
#[derive(Debug, Clone)]
pub struct Vector(watch::Receiver<Option<Arc<[f32]>>>);

impl Vector {
    /// One that is there. An empty one finds nothing: the words alone are looked for.
    #[must_use]
    pub fn ready(vector: impl Into<Arc<[f32]>>) -> Self {
        Self(watch::channel(Some(vector.into())).1)
    }

    /// One that comes once it is sent, or that is empty once whoever was to send it is gone.
    #[must_use]
    pub fn in_the_making() -> (watch::Sender<Option<Arc<[f32]>>>, Self) {
        let (sender, vector) = watch::channel(None);
        (sender, Self(vector))
    }

    async fn made(mut self) -> Arc<[f32]> {
        let made = self.0.wait_for(Option::is_some).await;
        made.ok().and_then(|made| made.clone()).unwrap_or_default()
    }
}

/// Words that a question does not have and that its answer may have.
#[derive(Debug, Clone)]
pub struct Also {
    /// The words.
    pub words: String,
    /// What each of them counts beside a word of the question, 0 to 1.
    pub weight: f32,
}

/// A passage that was found. It reads like the [`Stored`] that it shares with other searches.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The passage and its document.
    pub stored: Arc<Stored>,
    /// Fused score, 0 to 1, comparable within one search only.
    pub score: f32,
    /// Cosine similarity to the question, −1 to 1; `None` when only its words were found.
    pub similarity: Option<f32>,
    /// BM25 score; `None` when only its meaning was found.
    pub bm25: Option<f32>,
}

impl Deref for Hit {
    type Target = Stored;

    fn deref(&self) -> &Stored {
        &self.stored
    }
}

/// Why the index could not do it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The index was made with another model.
    #[error(
        "the index in {place} was made with {found} and the model in use is {wanted}: `liaison index reembed` makes it anew with that model, and so does `liaison serve` while it answers"
    )]
    OtherModel {
        /// The index's folder, or its collection and server.
        place: String,
        /// Name and hash recorded with it.
        found: String,
        /// Name and hash of the model in use.
        wanted: String,
    },
    /// There is no usable index.
    #[error("the index in {place} cannot be opened: {detail}")]
    Unusable {
        /// The index's folder, or its collection and server.
        place: String,
        /// What the engine said.
        detail: String,
    },
    /// The server did not answer, not even when asked again.
    #[error(
        "the index server {url} cannot be reached: {detail}; check that it runs and that index.url is its gRPC address (port 6334 as a rule)"
    )]
    Unreachable {
        /// Its address.
        url: String,
        /// What happened.
        detail: String,
    },
    /// The server does not know us.
    #[error(
        "the index server {url} refuses the API key: set LIAISON_INDEX__API_KEY to one that may read and write"
    )]
    Refused {
        /// Its address.
        url: String,
    },
    /// There is no room to write; nothing was.
    #[error(transparent)]
    DiskFull(#[from] crate::DiskFull),
    /// The engine failed.
    #[error("the index failed: {0}")]
    Engine(String),
}
