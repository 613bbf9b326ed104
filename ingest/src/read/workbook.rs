//! XLSX: a section per sheet, cells as displayed, rows numbered as in the file, notes at cells
//! beside their values, charts as tables.

use super::{
    MAX_CHARS, ReadError, office, sheet, table,
    workbook_parts::{Hidden, Parts},
};
use crate::{Block, Document, Row, Section, text};
use liaison_knowledge::Anchor;
use office_oxide::xlsx::cell::{Cell, CellValue};
use office_oxide::xlsx::workbook::SheetState;
use office_oxide::xlsx::{CellRef, Worksheet, XlsxDocument};
use std::collections::{HashMap, HashSet};

/// Cells that merged ranges may fill; sheets that people merge by hand stay far below.
const MAX_MERGED_CELLS: usize = 100_000;

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let mut book =
        XlsxDocument::from_reader(std::io::Cursor::new(bytes)).map_err(|error| office::failure(&error))?;
    book.ensure_styles();
    let shown = Shown::of(&book);
    let mut document = Document::default();
    let mut chars = 0;
    let mut parts = Parts::open(bytes);
    for worksheet in &book.worksheets {
        let name = text::line(&worksheet.name);
        if worksheet.state != SheetState::Visible {
            document
                .notices
                .push(format!("Sheet \"{name}\" is hidden and was left out."));
            continue;
        }
        if worksheet.damage.is_some() {
            document.notices.push(format!(
                "Sheet \"{name}\" is damaged; only its first rows were read."
            ));
        }
        let info = book
            .workbook
            .sheets
            .iter()
            .find(|sheet| sheet.name == worksheet.name);
        let mut parts = info.zip(parts.as_mut());
        let discussed = parts
            .as_mut()
            .map(|(info, parts)| parts.discussed(info))
            .unwrap_or_default();
        if !discussed.is_empty() {
            document.notices.push(format!(
                "Sheet \"{name}\" has discussions at its cells, which were left out."
            ));
        }
        let hidden = parts
            .as_mut()
            .map(|(info, parts)| parts.hidden(info))
            .unwrap_or_default();
        let (rows, left_out) = rows(
            &shown,
            worksheet,
            &notes(worksheet, &discussed),
            &hidden,
            &mut chars,
        )?;
        if left_out {
            document.notices.push(format!(
                "Hidden rows or columns of sheet \"{name}\" were left out."
            ));
        }
        document
            .sections
            .extend(sheet::section(&name, rows, &spanned(worksheet)));
        let charts = parts.map(|(info, parts)| parts.charts(info)).unwrap_or_default();
        document
            .sections
            .extend(charts.into_iter().map(|blocks| chart_section(&name, blocks)));
    }
    for (name, problem) in book.unreadable_sheets.iter().take(5) {
        document.notices.push(text::line(&format!(
            "Sheet \"{name}\" could not be read: {problem}"
        )));
    }
    document.title = book
        .core_properties
        .as_ref()
        .and_then(|properties| properties.title.clone());
    Ok(document)
}

fn chart_section(sheet: &str, blocks: Vec<Block>) -> Section {
    let heading = vec![sheet.to_owned()];
    Section {
        anchor: Anchor::Heading {
            heading: heading.clone(),
        },
        heading,
        blocks,
    }
}

/// The notes that authors put at cells, by row and column (both from 0): often the condition of a rate. What
/// people discuss there is talk about the sheet and stays out.
fn notes(worksheet: &Worksheet, discussed: &HashSet<(u32, u32)>) -> HashMap<(u32, u32), String> {
    let mut notes = HashMap::new();
    for comment in worksheet.comments.iter() {
        let Some(place) = CellRef::parse(&comment.cell_ref) else {
            continue;
        };
        let place = (place.row, place.col);
        // Excel starts a note with the name of its author.
        let signed = comment
            .author
            .as_deref()
            .and_then(|author| comment.text.strip_prefix(author));
        let text = text::line(
            signed
                .and_then(|text| text.strip_prefix(':'))
                .unwrap_or(&comment.text),
        );
        if !discussed.contains(&place) && !text.is_empty() {
            notes.insert(place, text);
        }
    }
    notes
}

