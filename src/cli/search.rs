//! `liaison search`: the passages a question finds.

use super::{Context, Ended, Usage, output};
use crate::{app, assistant, crm::SqlCrm, home::Home};
use liaison_knowledge::{Anchor, Audience, Found, PassageId, View};
use serde::Serialize;
use std::time::{Duration, Instant};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to look for
    query: String,
    /// See what this partner may see
    #[arg(long, value_name = "ID", conflicts_with = "internal")]
    partner: Option<String>,
    /// See what the vendor's own people may see [default]
    #[arg(long)]
    internal: bool,
    /// Most passages
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

#[derive(Debug, Serialize)]
struct Results {
    hits: Vec<Shown>,
    timings_ms: Timings,
}

#[derive(Debug, Serialize)]
struct Shown {
    rank: usize,
    passage_id: PassageId,
    document: String,
    title: String,
    anchor: Anchor,
    score: f32,
    text: String,
}

#[derive(Debug, Serialize)]
struct Timings {
    embed: f64,
    search: f64,
    total: f64,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let home = Home::open(&context.home)?;
    let audience = match &args.partner {
        None => Audience::Internal,
        Some(id) => {
            let crm = SqlCrm::new(app::open_store(&home).await?.pool().clone());
            let caller = assistant::caller(&crm, id, "cli").await?;
            caller.ok_or_else(|| unknown_partner(id))?.audience()
        }
    };
    let knowledge = app::open_knowledge(&home, &context.settings).await?;
    let today = jiff::Timestamp::now()
        .to_zoned(context.settings.time_zone())
        .date();
    let start = Instant::now();
    let found = knowledge
        .search(
            &args.query,
            View {
                audience: &audience,
                on: today,
            },
            args.limit,
        )
        .await?;
    let results = results(found, start.elapsed());
    if context.json {
        output::json(&results)?;
    } else {
        output::text(&readable(&results, knowledge.passages()))?;
    }
    Ok(Ended::Done)
}

/// The error of a command that was given a partner the CRM does not have.
pub(super) fn unknown_partner(id: &str) -> Usage {
    Usage(format!(
        "the CRM has no partner {id:?}: `liaison partner list` shows those it has"
    ))
}

fn results(found: Found, total: Duration) -> Results {
    let shown = |(nth, hit): (usize, liaison_knowledge::Hit)| Shown {
        rank: nth + 1,
        passage_id: hit.passage.id,
        document: hit.document.path,
        title: hit.document.title,
        anchor: hit.passage.anchor,
        score: hit.score,
        text: hit.passage.text,
    };
    let ms = |time: Duration| (time.as_secs_f64() * 1e5).round() / 100.0;
    let timings = Timings {
        embed: ms(found.timings.embed),
        search: ms(found.timings.search),
        total: ms(total),
    };
    Results {
        hits: found.hits.into_iter().enumerate().map(shown).collect(),
        timings_ms: timings,
    }
}

fn readable(results: &Results, passages: usize) -> String {
    if results.hits.is_empty() {
        let hint = if passages == 0 {
            "the index is empty: run `liaison ingest PATH` first"
        } else {
            "nothing found"
        };
        return hint.to_owned();
    }
    let mut text = String::new();
    for hit in &results.hits {
        text.push_str(&format!(
            "{}. {} · {}\n",
            hit.rank,
            hit.title,
            place(&hit.document, &hit.anchor)
        ));
        text.push_str(&format!("   {}\n", hit.text.replace('\n', "\n   ")));
    }
    text.push_str(&format!("{:.1} ms", results.timings_ms.total));
    text
}

/// A place in words: `program/guide.pdf, page 3`.
pub(super) fn place(document: &str, anchor: &Anchor) -> String {
    match anchor {
        Anchor::Page { page } => format!("{document}, page {page}"),
        Anchor::Slide { slide } => format!("{document}, slide {slide}"),
        Anchor::Rows {
            sheet,
            rows: [first, last],
        } if first == last => format!("{document}, {sheet}, row {first}"),
        Anchor::Rows {
            sheet,
            rows: [first, last],
        } => format!("{document}, {sheet}, rows {first} to {last}"),
        Anchor::Heading { heading } if heading.is_empty() => document.to_owned(),
        Anchor::Heading { heading } => format!("{document}, {}", heading.join(" › ")),
    }
}
