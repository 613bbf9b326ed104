//! Where passages are kept and found: the neutral shapes of an index query. [`edge`] is the in-process engine,
//! `fuse` makes one ranking of an engine's two.

pub mod edge;
mod fuse;
mod label;

use crate::{Audience, AudienceSpec, DocumentRecord, Passage, Validity, embed::ModelIdentity};
use jiff::civil::Date;
use std::path::PathBuf;

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
