//! Whether the disk has room. Asked before writing rather than after: the index's files are mapped into memory,
//! and a page that finds no place on the disk does not fail with an error but ends the process by a signal.

use std::{io, os::unix::fs::MetadataExt, path::Path};

/// What the index must be able to take before it is written to: many times what one write needs, because others
/// fill the same disk at the same time.
pub(crate) const TO_WRITE: u64 = 64 << 20;
/// What must be there before a home is opened: its database and the index's log grow even by a question.
pub const TO_OPEN: u64 = 16 << 20;

/// Too little room.
#[derive(Debug, thiserror::Error)]
#[error(
    "the disk is full: {} MB free and {} MB needed; make room and repeat this, what was taken in before is kept",
    .free >> 20, .needed >> 20
)]
pub struct DiskFull {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that are needed.
    pub needed: u64,
}

/// Checks that the disk that holds `path` has `needed` bytes of room. A disk that does not say counts as having it.
///
/// # Errors
/// When it has not.
pub fn check(path: &Path, needed: u64) -> Result<(), DiskFull> {
    match rustix::fs::statvfs(path).map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)) {
        Ok(free) if free < needed => Err(DiskFull { free, needed }),
        _ => Ok(()),
    }
}

/// What the files in a folder take up on the disk, which is less than their length where they have holes.
pub(crate) fn taken(folder: &Path) -> io::Result<u64> {
    let mut total = 0;
    for entry in folder.read_dir()? {
        let entry = entry?;
        let about = entry.metadata()?;
        total += if about.is_dir() {
            taken(&entry.path())?
        } else {
            about.blocks() * 512
        };
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_full_when_it_cannot_take_what_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check(folder.path(), 1).is_ok());
        let full = check(folder.path(), u64::MAX).unwrap_err();
        assert!(
            full.free > 0 && full.to_string().contains("disk is full"),
            "{full}"
        );
        std::fs::create_dir(folder.path().join("below")).unwrap();
        std::fs::write(folder.path().join("below/file"), [1; 100_000]).unwrap();
        let taken = taken(folder.path()).unwrap();
        assert!((100_000..1_000_000).contains(&taken), "{taken}");
    }
}
