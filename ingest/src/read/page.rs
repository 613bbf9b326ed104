//! PDF pages into sections: without what repeats on each page, with tables as tables and headings as paths.

use super::pdf::Page;
use super::reflow::{self, Words};
use super::table;
use super::wrapped::rejoined;
use crate::{Block, Row, Section};
use liaison_knowledge::Anchor;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Running heads and feet stand within this many lines of the edge.
const EDGE_LINES: usize = 3;
/// A heading starts a section of its own once the one before has this much text; else it is a line of it.
const MIN_SECTION_CHARS: usize = 400;

/// Headings whose sizes differ by less are of the same rank.
const SAME_SIZE: f32 = 0.4;
/// A longer line at the edge of a page is text.
const MAX_FURNITURE_CHARS: usize = 160;
/// A longer one may be a sentence that a form has on each page: it stays where it first stands.
const MAX_HEAD_CHARS: usize = 60;

/// The sections of the pages, in order, and the title: the largest heading of the first page.
pub(super) fn sections(pages: Vec<Page>, words: &Words) -> (Vec<Section>, Option<String>) {
    let title = pages.first().and_then(|page| {
        let largest = page
            .headings
            .iter()
            .map(|(_, size)| *size)
            .max_by(f32::total_cmp)?;
        // The first of about equals: sizes differ by rounding.
        let (text, size) = page
            .headings
            .iter()
            .find(|(_, size)| *size > largest - SAME_SIZE)?;
        let at = page.lines.iter().position(|line| line == text)?;
        Some(whole_heading(text, *size, page, at).0)
    });
    let mut builder = Builder::default();
    for (number, page) in (1..).zip(pages) {
        builder.page(number, page, words);
    }
    (builder.sections, title)
}

#[derive(Default)]
struct Builder {
    sections: Vec<Section>,
    /// Open headings with their sizes; they reach over page ends.
    path: Vec<(f32, String)>,
    /// Whether the last heading of the path is not yet part of any section.
    fresh: bool,
    blocks: Vec<Block>,
    chars: usize,
    /// The path when the open section began.
    heading: Vec<String>,
}

impl Builder {
    fn page(&mut self, number: u32, page: Page, words: &Words) {
        self.heading = self.headings();
        let width = reflow::usual_width(&page.lines);
        let tables = table_places(&page);
        let mut run: Vec<&str> = Vec::new();
        let mut at = 0;
        while at < page.lines.len() {
            if let Some((range, rows)) = tables.iter().find(|(range, _)| range.start == at) {
                self.text(&std::mem::take(&mut run), words, width);
                for block in table_blocks(rows) {
                    self.chars += MIN_SECTION_CHARS;
                    self.blocks.push(block);
                }
                at = range.end;
                continue;
            }
            let line = page.lines[at].as_str();
            match page.headings.iter().find(|(text, _)| text == line) {
                Some((text, size)) => {
                    self.text(&std::mem::take(&mut run), words, width);
                    let (text, lines) = whole_heading(text, *size, &page, at);
                    self.start(number, text, *size);
                    at += lines;
                }
                None => {
                    run.push(line);
                    at += 1;
                }
            }
        }
        self.text(&run, words, width);
        self.close(number);
    }

    fn headings(&self) -> Vec<String> {
        self.path.iter().map(|(_, text)| text.clone()).collect()
    }

    fn text(&mut self, lines: &[&str], words: &Words, width: usize) {
        for block in reflow::blocks_within(lines, words, width) {
            self.chars += match &block {
                Block::Paragraph(text) => text.chars().count(),
                Block::List(items) => items.iter().map(|item| item.chars().count()).sum(),
                _ => 0,
            };
            self.fresh = false;
            self.blocks.push(block);
        }
    }

