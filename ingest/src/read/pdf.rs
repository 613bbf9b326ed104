//! PDF: getting the words out. Two engines, because each fails on files that the other reads; `page.rs` makes
//! sections of what they give.

use super::{
    ReadError, concealed, page,
    quality::Quality,
    reflow::Words,
    set::{SetLine, drop_repeats, mended, set_lines},
    unseen,
};
use crate::{Document, text};
use pdf_oxide::PdfDocument;
use pdf_oxide::layout::TextSpan;
use std::time::{Duration, Instant};

/// The second engine starts only while there is time to finish within the limits of the reading process.
const SECOND_ENGINE_BEFORE: Duration = Duration::from_secs(4);
/// Detecting tables looks at the geometry of every page; manuals of this size are prose.
const MAX_PAGES_WITH_TABLES: usize = 300;

/// What is known of a page before it is laid out.
#[derive(Default)]
pub(super) struct Page {
    /// Its lines in reading order; empty ones part paragraphs.
    pub(super) lines: Vec<String>,
    /// Its tables: rows of cells.
    pub(super) tables: Vec<Vec<Vec<String>>>,
    /// Lines set larger or bolder than the text around them, with their font size.
    pub(super) headings: Vec<(String, f32)>,
    /// Whether it has text that does not show, which is in none of these.
    pub(super) has_unseen: bool,
}

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let pages = best_of_two(bytes)?;
    let quality = quality(&pages);
    if quality.is_empty() {
        let end = &bytes[bytes.len().saturating_sub(1024)..];
        let is_whole = end.windows(5).any(|window| window == b"%%EOF");
        return Err(match pictures_on(bytes, 5) {
            0 if is_whole => ReadError::Empty,
            0 => ReadError::corrupt("its end is missing; load it anew"),
            _ => ReadError::Scanned,
        });
    }
    if quality.is_garbled() {
        return Err(ReadError::corrupt(
            "its text layer holds no readable characters; run text recognition (OCR) on it",
        ));
    }
    if is_right_to_left(&pages) {
        return Err(ReadError::RightToLeft);
    }
    // Scanners put their name on each page.
    if pages.len() > 1 && quality.is_hardly_any(pages.len()) && pictures_on(bytes, pages.len()) == pages.len()
    {
        return Err(ReadError::Scanned);
    }
    let mut notices: Vec<String> = blank_pages(&pages).into_iter().collect();
    notices.extend(has_unseen(&pages).then(|| concealed::NOTICE.to_owned()));
    let words = Words::of(
        &pages
            .iter()
            .flat_map(|page| page.lines.iter())
            .collect::<Vec<_>>(),
    );
    let (sections, title) = page::sections(pages, &words);
    Ok(Document {
        title,
        sections,
        notices,
        ..Document::default()
    })
}

/// What the first engine reads, unless that looks poor and the second reads clearly more.
fn best_of_two(bytes: &[u8]) -> Result<Vec<Page>, ReadError> {
    let started = Instant::now();
    let first = match first_engine(bytes) {
        Err(error @ ReadError::Encrypted) => return Err(error),
        // The second engine would give what does not show back.
        Ok(pages) if has_unseen(&pages) || quality(&pages).is_enough(pages.len()) => return Ok(pages),
        other => other,
    };
    if started.elapsed() > SECOND_ENGINE_BEFORE {
        return first;
    }
    match (first, second_engine(bytes)) {
        (Ok(first), Some(second)) if quality(&second).is_clearly_more_than(quality(&first)) => Ok(second),
        (Err(_), Some(second)) if !quality(&second).is_empty() => Ok(second),
        (first, _) => first,
    }
}

fn has_unseen(pages: &[Page]) -> bool {
    pages.iter().any(|page| page.has_unseen)
}

