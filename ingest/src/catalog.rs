//! What was taken in before: the [`Catalog`], which the service keeps in its database.

use crate::FrontMatter;
use async_trait::async_trait;
use jiff::civil::Date;
use liaison_knowledge::{AudienceSpec, DocumentId, DocumentRecord, Validity};
use std::path::PathBuf;

/// What a catalog knows of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it says of itself. The index holds it with the days that [`Entry::superseded_from`] leaves it.
    pub record: DocumentRecord,
    /// The absolute path it came from.
    pub source: PathBuf,
    /// Who it was for if it did not say so itself.
    pub given_audience: AudienceSpec,
    /// Changes whenever the file, its sidecar or what it was ingested as changes.
    pub fingerprint: String,
    /// Changes whenever its passages change, or what they are found by.
    pub contents: String,
    /// How many passages it has; 0 when no version of it could be taken in.
    pub passages: u32,
    /// Who answers for it, when it is to be looked over, and what it replaces.
    pub care: Care,
    /// What was left out or repaired when it was read, in sentences.
    pub notices: Vec<String>,
    /// The first day on which a successor takes its place.
    pub superseded_from: Option<Date>,
    /// Why the newest version could not be taken in; `None` when all is well.
    pub failure: Option<String>,
}

/// What a document says about its upkeep. None of it decides who may see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Care {
    /// Who answers for it.
    pub owner: Option<String>,
    /// The day by which somebody should look it over.
    pub review_by: Option<Date>,
    /// Paths of the documents it replaces, relative to its own folder or as shown.
    pub supersedes: Vec<String>,
}

impl From<FrontMatter> for Care {
    fn from(front: FrontMatter) -> Self {
        Self {
            owner: front.owner,
            review_by: front.review_by,
            supersedes: front.supersedes,
        }
    }
}

impl Entry {
    /// Its record as the index has to hold it.
    #[must_use]
    pub fn indexed(&self) -> DocumentRecord {
        let own = self.record.validity;
        let until = match (own.until, self.superseded_from) {
            (Some(own), Some(successor)) => Some(own.min(successor)),
            (own, successor) => own.or(successor),
        };
        DocumentRecord {
            validity: Validity { until, ..own },
            ..self.record.clone()
        }
    }
}

/// Remembers what was ingested.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// Every entry, in no particular order.
    async fn all(&self) -> Result<Vec<Entry>, CatalogError>;
    /// Adds or replaces entries.
    async fn record(&self, entries: Vec<Entry>) -> Result<(), CatalogError>;
    /// Drops entries.
    async fn forget(&self, documents: Vec<DocumentId>) -> Result<(), CatalogError>;
}

/// The catalog's store failed.
#[derive(Debug, thiserror::Error)]
#[error("the document catalog failed: {0}")]
pub struct CatalogError(pub String);
