//! What the words of a question say about single filters: a value of a closed set, a switch, a number of days.

use super::{super::Ask, arguments::period_range, words};
use crate::assistant::tools::Tool;
use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation;

/// The value of a closed set whose words stand in the question, unless several do; a list takes them all.
pub(super) fn choice(tool: Tool, property: &Value, text: &str, ask: &Ask<'_>) -> Option<Value> {
    // "This month" is no split by month.
    let range = period_range(text, ask).unwrap_or_default();
    let asked: Vec<String> = words::words(&text[..range.start])
        .chain(words::words(&text[range.end..]))
        .collect();
    if let Some(parts) = property["items"]["enum"].as_array() {
        let is_named = |part: &&Value| {
            part.as_str().is_some_and(|part| {
                part.split('_').any(|word| says(&asked, word)) || is_said_otherwise(&asked, part)
            })
        };
        let named: Vec<Value> = parts.iter().filter(is_named).cloned().collect();
        return (!named.is_empty()).then(|| named.into());
    }
    let values = property["enum"].as_array()?;
    if let Some(decisive) = values.iter().find(|value| decides(&asked, value)) {
        return Some(decisive.clone());
    }
    if let Some(split) = split(tool, values, &asked) {
        return Some(split);
    }
    let denied = denied(&asked);
    let said: Vec<String> = asked
        .iter()
        .filter(|word| !denied.contains(word))
        .cloned()
        .collect();
    let mut named = values.iter().filter(|value| mentions(&said, value)).peekable();
    if named.peek().is_none() {
        let opposite = |value: &&Value| {
            let opposite = value.as_str().and_then(|value| value.strip_prefix("un"));
            opposite.is_some_and(|value| says(&denied, value))
        };
        return values.iter().find(opposite).cloned();
    }
    let value = named.next().filter(|_| named.next().is_none())?;
    // The tool's own subject stands in too many questions to be a filter.
    (!tool.name().contains(value.as_str()?)).then(|| value.clone())
}

/// Whether a value is said by a word that others only explain: what waits for approval is submitted, and what should have
/// been paid and is overdue is that.
fn decides(asked: &[String], value: &Value) -> bool {
    const DECISIVE: &[(&str, &[&str])] = &[
        ("submitted", &["waiting", "waits", "undecided"]),
        ("overdue", &["overdue"]),
    ];
    let words = DECISIVE.iter().filter(|(decisive, _)| value == decisive);
    words
        .flat_map(|(_, words)| *words)
        .any(|word| asked.iter().any(|asked| asked == word))
}

/// Whether a question compares two values of one kind, which belong together however it is worded: "how much of it is
/// renewals, and how much is new?"
pub(super) fn compares(text: &str) -> bool {
    Tool::ALL.iter().any(|tool| compares_in(*tool, text))
}

/// As `compares`, of the values that one tool splits by.
pub(super) fn compares_in(tool: Tool, text: &str) -> bool {
    let asked: Vec<String> = words::words(text).collect();
    let values = tool.parameters()["properties"]["by"]["enum"].clone();
    values
        .as_array()
        .is_some_and(|values| split(tool, values, &asked).is_some())
}

/// By what to split where two values of one kind are named: "sourced against influenced" is by attribution.
fn split(tool: Tool, splits: &[Value], asked: &[String]) -> Option<Value> {
    let schema = tool.parameters();
    let is_compared = |split: &&Value| {
        let kind = split.as_str().map(|name| &schema["properties"][name]["enum"]);
        let values = kind.and_then(Value::as_array).into_iter().flatten();
        let names = |value: &&Value| value.as_str().is_some_and(|value| says(asked, value));
        values.filter(names).count() > 1
    };
    splits.iter().find(is_compared).cloned()
}

/// The words that a "not" stands before: "approved, but not yet paid" is not about what is paid.
fn denied(asked: &[String]) -> Vec<String> {
    let after = |at: usize| {
        let rest = asked[at + 1..].iter();
        rest.take(3)
            .find(|word| !["yet", "been", "being", "already"].contains(&word.as_str()))
    };
    let places = (0..asked.len()).filter(|at| ["not", "never"].contains(&asked[*at].as_str()));
    places.filter_map(after).cloned().collect()
}

