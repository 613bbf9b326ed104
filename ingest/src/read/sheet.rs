//! A sheet of numbered rows (CSV, XLSX) as one section: captions and notes as paragraphs, the rest as tables.

use super::table;
use crate::{Block, Row, Section, Table};
use liaison_knowledge::Anchor;

/// The section of sheet `name`; `None` when no cell is filled. Cells are normalised lines.
pub(super) fn section(name: &str, rows: Vec<Row>) -> Option<Section> {
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
    let mut blocks = Vec::new();
    let mut header: Vec<String> = Vec::new();
    for run in runs(rows) {
        add_run(run, &mut header, &mut blocks);
    }
    Some(Section {
        anchor,
        heading: vec![name.to_owned()],
        blocks,
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

/// Adds the rows of one run. `header` is that of the table before: an empty row inside a table is not its end.
fn add_run(rows: Vec<Row>, header: &mut Vec<String>, blocks: &mut Vec<Block>) {
    let Some(table_start) = rows.iter().position(|row| filled(row) > 1) else {
        blocks.extend(
            rows.into_iter()
                .flat_map(|row| row.cells)
                .filter(|c| !c.is_empty())
                .map(Block::Paragraph),
        );
        return;
    };
    let mut rows = rows;
    let mut body = rows.split_off(table_start);
    blocks.extend(
        rows.into_iter()
            .flat_map(|row| row.cells)
            .filter(|c| !c.is_empty())
            .map(Block::Paragraph),
    );
    if table::starts_with_header(&body) {
        *header = body.remove(0).cells;
    } else if body.iter().any(|row| row.cells.len() > header.len()) {
        header.clear();
    }
    let mut table = Table {
        header: header.clone(),
        rows: vec![],
    };
    for row in body {
        // A lone cell in a wide table is a label for the rows below it or a note, not a value of column one.
        if filled(&row) == 1 && header.len() > 2 {
            flush(&mut table, blocks);
            blocks.extend(
                row.cells
                    .into_iter()
                    .filter(|c| !c.is_empty())
                    .map(Block::Paragraph),
            );
        } else {
            table.rows.push(row);
        }
    }
    if table.rows.is_empty() && !blocks.iter().any(|block| matches!(block, Block::Table(_))) {
        // A header without rows is all the sheet says.
        let words: Vec<&str> = header
            .iter()
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
            .collect();
        blocks.push(Block::Paragraph(words.join("; ")));
    }
    flush(&mut table, blocks);
}

fn flush(table: &mut Table, blocks: &mut Vec<Block>) {
    if !table.rows.is_empty() {
        let rows = std::mem::take(&mut table.rows);
        blocks.push(Block::Table(Table {
            header: table.header.clone(),
            rows,
        }));
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
        let blocks = section("S", rows)
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
        check("Partner|Acme/Tier|Gold", &["1 Partner; Acme", "2 Tier; Gold"]);
        check("A|B|C", &["1 A; B; C"]);
        check("a/b", &["a", "b"]);
        check("|/|", &[]);
    }
}
