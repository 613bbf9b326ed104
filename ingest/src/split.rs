//! From a document to its passages.
//!
//! Structure goes before size: a slide with its notes, a question with its answer, a section under its heading
//! stays whole where the embedding model reads it whole; a list stays with the sentence before it; a table is parted
//! between rows, never inside one. Only then is text cut, at sentence borders, into pieces of a size that answers a
//! question without much beside it. Passages do not overlap and nothing is left out:
//! the words of a passage stand in the document, and every word of the document stands in one passage or in
//! its heading path. The same document gives the same passages, and so the same ids.

use crate::{Block, Document, Section};
use liaison_knowledge::{Anchor, DocumentId, Passage, PassageId};
use std::collections::VecDeque;
use text_splitter::{ChunkConfig, TextSplitter};

/// How long passages are, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A document that is one text and not longer is one passage, as a memo or an abstract is one answer. Of what is
    /// longer than the embedding model reads, the rest is found by its words.
    pub document_chars: usize,
    /// No other passage is longer, and a section that is not longer is one. The default is about what the embedding
    /// model reads (256 tokens).
    pub whole_chars: usize,
    /// Text that has to be parted is parted into passages of at most this, a list or a table that fits into
    /// `whole_chars` aside.
    pub piece_chars: usize,
    /// What such passages are filled up to.
    pub even_chars: usize,
    /// A section shorter than this is joined with its neighbour under the same heading.
    pub min_chars: usize,
    /// Sections are joined up to this length; beyond it the finer place is worth more.
    pub merge_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_chars: 2000,
            whole_chars: 1100,
            piece_chars: 700,
            even_chars: 550,
            min_chars: 200,
            merge_chars: 600,
        }
    }
}

/// The passages of `doc`, in its order.
#[must_use]
pub fn split(document: DocumentId, doc: &Document, limits: &Limits) -> Vec<Passage> {
    let mut passages = Vec::new();
    let groups = groups(&doc.sections, limits);
    let whole_chars = match &groups[..] {
        [only] if only.is_text() => limits.document_chars.max(limits.whole_chars),
        _ => limits.whole_chars,
    };
    for group in groups {
        let mut row = group.first_row();
        for (nth, atoms) in group.passages(whole_chars, limits).into_iter().enumerate() {
            let text = atoms
                .iter()
                .map(|atom| atom.text.as_str())
                .collect::<Vec<_>>()
                .join("\n");
            let anchor = group.anchor_of(&atoms, &mut row);
            let heading = group.heading_of(nth);
            let ordinal = u32::try_from(passages.len()).unwrap_or(u32::MAX);
            let id = PassageId::of_text(document, ordinal, &text);
            passages.push(Passage {
                id,
                ordinal,
                anchor,
                heading,
                text,
            });
        }
    }
    passages
}

/// Text that is not parted: a paragraph (or a piece of a long one), an item, a row.
#[derive(Clone)]
struct Atom {
    text: String,
    chars: usize,
    row: Option<u32>,
}

/// Atoms that belong together: a list with its introduction, the rows of a table.
type Unit = Vec<Atom>;

/// Sections that are split as one, with the headings they share.
struct Group<'a> {
    path: Vec<String>,
    sections: Vec<&'a Section>,
}

/// One section each, but small neighbours under the same heading together.
fn groups<'a>(sections: &'a [Section], limits: &Limits) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut open_chars = 0;
    for section in sections {
        let chars = chars_of(section);
        if let Some(open) = groups.last_mut()
            && (open_chars < limits.min_chars || chars < limits.min_chars)
            && open_chars + chars < limits.merge_chars.min(limits.whole_chars)
            && let Some(shared) = open.shared_path(section)
        {
            open.path.truncate(shared);
            open.sections.push(section);
            open_chars += chars;
        } else {
            groups.push(Group {
                path: section.heading.clone(),
                sections: vec![section],
            });
            open_chars = chars;
        }
    }
    groups
}

/// The section's length as a member of a group, its headings and line breaks included.
fn chars_of(section: &Section) -> usize {
    let headings: usize = section
        .heading
        .iter()
        .map(|heading| heading.chars().count() + 1)
        .sum();
    let atoms = section.blocks.iter().flat_map(|block| atoms(block, usize::MAX));
    headings + atoms.map(|atom| atom.chars + 1).sum::<usize>()
}

