//! The whole run on one page: find files, skip what is unchanged, read, split, embed, replace, report.
//!
//! One bad file never stops a run: it ends in the [`Report`] with its reason. What is recorded in the
//! [`Catalog`] is on disk in the index, because the index is flushed first; a run that was killed is mended by
//! the next one, as ids are derived from content.

use crate::{
    FrontMatter, ReadError,
    read::{sidecar, sidecar_of},
    sandbox::Sandbox,
    split::{Limits, split},
};
use async_trait::async_trait;
use futures::StreamExt;
use liaison_knowledge::{
    AudienceSpec, DocumentId, DocumentRecord, Knowledge, KnowledgeError, Passage, Validity,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};
use walkdir::WalkDir;

/// Part of every fingerprint: raising it makes the next run read every file again.
const PIPELINE_VERSION: u8 = 1;
/// Files read ahead, each in a child process, while earlier ones are embedded.
const READ_AHEAD: usize = 3;
/// Documents between two flushes of the index.
const FLUSH_EVERY: usize = 64;

/// What a catalog knows of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What the index knows of it.
    pub record: DocumentRecord,
    /// The absolute path it came from.
    pub source: PathBuf,
    /// Changes whenever the file, its sidecar or what it was ingested as changes.
    pub fingerprint: String,
    /// How many passages it has.
    pub passages: u32,
    /// Why the newest version could not be taken in; `None` when all is well.
    pub failure: Option<String>,
}

/// Remembers what was ingested. The service keeps it in its database.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// Every entry whose source is `path` or lies below it.
    async fn under(&self, path: &Path) -> Result<Vec<Entry>, CatalogError>;
    /// Adds or replaces entries.
    async fn record(&self, entries: Vec<Entry>) -> Result<(), CatalogError>;
    /// Drops entries.
    async fn forget(&self, documents: Vec<DocumentId>) -> Result<(), CatalogError>;
}

/// The catalog's store failed.
#[derive(Debug, thiserror::Error)]
#[error("the document catalog failed: {0}")]
pub struct CatalogError(pub String);

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

/// How a run went. The JSON of `liaison ingest --json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Documents that are new.
    pub added: usize,
    /// Documents whose file, sidecar or audience changed.
    pub updated: usize,
    /// Documents that were left alone.
    pub unchanged: usize,
    /// Documents whose file has vanished.
    pub removed: usize,
    /// Files that could not be taken in.
    pub failed: Vec<Failed>,
    /// Documents from the given paths that are searchable now.
    pub documents: usize,
    /// Their passages.
    pub passages: usize,
    /// Wall time.
    pub seconds: f64,
    /// Wall time in the embedding model, all its sessions working at once.
    pub embedding_seconds: f64,
    /// Processor time in the embedding model.
    pub embedding_cpu_seconds: f64,
}

/// A file that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// As shown to people, relative to the folder given.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a run tells while it runs.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// How many files there are.
    Found(usize),
    /// A file is finished, one way or another.
    Finished(&'a str),
}

/// A run's parts.
pub struct Ingest<'a> {
    /// Where passages go.
    pub knowledge: &'a Knowledge,
    /// What was ingested before.
    pub catalog: &'a dyn Catalog,
    /// Reads one file in a child process.
    pub sandbox: &'a Sandbox,
    /// For documents that do not say who they are for.
    pub audience: AudienceSpec,
}