/// What cells show.
struct Shown<'a> {
    book: &'a XlsxDocument,
    /// Styles of dates.
    dates: HashSet<u32>,
    /// Those of them that show a time.
    times: HashSet<u32>,
}

impl<'a> Shown<'a> {
    fn of(book: &'a XlsxDocument) -> Self {
        let dates = book.date_style_indices();
        let format = |style: u32| book.styles.as_ref()?.number_format_for(style);
        let with_time = |style: &u32| format(*style).is_some_and(shows_time);
        Self {
            book,
            times: dates.iter().copied().filter(with_time).collect(),
            dates,
        }
    }

    /// A cell's value as a line.
    fn value(&self, cell: &Cell) -> String {
        let mut shown = String::new();
        self.book.write_cell_value_fast(cell, &mut shown, &self.dates);
        let shown = text::line(&shown);
        match (&cell.value, cell.style_index) {
            (CellValue::Number(_), Some(style)) if self.dates.contains(&style) => {
                with_time(shown, self.times.contains(&style))
            }
            (CellValue::Number(_), _) => with_currency_apart(shown),
            _ => shown,
        }
    }
}

/// Whether a number format shows hours or seconds, outside of its quoted, escaped and bracketed parts.
fn shows_time(format: &str) -> bool {
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        let end = match c {
            'h' | 'H' | 's' | 'S' => return true,
            '\\' => {
                chars.next();
                continue;
            }
            '"' => '"',
            '[' => ']',
            _ => continue,
        };
        chars.find(|c| *c == end);
    }
    false
}

/// `2026-04-01` with or without the time that the cell shows: the reader goes by whether it is midnight.
fn with_time(shown: String, wanted: bool) -> String {
    let day = shown
        .get(..10)
        .filter(|_| shown.starts_with(|c: char| c.is_ascii_digit()));
    match (day, shown.len()) {
        (Some(day), 10) if wanted => format!("{day} 00:00:00"),
        (Some(day), 19) if !wanted => day.to_owned(),
        _ => shown,
    }
}

fn rows(
    shown: &Shown<'_>,
    worksheet: &Worksheet,
    notes: &HashMap<(u32, u32), String>,
    hidden: &Hidden,
    chars: &mut usize,
) -> Result<(Vec<Row>, bool), ReadError> {
    let mut left_out = false;
    let mut merges = Merges::of(worksheet);
    let mut rows = Vec::with_capacity(worksheet.rows.len());
    for row in &worksheet.rows {
        let mut cells: Vec<String> = Vec::new();
        for cell in &row.cells {
            let mut value = shown.value(cell);
            if let Some(note) = notes.get(&(cell.reference.row, cell.reference.col)) {
                value = table::with_note(&value, note);
            }
            if value.is_empty() {
                continue;
            }
            // A repeated shared string can unfold a small file into gigabytes.
            *chars += value.len();
            if *chars > MAX_CHARS {
                return Err(ReadError::TooLarge {
                    detail: format!("its sheets hold more than {MAX_CHARS} characters"),
                });
            }
            let column = cell.reference.col as usize;
            merges.note(row.index, column, &value);
            if hidden.has(cell.reference.row, cell.reference.col) {
                left_out = true;
            } else {
                put(&mut cells, column, value);
            }
        }
        merges.fill(row.index, &mut cells);
        if !cells.is_empty() {
            rows.push(Row {
                number: row.index,
                cells,
            });
        }
    }
    Ok((rows, left_out))
}

/// The cells that a merged cell to their left reaches into.
fn spanned(worksheet: &Worksheet) -> sheet::Spanned {
    let mut spanned = sheet::Spanned::new();
    for (from, to) in merged_ranges(worksheet) {
        let width = to.col.saturating_sub(from.col) as usize;
        let height = to.row.saturating_sub(from.row) as usize + 1;
        if width == 0 || spanned.len() + width.saturating_mul(height) > MAX_MERGED_CELLS {
            continue;
        }
        for row in from.row..=to.row {
            spanned.extend((from.col + 1..=to.col).map(|column| (row + 1, column as usize)));
        }
    }
    spanned
}

