//! `liaison eval chunking`: how well the passages found for questions cover the places that answer them.
//!
//! The data set is laid out as by `chunking_evaluation`: texts in `corpora/NAME.md`, and `questions_df.csv` with
//! `question`, `references` (JSON: `start_index` and `end_index` in characters) and `corpus_id`, a text's NAME. As
//! there, all texts lie in one index, and what is retrieved from another text than the question's counts as
//! retrieved for nothing.

use super::{
    super::{Context, Ended, Usage, output},
    scratch::Scratch,
};
use crate::app;
use anyhow::Context as _;
use comfy_table::{Table, TableStyle};
use indicatif::ProgressBar;
use liaison_evals::spans::{Coverage, Places, Span, coverage, mean};
use liaison_ingest::split::{Limits, split};
use liaison_knowledge::{DocumentId, Hit, PassageId};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Folder with corpora/*.md and questions_df.csv
    #[arg(long, value_name = "DIR")]
    chroma: PathBuf,
    /// Passages retrieved for a question
    #[arg(long, value_name = "N", default_value_t = 5)]
    passages: usize,
}

#[derive(Deserialize)]
struct Row {
    question: String,
    references: String,
    corpus_id: String,
}

#[derive(Deserialize)]
struct Reference {
    start_index: usize,
    end_index: usize,
}

/// The command's JSON.
#[derive(Serialize)]
struct Measured {
    #[serde(flatten)]
    all: Figures,
    corpora: BTreeMap<String, Figures>,
}

#[derive(Serialize)]
struct Figures {
    recall: f64,
    precision: f64,
    iou: f64,
    questions: usize,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let questions = questions(&args.chroma.join("questions_df.csv"))?;
    let json = context.json;
    let corpora = fs::canonicalize(args.chroma.join("corpora"))
        .map_err(|error| Usage(format!("{}: {error}", args.chroma.display())))?;
    let scratch = Scratch::open(context.settings, &context.home).await?;
    scratch.ingest(&corpora).await?;
    let mut places = HashMap::new();
    for name in questions.keys() {
        places.extend(located(&corpora, name).await?);
    }
    let bar = ProgressBar::new(questions.values().map(Vec::len).sum::<usize>() as u64);
    let mut covered: BTreeMap<String, Vec<Coverage>> = BTreeMap::new();
    for (name, asked) in &questions {
        for (question, references) in asked {
            let hits = scratch.search(question, args.passages).await?.hits;
            covered
                .entry(name.clone())
                .or_default()
                .push(judge(&places, name, references, &hits));
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let measured = Measured::of(&covered);
    if json {
        output::json(&measured)?;
    } else {
        output::text(&measured.table())?;
    }
    Ok(Ended::Done)
}

/// Questions with their references, by corpus.
type Questions = BTreeMap<String, Vec<(String, Vec<Span>)>>;

fn questions(path: &Path) -> anyhow::Result<Questions> {
    let mut reader =
        csv::Reader::from_path(path).map_err(|error| Usage(format!("{}: {error}", path.display())))?;
    let mut questions = Questions::new();
    for row in reader.deserialize() {
        let Row {
            question,
            references,
            corpus_id,
        } = row.with_context(|| format!("cannot read {}", path.display()))?;
        let references: Vec<Reference> = serde_json::from_str(&references)
            .with_context(|| format!("the references of {question:?} are not as expected"))?;
        let spans = references.iter().map(|r| r.start_index..r.end_index);
        questions
            .entry(corpus_id)
            .or_default()
            .push((question, spans.collect()));
    }
    Ok(questions)
}

/// A passage's text, and its place in it; `None` for one that could not be located.
type Located = HashMap<PassageId, (String, Option<Span>)>;

/// Where the passages of a corpus stand. Reading and splitting are repeated, because the index keeps the words
/// of a passage and not its place in the file; the ids are the same.
async fn located(corpora: &Path, name: &str) -> anyhow::Result<Located> {
    let path = corpora.join(format!("{name}.md"));
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let document = app::sandbox()?
        .read(&format!("{name}.md"), text.as_bytes())
        .await?;
    let mut places = Places::of(&text);
    let passages = split(
        DocumentId::of_source(&path.to_string_lossy()),
        &document,
        &Limits::default(),
    );
    let place = |passage: liaison_knowledge::Passage| {
        let span = places.next(&passage.text);
        (passage.id, (name.to_owned(), span))
    };
    Ok(passages.into_iter().map(place).collect())
}

/// Passages that were not located, and those of other corpora, are retrieved for nothing.
fn judge(places: &Located, corpus: &str, references: &[Span], hits: &[Hit]) -> Coverage {
    let (mut found, mut elsewhere) = (Vec::new(), 0);
    for hit in hits {
        match places.get(&hit.passage.id) {
            Some((name, Some(span))) if name == corpus => found.push(span.clone()),
            Some((_, Some(span))) => elsewhere += span.len(),
            _ => elsewhere += hit.passage.text.chars().count(),
        }
    }
    coverage(references, &found, elsewhere)
}

impl Measured {
    fn of(covered: &BTreeMap<String, Vec<Coverage>>) -> Self {
        let all: Vec<Coverage> = covered.values().flatten().copied().collect();
        let figures = |(name, covered): (&String, &Vec<Coverage>)| (name.clone(), Figures::of(covered));
        Self {
            all: Figures::of(&all),
            corpora: covered.iter().map(figures).collect(),
        }
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(TableStyle::new());
        table.set_header(["corpus", "questions", "recall", "precision", "IoU"]);
        let all = "all".to_owned();
        for (name, figures) in self.corpora.iter().chain([(&all, &self.all)]) {
            let share = |value: f64| format!("{value:.4}");
            table.add_row([
                name.clone(),
                figures.questions.to_string(),
                share(figures.recall),
                share(figures.precision),
                share(figures.iou),
            ]);
        }
        table.to_string()
    }
}

impl Figures {
    fn of(covered: &[Coverage]) -> Self {
        let Coverage {
            recall,
            precision,
            iou,
        } = mean(covered);
        let round = |value: f64| (value * 1e4).round() / 1e4;
        Self {
            recall: round(recall),
            precision: round(precision),
            iou: round(iou),
            questions: covered.len(),
        }
    }
}
