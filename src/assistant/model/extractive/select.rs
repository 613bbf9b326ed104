//! Which quotes answer the question, or none.
//!
//! Every unit of the passages found is scored by the question's words it holds; the few best are compared with
//! the question by meaning as well, because embedding costs milliseconds each. The honest no is decided here:
//! when neither meaning nor words support the best unit enough, there is no answer in the knowledge.

use super::{super::Ask, ModelError, route::Question, units::{Unit, units}, words};
use liaison_knowledge::{Hit, Knowledge, search::similarity};
use std::collections::{HashMap, HashSet};

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
const COMPARED: usize = 6;
/// Quotes an answer has at most.
const MOST_QUOTES: usize = 3;
/// A further quote must score this share of the best one's.
const FURTHER: f32 = 0.86;
/// Support from which there is an answer.
const ENOUGH: f32 = 0.50;

struct Candidate {
    passage: usize,
    unit: Unit,
    /// Share of the question's weighted words that it holds, its document's title and headings counted half.
    coverage: f32,
    /// The fused search score of its passage.
    rank: f32,
    meaning: f32,
}

impl Candidate {
    fn lexical(&self) -> f32 {
        0.7 * self.coverage + 0.3 * self.rank
    }

    fn support(&self) -> f32 {
        0.6 * self.meaning + 0.4 * self.coverage
    }

    fn score(&self) -> f32 {
        self.support() + 0.15 * self.rank
    }
}

pub(super) async fn select(
    knowledge: &Knowledge,
    question: &Question,
    ask: &Ask<'_>,
) -> Result<Vec<Quote>, ModelError> {
    let passages = ask.evidence.passages();
    let mut candidates = candidates(&question.text, &passages);
    candidates.sort_by(|a, b| b.lexical().total_cmp(&a.lexical()));
    candidates.truncate(COMPARED);
    compare(knowledge, &question.text, &mut candidates).await?;
    candidates.sort_by(|a, b| b.score().total_cmp(&a.score()));
    if let Some(best) = candidates.first() {
        tracing::debug!(support = best.support(), meaning = best.meaning, coverage = best.coverage, "selected");
    }
    Ok(pick(candidates))
}

fn candidates(question: &str, passages: &[&Hit]) -> Vec<Candidate> {
    let asked: HashSet<String> = words::stems(question).into_iter().collect();
    let weights = weights(&asked, passages);
    let total: f32 = weights.values().sum();
    let held = |stems: &HashSet<String>| -> f32 {
        weights.iter().filter(|(stem, _)| stems.contains(*stem)).map(|(_, weight)| weight).sum()
    };
    let mut all = Vec::new();
    for (passage, hit) in passages.iter().enumerate() {
        let around = format!("{} {}", hit.document.title, hit.passage.heading.join(" "));
        let around: HashSet<String> = words::stems(&around).into_iter().collect();
        for unit in units(&hit.passage.text, &hit.passage.heading) {
            let own: HashSet<String> = words::stems(&unit.meaning).into_iter().collect();
            let both: HashSet<String> = own.union(&around).cloned().collect();
            let coverage = if total > 0.0 { 0.5 * (held(&own) + held(&both)) / total } else { 0.0 };
            all.push(Candidate { passage, unit, coverage, rank: hit.score, meaning: 0.0 });
        }
    }
    // A line that repeats in several documents is quoted once.
    let mut seen = HashSet::new();
    all.retain(|candidate| seen.insert(candidate.unit.quote.to_lowercase()));
    all
}

/// How much each word of the question tells passages apart: rare among those found counts more, and a word
/// that none of them holds counts most, as nothing found is about it.
fn weights(asked: &HashSet<String>, passages: &[&Hit]) -> HashMap<String, f32> {
    let texts: Vec<HashSet<String>> = passages
        .iter()
        .map(|hit| words::stems(&format!("{} {} {}", hit.document.title, hit.passage.heading.join(" "), hit.passage.text)))
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
    let vectors = knowledge.embed(texts).await.map_err(|error| ModelError::Unavailable(error.to_string()))?;
    if let Some((asked, rest)) = vectors.split_first() {
        for (candidate, vector) in candidates.iter_mut().zip(rest) {
            candidate.meaning = similarity(asked, vector).max(0.0);
        }
    }
    Ok(())
}

/// The best quote when it is supported, and those nearly as good that add something.
fn pick(candidates: Vec<Candidate>) -> Vec<Quote> {
    let Some(best) = candidates.first().filter(|best| best.support() >= ENOUGH) else { return Vec::new() };
    let least = best.score() * FURTHER;
    let mut picked: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let overlaps = picked.iter().any(|p| {
            p.unit.quote.contains(&candidate.unit.quote) || candidate.unit.quote.contains(&p.unit.quote)
        });
        if candidate.score() >= least && candidate.support() >= ENOUGH && !overlaps && picked.len() < MOST_QUOTES {
            picked.push(candidate);
        }
    }
    picked.into_iter().map(|c| Quote { passage: c.passage, words: c.unit.quote, text: c.unit.shown }).collect()
}
