//! The reading process itself.

use super::{CPU_LIMIT_SECONDS, MEMORY_LIMIT_BYTES, RECORD_SEPARATOR, Reply, Request, no_reader};
use crate::read::{self, ReadError};
use std::{
    io::{self, BufRead, Read, Write},
    process::ExitCode,
};

const STACK_BYTES: usize = 64 << 20;

/// What the hidden subcommand runs: reads the files that come through the standard input, in limits that it sets for
/// itself, and answers each on the standard output. Call it before anything else starts threads.
#[must_use]
pub fn child_main() -> ExitCode {
    // A panic is an answer (see `read_in_thread`) or an engine that gave up; its place in the source helps nobody.
    std::panic::set_hook(Box::new(|_| {}));
    if let Err(error) = limit_self() {
        eprintln!("limits could not be set: {error}");
        return ExitCode::FAILURE;
    }
    match answer_all(io::stdin().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the parent could not be heard or answered: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Until the parent has no more files.
fn answer_all(mut input: impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    while input.read_line(&mut line)? > 0 {
        let request: Request = serde_json::from_str(&line)?;
        let mut bytes = Vec::new();
        (&mut input).take(request.length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != request.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        write(&read_in_thread(request.name, bytes))?;
        line.clear();
    }
    Ok(())
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

fn write(reply: &Reply) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    out.write_all(&[RECORD_SEPARATOR])?;
    serde_json::to_writer(&mut out, reply)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn limit_self() -> io::Result<()> {
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
