//! Files that others read while they are written.

use std::{fs, io, path::Path};
use uuid::Uuid;

/// Writes a file in one step: whoever reads it finds the former one or this one, never half of it.
pub(crate) fn write_whole(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let draft = path.with_file_name(format!(".{}", Uuid::new_v4()));
    fs::write(&draft, content)?;
    fs::rename(draft, path)
}
