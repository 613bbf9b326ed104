//! Passages cut into what can be quoted.
//!
//! A [`Block`] is a stretch of the passage that is never cut: a short paragraph, a sentence of a long one, a row,
//! a list item. A [`Unit`] is what a question is compared with: a sentence with the question or heading it
//! stands under, a row, or a whole list with its introduction. A quote is one or more neighbouring blocks, so it
//! always stands in its passage word for word.

use std::ops::{Range, RangeInclusive};
use unicode_segmentation::UnicodeSegmentation;

/// A passage, cut.
#[derive(Debug)]
pub(super) struct Cut<'t> {
    text: &'t str,
    blocks: Vec<Block>,
    /// What questions are compared with.
    pub(super) units: Vec<Unit>,
}

/// A stretch of a passage that is quoted whole or not at all.
#[derive(Debug)]
struct Block {
    range: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A paragraph, or the first sentence of a long one.
    Line,
    /// A question that what follows answers. A quote may start with it but not go over it: beyond it something else
    /// is asked.
    Question,
    /// A further sentence of the paragraph before it.
    Sentence,
    /// An item of a list; shown with its marker.
    Item,
    /// A row of a table: it is clear by itself, and its neighbours are about something else.
    Row,
}

/// Something that a question can be compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// The blocks it stands in.
    pub(super) blocks: RangeInclusive<usize>,
    /// Its words with the question or heading that they answer.
    pub(super) meaning: String,
}

/// Words of a passage as they stand there, and as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) words: String,
    pub(super) shown: String,
}

/// Longest list that is compared as a whole, in items.
const LIST_ITEMS: usize = 9;
/// A line longer than this is no list item.
const ITEM_CHARS: usize = 260;
/// A paragraph up to this length is one block: its sentences explain each other.
const WHOLE_CHARS: usize = 320;

/// Cuts a passage's text that stands under `heading`.
pub(super) fn cut<'t>(text: &'t str, heading: &[String]) -> Cut<'t> {
    let mut cut = Cut {
        text,
        blocks: Vec::new(),
        units: Vec::new(),
    };
    let context = heading.last().map_or("", String::as_str);
    let lines: Vec<Range<usize>> = lines(text);
    let mut nth = 0;
    while let Some(line) = lines.get(nth).cloned() {
        nth += 1;
        let words = &text[line.clone()];
        let rest = &lines[nth..];
        if words.ends_with('?') && !rest.is_empty() {
            // A question and what follows: both are compared, the question stays a block of its own.
            cut.push(line, Kind::Question);
            cut.line(rest[0].clone(), words, Kind::Line);
            nth += 1;
        } else if words.ends_with(':') {
            nth += cut.list(line, rest, context);
        } else {
            cut.line(line, context, Kind::Line);
        }
    }
    cut
}

