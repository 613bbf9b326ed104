//! `liaison index`: what the index holds, moving it to another engine, and making it anew with another model.

use super::{Context, Ended, Usage, output};
use crate::{app, home::Home};
use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use liaison_knowledge::{
    Embedder, ModelIdentity, PassageIndex, Place,
    index::transfer::{Transferred, transfer},
};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Args {
    /// Say where the index is, with which model it was made, and what it holds
    Status,
    /// Copy everything to another engine, with its vectors; an interrupted copy goes on where it was
    Migrate {
        /// `embedded` for the index in this home, or the gRPC address of a Qdrant server
        #[arg(long, value_name = "URL|embedded")]
        to: String,
    },
    /// Make the index anew with the model of this home, from the passages it holds
    Reembed,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let home = Home::open(&context.home)?;
    match args {
        Args::Status => status(&context, &home).await,
        Args::Migrate { to } => migrate(&context, &home, &to).await,
        Args::Reembed => reembed(&context, &home).await,
    }
}

#[derive(Debug, Serialize)]
struct Status {
    engine: &'static str,
    place: String,
    model: Option<ModelIdentity>,
    documents: usize,
    passages: usize,
}

async fn status(context: &Context, home: &Home) -> anyhow::Result<Ended> {
    let place = app::index_place(home, &context.settings);
    let mut status = Status {
        engine: engine(&place),
        place: place.to_string(),
        model: place.active().await?,
        documents: 0,
        passages: 0,
    };
    if let Some(model) = &status.model {
        let index = place.open(model).await?;
        status.documents = index.documents().await?.len();
        status.passages = index.count().await?;
    }
    if context.json {
        output::json(&status)?;
    } else {
        let model = status
            .model
            .as_ref()
            .map_or_else(|| "none yet".to_owned(), ToString::to_string);
        output::text(&format!(
            "{} index in {}\n  model      {model}\n  documents  {}\n  passages   {}",
            status.engine, status.place, status.documents, status.passages
        ))?;
    }
    Ok(Ended::Done)
}

async fn migrate(context: &Context, home: &Home, to: &str) -> anyhow::Result<Ended> {
    let from = app::index_place(home, &context.settings);
    let mut settings = context.settings.clone();
    settings.index.url = if to == "embedded" {
        String::new()
    } else {
        to.to_owned()
    };
    let target = app::index_place(home, &settings);
    if from.to_string() == target.to_string() {
        return Err(Usage(format!(
            "the index is in {from} already: --to names another place"
        ))
        .into());
    }
    let model = from
        .active()
        .await?
        .with_context(|| format!("there is no index in {from}"))?;
    let (source, copy) = (from.open(&model).await?, target.open(&model).await?);
    let done = with_progress(&*source, &*copy, None).await?;
    target.activate(&model).await?;
    let setting = match to {
        "embedded" => "leave index.url empty".to_owned(),
        url => format!("set index.url = \"{url}\""),
    };
    report(context, &target, done)?;
    output::note(&format!(
        "The copy is complete and {from} is as it was. To use the copy, {setting} in the settings."
    ));
    Ok(Ended::Done)
}

async fn reembed(context: &Context, home: &Home) -> anyhow::Result<Ended> {
    let place = app::index_place(home, &context.settings);
    let embedder = app::load_embedder(home, &context.settings).await?;
    let model = embedder.identity().clone();
    let former = place
        .active()
        .await?
        .with_context(|| format!("there is no index in {place}"))?;
    if former == model {
        output::note(&format!(
            "The index was made with {model} already: nothing to do."
        ));
        return Ok(Ended::Done);
    }
    let (source, anew) = (place.open(&former).await?, place.open(&model).await?);
    let done = with_progress(&*source, &*anew, Some(embedder)).await?;
    // From here on the new vectors answer; only then the former ones go.
    place.activate(&model).await?;
    drop(source);
    place.discard(&former).await?;
    report(context, &place, done)?;
    Ok(Ended::Done)
}

async fn with_progress(
    from: &dyn PassageIndex,
    to: &dyn PassageIndex,
    embedder: Option<Arc<dyn Embedder>>,
) -> anyhow::Result<Transferred> {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} documents, {eta} left");
    let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let told = |done: usize, of: usize| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    };
    let done = transfer(from, to, embedder, told).await;
    bar.finish_and_clear();
    Ok(done?)
}

#[derive(Debug, Serialize)]
struct Report {
    engine: &'static str,
    place: String,
    written: usize,
    unchanged: usize,
    removed: usize,
}

fn report(context: &Context, place: &Place, done: Transferred) -> anyhow::Result<()> {
    let Transferred {
        written,
        unchanged,
        removed,
    } = done;
    let (engine, place) = (engine(place), place.to_string());
    if context.json {
        return output::json(&Report {
            engine,
            place,
            written,
            unchanged,
            removed,
        });
    }
    output::text(&format!(
        "{written} documents written to the {engine} index in {place}, {unchanged} were there, {removed} taken out"
    ))
}

fn engine(place: &Place) -> &'static str {
    match place {
        Place::Embedded(_) => "embedded",
        Place::Cluster(_) => "server",
    }
}
