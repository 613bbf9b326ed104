//! A question as it is meant: completed from the conversation, cut into its clauses, without names.

use super::{
    super::{Ask, Past, Vocabulary},
    arguments, words,
};
use crate::{assistant::tools::Tool, program::period::Period};
use unicode_segmentation::UnicodeSegmentation;

/// A question as it is meant, with what it leaves out taken from the conversation.
#[derive(Clone)]
pub(super) struct Question {
    /// The words that are meant.
    pub(super) text: String,
    /// The words to search the documents for: without the partner's own names, which no document holds.
    pub(super) searched: String,
    /// The words that were asked, for names and filters.
    pub(super) asked: String,
    /// Tools of the exchange it follows up on; empty when it stands alone.
    pub(super) followed: Vec<(Tool, serde_json::Value)>,
}

/// Words that a letter opens with, up to a comma, an exclamation mark or the end of a line.
const GREETINGS: &[&str] = &[
    "hi", "hello", "hey", "dear", "hallo", "liebe", "lieber", "bonjour", "good",
];
/// Words before a greeting's end.
const GREETING_WORDS: usize = 4;
/// What a letter closes with, at the beginning of a sentence or a line.
const CLOSINGS: &[&str] = &[
    "kind regards",
    "best regards",
    "regards",
    "best wishes",
    "many thanks",
    "thanks in advance",
    "thank you in advance",
    "sincerely",
    "yours",
    "mit freundlichen",
    "viele grüße",
    "beste grüße",
    "cordialement",
    "bien à vous",
];

/// A question without the greeting before it and the name below it, which are neither asked nor looked for.
pub(super) fn to_the_point(text: &str) -> &str {
    let text = text.trim();
    let first = text.find([',', '!', '\n']).map(|end| text.split_at(end));
    let greets = |start: &str| {
        let mut words = words::words(start);
        let is_greeting = words
            .next()
            .is_some_and(|word| GREETINGS.contains(&word.as_str()));
        is_greeting && words.count() < GREETING_WORDS
    };
    let body = match first {
        Some((start, rest)) if greets(start) => rest.trim_start_matches(|c: char| !c.is_alphanumeric()),
        _ => text,
    };
    let closes = |(start, sentence): &(usize, &str)| {
        let sentence = sentence.to_lowercase();
        *start > 0 && CLOSINGS.iter().any(|closing| sentence.starts_with(closing))
    };
    let lines = body.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    let mut sentences = lines.flat_map(|(start, line)| {
        let sentences = line.split_sentence_bound_indices();
        sentences.map(move |(at, sentence)| (start + at, sentence))
    });
    let end = sentences.find(closes).map_or(body.len(), |(start, _)| start);
    match body[..end].trim() {
        "" => text,
        point => point,
    }
}

/// A question that leans on nothing.
pub(super) fn alone(ask: &Ask<'_>) -> Question {
    Question {
        searched: without_own(ask.question, ask.vocabulary, "the customer"),
        text: ask.question.to_owned(),
        asked: ask.question.to_owned(),
        followed: vec![],
    }
}

/// Completes a question that leans on the one before ("and for last quarter?").
pub(super) fn in_context(ask: &Ask<'_>) -> Question {
    let question = |text: String, followed| Question {
        searched: without_own(&text, ask.vocabulary, "the customer"),
        text,
        asked: ask.question.to_owned(),
        followed,
    };
    match ask.history.last() {
        Some(before) if leans(ask) => {
            let crm = before.tools.iter().filter(|(tool, _)| tool.is_crm());
            question(
                format!("{} {}", subject_of(ask.history), ask.question),
                crm.cloned().collect(),
            )
        }
        _ => alone(ask),
    }
}

/// Words that open a question of their own behind "and" or a comma.
const OPENERS: &[&str] = &[
    "until", "what", "why", "when", "where", "how", "who", "which", "whose", "is", "are", "do", "does",
    "can", "could", "by", "did",
];

