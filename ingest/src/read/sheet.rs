//! A sheet of numbered rows (CSV, XLSX) as one section: captions and notes as paragraphs, the rest as tables.

use super::table;
use crate::{Block, Row, Section, Table};
use liaison_knowledge::Anchor;
use std::collections::HashSet;
use std::ops::Range;

/// Cells that the cell to their left reaches into, by row (from 1) and column (from 0).
pub(super) type Spanned = HashSet<(u32, usize)>;

/// The section of sheet `name`; `None` when no cell is filled. Cells are normalised lines.
pub(super) fn section(name: &str, rows: Vec<Row>, spanned: &Spanned) -> Option<Section> {
    let rows: Vec<Row> = rows.into_iter().map(trimmed).collect();
    let filled = || {
        rows.iter()
            .filter(|row| !row.cells.is_empty())
            .map(|row| row.number)
    };
    let anchor = Anchor::Rows {
        sheet: name.to_owned(),
        rows: [filled().min()?, filled().max()?],
    };
    let mut sheet = Sheet {
        spanned,
        header: vec![],
        blocks: vec![],
    };
    for run in runs(rows) {
        match beside(run) {
            Ok(tables) => {
                for table in tables {
                    sheet.header.clear();
                    runs(table).into_iter().for_each(|run| sheet.add_run(run));
                }
                sheet.header.clear();
            }
            Err(run) => sheet.add_run(run),
        }
    }
    Some(Section {
        anchor,
        heading: vec![name.to_owned()],
        blocks: sheet.blocks,
    })
}

fn trimmed(mut row: Row) -> Row {
    let end = row
        .cells
        .iter()
        .rposition(|cell| !cell.is_empty())
        .map_or(0, |at| at + 1);
    row.cells.truncate(end);
    row
}

/// The rows between empty ones: several tables may stand on one sheet.
fn runs(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let mut runs: Vec<Vec<Row>> = Vec::new();
    let mut next_number = None;
    for row in rows {
        if row.cells.is_empty() {
            next_number = None;
            continue;
        }
        if next_number != Some(row.number) {
            runs.push(Vec::new());
        }
        next_number = Some(row.number + 1);
        if let Some(run) = runs.last_mut() {
            run.push(row);
        }
    }
    runs
}

/// The tables that stand beside each other in a run, each from its first column; or the run, if it is one table.
///
/// An empty column parts two tables only where both have a header of their own, and start or end in different
/// rows or have the same first name. Elsewhere it is a gap that the layout wanted.
fn beside(run: Vec<Row>) -> Result<Vec<Vec<Row>>, Vec<Row>> {
    let width = run.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let is_empty = |at: usize| {
        run.iter()
            .all(|row| row.cells.get(at).is_none_or(String::is_empty))
    };
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for at in 0..=width {
        if at == width || is_empty(at) {
            if start < at {
                parts.push(start..at);
            }
            start = at + 1;
        }
    }
    let tables: Vec<Vec<Row>> = parts.iter().map(|columns| part(&run, columns)).collect();
    let extent = |rows: &[Row]| {
        (
            rows.first().map(|row| row.number),
            rows.last().map(|row| row.number),
        )
    };
    let first_name = |rows: &[Row]| rows.first().and_then(|row| row.cells.first().cloned());
    let are_tables = tables.len() > 1
        && tables.iter().all(|rows| table::starts_with_header(rows))
        && tables[1..]
            .iter()
            .all(|rows| extent(rows) != extent(&tables[0]) || first_name(rows) == first_name(&tables[0]));
    if are_tables { Ok(tables) } else { Err(run) }
}

/// Some columns of a run, without the rows above and below that are empty there.
fn part(run: &[Row], columns: &Range<usize>) -> Vec<Row> {
    let cells = |row: &Row| {
        let end = columns.end.min(row.cells.len());
        row.cells.get(columns.start..end).unwrap_or_default().to_vec()
    };
    let rows = run.iter().map(|row| {
        trimmed(Row {
            number: row.number,
            cells: cells(row),
        })
    });
    rows.filter(|row| !row.cells.is_empty()).collect()
}

