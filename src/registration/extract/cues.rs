//! Words near a place that say what the place is about.

use super::{
    labels::{Asked, Labelled},
    page::{Page, parts},
};
use crate::registration::lexicon::{Phrases, lists};
use std::ops::Range;

lists! {
    CORRECTED = "words/money.txt" ["corrected"];
    REFUSED = "words/money.txt" ["refused"];
    MOVED = "words/dates.txt" ["moved"];
}

/// Whether a phrase of the list begins in these words.
pub(super) fn any(page: &Page<'_>, words: &Range<usize>, list: &Phrases) -> bool {
    words
        .clone()
        .any(|at| list.at(page, at).is_some_and(|(len, _)| at + len <= words.end))
}

/// Whether a phrase ends at most `reach` words before a place, in its sentence.
pub(super) fn shortly_before(page: &Page<'_>, at: usize, reach: usize, list: &Phrases) -> bool {
    let from = page.sentence_of(at).start;
    (0..=reach)
        .filter_map(|by| at.checked_sub(by))
        .take_while(|end| *end > from)
        .any(|end| list.before(page, end).is_some_and(|start| start >= from))
}

/// Whether a phrase stands directly behind a place, over at most `reach` words of its sentence.
pub(super) fn shortly_behind(page: &Page<'_>, at: usize, reach: usize, list: &Phrases) -> bool {
    let end = page.sentence_of(at.saturating_sub(1)).end;
    (at..end.min(at + reach + 1)).any(|at| list.at(page, at).is_some())
}

/// How many words away the nearest phrase is: before the words, up to the sentence's start, or a few behind them.
pub(super) fn distance(page: &Page<'_>, words: &Range<usize>, list: &Phrases) -> Option<usize> {
    const BEFORE: usize = 9;
    const BEHIND: usize = 5;
    let sentence = page.sentence_of(words.start);
    let mut far = 0;
    let before = (sentence.start..words.start).rev().take(BEFORE).find_map(|at| {
        // What a comma parts is further away.
        far += 1 + 2 * usize::from(parts(page.gap(at + 1)));
        list.at(page, at).map(|_| far)
    });
    let mut far = 1;
    let behind = (words.end..sentence.end).take(BEHIND).find_map(|at| {
        far += 1 + 3 * usize::from(parts(page.gap(at)));
        list.at(page, at).map(|_| far)
    });
    [before, behind].into_iter().flatten().min()
}

/// Whether the words are all that stands between two commas, dashes or line ends.
pub(super) fn alone(page: &Page<'_>, words: &Range<usize>) -> bool {
    let clause = page.clause_of(words);
    (clause.end - clause.start).saturating_sub(words.end - words.start) <= 1
}

/// Whether a text says of a day or an amount that it is not this one: "not 45k", "moved from 30 June to".
pub(super) fn is_refused(page: &Page<'_>, words: &Range<usize>) -> bool {
    let from = matches!(
        page.tokens
            .get(words.start.wrapping_sub(1))
            .map(|token| token.key.as_str()),
        Some("from" | "von" | "vom" | "de" | "du")
    );
    if from {
        return any(page, &page.sentence_of(words.start), &MOVED);
    }
    // "instead of 45k", "statt der 45k": nothing but an article between.
    let article = words.start > 0
        && matches!(
            page.tokens[words.start - 1].key.as_str(),
            "the" | "der" | "die" | "das" | "den" | "les" | "le" | "la" | "for" | "bei" | "auf" | "at"
        );
    shortly_before(page, words.start, 0, &REFUSED)
        || (article && shortly_before(page, words.start - 1, 0, &REFUSED))
}

/// Whether a text says that it corrects itself here.
pub(super) fn is_corrected(page: &Page<'_>, words: &Range<usize>) -> bool {
    let to = matches!(
        page.tokens
            .get(words.start.wrapping_sub(1))
            .map(|token| token.key.as_str()),
        Some("to" | "auf" | "a" | "au")
    );
    shortly_before(page, words.start, 3, &CORRECTED)
        || (to && any(page, &page.sentence_of(words.start), &MOVED))
}

/// The label that a place stands behind.
pub(super) fn label_of(labels: &[Labelled], at: usize) -> Option<&Labelled> {
    // They stand in their order and do not overlap.
    let before = labels.partition_point(|label| label.value.start <= at);
    labels[..before].last().filter(|label| label.value.contains(&at))
}

/// Whether a place stands behind a label of that kind.
pub(super) fn asked(labels: &[Labelled], at: usize, what: Asked) -> bool {
    label_of(labels, at).is_some_and(|label| label.asked == what)
}
