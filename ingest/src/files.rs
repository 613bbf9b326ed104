//! Which files there are to take in.

use crate::read::sidecar_of;
use liaison_knowledge::DocumentId;
use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};
use walkdir::WalkDir;

/// A file to take in.
pub(crate) struct File {
    pub(crate) id: DocumentId,
    pub(crate) source: PathBuf,
    pub(crate) sidecar: Option<PathBuf>,
    /// As shown to people: relative to the folder given.
    pub(crate) display: String,
    pub(crate) bytes: u64,
}

impl File {
    /// Its own name, by which its format is guessed.
    pub(crate) fn name(&self) -> String {
        self.source
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// What it is called if it has no title.
    pub(crate) fn stem(&self) -> String {
        self.source
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default()
    }
}

/// Every file below `root` (or `root` itself), by path, with its sidecar; without hidden files. They are shown
/// relative to `base`, or else to `root`, a single file by its name.
pub(crate) fn files_below(root: &Path, base: Option<&Path>) -> Vec<File> {
    let folder = if root.is_dir() {
        root
    } else {
        root.parent().unwrap_or(root)
    };
    let base = base.unwrap_or(folder);
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    // A single file is looked up among its neighbours, because one of them may be its sidecar.
    let walk = WalkDir::new(folder).max_depth(if root.is_dir() { usize::MAX } else { 1 });
    let walk = walk
        .sort_by_file_name()
        .into_iter()
        .filter_entry(visible)
        .filter_map(Result::ok);
    let paths: Vec<PathBuf> = walk
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    let all: HashSet<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let sidecars: HashMap<PathBuf, &PathBuf> = paths
        .iter()
        .filter_map(|path| Some((described_by(path)?, path)))
        .filter(|(described, _)| all.contains(described.as_path()))
        .collect();
    let is_own = |path: &&PathBuf| {
        path.starts_with(root)
            && described_by(path).is_none_or(|described| !all.contains(described.as_path()))
    };
    let file = |source: &PathBuf| {
        let display = source
            .strip_prefix(base)
            .unwrap_or(source)
            .to_string_lossy()
            .replace('\\', "/");
        File {
            id: DocumentId::of_source(&source.to_string_lossy()),
            sidecar: sidecars.get(source).map(|path| (*path).clone()),
            bytes: source.metadata().map_or(0, |about| about.len()),
            source: source.clone(),
            display,
        }
    };
    paths.iter().filter(is_own).map(file).collect()
}

/// The path that a sidecar describes, in any spelling the readers know: one that were missed would open a
/// limited document to everyone.
fn described_by(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_string_lossy();
    sidecar_of(&name).map(|described| path.with_file_name(described))
}
