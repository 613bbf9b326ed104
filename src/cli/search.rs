//! `liaison search`: the passages a question finds, and how fast.

use super::{Context, Ended, Usage, output};
use crate::{app, assistant, home::Home};
use anyhow::Context as _;
use liaison_knowledge::{Anchor, Audience, Found, Knowledge, PassageId, View};
use serde::Serialize;
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to look for
    #[arg(required_unless_present = "questions")]
    query: Option<String>,
    /// Ask every line of this file in turn, and tell how long a search takes
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    questions: Option<PathBuf>,
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

pub(super) async fn run(mut context: Context, args: Args) -> anyhow::Result<Ended> {
    // One question after the other: more would lie idle.
    context.settings.knowledge.sessions = 1;
    let home = Home::open(&context.home)?;
    let audience = match &args.partner {
        None => Audience::Internal,
        Some(id) => {
            let store = app::open_store(&home).await?;
            let crm = app::open_crm(&store, &context.settings)?;
            let caller = assistant::caller(crm.as_ref(), id, "cli").await?;
            caller.ok_or_else(|| unknown_partner(id))?.audience()
        }
    };
    let knowledge = app::open_knowledge(&home, &context.settings).await?;
    let today = jiff::Timestamp::now()
        .to_zoned(context.settings.time_zone())
        .date();
    let view = View {
        audience: &audience,
        on: today,
    };
    if let Some(file) = &args.questions {
        let speed = speed(&knowledge, view, file, args.limit).await?;
        let text = format!(
            "{} questions over {} passages: p50 {} ms, p95 {} ms, of which the model p50 {} ms",
            speed.questions, speed.passages, speed.total.p50, speed.total.p95, speed.embed.p50
        );
        if context.json {
            output::json(&speed)?;
        } else {
            output::text(&text)?;
        }
        return Ok(Ended::Done);
    }
    let results = search(
        &knowledge,
        view,
        args.query.as_deref().unwrap_or_default(),
        args.limit,
    )
    .await?;
    if context.json {
        output::json(&results)?;
    } else {
        output::text(&readable(&results, knowledge.passages().await?))?;
    }
    Ok(Ended::Done)
}

async fn search(knowledge: &Knowledge, view: View<'_>, query: &str, limit: usize) -> anyhow::Result<Results> {
    let start = Instant::now();
    let found = knowledge.search(query, view, limit).await?;
    Ok(results(found, start.elapsed()))
}

/// How long searches take in one process, in milliseconds.
#[derive(Debug, Serialize)]
struct Speed {
    questions: usize,
    passages: usize,
    embed: Spread,
    search: Spread,
    total: Spread,
}

#[derive(Debug, Serialize)]
struct Spread {
    p50: f64,
    p95: f64,
}

impl Spread {
    fn of(timings: &[Timings], of: fn(&Timings) -> f64) -> Self {
        let mut times: Vec<f64> = timings.iter().map(of).collect();
        times.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            times
                .get((times.len() * percent / 100).min(times.len() - 1))
                .copied()
        };
        Self {
            p50: at(50).unwrap_or_default(),
            p95: at(95).unwrap_or_default(),
        }
    }
}

async fn speed(knowledge: &Knowledge, view: View<'_>, file: &Path, limit: usize) -> anyhow::Result<Speed> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut timings = Vec::new();
    // As a service does when it starts.
    knowledge.warm_up().await?;
    for question in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        timings.push(search(knowledge, view, question, limit).await?.timings_ms);
    }
    anyhow::ensure!(!timings.is_empty(), "{} holds no question", file.display());
    Ok(Speed {
        questions: timings.len(),
        passages: knowledge.passages().await?,
        embed: Spread::of(&timings, |timings| timings.embed),
        search: Spread::of(&timings, |timings| timings.search),
        total: Spread::of(&timings, |timings| timings.total),
    })
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
        document: hit.document.path.clone(),
        title: hit.document.title.clone(),
        anchor: hit.passage.anchor.clone(),
        score: hit.score,
        text: hit.passage.text.clone(),
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
