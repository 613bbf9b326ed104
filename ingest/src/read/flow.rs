//! Builds sections from a stream of text, headings, lists and tables, however the format writes them.

use crate::{Block, Section, text};
use liaison_knowledge::Anchor;

/// A heading longer than this is a paragraph set as one.
const MAX_HEADING_CHARS: usize = 200;

/// Collects a document with headings: Markdown, HTML, DOCX.
#[derive(Default)]
pub(super) struct Flow {
    /// Open headings with their levels, outermost first.
    path: Vec<(u8, String)>,
    /// Whether the innermost heading has nothing under it yet.
    fresh: bool,
    sections: Vec<Section>,
    blocks: Vec<Block>,
    inline: String,
    items: Vec<String>,
    list_depth: usize,
    /// Whether something that does not show was left out.
    pub(super) stripped: bool,
    /// The first heading of level 1, or 0, the title set above all headings.
    pub(super) title: Option<String>,
}

impl Flow {
    /// Adds inline text to the open paragraph or item.
    pub(super) fn text(&mut self, text: &str) {
        self.inline.push_str(text);
    }

    /// Whether any inline text is open.
    pub(super) fn is_open(&self) -> bool {
        !self.inline.trim().is_empty()
    }

    /// Ends a line inside a cell (see [`text::item_break`]).
    pub(super) fn item_break(&mut self) {
        self.inline.push_str(text::item_break(&self.inline));
    }

    /// How much inline text is open: where a raised run starts.
    pub(super) fn mark(&self) -> usize {
        self.inline.len()
    }

    /// Sets the inline text since `mark` as superscript, where that matters (see [`text::raised`]).
    pub(super) fn raise(&mut self, mark: usize) {
        if self.inline.is_char_boundary(mark) {
            let run = self.inline.split_off(mark);
            let raised = text::raised(&self.inline, run.trim());
            self.inline.push_str(&raised);
        }
    }

    /// Ends the paragraph. In a list item it only parts the words: an item stays one line.
    pub(super) fn end_block(&mut self) {
        if self.list_depth > 0 {
            self.inline.push(' ');
            return;
        }
        let paragraph = text::line(&std::mem::take(&mut self.inline));
        if !paragraph.is_empty() {
            self.blocks.push(Block::Paragraph(paragraph));
        }
    }

    pub(super) fn open_list(&mut self) {
        if self.list_depth == 0 {
            self.end_block();
        } else {
            self.end_item();
        }
        self.list_depth += 1;
    }

    pub(super) fn close_list(&mut self) {
        self.end_item();
        self.list_depth = self.list_depth.saturating_sub(1);
        if self.list_depth == 0 {
            self.flush_items();
        }
    }

    /// Ends the open item; starting the next one does the same.
    pub(super) fn end_item(&mut self) {
        let item = text::line(&std::mem::take(&mut self.inline));
        if item.is_empty() {
            return;
        }
        if self.list_depth > 0 {
            self.items.push(item);
        } else {
            self.blocks.push(Block::Paragraph(item));
        }
    }

    /// Adds a whole block; a list around it goes on after it.
    pub(super) fn block(&mut self, block: Block) {
        self.end_item();
        self.flush_items();
        self.blocks.push(block);
    }

    /// Takes the open inline text as a heading.
    pub(super) fn end_heading(&mut self, level: u8) {
        let heading = text::line(&std::mem::take(&mut self.inline));
        self.heading(level, heading);
    }

    /// Starts a section under `heading`.
    pub(super) fn heading(&mut self, level: u8, heading: String) {
        if heading.is_empty() {
            return;
        }
        if self.list_depth > 0 {
            self.items.push(heading);
            return;
        }
        if heading.chars().count() > MAX_HEADING_CHARS {
            self.blocks.push(Block::Paragraph(heading));
            return;
        }
        if level <= 1 && self.title.is_none() {
            self.title = Some(heading.clone());
        }
        self.close_section(level);
        self.path.retain(|(open, _)| *open < level);
        self.path.push((level, heading));
        self.fresh = true;
    }

    fn flush_items(&mut self) {
        if !self.items.is_empty() {
            self.blocks.push(Block::List(std::mem::take(&mut self.items)));
        }
    }

    /// Closes the open section before a heading of `next` level. A heading with nothing under it, not even
    /// other headings, is kept as an empty section, so that its words are not lost.
    fn close_section(&mut self, next: u8) {
        self.end_item();
        self.flush_items();
        let is_leaf = self.fresh && self.path.last().is_some_and(|(level, _)| *level >= next);
        if !self.blocks.is_empty() || is_leaf {
            let heading: Vec<String> = self.path.iter().map(|(_, heading)| heading.clone()).collect();
            let anchor = Anchor::Heading {
                heading: heading.clone(),
            };
            self.sections.push(Section {
                anchor,
                heading,
                blocks: std::mem::take(&mut self.blocks),
            });
        }
        self.fresh = false;
    }

    /// Everything on one line, as a table's cell has it: items parted by commas, rows by semicolons.
    pub(super) fn finish_line(self) -> String {
        let mut parts = Vec::new();
        let mut path: Vec<String> = Vec::new();
        for section in self.finish().0 {
            let shared = path
                .iter()
                .zip(&section.heading)
                .take_while(|(a, b)| a == b)
                .count();
            parts.extend_from_slice(&section.heading[shared..]);
            path = section.heading;
            for block in section.blocks {
                let separator = if matches!(block, Block::Table(_)) {
                    "; "
                } else {
                    ", "
                };
                parts.push(block.lines().join(separator));
            }
        }
        text::line(&parts.join(" "))
    }

    pub(super) fn finish(mut self) -> (Vec<Section>, Option<String>) {
        self.list_depth = 0;
        self.close_section(0);
        (self.sections, self.title)
    }
}
