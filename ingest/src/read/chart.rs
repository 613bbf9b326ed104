//! Charts of Office files as tables: a row per category, a column per series, values as the chart shows them.
//!
//! The words and figures of a chart stand in a part of its own, cached from the sheet behind it. The reader of
//! DOCX and PPTX makes lines of that part, a line per series; in a table each figure stands beside what it is of.

use super::kind;
use crate::{Block, Row, Table, text};
use office_oxide::core::opc::OpcReader;
use office_oxide::core::{chart, xml};
use office_oxide::ir::{Element, InlineContent};
use office_oxide::xlsx::{date, numfmt};
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::io::Cursor;

/// A chart that people can read has far fewer.
const MAX_SERIES: usize = 200;
const MAX_POINTS: usize = 4096;

/// Whether a package has any chart: most have none, and opening them again costs time.
pub(super) fn any_in(bytes: &[u8]) -> bool {
    let is_chart = |part: &[u8]| part.windows(13).any(|window| window == b"/charts/chart");
    kind::part_names(bytes).any(is_chart)
}

/// The charts of a DOCX or PPTX, each with the lines by which it is found in the body.
#[derive(Default)]
pub(super) struct Charts(Vec<(Vec<String>, Vec<Block>)>);

impl Charts {
    pub(super) fn of(bytes: &[u8]) -> Self {
        if !any_in(bytes) {
            return Self::default();
        }
        let Ok(mut package) = OpcReader::new(Cursor::new(bytes)) else {
            return Self::default();
        };
        let mut charts = Vec::new();
        for part in package.part_names() {
            if part.as_str().contains("/charts/chart")
                && let Ok(content) = package.read_part(&part)
            {
                let lines = chart::chart_text_lines(&content);
                if !lines.is_empty() {
                    charts.push((lines, blocks(&content)));
                }
            }
        }
        Self(charts)
    }

    /// The chart that `elements` start with, and how many of them it takes.
    pub(super) fn at(&self, elements: &[Element]) -> Option<(&[Block], usize)> {
        let is_here = |lines: &[String]| {
            lines.len() <= elements.len()
                && lines
                    .iter()
                    .zip(elements)
                    .all(|(line, element)| is_line(element, line))
        };
        let (lines, blocks) = self.0.iter().find(|(lines, _)| is_here(lines))?;
        Some((blocks, lines.len()))
    }
}

fn is_line(element: &Element, line: &str) -> bool {
    let Element::Paragraph(paragraph) = element else {
        return false;
    };
    matches!(&paragraph.content[..], [InlineContent::Text(span)] if span.text == line)
}

/// A chart part as blocks: its title, then its figures.
pub(super) fn blocks(part: &[u8]) -> Vec<Block> {
    let mut chart = Chart::default();
    let mut reader = quick_xml::Reader::from_reader(part);
    // A damaged part gives what stands before the damage.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => chart.open(&tag),
            Event::Empty(tag) => {
                chart.open(&tag);
                chart.close();
            }
            Event::Text(text) => chart.text(&xml::unescape_text(&text).unwrap_or_default()),
            Event::GeneralRef(name) => chart.text(&xml::resolve_general_ref(&name).unwrap_or_default()),
            Event::CData(text) => chart.text(&text),
            Event::End(_) => chart.close(),
            Event::Eof => break,
            _ => {}
        }
    }
    chart.finish()
}

#[derive(Default)]
struct Chart {
    /// The open elements, without their prefixes.
    path: Vec<String>,
    /// The text of the innermost of them that holds some.
    open: String,
    title: String,
    category_axis: String,
    value_axis: String,
    is_scatter: bool,
    /// Whether the axis being read runs from left to right.
    is_level: bool,
    series: Vec<Series>,
    /// The point, the label and the number format that is being read.
    point: usize,
    label: usize,
    format: String,
}

#[derive(Default)]
struct Series {
    name: String,
    categories: BTreeMap<usize, String>,
    values: BTreeMap<usize, String>,
    /// What people typed at a point instead of its value.
    labels: BTreeMap<usize, String>,
}