fn first_engine(bytes: &[u8]) -> Result<Vec<Page>, ReadError> {
    let document = PdfDocument::from_bytes(bytes.to_vec()).map_err(ReadError::corrupt)?;
    // A locked file would give empty text rather than an error.
    if document.is_encrypted() && !document.authenticate(b"").unwrap_or(false) {
        return Err(ReadError::Encrypted);
    }
    let count = document.page_count().map_err(ReadError::corrupt)?;
    if count == 0 {
        return Err(ReadError::corrupt("no page of it is left"));
    }
    let mut pages = Vec::new();
    let (mut spans, mut set) = (Vec::new(), Vec::new());
    for number in 0..count {
        let text = match document.extract_text(number) {
            Ok(text) => text,
            Err(error) if count == 1 => return Err(ReadError::corrupt(error)),
            Err(_) => String::new(),
        };
        let mut own_spans = document.extract_spans(number).unwrap_or_default();
        let unseen = unseen::lines(&document, number, &mut own_spans);
        let own_set = set_lines(&own_spans);
        let tables = if count <= MAX_PAGES_WITH_TABLES {
            let found = tables(&document, number).into_iter();
            found.map(|rows| mended(rows, &own_set)).collect()
        } else {
            vec![]
        };
        let mut lines: Vec<String> = text.split(['\n', '\u{c}']).map(text::line).collect();
        drop_repeats(&mut lines, &own_set);
        raise_footnote_marks(&mut lines, &own_spans);
        let mut page = Page {
            lines,
            tables,
            has_unseen: !unseen.is_empty(),
            ..Page::default()
        };
        unseen::take_out(&mut page, &unseen);
        pages.push(page);
        spans.push(own_spans);
        set.push(own_set);
    }
    page::drop_furniture(&mut pages);
    if let Some(body) = body_size(&spans) {
        find_headings(&mut pages, body, set);
    }
    Ok(pages)
}

/// The other engine; `None` when it fails, which it also does by panicking.
fn second_engine(bytes: &[u8]) -> Option<Vec<Page>> {
    let extract = std::panic::AssertUnwindSafe(|| pdf_extract::extract_text_from_mem_by_pages(bytes));
    let pages = std::panic::catch_unwind(extract).ok()?.ok()?;
    let page_of = |text: String| Page {
        lines: text.split(['\n', '\u{c}']).map(text::line).collect(),
        ..Page::default()
    };
    let mut pages: Vec<Page> = pages.into_iter().map(page_of).collect();
    page::drop_furniture(&mut pages);
    Some(pages)
}

fn tables(document: &PdfDocument, page: usize) -> Vec<Vec<Vec<String>>> {
    let tables = document.extract_tables(page).unwrap_or_default();
    let rows = |table: pdf_oxide::structure::table_extractor::Table| {
        let cells = |row: &pdf_oxide::structure::table_extractor::TableRow| {
            row.cells
                .iter()
                .map(|cell| text::line(&cell.text))
                .collect::<Vec<_>>()
        };
        table.rows.iter().map(cells).collect::<Vec<_>>()
    };
    tables.into_iter().map(rows).collect()
}

/// Footnote marks are set small right behind a number, and both engines glue them to it: 500 becomes 5001.
fn raise_footnote_marks(lines: &mut [String], spans: &[TextSpan]) {
    for pair in spans.windows(2) {
        let [before, mark] = pair else { continue };
        let digits = mark.text.trim();
        let is_mark = (1..=2).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && mark.font_size < before.font_size * 0.85
            && (mark.bbox.x - before.bbox.x - before.bbox.width).abs() < before.font_size * 0.5;
        if !is_mark {
            continue;
        }
        let context = text::line(&before.text);
        let start = context.char_indices().rev().nth(19).map_or(0, |(at, _)| at);
        let (glued, parted) = (
            format!("{}{digits}", &context[start..]),
            format!("{}{}", &context[start..], text::raised(&context, digits)),
        );
        if let Some(line) = lines.iter_mut().find(|line| line.contains(&glued)) {
            *line = line.replacen(&glued, &parted, 1);
        }
    }
}

