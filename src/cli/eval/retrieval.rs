//! `liaison eval retrieval`: how well search finds the documents that people judged relevant.
//!
//! The data set lies in BEIR's layout: `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`. Each of its documents
//! becomes a text file with a title and goes the way of every document; its place in a ranking is that of its
//! best passage.

use super::{
    super::{Context, Ended, Usage, output},
    scratch::Scratch,
    support::{Measured, Support},
};
use anyhow::Context as _;
use indicatif::ProgressBar;
use liaison_evals::ranking::{self, Judgements};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::BufRead,
    path::{Path, PathBuf},
};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Folder with corpus.jsonl, queries.jsonl and qrels/test.tsv
    #[arg(long, value_name = "DIR")]
    beir: PathBuf,
    /// Documents that nDCG, recall and MRR look at; recall is told at 100 too
    #[arg(long, value_name = "K", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100))]
    k: u16,
    /// Tell too how well the support score says whether there is an answer: every query is asked again without the
    /// documents relevant to it
    #[arg(long)]
    support: bool,
    /// Folder of another set (queries.jsonl), whose queries have no answer here
    #[arg(long, value_name = "DIR", requires = "support")]
    foreign: Option<PathBuf>,
}

/// Documents that the deeper recall looks at.
const DEEP: usize = 100;

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

