//! Reading in a child process, because catching panics is not enough: readers of hostile files overflow the
//! stack, abort for want of memory or never return.
//!
//! The parent runs its own binary again with a hidden subcommand ([`Sandbox::new`] says which), sends the bytes
//! to its input and gets one JSON back. The child ([`child_main`]) first takes everything from itself that
//! reading does not need: memory above 2 GB, CPU time above 10 s, writing files, gaining privileges.
//! Starting it costs a few milliseconds a file.

use crate::read::ReadError;
use crate::{Document, read};
use serde::{Deserialize, Serialize};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// The largest file that is read.
pub const MAX_INPUT_BYTES: u64 = 256 << 20;
/// The largest answer that is taken from a child.
const MAX_OUTPUT_BYTES: u64 = 64 << 20;
/// What a child's last words may take.
const MAX_STDERR_BYTES: u64 = 4096;
/// On an idle machine a child meets its CPU limit first.
const WALL_LIMIT: Duration = Duration::from_secs(18);
const CPU_LIMIT_SECONDS: u64 = 10;
const MEMORY_LIMIT_BYTES: u64 = 2 << 30;
const STACK_BYTES: usize = 64 << 20;
/// Parts the answer from anything that a library may print before it. JSON never holds this character bare.
const RECORD_SEPARATOR: u8 = 0x1e;

/// How to start the reading process.
#[derive(Debug, Clone)]
pub struct Sandbox {
    program: PathBuf,
    args: Vec<String>,
    wall_limit: Duration,
}

/// What the child says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Read(Box<Document>),
    Failed(ReadError),
}

impl Sandbox {
    /// Reads by running `program args… NAME`, which must call [`child_main`] with the name. Await [`read`]
    /// on a runtime thread: the child dies with the thread that started it.
    ///
    /// [`read`]: Self::read
    #[must_use]
    pub fn new(program: PathBuf, args: Vec<String>) -> Self {
        Self {
            program,
            args,
            wall_limit: WALL_LIMIT,
        }
    }

    /// The same with another deadline.
    #[must_use]
    pub fn with_wall_limit(self, wall_limit: Duration) -> Self {
        Self { wall_limit, ..self }
    }

    /// Reads a file in a child process. Dropping the future kills the child.
    pub async fn read(&self, name: &str, bytes: Vec<u8>) -> Result<Document, ReadError> {
        if bytes.len() as u64 > MAX_INPUT_BYTES {
            return Err(too_large_input());
        }
        let mut child = self.spawn(name).map_err(no_reader)?;
        match tokio::time::timeout(self.wall_limit, converse(&mut child, bytes)).await {
            Ok(said) => {
                let (output, last_words, status) = said.map_err(no_reader)?;
                reply(&output, &last_words, status)
            }
            Err(_) => {
                // Ignored: it may have ended meanwhile, and dropping it kills it again.
                let _ = child.kill().await;
                Err(ReadError::TimedOut)
            }
        }
    }

