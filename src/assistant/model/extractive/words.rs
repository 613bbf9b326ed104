//! Words as the extractive model compares them.

pub(super) use liaison_knowledge::words::{is_topic, stem, stems, words};

/// Least similarity (Damerau-Levenshtein, normalised) of two words taken for the same, and the letters a word
/// must have for that: in short ones, a slip makes another word.
const SLIP: f64 = 0.85;
const SLIP_CHARS: usize = 6;

/// Whether two words are the same but for their form or a slip of the finger ("comission").
pub(super) fn same(a: &str, b: &str) -> bool {
    let long = a.chars().count().min(b.chars().count()) >= SLIP_CHARS;
    stem(a) == stem(b) || (long && strsim::normalized_damerau_levenshtein(a, b) >= SLIP)
}

/// Whether one of a list of words stands in a text, as it is.
pub(super) fn any_of(text: &str, list: &[&str]) -> bool {
    any_in(words(text), list)
}

/// As `any_of`, of a text's words.
pub(super) fn any_in(words: impl IntoIterator<Item = impl AsRef<str>>, list: &[&str]) -> bool {
    words.into_iter().any(|word| list.contains(&word.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_forgiven_in_long_words_only() {
        assert!(same("comission", "commission"));
        assert!(same("referal", "referral"));
        assert!(same("extention", "extension"));
        assert!(!same("gold", "bold"));
        assert!(!same("approved", "improved"));
    }
}