/// The questions a question consists of: "what is the rule, and where do I stand?" wants two look-ups.
pub(super) fn clauses(question: &Question) -> Vec<Question> {
    let mut texts: Vec<String> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let words: Vec<&str> = question.text.split_whitespace().collect();
    for (nth, word) in words.iter().enumerate() {
        let next = words
            .get(nth + 1)
            .map_or(String::new(), |next| next.to_lowercase());
        let is_joint = *word == "and";
        let parts =
            (is_joint || word.ends_with([',', ':'])) && OPENERS.contains(&next.as_str()) && open.len() > 2;
        if !(parts && is_joint) {
            open.push(word);
        }
        if parts || (word.ends_with('?') && open.len() > 2) {
            texts.push(std::mem::take(&mut open).join(" "));
        }
    }
    texts.push(open.join(" "));
    texts.retain(|text| words::words(text).count() > 2);
    if texts.len() < 2 || !question.followed.is_empty() {
        return vec![question.clone()];
    }
    let clause = |text: String| Question {
        asked: text.clone(),
        searched: text.clone(),
        text,
        followed: vec![],
    };
    texts.into_iter().map(clause).collect()
}

/// Whether a clause asks on of what the one before it was about: "… and which are still open?"
pub(super) fn asks_on(clause: &Question) -> bool {
    let words: Vec<String> = words::words(&clause.text).collect();
    let verb = match &words[..] {
        [which, ones, verb, ..] if which == "which" && ones == "ones" => verb,
        [which, verb, ..] if which == "which" => verb,
        _ => return false,
    };
    ["are", "is", "were", "was", "have", "has"].contains(&verb.as_str())
}

/// What to search the documents for: the whole question, and each clause that has a topic of its own.
pub(super) fn queries(whole: &Question, ask: &Ask<'_>) -> Vec<String> {
    let mut all = vec![whole.searched.clone()];
    let clauses = clauses(whole);
    if clauses.len() > 1 {
        let searched = clauses
            .iter()
            .map(|clause| without_own(&clause.text, ask.vocabulary, "the customer"));
        let (own_topic, leaning): (Vec<_>, Vec<_>) = searched.partition(|text| words::stems(text).len() > 2);
        // "… and what are its conditions?" is about what the rest of the question is about.
        all.truncate(usize::from(!leaning.is_empty()));
        all.extend(own_topic);
    } else if whole.text != whole.asked && words::stems(&whole.asked).len() > 2 {
        // A follow-up with a topic of its own may have left the earlier one behind.
        all.push(without_own(&whole.asked, ask.vocabulary, "the customer"));
    }
    all
}

/// The last question that stood alone.
fn subject_of(history: &[Past]) -> &str {
    let leaning = |question: &str| opens_as_follow_up(&words::words(question).collect::<Vec<_>>());
    let own = history.iter().rev().find(|past| !leaning(&past.question));
    own.or(history.last()).map_or("", |past| &past.question)
}

/// A longer question says itself what it is about, however it opens; in words.
const LONGEST_FOLLOW_UP: usize = 14;

/// Whether a question cannot be understood alone: it opens like a follow-up, or has hardly a topic of its own.
fn leans(ask: &Ask<'_>) -> bool {
    let words: Vec<String> = words::words(ask.question).collect();
    let topics = words.iter().filter(|word| words::is_topic(word)).count();
    let refers = words
        .iter()
        .any(|w| ["it", "that", "they", "them", "those", "these", "this", "one"].contains(&w.as_str()));
    let only_period =
        topics <= 3 && words.len() <= 5 && Period::find_in(ask.question, ask.today, 1).is_some();
    (opens_as_follow_up(&words) && words.len() <= LONGEST_FOLLOW_UP)
        || topics <= 1
        || (refers && topics <= 3)
        || only_period
}

fn opens_as_follow_up(words: &[String]) -> bool {
    let opening = words
        .iter()
        .take(2)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    [
        "and ",
        "what about",
        "how about",
        "also ",
        "same ",
        "or for",
        "then ",
    ]
    .iter()
    .any(|o| format!("{opening} ").starts_with(o))
}

