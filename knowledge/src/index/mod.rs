//! Where passages are kept and found: [`PassageIndex`] and the neutral shapes of its queries. [`edge`] is the
//! in-process engine, `fuse` makes one ranking of an engine's two.

pub mod edge;
mod fuse;
mod label;

use crate::{
    Audience, AudienceSpec, DocumentId, DocumentRecord, Passage, PassageId, Validity, embed::ModelIdentity,
};
use async_trait::async_trait;
use jiff::civil::Date;
use std::{collections::BTreeMap, ops::RangeInclusive, path::PathBuf};

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

    /// The passages of one document whose ordinal lies in the range, in order; none of them when `view` may not
    /// see the document.
    ///
    /// # Errors
    /// When the engine fails.
    async fn around(
        &self,
        document: DocumentId,
        ordinals: RangeInclusive<u32>,
        view: View<'_>,
    ) -> Result<Vec<Stored>, IndexError>;

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
    async fn len(&self) -> Result<usize, IndexError>;

    /// Puts everything written so far on disk; after it, a power cut loses nothing of it.
    ///
    /// # Errors
    /// When the engine fails.
    async fn flush(&self) -> Result<(), IndexError>;

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
    /// The words BM25 counts: title, heading path and text.
    pub words: String,
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
    /// Its document.
    pub document: DocumentRecord,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The question's vector.
    pub vector: &'a [f32],
    /// Its words.
    pub words: &'a str,
    /// Who looks, and on which day.
    pub view: View<'a>,
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

/// Why the index could not do it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The index was made with another model.
    #[error(
        "the index in {path} was made with {found} and the model in use is {wanted}: ingest into a new home, or remove that folder and ingest again",
        path = .path.display()
    )]
    OtherModel {
        /// The index's folder.
        path: PathBuf,
        /// Name and hash recorded with it.
        found: String,
        /// Name and hash of the model in use.
        wanted: String,
    },
    /// The folder holds no usable index.
    #[error("the index in {path} cannot be opened: {detail}", path = .path.display())]
    Unusable {
        /// The index's folder.
        path: PathBuf,
        /// What the engine said.
        detail: String,
    },
    /// There is no room to write; nothing was.
    #[error(transparent)]
    DiskFull(#[from] crate::DiskFull),
    /// The engine failed.
    #[error("the index failed: {0}")]
    Engine(String),
}

/// The value of a limit field that stands for "any".
const ANY: &str = "*";
/// Days before which a document without a start, or after which one without an end, cannot lie.
const ALWAYS: (i64, i64) = (-1_000_000, 1_000_000);

/// A document's audience and dates as index fields; the counterpart of [`conditions`].
fn limits(audience: &AudienceSpec, validity: Validity) -> serde_json::Value {
    let any = || vec![ANY.to_owned()];
    let list = |set: &std::collections::BTreeSet<String>| {
        if set.is_empty() {
            any()
        } else {
            set.iter().cloned().collect()
        }
    };
    let (access, [tiers, regions, kinds, partners]) = match audience {
        AudienceSpec::Partners => ("partners", [any(), any(), any(), any()]),
        AudienceSpec::Internal => ("internal", [any(), any(), any(), any()]),
        AudienceSpec::Limited(l) => (
            "partners",
            [
                list(&l.tiers),
                list(&l.regions),
                list(&l.kinds),
                list(&l.partners),
            ],
        ),
    };
    serde_json::json!({
        "access": access, "tier": tiers, "region": regions, "type": kinds, "partner": partners,
        "from": validity.from.map_or(ALWAYS.0, day_number),
        "until": validity.until.map_or(ALWAYS.1, day_number),
    })
}

/// One thing a passage's fields must satisfy; a query's conditions must all hold.
#[derive(Debug, PartialEq)]
enum Condition {
    /// The field holds one of these.
    OneOf(&'static str, Vec<String>),
    /// The field is at most this.
    AtMost(&'static str, i64),
    /// The field is above this.
    Above(&'static str, i64),
}

/// What a view may see, as conditions on the fields of [`limits`].
fn conditions(view: View<'_>) -> Vec<Condition> {
    let day = day_number(view.on);
    let mut all = vec![Condition::AtMost("from", day), Condition::Above("until", day)];
    if let Audience::Partner {
        id,
        tier,
        region,
        kind,
    } = view.audience
    {
        let or_any = |value: &String| vec![ANY.to_owned(), value.clone()];
        all.push(Condition::OneOf("access", vec!["partners".to_owned()]));
        all.push(Condition::OneOf("tier", or_any(tier)));
        all.push(Condition::OneOf("region", or_any(region)));
        all.push(Condition::OneOf("type", or_any(kind)));
        all.push(Condition::OneOf("partner", or_any(id)));
    }
    all
}

/// Days since 1970-01-01.
fn day_number(day: Date) -> i64 {
    let span = jiff::civil::date(1970, 1, 1).until(day);
    span.map_or(ALWAYS.1, |span| i64::from(span.get_days()))
}

/// What opening an index needs.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Its folder.
    pub path: PathBuf,
    /// The model its vectors are made with.
    pub model: ModelIdentity,
}
