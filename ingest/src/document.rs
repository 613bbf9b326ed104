//! What a reader makes of a file: a [`Document`] of sections, each with its place and its blocks.
//!
//! All text in here is plain and normalised (see `text.rs`): no markup, one line per paragraph. Everything is
//! serde, because documents cross the border of the reading process as JSON.

use crate::FrontMatter;
use liaison_knowledge::Anchor;
use serde::{Deserialize, Serialize};

/// A file, read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Document {
    /// What the file says about itself: audience, effective dates and so on.
    pub front: FrontMatter,
    /// The title found in the content, where there is one; front matter goes before it.
    pub title: Option<String>,
    /// The parts in the document's order.
    pub sections: Vec<Section>,
    /// What was left out or repaired, in sentences for the person who loads the file.
    pub notices: Vec<String>,
}

/// A part with a place of its own: a page, a slide, a sheet, the text under a heading, a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Where it stands.
    pub anchor: Anchor,
    /// The headings it stands under, its own last; a slide's title; a sheet's name.
    pub heading: Vec<String>,
    /// Its content in reading order; empty for a heading with nothing under it.
    pub blocks: Vec<Block>,
}

/// A piece of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Running text on one line.
    Paragraph(String),
    /// List items in order, without their markers; the items of nested lists follow their parent.
    List(Vec<String>),
    /// Rows under a header.
    Table(Table),
    /// Speaker notes of a slide, one paragraph a line.
    Notes(String),
    /// A question and its answer (past Q&A, FAQ).
    Pair {
        /// The question.
        question: String,
        /// The answer, one paragraph or list item a line.
        answer: String,
    },
    /// Preformatted text; its line breaks and indents are its own.
    Code(String),
}

/// A table; cells are single lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Table {
    /// Column names; empty when the table has none.
    pub header: Vec<String>,
    /// The rows below the header.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Row {
    /// The row's number in its sheet, from 1 and counting the header; in other documents, in its table.
    pub number: u32,
    /// The cells; may be shorter or longer than the header.
    pub cells: Vec<String>,
}

impl Table {
    /// A row as one line that can be read without the table: `Tier: Gold; Rate: 18 %`. Empty cells are left
    /// out, and so is the name of a column that has none.
    #[must_use]
    pub fn line(&self, row: &Row) -> String {
        let cell = |(column, cell): (usize, &String)| match self.header.get(column).filter(|h| !h.is_empty())
        {
            _ if cell.is_empty() => None,
            Some(name) => Some(format!("{}: {cell}", name.trim_end_matches(':'))),
            None => Some(cell.clone()),
        };
        row.cells
            .iter()
            .enumerate()
            .filter_map(cell)
            .collect::<Vec<_>>()
            .join("; ")
    }
}

impl Document {
    /// Characters of text in all sections.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.sections
            .iter()
            .flat_map(|section| &section.blocks)
            .map(Block::chars)
            .sum()
    }
}

impl Block {
    /// The text: a line per paragraph, item or row.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Paragraph(text) | Self::Notes(text) | Self::Code(text) => vec![text.clone()],
            Self::List(items) => items.clone(),
            Self::Table(table) => table.rows.iter().map(|row| table.line(row)).collect(),
            Self::Pair { question, answer } => vec![question.clone(), answer.clone()],
        }
    }

    fn chars(&self) -> usize {
        match self {
            Self::Paragraph(text) | Self::Notes(text) | Self::Code(text) => text.chars().count(),
            Self::List(items) => items.iter().map(|item| item.chars().count()).sum(),
            Self::Table(table) => table
                .rows
                .iter()
                .flat_map(|row| &row.cells)
                .map(|cell| cell.chars().count())
                .sum(),
            Self::Pair { question, answer } => question.chars().count() + answer.chars().count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_by_itself() {
        #[track_caller]
        fn check(header: &[&str], cells: &[&str], expected: &str) {
            let own = |cells: &[&str]| cells.iter().map(ToString::to_string).collect::<Vec<_>>();
            let table = Table {
                header: own(header),
                rows: vec![],
            };
            assert_eq!(
                table.line(&Row {
                    number: 2,
                    cells: own(cells)
                }),
                expected
            );
        }
        check(
            &["Tier", "Product", "Rate"],
            &["Gold", "Flow", "18 %"],
            "Tier: Gold; Product: Flow; Rate: 18 %",
        );
        check(
            &["Tier", "Product", "Rate"],
            &["Gold", "", "18 %"],
            "Tier: Gold; Rate: 18 %",
        );
        check(&[], &["Gold", "Flow"], "Gold; Flow");
        check(
            &["", "Rate:"],
            &["Gold", "18 %", "since May"],
            "Gold; Rate: 18 %; since May",
        );
        check(&["Tier"], &[""], "");
    }
}
