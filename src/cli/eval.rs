//! `liaison eval`: golden suites against this home, two runs compared, and single abilities against judgements.

mod chunking;
mod registrations;
mod retrieval;
mod scratch;
mod support;

use super::{Context, Ended, Usage, output};
use crate::evaluation::InProcess;
use anyhow::Context as _;
use indicatif::ProgressBar;
use liaison_evals::{Gate, Run, RunOptions, Thresholds, compare, load, report};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Args {
    /// Run suites, print a table, exit 3 when a threshold is missed
    Run(RunArgs),
    /// Compare two runs question by question
    Compare {
        /// The earlier run's file
        run_a: PathBuf,
        /// The later run's file
        run_b: PathBuf,
    },
    /// Measure search against a data set in BEIR's layout, in a throw-away home
    Retrieval(retrieval::Args),
    /// Measure search and splitting against marked places in long texts, in a throw-away home
    Chunking(chunking::Args),
    /// Measure what is read from texts that register deals
    Registrations(registrations::Args),
    /// Measure which pairs of customer names are taken for one customer
    Names(registrations::NamesArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct RunArgs {
    /// Suite files, or folders of them
    #[arg(required = true, value_name = "SUITE")]
    suites: Vec<PathBuf>,
    /// Folder that the run's JSON is written to [default: HOME/evals]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Least share of cases that must pass
    #[arg(long, value_name = "SHARE", default_value_t = 0.9)]
    pass_rate: f64,
    /// Times each case is asked
    #[arg(long, value_name = "N", default_value_t = 1)]
    repetitions: u32,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    match args {
        Args::Run(args) => measure(context, args).await,
        Args::Retrieval(args) => retrieval::run(context, args).await,
        Args::Chunking(args) => chunking::run(context, args).await,
        Args::Registrations(args) => registrations::run(&context, &args),
        Args::Names(args) => registrations::names(&context, &args),
        Args::Compare { run_a, run_b } => {
            let found = compare(&read(&run_a)?, &read(&run_b)?);
            if context.json {
                output::json(&found)?;
            } else {
                output::text(&report::comparison(&found))?;
            }
            Ok(if found.broken.is_empty() {
                Ended::Done
            } else {
                Ended::No
            })
        }
    }
}

async fn measure(context: Context, args: RunArgs) -> anyhow::Result<Ended> {
    let suites = load(&args.suites).map_err(|error| Usage(error.to_string()))?;
    let json = context.json;
    let app = Arc::new(context.app().await?);
    let out = args.out.unwrap_or_else(|| app.home.root().join("evals"));
    let cases: usize = suites.iter().map(|suite| suite.cases.len()).sum();
    let bar = ProgressBar::new(cases as u64 * u64::from(args.repetitions));
    let target = InProcess(Arc::clone(&app));
    let options = RunOptions {
        repetitions: args.repetitions,
        ..RunOptions::default()
    };
    let run = liaison_evals::run(&target, &suites, &options, &|_| bar.inc(1)).await;
    bar.finish_and_clear();
    let gate = Gate::judge(
        &run,
        &Thresholds {
            pass_rate: args.pass_rate,
            ..Thresholds::default()
        },
    );
    let file = write(&run, &out)?;
    if json {
        output::json(&json!({ "run": run, "gate": gate, "file": file }))?;
    } else {
        output::text(&format!(
            "{}\n{}\n{}",
            report::text(&run),
            report::gate(&gate),
            file.display()
        ))?;
    }
    Ok(if gate.passed { Ended::Done } else { Ended::No })
}

fn write(run: &Run, out: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let file = out.join(format!("{}.json", run.id));
    fs::write(&file, serde_json::to_vec_pretty(run)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(file)
}

fn read(file: &Path) -> anyhow::Result<Run> {
    let bytes = fs::read(file).map_err(|error| Usage(format!("{}: {error}", file.display())))?;
    Ok(serde_json::from_slice(&bytes)
        .map_err(|error| Usage(format!("{} is no run: {error}", file.display())))?)
}