/// As many rows may stand between the first words of a table and its header.
const MAX_LEAD_ROWS: usize = 3;

/// A sheet under construction.
struct Sheet<'a> {
    spanned: &'a Spanned,
    /// The header of the table before: an empty row inside a table is not its end.
    header: Vec<String>,
    blocks: Vec<Block>,
}

impl Sheet<'_> {
    /// Adds the rows of one run.
    fn add_run(&mut self, mut rows: Vec<Row>) {
        let table_start = rows.iter().position(|row| filled(row) > 1).unwrap_or(rows.len());
        let body = rows.split_off(table_start);
        rows.into_iter().for_each(|row| self.add_words(row));
        if body.is_empty() {
            return;
        }
        let body = self.take_lead(body);
        let body = self.take_header(body);
        let mut table = Table {
            header: self.header.clone(),
            rows: vec![],
        };
        for row in body {
            // A long sheet repeats its header for print.
            if self.repeats_header(&row) {
                continue;
            }
            // A lone cell in a wide table is a label for the rows below it or a note, not a value of column one.
            if filled(&row) == 1 && self.header.len() > 2 {
                self.flush(&mut table);
                self.add_words(row);
            } else {
                table.rows.push(row);
            }
        }
        if table.rows.is_empty() && !self.blocks.iter().any(|block| matches!(block, Block::Table(_))) {
            // A header without rows is all the sheet says.
            let words = self.header.iter().filter(|cell| !cell.is_empty());
            let words: Vec<&str> = words.map(String::as_str).collect();
            self.blocks.push(Block::Paragraph(words.join("; ")));
        }
        self.flush(&mut table);
    }

    /// The rows from the header on, when the rows above it are half empty: what the table is about and its units.
    fn take_lead(&mut self, mut body: Vec<Row>) -> Vec<Row> {
        let width = body.iter().map(filled).max().unwrap_or(0);
        let is_lead = |row: &&Row| filled(row) * 2 <= width;
        let lead = body.iter().take(MAX_LEAD_ROWS).take_while(is_lead).count();
        let is_headed = |at: &usize| table::starts_with_header(&body[*at..]);
        let Some(start) = (1..=lead).find(is_headed).filter(|_| !is_headed(&0)) else {
            return body;
        };
        let table = body.split_off(start);
        for row in body {
            let words: Vec<String> = row.cells.into_iter().filter(|cell| !cell.is_empty()).collect();
            self.blocks.push(Block::Paragraph(words.join("; ")));
        }
        table
    }

    /// The rows below the header of `body`, which may be that of the table before.
    fn take_header(&mut self, mut body: Vec<Row>) -> Vec<Row> {
        if let [first, second, _, ..] = &body[..]
            && table::is_divided_by(&self.with_spans(first), &self.with_spans(second))
        {
            let rows = body.split_off(2);
            for row in &mut body {
                row.cells = table::named_throughout(self.with_spans(row));
            }
            self.header = table::joined_header(&body);
            return rows;
        }
        if table::starts_with_header(&body) {
            let first = body.remove(0);
            self.header = table::named_throughout(self.with_spans(&first));
        } else if !body.iter().all(|row| self.is_headed(row)) {
            self.header.clear();
        }
        body
    }

    /// Whether each filled cell of `row` stands under a name.
    fn is_headed(&self, row: &Row) -> bool {
        let is_named = |at: usize| self.header.get(at).is_some_and(|name| !name.is_empty());
        let filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
        filled.count() == 1
            || row
                .cells
                .iter()
                .enumerate()
                .all(|(at, cell)| cell.is_empty() || is_named(at))
    }

    fn repeats_header(&self, row: &Row) -> bool {
        let is_name = |(at, cell): (usize, &String)| cell.is_empty() || self.header.get(at) == Some(cell);
        filled(row) > 1 && row.cells.iter().enumerate().all(is_name)
    }

    /// The cells of a row, `None` where the cell to the left reaches into.
    fn with_spans(&self, row: &Row) -> Vec<Option<String>> {
        let is_spanned = |at: usize| self.spanned.contains(&(row.number, at));
        let spanned = (row.cells.len()..).take_while(|at| is_spanned(*at)).count();
        let cells = row.cells.iter().enumerate();
        cells
            .map(|(at, cell)| (!is_spanned(at)).then(|| cell.clone()))
            .chain(std::iter::repeat_n(None, spanned))
            .collect()
    }

    fn add_words(&mut self, row: Row) {
        let words = row.cells.into_iter().filter(|cell| !cell.is_empty());
        self.blocks.extend(words.map(Block::Paragraph));
    }

    fn flush(&mut self, table: &mut Table) {
        if !table.rows.is_empty() {
            let rows = std::mem::take(&mut table.rows);
            self.blocks.push(Block::Table(Table {
                header: table.header.clone(),
                rows,
            }));
        }
    }
}

