//! The command line: one file per command. Results go to stdout, everything else to stderr.
//!
//! Exit codes: 0 done; 1 failed; 2 wrong usage or configuration; 3 the honest no (declined, gate not passed).

mod ask;
mod crm;
mod doctor;
mod eval;
mod index;
mod ingest;
mod one_pager;
mod output;
mod partner;
mod program;
mod reconcile;
mod replay;
mod search;
mod seed;
mod serve;
pub mod setup;
mod token;

use crate::{app::App, config::Settings, telemetry};
use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// The self-hosted AI partner account manager: answers from your documents and your partner's own records, with
/// proof for every sentence.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
pub struct Cli {
    /// Settings file [default: liaison.toml if present]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder with the database, index and models; a second home is a second world
    #[arg(long, global = true, value_name = "DIR", default_value = ".liaison")]
    home: PathBuf,
    /// Machine-readable results on stdout
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fetch ONNX Runtime and the embedding model into the home
    Setup(setup::Args),
    /// Serve the API, the widget and the console
    Serve(serve::Args),
    /// Load the sample library and CRM if absent, then serve with a sample portal
    Demo(serve::Args),
    /// Load the sample library and the sample CRM into the home
    Seed(seed::Args),
    /// Take in files and folders, incrementally
    Ingest(ingest::Args),
    /// Compare files, database and index, and mend what differs
    Reconcile(reconcile::Args),
    /// Find passages
    Search(search::Args),
    /// Ask a question as a partner
    Ask(ask::Args),
    /// Show how an answer came about, and ask its question again
    Replay(replay::Args),
    /// Draft enablement content for a partner, every claim cited
    OnePager(one_pager::Args),
    /// Measure answer quality
    #[command(subcommand)]
    Eval(eval::Args),
    /// Look after the index: what it holds, where it is kept, and its model
    #[command(subcommand)]
    Index(index::Args),
    /// Look at the partners of the CRM
    #[command(subcommand)]
    Partner(partner::Args),
    /// Look after the CRM that the partners' records are in
    #[command(subcommand)]
    Crm(crm::Args),
    /// Look at the vendor's rules as Liaison computes with them
    #[command(subcommand)]
    Program(program::Args),
    /// Sign a token with the development issuer
    Token(token::Args),
    /// Check everything the service needs, and say how to mend it
    Doctor,
    /// Read documents that come through stdin; what ingestion runs in a child process
    #[command(hide = true)]
    ReadDocument,
}

/// How a command ended when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Done,
    /// The honest no.
    No,
}

/// What every command gets.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) settings: Settings,
    pub(crate) home: PathBuf,
    pub(crate) json: bool,
}

impl Context {
    pub(crate) async fn app(self) -> anyhow::Result<App> {
        App::open(self.settings, &self.home).await
    }
}

impl Cli {
    /// Runs the command.
    #[must_use]
    pub fn main(self) -> ExitCode {
        // Before anything else: the reading child has a few milliseconds and no settings.
        if let Command::ReadDocument = &self.command {
            return liaison_ingest::sandbox::child_main();
        }
        let settings = match Settings::load(self.config.as_deref()) {
            Ok(settings) => settings,
            Err(error) => return fail(&error.into(), 2),
        };
        if let Err(error) = telemetry::init(&settings.log) {
            return fail(&error, 2);
        }
        let context = Context {
            settings,
            home: self.home,
            json: self.json,
        };
        let runtime = match tokio::runtime::Runtime::new() {
            Ok(runtime) => runtime,
            Err(error) => return fail(&error.into(), 1),
        };
        match runtime.block_on(self.command.run(context)) {
            Ok(Ended::Done) => ExitCode::SUCCESS,
            Ok(Ended::No) => ExitCode::from(3),
            Err(error) if error.is::<Usage>() => fail(&error, 2),
            Err(error) => fail(&error, 1),
        }
    }
}

impl Command {
    async fn run(self, context: Context) -> anyhow::Result<Ended> {
        match self {
            Self::Setup(args) => setup::command(context, args).await,
            Self::Serve(args) => serve::serve(context, args).await,
            Self::Demo(args) => serve::demo(context, args).await,
            Self::Seed(args) => seed::run(context, args).await,
            Self::Ingest(args) => ingest::run(context, args).await,
            Self::Reconcile(args) => reconcile::run(context, args).await,
            Self::Search(args) => search::run(context, args).await,
            Self::Replay(args) => replay::run(context, args).await,
            Self::Ask(args) => ask::run(context, args).await,
            Self::OnePager(args) => one_pager::run(context, args).await,
            Self::Eval(args) => eval::run(context, args).await,
            Self::Index(args) => index::run(context, args).await,
            Self::Crm(args) => crm::run(context, args).await,
            Self::Program(args) => program::run(context, args).await,
            Self::Partner(args) => partner::run(context, args).await,
            Self::Token(args) => token::run(context, args).await,
            Self::Doctor => doctor::run(context).await,
            Self::ReadDocument => Ok(Ended::Done),
        }
    }
}

/// Wrong usage that clap cannot see, such as an unknown partner.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

fn fail(error: &anyhow::Error, code: u8) -> ExitCode {
    output::error(error);
    ExitCode::from(code)
}