impl Chart {
    fn open(&mut self, tag: &BytesStart<'_>) {
        let name = tag.local_name().as_ref().to_owned();
        let number = |key| {
            let value = xml::optional_attr_str(tag, key).ok().flatten()?;
            value.parse::<usize>().ok()
        };
        match name.as_str() {
            "ser" if self.series.len() < MAX_SERIES => self.series.push(Series::default()),
            "pt" => self.point = number("idx").unwrap_or(MAX_POINTS),
            "idx" if self.is_in("dLbl") => self.label = number("val").unwrap_or(MAX_POINTS),
            "cat" | "val" | "xVal" | "yVal" => self.format.clear(),
            "scatterChart" | "bubbleChart" => self.is_scatter = true,
            "valAx" => self.is_level = false,
            "axPos" => {
                let side = xml::optional_attr_str(tag, "val").ok().flatten();
                self.is_level = matches!(side.as_deref(), Some("b" | "t"));
            }
            _ => {}
        }
        self.open.clear();
        self.path.push(name);
    }

    fn text(&mut self, text: &str) {
        self.open.push_str(text);
    }

    fn close(&mut self) {
        let Some(name) = self.path.pop() else { return };
        let text = text::line(&std::mem::take(&mut self.open));
        match name.as_str() {
            "formatCode" => self.format = text,
            "v" if self.is_in("ser") => self.value(text),
            "v" | "t" if self.is_in("title") && !self.is_in("ser") => self.titled(&text),
            // Fields repeat what the table says: the value, the name of the series.
            "t" if self.is_in("dLbl") && !self.is_in("fld") => {
                let (label, point) = (self.label, self.series.last_mut());
                if let Some(series) = point.filter(|_| label < MAX_POINTS) {
                    join(series.labels.entry(label).or_default(), &text);
                }
            }
            _ => {}
        }
    }

    fn is_in(&self, name: &str) -> bool {
        self.path.iter().any(|open| open == name)
    }

    fn titled(&mut self, words: &str) {
        // Of the two axes of a scatter chart the level one has what others call categories.
        let is_category = self.is_scatter && self.is_level;
        let title = if self.is_in("catAx") || self.is_in("dateAx") || self.is_in("valAx") && is_category {
            &mut self.category_axis
        } else if self.is_in("valAx") {
            &mut self.value_axis
        } else {
            &mut self.title
        };
        join(title, words);
    }

    fn value(&mut self, text: String) {
        let is_name = self.is_in("tx");
        let (is_category, is_value) = (
            self.is_in("cat") || self.is_in("xVal"),
            self.is_in("val") || self.is_in("yVal"),
        );
        let shown = if self.is_in("numCache") || self.is_in("numLit") {
            shown(&text, &self.format)
        } else {
            text
        };
        let Some(series) = self.series.last_mut() else {
            return;
        };
        if is_name {
            join(&mut series.name, &shown);
        } else if self.point < MAX_POINTS && is_category {
            // A category of several levels has a part on each.
            join(series.categories.entry(self.point).or_default(), &shown);
        } else if self.point < MAX_POINTS && is_value {
            series.values.insert(self.point, shown);
        }
    }

    fn finish(self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let titles = [self.title, self.value_axis]
            .into_iter()
            .filter(|title| !title.is_empty());
        let title = titles.collect::<Vec<_>>().join("; ");
        if !title.is_empty() {
            blocks.push(Block::Paragraph(title));
        }
        let mut series = self
            .series
            .into_iter()
            .filter(|series| !series.values.is_empty())
            .peekable();
        while let Some(first) = series.next() {
            let mut columns = vec![first];
            while let Some(next) =
                series.next_if(|next| next.categories.is_empty() || next.categories == columns[0].categories)
            {
                columns.push(next);
            }
            blocks.push(Block::Table(table(&self.category_axis, &columns)));
        }
        blocks
    }
}

/// One row per point that any of the series has.
fn table(category_axis: &str, series: &[Series]) -> Table {
    let points = series.iter().flat_map(|series| series.values.keys()).copied();
    let points: std::collections::BTreeSet<usize> = points.collect();
    let header = std::iter::once(category_axis.to_owned())
        .chain(series.iter().map(|series| series.name.clone()))
        .collect();
    let cells = |point: usize| {
        let category = series[0].categories.get(&point).cloned().unwrap_or_default();
        let values = series.iter().map(|series| series.at(point));
        std::iter::once(category).chain(values).collect()
    };
    let rows = (1..).zip(points).map(|(number, point)| Row {
        number,
        cells: cells(point),
    });
    Table {
        header,
        rows: rows.collect(),
    }
}

