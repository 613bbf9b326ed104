//! The words that periods are made of: units, months, ordinals, numbers.

use super::Unit;
use std::ops::Range;

/// One word of a sentence and where it stands.
pub(super) struct Word {
    /// Lower case.
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// Runs of letters and digits; a possessive `'s` belongs to its word but not to its text.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                let word = &text[from..at];
                let possessive = word == "s" && text[..from].ends_with(['\'', '’']);
                match found.last_mut() {
                    Some(owner) if possessive => owner.range.end = at,
                    _ => found.push(Word {
                        text: word.to_lowercase(),
                        range: from..at,
                    }),
                }
            }
            _ => {}
        }
    }
    found
}

pub(super) fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "day" | "days" => Unit::Day,
        "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "quarter" | "quarters" => Unit::Quarter,
        "half" | "halves" => Unit::Half,
        "year" | "years" => Unit::Year,
        _ => return None,
    })
}

/// A count small enough to be meant as one.
pub(super) fn number(word: &str) -> Option<i64> {
    const SMALL: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    let spelled = SMALL
        .iter()
        .position(|name| *name == word)
        .and_then(|at| i64::try_from(at + 1).ok());
    spelled
        .or_else(|| word.parse().ok())
        .filter(|count| (1..=1000).contains(count))
}

pub(super) fn ordinal(word: &str) -> Option<u8> {
    Some(match word {
        "first" | "1st" => 1,
        "second" | "2nd" => 2,
        "third" | "3rd" => 3,
        "fourth" | "4th" => 4,
        _ => return None,
    })
}

/// A day of a month in a word: `first`.
pub(super) fn spelled_day(word: &str) -> Option<i8> {
    const SPELLED: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
        "eleventh", "twelfth",
    ];
    let at = SPELLED.iter().position(|spelled| *spelled == word);
    match word {
        "fifteenth" => Some(15),
        "twentieth" => Some(20),
        "thirtieth" => Some(30),
        _ => i8::try_from(at? + 1).ok(),
    }
}

pub(super) fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// `12`, `12th`.
pub(super) fn day_number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let suffix = &word[digits.len()..];
    let day = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
    ["", "st", "nd", "rd", "th"].contains(&suffix).then_some(day)
}

/// Four digits of this century: `2026`. Other numbers are amounts.
pub(super) fn year_number(word: &str) -> Option<i16> {
    word.parse()
        .ok()
        .filter(|year| word.len() == 4 && (2000..2100).contains(year))
}

/// As [`year_number`], or the last two digits where the context says it is a year: `26`.
pub(super) fn fiscal_number(word: &str) -> Option<i16> {
    match word.len() {
        2 => word.parse::<i16>().ok().map(|year| 2000 + year),
        _ => year_number(word),
    }
}
