//! CSV and its relatives: the delimiter is found, rows keep the numbers a spreadsheet shows.

use super::{ReadError, file_name, sheet};
use crate::{Document, Row, text};

pub(super) fn read(name: &str, source: &str) -> Result<Document, ReadError> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(source))
        .has_headers(false)
        .flexible(true)
        .from_reader(source.as_bytes());
    let mut rows = Vec::new();
    let mut numbers = Numbers {
        source: source.as_bytes(),
        at: 0,
        next: 1,
    };
    for record in reader.records() {
        let record = record.map_err(ReadError::corrupt)?;
        let number = numbers.of(&record);
        rows.push(Row {
            number,
            cells: record.iter().map(text::line).collect(),
        });
    }
    let sections = sheet::section(file_name(name), rows, &sheet::Spanned::new())
        .into_iter()
        .collect();
    Ok(Document {
        sections,
        ..Document::default()
    })
}

/// Row numbers: empty lines, which the parser skips, are rows of the sheet; line breaks inside cells are not.
struct Numbers<'a> {
    source: &'a [u8],
    /// Where the record before ended, and the number after its own.
    at: usize,
    next: u32,
}

impl Numbers<'_> {
    fn of(&mut self, record: &csv::StringRecord) -> u32 {
        let start = record
            .position()
            .map_or(0, |position| position.byte() as usize)
            .min(self.source.len());
        // The parser may place a record at the line break before it.
        let content = self.source[start..]
            .iter()
            .position(|b| !matches!(b, b'\r' | b'\n'))
            .unwrap_or(0);
        let between = &self.source[self.at.min(start)..start + content];
        let breaks = between.iter().filter(|b| **b == b'\n').count();
        let inside: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
        // What lies between two starts: the breaks in the record before, its end, and empty lines.
        let number = if self.at == 0 && self.next == 1 {
            1 + breaks as u32
        } else {
            self.next + (breaks as u32).saturating_sub(1)
        };
        self.next = number + 1;
        self.at = start + content + self.skip(start + content, inside);
        number
    }

    /// The bytes up to behind the `inside`-th line break: the record's own ones.
    fn skip(&self, from: usize, inside: usize) -> usize {
        let breaks = self.source[from..]
            .iter()
            .enumerate()
            .filter(|(_, b)| **b == b'\n');
        inside
            .checked_sub(1)
            .and_then(|last| breaks.map(|(at, _)| at + 1).nth(last))
            .unwrap_or(0)
    }
}

/// The delimiter that parts the first lines into the most columns, the same number in each.
fn delimiter(source: &str) -> u8 {
    let columns = |delimiter: u8| {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(source.as_bytes());
        let widths: Vec<usize> = reader
            .records()
            .take(20)
            .filter_map(Result::ok)
            .map(|record| record.len())
            .collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        // Prose has commas here and there; columns recur.
        let same = widths.iter().filter(|width| **width == widest).count();
        (widest > 1).then(|| (same * 100 / widths.len().max(1), widest))
    };
    // The first of equals wins; `max_by_key` would take the last.
    [b'|', b'\t', b';', b',']
        .into_iter()
        .max_by_key(|delimiter| columns(*delimiter))
        .unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Block;

    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let document = read("sheets/rates.csv", source).unwrap();
        let blocks = document.sections.into_iter().flat_map(|section| section.blocks);
        let lines = blocks.flat_map(|block| match block {
            Block::Table(table) => table
                .rows
                .iter()
                .map(|row| format!("{} {}", row.number, table.line(row)))
                .collect(),
            other => vec![format!("{other:?}")],
        });
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{source:?}");
    }

    #[test]
    fn rows_are_read_with_the_numbers_of_the_sheet() {
        let gold = "2 Tier: Gold; Product: Flow; Rate: 18 %";
        check("Tier,Product,Rate\nGold,Flow,18 %\n", &[gold]);
        check("Tier;Product;Rate\r\nGold;Flow;18 %\r\n", &[gold]);
        check("Tier\tProduct\tRate\nGold\tFlow\t18 %", &[gold]);
        check(
            "Tier;Text;Rate\nGold;\"a, b, c\";\"18,5 %\"\nSilver;d;12",
            &[
                "2 Tier: Gold; Text: a, b, c; Rate: 18,5 %",
                "3 Tier: Silver; Text: d; Rate: 12",
            ],
        );
        check(
            "Tier,Note,Rate\nGold,\"two\nlines\",1\n\nSilver,one,2\n",
            &[
                "2 Tier: Gold; Note: two lines; Rate: 1",
                "4 Tier: Silver; Note: one; Rate: 2",
            ],
        );
    }
}