    fn spawn(&self, name: &str) -> std::io::Result<Child> {
        Command::new(&self.program)
            .args(&self.args)
            .arg(name)
            // Secrets of the service are in its environment.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

/// Sends `bytes` and collects the child's output, its last words and how it ended.
async fn converse(child: &mut Child, bytes: Vec<u8>) -> std::io::Result<(Vec<u8>, Vec<u8>, ExitStatus)> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let send = async move {
        if let Some(mut stdin) = stdin {
            // A child that refuses the file early closes the pipe; its answer says why.
            let _ = stdin.write_all(&bytes).await;
        }
    };
    let receive = async move {
        let mut output = Vec::new();
        if let Some(stdout) = stdout {
            stdout.take(MAX_OUTPUT_BYTES + 1).read_to_end(&mut output).await?;
        }
        std::io::Result::Ok(output)
    };
    let listen = async move {
        let mut words = Vec::new();
        if let Some(mut stderr) = stderr {
            (&mut stderr)
                .take(MAX_STDERR_BYTES)
                .read_to_end(&mut words)
                .await?;
            // The rest must be drained, or the child would block on it.
            tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
        }
        std::io::Result::Ok(words)
    };
    let ((), output, words) = tokio::join!(send, receive, listen);
    Ok((output?, words?, child.wait().await?))
}

fn reply(output: &[u8], last_words: &[u8], status: ExitStatus) -> Result<Document, ReadError> {
    if output.len() as u64 > MAX_OUTPUT_BYTES {
        return Err(ReadError::TooLarge {
            detail: format!("its text takes more than {} MB", MAX_OUTPUT_BYTES >> 20),
        });
    }
    let json = output
        .rsplit(|byte| *byte == RECORD_SEPARATOR)
        .next()
        .unwrap_or_default();
    match serde_json::from_slice(json) {
        Ok(Reply::Read(document)) => Ok(*document),
        Ok(Reply::Failed(error)) => Err(error),
        Err(_) => Err(death(last_words, status)),
    }
}

/// Why a child ended without an answer.
fn death(last_words: &[u8], status: ExitStatus) -> ReadError {
    use std::os::unix::process::ExitStatusExt;
    let words = crate::text::line(&String::from_utf8_lossy(last_words));
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

fn no_reader(error: std::io::Error) -> ReadError {
    ReadError::NoReader {
        detail: error.to_string(),
    }
}

fn too_large_input() -> ReadError {
    ReadError::TooLarge {
        detail: format!("it has more than {} MB", MAX_INPUT_BYTES >> 20),
    }
}

/// What the hidden subcommand runs: reads the file `name` from the standard input, in limits that it sets for
/// itself, and writes the answer to the standard output. Call it before anything else starts threads.
#[must_use]
pub fn child_main(name: &str) -> ExitCode {
    // A panic is an answer (see `read_in_thread`) or an engine that gave up; its place in the source helps nobody.
    std::panic::set_hook(Box::new(|_| {}));
    if let Err(error) = limit_self() {
        eprintln!("limits could not be set: {error}");
        return ExitCode::FAILURE;
    }
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().take(MAX_INPUT_BYTES + 1).read_to_end(&mut bytes) {
        eprintln!("input could not be read: {error}");
        return ExitCode::FAILURE;
    }
    let reply = match bytes.len() as u64 > MAX_INPUT_BYTES {
        true => Reply::Failed(too_large_input()),
        false => read_in_thread(name.to_owned(), bytes),
    };
    match write(&reply) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("answer could not be written: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads on a large stack, since parsers recurse as deep as files nest.
fn read_in_thread(name: String, bytes: Vec<u8>) -> Reply {
    let work = move || read::read(&name, &bytes);
    let outcome = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(work)
        .map(std::thread::JoinHandle::join);
    match outcome {
        Ok(Ok(Ok(document))) => Reply::Read(Box::new(document)),
        Ok(Ok(Err(error))) => Reply::Failed(error),
        Ok(Err(panic)) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or(panic.downcast_ref::<&str>().copied());
            let detail = text.unwrap_or("it panicked").chars().take(200).collect();
            Reply::Failed(ReadError::Crashed { detail })
        }
        Err(error) => Reply::Failed(no_reader(error)),
    }
}

fn write(reply: &Reply) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    out.write_all(&[RECORD_SEPARATOR])?;
    serde_json::to_writer(&mut out, reply)?;
    out.flush()
}

fn limit_self() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let to = |value| Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    setrlimit(Resource::As, to(MEMORY_LIMIT_BYTES))?;
    setrlimit(Resource::Cpu, to(CPU_LIMIT_SECONDS))?;
    setrlimit(Resource::Nofile, to(64))?;
    setrlimit(Resource::Fsize, to(0))?;
    setrlimit(Resource::Core, to(0))?;
    #[cfg(target_os = "linux")]
    {
        rustix::thread::set_no_new_privs(true)?;
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    }
    Ok(())
}
