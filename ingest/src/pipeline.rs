//! The whole run on one page: find files, skip what is unchanged, read, split, embed, replace, report.
//!
//! One bad file never stops a run: it ends in the [`Report`] with its reason. What is recorded in the
//! [`Catalog`] is on disk in the index, because the index is flushed first; a run that was killed, or dropped
//! in the middle, is mended by the next one, as ids are derived from content.

use crate::{
    catalog::{Catalog, CatalogError, Entry},
    files::{File, files_below},
    prepare::{Prepared, Ready},
    report::{Failed, Notices, Progress, Report},
    sandbox::Sandbox,
    supersede::superseded,
};
use futures::StreamExt;
use liaison_knowledge::{AudienceSpec, DocumentId, Knowledge, KnowledgeError};
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

/// Files of the fast lane under way at once: one is embedded while others are read.
const SHORT_AT_ONCE: usize = 3;
/// Files of the slow lane under way at once.
const LONG_AT_ONCE: usize = 1;
/// A file of more bytes goes into a slow lane, in a run and among jobs, so that the short ones never wait for it.
/// Vectors of both lanes are made in turns.
pub const LONG_BYTES: u64 = 512 << 10;
/// Documents between two flushes of the index.
const FLUSH_EVERY: usize = 64;

/// Why a run as a whole could not go on.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// Nothing is there, and nothing was ingested from there.
    #[error("{path} does not exist", path = .0.display())]
    NotFound(PathBuf),
    /// The catalog.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The model or the index.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
}

/// A run's parts.
pub struct Ingest<'a> {
    /// Where passages go.
    pub knowledge: &'a Knowledge,
    /// What was ingested before.
    pub catalog: &'a dyn Catalog,
    /// Reads files in child processes.
    pub sandbox: &'a Sandbox,
    /// For documents that do not say who they are for.
    pub audience: AudienceSpec,
    /// What paths are shown relative to; without it, the folder given.
    pub base: Option<PathBuf>,
}

/// Told what a run is at; several files are under way at once.
pub type Tell<'a> = &'a (dyn Fn(Progress<'_>) + Send + Sync);

impl Ingest<'_> {
    /// Takes in files and folders (recursively), and takes out what has vanished under them. Dropping the future
    /// stops it; what is finished stays.
    ///
    /// # Errors
    /// When a path is unknown, or the catalog, the model or the index fails. What was finished before stays.
    pub async fn run(&self, paths: &[PathBuf], tell: Tell<'_>) -> Result<Report, IngestError> {
        let (start, cpu) = (Instant::now(), self.knowledge.embedding_cpu());
        let known = self.catalog.all().await?;
        let (files, known) = survey(paths, self.base.as_deref(), known)?;
        tell(Progress::Found(files.len()));
        let mut run = Run::new(self, &known);
        run.remove_vanished(&files).await?;
        let (long, short): (Vec<File>, Vec<File>) =
            files.into_iter().partition(|file| file.bytes > LONG_BYTES);
        let readers = self.sandbox.readers();
        let prepare = |file: File| self.prepare(known.get(&file.id), file, &readers, tell);
        let long = futures::stream::iter(long)
            .map(prepare)
            .buffer_unordered(LONG_AT_ONCE);
        let short = futures::stream::iter(short)
            .map(prepare)
            .buffer_unordered(SHORT_AT_ONCE);
        let mut work = futures::stream::select(short, long);
        while let Some((file, prepared)) = work.next().await {
            run.take(&file, prepared?).await?;
            tell(Progress::Finished(&file.display));
        }
        drop(work);
        readers.close().await;
        run.settle().await?;
        let mut report = run.report;
        report.sort();
        report.embedding_cpu_seconds = (self.knowledge.embedding_cpu() - cpu).as_secs_f64();
        report.seconds = start.elapsed().as_secs_f64();
        Ok(report)
    }
}

/// The files there are, and what is known of them and of their vanished neighbours.
fn survey(
    paths: &[PathBuf],
    base: Option<&Path>,
    catalogued: Vec<Entry>,
) -> Result<(Vec<File>, HashMap<DocumentId, Entry>), IngestError> {
    let (mut files, mut roots) = (Vec::new(), Vec::new());
    for path in paths {
        let absolute = fs::canonicalize(path).or_else(|_| std::path::absolute(path));
        let absolute = absolute.map_err(|_| IngestError::NotFound(path.clone()))?;
        if !absolute.exists() && !catalogued.iter().any(|entry| entry.source.starts_with(&absolute)) {
            return Err(IngestError::NotFound(path.clone()));
        }
        files.extend(files_below(&absolute, base));
        roots.push(absolute);
    }
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(file.id));
    let known = catalogued
        .into_iter()
        .filter(|entry| roots.iter().any(|root| entry.source.starts_with(root)));
    Ok((files, known.map(|entry| (entry.record.id, entry)).collect()))
}

