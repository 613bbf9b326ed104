//! Whether the knowledge answers a question at all. The honest no is decided here.

use super::{arguments, words};
use liaison_knowledge::Hit;
use unicode_segmentation::UnicodeSegmentation;

/// Weights of a logistic regression on questions of two public sets (partner FAQs, texts of five fields). A third of
/// them could be answered, a third had lost their answer, a third was asked of the other set. A vendor's questions have
/// other base rates; the order holds. `liaison eval retrieval --support` tells the curve of any set.
const BIAS: f32 = -4.97;
/// Of the meaning that the best sentence has in common with the question.
const MEANING: f32 = 5.05;
/// Of the question's words that it holds.
const COVERAGE: f32 = 1.22;
/// Of how far the passage nearest in meaning stands out from the last one found.
const LEAD: f32 = 3.34;

/// What is needed for an answer, chosen on the golden questions; and when the question holds a name that stands in none
/// of the passages: what was found is then about something else, however alike.
const NEEDED: f32 = 0.2;
const NEEDED_WITHOUT_THE_NAME: f32 = 0.35;

/// What a sentence of a passage says of the question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// The similarity of the two, 0 to 1.
    pub(super) meaning: f32,
    /// The share of the question's words that it holds.
    pub(super) coverage: f32,
}

/// The probability that one of these sentences answers the question. They stand in `hits`.
pub(super) fn of(said: &[Said], hits: &[Hit]) -> f32 {
    let weigh = |said: &Said| MEANING * said.meaning + COVERAGE * said.coverage;
    let Some(said) = said.iter().map(weigh).max_by(f32::total_cmp) else {
        return 0.0;
    };
    let alike = || hits.iter().filter_map(|hit| hit.similarity);
    let lead = alike().fold(0.0, f32::max) - alike().fold(1.0, f32::min);
    1.0 / (1.0 + (-(BIAS + said + LEAD * lead.max(0.0))).exp())
}

/// The probability from which `question` is answered.
pub(super) fn needed(question: &str, hits: &[Hit]) -> f32 {
    let is_strange = |name| !hits.iter().any(|hit| holds(hit, name));
    if names(question).any(is_strange) {
        NEEDED_WITHOUT_THE_NAME
    } else {
        NEEDED
    }
}

/// Words with a capital that does not come from the start of a sentence.
fn names(question: &str) -> impl Iterator<Item = &str> {
    question
        .split_sentence_bounds()
        .flat_map(|sentence| sentence.unicode_words().skip(1))
        .filter(|word| {
            word.chars().next().is_some_and(char::is_uppercase)
                && words::is_topic(&word.to_lowercase())
                && !arguments::is_abbreviation(word)
        })
}

fn holds(hit: &Hit, name: &str) -> bool {
    let name = name.trim_end_matches("'s").trim_end_matches("’s").to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&name);
    holds(&hit.passage.text) || holds(&hit.document.title) || hit.passage.heading.iter().any(|h| holds(h))
}

#[cfg(test)]
mod tests {
    use super::*;
    use liaison_knowledge::{
        Anchor, AudienceSpec, DocumentId, DocumentRecord, Passage, PassageId, Stored, Validity,
    };
    use std::sync::Arc;

    fn hit(ordinal: u32, similarity: Option<f32>, text: &str) -> Hit {
        let id = DocumentId::of_source("rules");
        Hit {
            stored: Arc::new(Stored {
                passage: Passage {
                    id: PassageId::of_text(id, ordinal, text),
                    ordinal,
                    anchor: Anchor::Page { page: 1 },
                    heading: vec!["Protection".to_owned()],
                    text: text.to_owned(),
                },
                document: Arc::new(DocumentRecord {
                    id,
                    path: "rules".to_owned(),
                    title: "Rules".to_owned(),
                    audience: AudienceSpec::Partners,
                    validity: Validity::default(),
                    language: None,
                }),
            }),
            score: 1.0,
            similarity,
            bm25: None,
        }
    }

    fn check(meaning: f32, coverage: f32, similarities: &[f32]) -> f32 {
        let hits: Vec<Hit> = (0..)
            .zip(similarities)
            .map(|(n, similarity)| hit(n, Some(*similarity), "text"))
            .collect();
        of(
            &[
                Said { meaning, coverage },
                Said {
                    meaning: 0.1,
                    coverage: 0.1,
                },
            ],
            &hits,
        )
    }

    #[test]
    fn meaning_words_and_a_lead_support_an_answer() {
        let alike = [0.5, 0.5, 0.5];
        let all = [
            check(0.2, 0.2, &alike),
            check(0.5, 0.2, &alike),
            check(0.5, 0.8, &alike),
            check(0.5, 0.8, &[0.5, 0.3, 0.2]),
            check(0.9, 1.0, &[0.9, 0.3, 0.2]),
        ];
        assert!(all.is_sorted() && all[0] < 0.05 && all[4] > 0.9, "{all:?}");
    }

    #[test]
    fn without_sentences_or_meaning_there_is_a_probability_too() {
        assert_eq!(of(&[], &[]), 0.0);
        let none = of(
            &[Said {
                meaning: 0.4,
                coverage: 0.4,
            }],
            &[hit(0, None, "found by words")],
        );
        assert!(none > 0.0 && none < NEEDED, "{none}");
    }

    #[test]
    fn more_is_needed_where_a_name_is_strange() {
        let hits = [hit(0, Some(0.9), "Weave is sold by the seat.")];
        assert_eq!(needed("What does Weave cost?", &hits), NEEDED);
        assert_eq!(needed("What does Payroll cost?", &hits), NEEDED_WITHOUT_THE_NAME);
        assert_eq!(needed("Payroll costs what?", &hits), NEEDED);
    }
}
