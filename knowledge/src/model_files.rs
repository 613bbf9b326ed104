//! A model's folder, as the sentence-transformers library and the model hub lay it out: its graph, the weights beside
//! it, its tokenizer, and what it says about how its vectors are made. What runs it is in `embed.rs` and `rerank.rs`.
//!
//! Whatever is wrong with a folder is told as a sentence; who loads the model knows how to mend it.

use fastembed::{Pooling, TokenizerFiles};
use prost::Message;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs,
    io::{self, BufRead},
    path::Path,
};

/// How the vectors of a text's tokens become one.
const POOLING: &str = "1_Pooling/config.json";
/// How much of a text is read.
const LIMITS: &str = "sentence_bert_config.json";
/// Tokens of a text that a model sees which does not say; the rest is cut off. MiniLM was trained with 256.
const MAX_TOKENS: usize = 256;

/// An embedding model, ready to be loaded.
pub(crate) struct EmbeddingFiles {
    pub(crate) graph: Vec<u8>,
    pub(crate) tokenizer: TokenizerFiles,
    pub(crate) pooling: Pooling,
    pub(crate) max_tokens: usize,
    /// Of everything that decides about its vectors: graph, weights, pooling, length.
    pub(crate) sha256: String,
}

impl EmbeddingFiles {
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let graph = read(&folder.join("model.onnx"))?;
        let (pooling, limits) = (optional(&folder.join(POOLING))?, optional(&folder.join(LIMITS))?);
        let mut hash = Sha256::new();
        hash.update(&graph);
        for weights in external_files(&graph)? {
            let path = folder.join(weights);
            update(&mut hash, &path).map_err(|error| unreadable(&path, &error))?;
        }
        for said in [&pooling, &limits].into_iter().flatten() {
            hash.update(said);
        }
        Ok(Self {
            tokenizer: tokenizer(folder)?,
            pooling: pooling.map_or(Ok(Pooling::Mean), |config| pooling_of(&config))?,
            max_tokens: limits.map_or(Ok(MAX_TOKENS), |config| max_tokens_of(&config))?,
            sha256: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
            graph,
        })
    }
}

/// The files of a model's tokenizer.
pub(crate) fn tokenizer(folder: &Path) -> Result<TokenizerFiles, String> {
    Ok(TokenizerFiles {
        tokenizer_file: read(&folder.join("tokenizer.json"))?,
        config_file: read(&folder.join("config.json"))?,
        special_tokens_map_file: read(&folder.join("special_tokens_map.json"))?,
        tokenizer_config_file: read(&folder.join("tokenizer_config.json"))?,
    })
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| unreadable(path, &error))
}

fn optional(path: &Path) -> Result<Option<Vec<u8>>, String> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).map_err(|error| unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("{} is missing", path.display()),
        _ => format!("cannot read {}: {error}", path.display()),
    }
}

/// The weights are never in memory whole.
fn update(hash: &mut Sha256, file: &Path) -> io::Result<()> {
    let mut file = io::BufReader::with_capacity(1 << 16, fs::File::open(file)?);
    loop {
        let part = file.fill_buf()?;
        let length = part.len();
        if length == 0 {
            return Ok(());
        }
        hash.update(part);
        file.consume(length);
    }
}

/// Sentence-transformers write one flag for each way of pooling, and the vectors of several one after the other.
fn pooling_of(config: &[u8]) -> Result<Pooling, String> {
    let config: Map<String, Value> =
        serde_json::from_slice(config).map_err(|error| format!("{POOLING}: {error}"))?;
    let chosen = config
        .iter()
        .filter(|(name, value)| name.starts_with("pooling_mode_") && **value == Value::Bool(true));
    let names: Vec<&str> = chosen.map(|(name, _)| name.as_str()).collect();
    match names[..] {
        ["pooling_mode_cls_token"] => Ok(Pooling::Cls),
        ["pooling_mode_mean_tokens"] => Ok(Pooling::Mean),
        _ => Err(format!(
            "{POOLING} wants [{}], and what is known is pooling_mode_cls_token or pooling_mode_mean_tokens",
            names.join(", ")
        )),
    }
}

