//! A tool's records as a Markdown table. Every cell is a field of a record, as shown.

use super::tools::{Record, ToolOutcome};

/// Rows an answer shows; the rest is counted below the table.
const MOST_ROWS: usize = 20;

/// The table, or nothing when the outcome has no columns or no records to show.
#[must_use]
pub fn markdown(outcome: &ToolOutcome) -> String {
    let rows = rows(outcome);
    if rows.is_empty() {
        return String::new();
    }
    let line =
        |cells: &mut dyn Iterator<Item = String>| format!("| {} |", cells.collect::<Vec<_>>().join(" | "));
    let mut lines = vec![
        line(&mut outcome.columns.iter().map(|column| label(column))),
        line(&mut outcome.columns.iter().map(|_| "---".to_owned())),
    ];
    lines.extend(
        rows.iter()
            .take(MOST_ROWS)
            .map(|row| line(&mut row.iter().map(|cell| escaped(cell)))),
    );
    lines.join("\n")
}

/// The cells of the records that a table shows, in the order of the outcome's columns.
#[must_use]
pub fn rows(outcome: &ToolOutcome) -> Vec<Vec<String>> {
    if outcome.columns.is_empty() {
        return Vec::new();
    }
    let cell = |record: &Record, column: &str| {
        record
            .fields
            .iter()
            .find(|field| field.name == column)
            .map_or_else(String::new, |f| f.text.clone())
    };
    // A record of another kind (a partner manager among certificates) has nothing to show in these columns.
    let has_cells = |record: &&Record| {
        record
            .fields
            .iter()
            .any(|field| outcome.columns.contains(&field.name))
    };
    let rows = outcome.records.iter().filter(|record| record.kind != "summary");
    rows.filter(has_cells)
        .map(|record| {
            outcome
                .columns
                .iter()
                .map(|column| cell(record, column))
                .collect()
        })
        .collect()
}

/// `close_date` → `Close date`.
#[must_use]
pub fn label(column: &str) -> String {
    let words = column.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// A cell's text comes from a CRM: a bar or a line break in it must not break the table.
fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace(['\n', '\r'], " ")
}
