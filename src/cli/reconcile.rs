//! `liaison reconcile`: files, database and index beside each other.

use super::{Context, Ended, ingest, output};
use indicatif::ProgressBar;
use liaison_ingest::reconcile::{Comparison, Difference, Kind, compare, mend};
use liaison_knowledge::AudienceSpec;
use serde_json::json;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only say what differs; exit 3 when something does
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let machine = context.json;
    let app = context.app().await?;
    let ingestion = app.ingest(AudienceSpec::Internal);
    let found = compare(&ingestion).await?;
    let differs = !found.differences.is_empty();
    if differs && !args.dry_run {
        let bar = ProgressBar::new(0).with_style(ingest::style());
        let tell = |progress: liaison_ingest::report::Progress<'_>| ingest::show(&bar, progress);
        mend(&ingestion, &found, &tell).await?;
        bar.finish_and_clear();
        app.knowledge.optimise().await?;
    }
    let mended = differs && !args.dry_run;
    if machine {
        let mut result = serde_json::to_value(&found)?;
        result["mended"] = json!(mended);
        output::json(&result)?;
    } else {
        output::text(&readable(&found, mended))?;
    }
    Ok(if differs && args.dry_run {
        Ended::No
    } else {
        Ended::Done
    })
}

fn readable(found: &Comparison, mended: bool) -> String {
    let mut lines = vec![format!(
        "{} documents in the database, {} passages in the index, {} differences{}",
        found.documents,
        found.passages,
        found.differences.len(),
        if mended { ", mended" } else { "" }
    )];
    lines.extend(found.differences.iter().map(|Difference { path, kind, .. }| {
        let words = match kind {
            Kind::NotInCatalog => "in the index, unknown to the database: taken out",
            Kind::FileGone => "its file is gone: taken out",
            Kind::FileChanged => "its file has changed: taken in again",
            Kind::PassagesDiffer => "the index has other passages than the database says: taken in again",
            Kind::RecordDiffers => "the index has it for others or for other days: written again",
        };
        format!("  {path}: {words}")
    }));
    lines.join("\n")
}
