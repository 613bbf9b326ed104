//! Lines of laid-out text (PDF pages, plain text) back into paragraphs and list items.

use crate::{Block, text};
use std::collections::HashSet;

/// The words of a document, to tell a hyphen that breaks a word from one that belongs to it.
#[derive(Default)]
pub(super) struct Words(HashSet<String>);

impl Words {
    pub(super) fn of<T: AsRef<str>>(lines: &[T]) -> Self {
        let words = lines
            .iter()
            .flat_map(|line| line.as_ref().split(|c: char| !c.is_alphanumeric() && c != '-'));
        Self(
            words
                .filter(|word| !word.is_empty())
                .map(str::to_lowercase)
                .collect(),
        )
    }

    /// Whether `head-` at a line's end and `tail` on the next are one word without the hyphen.
    fn join_without_hyphen(&self, head: &str, tail: &str) -> bool {
        let (head, tail) = (head.to_lowercase(), tail.to_lowercase());
        if self.0.contains(&format!("{head}{tail}")) {
            return true;
        }
        let is_prefix = matches!(
            head.as_str(),
            "co" | "non" | "self" | "cross" | "multi" | "pre" | "post" | "ex"
        );
        !is_prefix && !self.0.contains(&format!("{head}-{tail}"))
    }
}

/// The blocks of `lines`. Empty lines part paragraphs; a line that fills most of the width goes on in the next.
pub(super) fn blocks<T: AsRef<str>>(lines: &[T], words: &Words) -> Vec<Block> {
    blocks_within(lines, words, usual_width(lines))
}

/// The blocks of some lines of a page, whose lines are usually `width` characters long.
pub(super) fn blocks_within<T: AsRef<str>>(lines: &[T], words: &Words, width: usize) -> Vec<Block> {
    let indented: Vec<bool> = lines.iter().map(|line| is_indented(line.as_ref())).collect();
    let lines: Vec<String> = lines.iter().map(|line| text::line(line.as_ref())).collect();
    let mut out = Reflow {
        words,
        blocks: vec![],
        items: vec![],
        open: String::new(),
        in_item: false,
    };
    let mut last: Option<&str> = None;
    for (line, indented) in lines.iter().zip(indented) {
        if line.is_empty() {
            out.close();
            last = None;
            continue;
        }
        if let Some(item) = item_text(line) {
            out.close();
            out.in_item = true;
            out.open = item.to_owned();
        } else if out.in_item && indented || last.is_some_and(|last| goes_on(last, line, width)) {
            out.join(line);
        } else {
            out.close();
            out.open.clone_from(line);
        }
        last = Some(line);
    }
    out.finish()
}

fn is_indented(line: &str) -> bool {
    line.starts_with("  ") || line.starts_with('\t')
}

struct Reflow<'a> {
    words: &'a Words,
    blocks: Vec<Block>,
    items: Vec<String>,
    open: String,
    in_item: bool,
}

impl Reflow<'_> {
    fn join(&mut self, line: &str) {
        let head = self
            .open
            .strip_suffix('-')
            .map(|head| head.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or(""));
        let tail = line
            .split(|c: char| !c.is_alphabetic())
            .next()
            .unwrap_or_default();
        match head {
            Some(head) if !head.is_empty() && tail.starts_with(char::is_lowercase) => {
                if self.words.join_without_hyphen(head, tail) {
                    self.open.pop();
                }
            }
            _ => self.open.push(' '),
        }
        self.open.push_str(line);
    }

    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        let in_item = std::mem::take(&mut self.in_item);
        if open.is_empty() {
            return;
        }
        if in_item {
            self.items.push(open);
        } else {
            self.flush_items();
            self.blocks.push(Block::Paragraph(open));
        }
    }

    fn flush_items(&mut self) {
        if !self.items.is_empty() {
            self.blocks.push(Block::List(std::mem::take(&mut self.items)));
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.close();
        self.flush_items();
        self.blocks
    }
}

/// Longer lines were joined by the PDF engine already, which does so only before small letters.
const MAX_LINE_CHARS: usize = 130;

/// The length that nine of ten lines stay within: what the margins allow.
pub(super) fn usual_width<T: AsRef<str>>(lines: &[T]) -> usize {
    let lengths = lines.iter().map(|line| line.as_ref().trim().chars().count());
    let mut lengths: Vec<usize> = lengths
        .filter(|length| (1..=MAX_LINE_CHARS).contains(length))
        .collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() * 9 / 10).copied().unwrap_or(0)
}

/// Whether `next` continues the sentence or paragraph of `last`.
fn goes_on(last: &str, next: &str, width: usize) -> bool {
    let length = last.chars().count();
    let ends_sentence = last.ends_with(['.', '!', '?', ':', ';']);
    let starts_lower = next.starts_with(char::is_lowercase);
    if length > MAX_LINE_CHARS {
        return !ends_sentence || starts_lower;
    }
    if last.ends_with('-') && starts_lower || last.ends_with(',') && length * 2 >= width {
        return true;
    }
    let share = match (ends_sentence, starts_lower) {
        (true, true) => 70,
        (true, false) => 85,
        (false, true) => 40,
        (false, false) => 65,
    };
    // Short lines throughout (a table, an address, a verse) are each their own.
    width >= 40 && length * 100 >= width * share
}

/// The text after a bullet. A number stays: in a contract it is the clause that people refer to.
fn item_text(line: &str) -> Option<&str> {
    let mut chars = line.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    if matches!(
        first,
        '•' | '▪' | '■' | '●' | '◦' | '‣' | '∙' | '·' | '➢' | '✓' | '–' | '—' | '-' | '*' | '\u{f0b7}'
    ) && (rest.starts_with(' ') || !first.is_ascii() && !matches!(first, '–' | '—'))
    {
        let item = rest.trim_start();
        return (!item.is_empty()).then_some(item);
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = &line[digits..];
    let is_number = (1..=2).contains(&digits) && (after.starts_with(". ") || after.starts_with(") "));
    is_number.then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_at_line_ends() {
        let words = Words::of(&["the co-sell motion and approval"]);
        #[track_caller]
        fn check(words: &Words, lines: &[&str], expected: &str) {
            assert_eq!(blocks(lines, words), [Block::Paragraph(expected.into())]);
        }
        check(
            &words,
            &["a long enough line that ends with the appro-", "val of it"],
            "a long enough line that ends with the approval of it",
        );
        check(
            &words,
            &["a long enough line that ends with the co-", "sell of it"],
            "a long enough line that ends with the co-sell of it",
        );
        check(
            &words,
            &["a long enough line that ends with the part-", "ner of it"],
            "a long enough line that ends with the partner of it",
        );
        check(
            &words,
            &["the figures for the years two thousand 2024-", "2025 of it"],
            "the figures for the years two thousand 2024- 2025 of it",
        );
    }

    #[test]
    fn short_lines_stay_apart() {
        let lines = ["Gold Flow 18 %", "Silver Flow 15 %", "Bronze Flow 12 %"];
        assert_eq!(blocks(&lines, &Words::default()).len(), 3);
    }

    #[test]
    fn bullets_become_items() {
        let lines = ["• first thing", "• second thing", "1. clause one", "1.5 million"];
        let items = ["first thing", "second thing", "1. clause one"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(
            blocks(&lines, &Words::default()),
            [Block::List(items), Block::Paragraph("1.5 million".into())]
        );
    }
}
