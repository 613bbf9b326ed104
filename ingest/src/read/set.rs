//! How the lines of a PDF page are set. Where their words stand tells a row of a table from a sentence, and a line
//! that is there twice from one that the engine gives twice.

use crate::text;
use pdf_oxide::layout::TextSpan;
use std::collections::HashMap;
use std::ops::Range;

/// Words of one line that are further apart, in font sizes, stand in different columns.
const COLUMN_GAP: f32 = 0.8;
/// A row stands at most this far below the one before it, in distances between rows.
const ROW_GAP: f32 = 1.5;
/// A shorter line may well be on a page twice.
const SENTENCE_CHARS: usize = 30;

/// A line of a page as it is set.
pub(super) struct SetLine {
    pub(super) text: String,
    /// Of its smallest part, in points.
    pub(super) size: f32,
    /// Whether all of it is.
    pub(super) bold: bool,
    /// Points from the foot of the page.
    y: f32,
    runs: Vec<Run>,
}

/// Words that stand together.
struct Run {
    /// From the left edge to the right one, in points.
    extent: Range<f32>,
    text: String,
}

/// The lines of a page in the order in which they were set.
pub(super) fn set_lines(spans: &[TextSpan]) -> Vec<SetLine> {
    let mut lines: Vec<SetLine> = Vec::new();
    // Stamps along the margin are set upright.
    for span in spans
        .iter()
        .filter(|span| !span.text.trim().is_empty() && span.rotation_degrees.abs() < 1.0)
    {
        let bold = span.font_weight.is_bold();
        match lines.last_mut() {
            Some(line) if (line.y - span.bbox.y).abs() < 2.0 => {
                line.size = line.size.min(span.font_size);
                line.bold &= bold;
                line.push(span);
            }
            _ => {
                let mut line = SetLine {
                    text: String::new(),
                    size: span.font_size,
                    bold,
                    y: span.bbox.y,
                    runs: Vec::new(),
                };
                line.push(span);
                lines.push(line);
            }
        }
    }
    for line in &mut lines {
        line.text = text::line(&line.text);
        for run in &mut line.runs {
            run.text = text::line(&run.text);
        }
    }
    lines
}

impl SetLine {
    fn push(&mut self, span: &TextSpan) {
        let extent = span.bbox.x..span.bbox.x + span.bbox.width;
        self.text.push(' ');
        self.text.push_str(&span.text);
        match self.runs.last_mut() {
            Some(run) if (extent.start - run.extent.end).abs() < span.font_size * COLUMN_GAP => {
                run.text.push(' ');
                run.text.push_str(&span.text);
                run.extent.end = extent.end;
            }
            _ => self.runs.push(Run {
                extent,
                text: span.text.clone(),
            }),
        }
    }

    fn cells(&self) -> Vec<String> {
        self.runs.iter().map(|run| run.text.clone()).collect()
    }
}

/// The rows of a table as the engine found them, less the lines of prose at its ends that it parted into cells, and
/// with the rows below that it left out.
pub(super) fn mended(mut rows: Vec<Vec<String>>, lines: &[SetLine]) -> Vec<Vec<String>> {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let Some(place) = place_of(&rows, lines).filter(|_| width > 1) else {
        return rows;
    };
    let is_row = |line: &SetLine| line.runs.len() > 1;
    let set = &lines[place.clone()];
    let (Some(first), Some(last)) = (set.iter().position(is_row), set.iter().rposition(is_row)) else {
        return rows;
    };
    // A single cell at the end may be the rest of the one above it; a sentence over several is none.
    let is_parted = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count() > 1;
    if rows[last + 1..].iter().any(is_parted) {
        rows.truncate(last + 1);
    }
    let is_whole = rows.len() == set.len();
    rows.drain(..first);
    if is_whole && let Some(columns) = Columns::of(&set[first..], width) {
        rows.extend(columns.rows_below(&lines[place.start..], set.len() - 1));
    }
    rows
}

/// The lines that hold the rows' words, one each.
fn place_of(rows: &[Vec<String>], lines: &[SetLine]) -> Option<Range<usize>> {
    let text = |row: &Vec<String>| text::line(&row.join(" "));
    let texts: Vec<String> = rows.iter().map(text).collect();
    let all_equal = |lines: &[SetLine]| lines.iter().zip(&texts).all(|(line, text)| line.text == *text);
    let at = lines.windows(texts.len().max(1)).position(all_equal)?;
    Some(at..at + texts.len())
}

/// Where the columns of a table stand.
struct Columns {
    extents: Vec<Range<f32>>,
    /// From a row to the next, in points.
    pitch: f32,
}

