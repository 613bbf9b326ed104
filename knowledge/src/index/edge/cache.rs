//! The system's file cache. Vectors come into memory as they are looked at, each time from another place of their file:
//! what one reading in order takes milliseconds for costs the first hundred searches tens of milliseconds each.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Folders of a segment that searches look into.
const SEARCHED: [&str; 2] = ["vector_index-", "vector_storage-dense"];

/// Reads the vectors of every segment and their graphs once. It takes none of this process's memory.
pub(super) fn warm(shard: &Path) -> io::Result<()> {
    for segment in fs::read_dir(shard.join("segments"))? {
        for folder in fs::read_dir(segment?.path())? {
            let folder = folder?;
            let name = folder.file_name();
            if SEARCHED
                .iter()
                .any(|start| name.to_string_lossy().starts_with(start))
            {
                read_all(&folder.path())?;
            }
        }
    }
    Ok(())
}

fn read_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_all(&path)?;
        } else {
            io::copy(&mut File::open(path)?, &mut io::sink())?;
        }
    }
    Ok(())
}
