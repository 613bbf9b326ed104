//! A reading process, seen from the parent: what it is sent, what it answers, and how it ended.

use super::{MAX_OUTPUT_BYTES, MEMORY_LIMIT_BYTES, RECORD_SEPARATOR, Reply, Request, Sandbox, no_reader};
use crate::{Document, read::ReadError, text};
use std::{
    io,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    task::JoinHandle,
};

/// What a child's last words may take.
const MAX_STDERR_BYTES: u64 = 4096;

/// A child that reads files, one after the other. Dropping it kills it.
pub(super) struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_words: JoinHandle<io::Result<Vec<u8>>>,
    wall_limit: Duration,
    files: usize,
}

/// What came of asking a child.
pub(super) enum Said {
    Reply(Reply),
    /// More than is taken.
    TooMuch,
    /// Nothing within the time.
    TimedOut,
    /// Nothing, because it has ended.
    Ended,
}

impl Process {
    pub(super) fn start(sandbox: &Sandbox) -> io::Result<Self> {
        let mut child = Command::new(&sandbox.program)
            .args(&sandbox.args)
            // Secrets of the service are in its environment.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let missing = || io::Error::other("a pipe is missing");
        Ok(Self {
            child,
            input: stdin.ok_or_else(missing)?,
            output: BufReader::new(stdout.ok_or_else(missing)?),
            last_words: tokio::spawn(listen(stderr.ok_or_else(missing)?)),
            wall_limit: sandbox.wall_limit,
            files: 0,
        })
    }

    /// How many files it has been sent.
    pub(super) fn files(&self) -> usize {
        self.files
    }

    /// Has it read a file. Ask it again only after a reply.
    pub(super) async fn ask(&mut self, name: &str, bytes: &[u8]) -> io::Result<Said> {
        self.files += 1;
        match tokio::time::timeout(self.wall_limit, self.converse(name, bytes)).await {
            Ok(said) => said,
            Err(_) => Ok(Said::TimedOut),
        }
    }

    /// The child answers when it has the whole file, so that sending and receiving never wait for each other.
    async fn converse(&mut self, name: &str, bytes: &[u8]) -> io::Result<Said> {
        // One that has ended closed the pipe; how it ended says why.
        if self.send(name, bytes).await.is_err() {
            return Ok(Said::Ended);
        }
        let mut output = (&mut self.output).take(MAX_OUTPUT_BYTES + 1);
        let mut line = Vec::new();
        while output.read_until(b'\n', &mut line).await? > 0 && line.ends_with(b"\n") {
            if let Some(at) = line.iter().rposition(|byte| *byte == RECORD_SEPARATOR) {
                return Ok(Said::Reply(serde_json::from_slice(&line[at + 1..])?));
            }
            // A library's.
            line.clear();
        }
        Ok(match output.limit() {
            0 => Said::TooMuch,
            _ => Said::Ended,
        })
    }

    async fn send(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let request = Request {
            name: name.to_owned(),
            length: bytes.len() as u64,
        };
        let mut line = serde_json::to_vec(&request)?;
        line.push(b'\n');
        self.input.write_all(&line).await?;
        self.input.write_all(bytes).await
    }

    /// Ends it; what it said becomes the file's outcome.
    pub(super) async fn end(mut self, said: io::Result<Said>) -> Result<Document, ReadError> {
        match said.map_err(no_reader)? {
            Said::Ended => {
                let status = self.child.wait().await.map_err(no_reader)?;
                let words = self.last_words.await.map_err(io::Error::other).flatten();
                Err(death(&words.map_err(no_reader)?, status))
            }
            said => {
                self.stop().await;
                match said {
                    Said::Reply(reply) => reply.into(),
                    Said::TooMuch => Err(too_large_output()),
                    Said::TimedOut | Said::Ended => Err(ReadError::TimedOut),
                }
            }
        }
    }

    /// Ends it and waits until it is gone.
    pub(super) async fn stop(mut self) {
        // Ignored: it may have ended meanwhile, and dropping it kills it again.
        let _ = self.child.kill().await;
    }
}

/// Keeps a child's first words; the rest must be drained, or the child would block on it.
async fn listen(mut stderr: ChildStderr) -> io::Result<Vec<u8>> {
    let mut words = Vec::new();
    (&mut stderr)
        .take(MAX_STDERR_BYTES)
        .read_to_end(&mut words)
        .await?;
    tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
    Ok(words)
}

/// Why a child ended without an answer.
fn death(last_words: &[u8], status: ExitStatus) -> ReadError {
    use std::os::unix::process::ExitStatusExt;
    let words = text::line(&String::from_utf8_lossy(last_words));
    if status.signal() == Some(rustix::process::Signal::XCPU.as_raw())
        || status.signal() == Some(rustix::process::Signal::KILL.as_raw())
    {
        return ReadError::TimedOut;
    }
    if words.contains("memory allocation") || words.contains("Cannot allocate memory") {
        return ReadError::TooLarge {
            detail: format!(
                "reading it takes more than {} GB of memory",
                MEMORY_LIMIT_BYTES >> 30
            ),
        };
    }
    if words.contains("overflowed its stack") {
        return ReadError::TooLarge {
            detail: "its parts are nested deeper than can be read".to_owned(),
        };
    }
    let words: String = words.chars().take(200).collect();
    ReadError::Crashed {
        detail: if words.is_empty() {
            status.to_string()
        } else {
            format!("{status}: {words}")
        },
    }
}

fn too_large_output() -> ReadError {
    ReadError::TooLarge {
        detail: format!("its text takes more than {} MB", MAX_OUTPUT_BYTES >> 20),
    }
}