impl Cut<'_> {
    /// Adds a block; its place.
    fn push(&mut self, range: Range<usize>, kind: Kind) -> usize {
        self.blocks.push(Block { range, kind });
        self.blocks.len() - 1
    }

    /// Adds a line: one block where it is short, and a unit for each of its sentences.
    fn line(&mut self, line: Range<usize>, context: &str, kind: Kind) {
        let words = &self.text[line.clone()];
        let kind = if is_row(words) { Kind::Row } else { kind };
        let whole = kind != Kind::Line || words.chars().count() <= WHOLE_CHARS;
        if whole {
            self.push(line.clone(), kind);
        }
        for (nth, sentence) in sentences(words).into_iter().enumerate() {
            let meaning = format!("{context} {}", &words[sentence.clone()]);
            if !whole {
                let range = line.start + sentence.start..line.start + sentence.end;
                self.push(range, if nth == 0 { Kind::Line } else { Kind::Sentence });
            }
            let block = self.blocks.len() - 1;
            self.units.push(Unit {
                blocks: block..=block,
                meaning,
            });
        }
    }

    /// Adds a list: its introduction, its items, and a unit for the whole of it. Returns how many items it has.
    fn list(&mut self, intro: Range<usize>, rest: &[Range<usize>], context: &str) -> usize {
        let text = self.text;
        let is_item =
            |line: &&Range<usize>| line.len() <= ITEM_CHARS && !text[(*line).clone()].ends_with('?');
        let items: Vec<Range<usize>> = rest
            .iter()
            .take(LIST_ITEMS)
            .take_while(is_item)
            .cloned()
            .collect();
        let first = self.push(intro.clone(), Kind::Line);
        let under = format!("{context} {}", &text[intro]);
        let mut meaning = under.clone();
        for item in &items {
            self.line(item.clone(), &under, Kind::Item);
            meaning = format!("{meaning} {}", &text[item.clone()]);
        }
        if !items.is_empty() {
            self.units.push(Unit {
                blocks: first..=self.blocks.len() - 1,
                meaning,
            });
        }
        items.len()
    }

    /// Whether a unit is a row of a table.
    pub(super) fn is_row(&self, unit: &Unit) -> bool {
        self.blocks[*unit.blocks.start()].kind == Kind::Row
    }

    /// The quote of a unit, with as many of the blocks around it as fit into `chars`.
    pub(super) fn quote(&self, unit: &Unit, chars: usize) -> Quote {
        let (mut first, mut last) = (*unit.blocks.start(), *unit.blocks.end());
        let fits = |first: usize, last: usize| {
            let size = self.blocks[last].range.end - self.blocks[first].range.start;
            let inner = &self.blocks[first..=last];
            let is_apart = |kind: Kind, at: usize| match kind {
                Kind::Row => true,
                Kind::Question => at > 0,
                Kind::Line | Kind::Sentence | Kind::Item => false,
            };
            size <= chars
                && !inner
                    .iter()
                    .enumerate()
                    .any(|(at, block)| is_apart(block.kind, at))
        };
        loop {
            let before = (first, last);
            if last + 1 < self.blocks.len() && fits(first, last + 1) {
                last += 1;
            }
            if first > 0 && fits(first - 1, last) {
                first -= 1;
            }
            if before == (first, last) {
                break;
            }
        }
        self.quote_of(first..=last)
    }

    /// The quote of neighbouring blocks.
    pub(super) fn quote_of(&self, blocks: RangeInclusive<usize>) -> Quote {
        let blocks = &self.blocks[blocks];
        let words = match blocks {
            [first, .., last] => first.range.start..last.range.end,
            [only] => only.range.clone(),
            [] => 0..0,
        };
        Quote {
            words: self.text[words].to_owned(),
            shown: self.shown(blocks),
        }
    }

    /// The rows of the table that the row `unit` stands in, its introduction not included.
    pub(super) fn table(&self, unit: &Unit) -> RangeInclusive<usize> {
        let is_row = |at: &usize| self.blocks[*at].kind == Kind::Row;
        let (first, last) = (*unit.blocks.start(), *unit.blocks.end());
        let first = (0..first).rev().take_while(is_row).last().unwrap_or(first);
        let last = (last + 1..self.blocks.len())
            .take_while(is_row)
            .last()
            .unwrap_or(last);
        first..=last
    }

    fn shown(&self, blocks: &[Block]) -> String {
        let mut shown = String::new();
        let mut before: Option<Kind> = None;
        for block in blocks {
            let gap = match (before, block.kind) {
                (None, _) => "",
                (_, Kind::Sentence) => " ",
                (Some(Kind::Item), Kind::Item) => "\n",
                _ => "\n\n",
            };
            // A single item needs no marker.
            let marker = if block.kind == Kind::Item && blocks.len() > 1 {
                "- "
            } else {
                ""
            };
            shown = format!("{shown}{gap}{marker}{}", &self.text[block.range.clone()]);
            before = Some(block.kind);
        }
        shown
    }
}

/// The lines of a text that hold something, without the white space around them.
fn lines(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut all = Vec::new();
    for line in text.split_inclusive('\n') {
        let from = start + (line.len() - line.trim_start().len());
        let words = line.trim();
        start += line.len();
        if !words.is_empty() {
            all.push(from..from + words.len());
        }
    }
    all
}

/// Longest cell of a row that names no columns, in characters.
const CELL_CHARS: usize = 40;

/// Whether a line is a row as the readers write them: `Tier: Gold; Rate: 18 %`, or `Gold; 15%; 13%` where a
/// table's header could not be told.
fn is_row(line: &str) -> bool {
    let cells = || line.split("; ");
    let named = cells().count() > 1 && cells().all(|cell| cell.contains(": "));
    let bare = cells().count() > 2 && cells().all(|cell| cell.chars().count() <= CELL_CHARS);
    named || bare
}

