//! Text to vectors, with a model that runs in this process.
//!
//! [`Embedder`] is what search and ingestion need; [`OnnxEmbedder`] is fastembed on ONNX Runtime, loaded from
//! files in the home. Both block: call them from a blocking thread.

mod workers;

use crate::model_files::EmbeddingFiles;
use cpu_time::ThreadTime;
use fastembed::{InitOptionsUserDefined, TextEmbedding, UserDefinedEmbeddingModel};
use ort::environment::Environment;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashSet,
    convert::Infallible,
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};
use workers::Workers;

/// What vectors were made with. Vectors of two models are never compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelIdentity {
    /// The model's name, e.g. `all-MiniLM-L6-v2`.
    pub name: String,
    /// SHA-256 of the files that decide about its vectors, graph before weights, in hex.
    pub sha256: String,
    /// Length of its vectors.
    pub dimensions: usize,
}

impl ModelIdentity {
    /// The first twelve digits of its hash: enough to tell models apart in names.
    #[must_use]
    pub fn short_hash(&self) -> &str {
        self.sha256.get(..12).unwrap_or(&self.sha256)
    }

    /// Its name and hash in the letters of a file's name.
    pub(crate) fn slug(&self) -> String {
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '-'
            }
        };
        let name: String = self.name.chars().map(plain).collect();
        format!("{name}-{}", self.short_hash())
    }
}

impl fmt::Display for ModelIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.short_hash())
    }
}

/// Who waits for vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// A person: goes before every document.
    Question,
    /// A run that takes in documents.
    Document,
}

/// Turns texts into unit vectors. Order of the result is the order of `texts`.
pub trait Embedder: Send + Sync {
    /// Which model this is.
    fn identity(&self) -> &ModelIdentity;
    /// One vector per text. A question waits at most for the texts that are in the model, never for a document.
    ///
    /// # Errors
    /// When the runtime fails; nothing is known about which text it was.
    fn embed(&self, texts: &[String], urgency: Urgency) -> Result<Vec<Vec<f32>>, EmbedError>;
    /// Whether the model has a token of its own for this word, in lower case: then it is a common word, and no slip of
    /// the finger.
    fn has_token(&self, _word: &str) -> bool {
        false
    }
    /// Processor time that documents have taken so far; zero where it is not measured.
    fn cpu(&self) -> Duration {
        Duration::ZERO
    }
}

