//! The one binary: parse the command, run it, turn the outcome into an exit code.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    liaison::cli::Cli::parse().main()
}
