//! Which quotes answer the question, or none.
//!
//! Every unit of the passages found is scored by the question's words it holds; the few best are compared with
//! the question by meaning as well, because embedding costs milliseconds each.

use super::{
    Ask, ModelError, arguments, ground,
    support::{self, Said},
    units::{Cut, Quote, Unit, cut},
    words,
};
use crate::assistant::{evidence::ToolReturn, model::Vocabulary};
use liaison_knowledge::{Hit, Knowledge, search::similarity};
use std::collections::{HashMap, HashSet};

/// A quote that answers.
pub(super) struct Answering {
    /// Place in the evidence's passages.
    pub(super) passage: usize,
    /// The words.
    pub(super) quote: Quote,
}

/// Units that are compared by meaning.
const COMPARED: usize = 12;
/// Passages whose best units are compared whatever words they use, and how many of each.
const FIRST_PASSAGES: usize = 3;
const FROM_EACH: usize = 2;
/// Quotes an answer has at most.
const MOST_QUOTES: usize = 3;
/// A further quote must score this share of the best one's.
const FURTHER: f32 = 0.75;
/// What the first quote, and each further one, may grow to with the words around it, in characters: a sentence
/// often answers half of a question, and its neighbours the rest.
const FIRST_CHARS: usize = 400;
const FURTHER_CHARS: usize = 200;
/// What a unit gains that speaks of the partner's own tier, where the question names none, and what a row loses
/// that speaks of others: of five rows of a table, one is the partner's.
const OWN_TIER: f32 = 0.06;

/// When more rows of one table are about equally good, it answers as a whole.
const TABLE_ROWS: usize = 2;

struct Candidate {
    passage: usize,
    unit: Unit,
    /// Share of the question's weighted words that it holds, its document's title and headings counted half.
    coverage: f32,
    /// See [`OWN_TIER`].
    own_tier: f32,
    /// The fused search score of its passage.
    rank: f32,
    /// Similarity of its passage to the question.
    passage_meaning: f32,
    /// Its own similarity to the question.
    meaning: f32,
}

impl Candidate {
    /// What it promises before it is compared.
    fn promise(&self) -> f32 {
        0.5 * self.coverage + 0.3 * self.rank + 0.2 * self.passage_meaning + self.own_tier
    }

    /// Whether both are rows of one table; a row is beside itself.
    fn is_beside(&self, other: &Self, cut: &Cut<'_>) -> bool {
        self.passage == other.passage
            && [self, other].iter().all(|candidate| cut.is_row(&candidate.unit))
            && cut.table(&self.unit).contains(other.unit.blocks.start())
    }

    fn score(&self) -> f32 {
        0.6 * self.meaning + 0.5 * self.coverage + 0.1 * self.rank + self.own_tier
    }
}

/// The quotes that answer each search of the turn, in order, each once.
pub(super) async fn select(knowledge: &Knowledge, ask: &Ask<'_>) -> Result<Vec<Answering>, ModelError> {
    let all = ask.evidence.passages();
    let place = |hit: &Hit| all.iter().position(|seen| seen.passage.id == hit.passage.id);
    let mut quotes: Vec<Answering> = Vec::new();
    for step in ask
        .evidence
        .steps
        .iter()
        .filter(|step| !ground::is_of_rule(&step.call))
    {
        let (ToolReturn::Passages(hits), Some(query)) =
            (&step.returned, step.call.arguments["query"].as_str())
        else {
            continue;
        };
        for (found, quote) in best_of(knowledge, query, hits, ask.vocabulary).await? {
            let new = !quotes.iter().any(|answering| overlap(&answering.quote, &quote));
            if let Some(passage) = hits.get(found).and_then(place).filter(|_| new) {
                quotes.push(Answering { passage, quote });
            }
        }
    }
    Ok(quotes)
}

/// The quotes from `hits` that answer `query`, each with the place of its passage.
async fn best_of(
    knowledge: &Knowledge,
    query: &str,
    hits: &[Hit],
    vocabulary: &Vocabulary,
) -> Result<Vec<(usize, Quote)>, ModelError> {
    let cuts = cuts(hits);
    let mut candidates = compared(knowledge, query, hits, &cuts, vocabulary).await?;
    candidates.sort_by(|a, b| b.score().total_cmp(&a.score()));
    let support = support::of(&said(&candidates), hits);
    tracing::debug!(support, "selected");
    if support < support::needed(query, hits) {
        return Ok(Vec::new());
    }
    Ok(pick(&candidates, &cuts))
}

fn cuts(hits: &[Hit]) -> Vec<Cut<'_>> {
    let cuts = hits
        .iter()
        .map(|hit| cut(&hit.passage.text, &hit.passage.heading));
    cuts.collect()
}

