//! From one index to another: to another engine with the vectors as they are, or to another model with new ones.

use super::{IndexedPassage, PassageIndex, Stored};
use crate::{DocumentId, DocumentRecord, EmbedError, Embedder, KnowledgeError, Passage, embed::Urgency};
use std::sync::Arc;

/// What a transfer did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Transferred {
    /// Documents that were written.
    pub written: usize,
    /// Documents that were there already, from a transfer that was interrupted.
    pub unchanged: usize,
    /// Documents that were taken out, because the source has them no more.
    pub removed: usize,
}

/// Documents between two flushes of the target.
const FLUSH_EVERY: usize = 64;
/// Documents that are compared at the end.
const SAMPLE: usize = 100;
/// How far a number of a vector may be off: an index of an earlier version keeps full precision and this one half, and
/// engines bring vectors to unit length, each in its way.
const ROUNDING: f32 = 1e-3;

/// Why a transfer failed. What was written stays, and the next transfer goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// An index or the model.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// The target does not hold what the source holds.
    #[error("the copy differs from its source: {0}; run the transfer again")]
    Differs(String),
}

impl From<super::IndexError> for TransferError {
    fn from(error: super::IndexError) -> Self {
        Self::Knowledge(error.into())
    }
}

/// Makes `to` hold what `from` holds; with `embedder`, with vectors of that model instead of those at hand. Documents
/// that `to` has already are left alone, so an interrupted transfer goes on where it was, and a repeated one brings
/// over what has changed since. `told` hears how many documents are done, of how many.
///
/// # Errors
/// When an index or the model fails, or the two differ in the end.
pub async fn transfer(
    from: &dyn PassageIndex,
    to: &dyn PassageIndex,
    embedder: Option<Arc<dyn Embedder>>,
    told: impl Fn(usize, usize),
) -> Result<Transferred, TransferError> {
    let (source, target) = (from.documents().await?, to.documents().await?);
    let mut done = Transferred::default();
    for document in target.keys().filter(|document| !source.contains_key(document)) {
        to.remove(*document).await?;
        done.removed += 1;
    }
    for (nth, (document, passages)) in source.iter().enumerate() {
        told(nth, source.len());
        let contents = from.contents(*document).await?;
        let Some((first, _)) = contents.first() else {
            continue;
        };
        let there = target.get(document) == Some(passages);
        if there && same(&contents, &to.contents(*document).await?, embedder.is_none()) {
            done.unchanged += 1;
            continue;
        }
        let record = first.document.clone();
        let passages = indexed(contents, &record, embedder.clone()).await?;
        to.replace(&record, passages).await?;
        done.written += 1;
        if done.written % FLUSH_EVERY == 0 {
            to.flush().await?;
        }
    }
    told(source.len(), source.len());
    to.flush().await?;
    if done.written > 0 {
        to.optimise().await?;
    }
    verify(from, to, embedder.is_none()).await?;
    Ok(done)
}

/// A document's passages, with vectors of the model if there is one.
async fn indexed(
    contents: Vec<(Stored, Vec<f32>)>,
    document: &DocumentRecord,
    embedder: Option<Arc<dyn Embedder>>,
) -> Result<Vec<IndexedPassage>, KnowledgeError> {
    let (passages, mut vectors): (Vec<Passage>, Vec<_>) = contents
        .into_iter()
        .map(|(stored, vector)| (stored.passage, vector))
        .unzip();
    if let Some(embedder) = embedder {
        let words: Vec<String> = passages.iter().map(|passage| passage.words(document)).collect();
        let embed = move || embedder.embed(&words, Urgency::Document);
        let embedded = tokio::task::spawn_blocking(embed).await;
        vectors = embedded.map_err(|error| EmbedError::Failed(error.to_string()))??;
    }
    Ok(IndexedPassage::of(document, passages, vectors))
}

/// Whether two documents hold the same passages under the same record, with the same vectors if those count.
fn same(ours: &[(Stored, Vec<f32>)], theirs: &[(Stored, Vec<f32>)], vectors: bool) -> bool {
    let near =
        |a: &[f32], b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < ROUNDING);
    let pairs = || ours.iter().zip(theirs);
    ours.len() == theirs.len()
        && pairs()
            .all(|((our, _), (their, _))| our.passage == their.passage && our.document == their.document)
        && (!vectors || pairs().all(|((_, a), (_, b))| near(a, b)))
}

/// Compares how many passages each document has, and the contents of some documents out of all.
async fn verify(from: &dyn PassageIndex, to: &dyn PassageIndex, vectors: bool) -> Result<(), TransferError> {
    let (source, target) = (from.documents().await?, to.documents().await?);
    if source != target {
        let differs = |id: &&DocumentId| source.get(id) != target.get(id);
        let count = source.keys().chain(target.keys()).filter(differs).count();
        return Err(TransferError::Differs(format!(
            "{count} documents have other passages or none"
        )));
    }
    for document in source.keys().step_by(source.len().div_ceil(SAMPLE).max(1)) {
        if !same(
            &from.contents(*document).await?,
            &to.contents(*document).await?,
            vectors,
        ) {
            return Err(TransferError::Differs(format!(
                "document {} has other contents",
                document.0
            )));
        }
    }
    Ok(())
}