/// The part of a run that writes: one document at a time.
struct Run<'a> {
    ingest: &'a Ingest<'a>,
    known: &'a HashMap<DocumentId, Entry>,
    report: Report,
    /// Entries whose passages are in the index and not yet flushed.
    pending: Vec<Entry>,
}

impl<'a> Run<'a> {
    fn new(ingest: &'a Ingest<'a>, known: &'a HashMap<DocumentId, Entry>) -> Self {
        Self {
            ingest,
            known,
            report: Report::default(),
            pending: Vec::new(),
        }
    }

    async fn remove_vanished(&mut self, files: &[File]) -> Result<(), IngestError> {
        let here: HashSet<DocumentId> = files.iter().map(|file| file.id).collect();
        let gone: Vec<DocumentId> = self
            .known
            .keys()
            .filter(|id| !here.contains(id))
            .copied()
            .collect();
        self.report.removed = gone.len();
        self.ingest.remove(gone).await
    }

    async fn take(&mut self, file: &File, prepared: Prepared) -> Result<(), IngestError> {
        let known = self.known.get(&file.id);
        match prepared {
            Prepared::Unchanged => {
                self.report.unchanged += 1;
                self.searchable(known.map_or(0, |entry| entry.passages));
            }
            Prepared::Failed { fingerprint, reason } => self.fail(file, known, fingerprint, reason),
            Prepared::Ready(ready) => self.make_searchable(known, *ready).await?,
        }
        if self.pending.len() >= FLUSH_EVERY {
            self.settle().await
        } else {
            Ok(())
        }
    }

    async fn make_searchable(&mut self, known: Option<&Entry>, ready: Ready) -> Result<(), IngestError> {
        let Ready { entry, embedded } = ready;
        match embedded {
            Some(embedded) => {
                self.report.embedded += embedded.embedded;
                self.ingest.knowledge.replace(embedded).await?;
            }
            None => self.ingest.knowledge.relabel(&entry.indexed()).await?,
        }
        match known.filter(|entry| entry.passages > 0) {
            Some(_) => self.report.updated += 1,
            None => self.report.added += 1,
        }
        self.searchable(entry.passages);
        if !entry.notices.is_empty() {
            self.report.notices.push(Notices {
                path: entry.record.path.clone(),
                notices: entry.notices.clone(),
            });
        }
        self.pending.push(entry);
        Ok(())
    }

    /// An earlier version that was taken in stays searchable: a broken upload must not empty the knowledge.
    fn fail(&mut self, file: &File, known: Option<&Entry>, fingerprint: String, mut reason: String) {
        let mut entry = match known.filter(|entry| entry.passages > 0) {
            Some(earlier) => {
                reason.push_str(" (its earlier version stays searchable)");
                self.searchable(earlier.passages);
                earlier.clone()
            }
            None => self.ingest.unread(file),
        };
        self.report.failed.push(Failed {
            path: file.display.clone(),
            reason: reason.clone(),
        });
        entry.fingerprint = fingerprint;
        entry.failure = Some(reason);
        self.pending.push(entry);
    }

    fn searchable(&mut self, passages: u32) {
        self.report.documents += 1;
        self.report.passages += passages as usize;
    }

    /// Flushes the index, then records what is in it: never the other way round.
    async fn settle(&mut self) -> Result<(), IngestError> {
        if !self.pending.is_empty() {
            self.ingest.knowledge.flush().await?;
            let pending = std::mem::take(&mut self.pending);
            self.ingest.catalog.record(pending).await?;
        }
        self.ingest.settle_successors().await
    }
}

impl Ingest<'_> {
    /// Takes documents out, the index first: once this returns nothing of them is found.
    ///
    /// # Errors
    /// When the index or the catalog fails; repeating it is safe.
    pub async fn remove(&self, documents: Vec<DocumentId>) -> Result<(), IngestError> {
        if documents.is_empty() {
            return Ok(());
        }
        for id in &documents {
            self.knowledge.remove(*id).await?;
        }
        self.catalog.forget(documents).await?;
        self.settle_successors().await
    }

    /// Gives each document the last day that its successors leave it. Read afresh, because several runs may be
    /// under way at once.
    async fn settle_successors(&self) -> Result<(), IngestError> {
        let mut entries = self.catalog.all().await?;
        let from = superseded(&entries);
        let has_moved = |entry: &mut Entry| {
            let day = from.get(&entry.record.id).copied();
            std::mem::replace(&mut entry.superseded_from, day) != day
        };
        let moved: Vec<Entry> = entries.extract_if(.., has_moved).collect();
        for entry in moved.iter().filter(|entry| entry.passages > 0) {
            self.knowledge.relabel(&entry.indexed()).await?;
        }
        if !moved.is_empty() {
            self.knowledge.flush().await?;
            self.catalog.record(moved).await?;
        }
        Ok(())
    }
}
