//! PDF: a section per page.

use super::{ReadError, reflow};
use crate::{Block, Document, Section, text};
use liaison_knowledge::Anchor;

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let pages = pages(bytes)?;
    let lines: Vec<Vec<String>> = pages.iter().map(|page| page.lines().map(text::line).collect()).collect();
    let words = reflow::Words::of(&lines.concat());
    let mut sections = Vec::new();
    for (page, lines) in (1..).zip(&lines) {
        let blocks: Vec<Block> = reflow::blocks(lines, &words);
        if !blocks.is_empty() {
            sections.push(Section { anchor: Anchor::Page { page }, heading: vec![], blocks });
        }
    }
    Ok(Document { sections, ..Document::default() })
}

fn pages(bytes: &[u8]) -> Result<Vec<String>, ReadError> {
    let document = pdf_oxide::PdfDocument::from_bytes(bytes.to_vec()).map_err(ReadError::corrupt)?;
    if document.is_encrypted() && !document.authenticate(b"").unwrap_or(false) {
        return Err(ReadError::Encrypted);
    }
    let count = document.page_count().map_err(ReadError::corrupt)?;
    Ok((0..count).map(|page| document.extract_text(page).unwrap_or_default()).collect())
}
