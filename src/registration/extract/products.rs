//! The vendor's products, as a text spells them.

use super::{
    cues,
    labels::{Asked, Labelled},
    layout::Part,
    page::Page,
};
use crate::registration::{
    fold::folded,
    lexicon::{Words, lists},
};
use std::ops::Range;

lists! {
    NOT_IT = "words/deal.txt" ["product refused"];
    ELSEWHERE = "words/deal.txt" ["product elsewhere"];
}

/// The vendor's catalogue.
pub(super) struct Products {
    /// The folded words of each name.
    names: Vec<Vec<String>>,
}

/// A product that a text names.
#[derive(Debug, Clone)]
pub(super) struct Product {
    /// Index in the catalogue.
    pub(super) index: usize,
    pub(super) words: Range<usize>,
    pub(super) score: f64,
}

impl Products {
    pub(super) fn of(names: &[String]) -> Self {
        let words = |name: &String| {
            let folded = folded(name);
            folded
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Self {
            names: names.iter().map(words).collect(),
        }
    }

    /// The product at a place, how many words name it, and whether they are spelled as in the catalogue.
    fn at(&self, page: &Page<'_>, at: usize) -> Option<(usize, usize, bool)> {
        let exact =
            |name: &Vec<String>| !name.is_empty() && (at..).zip(name).all(|(at, word)| page.key(at) == word);
        let fits = |index: usize, exact: bool| Some((index, self.names[index].len(), exact));
        let indexes = || 0..self.names.len();
        let best = indexes()
            .filter(|index| exact(&self.names[*index]))
            .max_by_key(|index| self.names[*index].len());
        best.and_then(|index| fits(index, true)).or_else(|| {
            indexes()
                .find(|index| self.is_slip(page, at, *index))
                .and_then(|index| fits(index, false))
        })
    }

    /// One letter wrong, missing or swapped in a long enough name.
    fn is_slip(&self, page: &Page<'_>, at: usize, index: usize) -> bool {
        let name = &self.names[index];
        let long = name.iter().map(|word| word.chars().count()).sum::<usize>() >= 5;
        let mut slips = 0;
        let close = (at..).zip(name).all(|(at, word)| {
            let key = page.key(at);
            // The first letter is seldom wrong, and "leave" is no slip of "weave".
            let near = key.len().abs_diff(word.len()) <= 1 && key.chars().next() == word.chars().next();
            let by = if near {
                strsim::osa_distance(key, word)
            } else {
                usize::MAX
            };
            slips += by.min(9);
            by <= 1
        });
        long && close && slips == 1 && !name.is_empty()
    }

    /// Whether a product's name stands at a place.
    pub(super) fn is_one(&self, page: &Page<'_>, at: usize) -> bool {
        self.at(page, at).is_some_and(|(_, _, exact)| exact)
    }

    /// Every product that a text names, with how surely the deal is about it.
    pub(super) fn all(&self, page: &Page<'_>, labels: &[Labelled]) -> Vec<Product> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < page.tokens.len() {
            let Some((index, len, exact)) = self.at(page, at) else {
                at += 1;
                continue;
            };
            let words = at..at + len;
            let token = &page.tokens[at];
            let mut score: f64 = if exact { 0.8 } else { 0.6 };
            if !matches!(token.part, Part::Body | Part::Subject) {
                score -= 0.6;
            }
            if cues::asked(labels, at, Asked::Product) {
                score += 0.15;
            }
            // "Weave no" is no Weave; "is Conduit, no?" asks for a nod.
            let denied = page.gap(words.end) == " "
                && cues::shortly_behind(page, words.end, 0, &NOT_IT)
                && !page.gap(words.end + 1).starts_with('?');
            if denied || cues::is_refused(page, &words) {
                score -= 0.7;
            }
            let clause = page.clause_of(&words);
            if cues::any(page, &clause, &ELSEWHERE) {
                score -= 0.6;
            }
            found.push(Product { index, words, score });
            at += len;
        }
        found
    }
}