impl Group<'_> {
    /// How many headings this group and `next` share, if they may be joined: both under headings, and one step
    /// apart at most. Sections that share no heading stay apart, as their place would be the whole document.
    fn shared_path(&self, next: &Section) -> Option<usize> {
        let is_joinable = |section: &Section| {
            matches!(section.anchor, Anchor::Heading { .. })
                && !section
                    .blocks
                    .iter()
                    .any(|block| matches!(block, Block::Pair { .. }))
        };
        let shared = shared_len(&self.path, &next.heading);
        let is_near = shared > 0 && shared + 1 >= self.path.len() && next.heading.len() <= shared + 2;
        (is_near && is_joinable(next) && self.sections.iter().all(|s| is_joinable(s))).then_some(shared)
    }

    /// Whether there is nothing in it whose parts are found one by one, as the rows of a table are.
    fn is_text(&self) -> bool {
        let mut blocks = self.sections.iter().flat_map(|section| &section.blocks);
        blocks.all(|block| matches!(block, Block::Paragraph(_) | Block::List(_)))
    }

    fn passages(&self, whole_chars: usize, limits: &Limits) -> Vec<Vec<Atom>> {
        let whole: Vec<Atom> = self.units(whole_chars).into_iter().flatten().collect();
        match length(&whole) {
            _ if whole.is_empty() => Vec::new(),
            fits if fits <= whole_chars => vec![whole],
            _ => pack(self.units(limits.piece_chars), limits),
        }
    }

    fn units(&self, max_chars: usize) -> Vec<Unit> {
        let mut units = Vec::new();
        let mut before: &[String] = &self.path;
        for section in &self.sections {
            // Headings below the shared ones are words of the document that no heading path would hold.
            let known = shared_len(before, &section.heading);
            let mut labels: Unit = section.heading[known..]
                .iter()
                .flat_map(|heading| pieces(heading, max_chars, None))
                .collect();
            if self.is_bare() {
                labels.extend(
                    section
                        .heading
                        .last()
                        .into_iter()
                        .flat_map(|h| pieces(h, max_chars, None)),
                );
            }
            before = &section.heading;
            let mut own = section_units(section, max_chars).into_iter();
            match own.next() {
                // A heading is not parted from the first words under it.
                Some(first) => labels.extend(first),
                None if labels.is_empty() => continue,
                None => {}
            }
            units.push(labels);
            units.extend(own);
        }
        units
    }

    /// A heading with nothing under it: its words are the passage.
    fn is_bare(&self) -> bool {
        matches!(&self.sections[..], [only] if only.blocks.is_empty())
    }

    fn heading_of(&self, nth: usize) -> Vec<String> {
        let mut heading = self.path.clone();
        if self.is_bare() {
            heading.pop();
        }
        // The second half of a long answer is found under its question.
        if nth > 0
            && let [Block::Pair { question, .. }, ..] = &self.sections[0].blocks[..]
        {
            heading.push(question.clone());
        }
        heading
    }

    fn first_row(&self) -> u32 {
        match &self.sections[0].anchor {
            Anchor::Rows { rows, .. } => rows[0],
            _ => 0,
        }
    }

    /// The place of `atoms`; `row` is the first row that no passage has covered yet.
    fn anchor_of(&self, atoms: &[Atom], row: &mut u32) -> Anchor {
        match &self.sections[0].anchor {
            Anchor::Rows { sheet, rows } => {
                let starts_with_row = atoms.first().and_then(|atom| atom.row);
                let first = starts_with_row.unwrap_or(*row).clamp(rows[0], rows[1]);
                let last = atoms
                    .iter()
                    .filter_map(|atom| atom.row)
                    .max()
                    .unwrap_or(rows[1])
                    .max(first);
                *row = last.saturating_add(1);
                Anchor::Rows {
                    sheet: sheet.clone(),
                    rows: [first, last],
                }
            }
            Anchor::Heading { .. } if self.sections.len() > 1 => Anchor::Heading {
                heading: self.path.clone(),
            },
            own => own.clone(),
        }
    }
}

fn shared_len(a: &[String], b: &[String]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

fn section_units(section: &Section, max_chars: usize) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut introduces = false;
    for block in &section.blocks {
        let unit: Unit = atoms(block, max_chars).collect();
        let continues = introduces && matches!(block, Block::List(_) | Block::Table(_) | Block::Code(_));
        match units.last_mut() {
            Some(open) if continues => open.extend(unit),
            // The pieces of a long paragraph need not stay together.
            _ if matches!(block, Block::Paragraph(_)) => {
                units.extend(unit.into_iter().map(|piece| vec![piece]));
            }
            _ => units.push(unit),
        }
        introduces =
            matches!(block, Block::Paragraph(text) if text.ends_with(':') || text.chars().count() < 160);
    }
    units.retain(|unit| !unit.is_empty());
    units
}

fn atoms(block: &Block, max_chars: usize) -> Box<dyn Iterator<Item = Atom> + '_> {
    match block {
        Block::Paragraph(text) => Box::new(pieces(text, max_chars, None)),
        Block::List(items) => Box::new(items.iter().flat_map(move |item| pieces(item, max_chars, None))),
        Block::Notes(text) | Block::Code(text) => {
            Box::new(text.lines().flat_map(move |line| pieces(line, max_chars, None)))
        }
        Block::Pair { question, answer } => Box::new(
            [question.as_str()]
                .into_iter()
                .chain(answer.lines())
                .flat_map(move |l| pieces(l, max_chars, None)),
        ),
        Block::Table(table) => Box::new(
            table
                .rows
                .iter()
                .flat_map(move |row| pieces(&table.line(row), max_chars, Some(row.number))),
        ),
    }
}