fn filled(row: &Row) -> usize {
    row.cells.iter().filter(|cell| !cell.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text`: rows parted by `/`, cells by `|`; what is expected is one line per block or row.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let rows = (1..)
            .zip(text.split('/'))
            .map(|(number, line)| Row {
                number,
                cells: cells(line),
            })
            .collect();
        let blocks = section("S", rows, &Spanned::new())
            .map(|section| section.blocks)
            .unwrap_or_default();
        let lines = blocks.iter().flat_map(|block| match block {
            Block::Table(table) => table
                .rows
                .iter()
                .map(|row| format!("{} {}", row.number, table.line(row)))
                .collect(),
            Block::Paragraph(text) => vec![text.clone()],
            other => panic!("{other:?}"),
        });
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn sheets_are_read_as_people_lay_them_out() {
        check(
            "Tier|Product|Rate/Gold|Flow|18 %",
            &["2 Tier: Gold; Product: Flow; Rate: 18 %"],
        );
        check(
            "Rates 2025//Tier|Product|Rate/Gold|Flow|18 %/Subject to change",
            &[
                "Rates 2025",
                "4 Tier: Gold; Product: Flow; Rate: 18 %",
                "Subject to change",
            ],
        );
        check(
            "Tier|Product|Rate/EMEA/Gold|Flow|18 %//Gold|Edge|12 %",
            &[
                "EMEA",
                "3 Tier: Gold; Product: Flow; Rate: 18 %",
                "5 Tier: Gold; Product: Edge; Rate: 12 %",
            ],
        );
        check(
            "Tier|Rate/Gold|18 %//Region|Days|Hours/EMEA|2|16",
            &["2 Tier: Gold; Rate: 18 %", "5 Region: EMEA; Days: 2; Hours: 16"],
        );
        check(
            "Average rates|in %/Tier|2024|2025|2026/Gold|5 %|6 %|7 %",
            &[
                "Average rates; in %",
                "3 Tier: Gold; 2024: 5 %; 2025: 6 %; 2026: 7 %",
            ],
        );
        // A long sheet has its header on each printed page.
        check(
            "Tier|Product|Rate/Gold|Flow|18 %/Tier|Product|Rate/Silver|Flow|15 %",
            &[
                "2 Tier: Gold; Product: Flow; Rate: 18 %",
                "4 Tier: Silver; Product: Flow; Rate: 15 %",
            ],
        );
        // Beside each other, and parted by a gap that is only layout.
        check(
            "Tier|Rate||Region|Days/Gold|18 %||EMEA|2/Silver|15 %",
            &[
                "2 Tier: Gold; Rate: 18 %",
                "3 Tier: Silver; Rate: 15 %",
                "2 Region: EMEA; Days: 2",
            ],
        );
        check(
            "Tier|Product||2024|2025/Gold|Flow||5 %|6 %",
            &["2 Tier: Gold; Product: Flow; 2024: 5 %; 2025: 6 %"],
        );
        // A header does not reach below an empty row to columns that it does not name.
        check(
            "Doc||No|Rev/A1||7|B//|1.1|kV|130",
            &["2 Doc: A1; No: 7; Rev: B", "4 1.1; kV; 130"],
        );
        check("Partner|Acme/Tier|Gold", &["1 Partner; Acme", "2 Tier; Gold"]);
        check("A|B|C", &["1 A; B; C"]);
        check("a/b", &["a", "b"]);
        check("|/|", &[]);
    }
}