impl Columns {
    /// Of lines that have words in all `width` columns; `None` when fewer than two have.
    fn of(lines: &[SetLine], width: usize) -> Option<Self> {
        let full: Vec<&SetLine> = lines.iter().filter(|line| line.runs.len() == width).collect();
        let pitches = full.windows(2).map(|pair| pair[0].y - pair[1].y);
        let pitch = pitches.filter(|pitch| *pitch > 0.0).min_by(f32::total_cmp)?;
        let mut extents: Vec<Range<f32>> = full.first()?.runs.iter().map(|run| run.extent.clone()).collect();
        for line in full {
            for (extent, run) in extents.iter_mut().zip(&line.runs) {
                *extent = extent.start.min(run.extent.start)..extent.end.max(run.extent.end);
            }
        }
        Some(Self { extents, pitch })
    }

    /// The cells of the lines after `last` that stand under it as its rows do.
    fn rows_below(&self, lines: &[SetLine], last: usize) -> Vec<Vec<String>> {
        let follows = |pair: &&[SetLine]| {
            let gap = pair[0].y - pair[1].y;
            gap > 0.0 && gap <= self.pitch * ROW_GAP && self.is_row(&pair[1])
        };
        let below = lines[last..].windows(2).take_while(follows);
        below.map(|pair| pair[1].cells()).collect()
    }

    fn is_row(&self, line: &SetLine) -> bool {
        let meet = |a: &Range<f32>, b: &Range<f32>| a.start < b.end && b.start < a.end;
        let under = |(at, run): (usize, &Run)| {
            let mut met = (0..).zip(&self.extents).filter(|(_, own)| meet(own, &run.extent));
            met.next().is_some_and(|(first, _)| first == at) && met.next().is_none()
        };
        line.runs.len() == self.extents.len() && line.runs.iter().enumerate().all(under)
    }
}

/// Empties lines that the engine gives more often than they are set: some prose beside tables.
pub(super) fn drop_repeats(lines: &mut [String], set: &[SetLine]) {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in set {
        *left.entry(line.text.as_str()).or_default() += 1;
    }
    for line in lines {
        match left.get_mut(line.as_str()) {
            Some(0) if line.chars().count() >= SENTENCE_CHARS => line.clear(),
            Some(left) => *left = left.saturating_sub(1),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line at `y` with words at places.
    fn line(y: f32, words: &[(f32, &str)]) -> SetLine {
        let width = |text: &str| text.chars().map(|_| 5.0).sum::<f32>();
        let run = |(x, text): &(f32, &str)| Run {
            extent: *x..*x + width(text),
            text: (*text).to_owned(),
        };
        SetLine {
            text: words.iter().map(|(_, text)| *text).collect::<Vec<_>>().join(" "),
            size: 10.0,
            bold: false,
            y,
            runs: words.iter().map(run).collect(),
        }
    }

    fn page() -> Vec<SetLine> {
        vec![
            line(120.0, &[(60.0, "New business: the rates by tier.")]),
            line(100.0, &[(60.0, "Tier"), (160.0, "Weave"), (260.0, "Vantage")]),
            line(80.0, &[(60.0, "Silver"), (160.0, "12%"), (260.0, "14%")]),
            line(60.0, &[(60.0, "Gold"), (160.0, "15%"), (270.0, "18%")]),
            line(40.0, &[(60.0, "Platinum"), (160.0, "20%"), (260.0, "22%")]),
            line(5.0, &[(60.0, "Other"), (160.0, "far"), (260.0, "below")]),
        ]
    }

    #[track_caller]
    fn check(found: &[&[&str]], expected: &[&[&str]]) {
        let own = |rows: &[&[&str]]| -> Vec<Vec<String>> {
            let cells = |row: &&[&str]| row.iter().map(ToString::to_string).collect();
            rows.iter().map(cells).collect()
        };
        assert_eq!(mended(own(found), &page()), own(expected));
    }

    #[test]
    fn a_table_ends_where_its_rows_do() {
        let whole: &[&[&str]] = &[
            &["Tier", "Weave", "Vantage"],
            &["Silver", "12%", "14%"],
            &["Gold", "15%", "18%"],
            &["Platinum", "20%", "22%"],
        ];
        check(whole, whole);
        check(&whole[..3], whole);
        let mut with_prose = vec![&["New business:", "the rates by tier.", ""][..]];
        with_prose.extend(&whole[..3]);
        check(&with_prose, whole);
        // Words that are not set line by line are left as they are.
        let other: &[&[&str]] = &[&["Tier", "Price"], &["Silver", "1"]];
        check(other, other);
    }

    #[test]
    fn a_sentence_is_as_often_in_the_text_as_on_the_page() {
        let sentence = "New business: the rates by tier.";
        let mut lines = [
            sentence,
            "Gold",
            "Gold",
            sentence,
            "Of another page, and long enough.",
        ]
        .map(str::to_owned);
        drop_repeats(&mut lines, &page());
        assert_eq!(
            lines,
            [sentence, "Gold", "Gold", "", "Of another page, and long enough."]
        );
    }
}
