//! Reading in a child process, because catching panics is not enough: readers of hostile files overflow the
//! stack, abort for want of memory or never return.
//!
//! The parent runs its own binary again with a hidden subcommand ([`Sandbox::new`] says which). The child
//! ([`child_main`]) first takes everything from itself that reading does not need: memory above 2 GB, CPU time above
//! 10 s, writing files, gaining privileges. Then it is sent a file and answers with a document.
//!
//! Starting a child costs more than reading a page of text. So [`Readers`] send small text files to the same child
//! one after the other. PDF, mail and Office files, whose readers are large and not ours, each get a child that has
//! read nothing before and reads nothing after.

mod child;
mod process;

use crate::{Document, read, read::ReadError};
pub use child::child_main;
use process::{Process, Said};
use serde::{Deserialize, Serialize};
use std::{io, path::PathBuf, time::Duration};
use tokio::sync::Mutex;

/// The largest file that is read.
pub const MAX_INPUT_BYTES: u64 = 256 << 20;
/// The largest answer that is taken from a child.
const MAX_OUTPUT_BYTES: u64 = 64 << 20;
/// On an idle machine a child meets its CPU limit first.
const WALL_LIMIT: Duration = Duration::from_secs(18);
const CPU_LIMIT_SECONDS: u64 = 10;
const MEMORY_LIMIT_BYTES: u64 = 2 << 30;
/// The largest text file that shares a child.
const SHARED_BYTES: usize = 1 << 20;
/// Files that one child reads: its start is a small part of them, and so is what they leave behind in it.
const FILES_PER_CHILD: usize = 256;
/// How long a text file waits for the shared child before it gets one of its own.
const PATIENCE: Duration = Duration::from_millis(50);
/// Stands before each answer and parts it from anything that a library may print; a line feed stands behind it.
/// JSON holds neither character bare (RFC 7464).
const RECORD_SEPARATOR: u8 = 0x1e;

/// How to start the reading process.
#[derive(Debug, Clone)]
pub struct Sandbox {
    program: PathBuf,
    args: Vec<String>,
    wall_limit: Duration,
}

/// What stands before a file's bytes on the child's input, on a line of its own.
#[derive(Serialize, Deserialize)]
struct Request {
    name: String,
    length: u64,
}

/// What the child says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Read(Box<Document>),
    Failed(ReadError),
}

impl Sandbox {
    /// Reads by running `program args…`, which must call [`child_main`].
    #[must_use]
    pub fn new(program: PathBuf, args: Vec<String>) -> Self {
        Self {
            program,
            args,
            wall_limit: WALL_LIMIT,
        }
    }

    /// The same with another deadline for a file.
    #[must_use]
    pub fn with_wall_limit(self, wall_limit: Duration) -> Self {
        Self { wall_limit, ..self }
    }

    /// Reads one file in a child of its own. Dropping the future kills the child. Await it on a runtime's thread: a
    /// child dies with the thread that started it.
    ///
    /// # Errors
    /// With the reason why it cannot be read.
    pub async fn read(&self, name: &str, bytes: &[u8]) -> Result<Document, ReadError> {
        if bytes.len() as u64 > MAX_INPUT_BYTES {
            return Err(too_large_input());
        }
        let mut process = Process::start(self).map_err(no_reader)?;
        let said = process.ask(name, bytes).await;
        process.end(said).await
    }

    /// For reading many files.
    #[must_use]
    pub fn readers(&self) -> Readers<'_> {
        Readers {
            sandbox: self,
            shared: Mutex::default(),
        }
    }
}

/// The reading processes of a run. One is shared by the text files, and dropping this ends it.
pub struct Readers<'a> {
    sandbox: &'a Sandbox,
    shared: Mutex<Option<Process>>,
}

impl Readers<'_> {
    /// Reads a file, as [`Sandbox::read`] does; several may be read at once.
    ///
    /// # Errors
    /// With the reason why it cannot be read.
    pub async fn read(&self, name: &str, bytes: &[u8]) -> Result<Document, ReadError> {
        if bytes.len() > SHARED_BYTES || !read::is_text(name, bytes) {
            return self.sandbox.read(name, bytes).await;
        }
        // Most files are read before another child would have started.
        let Ok(mut shared) = tokio::time::timeout(PATIENCE, self.shared.lock()).await else {
            return self.sandbox.read(name, bytes).await;
        };
        if let Some(mut process) = shared.take() {
            match process.ask(name, bytes).await {
                // It may have died of what it did before, such as the time that earlier files took. Only the death
                // of a new one says something about this file.
                Ok(Said::Ended) | Err(_) => {}
                said => return finish(process, said, &mut shared).await,
            }
        }
        let mut process = Process::start(self.sandbox).map_err(no_reader)?;
        let said = process.ask(name, bytes).await;
        finish(process, said, &mut shared).await
    }

    /// Waits for the end of the child that is kept.
    pub async fn close(self) {
        if let Some(process) = self.shared.into_inner() {
            process.stop().await;
        }
    }
}

/// Keeps a child that has answered, unless it has read enough.
async fn finish(
    process: Process,
    said: io::Result<Said>,
    shared: &mut Option<Process>,
) -> Result<Document, ReadError> {
    let Ok(Said::Reply(reply)) = said else {
        return process.end(said).await;
    };
    if process.files() < FILES_PER_CHILD {
        *shared = Some(process);
    } else {
        process.stop().await;
    }
    reply.into()
}

impl From<Reply> for Result<Document, ReadError> {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Read(document) => Ok(*document),
            Reply::Failed(error) => Err(error),
        }
    }
}

fn no_reader(error: io::Error) -> ReadError {
    ReadError::NoReader {
        detail: error.to_string(),
    }
}

fn too_large_input() -> ReadError {
    ReadError::TooLarge {
        detail: format!("it has more than {} MB", MAX_INPUT_BYTES >> 20),
    }
}
