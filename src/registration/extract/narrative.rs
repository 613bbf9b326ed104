//! What the customer needs, what proves that the deal is real, and where it came from, in the words of the text.
//!
//! Nobody labels these in a mail. A sentence is taken that uses the words of such sentences; what other fields have
//! been read from (amounts, days, addresses, names) is left out at its ends.

use super::{
    cues,
    labels::{Asked, Labelled},
    layout::Part,
    page::{Page, parts},
};
use crate::registration::lexicon::{Phrases, Words, lists};
use std::ops::Range;

lists! {
    NEED = "words/deal.txt" ["need"];
    PROOF = "words/deal.txt" ["proof"];
    PROBLEM = "words/deal.txt" ["problem"];
    THIRD_PERSON = "words/deal.txt" ["third person"];
    FIRST_PERSON = "words/deal.txt" ["first person"];
    CHORES = "words/deal.txt" ["chores"];
    LINKS = "words/deal.txt" ["links"];
    THIS = "words/deal.txt" ["this"];
    PAST = "words/deal.txt" ["past"];
    INTERACTION = "words/deal.txt" ["interaction"];
    NO_PROOF = "words/deal.txt" ["no proof"];
}

/// What is taken of a sentence, and how surely.
#[derive(Debug, Clone)]
pub(super) struct Passage {
    pub(super) words: Range<usize>,
    pub(super) score: f64,
}

/// What is looked for.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Topic {
    Need,
    Proof,
}

/// Passages below this score are not taken.
pub(super) const ENOUGH: f64 = 0.4;

/// What else the text was read for.
pub(super) struct Known<'a> {
    pub(super) labels: &'a [Labelled],
    /// For each word, whether an amount, a day, an address, a product or a name has it.
    pub(super) taken: &'a [bool],
    /// For each word, whether it stands with a day that has been.
    pub(super) past: &'a [bool],
    /// For each word, whether it tells where the deal came from.
    pub(super) origin: &'a [bool],
    pub(super) foreign: &'a [bool],
}

/// The passage of each sentence that may be what is looked for, in order.
pub(super) fn all(page: &Page<'_>, known: &Known<'_>, topic: Topic) -> Vec<Passage> {
    let asked = match topic {
        Topic::Need => Asked::Need,
        Topic::Proof => Asked::Proof,
    };
    let labelled = known
        .labels
        .iter()
        .filter(|label| label.asked == asked && !label.value.is_empty())
        // "Project: Harbour Line AG" names the customer.
        .filter(|label| 2 * taken_of(known, &label.value) < label.value.len());
    let mut found: Vec<Passage> = labelled
        .map(|label| Passage {
            words: whole(page, &label.value),
            score: 0.95,
        })
        .collect();
    for sentence in &page.sentences {
        let token = &page.tokens[sentence.start];
        if token.part == Part::Speaker {
            continue;
        }
        let covered = known
            .labels
            .iter()
            .any(|label| label.asked != Asked::Other && label.value.contains(&(sentence.end - 1)));
        if token.part == Part::Body && !covered {
            found.extend(best_of(page, known, sentence, topic));
        }
    }
    found
}

/// A form's value up to the end of its first sentence or two.
fn whole(page: &Page<'_>, value: &Range<usize>) -> Range<usize> {
    const MOST: usize = 40;
    let first = page.sentence_of(value.start).end;
    let end = if first - value.start < 5 {
        value.end
    } else {
        first.min(value.end).max(value.start + 1)
    };
    value.start..end.min(value.start + MOST)
}

fn best_of(page: &Page<'_>, known: &Known<'_>, sentence: &Range<usize>, topic: Topic) -> Option<Passage> {
    let pieces = pieces(page, sentence);
    let scores: Vec<f64> = pieces
        .iter()
        .map(|piece| score(page, known, piece, sentence, topic))
        .collect();
    let (at, best) = scores
        .iter()
        .copied()
        .enumerate()
        .fold(
            (0, f64::MIN),
            |best, (at, score)| if score > best.1 { (at, score) } else { best },
        );
    let noisy: Vec<bool> = pieces
        .iter()
        .map(|piece| is_noise(page, known, piece, topic))
        .collect();
    let mut words = pieces.get(at)?.clone();
    for next in at + 1..pieces.len() {
        if noisy[next] || scores[next] < -0.05 {
            break;
        }
        words.end = pieces[next].end;
    }
    for before in (0..at).rev() {
        if noisy[before]
            || scores[before] < 0.15
            || page.gap(pieces[before].end).contains(':') && topic == Topic::Need && pieces[before].len() < 4
        {
            break;
        }
        words.start = pieces[before].start;
    }
    let words = trimmed(page, words, topic);
    (words.len() > 1 && best > 0.0).then_some(Passage { words, score: best })
}

/// The parts of a sentence between commas, brackets and dashes.
fn pieces(page: &Page<'_>, sentence: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = sentence.start;
    for at in sentence.start + 1..=sentence.end {
        let opens = at < sentence.end && LINKS.has(page.key(at)) && at - start > 3 && sentence.end - at > 3;
        if at == sentence.end || parts(page.gap(at)) || opens {
            found.push(start..at);
            start = at;
        }
    }
    found
}

fn count(page: &Page<'_>, words: &Range<usize>, list: &Phrases) -> f64 {
    let found = words
        .clone()
        .filter(|at| list.at(page, *at).is_some_and(|(len, _)| at + len <= words.end))
        .take(2)
        .count();
    if found > 1 {
        1.4
    } else if found == 1 {
        1.0
    } else {
        0.0
    }
}