    fn start(&mut self, page: u32, text: String, size: f32) {
        let opens = self.blocks.is_empty() || self.chars >= MIN_SECTION_CHARS;
        let is_deeper = self
            .path
            .last()
            .is_some_and(|(outer, _)| *outer > size + SAME_SIZE);
        if opens && !(self.blocks.is_empty() && is_deeper) {
            self.close(page);
        }
        self.path.retain(|(outer, _)| *outer > size + SAME_SIZE);
        self.path.push((size, text.clone()));
        if opens {
            self.heading = self.headings();
            self.fresh = true;
        } else {
            self.blocks.push(Block::Paragraph(text));
        }
    }

    fn close(&mut self, page: u32) {
        // A heading at the foot of a page, with its text on the next: its words must stand somewhere.
        let is_bare = self.fresh && self.blocks.is_empty() && !self.heading.is_empty();
        if !self.blocks.is_empty() || is_bare {
            let blocks = std::mem::take(&mut self.blocks);
            self.sections.push(Section {
                anchor: Anchor::Page { page },
                heading: self.heading.clone(),
                blocks,
            });
        }
        self.chars = 0;
        self.fresh = false;
    }
}

/// The heading at line `at` with the lines it goes on in, and how many lines that are.
fn whole_heading(first: &str, size: f32, page: &Page, at: usize) -> (String, usize) {
    let mut text = first.to_owned();
    let mut lines = 1;
    while let Some(next) = page.lines.get(at + lines) {
        let goes_on = page
            .headings
            .iter()
            .any(|(line, other)| line == next && (other - size).abs() < 0.1);
        if !goes_on || text.chars().count() + next.chars().count() > 150 {
            break;
        }
        text.push(' ');
        text.push_str(next);
        lines += 1;
    }
    (text, lines)
}

/// The lines that hold the words of a table, all of them and no others. Tables that are not found so (columns
/// of prose, forms) stay text.
fn table_places(page: &Page) -> Vec<(Range<usize>, &Vec<Vec<String>>)> {
    let mut places: Vec<(Range<usize>, &Vec<Vec<String>>)> = Vec::new();
    for rows in page.tables.iter().filter(|rows| is_table(rows)) {
        let taken: HashSet<usize> = places.iter().flat_map(|(range, _)| range.clone()).collect();
        let found = (0..page.lines.len())
            .filter(|at| !taken.contains(at))
            .find_map(|at| match_words(&page.lines, at, rows));
        if let Some(range) = found.filter(|range| !range.clone().any(|line| taken.contains(&line))) {
            places.push((range, rows));
        }
    }
    places
}

fn is_table(rows: &[Vec<String>]) -> bool {
    let cells = || rows.iter().flatten();
    let filled = cells().filter(|cell| !cell.is_empty()).count();
    let words: usize = cells().map(|cell| cell.split(' ').count()).sum();
    let wide = rows.iter().filter(|row| row.len() > 1).count();
    wide > 1 && filled * 2 > cells().count() && words <= filled * 12
}

fn match_words(lines: &[String], start: usize, rows: &[Vec<String>]) -> Option<Range<usize>> {
    if lines[start].is_empty() {
        return None;
    }
    let mut left: HashMap<&str, usize> = HashMap::new();
    let mut count = 0;
    for word in rows
        .iter()
        .flatten()
        .flat_map(|cell| cell.split(' '))
        .filter(|word| !word.is_empty())
    {
        *left.entry(word).or_default() += 1;
        count += 1;
    }
    for (at, line) in lines.iter().enumerate().skip(start) {
        for word in line.split(' ').filter(|word| !word.is_empty()) {
            let known = left.get_mut(word).filter(|left| **left > 0)?;
            *known -= 1;
            count -= 1;
        }
        if count == 0 {
            return Some(start..at + 1);
        }
    }
    None
}

fn table_blocks(rows: &[Vec<String>]) -> Vec<Block> {
    let rows = (1..)
        .zip(rejoined(rows))
        .map(|(number, cells)| Row { number, cells })
        .collect();
    table::blocks(rows, None)
}

