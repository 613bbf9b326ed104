//! What a language model writes, read as it comes in.
//!
//! A model puts behind each sentence what it rests on: `[P2 "the words there"]` for a passage, `[R1]` for the records
//! of a tool call; `[T1]` stands for those records as a table, and `[?]` marks a question back. [`Reader`] takes its
//! text in pieces of any size and hands out each part as soon as it is complete, which is when the next one begins.

use super::draft::{Cite, Gap, Part};
use unicode_segmentation::UnicodeSegmentation;

/// The word that a model says when it finds no support.
pub const UNSUPPORTED: &str = "UNSUPPORTED";
/// What stands behind a sentence's marks and belongs behind its words.
const ENDS: [char; 6] = ['.', '!', '?', ',', ';', ':'];

/// Reads the text of one reply.
#[derive(Debug, Default)]
pub struct Reader {
    /// What is not handed out yet.
    text: String,
    /// Whether `text` holds a mark that ends, so that it is worth looking at.
    has_end: bool,
    /// Whether `text` begins behind marks: the stops there belong to the part that was handed out.
    behind_marks: bool,
}

/// A mark.
#[derive(Debug, PartialEq)]
enum Mark {
    Cite(Cite),
    Table(usize),
    Question,
}

/// What stands at an opening bracket.
#[derive(Debug, PartialEq)]
enum Bracket {
    /// A mark, and its length in bytes.
    Mark(Mark, usize),
    /// The beginning of one, perhaps.
    Open,
    /// Text.
    Text,
}

impl Reader {
    /// Takes the next piece; returns the parts that it completes.
    pub fn push(&mut self, piece: &str) -> Vec<Part> {
        self.text.push_str(piece);
        self.has_end |= piece.contains(']');
        if self.has_end {
            self.complete(false)
        } else {
            Vec::new()
        }
    }

    /// The parts that are left when the reply has ended. Those of a reply that was cut off are not whole: they are
    /// never asked for.
    #[must_use]
    pub fn end(mut self) -> Vec<Part> {
        let mut parts = self.complete(true);
        parts.extend(uncited(&self.text));
        parts
    }

    fn complete(&mut self, ended: bool) -> Vec<Part> {
        let (mut parts, mut read) = (Vec::new(), 0);
        loop {
            if self.behind_marks {
                let rest = &self.text[read..];
                read += rest.len() - rest.trim_start_matches(ENDS).len();
                self.behind_marks = read == self.text.len();
            }
            let Some((found, length)) = next_part(&self.text[read..], ended) else {
                break;
            };
            parts.extend(found);
            read += length;
            self.behind_marks = true;
        }
        self.text.drain(..read);
        self.has_end = self.text.contains(']');
        parts
    }
}

/// The parts up to and with the first one that has marks, and how many bytes they take; `None` while it may go on.
fn next_part(text: &str, ended: bool) -> Option<(Vec<Part>, usize)> {
    let mut brackets = text.match_indices('[').map(|(at, _)| (at, bracket(&text[at..])));
    let (start, first, length) = brackets.find_map(|(at, bracket)| match bracket {
        Bracket::Mark(mark, length) => Some(Some((at, mark, length))),
        Bracket::Open if !ended => Some(None),
        Bracket::Open | Bracket::Text => None,
    })??;
    let (mut marks, mut end) = (vec![first], start + length);
    loop {
        let rest = &text[end..];
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        match bracket(&rest[gap..]) {
            Bracket::Mark(mark, length) => {
                marks.push(mark);
                end += gap + length;
            }
            Bracket::Open if !ended => return None,
            _ if rest[gap..].is_empty() && !ended => return None,
            _ => break,
        }
    }
    let stop = text[end..].chars().next().filter(|c| ENDS.contains(c));
    Some((parts(&text[..start], marks, stop), end))
}

