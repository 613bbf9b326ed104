//! What stands behind a number: scale and currency.

use super::money::CURRENCIES;
use crate::registration::{fold::folded, lexicon::lists};
use std::ops::Range;

lists! {
    SCALES = "words/money.txt" ["scales"];
    SCALED_CURRENCIES = "words/money.txt" ["scaled currencies"];
}

/// What stands behind a number.
#[derive(Debug, Default)]
pub(super) struct Suffix {
    /// A power of ten.
    pub(super) scale: Option<u32>,
    /// The code and where it stands, from the end of the number.
    pub(super) currency: Option<(&'static str, Range<usize>)>,
    /// Bytes that scale and currency take.
    pub(super) len: usize,
}

/// `k`, ` Mio. €`, `.- CHF`, `k USD`, ` T€`, ` 000`; nothing, where the next word is neither scale nor currency.
pub(super) fn suffix(rest: &str) -> Option<Suffix> {
    let mut suffix = Suffix::default();
    let mut at = 0;
    for dash in [".–", ",–", ".-", ",-", ".—", ",--", ".--"] {
        if let Some(behind) = rest.strip_prefix(dash) {
            at = rest.len() - behind.trim_start_matches('-').len();
        }
    }
    for _ in 0..3 {
        let Some((word, from, to)) = next_word(rest, at) else {
            break;
        };
        let folded = folded(word);
        if suffix.currency.is_some() {
            // "$ CA", "$ US": the country behind the sign.
            let (start, sign) = suffix
                .currency
                .as_ref()
                .map(|(_, range)| (range.start, &rest[range.clone()]))?;
            let code = CURRENCIES
                .value(&format!("{sign}{folded}"))
                .filter(|_| sign == "$" || sign.starts_with("dinars"));
            if let Some(code) = code {
                suffix.currency = Some((code, start..to));
                suffix.len = to;
            }
            break;
        }
        let (scale, currency) = scale_and_currency(&folded);
        if scale.is_none() && currency.is_none() || scale.is_some() && suffix.scale.is_some() {
            break;
        }
        // "3 m" and "5 t" are metres and tonnes; glued to the number they are millions and thousands.
        if from > at && folded.len() == 1 && currency.is_none() && folded != "k" {
            break;
        }
        suffix.scale = suffix.scale.or(scale);
        suffix.currency = currency.map(|code| (code, from..to));
        suffix.len = to;
        at = to;
    }
    (suffix.len > 0).then_some(suffix)
}

/// The next run of letters and signs, over a blank and a stop, or "of".
fn next_word(rest: &str, at: usize) -> Option<(&str, usize, usize)> {
    let tail = &rest[at..];
    let tail = tail.strip_prefix('.').filter(|_| at > 0).unwrap_or(tail);
    let blank = tail.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let blank = blank
        .strip_prefix("of ")
        .or_else(|| blank.strip_prefix("d'"))
        .or_else(|| blank.strip_prefix("d’"))
        .unwrap_or(blank);
    let from = rest.len() - blank.len();
    if from - at > 5 {
        return None;
    }
    let first = blank.chars().next()?;
    let len = if is_sign(first) {
        first.len_utf8()
    } else {
        blank
            .find(|c: char| !c.is_alphabetic() && !is_sign(c))
            .unwrap_or(blank.len())
    };
    (len > 0).then(|| (&blank[..len], from, from + len))
}

fn scale_and_currency(word: &str) -> (Option<u32>, Option<&'static str>) {
    if let Some(value) = SCALED_CURRENCIES.value(word)
        && let Some((scale, code)) = value.split_once(' ')
    {
        return (scale.parse().ok(), Some(code));
    }
    if let Some(scale) = SCALES.value(word) {
        return (scale.parse().ok(), None);
    }
    if let Some(code) = CURRENCIES.value(word) {
        return (None, Some(code));
    }
    // "kEUR", "musd".
    let split = word.char_indices().nth(1).map(|(at, _)| word.split_at(at));
    match split {
        Some((scale @ ("k" | "m"), code)) if CURRENCIES.has(code) => (
            SCALES.value(scale).and_then(|scale| scale.parse().ok()),
            CURRENCIES.value(code),
        ),
        _ => (None, None),
    }
}

/// The sign of a currency.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '€' | '$' | '£' | '¥' | '₹')
}