fn max_tokens_of(config: &[u8]) -> Result<usize, String> {
    #[derive(Deserialize)]
    struct Limits {
        max_seq_length: Option<usize>,
    }
    let limits: Limits = serde_json::from_slice(config).map_err(|error| format!("{LIMITS}: {error}"))?;
    Ok(limits.max_seq_length.unwrap_or(MAX_TOKENS))
}

/// The files beside a graph that hold its weights, by their names in it. Exporters call them as they like, and even a
/// constant may have a file of its own.
///
/// # Errors
/// When these bytes are no ONNX model.
pub fn external_files(graph: &[u8]) -> Result<BTreeSet<String>, String> {
    let model = Model::decode(graph).map_err(|error| format!("its graph is not ONNX: {error}"))?;
    let graph = model.graph.unwrap_or_default();
    let attributes = graph.node.into_iter().flat_map(|node| node.attribute);
    let constants = attributes.filter_map(|attribute| attribute.t);
    let tensors = graph.initializer.into_iter().chain(constants);
    let entries = tensors.flat_map(|tensor| tensor.external_data);
    Ok(entries
        .filter(|entry| entry.key == "location")
        .map(|entry| entry.value)
        .collect())
}

// The few fields of `onnx.proto` on the way to a file's name; the decoder skips all others.

#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(message, optional, tag = "5")]
    t: Option<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
    #[prost(message, repeated, tag = "13")]
    external_data: Vec<Entry>,
}

#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pooling_is_what_the_model_says() {
        let check =
            |config: &str, expected: Result<Pooling, &str>| match (pooling_of(config.as_bytes()), expected) {
                (Ok(pooling), Ok(expected)) => assert_eq!(pooling, expected, "{config}"),
                (Err(said), Err(expected)) => assert!(said.contains(expected), "{config}: {said}"),
                (pooling, _) => panic!("{config}: {pooling:?}"),
            };
        check(
            r#"{"word_embedding_dimension": 384, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#,
            Ok(Pooling::Cls),
        );
        check(
            r#"{"pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true, "include_prompt": true}"#,
            Ok(Pooling::Mean),
        );
        check(
            r#"{"pooling_mode_lasttoken": true}"#,
            Err("[pooling_mode_lasttoken]"),
        );
        check(
            r#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}"#,
            Err("[pooling_mode_cls_token, pooling_mode_mean_tokens]"),
        );
        check("{}", Err("wants []"));
        check("[", Err("1_Pooling/config.json: "));
    }

    #[test]
    fn weights_have_the_names_that_the_graph_gives_them() {
        let tensor = |file: &str| Tensor {
            external_data: [("location", file), ("offset", "0"), ("length", "4")]
                .map(|(key, value)| Entry {
                    key: key.into(),
                    value: value.into(),
                })
                .into(),
        };
        let constant = Attribute {
            t: Some(tensor("Constant_7_attr__value")),
        };
        let graph = Graph {
            node: vec![Node {
                attribute: vec![constant, Attribute { t: None }],
            }],
            initializer: vec![
                tensor("model.onnx_data"),
                Tensor::default(),
                tensor("model.onnx_data"),
            ],
        };
        let model = Model { graph: Some(graph) };
        let files = external_files(&model.encode_to_vec()).unwrap();
        assert_eq!(
            files,
            ["Constant_7_attr__value", "model.onnx_data"]
                .map(String::from)
                .into()
        );
        assert!(external_files(b"<html>not found</html>").is_err());
    }

    #[test]
    fn whatever_decides_about_vectors_is_in_the_hash() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let sha256 = || EmbeddingFiles::read(folder.path()).map(|files| files.sha256);
        for name in [
            "tokenizer.json",
            "config.json",
            "special_tokens_map.json",
            "tokenizer_config.json",
        ] {
            put(name, "{}");
        }
        assert!(sha256().unwrap_err().ends_with("model.onnx is missing"));
        put("model.onnx", "");
        let mut seen = BTreeSet::from([sha256().unwrap()]);
        put("README.md", "Says nothing about vectors.");
        assert!(!seen.insert(sha256().unwrap()));
        put(POOLING, r#"{"pooling_mode_cls_token": true}"#);
        assert!(seen.insert(sha256().unwrap()));
        put(LIMITS, r#"{"max_seq_length": 512}"#);
        assert!(seen.insert(sha256().unwrap()));
        assert_eq!(EmbeddingFiles::read(folder.path()).unwrap().max_tokens, 512);
    }
}
