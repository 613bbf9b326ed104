//! A model from a model hub: `liaison setup --hub OWNER/NAME`.
//!
//! The hub is asked once which files the repository has, at which commit, and how long they are; then those that a
//! model needs are fetched from that commit. They are gathered in a folder beside the model's, tried there, and take
//! its name together, so a home has a whole model or none. What was fetched before an interruption is not fetched
//! again. `HF_ENDPOINT` and `HF_TOKEN` mean what they mean to the hub's own tools.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use liaison_knowledge::{OnnxEmbedder, OnnxReranker, external_files};
use reqwest::{Client, Response, StatusCode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;

use super::manifest::sha256;
use super::{megabytes, named_model, runtime_library};
use crate::cli::output;
use crate::config::HubSettings;

/// Where a repository has its graph; the first that is there.
const GRAPHS: [&str; 2] = ["onnx/model.onnx", "model.onnx"];
/// What every model needs besides.
const NEEDED: [&str; 4] = [
    "config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
];
/// What only some have: how vectors are made, and what has to be kept with a copy.
const OPTIONAL: [&str; 4] = [
    "1_Pooling/config.json",
    "sentence_bert_config.json",
    "LICENSE",
    "NOTICE",
];
/// Says, among a model's files, from which commit they are.
const COMMIT: &str = "COMMIT";
/// Time without a byte after which a download is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the hub knows of a repository: `GET /api/models/OWNER/NAME?blobs=true`.
#[derive(Debug, Deserialize)]
struct Repository {
    #[serde(rename = "sha")]
    commit: String,
    #[serde(rename = "siblings")]
    files: Vec<File>,
}

#[derive(Debug, Deserialize)]
struct File {
    #[serde(rename = "rfilename")]
    path: String,
    size: Option<u64>,
    /// Large files only, those that matter.
    lfs: Option<Large>,
}

#[derive(Debug, Deserialize)]
struct Large {
    sha256: String,
}

impl Repository {
    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Fetches a model into the home, and says on stdout which setting makes it the one in use.
pub(super) async fn fetch(home: &Path, name: &str, settings: &HubSettings) -> anyhow::Result<()> {
    let folder = named_model(home, Path::new(name));
    let hub = Hub::new(name, settings)?;
    let repository = hub.repository().await?;
    if fs::read_to_string(folder.join(COMMIT)).is_ok_and(|commit| commit == repository.commit) {
        eprintln!("setup: {name}: present");
    } else {
        let part = folder.with_added_extension("part");
        hub.gather(&repository, &part).await?;
        try_out(runtime_library(home), part.clone()).await?;
        let commit = part.join(COMMIT);
        fs::write(&commit, &repository.commit).with_context(|| shown(&commit))?;
        let _ = fs::remove_dir_all(&folder);
        fs::rename(&part, &folder).with_context(|| shown(&folder))?;
        eprintln!("setup: {name}: in {}", folder.display());
    }
    let setting = match reranks(&folder)? {
        true => format!("[knowledge]\nreranker = \"{name}\""),
        false => format!(
            "[knowledge]\nmodel = \"{name}\"\n\nthen run `liaison index reembed` and `liaison eval run`: when to \
             decline was chosen with the packaged model"
        ),
    };
    output::text(&format!("To use it, write into liaison.toml\n\n{setting}"))
}

/// A cross-encoder scores pairs; its architecture says so.
fn reranks(folder: &Path) -> anyhow::Result<bool> {
    let path = folder.join("config.json");
    let config = fs::read(&path).with_context(|| shown(&path))?;
    let config: Value = serde_json::from_slice(&config).with_context(|| shown(&path))?;
    let architecture = config["architectures"][0].as_str().unwrap_or_default();
    Ok(architecture.ends_with("ForSequenceClassification"))
}

/// Loads the model as the service would, so that no setting is recommended which cannot work.
async fn try_out(runtime: PathBuf, folder: PathBuf) -> anyhow::Result<()> {
    let load = move || match reranks(&folder)? {
        true => OnnxReranker::load(&runtime, &folder)
            .map(drop)
            .map_err(Into::into),
        false => OnnxEmbedder::load(&runtime, &folder, 1)
            .map(drop)
            .map_err(Into::into),
    };
    tokio::task::spawn_blocking(load).await?
}

/// A hub, asked for one repository.
struct Hub<'a> {
    client: Client,
    settings: &'a HubSettings,
    name: &'a str,
}

impl<'a> Hub<'a> {
    fn new(name: &'a str, settings: &'a HubSettings) -> anyhow::Result<Self> {
        let client = Client::builder().connect_timeout(PATIENCE).read_timeout(PATIENCE);
        Ok(Self {
            client: client.build()?,
            settings,
            name,
        })
    }

    async fn repository(&self) -> anyhow::Result<Repository> {
        let answer = self.get(&format!("api/models/{}?blobs=true", self.name)).await?;
        let read = answer.json().await;
        read.with_context(|| format!("{} does not answer like a model hub", self.settings.endpoint))
    }

    /// Lays the files of a model out in `part`, the graph first: it names its weights.
    async fn gather(&self, repository: &Repository, part: &Path) -> anyhow::Result<()> {
        let graph = GRAPHS.iter().find_map(|path| repository.file(path));
        let graph = graph.with_context(|| {
            format!(
                "{} has no {}: only models in ONNX can be used",
                self.name,
                GRAPHS.join(" or ")
            )
        })?;
        let beside = graph.path.strip_suffix("model.onnx").unwrap_or_default();
        let to = part.join("model.onnx");
        self.bring(repository, graph, &to).await?;
        let bytes = fs::read(&to).with_context(|| shown(&to))?;
        for weights in external_files(&bytes).map_err(anyhow::Error::msg)? {
            let plain = Path::new(&weights)
                .file_name()
                .is_some_and(|name| name == weights.as_str());
            ensure!(
                plain,
                "the graph wants weights from {weights}, outside of its folder"
            );
            let file = repository.file(&format!("{beside}{weights}"));
            let file = file
                .with_context(|| format!("{} lacks {beside}{weights}, which its graph needs", self.name))?;
            self.bring(repository, file, &part.join(weights)).await?;
        }
        for needed in NEEDED {
            // Some have the tokenizer beside the graph only.
            let file = repository
                .file(needed)
                .or_else(|| repository.file(&format!("{beside}{needed}")));
            let file = file.with_context(|| format!("{} has no {needed}, which is needed", self.name))?;
            self.bring(repository, file, &part.join(needed)).await?;
        }
        for file in OPTIONAL.iter().filter_map(|path| repository.file(path)) {
            self.bring(repository, file, &part.join(&file.path)).await?;
        }
        Ok(())
    }

    /// Fetches one file, unless it is there from a run that was cut off.
    async fn bring(&self, repository: &Repository, file: &File, to: &Path) -> anyhow::Result<()> {
        if file.lfs.is_some() && whole(file, to).is_ok() {
            return Ok(());
        }
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).with_context(|| shown(folder))?;
        }
        let url = format!("{}/resolve/{}/{}", self.name, repository.commit, file.path);
        let mut answer = self.get(&url).await?;
        let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}, {eta} left: {msg}");
        let bar = ProgressBar::new(file.size.unwrap_or_default())
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_message(file.path.clone());
        let mut out = fs::File::create(to).with_context(|| shown(to))?;
        let mut bytes = 0;
        while let Some(piece) = answer
            .chunk()
            .await
            .with_context(|| format!("{} was cut off: run this again", file.path))?
        {
            out.write_all(&piece).with_context(|| shown(to))?;
            bytes += piece.len() as u64;
            bar.set_position(bytes);
        }
        bar.finish_and_clear();
        if let Err(why) = whole(file, to) {
            bail!("{} came as something else ({why}): run this again", file.path);
        }
        eprintln!("setup: {}: {} ({:.1} MB)", self.name, file.path, megabytes(bytes));
        Ok(())
    }

    async fn get(&self, path: &str) -> anyhow::Result<Response> {
        let HubSettings { endpoint, token } = self.settings;
        let mut request = self.client.get(format!("{endpoint}/{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token.expose_secret());
        }
        let answer = request.send().await.with_context(|| {
            format!("{endpoint} cannot be reached; HF_ENDPOINT may name a mirror, or lay the model's folder into the \
                     home's models/ by hand")
        })?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => bail!(
                "{endpoint} shows no model {}: check its name, or whether it wants HF_TOKEN and that you accept its \
                 conditions there",
                self.name
            ),
            status => bail!("{endpoint} says {status} to {path}: try again later"),
        }
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Whether a file is what the hub has.
fn whole(file: &File, path: &Path) -> Result<(), String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    match file.size {
        Some(size) if size != length => return Err(format!("{length} bytes of {size}")),
        _ => {}
    }
    let Some(large) = &file.lfs else { return Ok(()) };
    let found = sha256(path).map_err(|error| error.to_string())?;
    match found == large.sha256 {
        true => Ok(()),
        false => Err(format!("sha256 {found} rather than {}", large.sha256)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_architecture_tells_what_a_model_is_for() {
        let folder = tempfile::tempdir().unwrap();
        let is_reranker = |config: &str, expected: bool| {
            fs::write(folder.path().join("config.json"), config).unwrap();
            assert_eq!(reranks(folder.path()).unwrap(), expected, "{config}");
        };
        is_reranker(r#"{"architectures": ["BertModel"]}"#, false);
        is_reranker(
            r#"{"architectures": ["XLMRobertaForSequenceClassification"]}"#,
            true,
        );
        is_reranker("{}", false);
    }
}
