//! Greetings, thanks, farewells and "what can you do?": questions that want no look-up.

use super::words::words;
use crate::assistant::draft::Phrase;

const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hallo",
    "bonjour",
    "salut",
    "moin",
    "morning",
    "afternoon",
    "evening",
    "greetings",
];
const THANKS: &[&str] = &[
    "thanks", "thank", "thx", "cheers", "danke", "merci", "great", "perfect", "ok", "okay",
];
const FAREWELLS: &[&str] = &["bye", "goodbye", "tschüss", "ciao"];
/// Words that may stand beside them without making it a question.
const FILLERS: &[&str] = &[
    "there", "good", "you", "very", "much", "a", "lot", "for", "your", "help", "that", "so", "all",
];

/// The phrase that answers small talk; `None` when there is something to look up.
pub(super) fn reply_to(question: &str) -> Option<Phrase> {
    let words: Vec<String> = words(question).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_only = |lists: &[&[&str]]| {
        words
            .iter()
            .all(|word| lists.iter().any(|list| list.contains(&word.as_str())))
    };
    let small = !words.is_empty() && is_only(&[GREETINGS, THANKS, FAREWELLS, FILLERS]);
    match () {
        () if small && has(FAREWELLS) => Some(Phrase::Farewell),
        () if small && has(THANKS) => Some(Phrase::Welcome),
        () if small && has(GREETINGS) => Some(Phrase::Greeting),
        () if asks_for_abilities(&words) => Some(Phrase::Abilities),
        () => None,
    }
}

fn asks_for_abilities(words: &[String]) -> bool {
    let text = words.join(" ");
    [
        "what can you do",
        "who are you",
        "what are you",
        "what can i ask",
        "how can you help",
        "what can you help",
    ]
    .iter()
    .any(|opening| text.contains(opening))
        && words.len() <= 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_talk_is_small_talk() {
        #[track_caller]
        fn check(question: &str, expected: Option<Phrase>) {
            assert_eq!(reply_to(question), expected, "{question}");
        }
        check("Hi there!", Some(Phrase::Greeting));
        check("good morning", Some(Phrase::Greeting));
        check("Thanks a lot for your help", Some(Phrase::Welcome));
        check("bye", Some(Phrase::Farewell));
        check("What can you do for me?", Some(Phrase::Abilities));
        check("Hi, what is the MDF deadline?", None);
        check("good", None);
        check("", None);
    }
}