/// The question with names replaced by what they stand for, so that it can be like an example.
pub(super) fn without_names(question: &Question, vocabulary: &Vocabulary) -> String {
    let text = in_full(&without_own(&question.text, vocabulary, "this customer"));
    let text = without(&text, &vocabulary.products, "this product");
    without(&text, &vocabulary.tiers, "the next tier")
}

/// Words as people shorten them, which the embedding model may not know.
const SHORT: &[(&str, &str)] = &[
    ("dealreg", "deal registration"),
    ("dealregs", "deal registrations"),
    ("reg", "deal registration"),
    ("regs", "deal registrations"),
    ("opp", "opportunity"),
    ("opps", "opportunities"),
    ("pipe", "pipeline"),
    ("cert", "certificate"),
    ("certs", "certificates"),
    ("ref", "referral"),
    ("qtr", "quarter"),
    ("ytd", "this year"),
    ("ppl", "people"),
    ("pls", "please"),
    ("plz", "please"),
];

/// The text with shortened words in full.
fn in_full(text: &str) -> String {
    let full = |word: &str| {
        let lower = word.to_lowercase();
        let short = SHORT.iter().find(|(short, _)| *short == lower);
        short.map_or_else(|| word.to_owned(), |(_, full)| (*full).to_owned())
    };
    text.split_word_bounds().map(full).collect()
}

/// Names that are looked for in one question: none has more, and what stands for a name may be like one.
const NAMES: usize = 4;

/// The text with names of the partner's own records replaced by what they stand for.
fn without_own(text: &str, vocabulary: &Vocabulary, instead: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..NAMES {
        if let Some((_, range)) = arguments::own_mention(&text, vocabulary) {
            text.replace_range(range, instead);
        }
    }
    text
}

fn without(text: &str, names: &[String], instead: &str) -> String {
    let mut text = text.to_owned();
    for name in names {
        if let Some(range) = arguments::find(&text, name) {
            text.replace_range(range, instead);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courtesies_are_no_part_of_a_question() {
        let check = |text: &str, expected: &str| assert_eq!(to_the_point(text), expected);
        check(
            "Dear team, when is the next payment? Kind regards, Elsa",
            "when is the next payment?",
        );
        check("Hi!\nOur tier?\nBest regards\nElsa Moreau", "Our tier?");
        check("Hello Ines, thanks", "thanks");
        check("Dear customer stories, are there any?", "are there any?");
        check(
            "Good discovery questions for a first meeting, please",
            "Good discovery questions for a first meeting, please",
        );
        check("Regards, what else?", "Regards, what else?");
        check("Hi", "Hi");
        check("Hi,", "Hi,");
    }

    #[test]
    fn a_clause_without_a_subject_asks_on() {
        let check = |text: &str, expected| {
            let clause = Question {
                text: text.to_owned(),
                searched: String::new(),
                asked: text.to_owned(),
                followed: vec![],
            };
            assert_eq!(asks_on(&clause), expected, "{text}");
        };
        check("which are still open?", true);
        check("which ones were lost?", true);
        check("which rules apply?", false);
        check("who is it?", false);
    }

    #[test]
    fn shortened_words_are_compared_in_full() {
        assert_eq!(
            in_full("Any regs, or opps (ytd)? Regular ones."),
            "Any deal registrations, or opportunities (this year)? Regular ones."
        );
    }

    #[test]
    fn a_question_is_cut_where_another_one_opens() {
        #[track_caller]
        fn check(text: &str, expected: &[&str]) {
            let question = Question {
                text: text.into(),
                searched: text.into(),
                asked: text.into(),
                followed: vec![],
            };
            let got: Vec<String> = clauses(&question).into_iter().map(|clause| clause.text).collect();
            assert_eq!(got, expected);
        }
        check("What is the rate for Gold?", &["What is the rate for Gold?"]);
        check(
            "What is the rule for extensions, and where do I stand today?",
            &["What is the rule for extensions,", "where do I stand today?"],
        );
        check(
            "Our last statement is wrong, until when can we dispute it?",
            &["Our last statement is wrong,", "until when can we dispute it?"],
        );
        check(
            "Terms and conditions of the fund",
            &["Terms and conditions of the fund"],
        );
    }
}