fn mentions(asked: &[String], value: &Value) -> bool {
    let Some(value) = value.as_str() else { return false };
    // Short values ("new", "won") stand in too many questions to be filters.
    if value.len() < 4 {
        return false;
    }
    // "When will I be paid?" asks for what is not paid yet.
    if value == "paid"
        && asked
            .iter()
            .any(|word| ["when", "will", "next", "get", "owed"].contains(&word.as_str()))
    {
        return false;
    }
    // "Which did we submit this month?" asks for a day, whatever has become of them; what we sent is not what was paid.
    let acts = OWN_ACTS.iter().filter(|(act, _)| *act == value);
    let mut acts = acts.flat_map(|(_, words)| *words);
    let is_own = |pair: &[String], act: &str| ["we", "i"].contains(&pair[0].as_str()) && pair[1] == act;
    if acts.any(|act| asked.windows(2).any(|pair| is_own(pair, act))) {
        return false;
    }
    value.split('_').all(|word| says(asked, word)) || is_said_otherwise(asked, value)
}

fn is_said_otherwise(asked: &[String], value: &str) -> bool {
    let otherwise = OTHERWISE.iter().filter(|(said, _)| *said == value);
    let mut otherwise = otherwise.flat_map(|(_, words)| *words);
    otherwise.any(|word| asked.iter().any(|asked| asked == word))
}

/// What the partner itself does, and that is no state of anything.
const OWN_ACTS: &[(&str, &[&str])] = &[
    ("submitted", &["submit", "submitted"]),
    ("paid", &["pay", "paid", "sent", "transferred", "wired"]),
];

/// Values as people say them otherwise.
const OTHERWISE: &[(&str, &[&str])] = &[
    (
        "paid",
        &[
            "pay",
            "payout",
            "payouts",
            "landed",
            "received",
            "sent",
            "transferred",
            "arrived",
            "wired",
        ],
    ),
    ("rejected", &["refused", "declined"]),
    ("approved", &["accepted"]),
    (
        "conflicting",
        &["conflict", "conflicts", "contested", "contesting"],
    ),
    ("expired", &["lapsed"]),
    ("stage", &["phase", "phases"]),
    ("manager", &["contact", "assigned", "responsible"]),
];

/// Whether the question uses a word, in any form of it.
fn says(asked: &[String], word: &str) -> bool {
    let same = |asked: &String| {
        let shared = word
            .chars()
            .zip(asked.chars())
            .take_while(|(a, b)| a == b)
            .count();
        words::same(word, asked) || (shared >= 6 && shared + 3 >= word.chars().count())
    };
    asked.iter().any(same)
}

/// Whether a question uses a word that a switch is called or described by.
pub(super) fn is_wanted(name: &str, property: &Value, text: &str) -> bool {
    let asked: Vec<String> = words::words(text).collect();
    let described = property["description"].as_str().unwrap_or_default();
    let mut telling = words::words(described).filter(|word| words::is_topic(word));
    says(&asked, name) || telling.any(|word| says(&asked, &word))
}

/// Whether a question wants to know if one thing is so; "any" asks for all that are.
pub(super) fn asks_whether(text: &str) -> bool {
    let opens = |sentence: &str| {
        let first = words::words(sentence).next();
        first.is_some_and(|first| ["is", "was", "has", "did"].contains(&first.as_str()))
    };
    text.unicode_sentences().any(opens)
        && !words::any_of(text, &["any", "anything", "some", "something", "which"])
}

/// A number of days: "60 days", "two weeks", "a month".
pub(super) fn days(text: &str) -> Option<u32> {
    const NUMBERS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    let words: Vec<String> = words::words(text).collect();
    let number = |word: &str| match word {
        "a" | "an" => Some(1),
        word => match NUMBERS.iter().position(|number| *number == word) {
            Some(at) => u32::try_from(at + 1).ok(),
            None => word.parse().ok().filter(|number| (1..=1_000).contains(number)),
        },
    };
    let unit = |word: &str| match word {
        "day" | "days" => Some(1),
        "week" | "weeks" => Some(7),
        "month" | "months" => Some(30),
        _ => None,
    };
    words
        .windows(2)
        .find_map(|pair| Some(number(&pair[0])? * unit(&pair[1])?))
}

