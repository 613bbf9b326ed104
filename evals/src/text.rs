//! Text made comparable: what two people would call the same words compares equal.

use std::sync::LazyLock;

use regex::Regex;

/// `[3](#cite-a1)` and the bare `[3]`: a marker, not a number of the answer.
static MARKER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[(\d{1,3})\](?:\(#cite-[^)\s]*\))?"));

/// Compiles a pattern of this crate's own source.
pub(crate) fn pattern(source: &str) -> Regex {
    // Every pattern is a literal of this crate and is compiled by the tests that use it.
    #[allow(clippy::expect_used)]
    Regex::new(source).expect("a valid pattern")
}

/// The numbers of the answer's citation markers that link to a citation, in order.
pub(crate) fn markers(answer: &str) -> Vec<u32> {
    MARKER
        .captures_iter(answer)
        .filter(|found| found[0].contains("](#cite-"))
        .filter_map(|found| found[1].parse().ok())
        .collect()
}

/// The answer without its citation markers, as a reader would read it aloud.
pub(crate) fn without_markers(answer: &str) -> String {
    MARKER.replace_all(answer, " ").into_owned()
}

/// Case, white space, typographic quotes and dashes folded away.
pub(crate) fn fold(text: &str) -> String {
    let lower = text.chars().flat_map(char::to_lowercase).map(|c| match c {
        '‘' | '’' | 'ʼ' | '`' => '\'',
        '“' | '”' | '„' | '«' | '»' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        other => other,
    });
    let folded: String = lower
        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}'))
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The answer for comparing words: no markers, no emphasis, folded.
pub(crate) fn plain(answer: &str) -> String {
    let words = without_markers(answer)
        .replace("**", "")
        .replace("__", "")
        .replace('`', "");
    let folded = fold(&words);
    // A marker before a full stop leaves a space that nobody would write.
    folded.replace(" .", ".").replace(" ,", ",")
}

/// Whether `text` holds `wanted`, both folded; a number at an edge of `wanted` must be the whole number, so
/// that "90 days" is not found in "190 days".
pub(crate) fn holds(text: &str, wanted: &str) -> bool {
    let inside_number = |before: Option<char>, after: Option<char>| matches!((before, after), (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit());
    text.match_indices(wanted).any(|(at, found)| {
        let end = at + found.len();
        !inside_number(text[..at].chars().next_back(), found.chars().next())
            && !inside_number(found.chars().next_back(), text[end..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_compare_as_a_reader_would() {
        let check = |answer: &str, wanted: &str, expected: bool| {
            assert_eq!(
                holds(&plain(answer), &fold(wanted)),
                expected,
                "{wanted:?} in {answer:?}"
            );
        };
        check(
            "A deal is protected for **90 days** [1](#cite-a).",
            "90 days.",
            true,
        );
        check("protected for 90\u{a0}days", "90 Days", true);
        check("protected for 90\n  days", "90 days", true);
        check("protected for 190 days", "90 days", false);
        check("in the year 2026", "20", false);
        check("the “partner’s” own", "\"partner's\" own", true);
        check("first–come", "first-come", true);
    }

    #[test]
    fn only_linked_markers_are_citations() {
        assert_eq!(markers("One [1](#cite-a). Two [2](#cite-b-2), [3]."), [1, 2]);
    }
}
