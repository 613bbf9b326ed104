//! No sentence leaves uncited, no number without its passage or record.
//!
//! A sentence passes when at least one of its citations holds (the quoted words stand in a passage of this
//! turn, or it names records of this turn) and every number, amount, percentage and date in it stands in what
//! its holding citations point to. What fails is withheld with its reason; nothing is rewritten here.

use super::{
    draft::{Cite, Draft, Part},
    evidence::Evidence,
    tools::ToolOutcome,
};
use liaison_evals::numbers;
use liaison_knowledge::{Hit, PassageId};

/// What became of a draft.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// What may reach the partner, in order.
    pub released: Vec<Released>,
    /// What may not.
    pub withheld: Vec<Withheld>,
}

/// A part that passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    /// Markdown without citation marks.
    pub text: String,
    /// The quotes it rests on; empty when it rests on records or is a phrase of ours.
    pub citations: Vec<Quoted>,
}

/// A quote that was found in its passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The passage.
    pub passage: PassageId,
    /// The words.
    pub quote: String,
}

/// A part that did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Why, for the receipt and for a model that may try again.
    pub reason: Failure,
}

/// Why a part did not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It cites nothing.
    #[error("it cites nothing")]
    Uncited,
    /// None of its citations holds.
    #[error("its quotes do not stand in the passages they name")]
    QuoteNotFound,
    /// A number of it stands nowhere in what it cites.
    #[error("{0:?} does not stand in what it cites")]
    NumberWithoutSource(String),
}

/// Checks every part of a draft against what was gathered in this turn.
#[must_use]
pub fn verify(draft: &Draft, evidence: &Evidence) -> Verdict {
    let (passages, records) = (evidence.passages(), evidence.records());
    let mut verdict = Verdict::default();
    for part in &draft.parts {
        let checked = match part {
            Part::Phrase(phrase) => Ok(Released {
                text: phrase.words().to_owned(),
                citations: vec![],
            }),
            Part::Table { result } => records
                .get(*result)
                .map(|(_, outcome)| Released {
                    text: super::table::markdown(outcome),
                    citations: vec![],
                })
                .ok_or(Failure::Uncited),
            Part::Sentence { text, cites } => sentence(text, cites, &passages, &records),
        };
        match checked {
            Ok(released) => verdict.released.push(released),
            Err(reason) => verdict.withheld.push(Withheld { reason }),
        }
    }
    // A phrase alone answers nothing once a factual part was withheld.
    let is_factual = |part: &&Part| !matches!(part, Part::Phrase(_));
    if !verdict.withheld.is_empty() && draft.parts.iter().filter(is_factual).count() == verdict.withheld.len()
    {
        verdict.released.clear();
    }
    verdict
}

fn sentence(
    text: &str,
    cites: &[Cite],
    passages: &[&Hit],
    records: &[(&super::evidence::ToolCall, &ToolOutcome)],
) -> Result<Released, Failure> {
    if cites.is_empty() {
        return Err(Failure::Uncited);
    }
    let (mut citations, mut sources, mut rests_on_records) = (Vec::new(), Vec::new(), false);
    for cite in cites {
        match cite {
            Cite::Quote { passage, quote } => {
                if let Some(hit) = passages
                    .get(*passage)
                    .filter(|hit| stands_in(quote, &hit.passage.text))
                {
                    citations.push(Quoted {
                        passage: hit.passage.id,
                        quote: quote.clone(),
                    });
                    sources.push(hit.passage.text.clone());
                }
            }
            Cite::Records { result } => {
                if let Some((_, outcome)) = records.get(*result) {
                    rests_on_records = true;
                    sources.extend(shown_fields(outcome));
                }
            }
        }
    }
    if citations.is_empty() && !rests_on_records {
        return Err(Failure::QuoteNotFound);
    }
    match first_unsupported(text, &sources) {
        Some(number) => Err(Failure::NumberWithoutSource(number)),
        None => Ok(Released {
            text: text.to_owned(),
            citations,
        }),
    }
}

/// The first number of `text` that stands in none of `sources`, as written.
fn first_unsupported(text: &str, sources: &[String]) -> Option<String> {
    let known: Vec<numbers::Fact> = sources.iter().flat_map(|source| numbers::find(source)).collect();
    let has_source = |fact: &numbers::Fact| known.iter().any(|k| numbers::agree(&fact.kind, &k.kind));
    numbers::of_answer(text)
        .into_iter()
        .find(|fact| !has_source(fact))
        .map(|fact| fact.text)
}

