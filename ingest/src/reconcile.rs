//! Files, catalog and index beside each other: where they differ, and how that is mended.
//!
//! The files are right about what a document says, the catalog about which documents there are. A killed run needs
//! none of this, the next run mends it; this is for restored backups, lost folders and doubts.

use crate::{
    catalog::Entry,
    files::files_below,
    pipeline::{Ingest, IngestError, Tell},
};
use liaison_knowledge::{AudienceSpec, DocumentId};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What was compared, and where it differs. The JSON of `liaison reconcile --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Documents of the catalog.
    pub documents: usize,
    /// Passages of the index.
    pub passages: usize,
    /// Where files, catalog and index differ, by path.
    pub differences: Vec<Difference>,
}

/// One document that is not the same everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// As shown to people; the id of a document that only the index knows.
    pub path: String,
    /// What differs.
    pub kind: Kind,
    /// Which document.
    #[serde(skip)]
    id: DocumentId,
}

/// How a document can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The index has passages of a document that the catalog does not know: they are taken out.
    NotInCatalog,
    /// Its file is gone: it is taken out.
    FileGone,
    /// Its file or sidecar is another than the one that was taken in: it is taken in again.
    FileChanged,
    /// The index has other passages of it than the catalog says: it is taken in again.
    PassagesDiffer,
    /// The index has it for another audience or for other days: its record is written again.
    RecordDiffers,
}

/// Compares files, catalog and index. Changes nothing.
///
/// # Errors
/// When the catalog or the index fails.
pub async fn compare(ingest: &Ingest<'_>) -> Result<Comparison, IngestError> {
    let mut indexed = ingest.knowledge.documents().await?;
    let passages = indexed.values().sum();
    let entries = ingest.catalog.all().await?;
    let mut differences = Vec::new();
    for entry in &entries {
        let count = indexed.remove(&entry.record.id).unwrap_or(0);
        if let Some(kind) = difference(ingest, entry, count).await? {
            let path = entry.record.path.clone();
            let id = entry.record.id;
            differences.push(Difference { path, kind, id });
        }
    }
    differences.extend(indexed.into_keys().map(|id| Difference {
        path: id.0.to_string(),
        kind: Kind::NotInCatalog,
        id,
    }));
    differences.sort();
    Ok(Comparison {
        documents: entries.len(),
        passages,
        differences,
    })
}

async fn difference(ingest: &Ingest<'_>, entry: &Entry, indexed: usize) -> Result<Option<Kind>, IngestError> {
    if !entry.source.is_file() {
        return Ok(Some(Kind::FileGone));
    }
    if has_changed(ingest, entry) {
        return Ok(Some(Kind::FileChanged));
    }
    if indexed != entry.passages as usize {
        return Ok(Some(Kind::PassagesDiffer));
    }
    let stored = ingest.knowledge.contents(entry.record.id).await?;
    let in_order = stored
        .iter()
        .zip(0..)
        .all(|((held, _), n)| held.passage.ordinal == n);
    if !in_order {
        return Ok(Some(Kind::PassagesDiffer));
    }
    let record = entry.indexed();
    let differs = stored.iter().any(|(held, _)| *held.document != record);
    Ok(differs.then_some(Kind::RecordDiffers))
}

/// A file that could not be read is compared as well: it may be readable now.
fn has_changed(ingest: &Ingest<'_>, entry: &Entry) -> bool {
    let as_before = Ingest {
        audience: entry.given_audience.clone(),
        base: None,
        ..*ingest
    };
    let file = files_below(&entry.source, None).into_iter().next();
    let loaded = file.and_then(|file| as_before.load(&file).ok());
    loaded.is_none_or(|loaded| loaded.fingerprint != entry.fingerprint)
}

/// Mends the differences that [`compare`] found.
///
/// # Errors
/// When the catalog, the model or the index fails; repeating it is safe.
pub async fn mend(ingest: &Ingest<'_>, found: &Comparison, tell: Tell<'_>) -> Result<(), IngestError> {
    let mut entries: BTreeMap<DocumentId, Entry> = ingest
        .catalog
        .all()
        .await?
        .into_iter()
        .map(|entry| (entry.record.id, entry))
        .collect();
    let mut again: BTreeMap<(String, PathBuf), Vec<PathBuf>> = BTreeMap::new();
    for Difference { kind, id, .. } in &found.differences {
        match (kind, entries.remove(id)) {
            (Kind::NotInCatalog | Kind::FileGone, _) => ingest.remove(vec![*id]).await?,
            (Kind::RecordDiffers, Some(entry)) => ingest.knowledge.relabel(&entry.indexed()).await?,
            (Kind::FileChanged | Kind::PassagesDiffer, Some(entry)) => {
                let (audience, base) = (entry.given_audience.to_string(), base(&entry));
                let sources = again.entry((audience, base)).or_default();
                sources.push(entry.source.clone());
                ingest.catalog.record(vec![as_unseen(entry)]).await?;
            }
            // Gone since it was compared.
            (_, None) => {}
        }
    }
    for ((audience, base), sources) in again {
        let audience: AudienceSpec = audience.parse().unwrap_or(AudienceSpec::Internal);
        let as_before = Ingest {
            audience,
            base: Some(base),
            ..*ingest
        };
        as_before.run(&sources, tell).await?;
    }
    Ok(ingest.knowledge.flush().await?)
}

/// The folder that was given when it was taken in: its path as shown is relative to it.
fn base(entry: &Entry) -> PathBuf {
    let depth = Path::new(&entry.record.path).components().count();
    let base = entry.source.ancestors().nth(depth);
    base.unwrap_or(&entry.source).to_owned()
}

/// The entry as one whose file has to be read and whose passages have to be written again.
fn as_unseen(entry: Entry) -> Entry {
    Entry {
        fingerprint: String::new(),
        contents: String::new(),
        ..entry
    }
}
