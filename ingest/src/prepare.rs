//! One file on its way: skipped when unchanged, else read, split and embedded. Nothing in here writes to the index
//! or the catalog, so many files can be under way at once.

use crate::{
    FrontMatter, ReadError,
    catalog::{Care, Entry},
    files::File,
    pipeline::{Ingest, Tell},
    read::sidecar,
    report::{Progress, Stage},
    sandbox::Readers,
    split::{Limits, split},
};
use liaison_knowledge::{DocumentRecord, EmbeddedDocument, KnowledgeError, Passage};
use sha2::{Digest, Sha256};
use std::{fs, io};

/// Part of every fingerprint: raising it makes the next run read every file again.
const PIPELINE_VERSION: u8 = 6;

/// What became of a file.
pub(crate) enum Prepared {
    Unchanged,
    Ready(Box<Ready>),
    Failed { fingerprint: String, reason: String },
}

/// A document that can be made searchable.
pub(crate) struct Ready {
    pub(crate) entry: Entry,
    /// `None` when its passages are in the index as they are and only what it says of itself has changed.
    pub(crate) embedded: Option<EmbeddedDocument>,
}

/// A file's bytes, its sidecar's, and what tells this state of the file from every other.
pub(crate) struct Loaded {
    bytes: Vec<u8>,
    sidecar: Option<Vec<u8>>,
    pub(crate) fingerprint: String,
}

impl Ingest<'_> {
    /// Does everything for a file that comes before writing.
    pub(crate) async fn prepare(
        &self,
        known: Option<&Entry>,
        file: File,
        readers: &Readers<'_>,
        tell: Tell<'_>,
    ) -> (File, Result<Prepared, KnowledgeError>) {
        let prepared = self.prepared(known, &file, readers, tell).await;
        (file, prepared)
    }

    async fn prepared(
        &self,
        known: Option<&Entry>,
        file: &File,
        readers: &Readers<'_>,
        tell: Tell<'_>,
    ) -> Result<Prepared, KnowledgeError> {
        let failed = |fingerprint: String, reason: String| Ok(Prepared::Failed { fingerprint, reason });
        let loaded = match self.load(file) {
            Ok(loaded) => loaded,
            Err(error) => return failed(String::new(), error.to_string()),
        };
        let is_same = |known: &Entry| {
            known.failure.is_none()
                && known.fingerprint == loaded.fingerprint
                && known.record.path == file.display
        };
        if known.is_some_and(is_same) {
            return Ok(Prepared::Unchanged);
        }
        let fingerprint = loaded.fingerprint.clone();
        let (mut entry, passages) = match self.read(file, loaded, readers, tell).await {
            Ok(read) => read,
            Err(error) => return failed(fingerprint, error.to_string()),
        };
        entry.superseded_from = known.and_then(|known| known.superseded_from);
        let ready = self.embed(entry, passages, known, tell).await?;
        Ok(Prepared::Ready(Box::new(ready)))
    }

    /// A file's bytes and its fingerprint.
    pub(crate) fn load(&self, file: &File) -> io::Result<Loaded> {
        let bytes = fs::read(&file.source)?;
        let sidecar = file.sidecar.as_ref().map(fs::read).transpose()?;
        let mut hash = Sha256::new();
        hash.update([PIPELINE_VERSION]);
        hash.update(self.audience.to_string());
        hash.update(Sha256::digest(&bytes));
        hash.update(sidecar.as_deref().unwrap_or_default());
        Ok(Loaded {
            bytes,
            sidecar,
            fingerprint: hex(hash),
        })
    }

    async fn read(
        &self,
        file: &File,
        loaded: Loaded,
        readers: &Readers<'_>,
        tell: Tell<'_>,
    ) -> Result<(Entry, Vec<Passage>), ReadError> {
        tell(Progress::At(&file.display, Stage::Reading));
        let document = readers.read(&file.name(), &loaded.bytes).await?;
        tell(Progress::At(&file.display, Stage::Splitting));
        let described = loaded.sidecar.as_deref().map(sidecar).transpose()?;
        let front = described.unwrap_or_default().or(document.front.clone());
        let record = self.record(file, front.clone(), document.title.clone());
        let passages = split(record.id, &document, &Limits::default());
        if passages.is_empty() {
            return Err(ReadError::Empty);
        }
        let entry = Entry {
            fingerprint: loaded.fingerprint,
            contents: contents(&record.title, &passages),
            passages: u32::try_from(passages.len()).unwrap_or(u32::MAX),
            care: front.into(),
            notices: document.notices,
            record,
            ..self.unread(file)
        };
        Ok((entry, passages))
    }

    async fn embed(
        &self,
        entry: Entry,
        passages: Vec<Passage>,
        known: Option<&Entry>,
        tell: Tell<'_>,
    ) -> Result<Ready, KnowledgeError> {
        if known.is_some_and(|known| known.passages > 0 && known.contents == entry.contents) {
            return Ok(Ready {
                entry,
                embedded: None,
            });
        }
        let total = passages.len();
        let told = |done| {
            tell(Progress::At(&entry.record.path, Stage::Embedding { done, total }));
        };
        let embedded = self
            .knowledge
            .embed_document(entry.indexed(), passages, &told)
            .await?;
        Ok(Ready {
            entry,
            embedded: Some(embedded),
        })
    }

    /// What is recorded of a file of which nothing could be read yet.
    pub(crate) fn unread(&self, file: &File) -> Entry {
        Entry {
            record: self.record(file, FrontMatter::default(), None),
            source: file.source.clone(),
            given_audience: self.audience.clone(),
            fingerprint: String::new(),
            contents: String::new(),
            passages: 0,
            care: Care::default(),
            notices: Vec::new(),
            superseded_from: None,
            failure: None,
        }
    }

    fn record(&self, file: &File, front: FrontMatter, own_title: Option<String>) -> DocumentRecord {
        DocumentRecord {
            id: file.id,
            path: file.display.clone(),
            validity: front.validity(),
            title: front.title.or(own_title).unwrap_or_else(|| file.stem()),
            audience: front.audience.unwrap_or_else(|| self.audience.clone()),
            language: front.language,
        }
    }
}

/// Tells passages, and what they are found by, from any others.
fn contents(title: &str, passages: &[Passage]) -> String {
    let mut hash = Sha256::new();
    hash.update(title);
    for passage in passages {
        hash.update(passage.id.0.as_bytes());
        hash.update(passage.heading.join("\u{0}"));
        hash.update(serde_json::to_string(&passage.anchor).unwrap_or_default());
    }
    hex(hash)
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