/// Abbreviations after which a full stop ends nothing.
const ABBREVIATIONS: &[&str] = &[
    "e.g.", "i.e.", "etc.", "approx.", "no.", "vs.", "inc.", "ltd.", "co.", "dr.", "mr.", "ms.",
];

/// The sentences of a line; a row is one.
fn sentences(line: &str) -> Vec<Range<usize>> {
    if is_row(line) {
        return std::iter::once(0..line.len()).collect();
    }
    let mut all: Vec<Range<usize>> = Vec::new();
    let mut open = 0;
    for (start, piece) in line.split_sentence_bound_indices() {
        let end = start + piece.len();
        let last = line[open..end].trim_end().rsplit(' ').next().unwrap_or_default();
        if !ABBREVIATIONS.contains(&last.to_lowercase().as_str()) {
            all.push(open..end);
            open = end;
        }
    }
    all.push(open..line.len());
    let trimmed = |range: Range<usize>| range.start..range.start + line[range].trim_end().len();
    all.into_iter()
        .map(trimmed)
        .filter(|range| !range.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, chars: usize, expected: &[&str]) {
        let cut = cut(text, &[]);
        let shown: Vec<String> = cut
            .units
            .iter()
            .map(|unit| cut.quote(unit, chars).shown)
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_passage_is_cut_where_it_can_be_quoted() {
        let filler = format!("Words {}", "words ".repeat(60));
        let filler = filler.trim();
        let long = format!("One. Two, e.g. this. {filler}");
        check(&long, 0, &["One.", "Two, e.g. this.", filler]);
        check(
            "How long?\n90 days. Then it ends.",
            0,
            &["90 days. Then it ends."; 2],
        );
        check(
            "Tier: Gold; Rate: 18 %\nTier: Silver; Rate: 12.5 %",
            0,
            &["Tier: Gold; Rate: 18 %", "Tier: Silver; Rate: 12.5 %"],
        );
        check(
            "Steps:\nLog in\nSubmit",
            0,
            &["Log in", "Submit", "Steps:\n\n- Log in\n- Submit"],
        );
    }

    #[test]
    fn a_quote_grows_by_whole_blocks_and_never_over_rows() {
        check(
            "One.\nTwo.\nThree.",
            9,
            &["One.\n\nTwo.", "One.\n\nTwo.", "Three."],
        );
        check(
            "Why?\nBecause.\nWhen?\nSoon. Or late.",
            900,
            &[
                "Why?\n\nBecause.",
                "When?\n\nSoon. Or late.",
                "When?\n\nSoon. Or late.",
            ],
        );
        check(
            "Rates by tier.\nGold; 15%; 13%",
            900,
            &["Rates by tier.", "Gold; 15%; 13%"],
        );
        check(
            "Tier: Gold; Rate: 18 %\nTier: Silver; Rate: 12.5 %",
            900,
            &["Tier: Gold; Rate: 18 %", "Tier: Silver; Rate: 12.5 %"],
        );
    }

    #[test]
    fn a_table_is_its_rows_and_nothing_around_them() {
        let text = "Rates by tier.\nGold; 15%; 13%\nSilver; 12%; 10%\nIn force from May.";
        let cut = cut(text, &[]);
        let row = cut.units.iter().find(|unit| cut.is_row(unit)).unwrap();
        let table = cut.quote_of(cut.table(row));
        assert_eq!(table.words, "Gold; 15%; 13%\nSilver; 12%; 10%");
    }

    #[test]
    fn every_quote_stands_in_its_passage() {
        let text = "Intro: see below.\nYou need:\nA plan. With detail.\nTwo people\nWhy?\nBecause. It works.";
        let cut = cut(text, &[]);
        for (unit, chars) in cut
            .units
            .iter()
            .flat_map(|unit| [0, 20, 60, 900].map(|chars| (unit, chars)))
        {
            let quote = cut.quote(unit, chars);
            assert!(
                crate::assistant::verify::stands_in(&quote.words, text),
                "{quote:?}"
            );
        }
    }
}
