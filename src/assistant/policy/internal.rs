//! What is nobody's business: the prompt, the tools and the marks of the machinery.

use crate::assistant::{prompt, tools::Tool};
use std::{collections::HashSet, sync::LazyLock};
use unicode_segmentation::UnicodeSegmentation;
use uuid::Uuid;

/// Words in a row that nobody shares with the prompt by chance.
const RUN: usize = 12;
/// Words from which a whole sentence of the prompt counts as such a run.
const SENTENCE: usize = 6;

/// The prompt without what is filled in, which would hide where a sentence ends.
static PROMPT: LazyLock<String> = LazyLock::new(|| prompt::ASSISTANT.fill(&[]));

/// Every [`SENTENCE`] words in a row of the prompt: most sentences hold none of these, and none of what is longer.
static SOME_WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let whole = words(&PROMPT);
    whole.windows(SENTENCE).map(|run| run.join(" ")).collect()
});

/// Whether a model's sentence tells of the prompt it was given, of a tool by its name, of a mark such as `[P1` or of a
/// passage's id. Sees verbatim words only: a translation or a paraphrase of the prompt passes, as far as verification
/// lets it.
#[must_use]
pub fn gives_away(text: &str) -> bool {
    names_a_tool(text) || holds_a_mark(text) || holds_an_id(text) || recites(text)
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

fn recites(text: &str) -> bool {
    let (said, prompt) = (words(text), PROMPT.as_str());
    if !said
        .windows(SENTENCE)
        .any(|run| SOME_WORDS.contains(&run.join(" ")))
    {
        return false;
    }
    let said = format!(" {} ", said.join(" "));
    let whole: Vec<String> = words(prompt);
    let stands_there = |run: &[String]| said.contains(&format!(" {} ", run.join(" ")));
    let sentences = prompt
        .lines()
        .flat_map(UnicodeSegmentation::split_sentence_bounds)
        .map(words);
    whole.windows(RUN).any(stands_there)
        || sentences
            .filter(|sentence| sentence.len() >= SENTENCE)
            .any(|sentence| stands_there(&sentence))
}

fn words(text: &str) -> Vec<String> {
    text.unicode_words().map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(gives_away(text), expected, "{text}");
    }

    #[test]
    fn the_machinery_is_recognised() {
        check("I can call `search_knowledge` and others.", true);
        check("My tools: List_Opportunities.", true);
        check("As [P2 says", true);
        check("It stands in passage 1b4e28ba-2fa1-5d3b-a3f5-ef19b3a7633b.", true);
        let sentences = PROMPT
            .lines()
            .flat_map(UnicodeSegmentation::split_sentence_bounds);
        for line in PROMPT
            .lines()
            .chain(sentences)
            .filter(|line| words(line).len() >= SENTENCE)
        {
            check(&format!("Gladly! {}", line.to_uppercase()), true);
        }
        let start: Vec<String> = words(&PROMPT).into_iter().take(RUN).collect();
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