/// `text` in as many pieces as it needs, of about the same length, cut at sentence borders where there are any.
fn pieces(text: &str, max_chars: usize, row: Option<u32>) -> std::vec::IntoIter<Atom> {
    let total = text.chars().count();
    let pieces = if total <= max_chars {
        vec![text]
    } else {
        parted(text, total, max_chars)
    };
    let atom = |text: &str| Atom {
        text: text.to_owned(),
        chars: text.chars().count(),
        row,
    };
    let filled = pieces
        .into_iter()
        .map(str::trim)
        .filter(|piece| !piece.is_empty());
    filled.map(atom).collect::<Vec<_>>().into_iter()
}

/// `text`, of `total` characters, in pieces that together are all of it.
fn parted(text: &str, total: usize, max_chars: usize) -> Vec<&str> {
    let even = total.div_ceil(total.div_ceil(max_chars));
    let (mut pieces, mut open, mut open_chars) = (Vec::new(), "", 0);
    let mut rest = text;
    for grain in grains(text, max_chars) {
        let chars = grain.chars().count();
        // Cut where the piece comes nearest to the even length.
        if open_chars > 0 && (open_chars + chars > max_chars || open_chars + chars / 2 > even) {
            pieces.push(open);
            rest = &rest[open.len()..];
            open_chars = 0;
        }
        open_chars += chars;
        let end = if open_chars == chars {
            grain.len()
        } else {
            open.len() + grain.len()
        };
        open = &rest[..end];
    }
    pieces.push(open);
    pieces
}

/// What pieces are made of, in order and nothing left out: sentences, and the parts of sentences that are too long.
fn grains(text: &str, max_chars: usize) -> Vec<&str> {
    let splitter = TextSplitter::new(ChunkConfig::new(max_chars).with_trim(false));
    let mut grains = Vec::new();
    for sentence in sentences(text) {
        if sentence.chars().count() <= max_chars {
            grains.push(sentence);
        } else {
            grains.extend(splitter.chunks(sentence));
        }
    }
    grains
}

/// Sentences with the white space after them. A full stop ends one whatever follows: Unicode's rule wants a capital,
/// and much of what people write, or what is left of it, has none. A cut after an abbreviation does little harm.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut ended = false;
        let mut chars = rest.char_indices();
        let border = chars.find(|(_, char)| match char {
            '.' | '!' | '?' | '…' => {
                ended = true;
                false
            }
            '"' | '\'' | ')' | ']' | '”' | '’' | '»' => false,
            '。' | '！' | '？' | '\n' => true,
            char if char.is_whitespace() => ended,
            _ => {
                ended = false;
                false
            }
        });
        let end = border.map_or(rest.len(), |(at, char)| at + char.len_utf8());
        let (sentence, after) = rest.split_at(end);
        rest = after;
        (!sentence.is_empty()).then_some(sentence)
    })
}

/// Puts units into passages of about the same length, units whole where they fit.
fn pack(units: Vec<Unit>, limits: &Limits) -> Vec<Vec<Atom>> {
    let total: usize = units.iter().map(|unit| length(unit) + 1).sum();
    let even = total.div_ceil(total.div_ceil(limits.even_chars + 1).max(1));
    let mut packed: Vec<Vec<Atom>> = Vec::new();
    let mut open: Vec<Atom> = Vec::new();
    let mut queue: VecDeque<Unit> = units.into();
    while let Some(unit) = queue.pop_front() {
        let together = length(&open) + usize::from(!open.is_empty()) + length(&unit);
        let is_short = length(&open) < limits.min_chars;
        let fits = together <= limits.piece_chars && length(&open) < even;
        // What belongs together may be longer than a piece, with a few words before it.
        if fits || together <= limits.whole_chars && (open.is_empty() || unit.len() > 1 && is_short) {
            open.extend(unit);
        } else if unit.len() > 1 && (length(&unit) > limits.whole_chars || is_short) {
            // Too long to stay whole, even with nothing before it.
            for atom in unit.into_iter().rev() {
                queue.push_front(vec![atom]);
            }
        } else {
            packed.push(std::mem::replace(&mut open, unit));
        }
    }
    packed.push(open);
    packed.retain(|atoms| !atoms.is_empty());
    if let [.., before, last] = &packed[..]
        && length(last) < limits.min_chars
        && length(before) + 1 + length(last) <= limits.whole_chars
        && let Some(last) = packed.pop()
        && let Some(before) = packed.last_mut()
    {
        before.extend(last);
    }
    packed
}

/// The length of the atoms' text, joined.
fn length(atoms: &[Atom]) -> usize {
    atoms.iter().map(|atom| atom.chars).sum::<usize>() + atoms.len().saturating_sub(1)
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
