//! Which quotes answer the question, or none.
//!
//! Every unit of the passages found is scored by the question's words it holds; the few best are compared with
//! the question by meaning as well, because embedding costs milliseconds each. The honest no is decided here:
//! when neither meaning nor words support the best unit enough, there is no answer in the knowledge.

use super::{
    ModelError,
    units::{Unit, units},
    words,
};
use crate::assistant::evidence::{Evidence, ToolReturn};
use liaison_knowledge::{Hit, Knowledge, search::similarity};
use std::collections::{HashMap, HashSet};
use unicode_segmentation::UnicodeSegmentation;

/// A quote that answers.
pub(super) struct Quote {
    /// Place in the evidence's passages.
    pub(super) passage: usize,
    /// The words as they stand there.
    pub(super) words: String,
    /// The words as shown.
    pub(super) text: String,
}

/// Units that are compared by meaning.
const COMPARED: usize = 10;
/// Passages whose best units are compared whatever words they use, and how many of each.
const FIRST_PASSAGES: usize = 3;
const FROM_EACH: usize = 2;
/// Quotes an answer has at most.
const MOST_QUOTES: usize = 3;
/// A further quote must score this share of the best one's.
const FURTHER: f32 = 0.86;
/// Support from which there is an answer, and the one asked for when the question holds a name that stands in
/// none of the passages: what was found is then about something else, however alike.
const ENOUGH: f32 = 0.45;
const ENOUGH_WITHOUT_THE_NAME: f32 = 0.65;

struct Candidate {
    passage: usize,
    unit: Unit,
    /// Share of the question's weighted words that it holds, its document's title and headings counted half.
    coverage: f32,
    /// The fused search score of its passage.
    rank: f32,
    /// Similarity of its passage to the question.
    passage_meaning: f32,
    /// Its own similarity to the question.
    meaning: f32,
}

impl Candidate {
    fn lexical(&self) -> f32 {
        0.7 * self.coverage + 0.3 * self.rank
    }

    fn support(&self) -> f32 {
        0.6 * self.meaning + 0.2 * self.passage_meaning + 0.2 * self.coverage
    }

    fn score(&self) -> f32 {
        self.support() + 0.15 * self.rank
    }
}

/// The quotes that answer each search of the turn, in order, each once.
pub(super) async fn select(knowledge: &Knowledge, evidence: &Evidence) -> Result<Vec<Quote>, ModelError> {
    let all = evidence.passages();
    let place = |hit: &Hit| all.iter().position(|seen| seen.passage.id == hit.passage.id);
    let mut quotes: Vec<Quote> = Vec::new();
    for step in &evidence.steps {
        let (ToolReturn::Passages(hits), Some(query)) =
            (&step.returned, step.call.arguments["query"].as_str())
        else {
            continue;
        };
        for candidate in best_of(knowledge, query, hits).await? {
            let new = !quotes.iter().any(|quote| quote.words == candidate.unit.quote);
            if let Some(passage) = hits.get(candidate.passage).and_then(place).filter(|_| new) {
                quotes.push(Quote {
                    passage,
                    words: candidate.unit.quote,
                    text: candidate.unit.shown,
                });
            }
        }
    }
    Ok(quotes)
}

async fn best_of(knowledge: &Knowledge, query: &str, hits: &[Hit]) -> Result<Vec<Candidate>, ModelError> {
    let passages: Vec<&Hit> = hits.iter().collect();
    let mut candidates = shortlist(candidates(query, &passages));
    compare(knowledge, query, &mut candidates).await?;
    candidates.sort_by(|a, b| b.score().total_cmp(&a.score()));
    if let Some(best) = candidates.first() {
        tracing::debug!(
            support = best.support(),
            meaning = best.meaning,
            coverage = best.coverage,
            "selected"
        );
    }
    let strange = names(query).any(|name| !hits.iter().any(|hit| holds(hit, name)));
    Ok(pick(
        candidates,
        if strange { ENOUGH_WITHOUT_THE_NAME } else { ENOUGH },
    ))
}

/// The units worth comparing by meaning: the best of each of the first passages, which meaning has put there,
/// then the best by words wherever they stand.
fn shortlist(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.lexical().total_cmp(&a.lexical()));
    let mut of_passage: HashMap<usize, usize> = HashMap::new();
    let (mut first, rest): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| {
        let taken = of_passage.entry(candidate.passage).or_default();
        *taken += 1;
        candidate.passage < FIRST_PASSAGES && *taken <= FROM_EACH
    });
    let room = COMPARED.saturating_sub(first.len());
    first.extend(rest.into_iter().take(room));
    first
}

