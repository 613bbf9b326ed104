//! Citations as a language model writes them, and as a partner reads them.
//!
//! A model marks each sentence with what it rests on: `[P2 "the words there"]` for a passage, `[R1]` for the
//! records of a tool call. [`parse`] turns such text into a [`Draft`]; [`render`] turns what passed verification
//! into Markdown with numbered links, and the list the numbers refer to.

use super::{
    draft::{Cite, Draft, Part},
    evidence::Evidence,
    verify::Released,
};
use liaison_knowledge::{Anchor, PassageId};
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// A citation of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// Its number in the answer, from 1.
    pub n: usize,
    /// The passage.
    pub passage_id: PassageId,
    /// The document's path as ingested.
    pub document: String,
    /// The document's title.
    pub title: String,
    /// Where the passage stands.
    pub anchor: Anchor,
    /// The words as they stand in the passage.
    pub quote: String,
}

/// A model's text as a draft. A sentence without a mark becomes a part without a citation.
#[must_use]
pub fn parse(text: &str) -> Draft {
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let Some((before, cite, after)) = next_mark(rest) else {
            parts.extend(uncited(rest));
            break;
        };
        let mut said = uncited(before);
        match (said.pop(), parts.last_mut()) {
            (Some(Part::Sentence { text, .. }), _) => {
                parts.extend(said);
                parts.push(Part::Sentence {
                    text,
                    cites: vec![cite],
                });
            }
            // A second mark behind the first belongs to the same sentence.
            (_, Some(Part::Sentence { cites, .. })) => cites.push(cite),
            _ => {}
        }
        rest = after;
    }
    Draft { parts }
}

fn uncited(text: &str) -> Vec<Part> {
    let sentences = text
        .lines()
        .flat_map(UnicodeSegmentation::split_sentence_bounds)
        .map(str::trim);
    let has_words = |s: &&str| s.chars().any(char::is_alphanumeric);
    sentences
        .filter(has_words)
        .map(|s| Part::Sentence {
            text: s.to_owned(),
            cites: vec![],
        })
        .collect()
}

/// The first mark of `text`, with what stands before and after it.
fn next_mark(text: &str) -> Option<(&str, Cite, &str)> {
    text.match_indices('[').find_map(|(start, _)| {
        let (cite, length) = mark(&text[start..])?;
        let mut after = &text[start + length..];
        // The full stop often comes after the mark.
        after = after.strip_prefix(['.', ',', ';']).unwrap_or(after);
        Some((&text[..start], cite, after))
    })
}

fn mark(text: &str) -> Option<(Cite, usize)> {
    let inner = text.strip_prefix('[')?;
    let kind = inner.chars().next()?;
    let digits = inner.get(1..)?.bytes().take_while(u8::is_ascii_digit).count();
    let place = inner.get(1..=digits)?.parse::<usize>().ok()?.checked_sub(1)?;
    let rest = inner.get(1 + digits..)?;
    match kind {
        'R' => rest
            .starts_with(']')
            .then_some((Cite::Records { result: place }, digits + 3)),
        'P' => {
            let end = rest.find("\"]")?;
            let quote = rest[..end].trim_start_matches([':', ' ']).strip_prefix('"')?;
            let length = 1 + 1 + digits + end + 2;
            Some((
                Cite::Quote {
                    passage: place,
                    quote: quote.to_owned(),
                },
                length,
            ))
        }
        _ => None,
    }
}

/// A part of an answer as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Markdown with `[n](#cite-ID)` behind what is cited.
    pub text: String,
    /// How many of the answer's citations are used up to its end.
    pub cited: usize,
}

/// The answer's parts and its citations, numbered in the order they appear.
#[must_use]
pub fn render(released: &[Released], evidence: &Evidence) -> (Vec<Shown>, Vec<Citation>) {
    let passages = evidence.passages();
    let mut citations: Vec<Citation> = Vec::new();
    let mut parts = Vec::new();
    for part in released {
        let mut text = part.text.clone();
        for quoted in &part.citations {
            let same = |c: &&Citation| c.passage_id == quoted.passage && c.quote == quoted.quote;
            let n = match citations.iter().find(same) {
                Some(citation) => citation.n,
                None => {
                    let Some(hit) = passages.iter().find(|hit| hit.passage.id == quoted.passage) else {
                        continue;
                    };
                    citations.push(Citation {
                        n: citations.len() + 1,
                        passage_id: quoted.passage,
                        document: hit.document.path.clone(),
                        title: hit.document.title.clone(),
                        anchor: hit.passage.anchor.clone(),
                        quote: quoted.quote.clone(),
                    });
                    citations.len()
                }
            };
            text.push_str(&format!(" [{n}](#cite-{})", quoted.passage.0));
        }
        parts.push(Shown {
            text,
            cited: citations.len(),
        });
    }
    (parts, citations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_belong_to_the_sentence_before_them() {
        let draft =
            parse("Hello there. It lasts 90 days [P1 \"for 90 days\"]. You have two [R1][P2 \"two\"]. More.");
        let cited: Vec<(&str, usize)> = draft
            .parts
            .iter()
            .map(|part| match part {
                Part::Sentence { text, cites } => (text.as_str(), cites.len()),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            cited,
            [
                ("Hello there.", 0),
                ("It lasts 90 days", 1),
                ("You have two", 2),
                ("More.", 0)
            ]
        );
    }

    #[test]
    fn broken_marks_are_text() {
        for text in [
            "It is so [P1]",
            "It is so [P0 \"x\"]",
            "It is so [Px \"y\"]",
            "It [R",
            "[P1 \"x",
            "[",
        ] {
            let cited = parse(text)
                .parts
                .iter()
                .any(|p| matches!(p, Part::Sentence { cites, .. } if !cites.is_empty()));
            assert!(!cited, "{text}");
        }
    }
}