/// Drops running heads, running feet and page numbers.
pub(super) fn drop_furniture(pages: &mut [Page]) {
    let mut seen: HashMap<Key, usize> = HashMap::new();
    for (number, page) in pages.iter().enumerate() {
        let keys: HashSet<Key> = edges(&page.lines)
            .flat_map(|at| keys(&page.lines[at], number))
            .collect();
        for key in keys {
            *seen.entry(key).or_default() += 1;
        }
    }
    // Heads that alternate between left and right pages are on a little less than half of them.
    let often = (pages.len() * 2).div_ceil(5).max(3);
    let mut kept: HashSet<String> = HashSet::new();
    for (number, page) in pages.iter_mut().enumerate() {
        let heads: Vec<String> = page
            .tables
            .iter()
            .filter_map(|rows| rows.first())
            .map(|row| row.join(" "))
            .collect();
        let is_furniture = |line: &str| {
            // The header of a table that goes over many pages stands at the top of each.
            if heads.iter().any(|head| head == line) || line.chars().count() > MAX_FURNITURE_CHARS {
                return false;
            }
            is_page_number(line, number + 1)
                || keys(line, number)
                    .iter()
                    .any(|key| seen.get(key).is_some_and(|n| *n >= often))
        };
        // From the edge inwards, as far as it goes: what stands behind a line of the text is text.
        let filled: Vec<usize> = (0..page.lines.len())
            .filter(|at| !page.lines[*at].is_empty())
            .collect();
        let head = filled
            .iter()
            .take(EDGE_LINES)
            .take_while(|at| is_furniture(&page.lines[**at]));
        let foot = filled
            .iter()
            .rev()
            .take(EDGE_LINES)
            .take_while(|at| is_furniture(&page.lines[**at]));
        for at in head.chain(foot).copied().collect::<Vec<_>>() {
            let line = std::mem::take(&mut page.lines[at]);
            if line.chars().count() > MAX_HEAD_CHARS && kept.insert(line.clone()) {
                page.lines[at] = line;
            }
        }
    }
}

/// The first and last lines that hold text.
fn edges(lines: &[String]) -> impl Iterator<Item = usize> + use<> {
    let filled: Vec<usize> = (0..lines.len()).filter(|at| !lines[*at].is_empty()).collect();
    let last = filled.len().saturating_sub(EDGE_LINES);
    filled
        .into_iter()
        .enumerate()
        .filter(move |(nth, _)| *nth < EDGE_LINES || *nth >= last)
        .map(|(_, at)| at)
}

/// What makes two lines on different pages the same: their words; or their words before or after a number that
/// counts the pages. Rows like `Gold 18 %` on each page differ in a number that does not.
type Key = (String, i64);

fn keys(line: &str, page: usize) -> Vec<Key> {
    let mut keys = vec![(line.to_owned(), i64::MIN)];
    let mut key = |number: &str, words: &str| {
        if let Ok(number) = number.parse::<i64>() {
            keys.push((words.to_owned(), number.saturating_sub(page as i64)));
        }
    };
    let after = line.trim_start_matches(|c: char| c.is_ascii_digit());
    key(&line[..line.len() - after.len()], after);
    let before = line.trim_end_matches(|c: char| c.is_ascii_digit());
    key(&line[before.len()..], before);
    keys
}

/// `Page 3 of 12`, `3 / 12`, `- 3 -` or a bare 3 on page 3.
fn is_page_number(line: &str, page: usize) -> bool {
    let words: Vec<String> = line
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = page.to_string();
    let rest = match &words[..] {
        ["page" | "seite" | "p", rest @ ..] => rest,
        rest => rest,
    };
    match rest {
        [one] => *one == number,
        [one, "of" | "von", total] => *one == number && total.bytes().all(|b| b.is_ascii_digit()),
        [one, total] => *one == number && line.contains('/') && total.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
