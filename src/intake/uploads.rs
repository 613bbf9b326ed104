//! Uploaded files in the home: `uploads/` holds what was taken in, `uploads/.incoming/` what waits or is replaced.
//! Hidden names are never taken in, so nothing in there is found by accident.

use crate::files::write_whole;
use liaison_ingest::{FrontMatter, read, sandbox::MAX_INPUT_BYTES};
use liaison_knowledge::{DiskFull, room};
use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

/// The folder of uploads.
pub struct Uploads {
    root: PathBuf,
    incoming: PathBuf,
}

/// A file that has arrived.
pub struct Upload {
    /// The id of its job.
    pub id: Uuid,
    /// As shown: below the folder of uploads.
    pub path: String,
    /// Where it will lie.
    pub source: PathBuf,
    /// Its length.
    pub bytes: u64,
}

/// Why an upload was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// Its path cannot be a document's.
    #[error("{0}")]
    BadPath(&'static str),
    /// It is longer than what is read.
    #[error("the file has more than {} MB", MAX_INPUT_BYTES >> 20)]
    TooLarge,
    /// What is said about it cannot be taken.
    #[error(transparent)]
    BadStatement(#[from] liaison_ingest::front::BadFrontMatter),
    /// There is no room for it.
    #[error(transparent)]
    DiskFull(#[from] DiskFull),
    /// The connection or the disk failed.
    #[error("the file did not arrive: {0}")]
    Broken(#[from] io::Error),
}

impl Uploads {
    /// The uploads of the home in `home`.
    #[must_use]
    pub fn new(home: &Path) -> Self {
        let root = home.join("uploads");
        Self {
            incoming: root.join(".incoming"),
            root,
        }
    }

    /// Where uploads lie once they are taken in.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Receives a file that is to be shown as `path`, with what is said about it. What was said about an upload that
    /// has this path now goes on holding where nothing else is said: a new version must not open a limited document.
    ///
    /// # Errors
    /// When the path or a statement cannot be taken, the file is too long, or it did not arrive.
    pub async fn receive<E: Into<axum::BoxError>>(
        &self,
        path: &str,
        said: &FrontMatter,
        mut body: impl futures::Stream<Item = Result<axum::body::Bytes, E>> + Unpin,
    ) -> Result<Upload, UploadError> {
        use futures::StreamExt;
        let (id, source) = (Uuid::new_v4(), self.source(path)?);
        tokio::fs::create_dir_all(&self.incoming).await?;
        let mut file = tokio::fs::File::create(self.of(id, "")).await?;
        let mut bytes = 0;
        while let Some(part) = body.next().await {
            let part = part.map_err(io::Error::other);
            let written = match part {
                Ok(part) => {
                    bytes += part.len() as u64;
                    room::check(&self.root, part.len() as u64 + room::TO_OPEN)?;
                    file.write_all(&part).await
                }
                Err(error) => Err(error),
            };
            if written.is_err() || bytes > MAX_INPUT_BYTES {
                self.drop_incoming(id);
                written?;
                return Err(UploadError::TooLarge);
            }
        }
        file.sync_all().await?;
        let said = said.clone().or(Self::statements(&source)?);
        write_statements(&self.of(id, ".yaml"), &said)?;
        Ok(Upload {
            id,
            path: path.to_owned(),
            source,
            bytes,
        })
    }

    /// A place below the folder of uploads; never outside it, never hidden, never a sidecar's.
    fn source(&self, path: &str) -> Result<PathBuf, UploadError> {
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(name) if !name.to_string_lossy().starts_with('.'));
        let named = Path::new(path);
        if path.is_empty() || path.contains(['\\', '\0']) || !named.components().all(is_plain) {
            return Err(UploadError::BadPath(
                "`path` is a file's name, or folders and a name, such as `rules/2026.pdf`",
            ));
        }
        if read::sidecar_of(path).is_some() {
            return Err(UploadError::BadPath(
                "this is the name of a sidecar: say audience and dates in the request instead",
            ));
        }
        let source = self.root.join(named);
        if source.is_dir() {
            return Err(UploadError::BadPath("there is a folder of that name"));
        }
        Ok(source)
    }

    /// Puts the file of a job and what is said about it where they belong, and keeps what lay there until
    /// [`Uploads::settle`]. Every step can be done again after a crash: at no moment does the new file lie there
    /// without what was said about it.
    pub(super) fn place(&self, job: Uuid, source: &Path) -> io::Result<()> {
        let (arrived, said) = (self.of(job, ""), self.of(job, ".yaml"));
        if arrived.exists() {
            fs::create_dir_all(source.parent().unwrap_or(&self.root))?;
            fs::write(self.of(job, ".placed"), [])?;
            move_if_there(source, &self.of(job, ".old"))?;
        }
        if said.exists() {
            fs::write(self.of(job, ".said"), [])?;
            move_if_there(&sidecar_of(source), &self.of(job, ".old.yaml"))?;
            fs::rename(said, sidecar_of(source))?;
        }
        move_if_there(&arrived, source)
    }

    /// Forgets what lay there before.
    pub(super) fn settle(&self, job: Uuid) {
        for kept in [".old", ".old.yaml", ".placed", ".said"] {
            let _ = fs::remove_file(self.of(job, kept));
        }
    }

    /// Undoes [`Uploads::place`].
    pub(super) fn take_back(&self, job: Uuid, source: &Path) -> io::Result<()> {
        self.drop_incoming(job);
        if self.of(job, ".placed").exists() {
            remove_if_there(source)?;
            move_if_there(&self.of(job, ".old"), source)?;
        }
        if self.of(job, ".said").exists() {
            remove_if_there(&sidecar_of(source))?;
            move_if_there(&self.of(job, ".old.yaml"), &sidecar_of(source))?;
        }
        self.settle(job);
        Ok(())
    }

    fn of(&self, job: Uuid, kind: &str) -> PathBuf {
        self.incoming.join(format!("{job}{kind}"))
    }

    /// Forgets a file that was never placed.
    pub(super) fn drop_incoming(&self, job: Uuid) {
        for arrived in ["", ".yaml"] {
            let _ = fs::remove_file(self.of(job, arrived));
        }
    }

    /// What is said about the upload at `source`, apart from what its file says itself.
    ///
    /// # Errors
    /// When the sidecar cannot be read.
    pub fn statements(source: &Path) -> io::Result<FrontMatter> {
        match fs::read(sidecar_of(source)) {
            Ok(bytes) => read::sidecar(&bytes).map_err(io::Error::other),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(FrontMatter::default()),
            Err(error) => Err(error),
        }
    }

    /// Says something else about the upload at `source`, which can then be taken in again.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn say(&self, source: &Path, said: &FrontMatter) -> io::Result<Upload> {
        let id = Uuid::new_v4();
        fs::create_dir_all(&self.incoming)?;
        write_statements(&self.of(id, ".yaml"), said)?;
        let shown = source.strip_prefix(&self.root).unwrap_or(source);
        Ok(Upload {
            id,
            path: shown.to_string_lossy().into_owned(),
            source: source.to_owned(),
            bytes: fs::metadata(source)?.len(),
        })
    }

    /// Deletes an upload and what was said about it.
    pub(super) fn delete(source: &Path) -> io::Result<()> {
        remove_if_there(source)?;
        remove_if_there(&sidecar_of(source))
    }
}

fn sidecar_of(source: &Path) -> PathBuf {
    let mut name = source.file_name().unwrap_or_default().to_owned();
    name.push(".yaml");
    source.with_file_name(name)
}

/// In one step: a sidecar that were written by half could open a limited document.
fn write_statements(path: &Path, said: &FrontMatter) -> io::Result<()> {
    write_whole(path, said.yaml())
}

fn move_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