fn score(
    page: &Page<'_>,
    known: &Known<'_>,
    piece: &Range<usize>,
    sentence: &Range<usize>,
    topic: Topic,
) -> f64 {
    let token = &page.tokens[piece.start];
    let foreign = known.foreign.get(token.message).copied().unwrap_or_default();
    let taken = taken_of(known, piece);
    let bare = piece.len() - taken;
    let asks = page.gap(sentence.end).trim_start().starts_with('?');
    let mut score = 0.0;
    let mut add = |by: f64| score += by;
    let first = count(page, piece, &FIRST_PERSON);
    match topic {
        Topic::Need => {
            add(0.4 * count(page, piece, &NEED));
            add(0.45 * count(page, piece, &PROBLEM));
            add(-0.1 * f64::from(u32::try_from(taken.min(3)).unwrap_or_default()));
            // "They need it by May" is about the offer.
            add(
                if piece.clone().any(|at| {
                    NEED.at(page, at)
                        .is_some_and(|(len, _)| THIS.has(page.key(at + len)))
                }) {
                    -0.3
                } else {
                    0.0
                },
            );
            add(0.15 * count(page, piece, &THIRD_PERSON));
            add(first * if foreign { 0.15 } else { -0.2 });
            add(-0.3 * count(page, piece, &CHORES));
            add(-0.3 * count(page, piece, &PROOF));
            // What is left when everything else is explained: most often, it is this.
            let chore =
                cues::any(page, piece, &CHORES) || cues::any(page, piece, &PROOF) || has(piece, known.origin);
            let left = taken == 0 && bare >= 4 && !chore && (first == 0.0 || foreign) && !asks;
            add(if left { 0.3 } else { 0.0 });
            add(if has(piece, known.origin) { -0.3 } else { 0.0 });
            add(if is_heading(page, piece) { -0.35 } else { 0.0 });
            add(if is_apposition(page, known, piece, sentence) {
                -0.25
            } else {
                0.0
            });
            add(if bare >= 4 { 0.1 } else { 0.0 });
            add(if bare < 3 { -0.4 } else { 0.0 });
            add(if asks && !foreign { -0.4 } else { 0.0 });
            // What stands in quotation marks are the customer's own words.
            add(
                if page.gap(piece.start).contains(['"', '“', '„', '«']) && bare > 3 {
                    0.25
                } else {
                    0.0
                },
            );
        }
        Topic::Proof => {
            add(0.5 * count(page, piece, &PROOF));
            let interaction = count(page, piece, &INTERACTION);
            let we = first > 0.0
                || (foreign
                    && piece
                        .clone()
                        .any(|at| matches!(page.key(at), "you" | "sie" | "ihnen" | "vous")));
            add(if we { 0.35 * interaction } else { 0.0 });
            add(
                if interaction > 0.0 && (has(piece, known.past) || cues::any(page, piece, &PAST)) {
                    0.42
                } else {
                    0.0
                },
            );
            add(-0.3 * count(page, piece, &NO_PROOF));
            add(if has(piece, known.origin) && interaction == 0.0 {
                -0.2
            } else {
                0.0
            });
            add(if is_heading(page, piece) && first == 0.0 {
                -0.6
            } else {
                0.0
            });
            add(-0.3 * count(page, piece, &NEED));
            add(if asks { -0.3 } else { 0.0 });
            add(if bare < 2 { -0.3 } else { 0.0 });
        }
    }
    score - 0.05 * f64::from(u32::try_from(token.message.min(4)).unwrap_or_default())
}

/// How many of the words other fields were read from.
fn taken_of(known: &Known<'_>, words: &Range<usize>) -> usize {
    words
        .clone()
        .filter(|at| known.taken.get(*at) == Some(&true))
        .count()
}

fn has(words: &Range<usize>, marked: &[bool]) -> bool {
    words.clone().any(|at| marked.get(at) == Some(&true))
}

/// Whether words stand in the first line that says anything: the heading of a note.
fn is_heading(page: &Page<'_>, piece: &Range<usize>) -> bool {
    let first = page
        .tokens
        .iter()
        .find(|token| token.part == Part::Body)
        .map(|token| token.line);
    let line = page.tokens[piece.start].line;
    first == Some(line) && page.layout.lines.len() > 2 && page.layout.lines[line].range.len() < 80
}

/// "Copperfield Lifts, they do maintenance": what a firm is, behind its name.
fn is_apposition(page: &Page<'_>, known: &Known<'_>, piece: &Range<usize>, sentence: &Range<usize>) -> bool {
    let behind = piece.start > sentence.start && known.taken.get(piece.start - 1) == Some(&true);
    behind
        && (matches!(
            page.key(piece.start),
            "a" | "an" | "who" | "the" | "ein" | "eine" | "un" | "une" | "die" | "der" | "das"
        ) || matches!(
            page.key(piece.start + 1),
            "do" | "does" | "make" | "makes" | "build" | "are" | "is" | "sell" | "produce" | "they"
        ))
}

/// Whether a part of a sentence says something else: what other fields were read from takes up most of it.
fn is_noise(page: &Page<'_>, known: &Known<'_>, piece: &Range<usize>, topic: Topic) -> bool {
    let taken = taken_of(known, piece);
    let chore = topic == Topic::Need && cues::any(page, piece, &CHORES);
    taken * 3 >= piece.len() && topic == Topic::Need
        || chore
        || (piece.len() == 1 && taken == 0 && topic == Topic::Need)
}

/// Without the words that tie it to what stands before.
fn trimmed(page: &Page<'_>, words: Range<usize>, topic: Topic) -> Range<usize> {
    let mut words = words;
    while words.len() > 2 && LINKS.has(page.key(words.start)) {
        words.start += 1;
    }
    if topic == Topic::Need {
        while words.len() > 2 && LINKS.has(page.key(words.end - 1)) {
            words.end -= 1;
        }
    }
    words
}