/// The sentences before some marks: all but the last have none, and that one ends with `stop`.
fn parts(before: &str, marks: Vec<Mark>, stop: Option<char>) -> Vec<Part> {
    let mut parts = uncited(before);
    if let (Some(Part::Sentence { text, .. }), Some(stop)) = (parts.last_mut(), stop)
        && !text.ends_with(ENDS)
    {
        text.push(stop);
    }
    let (mut cites, mut tables, mut asks) = (Vec::new(), Vec::new(), false);
    for mark in marks {
        match mark {
            Mark::Cite(cite) => cites.push(cite),
            Mark::Table(result) => tables.push(Part::Table { result }),
            Mark::Question => asks = true,
        }
    }
    if !cites.is_empty() || asks {
        match parts.pop() {
            Some(Part::Sentence { text, gap, .. }) if cites.is_empty() => {
                parts.push(Part::Question { text, gap });
            }
            Some(Part::Sentence { text, gap, .. }) => parts.push(Part::Sentence { text, cites, gap }),
            // A mark behind nothing is a slip of the pen.
            other => parts.extend(other),
        }
    }
    parts.extend(tables);
    parts
}

/// The sentences of a text without marks.
fn uncited(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut gap = Gap::Word;
    for (nth, line) in text.split('\n').enumerate() {
        if nth > 0 {
            gap = if gap == Gap::Word {
                Gap::Line
            } else {
                Gap::Paragraph
            };
        }
        for sentence in line.split_sentence_bounds().map(str::trim).filter(says_something) {
            let text = sentence.to_owned();
            parts.push(Part::Sentence {
                text,
                cites: vec![],
                gap,
            });
            gap = Gap::Word;
        }
    }
    parts
}

fn says_something(sentence: &&str) -> bool {
    let words = sentence.trim_matches(|c: char| !c.is_alphanumeric());
    !words.is_empty() && words != UNSUPPORTED
}

fn bracket(text: &str) -> Bracket {
    let Some(inner) = text.strip_prefix('[') else {
        return Bracket::Text;
    };
    let mut letters = inner.chars();
    let kind = match letters.next() {
        None => return Bracket::Open,
        Some('?') => {
            return match letters.next() {
                None => Bracket::Open,
                Some(']') => Bracket::Mark(Mark::Question, 3),
                Some(_) => Bracket::Text,
            };
        }
        Some(kind @ ('P' | 'R' | 'T')) => kind,
        Some(_) => return Bracket::Text,
    };
    let digits = inner[1..].bytes().take_while(u8::is_ascii_digit).count();
    let rest = &inner[1 + digits..];
    if rest.is_empty() {
        return Bracket::Open;
    }
    let Some(place) = inner[1..=digits]
        .parse::<usize>()
        .ok()
        .and_then(|n| n.checked_sub(1))
    else {
        return Bracket::Text;
    };
    match kind {
        'P' => quoted(place, rest, 2 + digits),
        _ if !rest.starts_with(']') => Bracket::Text,
        'R' => Bracket::Mark(Mark::Cite(Cite::Records { result: place }), digits + 3),
        _ => Bracket::Mark(Mark::Table(place), digits + 3),
    }
}