impl Ingest<'_> {
    /// Takes in files and folders (recursively), and takes out what has vanished under them.
    ///
    /// # Errors
    /// When a path is unknown, or the catalog, the model or the index fails. What was finished before stays.
    pub async fn run(
        &self,
        paths: &[PathBuf],
        mut progress: impl FnMut(Progress<'_>),
    ) -> Result<Report, IngestError> {
        let start = Instant::now();
        let (files, known) = self.survey(paths).await?;
        progress(Progress::Found(files.len()));
        let mut run = Run::new(self, &known);
        run.remove_vanished(&files).await?;
        let mut work = futures::stream::iter(&files)
            .map(|file| self.prepare(file, known.get(&file.id)))
            .buffered(READ_AHEAD);
        while let Some((file, prepared)) = work.next().await {
            run.take(file, prepared).await?;
            progress(Progress::Finished(&file.display));
        }
        run.settle().await?;
        let mut report = run.report;
        if report.added + report.updated + report.removed > 0 {
            self.knowledge.optimise().await?;
        }
        report.seconds = start.elapsed().as_secs_f64();
        Ok(report)
    }

    /// The files there are, and what is known of them and of their vanished neighbours.
    async fn survey(
        &self,
        paths: &[PathBuf],
    ) -> Result<(Vec<File>, HashMap<DocumentId, Entry>), IngestError> {
        let (mut files, mut known) = (Vec::new(), HashMap::new());
        for path in paths {
            let absolute = fs::canonicalize(path).or_else(|_| std::path::absolute(path));
            let absolute = absolute.map_err(|_| IngestError::NotFound(path.clone()))?;
            let entries = self.catalog.under(&absolute).await?;
            if !absolute.exists() && entries.is_empty() {
                return Err(IngestError::NotFound(path.clone()));
            }
            known.extend(entries.into_iter().map(|entry| (entry.record.id, entry)));
            files.extend(files_below(&absolute));
        }
        let mut seen = HashSet::new();
        files.retain(|file| seen.insert(file.id));
        Ok((files, known))
    }

    /// Reads and splits a file unless it is unchanged. Touches neither index nor catalog, so many can run.
    async fn prepare<'f>(&self, file: &'f File, known: Option<&Entry>) -> (&'f File, Prepared) {
        let prepared = match self.load(file) {
            Err(reason) => Prepared::Failed {
                fingerprint: String::new(),
                reason: reason.to_string(),
            },
            Ok(loaded) => {
                let same = |entry: &&Entry| {
                    entry.fingerprint == loaded.fingerprint && entry.record.path == file.display
                };
                match known.filter(same) {
                    Some(entry) if entry.failure.is_none() => Prepared::Unchanged,
                    _ => self.read(file, loaded).await,
                }
            }
        };
        (file, prepared)
    }

    fn load(&self, file: &File) -> Result<Loaded, io::Error> {
        let bytes = fs::read(&file.source)?;
        let sidecar = file.sidecar.as_ref().map(fs::read).transpose()?;
        let mut hash = Sha256::new();
        hash.update([PIPELINE_VERSION]);
        hash.update(self.audience.to_string());
        hash.update(Sha256::digest(&bytes));
        hash.update(sidecar.as_deref().unwrap_or_default());
        let fingerprint = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Loaded {
            bytes,
            sidecar,
            fingerprint,
        })
    }

    async fn read(&self, file: &File, loaded: Loaded) -> Prepared {
        let Loaded {
            bytes,
            sidecar: described,
            fingerprint,
        } = loaded;
        let failed = |fingerprint: String, error: ReadError| Prepared::Failed {
            fingerprint,
            reason: error.to_string(),
        };
        let document = match self.sandbox.read(&file.name(), bytes).await {
            Ok(document) => document,
            Err(error) => return failed(fingerprint, error),
        };
        let front = match described.as_deref().map(sidecar).transpose() {
            Ok(described) => described.unwrap_or_default().or(document.front.clone()),
            Err(error) => return failed(fingerprint, error),
        };
        let record = self.record(file, front, document.title.clone());
        let passages = split(record.id, &document, &Limits::default());
        if passages.is_empty() {
            return failed(fingerprint, ReadError::Empty);
        }
        Prepared::Ready(Box::new(Ready {
            record,
            passages,
            fingerprint,
        }))
    }

    fn record(&self, file: &File, front: FrontMatter, own_title: Option<String>) -> DocumentRecord {
        let stem = || {
            file.source
                .file_stem()
                .map(|s| s.to_string_lossy().into_owned())
                .unwrap_or_default()
        };
        DocumentRecord {
            id: file.id,
            path: file.display.clone(),
            title: front.title.or(own_title).unwrap_or_else(stem),
            audience: front.audience.unwrap_or_else(|| self.audience.clone()),
            validity: Validity {
                from: front.effective_from,
                until: front.effective_until,
            },
            language: front.language,
        }
    }
}

/// A file to take in.
struct File {
    id: DocumentId,
    source: PathBuf,
    sidecar: Option<PathBuf>,
    display: String,
}

impl File {
    fn name(&self) -> String {
        self.source
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }
}

struct Loaded {
    bytes: Vec<u8>,
    sidecar: Option<Vec<u8>>,
    fingerprint: String,
}

struct Ready {
    record: DocumentRecord,
    passages: Vec<Passage>,
    fingerprint: String,
}

enum Prepared {
    Unchanged,
    Ready(Box<Ready>),
    Failed { fingerprint: String, reason: String },
}

