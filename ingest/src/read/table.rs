//! Grids of cells into tables: where the header is, and what spanning cells mean for each row.

use crate::{Block, Row, Table};

/// Rows of the widest span that is followed; real tables stay far below.
pub(super) const MAX_SPAN: usize = 200;

/// Names of columns are this long at most, and on average.
const MAX_NAME_CHARS: usize = 120;
const USUAL_NAME_CHARS: usize = 60;

/// A grid under construction: cells that span rows are repeated in each of them, so that every row reads by
/// itself; cells that span columns stand once, but name every column they span where they are a header.
#[derive(Default)]
pub(super) struct Grid {
    /// `None` is a place that the cell to the left reaches into.
    rows: Vec<Vec<Option<String>>>,
    /// Per column: how many more rows the cell above reaches into, and its text.
    hanging: Vec<(usize, Option<String>)>,
    column: usize,
}

impl Grid {
    pub(super) fn open_row(&mut self) {
        self.close_row();
        self.rows.push(Vec::new());
        self.column = 0;
    }

    pub(super) fn cell(&mut self, text: String, columns: usize, rows: usize) {
        if self.rows.is_empty() {
            self.open_row();
        }
        self.fill_hanging();
        let (columns, rows) = (columns.clamp(1, MAX_SPAN), rows.clamp(1, MAX_SPAN));
        for offset in 0..columns {
            let text = (offset == 0).then(|| text.clone());
            if self.hanging.len() <= self.column {
                self.hanging.resize(self.column + 1, (0, None));
            }
            self.hanging[self.column] = (rows - 1, text.clone());
            self.push(text);
        }
    }

    fn push(&mut self, text: Option<String>) {
        if let Some(row) = self.rows.last_mut() {
            row.push(text);
        }
        self.column += 1;
    }

    fn fill_hanging(&mut self) {
        while let Some((left, text)) = self.hanging.get_mut(self.column).filter(|(left, _)| *left > 0) {
            *left -= 1;
            let text = text.clone();
            self.push(text);
        }
    }

    fn close_row(&mut self) {
        if self.rows.is_empty() {
            return;
        }
        let last_hanging = self
            .hanging
            .iter()
            .rposition(|(left, _)| *left > 0)
            .map_or(0, |at| at + 1);
        while self.column < last_hanging {
            self.fill_hanging();
            if self.column < last_hanging {
                self.push(Some(String::new()));
            }
        }
    }

    /// The blocks of the grid, whose first `header_rows` are known to be its header; `None` is a guess.
    pub(super) fn finish(mut self, header_rows: Option<usize>) -> Vec<Block> {
        self.close_row();
        let all = self.rows.len();
        let caption = self.take_caption();
        let known = header_rows.map(|rows| rows.saturating_sub(all - self.rows.len()));
        let plain =
            |row: &Vec<Option<String>>| row.iter().map(|cell| cell.clone().unwrap_or_default()).collect();
        let rows = numbered(self.rows.iter().map(plain).collect());
        let mut header_rows = known
            .unwrap_or_else(|| match &self.rows[..] {
                [first, second, ..] if is_divided_by(first, second) => 1,
                _ => usize::from(starts_with_header(&rows)),
            })
            .min(rows.len());
        if header_rows == 1
            && let [first, second, _, ..] = &self.rows[..]
            && is_divided_by(first, second)
        {
            header_rows = 2;
        }
        let header = numbered(self.rows.drain(..header_rows).map(named_throughout).collect());
        let table = blocks(
            header
                .into_iter()
                .chain(rows.into_iter().skip(header_rows))
                .collect(),
            Some(header_rows),
        );
        caption.into_iter().map(Block::Paragraph).chain(table).collect()
    }

    /// Takes the first row off where a single cell spans all of it: what the table is called.
    fn take_caption(&mut self) -> Option<String> {
        let [first, _, ..] = &self.rows[..] else {
            return None;
        };
        let spans_all = first.len() > 1 && first[1..].iter().all(Option::is_none);
        if !spans_all {
            return None;
        }
        let caption = self.rows.remove(0).into_iter().flatten().next();
        caption.filter(|caption| !caption.is_empty())
    }
}

fn numbered(rows: Vec<Vec<String>>) -> Vec<Row> {
    (1..)
        .zip(rows)
        .map(|(number, cells)| Row { number, cells })
        .collect()
}