/// What was measured, one value per query.
#[derive(Default)]
struct Figures {
    ndcg: Vec<f64>,
    recall: Vec<f64>,
    deep_recall: Vec<f64>,
    reciprocal_rank: Vec<f64>,
    ms: Vec<f64>,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let corpus: Vec<Text> = lines(&args.beir.join("corpus.jsonl"))?;
    let queries: Vec<Text> = lines(&args.beir.join("queries.jsonl"))?;
    let judged = judgements(&args.beir.join("qrels/test.tsv"))?;
    let json = context.json;
    let scratch = Scratch::open(context.settings, &context.home).await?;
    let names = take_in(&scratch, &corpus).await?;
    let k = usize::from(args.k);
    let mut figures = Figures::default();
    let bar = ProgressBar::new(judged.len() as u64);
    for query in &queries {
        if let Some(judged) = judged.get(&query.id) {
            figures.add(&scratch, &names, query, judged, k).await?;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    anyhow::ensure!(!figures.ms.is_empty(), "none of the queries is judged");
    let mut rows = figures.rows(k);
    let support = if args.support {
        let foreign = args.foreign.as_ref();
        let foreign: Vec<Text> = foreign.map_or(Ok(Vec::new()), |set| lines(&set.join("queries.jsonl")))?;
        Some(support(&scratch, &names, &queries, &judged, &foreign).await?)
    } else {
        None
    };
    if json {
        if let Some(support) = &support {
            rows.insert("support".to_owned(), serde_json::to_value(support)?);
        }
        output::json(&rows)?;
    } else {
        let width = rows.keys().map(String::len).max().unwrap_or_default();
        let row = |(name, value): (&String, &serde_json::Value)| format!("{name:width$}  {value}");
        let mut text: Vec<String> = rows.iter().map(row).collect();
        text.extend(support.map(|support| support.table()));
        output::text(&text.join("\n"))?;
    }
    Ok(Ended::Done)
}

/// Asks the judged queries with and without their documents, and those of another set.
async fn support(
    scratch: &Scratch,
    names: &HashMap<String, String>,
    queries: &[Text],
    judged: &HashMap<String, Judgements>,
    foreign: &[Text],
) -> anyhow::Result<Measured> {
    let mut records = HashMap::new();
    for document in scratch.knowledge.documents().await?.into_keys() {
        let first = scratch.knowledge.contents(document).await?.into_iter().next();
        let (stored, _) = first.context("a document without passages")?;
        let name = names
            .get(&stored.document.path)
            .context("a passage of no document")?;
        records.insert(name.clone(), stored.document);
    }
    let mut support = Support::default();
    let bar = ProgressBar::new((judged.len() + foreign.len()) as u64);
    for query in queries {
        if let Some(judged) = judged.get(&query.id) {
            support.ask(scratch, &records, &query.text, judged).await?;
            bar.inc(1);
        }
    }
    for query in foreign {
        support.ask_foreign(scratch, &query.text).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(support.measured())
}

/// Ingests the corpus; returns the corpus's ids by the paths of the files made of them.
async fn take_in(scratch: &Scratch, corpus: &[Text]) -> anyhow::Result<HashMap<String, String>> {
    let folder = scratch.folder().join("corpus");
    fs::create_dir(&folder)?;
    let mut names = HashMap::new();
    for (nth, document) in corpus.iter().enumerate() {
        // Ids may hold anything, file names may not.
        let name = format!("{nth:08}.txt");
        let path = folder.join(&name);
        let text = if document.text.trim().is_empty() {
            &document.title
        } else {
            &document.text
        };
        fs::write(&path, text)?;
        if !document.title.trim().is_empty() {
            let described = json!({ "title": document.title }).to_string();
            fs::write(folder.join(format!("{name}.yaml")), described)?;
        }
        names.insert(name, document.id.clone());
    }
    scratch.ingest(&folder).await?;
    Ok(names)
}

impl Figures {
    async fn add(
        &mut self,
        scratch: &Scratch,
        names: &HashMap<String, String>,
        query: &Text,
        judged: &Judgements,
        k: usize,
    ) -> anyhow::Result<()> {
        let timings = scratch.search(&query.text, k).await?.timings;
        let ranking = documents(scratch, names, &query.text, DEEP.max(k)).await?;
        self.ndcg.push(ranking::ndcg(&ranking, judged, k));
        self.recall.push(ranking::recall(&ranking, judged, k));
        self.deep_recall.push(ranking::recall(&ranking, judged, DEEP));
        self.reciprocal_rank
            .push(ranking::reciprocal_rank(&ranking, judged, k));
        self.ms.push((timings.embed + timings.search).as_secs_f64() * 1e3);
        Ok(())
    }

    fn rows(&self, k: usize) -> BTreeMap<String, serde_json::Value> {
        let round = |value: f64, unit: f64| json!((value * unit).round() / unit);
        let mean = |values: &[f64]| {
            // As many queries as there are fit into an f64.
            #[allow(clippy::cast_precision_loss)]
            let count = values.len() as f64;
            round(values.iter().sum::<f64>() / count, 1e4)
        };
        let ms = |share: f64| round(ranking::percentile(&self.ms, share), 1e2);
        BTreeMap::from([
            (format!("ndcg@{k}"), mean(&self.ndcg)),
            (format!("recall@{k}"), mean(&self.recall)),
            (format!("recall@{DEEP}"), mean(&self.deep_recall)),
            (format!("mrr@{k}"), mean(&self.reciprocal_rank)),
            ("queries".to_owned(), json!(self.ms.len())),
            ("p50_ms".to_owned(), ms(0.5)),
            ("p95_ms".to_owned(), ms(0.95)),
        ])
    }
}

/// The first `wanted` documents by their best passage: as many passages are asked for as that takes.
async fn documents(
    scratch: &Scratch,
    names: &HashMap<String, String>,
    question: &str,
    wanted: usize,
) -> anyhow::Result<Vec<String>> {
    let mut limit = wanted * 2;
    loop {
        let hits = scratch.search(question, limit).await?.hits;
        // Fewer are found where texts are there twice, too.
        let all = hits.len() < limit && limit >= scratch.knowledge.passages().await?;
        let mut ranking: Vec<String> = Vec::new();
        for hit in hits {
            let name = names
                .get(&hit.document.path)
                .context("a passage of no document")?;
            if !ranking.contains(name) {
                ranking.push(name.clone());
            }
        }
        if ranking.len() >= wanted || all {
            ranking.truncate(wanted);
            return Ok(ranking);
        }
        limit *= 2;
    }
}

fn lines<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let file = fs::File::open(path).map_err(|error| Usage(format!("{}: {error}", path.display())))?;
    let read = |(nth, line): (usize, std::io::Result<String>)| {
        let place = || format!("{}, line {}", path.display(), nth + 1);
        serde_json::from_str(&line.with_context(place)?).with_context(place)
    };
    std::io::BufReader::new(file)
        .lines()
        .enumerate()
        .map(read)
        .collect()
}

/// Judgements by query: tab-separated `query-id`, `corpus-id`, `score`, under a header.
fn judgements(path: &Path) -> anyhow::Result<HashMap<String, Judgements>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .from_path(path)
        .map_err(|error| Usage(format!("{}: {error}", path.display())))?;
    let mut judged: HashMap<String, Judgements> = HashMap::new();
    for row in reader.deserialize() {
        let (query, document, score): (String, String, u32) =
            row.with_context(|| format!("cannot read {}", path.display()))?;
        judged.entry(query).or_default().insert(document, score);
    }
    Ok(judged)
}