/// The units worth comparing, compared, in no order.
async fn compared(
    knowledge: &Knowledge,
    query: &str,
    hits: &[Hit],
    cuts: &[Cut<'_>],
    vocabulary: &Vocabulary,
) -> Result<Vec<Candidate>, ModelError> {
    let mut candidates = shortlist(candidates(query, hits, cuts, vocabulary));
    compare(knowledge, query, &mut candidates).await?;
    Ok(candidates)
}

fn said(candidates: &[Candidate]) -> Vec<Said> {
    let said = |candidate: &Candidate| Said {
        meaning: candidate.meaning,
        coverage: candidate.coverage,
    };
    candidates.iter().map(said).collect()
}

/// The probability that `hits`, best first, answer `question`: what decides whether there is an answer.
///
/// # Errors
/// When the model fails.
pub(crate) async fn supported(
    knowledge: &Knowledge,
    question: &str,
    hits: &[Hit],
) -> Result<f32, ModelError> {
    let all = compared(knowledge, question, hits, &cuts(hits), &Vocabulary::default()).await?;
    Ok(support::of(&said(&all), hits))
}

/// The units worth comparing by meaning: the best of each of the first passages, which meaning has put there,
/// then the best by words wherever they stand.
fn shortlist(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.promise().total_cmp(&a.promise()));
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

fn candidates(question: &str, passages: &[Hit], cuts: &[Cut<'_>], vocabulary: &Vocabulary) -> Vec<Candidate> {
    let texts: Vec<String> = passages.iter().map(words_of).collect();
    let stems: Vec<HashSet<String>> = texts
        .iter()
        .map(|text| words::stems(text).into_iter().collect())
        .collect();
    let weights = weights(asked(question, &texts, &stems), &stems);
    let total: f32 = weights.values().sum();
    let held = |stems: &HashSet<String>| -> f32 {
        weights
            .iter()
            .filter(|(stem, _)| stems.contains(*stem))
            .map(|(_, weight)| weight)
            .sum()
    };
    let names_tier = vocabulary.tiers.iter().any(|tier| has_word(question, tier));
    let mut all = Vec::new();
    for (passage, (hit, cut)) in passages.iter().zip(cuts).enumerate() {
        let around = format!("{} {}", hit.document.title, hit.passage.heading.join(" "));
        let around: HashSet<String> = words::stems(&around).into_iter().collect();
        for unit in cut.units.iter().cloned() {
            let own: HashSet<String> = words::stems(&unit.meaning).into_iter().collect();
            let both: HashSet<String> = own.union(&around).cloned().collect();
            let coverage = if total > 0.0 {
                0.5 * (held(&own) + held(&both)) / total
            } else {
                0.0
            };
            let own_tier = if names_tier {
                0.0
            } else {
                own_tier(&unit.meaning, cut.is_row(&unit), vocabulary)
            };
            all.push(Candidate {
                passage,
                unit,
                coverage,
                own_tier,
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

fn own_tier(text: &str, is_row: bool, vocabulary: &Vocabulary) -> f32 {
    if has_word(text, &vocabulary.tier) {
        OWN_TIER
    } else if is_row && vocabulary.tiers.iter().any(|tier| has_word(text, tier)) {
        -OWN_TIER
    } else {
        0.0
    }
}

fn has_word(text: &str, word: &str) -> bool {
    arguments::find(text, word).is_some()
}

/// What a passage is found by.
fn words_of(hit: &Hit) -> String {
    let heading = hit.passage.heading.join(" ");
    format!("{} {heading} {}", hit.document.title, hit.passage.text)
}

/// The stems of the question's topic words. A word that no passage holds is taken for the one it is a slip of.
fn asked(question: &str, texts: &[String], stems: &[HashSet<String>]) -> HashSet<String> {
    let known = |stem: &String| stems.iter().any(|text| text.contains(stem));
    let meant = |word: String| {
        let stem = words::stem(&word);
        if known(&stem) {
            return stem;
        }
        let mut held = texts.iter().flat_map(|text| words::words(text));
        held.find(|held| words::same(held, &word))
            .map_or(stem, |held| words::stem(&held))
    };
    words::words(question)
        .filter(|word| words::is_topic(word))
        .map(meant)
        .collect()
}

/// How much each word of the question tells passages apart: rare among those found counts more, and a word
/// that none of them holds counts most, as nothing found is about it.
fn weights(asked: HashSet<String>, stems: &[HashSet<String>]) -> HashMap<String, f32> {
    #[allow(clippy::cast_precision_loss)] // a handful of passages
    let weight = |stem: &String| {
        let holding = stems.iter().filter(|text| text.contains(stem)).count() as f32;
        (1.0 + stems.len() as f32 / (1.0 + holding)).ln()
    };
    asked
        .into_iter()
        .map(|stem| (stem.clone(), weight(&stem)))
        .collect()
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

/// The best quote and those nearly as good that add something.
fn pick(candidates: &[Candidate], cuts: &[Cut<'_>]) -> Vec<(usize, Quote)> {
    let least = candidates.first().map_or(0.0, Candidate::score) * FURTHER;
    let good = candidates.partition_point(|candidate| candidate.score() >= least);
    let good = &candidates[..good];
    let mut picked: Vec<(usize, Quote)> = Vec::new();
    for candidate in good {
        let cut = &cuts[candidate.passage];
        let bare = cut.quote(&candidate.unit, 0);
        if picked.len() == MOST_QUOTES {
            break;
        }
        if picked.iter().any(|(_, quote)| overlap(quote, &bare)) {
            continue;
        }
        let rows = good.iter().filter(|other| candidate.is_beside(other, cut));
        let quote = if rows.count() > TABLE_ROWS {
            cut.quote_of(cut.table(&candidate.unit))
        } else if picked.is_empty() {
            cut.quote(&candidate.unit, FIRST_CHARS)
        } else {
            cut.quote(&candidate.unit, FURTHER_CHARS)
        };
        picked.push((candidate.passage, quote));
    }
    picked
}

fn overlap(a: &Quote, b: &Quote) -> bool {
    a.words.contains(&b.words) || b.words.contains(&a.words)
}
