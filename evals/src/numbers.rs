//! Finds numbers, dates, times and codes in text, however they are written.
//!
//! `1,240.50`, `1.240,50`, `1 240.50` and `1'240.50` are one number; `12 March 2027`, `March 12, 2027`,
//! `12. März 2027`, `12.03.2027` and `2027-03-12` are one date. Where a way of writing has two readings
//! (`1.240`, `03/04/2027`) both are kept, and two facts agree when any of their readings do. Signs are left
//! out: a clawback of 150.00 and a record of -150.00 are the same figure. Numbers written out in words are
//! not found.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};
use rust_decimal::Decimal;

use crate::text;

/// Something in a text that must come from somewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// As written.
    pub text: String,
    /// What it means.
    pub kind: Kind,
}

/// What a fact means.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A number's magnitude in each of its readings.
    Number(Vec<Decimal>),
    /// Two or more numbers that could also be one written with spaces ("2 300"): the one, then the several.
    Spaced(Decimal, Vec<Decimal>),
    /// A full date in each of its readings.
    Date(Vec<Date>),
    /// A month of a year.
    Month(i16, i8),
    /// A day of a month without its year.
    Day(i8, i8),
    /// Hour and minute.
    Time(i8, i8),
    /// Letters and digits together (`dr-0001`, `Q3`, a version, a link): compared letter by letter, folded.
    Code(String),
}

/// The facts of an answer: without citation markers, list numbering, link targets inside the page and the
/// row numbers of tables.
pub fn of_answer(answer: &str) -> Vec<Fact> {
    let mut rows = RowNumbers::default();
    let readable = text::without_markers(answer);
    let readable = PAGE_LINK.replace_all(&readable, "]");
    readable
        .lines()
        .flat_map(|line| find(&rows.strip(&LIST_NUMBER.replace(line, ""))))
        .collect()
}

/// The facts of any other text: a passage, a quote, a field as shown.
pub fn find(text: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    for found in FACT.captures_iter(text) {
        let written = found[0].trim().to_owned();
        let time = found.name("isotime").and_then(|time| clock(time.as_str()));
        facts.push(Fact {
            text: written.clone(),
            kind: kind(&found),
        });
        // A timestamp is a date and a time of day: an answer may name either.
        facts.extend(time.map(|kind| Fact { text: written, kind }));
    }
    facts
}

/// Reads a number as suites write it: digits with a decimal point, or an ISO date; `%` is allowed.
pub fn canonical(text: &str) -> Option<Kind> {
    let bare = text.trim().trim_end_matches('%').trim_end();
    if let Ok(date) = bare.parse::<Date>() {
        return Some(Kind::Date(vec![date]));
    }
    let digits = bare.trim_start_matches(['-', '+']);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Decimal::from_str_exact(digits)
        .ok()
        .map(|number| Kind::Number(vec![number]))
}

/// Whether one fact says what the other says.
pub fn agree(a: &Kind, b: &Kind) -> bool {
    match (a, b) {
        (Kind::Number(a), Kind::Number(b)) => a.iter().any(|number| b.contains(number)),
        (Kind::Number(a), Kind::Spaced(one, several)) | (Kind::Spaced(one, several), Kind::Number(a)) => {
            a.iter().any(|number| number == one || several.contains(number))
        }
        (Kind::Date(a), Kind::Date(b)) => a.iter().any(|date| b.contains(date)),
        (a, b) => a == b,
    }
}

const MONTHS: &str = r"january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|okt|nov|dec|dez";

