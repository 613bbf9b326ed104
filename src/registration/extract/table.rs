//! Tables: a line of headings that are labels, and a line of cells for each deal, parted by `|`, tabs, `;` or `,`.

use super::{
    labels::{self, Asked, Labelled},
    page::Page,
};
use std::ops::Range;

/// The cells of each line behind the headings, as values of a form.
pub(super) fn rows(page: &Page<'_>) -> Vec<Vec<Labelled>> {
    let lines = &page.layout.lines;
    for (at, line) in lines.iter().enumerate() {
        for separator in ['|', '\t', ';', ','] {
            let headings = cells(page.slice(&line.range), separator);
            let asked: Vec<Option<Asked>> = headings
                .iter()
                .map(|cell| labels::heading(&page.slice(&line.range)[cell.clone()]))
                .collect();
            let known = asked.iter().flatten().count();
            // Headings are nothing but labels, with at most one that we do not know in four.
            if known < 3 || known * 4 < headings.len() * 3 || !asked.contains(&Some(Asked::Company)) {
                continue;
            }
            return lines[at + 1..]
                .iter()
                .map(|line| row(page, &line.range, separator, &asked))
                .filter(|row| row.iter().any(|cell| cell.asked == Asked::Company))
                .collect();
        }
    }
    Vec::new()
}

fn row(page: &Page<'_>, line: &Range<usize>, separator: char, asked: &[Option<Asked>]) -> Vec<Labelled> {
    let cells = cells(page.slice(line), separator);
    if cells.len() < asked.len().saturating_sub(1).max(2) {
        return Vec::new();
    }
    let labelled = cells.into_iter().zip(asked).filter_map(|(cell, asked)| {
        let start = page.token_at(line.start + cell.start);
        let end = page
            .tokens
            .partition_point(|token| token.range.start < line.start + cell.end);
        (start < end).then(|| Labelled {
            asked: asked.unwrap_or(Asked::Other),
            value: start..end,
        })
    });
    labelled.collect()
}

/// The bytes of each cell. A separator inside of quotation marks is part of the cell; those at the ends of the line
/// are frames.
fn cells(line: &str, separator: char) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, c) in line.char_indices() {
        if c == '"' {
            quoted = !quoted;
        } else if c == separator && !quoted {
            cells.push(start..at);
            start = at + c.len_utf8();
        }
    }
    cells.push(start..line.len());
    if separator == '|' {
        cells.retain(|cell| cell.start > 0 && cell.end < line.len() || !line[cell.clone()].trim().is_empty());
    }
    cells
}