/// Why a model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The library is not where it should be.
    #[error("{path} is missing: run `liaison setup` to fetch it", path = .0.display())]
    Missing(PathBuf),
    /// The library could not be loaded, or is not ONNX Runtime 1.24 or later.
    #[error("cannot load ONNX Runtime from {path}: {detail}; run `liaison setup` to fetch the right one", path = .path.display())]
    Runtime {
        /// The library.
        path: PathBuf,
        /// What the loader said.
        detail: String,
    },
    /// The model's files do not make a model.
    #[error("the embedding model in {path} cannot be used: {detail}", path = .path.display())]
    Model {
        /// The model's folder.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The model failed on a text.
    #[error("embedding failed: {0}")]
    Failed(String),
    /// No thread could be started for the model.
    #[error("the model's thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Where ONNX Runtime looks for weights outside of a graph that it is given as bytes. It maps them into memory, once
/// for all sessions.
const WEIGHTS_FOLDER: &str = "session.model_external_initializers_file_folder_path";

/// fastembed on ONNX Runtime: some single-thread sessions, which on a CPU beat one session of many threads.
pub struct OnnxEmbedder {
    identity: ModelIdentity,
    workers: Workers<TextEmbedding>,
    /// Tokens that are whole words, in lower case.
    words: HashSet<Box<str>>,
    /// Of documents, in nanoseconds. A session computes on the thread that asks it.
    cpu: Arc<AtomicU64>,
}

impl OnnxEmbedder {
    /// Loads the model in `model_dir` `sessions` times: a folder of the sentence-transformers library with `model.onnx`,
    /// the weights outside of it, if any, and the tokenizer's files. Pools as `1_Pooling/config.json` says, else by the
    /// mean of the tokens.
    ///
    /// # Errors
    /// When a file is missing or is not what it should be.
    pub fn load(runtime: &Path, model_dir: &Path, sessions: usize) -> Result<Self, EmbedError> {
        let environment = environment(runtime)?;
        let files = EmbeddingFiles::read(model_dir).map_err(|detail| unusable(model_dir, detail))?;
        let name = model_dir.file_name();
        let identity = ModelIdentity {
            name: name.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            sha256: files.sha256.clone(),
            dimensions: 0,
        };
        // One after the other: reading a tokenizer takes more memory than it keeps, which the next one then uses.
        let sessions = (0..sessions.max(1)).map(|_| session(environment.clone(), &files, model_dir));
        let sessions = sessions.collect::<Result<Vec<_>, _>>()?;
        let mut embedder = Self {
            identity,
            words: vocabulary(&sessions),
            workers: Workers::start(sessions)?,
            cpu: Arc::default(),
        };
        let probe = embedder.embed(&["partner".to_owned()], Urgency::Question)?;
        embedder.identity.dimensions = probe.first().map_or(0, Vec::len);
        if embedder.identity.dimensions == 0 {
            return Err(unusable(model_dir, "it returns empty vectors".to_owned()));
        }
        Ok(embedder)
    }
}

/// Which tokens are whole words; all sessions have the same.
fn vocabulary(sessions: &[TextEmbedding]) -> HashSet<Box<str>> {
    let tokens = sessions.first().map(|session| session.tokenizer.get_vocab(false));
    whole_words(tokens.unwrap_or_default().into_keys().collect())
}

fn session(
    environment: Environment,
    files: &EmbeddingFiles,
    folder: &Path,
) -> Result<TextEmbedding, EmbedError> {
    let model = UserDefinedEmbeddingModel::new(files.graph.clone(), files.tokenizer.clone())
        .with_pooling(files.pooling.clone());
    let options = InitOptionsUserDefined::new()
        .with_environment(environment)
        .with_max_length(files.max_tokens)
        .with_session_config(WEIGHTS_FOLDER, folder.to_string_lossy())
        .with_intra_threads(1);
    TextEmbedding::try_new_from_user_defined(model, options)
        .map_err(|error| unusable(folder, error.to_string()))
}

fn unusable(folder: &Path, detail: String) -> EmbedError {
    EmbedError::Model {
        path: folder.to_owned(),
        detail,
    }
}

/// One text at a time: batching pads to the longest and brings nothing on a CPU, and between two texts of a document a
/// question finds its turn.
fn embed_one(session: &mut TextEmbedding, text: &str) -> Result<Vec<f32>, EmbedError> {
    let vectors = session.embed([text], Some(1));
    let vectors = vectors.map_err(|error| EmbedError::Failed(error.to_string()))?;
    let vector = vectors.into_iter().next();
    vector.ok_or_else(|| EmbedError::Failed("the model returned no vector".to_owned()))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn died() -> EmbedError {
    EmbedError::Failed("the model gave up on a text".to_owned())
}

impl Embedder for OnnxEmbedder {
    fn identity(&self) -> &ModelIdentity {
        &self.identity
    }

    fn embed(&self, texts: &[String], urgency: Urgency) -> Result<Vec<Vec<f32>>, EmbedError> {
        let made = Arc::new(Mutex::new(Vec::with_capacity(texts.len())));
        // Every task holds a sender and none sends: the receiver wakes once, when the last one is done.
        let (working, done) = mpsc::channel::<Infallible>();
        for (nth, text) in texts.iter().cloned().enumerate() {
            let (made, working, cpu) = (Arc::clone(&made), working.clone(), Arc::clone(&self.cpu));
            self.workers.put(urgency, move |session| {
                let start = ThreadTime::now();
                let vector = embed_one(session, &text);
                if urgency == Urgency::Document {
                    let taken = u64::try_from(start.elapsed().as_nanos()).unwrap_or_default();
                    cpu.fetch_add(taken, Ordering::Relaxed);
                }
                lock(&made).push((nth, vector));
                drop(working);
            });
        }
        drop(working);
        let _ = done.recv();
        let mut made = std::mem::take(&mut *lock(&made));
        if made.len() < texts.len() {
            return Err(died());
        }
        // Texts differ in length, and a session takes the next one when it is done with another.
        made.sort_unstable_by_key(|(nth, _)| *nth);
        made.into_iter().map(|(_, vector)| vector).collect()
    }

    fn has_token(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    fn cpu(&self) -> Duration {
        Duration::from_nanos(self.cpu.load(Ordering::Relaxed))
    }
}

/// The tokens that are words. Some tokenizers mark where a word begins, others where one goes on (`##`).
fn whole_words(tokens: Vec<String>) -> HashSet<Box<str>> {
    let is_used = |mark: &char| tokens.iter().any(|token| token.starts_with(*mark));
    let begin = ['\u{2581}', '\u{120}'].into_iter().find(is_used);
    let word = |token: &String| -> Option<Box<str>> {
        let word = begin.map_or(Some(token.as_str()), |mark| token.strip_prefix(mark))?;
        let is_word = word.chars().all(char::is_alphabetic);
        is_word.then(|| word.to_lowercase().into())
    };
    tokens.iter().filter_map(word).collect()
}

/// ONNX Runtime keeps one environment per process; the first library loaded stays.
pub(crate) fn environment(runtime: &Path) -> Result<Environment, EmbedError> {
    static LOADED: OnceLock<Result<Environment, String>> = OnceLock::new();
    // ort panics when the library is not there, so look first.
    if !runtime.is_file() {
        return Err(EmbedError::Missing(runtime.to_owned()));
    }
    let load = || -> Result<Environment, String> {
        let builder = ort::init_from(runtime).map_err(|error| error.to_string())?;
        builder
            .with_name("liaison")
            .build()
            .map_err(|error| error.to_string())
    };
    LOADED
        .get_or_init(load)
        .clone()
        .map_err(|detail| EmbedError::Runtime {
            path: runtime.to_owned(),
            detail,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_parts_of_words() {
        for (tokens, expected) in [
            (&["[CLS]", "deal", "##s", "Gold", "7"][..], &["deal", "gold"][..]),
            (
                &["<s>", "\u{2581}deal", "tion", "\u{2581}Gold", "\u{2581}7"],
                &["deal", "gold"],
            ),
            (&[], &[]),
        ] {
            let words = whole_words(tokens.iter().map(ToString::to_string).collect());
            let expected = expected.iter().map(|word| Box::from(*word)).collect();
            assert_eq!(words, expected);
        }
    }
}