/// The alternatives are tried in this order at each place, so what is more particular comes first.
static FACT: LazyLock<Regex> = LazyLock::new(|| {
    let gap = r"[\x20\u{a0}\u{202f}\u{2009}]";
    text::pattern(&format!(
        r"(?xi)
        (?<link> [a-z]+://[^\s)>\]]+ | [\w.+-]+@[\w-]+\.[\w.-]+ )
        | \b(?<iso> \d{{4}}-\d{{2}}-\d{{2}} ) (?: (?:T|{gap}) (?<isotime> \d{{2}}:\d{{2}} ) (?: :\d{{2}}(?:\.\d+)? )? (?: Z | [+-]\d{{2}}:\d{{2}} )? )? \b
        | \b(?<day> \d{{1,2}} ) (?: \.|st|nd|rd|th )? {gap}+ (?: of{gap}+|de{gap}+ )? (?<month> {MONTHS} ) \b\.? (?: ,?{gap}+ (?: de{gap}+ )? (?<year> \d{{4}} ) \b )?
        | \b(?<usmonth> {MONTHS} ) \.? {gap}+ (?<usday> \d{{1,2}} ) (?: st|nd|rd|th )? \b (?: ,?{gap}+ (?<usyear> \d{{4}} ) \b )?
        | \b(?<monthonly> {MONTHS} ) \.? {gap}+ (?: de{gap}+ )? (?<yearonly> \d{{4}} ) \b
        | \b(?<first> \d{{1,2}} ) [./] (?<second> \d{{1,2}} ) [./] (?<fullyear> \d{{4}} ) \b
        | \b(?<time> \d{{1,2}}:\d{{2}} ) (?: :\d{{2}} )? \b
        | \b(?: EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|JPY|AUD|CAD|SGD|INR|BRL ) (?<money> \d[\d.,]*\d | \d ) \b
        | (?<code> \b\p{{L}}[\p{{L}}_]*[-_]?\d[\w-]* | \b\d+\p{{L}}+[_-]?\d[\w-]* )
        | \b(?<spaced> \d{{1,3}} (?: (?:{gap}|['’]) \d{{3}} )+ (?: [.,]\d+ )? ) \b
        | (?<number> \d+ (?: [.,]\d+ )* ) (?: (?<letter> k|m|mn|bn ) \b | {gap} (?<word> thousand|million|billion|tsd|mio|mrd ) \b )?
        "
    ))
});
static PAGE_LINK: LazyLock<Regex> = LazyLock::new(|| text::pattern(r"\]\([#/][^)\s]*\)"));
static LIST_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| text::pattern(r"^[\s>]*(?:[-*+]\s+)?(?:\*\*)?\d{1,3}[.)](?:\*\*)?\s+"));

fn kind(found: &Captures<'_>) -> Kind {
    let named = |name: &str| found.name(name).map(|group| group.as_str());
    let as_code = || Kind::Code(text::fold(&found[0]));
    if let Some(link) = named("link") {
        return Kind::Code(text::fold(link.trim_end_matches(['.', ',', ';'])));
    }
    if let Some(date) = named("iso") {
        return date
            .parse()
            .map_or_else(|_| as_code(), |date| Kind::Date(vec![date]));
    }
    for (day, month, year) in [("day", "month", "year"), ("usday", "usmonth", "usyear")] {
        if let (Some(day), Some(month)) = (named(day), named(month)) {
            return day_of(day, month, named(year)).unwrap_or_else(as_code);
        }
    }
    if let (Some(month), Some(year)) = (named("monthonly"), named("yearonly")) {
        let year = year.parse().ok();
        return year
            .zip(month_number(month))
            .map_or_else(as_code, |(year, month)| Kind::Month(year, month));
    }
    if let (Some(a), Some(b), Some(year)) = (named("first"), named("second"), named("fullyear")) {
        let dates: Vec<Date> = [date(a, b, year), date(b, a, year)]
            .into_iter()
            .flatten()
            .collect();
        return if dates.is_empty() {
            as_code()
        } else {
            Kind::Date(dates)
        };
    }
    if let Some(time) = named("time") {
        return clock(time).unwrap_or_else(as_code);
    }
    if named("code").is_some() {
        return as_code();
    }
    if let Some(spaced) = named("spaced") {
        return spaced_number(spaced).unwrap_or_else(as_code);
    }
    let readings = named("money")
        .or(named("number"))
        .map(readings)
        .unwrap_or_default();
    if readings.is_empty() {
        return as_code();
    }
    let scale = named("letter").or(named("word")).map_or(0, thousands);
    Kind::Number(scaled(readings, scale))
}

fn day_of(day: &str, month: &str, year: Option<&str>) -> Option<Kind> {
    let (day, month): (i8, i8) = (day.parse().ok()?, month_number(month)?);
    match year {
        Some(year) => Some(Kind::Date(vec![Date::new(year.parse().ok()?, month, day).ok()?])),
        None => (1..=31).contains(&day).then_some(Kind::Day(month, day)),
    }
}

fn clock(time: &str) -> Option<Kind> {
    let (hour, minute) = time.split_once(':')?;
    Some(Kind::Time(hour.parse().ok()?, minute.parse().ok()?))
}

fn date(day: &str, month: &str, year: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The month that a name in English, German, French or Spanish begins like.
fn month_number(name: &str) -> Option<i8> {
    let name = name.to_lowercase();
    let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| name.starts_with(beginning));
    let months: [&[&str]; 12] = [
        &["jan", "ene"],
        &["feb", "fév"],
        &["mar", "mär"],
        &["apr", "avr", "abr"],
        &["may", "mai"],
        &["june", "juni", "juin", "jun"],
        &["july", "juli", "juil", "jul"],
        &["aug", "aoû", "ago"],
        &["sep"],
        &["oct", "okt"],
        &["nov"],
        &["dec", "dez", "déc", "dic"],
    ];
    months
        .iter()
        .position(|beginnings| starts(beginnings))
        .and_then(|at| i8::try_from(at + 1).ok())
}

/// The readings of digits with points and commas; none where they are no number (a version, an address).
fn readings(raw: &str) -> Vec<Decimal> {
    let grouped = |whole: &str, separator: char| {
        let groups: Vec<&str> = whole.split(separator).collect();
        let last = groups.len() - 1;
        (1..=3).contains(&groups[0].len())
            && groups[1..last].iter().all(|group| (2..=3).contains(&group.len()))
            && groups[last].len() == 3
    };
    let plain = |whole: &str, fraction: &str| {
        let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
        let written = if fraction.is_empty() {
            digits
        } else {
            format!("{digits}.{fraction}")
        };
        Decimal::from_str_exact(&written).ok()
    };
    let Some(at) = raw.rfind(['.', ',']) else {
        return plain(raw, "").into_iter().collect();
    };
    let (whole, fraction) = (&raw[..at], &raw[at + 1..]);
    let last = raw.as_bytes()[at] as char;
    let other = if last == '.' { ',' } else { '.' };
    let found = match (whole.contains(last), whole.contains(other)) {
        // 1,240,000 or a version.
        (true, false) => vec![grouped(raw, last).then(|| plain(raw, "")).flatten()],
        // 1,240.50
        (false, true) => vec![grouped(whole, other).then(|| plain(whole, fraction)).flatten()],
        // 1.240 is 1,240 to half of Europe.
        (false, false) if grouped(raw, last) && !whole.starts_with('0') => {
            vec![plain(whole, fraction), plain(raw, "")]
        }
        (false, false) => vec![plain(whole, fraction)],
        (true, true) => vec![],
    };
    found.into_iter().flatten().collect()
}

fn spaced_number(raw: &str) -> Option<Kind> {
    let separators = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'];
    let joined = raw.replace(separators, "");
    // With the groups already parted by spaces, a point or comma can only be the decimal one.
    let one = Decimal::from_str_exact(&joined.replace(',', ".")).ok()?;
    let several: Vec<Decimal> = raw.split(separators).flat_map(readings).collect();
    Some(Kind::Spaced(one, several))
}

fn thousands(suffix: &str) -> u32 {
    match suffix.to_lowercase().as_str() {
        "k" | "thousand" | "tsd" => 1,
        "m" | "mn" | "million" | "mio" => 2,
        _ => 3,
    }
}

/// With a suffix both the bare figure and the scaled one are readings: a passage may say "in EUR k".
fn scaled(readings: Vec<Decimal>, thousands: u32) -> Vec<Decimal> {
    let factor = Decimal::from(1000_i64.pow(thousands));
    let larger: Vec<Decimal> = readings
        .iter()
        .filter_map(|number| number.checked_mul(factor))
        .collect();
    if thousands == 0 {
        readings
    } else {
        [readings, larger].concat()
    }
}

/// Drops the first cell of a table's rows where that column only counts them.
#[derive(Default)]
struct RowNumbers {
    in_table: bool,
    counted: bool,
}

impl RowNumbers {
    fn strip(&mut self, line: &str) -> String {
        let Some(row) = line.trim_start().strip_prefix('|') else {
            *self = Self::default();
            return line.to_owned();
        };
        let (first, rest) = row.split_once('|').unwrap_or((row, ""));
        if !self.in_table {
            let head = first.trim().to_lowercase();
            *self = Self {
                in_table: true,
                counted: matches!(head.as_str(), "" | "#" | "no" | "no." | "nr" | "nr." | "n°"),
            };
        }
        if self.counted {
            rest.to_owned()
        } else {
            row.to_owned()
        }
    }
}

#[cfg(test)]
#[path = "numbers_tests.rs"]
mod tests;