fn candidates(question: &str, passages: &[&Hit]) -> Vec<Candidate> {
    let asked: HashSet<String> = words::stems(question).into_iter().collect();
    let weights = weights(&asked, passages);
    let total: f32 = weights.values().sum();
    let held = |stems: &HashSet<String>| -> f32 {
        weights
            .iter()
            .filter(|(stem, _)| stems.contains(*stem))
            .map(|(_, weight)| weight)
            .sum()
    };
    let mut all = Vec::new();
    for (passage, hit) in passages.iter().enumerate() {
        let around = format!("{} {}", hit.document.title, hit.passage.heading.join(" "));
        let around: HashSet<String> = words::stems(&around).into_iter().collect();
        for unit in units(&hit.passage.text, &hit.passage.heading) {
            let own: HashSet<String> = words::stems(&unit.meaning).into_iter().collect();
            let both: HashSet<String> = own.union(&around).cloned().collect();
            let coverage = if total > 0.0 {
                0.5 * (held(&own) + held(&both)) / total
            } else {
                0.0
            };
            all.push(Candidate {
                passage,
                unit,
                coverage,
                rank: hit.score,
                passage_meaning: hit.similarity.unwrap_or_default(),
                meaning: 0.0,
            });
        }
    }
    // A sentence that repeats in several documents is compared once.
    let mut seen = HashSet::new();
    all.retain(|candidate| seen.insert(candidate.unit.meaning.to_lowercase()));
    all
}

/// How much each word of the question tells passages apart: rare among those found counts more, and a word
/// that none of them holds counts most, as nothing found is about it.
fn weights(asked: &HashSet<String>, passages: &[&Hit]) -> HashMap<String, f32> {
    let texts: Vec<HashSet<String>> = passages
        .iter()
        .map(|hit| {
            words::stems(&format!(
                "{} {} {}",
                hit.document.title,
                hit.passage.heading.join(" "),
                hit.passage.text
            ))
        })
        .map(|stems| stems.into_iter().collect())
        .collect();
    #[allow(clippy::cast_precision_loss)] // a handful of passages
    let weight = |stem: &String| {
        let holding = texts.iter().filter(|text| text.contains(stem)).count() as f32;
        (1.0 + texts.len() as f32 / (1.0 + holding)).ln()
    };
    asked.iter().map(|stem| (stem.clone(), weight(stem))).collect()
}

async fn compare(
    knowledge: &Knowledge,
    question: &str,
    candidates: &mut [Candidate],
) -> Result<(), ModelError> {
    if candidates.is_empty() {
        return Ok(());
    }
    let mut texts = vec![question.to_owned()];
    texts.extend(candidates.iter().map(|candidate| candidate.unit.meaning.clone()));
    let vectors = knowledge
        .embed(texts)
        .await
        .map_err(|error| ModelError::Unavailable(error.to_string()))?;
    if let Some((asked, rest)) = vectors.split_first() {
        for (candidate, vector) in candidates.iter_mut().zip(rest) {
            candidate.meaning = similarity(asked, vector).max(0.0);
        }
    }
    Ok(())
}

/// Words with a capital that does not come from the start of a sentence.
fn names(question: &str) -> impl Iterator<Item = &str> {
    question
        .split_sentence_bounds()
        .flat_map(|sentence| sentence.unicode_words().skip(1))
        .filter(|word| {
            word.chars().next().is_some_and(char::is_uppercase) && words::is_topic(&word.to_lowercase())
        })
}

fn holds(hit: &Hit, name: &str) -> bool {
    let name = name.trim_end_matches("'s").trim_end_matches("’s").to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&name);
    holds(&hit.passage.text) || holds(&hit.document.title) || hit.passage.heading.iter().any(|h| holds(h))
}

/// The best quote when it is supported, and those nearly as good that add something.
fn pick(candidates: Vec<Candidate>, enough: f32) -> Vec<Candidate> {
    let Some(best) = candidates.first().filter(|best| best.support() >= enough) else {
        return Vec::new();
    };
    let least = best.score() * FURTHER;
    let mut picked: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let overlaps = picked.iter().any(|p| {
            p.unit.quote.contains(&candidate.unit.quote) || candidate.unit.quote.contains(&p.unit.quote)
        });
        if candidate.score() >= least
            && candidate.support() >= enough
            && !overlaps
            && picked.len() < MOST_QUOTES
        {
            picked.push(candidate);
        }
    }
    picked
}
