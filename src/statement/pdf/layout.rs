//! Where things stand on the pages of a document: text and tables from top to bottom, cut into pages between rows.
//!
//! It knows nothing of what it says and nothing of the file format. What stands where comes with what it is, a heading, a
//! cell, a paragraph, because whoever listens to a page needs that; what only belongs to the page is no part of it.

use super::{
    PdfError,
    face::{Face, Faces, MISSING, Weight},
};

/// A4 in points.
pub(super) const PAGE: [f32; 2] = [595.28, 841.89];
/// From the edge of the page to what stands on it, in points.
pub(super) const MARGIN: f32 = 36.0;
/// What a line of text can be wide, in points.
pub(super) const MEASURE: f32 = PAGE[0] - 2.0 * MARGIN;

/// Where the foot of the page begins.
const FLOOR: f32 = PAGE[1] - MARGIN - 18.0;
/// From a line to the next, for a size of 1.
const LEADING: f32 = 1.3;
/// From the top of a line to what its letters stand on, for a size of 1.
const ASCENT: f32 = 1.0;
/// Between two columns. The last one may be so much wider, for nothing stands beside it.
pub(super) const GAP: f32 = 8.0;
/// Stands where there is nothing to say.
pub(super) const NOTHING: &str = "–";
/// Above and below the text of a row.
const PADDING: f32 = 3.0;
/// At most so many lines of a heading or a paragraph.
const LINES: usize = 3;
/// At most so many lines of the main text of a cell, of what stands below it, and of what stands below a whole row: more
/// than an explanation takes, and together less than a page.
const ROW_LINES: [usize; 3] = [3, 2, 12];

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) weight: Weight,
    /// In points.
    pub(super) size: f32,
    pub(super) is_grey: bool,
}

/// The main text of a cell.
const MAIN: Style = Style::new(Weight::Regular, 8.0);
/// What stands below it, and on the edges of a page.
const NOTE: Style = Style::new(Weight::Regular, 7.0).grey();
/// What stands above a column.
const HEAD: Style = Style::new(Weight::SemiBold, 8.0);

impl Style {
    pub(super) const fn new(weight: Weight, size: f32) -> Self {
        Self {
            weight,
            size,
            is_grey: false,
        }
    }

    pub(super) const fn grey(self) -> Self {
        Self {
            is_grey: true,
            ..self
        }
    }
}

/// What a part of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Heading(u16),
    Paragraph,
    Table,
    TableHead,
    TableBody,
    Row,
    HeadCell,
    Cell,
    /// A cell below all columns of a table.
    Across(u32),
}

/// A part of a document, within another one or in the document itself.
pub(super) struct Part {
    pub(super) role: Role,
    pub(super) within: Option<usize>,
    /// What a heading says.
    pub(super) title: Option<String>,
}

/// One line of text on a page: from the page's upper left corner to where its first letter stands.
pub(super) struct Line {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) text: String,
    pub(super) style: Style,
    /// The part that it is of; none for what belongs to the page.
    pub(super) part: Option<usize>,
}

/// A page: its lines of text in their order, and how far down rules cross it.
#[derive(Default)]
pub(super) struct Page {
    pub(super) lines: Vec<Line>,
    pub(super) rules: Vec<f32>,
}

/// A column of a table.
pub(super) struct Column {
    pub(super) head: &'static str,
    /// Up to the next column, in points.
    pub(super) width: f32,
    /// For amounts: they end below each other, and are set smaller rather than cut.
    pub(super) is_right: bool,
}

impl Column {
    /// Where text of that width begins, in points from the column's edge.
    fn indent(&self, width: f32) -> f32 {
        if self.is_right {
            self.width - GAP - width
        } else {
            0.0
        }
    }
}

/// All columns as one, for what stands below them.
const ACROSS: Column = Column {
    head: "",
    width: MEASURE + GAP,
    is_right: false,
};

/// What stands in one column of a row.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) main: String,
    /// Below it, if anything.
    pub(super) note: String,
}

/// A document in the making.
pub(super) struct Layout {
    pub(super) faces: Faces,
    pub(super) pages: Vec<Page>,
    pub(super) parts: Vec<Part>,
    /// Whether something was to be shown that the font does not have.
    pub(super) is_partial: bool,
    /// What stands above every page but the first.
    running: String,
    /// How far down the page is full.
    y: f32,
}