/// Whether `second` divides the columns that the names in `first` span (`None` is a place that the cell to the
/// left reaches into), and says nothing where `first` spans none: `2025` over `New` and `Renewal`.
pub(super) fn is_divided_by(first: &[Option<String>], second: &[Option<String>]) -> bool {
    let is_spanned = |at: usize| {
        first.get(at).is_some_and(Option::is_none) || first.get(at + 1).is_some_and(Option::is_none)
    };
    let mut names = Vec::new();
    for (at, name) in second.iter().enumerate() {
        let Some(name) = name else { continue };
        let above = first.get(at).cloned().flatten().unwrap_or_default();
        if !is_spanned(at) {
            if !name.is_empty() && *name != above {
                return false;
            }
        } else if name.is_empty() || is_value(name) {
            return false;
        } else if first.get(at).is_some_and(Option::is_some) {
            // The next name spans columns of its own, and may be divided alike.
            names = vec![name];
        } else if names.contains(&name) {
            return false;
        } else {
            names.push(name);
        }
    }
    !names.is_empty()
}

/// A header row in which a name stands over every column it spans.
pub(super) fn named_throughout(row: Vec<Option<String>>) -> Vec<String> {
    let mut name = String::new();
    let filled = row.into_iter().map(|cell| {
        if let Some(cell) = cell {
            name = cell;
        }
        name.clone()
    });
    filled.collect()
}

/// The blocks of numbered rows: a table, or paragraphs where there is only one column.
pub(super) fn blocks(mut rows: Vec<Row>, header_rows: Option<usize>) -> Vec<Block> {
    let header_rows = match header_rows {
        Some(known) => known.min(rows.len()),
        None => usize::from(starts_with_header(&rows)),
    };
    let body = rows.split_off(header_rows);
    let header = joined_header(&rows);
    let body: Vec<Row> = body
        .into_iter()
        .filter(|row| row.cells.iter().any(|c| !c.is_empty()))
        .collect();
    if body.is_empty() {
        let words: Vec<String> = header.into_iter().filter(|cell| !cell.is_empty()).collect();
        return if words.is_empty() {
            vec![]
        } else {
            vec![Block::Paragraph(words.join("; "))]
        };
    }
    let is_column = header.len() <= 1 && body.iter().all(|row| row.cells.len() <= 1);
    if is_column && header.is_empty() {
        return body
            .into_iter()
            .flat_map(|row| row.cells)
            .map(Block::Paragraph)
            .collect();
    }
    vec![Block::Table(Table { header, rows: body })]
}

/// Several header rows become one: `2025` over `Rate` is `2025 Rate`.
pub(super) fn joined_header(rows: &[Row]) -> Vec<String> {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let column = |at: usize| {
        let mut names: Vec<&str> = Vec::new();
        for name in rows
            .iter()
            .filter_map(|row| row.cells.get(at))
            .filter(|name| !name.is_empty())
        {
            if names.last() != Some(&name.as_str()) {
                names.push(name);
            }
        }
        names.join(" ")
    };
    (0..width).map(column).collect()
}

/// Whether the first row names the columns of the others. Two columns of words are more often pairs (`Tier`,
/// `Gold`) than a header, and a wrong header spoils every row, so those count only over a column of values.
pub(super) fn starts_with_header(rows: &[Row]) -> bool {
    let [first, rest @ ..] = rows else { return false };
    let filled = |row: &Row| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let width = rest.iter().map(filled).max().unwrap_or(0);
    let named = filled(first);
    if width < 2 || named < 2 || named + 1 < width {
        return false;
    }
    let names: Vec<&String> = first.cells.iter().filter(|cell| !cell.is_empty()).collect();
    let distinct = names.iter().collect::<std::collections::HashSet<_>>().len() == names.len();
    let chars = |name: &&String| without_note(name).chars().count();
    let named_like_header = names
        .iter()
        .all(|name| !is_value(name) && chars(name) <= MAX_NAME_CHARS)
        && names.iter().map(chars).sum::<usize>() <= names.len() * USUAL_NAME_CHARS;
    let over_values = || {
        (1..width).any(|at| {
            let cells = || {
                rest.iter()
                    .filter_map(|row| row.cells.get(at))
                    .filter(|cell| !cell.is_empty())
            };
            cells().count() > 0 && cells().all(|cell| is_value(cell) || is_year(without_note(cell)))
        })
    };
    distinct && named_like_header && (width >= 3 || over_values())
}

/// What opens a note behind the value of a cell.
const NOTE: &str = " (note: ";

/// A cell with the note at it: `18 % (note: net)`.
pub(super) fn with_note(cell: &str, note: &str) -> String {
    format!("{cell}{NOTE}{note})").trim_start().to_owned()
}

fn without_note(cell: &str) -> &str {
    cell.split_once(NOTE).map_or(cell, |(value, _)| value)
}

