//! What the reader of workbooks does not tell: charts, discussions at cells, and what of a sheet is hidden.

use super::chart;
use crate::Block;
use office_oxide::core::opc::{OpcReader, PartName};
use office_oxide::core::relationships::{Relationships, rel_types};
use office_oxide::core::xml;
use office_oxide::xlsx::CellRef;
use office_oxide::xlsx::workbook::SheetInfo;
use quick_xml::events::Event;
use std::collections::HashSet;
use std::io::Cursor;
use std::ops::RangeInclusive;

/// The package of a workbook.
pub(super) struct Parts<'a> {
    package: OpcReader<Cursor<&'a [u8]>>,
    main: PartName,
    sheets: Relationships,
}

impl<'a> Parts<'a> {
    /// Opens the package once more.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut package = OpcReader::new(Cursor::new(bytes)).ok()?;
        let main = package.main_document_part().ok()?;
        let sheets = package.read_rels_for(&main).ok()?;
        Some(Self {
            package,
            main,
            sheets,
        })
    }

    /// The charts on a sheet, each as blocks.
    pub(super) fn charts(&mut self, sheet: &SheetInfo) -> Vec<Vec<Block>> {
        let mut charts = Vec::new();
        for drawing in self.of_sheet(sheet, rel_types::DRAWING) {
            for part in self.related(&drawing, rel_types::CHART) {
                let content = self.package.read_part(&part).unwrap_or_default();
                charts.push(chart::blocks(&content));
            }
        }
        charts.retain(|chart| !chart.is_empty());
        charts
    }

    /// The cells of a sheet, by row and column (both from 0), at which people discuss.
    pub(super) fn discussed(&mut self, sheet: &SheetInfo) -> HashSet<(u32, u32)> {
        let mut cells = HashSet::new();
        for part in self.of_sheet(sheet, rel_types::THREADED_COMMENTS) {
            let content = self.package.read_part(&part).unwrap_or_default();
            let mut reader = quick_xml::Reader::from_reader(&content[..]);
            while let Ok(event) = reader.read_event() {
                match event {
                    Event::Start(tag) | Event::Empty(tag) => {
                        let place = xml::optional_attr_str(&tag, "ref").ok().flatten();
                        let place = place.and_then(|place| CellRef::parse(&place));
                        cells.extend(place.map(|place| (place.row, place.col)));
                    }
                    Event::Eof => break,
                    _ => {}
                }
            }
        }
        cells
    }

    /// The rows and columns of a sheet that are hidden.
    pub(super) fn hidden(&mut self, sheet: &SheetInfo) -> Hidden {
        let part = self.sheets.resolve_target(&sheet.rel_id, &self.main).ok();
        let content = part
            .and_then(|part| self.package.read_part(&part).ok())
            .unwrap_or_default();
        Hidden::of(&content)
    }

    fn of_sheet(&mut self, sheet: &SheetInfo, kind: &str) -> Vec<PartName> {
        match self.sheets.resolve_target(&sheet.rel_id, &self.main) {
            Ok(part) => self.related(&part, kind),
            Err(_) => vec![],
        }
    }

    /// The parts that `part` refers to as `kind`.
    fn related(&mut self, part: &PartName, kind: &str) -> Vec<PartName> {
        let Ok(relations) = self.package.read_rels_for(part) else {
            return vec![];
        };
        let targets = relations.get_by_type(kind).into_iter();
        targets
            .filter_map(|relation| relations.resolve_target(&relation.id, part).ok())
            .collect()
    }
}

/// Rows and columns, from 0.
#[derive(Default)]
pub(super) struct Hidden {
    rows: HashSet<u32>,
    columns: Vec<RangeInclusive<u32>>,
}

impl Hidden {
    fn of(sheet: &[u8]) -> Self {
        let mut hidden = Self::default();
        // Most sheets hide nothing, and some are long.
        if !sheet.windows(8).any(|window| window == b" hidden=") {
            return hidden;
        }
        let mut reader = quick_xml::Reader::from_reader(sheet);
        while let Ok(event) = reader.read_event() {
            let (Event::Start(tag) | Event::Empty(tag)) = &event else {
                if matches!(event, Event::Eof) {
                    break;
                }
                continue;
            };
            let attribute = |name| xml::optional_attr_str(tag, name).ok().flatten();
            let number = |name| attribute(name)?.parse::<u32>().ok()?.checked_sub(1);
            let is_hidden = || attribute("hidden").is_some_and(|value| matches!(&*value, "1" | "true"));
            match tag.local_name().as_ref() {
                "row" if is_hidden() => hidden.rows.extend(number("r")),
                "col" if is_hidden() => hidden
                    .columns
                    .extend(number("min").zip(number("max")).map(|(a, b)| a..=b)),
                _ => {}
            }
        }
        hidden
    }

    pub(super) fn has(&self, row: u32, column: u32) -> bool {
        self.rows.contains(&row) || self.columns.iter().any(|columns| columns.contains(&column))
    }
}
