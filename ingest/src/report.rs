//! What a run tells: while it goes on, and at its end.

use serde::{Deserialize, Serialize};

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
    /// Files that could not be taken in, by path.
    pub failed: Vec<Failed>,
    /// What was left out or repaired in documents that were taken in by this run, by path.
    pub notices: Vec<Notices>,
    /// Documents from the given paths that are searchable now.
    pub documents: usize,
    /// Their passages.
    pub passages: usize,
    /// Passages whose words were new, so that they went through the embedding model.
    pub embedded: usize,
    /// Wall time.
    pub seconds: f64,
    /// Processor time in the embedding model.
    pub embedding_cpu_seconds: f64,
}

impl Report {
    /// Whether anything is in the index now that was not, or the other way round.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.added + self.updated + self.removed > 0
    }

    /// Files are finished in no particular order; a report has one.
    pub(crate) fn sort(&mut self) {
        self.failed.sort_by(|a, b| a.path.cmp(&b.path));
        self.notices.sort_by(|a, b| a.path.cmp(&b.path));
    }
}

/// A file that could not be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// As shown to people, relative to the folder given.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a reader had to say about a file that it could read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
    /// As shown to people, relative to the folder given.
    pub path: String,
    /// In sentences.
    pub notices: Vec<String>,
}

/// What a run tells while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// How many files there are.
    Found(usize),
    /// A file has come to this.
    At(&'a str, Stage),
    /// A file is finished, one way or another.
    Finished(&'a str),
}

/// Where a file is on its way. Before `Reading` it is queued, after `Embedding` searchable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A child process reads it.
    Reading,
    /// It is parted into passages.
    Splitting,
    /// Its passages go through the model.
    Embedding {
        /// Passages that are through.
        done: usize,
        /// All of them.
        total: usize,
    },
}