fn shown_fields(outcome: &ToolOutcome) -> impl Iterator<Item = String> + '_ {
    outcome
        .records
        .iter()
        .flat_map(|record| &record.fields)
        .map(|field| field.text.clone())
}

/// Whether `quote` stands in `text`, word for word; white space, letter case and the shape of quotation marks
/// and dashes do not count.
#[must_use]
pub fn stands_in(quote: &str, text: &str) -> bool {
    let quote = folded(quote);
    !quote.is_empty() && folded(text).contains(&quote)
}

fn folded(text: &str) -> String {
    let shape = |c: char| match c {
        '“' | '”' | '„' | '«' | '»' => '"',
        '‘' | '’' => '\'',
        '–' | '—' | '‑' => '-',
        other => other,
    };
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().map(shape).collect())
        .collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::{
        draft::Phrase,
        evidence::{ToolCall, ToolReturn, ToolStep},
        tools::Tool,
    };
    use liaison_knowledge::{Anchor, AudienceSpec, DocumentId, DocumentRecord, Passage, Validity};
    use serde_json::json;

    fn evidence(text: &str) -> Evidence {
        let document = DocumentId::of_source("/rules.md");
        let hit = Hit {
            passage: Passage {
                id: PassageId::of_text(document, 0, text),
                ordinal: 0,
                anchor: Anchor::Heading { heading: vec![] },
                heading: vec![],
                text: text.to_owned(),
            },
            document: DocumentRecord {
                id: document,
                path: "rules.md".into(),
                title: "Rules".into(),
                audience: AudienceSpec::Partners,
                validity: Validity::default(),
                language: None,
            },
            score: 1.0,
            similarity: Some(1.0),
            bm25: None,
        };
        let call = ToolCall {
            tool: Tool::SearchKnowledge,
            arguments: json!({}),
        };
        Evidence {
            steps: vec![ToolStep {
                call,
                returned: ToolReturn::Passages(vec![hit]),
            }],
        }
    }

    #[track_caller]
    fn check(text: &str, quote: Option<&str>, expected: Result<(), Failure>) {
        let evidence = evidence("A registered deal is protected for 90 days. It’s “final”\nunless extended.");
        let cites = quote.map(|quote| Cite::Quote {
            passage: 0,
            quote: quote.to_owned(),
        });
        let part = Part::Sentence {
            text: text.to_owned(),
            cites: cites.into_iter().collect(),
        };
        let verdict = verify(&Draft { parts: vec![part] }, &evidence);
        match expected {
            Ok(()) => assert_eq!(
                (verdict.released.len(), verdict.withheld.len()),
                (1, 0),
                "{verdict:?}"
            ),
            Err(reason) => assert_eq!(
                (verdict.released.len(), verdict.withheld),
                (0, vec![Withheld { reason }])
            ),
        }
    }

    #[test]
    fn a_sentence_needs_a_quote_that_stands_there_and_numbers_that_do_too() {
        check("Protection lasts 90 days.", Some("protected for 90 days"), Ok(()));
        check("It is final.", Some("it's \"final\" unless extended"), Ok(()));
        check("Protection lasts 90 days.", None, Err(Failure::Uncited));
        check(
            "Protection lasts 90 days.",
            Some("protected for ninety days"),
            Err(Failure::QuoteNotFound),
        );
        check("It lasts 90 days.", Some(" "), Err(Failure::QuoteNotFound));
        let other = Err(Failure::NumberWithoutSource("120".into()));
        check(
            "Protection lasts 120 days.",
            Some("A registered deal is protected"),
            other,
        );
    }

    #[test]
    fn a_phrase_does_not_stand_in_for_an_answer_that_was_withheld() {
        let lie = Part::Sentence {
            text: "It is 5 %.".into(),
            cites: vec![],
        };
        let draft = Draft {
            parts: vec![Part::Phrase(Phrase::Greeting), lie],
        };
        assert!(verify(&draft, &evidence("x")).released.is_empty());
        let draft = Draft {
            parts: vec![Part::Phrase(Phrase::Greeting)],
        };
        assert_eq!(verify(&draft, &evidence("x")).released.len(), 1);
    }
}