/// Whether a number of days is to come: "within 30 days", "in the next two weeks".
pub(super) fn is_ahead(text: &str) -> bool {
    words::any_of(text, &["within", "next", "coming"])
}

/// Whether a question asks for what is to come to its end, not for what has.
pub(super) fn is_to_end(text: &str) -> bool {
    const ENDS: &[&str] = &[
        "expire", "expires", "expiring", "end", "ends", "ending", "lapse", "lapses", "lapsing", "run",
        "runs", "running",
    ];
    words::any_of(text, ENDS) && !words::any_of(text, &["did", "already", "expired", "ended", "lapsed"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_whether_something_is_so_names_no_filter() {
        let check = |text: &str, expected| assert_eq!(asks_whether(text), expected, "{text}");
        check("Was our request approved?", true);
        check("Has the fair been paid yet?", true);
        check("Is any of my registrations expired?", false);
        check("Which requests were approved?", false);
        check("Are my claims paid?", false);
        check("We sent the receipts weeks ago. Has the 800 been paid?", true);
    }

    #[test]
    fn what_is_denied_is_no_filter_and_two_of_a_kind_are_a_split() {
        let vocabulary = crate::assistant::model::Vocabulary::default();
        let check = |tool: Tool, name: &str, text: &str, expected: Option<&str>| {
            let ask = super::super::arguments::tests::ask(text, &vocabulary);
            let property = tool.parameters()["properties"][name].clone();
            let found = choice(tool, &property, text, &ask);
            assert_eq!(found, expected.map(Value::from), "{text}");
        };
        let commissions = Tool::ListCommissions;
        check(
            commissions,
            "status",
            "which are approved but not yet paid",
            Some("approved"),
        );
        check(commissions, "status", "which have not been paid", Some("unpaid"));
        check(commissions, "status", "approved and paid ones", None);
        check(commissions, "status", "what you sent us", Some("paid"));
        check(commissions, "status", "we sent you the receipts", None);
        check(commissions, "status", "what we received", Some("paid"));
        check(
            commissions,
            "status",
            "overdue ones you should have paid",
            Some("overdue"),
        );
        let registrations = Tool::ListDealRegistrations;
        check(
            registrations,
            "status",
            "which are waiting for approval",
            Some("submitted"),
        );
        check(registrations, "status", "which did we submit this month", None);
        check(
            registrations,
            "status",
            "which are still submitted",
            Some("submitted"),
        );
        let pipeline = Tool::PipelineSummary;
        check(pipeline, "by", "sourced against influenced", Some("attribution"));
        check(pipeline, "by", "renewals or expansions, please", Some("motion"));
        check(
            pipeline,
            "by",
            "how much is new, how much are renewals",
            Some("motion"),
        );
        check(pipeline, "by", "what we sourced", None);
        check(pipeline, "attribution", "sourced against influenced", None);
    }

    #[test]
    fn two_values_of_one_kind_are_compared() {
        let check = |text: &str, expected| assert_eq!(compares(text), expected, "{text}");
        check("how much of it is renewals, and how much is new?", true);
        check("sourced against influenced", true);
        check("our renewals of last year", false);
        check("how much is open?", false);
    }

    #[test]
    fn switches_are_known_by_their_description() {
        let property =
            serde_json::json!({ "type": "boolean", "description": "Weighted by probability, too." });
        let check =
            |text: &str, expected| assert_eq!(is_wanted("weighted", &property, text), expected, "{text}");
        check("our weighted pipeline", true);
        check("with the probabilities in it", true);
        check("our pipeline by stage", false);
    }

    #[test]
    fn days_are_counted() {
        let check = |text: &str, expected| assert_eq!(days(text), expected, "{text}");
        check("no activity for 60 days", Some(60));
        check("in the next two weeks", Some(14));
        check("for over a month", Some(30));
        check("on day 3 of the month", None);
        check("how many days are left", None);
    }
}
