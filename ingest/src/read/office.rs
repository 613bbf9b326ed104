//! What DOCX and PPTX share: opening the package, and the elements of its body.

use super::{ReadError, chart::Charts, flow::Flow, table::Grid};
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

/// Adds body elements to `flow`. Review comments stay out: they are talk about the document.
pub(super) fn elements(elements: &[Element], charts: &Charts, flow: &mut Flow) {
    let mut rest = elements;
    while let [first, after @ ..] = rest {
        if let Some((chart, taken)) = charts.at(rest) {
            flow.end_block();
            for block in chart {
                flow.block(block.clone());
            }
            rest = &rest[taken..];
        } else {
            element(first, charts, flow);
            rest = after;
        }
    }
}

fn element(element: &Element, charts: &Charts, flow: &mut Flow) {
    match element {
        Element::Heading(heading) => {
            flow.end_block();
            inline(&heading.content, flow);
            flow.end_heading(heading.clamped_level());
        }
        Element::Paragraph(paragraph) => add_paragraph(paragraph, flow),
        Element::List(list) => add_list(list, charts, flow),
        Element::Table(table) => add_table(table, charts, flow),
        Element::TextBox(text_box) => {
            flow.end_block();
            elements(&text_box.content, charts, flow);
            flow.end_block();
        }
        Element::Footnote(note) => elements(&note.content, charts, flow),
        Element::Endnote(note) if !is_comment(note) => elements(&note.content, charts, flow),
        Element::CodeBlock(code) => {
            let code = text::lines(&code.content);
            if !code.is_empty() {
                flow.block(Block::Code(code));
            }
        }
        _ => {}
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

fn add_list(list: &List, charts: &Charts, flow: &mut Flow) {
    flow.open_list();
    for item in &list.items {
        flow.end_item();
        elements(&item.content, charts, flow);
        if let Some(nested) = &item.nested {
            add_list(nested, charts, flow);
        }
    }
    flow.close_list();
}

fn add_table(table: &Table, charts: &Charts, flow: &mut Flow) {
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
        return elements(&cell.content, charts, flow);
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
    elements(content, &Charts::default(), &mut flow);
    flow.finish_line()
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
