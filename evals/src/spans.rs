//! How well retrieved passages cover the places of a text that answer a question: recall, precision and
//! intersection over union in characters, as `chunking_evaluation` defines them (Smith and Troynikov 2024,
//! "Evaluating Chunking Strategies for Retrieval"). [`Places`] finds where in its source a passage stands.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A place in a text: characters from `start` up to `end`.
pub type Span = Range<usize>;

/// How well one question's passages cover its references, each 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Coverage {
    /// The share of the references that was retrieved.
    pub recall: f64,
    /// The share of what was retrieved that is references.
    pub precision: f64,
    /// References retrieved, over everything retrieved and the references that were not.
    pub iou: f64,
}

/// What the passages at `found`, and `elsewhere` characters of passages that stand in other texts, cover of
/// `references`. What two passages both hold counts twice as retrieved and once as found, as in the original.
#[must_use]
pub fn coverage(references: &[Span], found: &[Span], elsewhere: usize) -> Coverage {
    let wanted = union(references.to_vec());
    let overlaps = found.iter().flat_map(|span| {
        let both = |wanted: &Span| wanted.start.max(span.start)..wanted.end.min(span.end);
        wanted.iter().map(both).filter(|both| both.start < both.end)
    });
    let hit = total(&union(overlaps.collect()));
    let (wanted, retrieved) = (total(&wanted), total(found) + elsewhere);
    Coverage {
        recall: share(hit, wanted),
        precision: share(hit, retrieved),
        iou: share(hit, retrieved + wanted - hit),
    }
}

/// The same characters in spans that neither touch nor overlap, in order.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| span.start);
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(open) if span.start <= open.end => open.end = open.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

fn total(spans: &[Span]) -> usize {
    spans.iter().map(ExactSizeIterator::len).sum()
}

/// Lengths of texts are far below 2^53, where f64 is exact.
#[allow(clippy::cast_precision_loss)]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Finds passages in the text they were made of.
///
/// A reader drops markup, joins lines and normalises characters, so passages are matched word by word, without
/// case, in the text's order. Words that the reader dropped are skipped in the text, words that it added (the
/// column names before a cell) in the passage. A passage reaches from its first word found to its last.
pub struct Places {
    words: Vec<(String, Span)>,
    at: usize,
}

/// Words of the text that may be skipped before a passage goes on: more than the markup of a large table's row.
const SKIP: usize = 400;
/// Words in a row that must match before the text goes on far from the word before.
const ANCHOR: usize = 3;
/// Words that may be skipped before the last one or two of a passage, which are too few to be sure.
const SKIP_AT_END: usize = 8;

impl Places {
    /// The places of `text`, from its beginning.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self {
            words: words(text),
            at: 0,
        }
    }

    /// Where the next passage stands. Passages must come in the text's order. `None` when less than half of its
    /// words stand there: it is not of this text.
    pub fn next(&mut self, passage: &str) -> Option<Span> {
        let passage = words(passage);
        let (mut found, mut at, mut matched) = (None::<Span>, self.at, 0_usize);
        for (nth, (word, _)) in passage.iter().enumerate() {
            let goes_on = self.words.get(at).is_some_and(|(next, _)| next == word);
            let Some(place) = (if goes_on {
                Some(at)
            } else {
                self.anchor(at, &passage[nth..])
            }) else {
                continue;
            };
            let span = &self.words[place].1;
            found = Some(found.map_or(span.start, |found| found.start)..span.end);
            at = place + 1;
            matched += 1;
        }
        if matched * 2 < passage.len() {
            return None;
        }
        self.at = at;
        found
    }

    /// The nearest place from `at` on where the first words of `rest` stand.
    fn anchor(&self, at: usize, rest: &[(String, Span)]) -> Option<usize> {
        let anchor = &rest[..rest.len().min(ANCHOR)];
        let skip = if anchor.len() < ANCHOR { SKIP_AT_END } else { SKIP };
        let until = self.words.len().min(at + skip + anchor.len());
        let ahead = self.words.get(at..until)?;
        let is_here = |window: &[(String, Span)]| window.iter().zip(anchor).all(|((a, _), (b, _))| a == b);
        Some(at + ahead.windows(anchor.len()).position(is_here)?)
    }
}

/// The words of `text` with their places, composed as NFKC and in lower case.
fn words(text: &str) -> Vec<(String, Span)> {
    let mut words: Vec<(String, Span)> = Vec::new();
    let mut open: Option<(String, Span)> = None;
    for (at, char) in text.chars().enumerate() {
        for part in std::iter::once(char).nfkc().flat_map(char::to_lowercase) {
            if part.is_alphanumeric() {
                let (word, span) = open.get_or_insert_with(|| (String::new(), at..at));
                word.push(part);
                span.end = at + 1;
            } else {
                words.extend(open.take());
            }
        }
    }
    words.extend(open);
    words
}

/// The mean of each figure; of none, zero.
#[must_use]
pub fn mean(all: &[Coverage]) -> Coverage {
    // As in `share`.
    #[allow(clippy::cast_precision_loss)]
    let of = |figure: fn(&Coverage) -> f64| all.iter().map(figure).sum::<f64>() / all.len().max(1) as f64;
    Coverage {
        recall: of(|one| one.recall),
        precision: of(|one| one.precision),
        iou: of(|one| one.iou),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(references: &[Span], found: &[Span], elsewhere: usize, [recall, precision, iou]: [f64; 3]) {
        let got = coverage(references, found, elsewhere);
        assert_eq!(
            got,
            Coverage {
                recall,
                precision,
                iou
            }
        );
    }

    #[test]
    fn coverage_counts_characters() {
        check(&[0..10], &[0..10], 0, [1.0, 1.0, 1.0]);
        check(&[0..10], &[5..25], 0, [0.5, 0.25, 0.2]);
        check(&[0..10, 20..30], &[0..40], 0, [1.0, 0.5, 0.5]);
        check(&[0..10], &[0..5, 0..5], 0, [0.5, 0.5, 5.0 / 15.0]);
        check(&[0..10], &[0..10], 30, [1.0, 0.25, 0.25]);
        check(&[0..10], &[], 40, [0.0, 0.0, 0.0]);
        check(&[], &[], 0, [0.0, 0.0, 0.0]);
    }

    #[track_caller]
    fn locate(text: &str, passages: &[(&str, Option<&str>)]) {
        let mut places = Places::of(text);
        for (passage, expected) in passages {
            let span = places.next(passage);
            let got = span.map(|span| text.chars().skip(span.start).take(span.len()).collect::<String>());
            assert_eq!(got.as_deref(), *expected, "{passage}");
        }
    }

    #[test]
    fn passages_are_found_in_their_source() {
        let text = "# Rates\n\nGold earns **18 %**, _Silver_\n12 %. The ﬁrst deal <unk> counts double. Gold earns more.";
        locate(
            text,
            &[
                (
                    "Gold earns 18 %, Silver 12 %.",
                    Some("Gold earns **18 %**, _Silver_\n12"),
                ),
                (
                    "The first deal counts double.",
                    Some("The ﬁrst deal <unk> counts double"),
                ),
                ("Gold earns more.", Some("Gold earns more")),
            ],
        );
    }

    #[test]
    fn added_words_are_skipped_and_foreign_passages_refused() {
        let text = "|Tier|Rate|\n|Gold|18|\n|Silver|12|";
        locate(
            text,
            &[
                ("nothing of this stands there at all", None),
                ("Tier: Gold; Rate: 18", Some("Tier|Rate|\n|Gold|18")),
                ("Tier: Silver; Rate: 12", Some("Silver|12")),
                ("...", None),
            ],
        );
    }
}