/// The rest of a passage's mark behind its number, which took `before` bytes.
fn quoted(passage: usize, rest: &str, before: usize) -> Bracket {
    let words = rest.trim_start_matches([':', ' ']);
    let Some(open) = words.chars().next() else {
        return Bracket::Open;
    };
    let close = match open {
        '"' => "\"]",
        '“' | '„' => "”]",
        _ => return Bracket::Text,
    };
    let words = &words[open.len_utf8()..];
    // A quote has no empty line in it: a bracket that is still open there will not end.
    let (paragraph, goes_on) = match words.split_once("\n\n") {
        Some((paragraph, _)) => (paragraph, false),
        None => (words, true),
    };
    match paragraph.find(close) {
        Some(end) => {
            let length = before + (rest.len() - words.len()) + end + close.len();
            let quote = words[..end].to_owned();
            Bracket::Mark(Mark::Cite(Cite::Quote { passage, quote }), length)
        }
        None if goes_on => Bracket::Open,
        None => Bracket::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A part in short: its words, then what it rests on.
    fn short(part: &Part) -> String {
        let cite = |cite: &Cite| match cite {
            Cite::Quote { passage, quote } => format!("<P{passage} {quote}>"),
            Cite::Records { result } => format!("<R{result}>"),
        };
        match part {
            Part::Sentence { text, cites, .. } => text.clone() + &cites.iter().map(cite).collect::<String>(),
            Part::Table { result } => format!("<T{result}>"),
            Part::Question { text, .. } => format!("{text}<?>"),
            Part::Phrase(phrase) => format!("{phrase:?}"),
        }
    }

    fn read(text: &str, size: usize) -> Vec<String> {
        let letters: Vec<char> = text.chars().collect();
        let mut reader = Reader::default();
        let mut parts: Vec<Part> = letters
            .chunks(size)
            .flat_map(|piece| reader.push(&piece.iter().collect::<String>()))
            .collect();
        parts.extend(reader.end());
        parts.iter().map(short).collect()
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        for size in [1, 3, 7, 1_000] {
            assert_eq!(read(text, size), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn marks_belong_to_the_sentence_before_them() {
        check(
            "Hello there. It lasts 90 days [P1 \"for 90 days\"]. You have two [R1] [P2: “two”]. More.",
            &[
                "Hello there.",
                "It lasts 90 days.<P0 for 90 days>",
                "You have two.<R0><P1 two>",
                "More.",
            ],
        );
        check(
            "- It is so [P3 \"so\"]\n- Or so [R2]\n\n[T2]\nWhich deal do you mean? [?]",
            &[
                "- It is so<P2 so>",
                "- Or so<R1>",
                "<T1>",
                "Which deal do you mean?<?>",
            ],
        );
        check("You have two [R1][T1].", &["You have two.<R0>", "<T0>"]);
        check(
            "It is so! [R1]. Which one [?]?",
            &["It is so!<R0>", "Which one?<?>"],
        );
        check("It is so [R1]... Or not.", &["It is so.<R0>", "Or not."]);
        check("[R1] Behind nothing.", &["Behind nothing."]);
    }

    #[test]
    fn lines_and_paragraphs_are_kept() {
        let mut reader = Reader::default();
        let mut parts = reader.push("One [R1]. Two [R1].\n- Three [R1]\n\nFour [R1]\n \nFive. Six [R1] ");
        parts.extend(reader.end());
        let gaps = parts.iter().map(|part| match part {
            Part::Sentence { gap, .. } => *gap,
            other => panic!("{other:?}"),
        });
        use Gap::{Line, Paragraph, Word};
        assert_eq!(
            gaps.collect::<Vec<_>>(),
            [Word, Word, Line, Paragraph, Paragraph, Word]
        );
    }

    #[test]
    fn no_support_is_no_part() {
        for text in ["UNSUPPORTED", "UNSUPPORTED.", "**UNSUPPORTED**", "", " \n"] {
            check(text, &[]);
        }
        check("It is so [R1]. UNSUPPORTED", &["It is so.<R0>"]);
    }

    #[test]
    fn broken_marks_are_text() {
        for text in [
            "It is so [P1]",
            "It is so [P0 \"x\"]",
            "It is so [Px \"y\"]",
            "It is so [R1",
            "It is so [P1 \"x",
            "It is [sic] so",
            "It is so [",
            "It is so [P99999999999999999999999 \"x\"]",
        ] {
            check(text, &[text]);
        }
    }

    #[test]
    fn a_part_comes_as_soon_as_the_next_one_begins() {
        let mut reader = Reader::default();
        assert!(reader.push("It is so [P1 \"so\"]").is_empty());
        assert!(reader.push(" ").is_empty());
        assert_eq!(reader.push("Th").len(), 1);
        assert!(reader.push("en [R1]").is_empty());
        assert_eq!(reader.push(".").len(), 1);
    }

    proptest! {
        #[test]
        fn pieces_change_nothing(text in "([A-C .\\[\\]PRT?12\"]|\\[P1 \"a\"\\]|\\[R2\\]|\n){0,60}", size in 1_usize..9) {
            prop_assert_eq!(read(&text, size), read(&text, 10_000));
        }
    }
}
