//! `liaison ingest`: files and folders into the knowledge.

use super::{Context, Ended, Usage, output};
use crate::app::App;
use indicatif::{ProgressBar, ProgressStyle};
use liaison_ingest::{
    Sandbox,
    pipeline::{Ingest, IngestError, Progress, Report},
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
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let json = context.json;
    let app = context.app().await?;
    let report = ingest(&app, &args.paths, args.audience).await?;
    if json {
        output::json(&report)?;
    } else {
        output::text(&summary(&report))?;
    }
    Ok(Ended::Done)
}

/// Runs the pipeline with a progress bar on stderr.
pub(super) async fn ingest(app: &App, paths: &[PathBuf], audience: AudienceSpec) -> anyhow::Result<Report> {
    let sandbox = Sandbox::new(std::env::current_exe()?, vec!["read-document".to_owned()]);
    with_progress(&app.ingest(&sandbox, audience), paths).await
}

/// The same of a pipeline that is not the home's own.
pub(super) async fn with_progress(ingest: &Ingest<'_>, paths: &[PathBuf]) -> anyhow::Result<Report> {
    let bar = ProgressBar::new(0).with_style(style());
    let tell = |progress: Progress<'_>| match progress {
        Progress::Found(files) => bar.set_length(files as u64),
        Progress::Finished(path) => {
            bar.set_message(path.to_owned());
            bar.inc(1);
        }
    };
    let report = ingest.run(paths, tell).await;
    bar.finish_and_clear();
    report.map_err(|error| match error {
        IngestError::NotFound(_) => Usage(error.to_string()).into(),
        other => other.into(),
    })
}

fn style() -> ProgressStyle {
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
        documents,
        passages,
        seconds,
        ..
    } = report;
    let mut lines = vec![format!(
        "{added} added, {updated} updated, {unchanged} unchanged, {removed} removed, {} failed; \
         {documents} documents with {passages} passages searchable ({seconds:.1} s)",
        failed.len()
    )];
    lines.extend(
        failed
            .iter()
            .map(|failed| format!("  {}: {}", failed.path, failed.reason)),
    );
    lines.join("\n")
}