impl Layout {
    /// A document with one page and nothing on it.
    pub(super) fn new(running: &str) -> Result<Self, PdfError> {
        let mut layout = Self {
            faces: Faces::embedded()?,
            pages: vec![Page::default()],
            parts: Vec::new(),
            is_partial: false,
            running: String::new(),
            y: MARGIN,
        };
        layout.running = layout.shown(running, NOTE);
        Ok(layout)
    }

    /// Room before what comes next, in points.
    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// A new page, where less than that is left of this one.
    pub(super) fn keep(&mut self, height: f32) {
        if self.y + height > FLOOR {
            self.turn();
        }
    }

    /// A heading or a paragraph; nothing where there is nothing to say.
    pub(super) fn text(&mut self, role: Role, text: &str, style: Style) {
        let text = self.shown(text, style);
        if text.is_empty() {
            return;
        }
        let lines = self.face(style).lines(&text, style.size, MEASURE, LINES);
        let title = matches!(role, Role::Heading(_)).then_some(text);
        let part = self.part(role, None, title);
        let mut lines: Vec<_> = lines.into_iter().map(|line| (line, style)).collect();
        space_out(&mut lines);
        for (line, style) in lines {
            self.keep(style.size * LEADING);
            self.put(MARGIN, style.size * ASCENT, line, style, Some(part));
            self.y += style.size * LEADING;
        }
    }

    /// A table of rows, each with what stands below all its columns, if anything.
    pub(super) fn table(&mut self, columns: &[Column], rows: impl IntoIterator<Item = (Vec<Cell>, String)>) {
        let table = self.part(Role::Table, None, None);
        let head = self.part(Role::TableHead, Some(table), None);
        let head = self.part(Role::Row, Some(head), None);
        self.head(columns, Some(head));
        let body = self.part(Role::TableBody, Some(table), None);
        for (cells, below) in rows {
            let row = self.compose(columns, cells, below);
            if self.y + row.height > FLOOR {
                self.turn();
                // Once is enough to listen to.
                self.head(columns, None);
            }
            self.place(columns, row, body);
        }
    }

    /// Closes the pages: `foot` and the page's number below each.
    pub(super) fn finish(&mut self, foot: &str) {
        let foot = self.shown(foot, NOTE);
        let count = self.pages.len();
        let y = PAGE[1] - MARGIN;
        for (at, page) in self.pages.iter_mut().enumerate() {
            let number = format!("{} / {count}", at + 1);
            let x = MARGIN + MEASURE - self.faces.of(NOTE.weight).width(&number, NOTE.size);
            for (x, text) in [(MARGIN, foot.clone()), (x, number)] {
                page.lines.push(Line {
                    x,
                    y,
                    text,
                    style: NOTE,
                    part: None,
                });
            }
        }
    }

    fn turn(&mut self) {
        self.pages.push(Page::default());
        self.y = MARGIN;
        let running = self.face(NOTE).shortened(&self.running, NOTE.size, MEASURE);
        self.put(MARGIN, NOTE.size * ASCENT, running, NOTE, None);
        self.y += NOTE.size * LEADING * 2.0;
    }

    fn head(&mut self, columns: &[Column], row: Option<usize>) {
        let mut x = MARGIN;
        for column in columns {
            let cell = row.map(|row| self.part(Role::HeadCell, Some(row), None));
            let indent = column.indent(self.face(HEAD).width(column.head, HEAD.size));
            self.put(x + indent, HEAD.size * ASCENT, column.head.to_owned(), HEAD, cell);
            x += column.width;
        }
        self.y += HEAD.size * LEADING + PADDING;
        self.rule();
    }