/// Whether a cell holds a figure, an amount or a date rather than a name. A year may name a column, and so may
/// `Q1` or `Day 1`.
pub(super) fn is_value(cell: &str) -> bool {
    let cell = without_note(cell);
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    let starts_with_letter = cell.starts_with(char::is_alphabetic);
    // `EUR 500`: a currency goes before its amount, other units behind.
    let is_amount = letters == 3 && cell.bytes().take(3).all(|b| b.is_ascii_uppercase());
    digits > 0
        && !is_year(cell)
        && if starts_with_letter {
            is_amount
        } else {
            letters <= digits.max(3)
        }
}

fn is_year(cell: &str) -> bool {
    cell.len() == 4
        && (cell.starts_with("19") || cell.starts_with("20"))
        && cell.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Row> {
        let row = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
        (1..)
            .zip(text.split('/'))
            .map(|(number, line)| Row {
                number,
                cells: row(line),
            })
            .collect()
    }

    #[test]
    fn headers_are_found_only_where_they_are() {
        #[track_caller]
        fn check(text: &str, expected: bool) {
            assert_eq!(starts_with_header(&rows(text)), expected, "{text}");
        }
        check("Tier|Product|Rate/Gold|Flow|18 %", true);
        check("Tier|2024|2025/Gold|5 %|6 %", true);
        check("Tier|Rate/Gold|18 %/Silver|15 %", true);
        check("Partner|Acme/Tier|Gold", false);
        check("Gold|Flow|18 %/Silver|Flow|15 %", false);
        check("|Silver|Gold/Deals|3|10", true);
        check("A|A|B/1|2|3", false);
        check(
            "Tier|Rate (note: net of discounts)/Gold|18 % (note: new deals)",
            true,
        );
        check("Q1|Day 1|col-1/5|6|7", true);
        check("Gold|Flow|EUR 5/Silver|Flow|EUR 7", false);
        check("Tier|Product|Rate", false);
    }

    #[test]
    fn spans_reach_every_row() {
        let mut grid = Grid::default();
        grid.open_row();
        grid.cell("Gold".into(), 1, 2);
        grid.cell("Flow".into(), 1, 1);
        grid.cell("18 %".into(), 2, 1);
        grid.open_row();
        grid.cell("Edge".into(), 1, 1);
        grid.cell("12 %".into(), 1, 1);
        let [Block::Table(table)] = &grid.finish(Some(0))[..] else {
            panic!("one table")
        };
        assert_eq!(table.line(&table.rows[0]), "Gold; Flow; 18 %");
        assert_eq!(table.line(&table.rows[1]), "Gold; Edge; 12 %");
    }

    #[test]
    fn names_over_several_columns_are_divided() {
        /// Rows parted by `/`, cells by `|`; `<` is reached into from the left.
        #[track_caller]
        fn check(text: &str, expected: &[&str]) {
            let mut grid = Grid::default();
            for line in text.split('/') {
                grid.open_row();
                let cells: Vec<&str> = line.split('|').collect();
                for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| **cell != "<") {
                    let span = 1 + cells[at + 1..].iter().take_while(|cell| **cell == "<").count();
                    grid.cell((*cell).to_owned(), span, 1);
                }
            }
            let lines: Vec<String> = grid.finish(None).iter().flat_map(Block::lines).collect();
            assert_eq!(lines, expected, "{text}");
        }
        check(
            "Tier|Rate|</Tier|New|Renewal/Gold|18 %|9 %",
            &["Tier: Gold; Rate New: 18 %; Rate Renewal: 9 %"],
        );
        check(
            "|2024|<|2025|</|New|Renewal|New|Renewal/Gold|1|2|3|4",
            &["Gold; 2024 New: 1; 2024 Renewal: 2; 2025 New: 3; 2025 Renewal: 4"],
        );
        check(
            "Rates 2025|<|</Tier|Product|Rate/Gold|Flow|18 %",
            &["Rates 2025", "Tier: Gold; Product: Flow; Rate: 18 %"],
        );
        check(
            "Tier|Support|</Gold|Phone|Mail/Silver|Mail|None",
            &[
                "Tier: Gold; Support: Phone; Support: Mail",
                "Tier: Silver; Support: Mail; Support: None",
            ],
        );
    }

    #[test]
    fn a_table_of_one_column_or_only_a_header_is_text() {
        assert_eq!(
            blocks(rows("a/b"), None),
            [Block::Paragraph("a".into()), Block::Paragraph("b".into())]
        );
        assert_eq!(blocks(rows("a|b"), Some(1)), [Block::Paragraph("a; b".into())]);
    }
}
