//! Text of a PDF page that does not show: in letters too small to read, or white where nothing lies under it. Whether
//! text is drawn at all (the rendering mode of scanners' text layers) the engine does not tell.

use super::concealed::TOO_SMALL;
use super::pdf::Page;
use super::set::set_lines;
use pdf_oxide::PdfDocument;
use pdf_oxide::layout::{Color, TextSpan};

/// Shorter ones may stand in lines that show.
const LEAST_CHARS: usize = 8;

/// The lines of a page that do not show. `spans` are all of its text; those are taken out of them.
pub(super) fn lines(document: &PdfDocument, page: usize, spans: &mut Vec<TextSpan>) -> Vec<String> {
    let is_suspect = |span: &TextSpan| span.font_size < TOO_SMALL || is_white(span.color);
    if !spans.iter().any(is_suspect) {
        return vec![];
    }
    let ground = Ground::of(document, page);
    let is_unseen = |span: &TextSpan| {
        let has_words = span.text.chars().any(char::is_alphanumeric);
        let is_tiny = span.font_size > 0.0 && span.font_size < TOO_SMALL;
        has_words && (is_tiny || is_white(span.color) && !ground.is_coloured_under(span))
    };
    let (unseen, seen) = std::mem::take(spans).into_iter().partition(is_unseen);
    *spans = seen;
    let unseen: Vec<TextSpan> = unseen;
    let lines = set_lines(&unseen).into_iter().map(|line| line.text);
    lines.filter(|line| line.chars().count() >= LEAST_CHARS).collect()
}

/// Takes these lines out of a page.
pub(super) fn take_out(page: &mut Page, unseen: &[String]) {
    let cells = page.tables.iter_mut().flatten().flatten();
    for text in page.lines.iter_mut().chain(cells) {
        for line in unseen {
            if text.contains(line.as_str()) {
                *text = text.replace(line.as_str(), "").trim().to_owned();
            }
        }
    }
}

/// What lies under the text of a page.
enum Ground {
    /// Pictures: anything may be dark.
    Pictures,
    /// Areas filled with other colours than white: left, right, lower and upper edge in points.
    Areas(Vec<[f32; 4]>),
}

impl Ground {
    fn of(document: &PdfDocument, page: usize) -> Self {
        let pictures = document.page_image_handles(page);
        if pictures.is_ok_and(|pictures| pictures.is_empty()) {
            let paths = document.extract_paths(page).unwrap_or_default().into_iter();
            let filled = paths.filter(|path| path.fill_color.is_some_and(|color| !is_white(color)));
            return Self::Areas(
                filled
                    .map(|path| {
                        let area = path.bbox;
                        [area.x, area.x + area.width, area.y, area.y + area.height]
                    })
                    .collect(),
            );
        }
        Self::Pictures
    }

    fn is_coloured_under(&self, span: &TextSpan) -> bool {
        let Self::Areas(areas) = self else { return true };
        let (x, y) = (
            span.bbox.x + span.bbox.width / 2.0,
            span.bbox.y + span.bbox.height / 2.0,
        );
        areas
            .iter()
            .any(|[left, right, low, high]| (*left..=*right).contains(&x) && (*low..=*high).contains(&y))
    }
}

fn is_white(color: Color) -> bool {
    [color.r, color.g, color.b].into_iter().all(|share| share > 0.98)
}
