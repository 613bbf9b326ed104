//! `liaison seed`: the sample vendor's library and CRM into the home.

use super::{Context, Ended, ingest, output};
use crate::{app::App, crm::seed};
use anyhow::Context as _;
use liaison_knowledge::AudienceSpec;
use rust_embed::Embed;
use std::{fs, path::Path};

/// The sample vendor's documents, inside the binary.
#[derive(Embed)]
#[folder = "knowledge/library"]
struct Library;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The CRM alone
    #[arg(long)]
    crm: bool,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let app = context.app().await?;
    seed_crm(&app).await?;
    if !args.crm {
        seed_library(&app).await?;
    }
    Ok(Ended::Done)
}

/// Replaces the built-in CRM's records with the sample, as of today.
pub(super) async fn seed_crm(app: &App) -> anyhow::Result<()> {
    let seeded = seed::sample(&app.own_crm(), app.assistant.today()).await?;
    let counted: Vec<String> = seeded
        .iter()
        .map(|(table, rows)| format!("{rows} {}", table.replace('_', " ")))
        .collect();
    output::note(&format!("sample CRM: {}", counted.join(", ")));
    // A plan that somebody has changed is no sample any more.
    if !app.home.plan().exists() {
        write(&app.home.plan(), &seed::plan())?;
    }
    Ok(())
}

/// Writes the sample documents into the home and takes them in.
pub(super) async fn seed_library(app: &App) -> anyhow::Result<()> {
    let folder = app.home.library();
    for path in Library::iter() {
        let Some(file) = Library::get(&path) else { continue };
        write(&folder.join(path.as_ref()), &file.data)?;
    }
    let report = ingest::ingest(app, &[folder], AudienceSpec::Partners).await?;
    for failed in &report.failed {
        output::note(&format!("  {}: {}", failed.path, failed.reason));
    }
    output::note(&format!(
        "sample library: {} documents, {} passages",
        report.documents, report.passages
    ));
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes));
    written.with_context(|| format!("cannot write {}", path.display()))
}