impl Series {
    fn at(&self, point: usize) -> String {
        let value = self.values.get(&point).cloned().unwrap_or_default();
        match self.labels.get(&point) {
            Some(label) if *label != value => format!("{value} ({label})"),
            _ => value,
        }
    }
}

fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// A cached number in the format of the cell that it comes from: 0.18 under `0%` is 18%.
fn shown(number: &str, format: &str) -> String {
    let Ok(value) = number.parse::<f64>() else {
        return number.to_owned();
    };
    if date::is_date_format_string(format) {
        // Serial days; the days before March 1900, which Excel counts wrongly, are not in charts.
        let first = jiff::civil::date(1899, 12, 30);
        let day = first.checked_add(jiff::Span::new().days((value as i64).clamp(0, 100_000)));
        return day.map_or_else(|_| number.to_owned(), |day| day.to_string());
    }
    // Fifteen digits, as sheets show them: 8.200000000000001 is what a sum of 8.2 looks like in binary.
    let value = format!("{value:.14e}").parse().unwrap_or(value);
    let builtin = numfmt::builtin_id_for_code(format).unwrap_or(u32::MAX);
    text::line(&numfmt::apply_format(value, builtin, Some(format)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(inner: &str, expected: &[&str]) {
        let part = format!("<c:chartSpace><c:chart>{inner}</c:chart></c:chartSpace>");
        let lines: Vec<String> = blocks(part.as_bytes()).iter().flat_map(Block::lines).collect();
        assert_eq!(lines, expected, "{inner}");
    }

    /// A cache of points, with the format of their numbers.
    fn cache(kind: &str, format: &str, points: &[&str]) -> String {
        let points = points.iter().enumerate();
        let points: String = points
            .map(|(n, v)| format!("<c:pt idx=\"{n}\"><c:v>{v}</c:v></c:pt>"))
            .collect();
        format!("<c:{kind}><c:formatCode>{format}</c:formatCode>{points}</c:{kind}>")
    }

    #[test]
    fn a_chart_is_a_table_of_its_series() {
        let categories = format!(
            "<c:cat>{}</c:cat>",
            cache("strCache", "", &["Berlin, Mitte", "R&amp;D"])
        );
        let series = |name: &str, inner: &str, values: String| {
            format!("<c:ser><c:tx><c:v>{name}</c:v></c:tx>{inner}{categories}<c:val>{values}</c:val></c:ser>")
        };
        check(
            &format!(
                "<c:title><a:t>Won</a:t><a:t>deals</a:t></c:title>{}{}<c:catAx><c:title><a:t>Team</a:t></c:title></c:catAx>",
                series("Gold", "", cache("numCache", "0%", &["0.18", "0.2"])),
                series(
                    "Silver",
                    "",
                    cache("numCache", "General", &["4.4000000000000004"])
                ),
            ),
            &[
                "Won deals",
                "Team: Berlin, Mitte; Gold: 18%; Silver: 4.4",
                "Team: R&D; Gold: 20%",
            ],
        );
        let label = "<c:dLbls><c:dLbl><c:idx val=\"1\"/><c:tx><a:t>best</a:t></c:tx></c:dLbl></c:dLbls>";
        check(
            &series("Gold", label, cache("numCache", "#,##0", &["1500", "2500"])),
            &["Berlin, Mitte; Gold: 1,500", "R&D; Gold: 2,500 (best)"],
        );
    }

    #[test]
    fn series_with_their_own_points_are_tables_of_their_own() {
        let series = |name: &str, x: &str| {
            format!(
                "<c:ser><c:tx><c:v>{name}</c:v></c:tx><c:xVal>{}</c:xVal><c:yVal>{}</c:yVal></c:ser>",
                cache("numCache", "General", &[x]),
                cache("numCache", "General", &["7"]),
            )
        };
        check(&(series("A", "1") + &series("B", "2")), &["1; A: 7", "2; B: 7"]);
        check("<c:ser><c:val>", &[]);
    }
}