/// The part of a run that writes: one document at a time, in order.
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
        for id in &gone {
            self.ingest.knowledge.remove(*id).await?;
        }
        self.report.removed = gone.len();
        Ok(self.ingest.catalog.forget(gone).await?)
    }

    async fn take(&mut self, file: &File, prepared: Prepared) -> Result<(), IngestError> {
        let known = self.known.get(&file.id);
        match prepared {
            Prepared::Unchanged => {
                self.report.unchanged += 1;
                self.searchable(known.map_or(0, |entry| entry.passages));
            }
            Prepared::Failed { fingerprint, reason } => self.fail(file, known, fingerprint, reason),
            Prepared::Ready(ready) => {
                let Ready {
                    record,
                    passages,
                    fingerprint,
                } = *ready;
                let count = u32::try_from(passages.len()).unwrap_or(u32::MAX);
                let spent = self.ingest.knowledge.replace(record.clone(), passages).await?;
                self.report.embedding_seconds += spent.wall.as_secs_f64();
                self.report.embedding_cpu_seconds += spent.cpu.as_secs_f64();
                match known.filter(|entry| entry.passages > 0) {
                    Some(_) => self.report.updated += 1,
                    None => self.report.added += 1,
                }
                self.searchable(count);
                let source = file.source.clone();
                self.pending.push(Entry {
                    record,
                    source,
                    fingerprint,
                    passages: count,
                    failure: None,
                });
            }
        }
        if self.pending.len() >= FLUSH_EVERY {
            self.settle().await
        } else {
            Ok(())
        }
    }

    /// An earlier version that was taken in stays searchable: a broken upload must not empty the knowledge.
    fn fail(&mut self, file: &File, known: Option<&Entry>, fingerprint: String, mut reason: String) {
        let earlier = known.filter(|entry| entry.passages > 0);
        let (record, passages) = match earlier {
            Some(entry) => {
                reason.push_str(" (its earlier version stays searchable)");
                self.searchable(entry.passages);
                (entry.record.clone(), entry.passages)
            }
            None => (self.ingest.record(file, FrontMatter::default(), None), 0),
        };
        self.report.failed.push(Failed {
            path: file.display.clone(),
            reason: reason.clone(),
        });
        let source = file.source.clone();
        self.pending.push(Entry {
            record,
            source,
            fingerprint,
            passages,
            failure: Some(reason),
        });
    }

    fn searchable(&mut self, passages: u32) {
        self.report.documents += 1;
        self.report.passages += passages as usize;
    }

    /// Flushes the index, then records what is in it: never the other way round.
    async fn settle(&mut self) -> Result<(), IngestError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.ingest.knowledge.flush().await?;
        Ok(self
            .ingest
            .catalog
            .record(std::mem::take(&mut self.pending))
            .await?)
    }
}

/// Every file below `root` (or `root` itself), by path, with its sidecar; without hidden files.
fn files_below(root: &Path) -> Vec<File> {
    let base = if root.is_dir() {
        root
    } else {
        root.parent().unwrap_or(root)
    };
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    // A single file is looked up among its neighbours, because one of them may be its sidecar.
    let walk = WalkDir::new(base).max_depth(if root.is_dir() { usize::MAX } else { 1 });
    let walk = walk
        .sort_by_file_name()
        .into_iter()
        .filter_entry(visible)
        .filter_map(Result::ok);
    let paths: Vec<PathBuf> = walk
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    let all: HashSet<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let sidecars: HashMap<PathBuf, &PathBuf> = paths
        .iter()
        .filter_map(|path| Some((described_by(path)?, path)))
        .filter(|(described, _)| all.contains(described.as_path()))
        .collect();
    let is_own = |path: &&PathBuf| {
        path.starts_with(root)
            && described_by(path).is_none_or(|described| !all.contains(described.as_path()))
    };
    let file = |source: &PathBuf| {
        let display = source
            .strip_prefix(base)
            .unwrap_or(source)
            .to_string_lossy()
            .replace('\\', "/");
        File {
            id: DocumentId::of_source(&source.to_string_lossy()),
            sidecar: sidecars.get(source).map(|path| (*path).clone()),
            source: source.clone(),
            display,
        }
    };
    paths.iter().filter(is_own).map(file).collect()
}

/// The path that a sidecar describes, in any spelling the readers know: one that were missed would open a
/// limited document to everyone.
fn described_by(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy();
    sidecar_of(&name).map(|described| path.with_file_name(described))
}
