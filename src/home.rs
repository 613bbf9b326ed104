//! A home: the folder with one world's database, index, model and runtime. One process at a time may use it.

use anyhow::{Context, bail};
use liaison_knowledge::room;
use std::{
    fs::{self, File, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

/// An open home; the lock goes when it is dropped.
pub struct Home {
    root: PathBuf,
    /// `None` for a home that was only looked into.
    _lock: Option<File>,
}

impl Home {
    /// Makes the folder if need be and takes its lock.
    ///
    /// # Errors
    /// When another process has it, or the folder cannot be written.
    pub fn open(root: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(root).with_context(|| format!("cannot make the home {}", root.display()))?;
        let root = fs::canonicalize(root).with_context(|| format!("cannot find {}", root.display()))?;
        room::check(&root, room::TO_OPEN)
            .with_context(|| format!("cannot open the home {}", root.display()))?;
        let path = root.join("lock");
        let mut lock = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = lock.read_to_string(&mut holder);
                let holder = if holder.is_empty() {
                    "another process".into()
                } else {
                    format!("process {holder}")
                };
                bail!(
                    "the home {} is in use by {holder}: stop it, ask it over HTTP, or give another folder with --home",
                    root.display()
                );
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        lock.set_len(0)
            .and_then(|()| lock.rewind())
            .and_then(|()| write!(lock, "{}", std::process::id()))
            .with_context(|| format!("cannot write {}: is the disk full?", path.display()))?;
        Ok(Self {
            root,
            _lock: Some(lock),
        })
    }

    /// Looks into a home that another process may be using: for its database and its secret, which can be
    /// shared, never for its index.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn peek(root: &Path) -> anyhow::Result<Self> {
        let root = fs::canonicalize(root).with_context(|| {
            format!(
                "there is no home {}: run `liaison setup` or `liaison demo`",
                root.display()
            )
        })?;
        Ok(Self { root, _lock: None })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The SQLite database.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.root.join("liaison.db")
    }

    /// The index's folder.
    #[must_use]
    pub fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    /// Vectors of the questions that the assistant compares others with.
    #[must_use]
    pub fn examples(&self) -> PathBuf {
        self.root.join("examples.vectors")
    }

    /// The commission plan, where the settings name no other.
    #[must_use]
    pub fn plan(&self) -> PathBuf {
        self.root.join("program.yaml")
    }

    /// The sample library's documents, when they were written out.
    #[must_use]
    pub fn library(&self) -> PathBuf {
        self.root.join("library")
    }

    /// The secret of the development issuer, made on first use and readable by the owner only.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn development_secret(&self) -> anyhow::Result<secrecy::SecretString> {
        let path = self.root.join("development.secret");
        if let Ok(secret) = fs::read_to_string(&path) {
            return Ok(secret.into());
        }
        // Two random UUIDs: 244 bits from the operating system's generator.
        let secret = format!(
            "{}{}",
            uuid::Uuid::new_v4().simple(),
            uuid::Uuid::new_v4().simple()
        );
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        file.write_all(secret.as_bytes())?;
        Ok(secret.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_is_opened_once() {
        let dir = tempfile::tempdir().unwrap();
        let first = Home::open(dir.path()).unwrap();
        let error = Home::open(dir.path())
            .err()
            .map(|e| e.to_string())
            .unwrap_or_default();
        assert!(
            error.contains("in use by process") && error.contains("--home"),
            "{error}"
        );
        drop(first);
        assert!(Home::open(dir.path()).is_ok());
    }
}