/// Marks the lines that are set larger than most of the text, or bold and short.
fn find_headings(pages: &mut [Page], body: f32, mut set: Vec<Vec<SetLine>>) {
    for (page, lines) in pages.iter().zip(&mut set) {
        lines.retain(|line| page.lines.contains(&line.text));
    }
    let is_heading = |line: &SetLine| {
        let letters = line.text.chars().filter(|c| c.is_alphabetic()).count();
        let reads_on = line.text.ends_with(['.', ',', ';', ':']);
        let larger = line.size >= body * 1.15 && line.text.chars().count() <= 120;
        let bolder = line.bold && line.size >= body * 0.95 && line.text.chars().count() <= 80;
        letters >= 3 && !reads_on && (larger || bolder)
    };
    let (found, all) = (
        set.iter().flatten().filter(|line| is_heading(line)).count(),
        set.iter().flatten().count(),
    );
    // Posters, forms and slides: nothing is a heading where much looks like one.
    if found * 3 > all {
        return;
    }
    for (page, lines) in pages.iter_mut().zip(&set) {
        page.headings = lines
            .iter()
            .filter(|line| is_heading(line))
            .map(|line| (line.text.clone(), line.size))
            .collect();
    }
}

/// The font size that most characters have.
fn body_size(spans: &[Vec<TextSpan>]) -> Option<f32> {
    let mut chars_of_size = std::collections::BTreeMap::<i32, usize>::new();
    for span in spans.iter().flatten() {
        *chars_of_size
            .entry((span.font_size * 2.0).round() as i32)
            .or_default() += span.text.trim().len();
    }
    chars_of_size
        .into_iter()
        .max_by_key(|(_, chars)| *chars)
        .map(|(size, _)| size as f32 / 2.0)
}

fn all_chars(pages: &[Page]) -> impl Iterator<Item = char> + '_ {
    pages
        .iter()
        .flat_map(|page| &page.lines)
        .flat_map(|line| line.chars())
        .filter(|c| !c.is_whitespace())
}

fn quality(pages: &[Page]) -> Quality {
    Quality::of(pages.iter().flat_map(|page| &page.lines).map(String::as_str))
}

fn is_right_to_left(pages: &[Page]) -> bool {
    let is_rtl =
        |c: &char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    let letters = all_chars(pages).filter(|c| c.is_alphabetic()).count();
    all_chars(pages).filter(is_rtl).count() * 5 > letters
}

/// How many of the first `pages` pages show a picture.
fn pictures_on(bytes: &[u8], pages: usize) -> usize {
    let Ok(document) = PdfDocument::from_bytes(bytes.to_vec()) else {
        return 0;
    };
    let pages = document.page_count().unwrap_or(0).min(pages);
    let has_picture = |page: &usize| {
        let pictures = document.page_image_handles(*page);
        pictures.is_ok_and(|pictures| !pictures.is_empty())
    };
    (0..pages).filter(has_picture).count()
}

/// Says which pages gave no text, in a document that otherwise does.
fn blank_pages(pages: &[Page]) -> Option<String> {
    let is_blank = |page: &Page| page.lines.iter().all(String::is_empty);
    let blank: Vec<String> = (1..)
        .zip(pages)
        .filter(|(_, page)| is_blank(page))
        .map(|(number, _): (u32, _)| number.to_string())
        .collect();
    let shown = blank.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
    let more = if blank.len() > 10 {
        format!(" and {} more", blank.len() - 10)
    } else {
        String::new()
    };
    (!blank.is_empty())
        .then(|| format!("No text on pages {shown}{more}: they are empty, pictures or damaged."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(text: &str) -> Vec<Page> {
        vec![Page {
            lines: vec![text.to_owned()],
            ..Page::default()
        }]
    }

    #[test]
    fn right_to_left_scripts_are_recognised() {
        assert!(is_right_to_left(&pages("שלום עולם")));
        assert!(!is_right_to_left(&pages("an English text that says שלום once")));
    }

    #[test]
    fn blank_pages_are_told() {
        let mut two = pages("words");
        two.push(Page::default());
        assert_eq!(
            blank_pages(&two).as_deref(),
            Some("No text on pages 2: they are empty, pictures or damaged.")
        );
        assert_eq!(blank_pages(&pages("words")), None);
    }
}
