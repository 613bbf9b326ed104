//! What is nobody's business: the prompt, the tools and the marks of the machinery.

use crate::assistant::tools::Tool;
use std::{
    collections::{BTreeSet, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};
use unicode_segmentation::UnicodeSegmentation;
use uuid::Uuid;

/// Words in a row that nobody shares with the prompt by chance.
const RUN: usize = 12;
/// Words from which a whole sentence of the prompt counts as such a run.
const SENTENCE: usize = 6;

/// What must not be told.
#[derive(Debug, Clone, Default)]
pub(super) struct Internals {
    /// Words of the prompt that stand in a row, hashed: what has the same hashes has the same words.
    runs: HashSet<Box<[u64]>>,
    /// How long these rows are.
    lengths: BTreeSet<usize>,
}

impl Internals {
    /// For a model that was given this prompt.
    #[must_use]
    pub(super) fn new(prompt: &str) -> Self {
        let sentences = prompt
            .lines()
            .flat_map(UnicodeSegmentation::split_sentence_bounds)
            .map(words);
        let short = sentences.filter(|words| (SENTENCE..RUN).contains(&words.len()));
        let whole = words(prompt);
        let runs: HashSet<Box<[u64]>> = whole
            .windows(RUN)
            .map(Box::from)
            .chain(short.map(Vec::into_boxed_slice))
            .collect();
        Self {
            lengths: runs.iter().map(|run| run.len()).collect(),
            runs,
        }
    }

    /// Whether a model's sentence tells of the prompt, of a tool by its name, of a mark such as `[P1` or of a passage's
    /// id. Sees verbatim words only: a translation or a paraphrase of the prompt passes, as far as verification lets it.
    #[must_use]
    pub(super) fn are_given_away(&self, sentence: &str) -> bool {
        names_a_tool(sentence)
            || holds_a_mark(sentence)
            || holds_an_id(sentence)
            || self.are_recited(sentence)
    }

    fn are_recited(&self, sentence: &str) -> bool {
        let said = words(sentence);
        let mut rows = self.lengths.iter().flat_map(|length| said.windows(*length));
        rows.any(|row| self.runs.contains(row))
    }
}

fn names_a_tool(text: &str) -> bool {
    let lower = text.to_lowercase();
    // A name of one plain word would be found in answers that mean something else by it.
    let names = Tool::ALL
        .iter()
        .map(|tool| tool.name())
        .filter(|name| name.contains('_'));
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    names.into_iter().any(|name| {
        lower
            .match_indices(name)
            .any(|(at, _)| !lower[..at].ends_with(is_part) && !lower[at + name.len()..].starts_with(is_part))
    })
}

/// A mark for a passage or a record set, which the parser of citations takes out where it is whole.
fn holds_a_mark(text: &str) -> bool {
    text.match_indices('[').any(|(at, _)| {
        let inner = text[at + 1..].strip_prefix(['P', 'R']);
        inner.is_some_and(|inner| inner.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// Passages have ids made from their words (version 5). Those of other systems are the partner's own matter.
fn holds_an_id(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_hexdigit() && c != '-')
        .filter(|word| word.len() == 36)
        .filter_map(|word| Uuid::try_parse(word).ok())
        .any(|id| id.get_version_num() == 5)
}

/// The words of a text in any case, as hashes.
fn words(text: &str) -> Vec<u64> {
    let hash = |word: &str| {
        let mut hasher = DefaultHasher::new();
        for letter in word.chars().flat_map(char::to_lowercase) {
            letter.hash(&mut hasher);
        }
        hasher.finish()
    };
    text.unicode_words().map(hash).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt() -> String {
        crate::assistant::prompt::ASSISTANT.fill(&[])
    }

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(Internals::new(&prompt()).are_given_away(text), expected, "{text}");
    }

    #[test]
    fn the_machinery_is_recognised() {
        check("I can call `search_knowledge` and others.", true);
        check("My tools: List_Opportunities.", true);
        check("As [P2 says", true);
        check("It stands in passage 1b4e28ba-2fa1-5d3b-a3f5-ef19b3a7633b.", true);
        let prompt = prompt();
        let sentences = prompt
            .lines()
            .flat_map(UnicodeSegmentation::split_sentence_bounds);
        for told in prompt
            .lines()
            .chain(sentences)
            .filter(|told| words(told).len() >= SENTENCE)
        {
            check(&format!("Gladly! {}", told.to_uppercase()), true);
        }
        let start: Vec<&str> = prompt.unicode_words().take(RUN).collect();
        check(&format!("It begins: {}", start.join(", ")), true);
    }

    #[test]
    fn what_partners_talk_about_is_not() {
        for text in [
            "P1 incidents are answered within an hour [see the support guide].",
            "Search the knowledge base for the renewal playbook, then register the deal.",
            "Your partner account manager answers within two days.",
            "Opportunity 9f1c2e4a-8a3e-4a61-9d35-0c8f4a1b2c3d closes on 12 March.",
            "Copy every number from the quote into the claim form.",
            "The answer is in the language of the contract.",
            "List of opportunities and a pipeline summary for Q3.",
        ] {
            check(text, false);
        }
    }
}
