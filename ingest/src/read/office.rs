//! What DOCX and PPTX share: opening the package, and the elements of its body.

use super::{Format, ReadError, flow::Flow, table::Grid};
use crate::{Block, text};
use office_oxide::ir::{Element, InlineContent, List, Note, Paragraph, Table, VerticalAlign};
use office_oxide::{Document as Package, DocumentFormat};

pub(super) fn open(bytes: &[u8], format: DocumentFormat) -> Result<Package, ReadError> {
    Package::from_reader(std::io::Cursor::new(bytes.to_vec()), format).map_err(|error| failure(&error))
}

/// The reader's error, named for what a person can do.
pub(super) fn failure(error: &dyn std::error::Error) -> ReadError {
    let detail = error.to_string();
    let lower = detail.to_lowercase();
    if lower.contains("password") || lower.contains("encrypted") {
        ReadError::Encrypted
    } else if lower.contains("limit exceeded")
        || lower.contains("expands to more")
        || lower.contains("inflate ratio")
    {
        ReadError::TooLarge { detail }
    } else {
        ReadError::corrupt(detail)
    }
}

/// What an Office package holds, by the names of its parts, for files with a wrong or no extension.
pub(super) fn format_of_zip(bytes: &[u8]) -> Option<Format> {
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    [
        (&b"word/document.xml"[..], Format::Word),
        (b"ppt/presentation.xml", Format::Deck),
        (b"xl/workbook.xml", Format::Workbook),
    ]
    .into_iter()
    .find_map(|(part, format)| holds(part).then_some(format))
}

/// Adds body elements to `flow`. Review comments stay out: they are talk about the document.
pub(super) fn elements(elements: &[Element], flow: &mut Flow) {
    for element in elements {
        match element {
            Element::Heading(heading) => {
                flow.end_block();
                inline(&heading.content, flow);
                flow.end_heading(heading.clamped_level());
            }
            Element::Paragraph(paragraph) => add_paragraph(paragraph, flow),
            Element::List(list) => add_list(list, flow),
            Element::Table(table) => add_table(table, flow),
            Element::TextBox(text_box) => {
                flow.end_block();
                self::elements(&text_box.content, flow);
                flow.end_block();
            }
            Element::Footnote(note) => self::elements(&note.content, flow),
            Element::Endnote(note) if !is_comment(note) => self::elements(&note.content, flow),
            Element::CodeBlock(code) => {
                let code = text::lines(&code.content);
                if !code.is_empty() {
                    flow.block(Block::Code(code));
                }
            }
            _ => {}
        }
    }
}

fn is_comment(note: &Note) -> bool {
    note.author.is_some()
        || note
            .marker
            .as_deref()
            .is_some_and(|marker| marker.starts_with("Comment"))
}

fn add_paragraph(paragraph: &Paragraph, flow: &mut Flow) {
    let style = paragraph.style.as_deref().unwrap_or_default();
    // Date, number and footer of a slide; a table of contents repeats the headings.
    let is_furniture = matches!(
        paragraph.placeholder_role.as_deref(),
        Some("dt" | "sldNum" | "ftr" | "hdr")
    );
    if is_furniture || style.to_lowercase().starts_with("toc ") {
        return;
    }
    flow.end_block();
    inline(&paragraph.content, flow);
    if style.eq_ignore_ascii_case("title") {
        flow.end_heading(0);
    } else {
        flow.end_block();
    }
}

fn add_list(list: &List, flow: &mut Flow) {
    flow.open_list();
    for item in &list.items {
        flow.end_item();
        elements(&item.content, flow);
        if let Some(nested) = &item.nested {
            add_list(nested, flow);
        }
    }
    flow.close_list();
}

fn add_table(table: &Table, flow: &mut Flow) {
    if let Some(caption) = &table.caption {
        flow.end_block();
        flow.text(caption);
        flow.end_block();
    }
    // A table of one cell frames its content.
    if let [row] = &table.rows[..]
        && let [cell] = &row.cells[..]
    {
        flow.end_block();
        return elements(&cell.content, flow);
    }
    let mut grid = Grid::default();
    for row in &table.rows {
        grid.open_row();
        for cell in &row.cells {
            grid.cell(
                plain(&cell.content),
                cell.col_span as usize,
                cell.row_span as usize,
            );
        }
    }
    let marked = table.rows.iter().take_while(|row| row.is_header).count();
    for block in grid.finish((marked > 0).then_some(marked)) {
        flow.block(block);
    }
}

/// Elements on one line.
fn plain(content: &[Element]) -> String {
    let mut flow = Flow::default();
    elements(content, &mut flow);
    let mut parts = Vec::new();
    for section in flow.finish().0 {
        parts.extend(section.heading);
        for block in section.blocks {
            match block {
                Block::Paragraph(text) | Block::Code(text) | Block::Notes(text) => parts.push(text),
                Block::List(items) => parts.push(items.join(", ")),
                Block::Table(table) => parts.extend(table.rows.iter().map(|row| table.line(row))),
                Block::Pair { .. } => {}
            }
        }
    }
    text::line(&parts.join(" "))
}

fn inline(content: &[InlineContent], flow: &mut Flow) {
    for part in content {
        match part {
            InlineContent::Text(span) => {
                let mark = flow.mark();
                flow.text(&span.text);
                if span.vertical_align == Some(VerticalAlign::Superscript) {
                    flow.raise(mark);
                }
            }
            InlineContent::LineBreak => flow.text(" "),
            _ => {}
        }
    }
}

/// What was lost or repaired, in a few sentences.
pub(super) fn notices(warnings: &[String], truncated: bool) -> Vec<String> {
    let mut notices: Vec<String> = warnings
        .iter()
        .take(5)
        .map(|warning| text::line(warning))
        .collect();
    if warnings.len() > 5 {
        notices.push(format!(
            "{} more parts were repaired or left out.",
            warnings.len() - 5
        ));
    }
    if truncated {
        notices.insert(0, "Some of the text could not be read.".to_owned());
    }
    notices
}