    /// The lines of a row, before it is known which page has room for it.
    fn compose(&mut self, columns: &[Column], cells: Vec<Cell>, below: String) -> Composed {
        let mut cells: Vec<Vec<(String, Style)>> = columns
            .iter()
            .zip(cells)
            .map(|(column, cell)| {
                let main = self.broken(&cell.main, MAIN, column, ROW_LINES[0]);
                let note = self.broken(&cell.note, NOTE, column, ROW_LINES[1]);
                let mut lines: Vec<_> = main.into_iter().chain(note).collect();
                space_out(&mut lines);
                lines
            })
            .collect();
        let heights = cells.iter().map(|lines| height(lines)).fold(0.0, f32::max);
        let mut below = self.broken(&below, NOTE, &ACROSS, ROW_LINES[2]);
        space_out(&mut below);
        // A cell with nothing in it would be no cell for whoever listens.
        for cell in cells.iter_mut().filter(|lines| lines.is_empty()) {
            cell.push((NOTHING.to_owned(), MAIN));
        }
        Composed {
            height: heights.max(MAIN.size * LEADING) + height(&below) + 2.0 * PADDING,
            cells,
            below,
        }
    }

    fn place(&mut self, columns: &[Column], row: Composed, body: usize) {
        let (top, bottom) = (self.y, self.y + row.height);
        let part = self.part(Role::Row, Some(body), None);
        let mut x = MARGIN;
        for (column, lines) in columns.iter().zip(row.cells) {
            let cell = self.part(Role::Cell, Some(part), None);
            self.y = top + PADDING;
            self.stack(x, column, lines, cell);
            x += column.width;
        }
        if !row.below.is_empty() {
            self.y = bottom - PADDING - height(&row.below);
            let part = self.part(Role::Row, Some(body), None);
            let span = u32::try_from(columns.len()).unwrap_or(1);
            let cell = self.part(Role::Across(span), Some(part), None);
            self.stack(MARGIN, &ACROSS, row.below, cell);
        }
        self.y = bottom;
        self.rule();
    }

    fn stack(&mut self, x: f32, column: &Column, lines: Vec<(String, Style)>, part: usize) {
        for (text, style) in lines {
            let indent = column.indent(self.face(style).width(text.trim_end(), style.size));
            self.put(x + indent, style.size * ASCENT, text, style, Some(part));
            self.y += style.size * LEADING;
        }
    }

    /// A text as lines of a column, with a style that may be smaller.
    fn broken(&mut self, text: &str, style: Style, column: &Column, most: usize) -> Vec<(String, Style)> {
        let text = self.shown(text, style);
        let room = column.width - GAP;
        if !column.is_right {
            let lines = self.face(style).lines(&text, style.size, room, most);
            return lines.into_iter().map(|line| (line, style)).collect();
        }
        let width = self.face(style).width(&text, style.size);
        let size = if width > room {
            style.size * room / width
        } else {
            style.size
        };
        let lines = Some(text).filter(|text| !text.is_empty()).into_iter();
        lines.map(|text| (text, Style { size, ..style })).collect()
    }

    fn shown(&mut self, text: &str, style: Style) -> String {
        let shown = self.face(style).shown(text);
        self.is_partial |= shown.contains(MISSING);
        shown
    }

    fn face(&self, style: Style) -> &Face {
        self.faces.of(style.weight)
    }

    fn part(&mut self, role: Role, within: Option<usize>, title: Option<String>) -> usize {
        self.parts.push(Part { role, within, title });
        self.parts.len() - 1
    }

    fn put(&mut self, x: f32, below: f32, text: String, style: Style, part: Option<usize>) {
        let y = self.y + below;
        if let Some(page) = self.pages.last_mut() {
            page.lines.push(Line {
                x,
                y,
                text,
                style,
                part,
            });
        }
    }

    fn rule(&mut self) {
        let y = self.y;
        if let Some(page) = self.pages.last_mut() {
            page.rules.push(y);
        }
    }
}

/// A row that has its lines and no place yet.
struct Composed {
    height: f32,
    cells: Vec<Vec<(String, Style)>>,
    below: Vec<(String, Style)>,
}

fn height(lines: &[(String, Style)]) -> f32 {
    lines.iter().map(|(_, style)| style.size * LEADING).sum()
}

/// Puts the space between two words where one line ends and the next begins, so that they are read as one text.
fn space_out(lines: &mut [(String, Style)]) {
    if let Some((_, all_but_last)) = lines.split_last_mut() {
        all_but_last.iter_mut().for_each(|(line, _)| line.push(' '));
    }
}
