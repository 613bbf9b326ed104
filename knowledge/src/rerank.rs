//! A model that reads question and passage together, for those who have one and the time for it.

use crate::{
    embed::{EmbedError, environment},
    model_files::{read, tokenizer},
};
use fastembed::{RerankInitOptionsUserDefined, TextRerank, UserDefinedRerankingModel};
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Tells how well texts answer a question.
pub trait Reranker: Send + Sync {
    /// One score a text, in order; the higher, the better, on a scale of its own. Blocks.
    ///
    /// # Errors
    /// When the model fails.
    fn scores(&self, question: &str, texts: &[String]) -> Result<Vec<f32>, RerankError>;
}

/// Why a reranker could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum RerankError {
    /// The folder or the runtime is not what it should be.
    #[error(
        "the reranker in {path} cannot be used: {detail}; its folder needs a cross-encoder as `model.onnx`, with one output `logits`, and its `tokenizer.json`, `config.json`, `special_tokens_map.json` and `tokenizer_config.json`", path = .path.display()
    )]
    Model {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The runtime is not there.
    #[error(transparent)]
    Runtime(EmbedError),
    /// The model failed on a text.
    #[error("reranking failed: {0}")]
    Failed(String),
}

/// Tokens of question and passage together that the model sees.
const MAX_TOKENS: usize = 512;
/// Pairs of one run. One at a time: batching pads to the longest and brings nothing on a CPU.
const BATCH: usize = 1;

/// A cross-encoder on ONNX Runtime, one session on all cores: questions are reranked one after another.
pub struct OnnxReranker(Mutex<TextRerank>);

impl OnnxReranker {
    /// Loads the model in `folder`: `model.onnx` and the tokenizer's files.
    ///
    /// # Errors
    /// When a file is missing or is not what it should be.
    pub fn load(runtime: &Path, folder: &Path) -> Result<Self, RerankError> {
        let bad = |detail: String| RerankError::Model {
            path: folder.to_owned(),
            detail,
        };
        let environment = environment(runtime).map_err(RerankError::Runtime)?;
        // Read, so that what is missing is named; loaded from its path, so that weights beside it are found.
        let graph = folder.join("model.onnx");
        read(&graph).map_err(bad)?;
        let model = UserDefinedRerankingModel::new(graph, tokenizer(folder).map_err(bad)?);
        let options = RerankInitOptionsUserDefined::new()
            .with_environment(environment)
            .with_max_length(MAX_TOKENS);
        let model = TextRerank::try_new_from_user_defined(model, options);
        let reranker = Self(Mutex::new(model.map_err(|error| bad(error.to_string()))?));
        let probe = reranker.scores("partner", &["partner".to_owned()]);
        probe.map(|_| reranker).map_err(|error| bad(error.to_string()))
    }
}

impl Reranker for OnnxReranker {
    fn scores(&self, question: &str, texts: &[String]) -> Result<Vec<f32>, RerankError> {
        let mut model = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let ranked = model.rerank(question, texts.as_slice(), false, Some(BATCH));
        let mut ranked = ranked.map_err(|error| RerankError::Failed(error.to_string()))?;
        ranked.sort_by_key(|ranked| ranked.index);
        Ok(ranked.into_iter().map(|ranked| ranked.score).collect())
    }
}