fn merged_ranges(worksheet: &Worksheet) -> impl Iterator<Item = (CellRef, CellRef)> {
    worksheet.merged_cells.iter().filter_map(|range| {
        let (from, to) = range.split_once(':')?;
        Some((CellRef::parse(from)?, CellRef::parse(to)?))
    })
}

/// `EUR1,240.50` → `EUR 1,240.50`: the reader drops the space that such number formats hold.
fn with_currency_apart(shown: String) -> String {
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
    let at_end = shown.len().saturating_sub(3);
    match (shown.get(..3), shown.get(at_end..)) {
        (Some(code), _)
            if is_code(code) && shown[3..].starts_with(|c: char| c.is_ascii_digit() || c == '-') =>
        {
            format!("{code} {}", &shown[3..])
        }
        (_, Some(code)) if is_code(code) && shown[..at_end].ends_with(|c: char| c.is_ascii_digit()) => {
            format!("{} {code}", &shown[..at_end])
        }
        _ => shown,
    }
}

fn put(cells: &mut Vec<String>, column: usize, value: String) {
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    cells[column] = value;
}

/// Cells merged downwards, whose value counts for each row: where they start, and what rows they reach.
#[derive(Default)]
struct Merges {
    /// First row (from 1) and column (from 0) of a range → its last row.
    starts: HashMap<(u32, usize), u32>,
    /// Column → last row and value of the range open there.
    open: HashMap<usize, (u32, String)>,
}

impl Merges {
    fn of(worksheet: &Worksheet) -> Self {
        let mut budget = MAX_MERGED_CELLS;
        let mut starts = HashMap::new();
        for (from, to) in merged_ranges(worksheet) {
            let height = to.row.saturating_sub(from.row) as usize;
            if height == 0 || height > budget {
                continue;
            }
            budget -= height;
            starts.insert((from.row + 1, from.col as usize), to.row + 1);
        }
        Self {
            starts,
            open: HashMap::new(),
        }
    }

    fn note(&mut self, row: u32, column: usize, value: &str) {
        if let Some(last) = self.starts.get(&(row, column)) {
            self.open.insert(column, (*last, value.to_owned()));
        }
    }

    fn fill(&mut self, row: u32, cells: &mut Vec<String>) {
        self.open.retain(|_, (last, _)| *last >= row);
        // Not into an empty row: that would make a table of nothing but the merged value.
        if cells.iter().all(String::is_empty) {
            return;
        }
        for (column, (_, value)) in &self.open {
            if cells.get(*column).is_none_or(String::is_empty) {
                put(cells, *column, value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_a_time_where_their_cell_shows_one() {
        #[track_caller]
        fn check(format: &str, shown: &str, expected: &str) {
            assert_eq!(
                with_time(shown.to_owned(), shows_time(format)),
                expected,
                "{format}"
            );
        }
        check("yyyy\\-mm\\-dd\\ h:mm:ss", "2026-04-01", "2026-04-01 00:00:00");
        check("m/d/yy h:mm", "2026-04-01 09:30:00", "2026-04-01 09:30:00");
        check("yyyy-mm-dd", "2026-04-01 09:30:00", "2026-04-01");
        check("dd.mm.yyyy\" Uhrzeit hh\"", "2026-04-01", "2026-04-01");
        check("[$-409]d\\hmmm", "2026-04-01", "2026-04-01");
        check("[h]:mm", "1.5", "1.5");
    }

    #[test]
    fn currency_codes_stand_apart() {
        #[track_caller]
        fn check(shown: &str, expected: &str) {
            assert_eq!(with_currency_apart(shown.to_owned()), expected);
        }
        check("EUR1,240.50", "EUR 1,240.50");
        check("USD-5", "USD -5");
        check("1,240.50EUR", "1,240.50 EUR");
        check("18.0%", "18.0%");
        check("EUR", "EUR");
        check("5", "5");
    }
}
