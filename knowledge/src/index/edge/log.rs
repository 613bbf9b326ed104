//! The engine's log of writes. It never reads the log again and never shortens it, but maps all of it into memory and
//! checks it whenever the shard is opened.

use qdrant_edge::WalOptions;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A file of the log that has as much is closed, and another opened.
const FILE_BYTES: usize = 1 << 20;

pub(super) fn options() -> WalOptions {
    WalOptions {
        segment_capacity: FILE_BYTES,
        ..WalOptions::default()
    }
}

/// Removes the closed files of a shard's log, while no engine has it open. The last one stays, as it does when the
/// engine shortens a log: the engine goes on counting from there.
pub(super) fn shorten(shard: &Path) -> io::Result<()> {
    let mut closed: Vec<(u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(shard.join("wal"))? {
        let entry = entry?;
        let name = entry.file_name();
        let start = name.to_str().and_then(|name| name.strip_prefix("closed-"));
        if let Some(start) = start.and_then(|start| start.parse().ok()) {
            closed.push((start, entry.path()));
        }
    }
    closed.sort_unstable();
    closed.pop();
    // The oldest first, so that what is left has no gap whenever this ends.
    closed.into_iter().try_for_each(|(_, path)| fs::remove_file(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_closed_file_and_the_open_one_stay() {
        let shard = tempfile::tempdir().unwrap();
        let log = shard.path().join("wal");
        fs::create_dir(&log).unwrap();
        for name in ["closed-0", "closed-9", "closed-10", "open-4", "first-index"] {
            fs::write(log.join(name), "").unwrap();
        }
        shorten(shard.path()).unwrap();
        let mut left: Vec<_> = fs::read_dir(&log)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["closed-10", "first-index", "open-4"]);
    }
}
