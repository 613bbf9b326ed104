//! Normalising text, so that the same words are the same characters whatever file they came from.
//!
//! NFKC turns ligatures, full-width forms and non-breaking spaces into plain characters. Two things it must not
//! do in documents about money: glue a raised footnote mark to a number (`500¹` is not 5001) and glue a
//! fraction to one (`10½` is not 101⁄2). Invisible characters go, because they split words for search and can
//! carry instructions that no reader sees.

use unicode_normalization::UnicodeNormalization;

/// One line of text: normalised, invisible characters removed, white space folded.
pub(crate) fn line(raw: &str) -> String {
    if raw.is_ascii() {
        return fold(raw);
    }
    fold(&normalise(raw))
}

/// Text whose line breaks and indents count (code): normalised like a line, but only trailing space goes.
pub(crate) fn lines(raw: &str) -> String {
    let text = if raw.is_ascii() {
        raw.to_owned()
    } else {
        normalise(raw)
    };
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let first = lines
        .iter()
        .position(|line| !line.is_empty())
        .unwrap_or(lines.len());
    let last = lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(first, |at| at + 1);
    lines[first..last].join("\n")
}

/// `digits`, set as superscript behind `before`, as raised characters where they are a mark: behind a number, a
/// percentage or a word. In `m2` and `CO2` they belong to the name.
pub(crate) fn raised(before: &str, digits: &str) -> String {
    if !takes_mark(before) || !digits.chars().all(|c| c.is_ascii_digit()) {
        return digits.to_owned();
    }
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .map(|d| RAISED[d as usize])
        .collect()
}

/// What parts `before` from the next line of a table's cell: lines that end in no mark are items of a list.
pub(crate) fn item_break(before: &str) -> &'static str {
    let before = before.trim_end();
    if before.is_empty() || before.ends_with(|c: char| c != '%' && c != ')' && c.is_ascii_punctuation()) {
        " "
    } else {
        ", "
    }
}

/// Whether a raised digit behind `text` is a mark rather than part of a unit's or a formula's name.
fn takes_mark(text: &str) -> bool {
    let letters = text
        .chars()
        .rev()
        .take_while(|c| c.is_alphabetic())
        .take(3)
        .count();
    match text.chars().next_back() {
        None => false,
        Some(c) if c.is_whitespace() => false,
        Some(_) => letters == 0 || letters == 3,
    }
}

fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Control characters count as spaces: form feeds and vertical tabs separate words in PDFs and decks.
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn normalise(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut run = String::new();
    for c in raw.chars().filter(|c| !is_invisible(*c)) {
        if is_raised_or_lowered(c) && takes_mark(if run.is_empty() { &out } else { &run }) {
            out.extend(run.nfkc());
            run.clear();
            out.push(c);
            continue;
        }
        if is_fraction(c) && run.ends_with(|c: char| c.is_ascii_digit()) {
            run.push(' ');
        }
        run.push(c);
    }
    out.extend(run.nfkc());
    out
}

fn is_raised_or_lowered(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉')
}

fn is_fraction(c: char) -> bool {
    matches!(c, '¼'..='¾' | '⅐'..='⅞' | '↉')
}

/// Characters that show nothing and take no room, or turn the direction of what follows: zero-width, direction and tag
/// characters, the soft hyphen, joiners, fillers and selectors.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text of a file: by its byte-order mark, as UTF-8, or else by `hint` (a charset's name) or Windows-1252.
/// `None` when it holds bytes that no text holds.
pub(crate) fn decode(bytes: &[u8], hint: Option<&str>) -> Option<String> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return Some(
            encoding
                .decode_without_bom_handling(&bytes[mark..])
                .0
                .into_owned(),
        );
    }
    if bytes.contains(&0) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(text.to_owned());
    }
    let hinted = hint.and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    let encoding = hinted.unwrap_or(encoding_rs::WINDOWS_1252);
    let text = encoding.decode_without_bom_handling(bytes).0.into_owned();
    let odd = text
        .chars()
        .filter(|c| c.is_control() && !c.is_whitespace() || *c == '\u{fffd}')
        .count();
    // A few stray bytes are a slip of the editor; many are a binary file with a text file's name.
    (odd * 20 <= text.chars().count()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_normalised() {
        #[track_caller]
        fn check(raw: &str, expected: &str) {
            assert_eq!(line(raw), expected, "{raw:?}");
        }
        check("  a \t b\u{b}c\r\nd ", "a b c d");
        check("e\u{fb03}cient \u{fb01}gures", "efficient figures");
        check("18\u{a0}%", "18 %");
        check("par\u{200b}t\u{ad}ner\u{feff}", "partner");
        check("hidden\u{e0041}\u{e0042}", "hidden");
        check("EUR 500¹ and 10²³", "EUR 500¹ and 10²³");
        check("CO₂ m² ¹ see", "CO2 m2 1 see");
        check("18 %¹ per deal²", "18 %¹ per deal²");
        check("10½ %", "10 1⁄2 %");
        check("cafe\u{301}", "café");
    }

    #[test]
    fn raised_marks_never_join_a_number() {
        #[track_caller]
        fn check(before: &str, digits: &str, expected: &str) {
            assert_eq!(raised(before, digits), expected);
        }
        check("EUR 500", "12", "¹²");
        check("the 5", "th", "th");
        check("18 %", "1", "¹");
        check("each term", "1", "¹");
        check("10 m", "2", "2");
        check("", "1", "1");
    }

    #[test]
    fn lines_in_cells_are_items_unless_a_mark_ends_them() {
        #[track_caller]
        fn check(before: &str, expected: &str) {
            assert_eq!(item_break(before), expected, "{before}");
        }
        check("Gold", ", ");
        check("18 %", ", ");
        check("Flow (new)", ", ");
        check("Sign in.", " ");
        check("Either:", " ");
        check("Gold, ", " ");
        check("", " ");
    }

    #[test]
    fn files_are_decoded() {
        #[track_caller]
        fn check(bytes: &[u8], hint: Option<&str>, expected: Option<&str>) {
            assert_eq!(decode(bytes, hint).as_deref(), expected);
        }
        check("Müller".as_bytes(), None, Some("Müller"));
        check(b"\xef\xbb\xbfM\xc3\xbcller", None, Some("Müller"));
        check(b"\xff\xfeM\0\xfc\0", None, Some("Mü"));
        check(b"M\xfcller \x80 5", None, Some("Müller € 5"));
        check(b"\xcf\xf0\xe8", Some("windows-1251"), Some("При"));
        check(b"a\0b", None, None);
    }

    #[test]
    fn code_keeps_its_lines() {
        assert_eq!(lines("\n\n  a:  \n    b\n\n"), "  a:\n    b");
    }
}
