//! `liaison ingest`: files and folders into the knowledge, once or for as long as they change.

use super::{Context, Ended, Usage, output};
use crate::app::App;
use indicatif::{ProgressBar, ProgressStyle};
use liaison_ingest::{
    pipeline::{Ingest, IngestError},
    report::{Progress, Report, Stage},
    watch::Watch,
};
use liaison_knowledge::AudienceSpec;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders; folders are taken in recursively
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Who may see documents that do not say: `partners`, `internal`, or conditions that must all hold, such as
    /// `tier=gold,platinum;region=emea;type=reseller;partner=p-001`
    #[arg(long, value_name = "SPEC", default_value = "partners")]
    audience: AudienceSpec,
    /// Stay, and take in what changes, until Ctrl-C. A service watches folders of its own: see `[ingest]` in
    /// liaison.toml
    #[arg(long)]
    watch: bool,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let json = context.json;
    let app = context.app().await?;
    // Before the first run: what changes while it goes on must not be missed.
    let watch = args.watch.then(|| Watch::new(&args.paths)).transpose()?;
    tell(json, &ingest(&app, &args.paths, args.audience.clone()).await?)?;
    let Some(mut watch) = watch else {
        return Ok(Ended::Done);
    };
    output::note("watching for changes; Ctrl-C ends this");
    loop {
        tokio::select! {
            stopped = tokio::signal::ctrl_c() => return Ok(stopped.map(|()| Ended::Done)?),
            changed = watch.changed() => if changed.is_none() { return Ok(Ended::Done) },
        }
        let report = ingest(&app, &args.paths, args.audience.clone()).await?;
        if report.changed() || !report.failed.is_empty() {
            tell(json, &report)?;
        }
    }
}

fn tell(json: bool, report: &Report) -> anyhow::Result<()> {
    if json {
        output::json(report)
    } else {
        output::text(&summary(report))
    }
}

/// Runs the pipeline with a progress bar on stderr.
pub(super) async fn ingest(app: &App, paths: &[PathBuf], audience: AudienceSpec) -> anyhow::Result<Report> {
    with_progress(&app.ingest(audience), paths).await
}

/// The same of a pipeline that is not the home's own.
pub(super) async fn with_progress(ingest: &Ingest<'_>, paths: &[PathBuf]) -> anyhow::Result<Report> {
    let bar = ProgressBar::new(0).with_style(style());
    let report = ingest.run(paths, &|progress| show(&bar, progress)).await;
    bar.finish_and_clear();
    let report = report.map_err(|error| match error {
        IngestError::NotFound(_) => anyhow::Error::from(Usage(error.to_string())),
        other => other.into(),
    })?;
    if report.changed() {
        ingest.knowledge.optimise().await?;
    }
    Ok(report)
}

pub(super) fn show(bar: &ProgressBar, progress: Progress<'_>) {
    match progress {
        Progress::Found(files) => bar.set_length(files as u64),
        Progress::At(path, Stage::Embedding { done, total }) if done > 0 => {
            bar.set_message(format!("{path} ({done} of {total} passages)"));
        }
        Progress::At(path, _) => bar.set_message(path.to_owned()),
        Progress::Finished(_) => bar.inc(1),
    }
}

pub(super) fn style() -> ProgressStyle {
    let template = "{bar:30} {pos}/{len} files, {eta} left · {wide_msg}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn summary(report: &Report) -> String {
    let Report {
        added,
        updated,
        unchanged,
        removed,
        failed,
        notices,
        documents,
        passages,
        embedded,
        seconds,
        ..
    } = report;
    let mut lines = vec![format!(
        "{added} added, {updated} updated, {unchanged} unchanged, {removed} removed, {} failed; \
         {documents} documents with {passages} passages searchable, {embedded} newly embedded ({seconds:.1} s)",
        failed.len()
    )];
    lines.extend(
        failed
            .iter()
            .map(|failed| format!("  {}: {}", failed.path, failed.reason)),
    );
    lines.extend(
        notices
            .iter()
            .map(|read| format!("  {}: read, but {}", read.path, read.notices.join(" "))),
    );
    lines.join("\n")
}
