//! Words as they are compared: folded, stemmed, without those that say nothing.

use rust_stemmers::{Algorithm, Stemmer};
use std::sync::LazyLock;
use unicode_segmentation::UnicodeSegmentation;

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// Words that carry no topic, in questions and in documents.
const EMPTY: &[&str] = &[
    "a",
    "about",
    "after",
    "again",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "anything",
    "are",
    "as",
    "at",
    "be",
    "been",
    "before",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "else",
    "for",
    "from",
    "get",
    "give",
    "given",
    "go",
    "got",
    "had",
    "has",
    "have",
    "he",
    "help",
    "her",
    "here",
    "his",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "just",
    "know",
    "let",
    "like",
    "ll",
    "long",
    "look",
    "made",
    "make",
    "many",
    "may",
    "me",
    "might",
    "more",
    "most",
    "much",
    "must",
    "my",
    "need",
    "needs",
    "no",
    "not",
    "now",
    "of",
    "off",
    "on",
    "once",
    "one",
    "only",
    "or",
    "other",
    "our",
    "ours",
    "out",
    "over",
    "own",
    "please",
    "re",
    "s",
    "say",
    "see",
    "shall",
    "she",
    "should",
    "show",
    "so",
    "some",
    "something",
    "such",
    "t",
    "take",
    "tell",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "this",
    "those",
    "to",
    "too",
    "under",
    "until",
    "up",
    "us",
    "use",
    "ve",
    "very",
    "want",
    "was",
    "we",
    "well",
    "were",
    "what",
    "whats",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "why",
    "will",
    "with",
    "without",
    "would",
    "yes",
    "yet",
    "you",
    "your",
];

/// The words of `text`, lower case, in order.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.unicode_words()
        .map(|word| word.to_lowercase().trim_end_matches("'s").replace('’', "'"))
}

/// Whether a (lower case) word carries a topic.
#[must_use]
pub fn is_topic(word: &str) -> bool {
    EMPTY.binary_search(&word).is_err()
}

/// A word's stem.
#[must_use]
pub fn stem(word: &str) -> String {
    STEMMER.stem(word).into_owned()
}

/// The stems of the topic words of `text`, in order, repeats included.
#[must_use]
pub fn stems(text: &str) -> Vec<String> {
    words(text)
        .filter(|word| is_topic(word))
        .map(|word| stem(&word))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_for_its_search() {
        assert!(EMPTY.is_sorted());
    }

    #[test]
    fn topic_words_meet_across_forms() {
        assert_eq!(stems("How do I register a deal?"), stems("registering deals"));
        assert!(stems("What is it?").is_empty());
    }
}
