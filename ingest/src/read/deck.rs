//! PPTX: a section per slide, with its title, its body in reading order, its tables, charts and speaker notes.

use super::{
    ReadError,
    chart::Charts,
    concealed::{self, Ground},
    flow::Flow,
    office, telling,
};
use crate::{Block, Document, Section, text};
use liaison_knowledge::Anchor;
use office_oxide::DocumentFormat;
use office_oxide::ir::{self, Element};

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let package = office::open(bytes, DocumentFormat::Pptx)?;
    let mut ir = package.to_ir();
    // The reader adds a section for the master's static text after the slides; it belongs to no slide.
    let slides = package
        .as_pptx()
        .map_or(ir.sections.len(), |deck| deck.slides.len());
    let mut notices = office::notices(&ir.metadata.warnings, ir.metadata.text_truncated);
    let size = package
        .as_pptx()
        .and_then(|deck| deck.presentation.slide_size.as_ref());
    let ground = size.map_or(Ground::Coloured, |size| Ground::Slide(size.cx, size.cy));
    let mut stripped = false;
    let charts = Charts::of(bytes);
    let mut sections = Vec::new();
    for (number, slide) in (1..).zip(ir.sections.iter_mut().take(slides)) {
        if slide.hidden {
            // Its author took it out of the show; showing it to partners would be a surprise.
            notices.push(format!("Slide {number} is hidden and was left out."));
            continue;
        }
        stripped |= concealed::strip(&mut slide.elements, ground);
        sections.extend(section(number, slide, &charts));
    }
    notices.extend(stripped.then(|| concealed::NOTICE.to_owned()));
    // The title slide goes before the file's properties, which often are those of the template.
    let shown = sections
        .first()
        .filter(|section| section.anchor == Anchor::Slide { slide: 1 })
        .and_then(|section| section.heading.first().cloned());
    let any = || {
        sections
            .iter()
            .find_map(|section| section.heading.first().cloned())
    };
    Ok(Document {
        title: shown.or(ir.metadata.title.and_then(telling)).or_else(any),
        sections,
        notices,
        ..Document::default()
    })
}

fn section(number: u32, slide: &ir::Section, charts: &Charts) -> Option<Section> {
    let heading: Vec<String> = slide
        .title
        .as_deref()
        .map(text::line)
        .filter(|title| !title.is_empty())
        .into_iter()
        .collect();
    // The title comes again as the first element.
    let repeats_title = slide.title.is_some() && matches!(slide.elements.first(), Some(Element::Heading(_)));
    let mut blocks = body(&slide.elements[usize::from(repeats_title)..], charts, false);
    let notes = body(slide.speaker_notes.as_deref().unwrap_or_default(), charts, true);
    let notes: Vec<String> = notes.iter().flat_map(Block::lines).collect();
    if !notes.is_empty() {
        blocks.push(Block::Notes(notes.join("\n")));
    }
    if blocks.is_empty() && heading.is_empty() {
        return None;
    }
    Some(Section {
        anchor: Anchor::Slide { slide: number },
        heading,
        blocks,
    })
}

/// A slide is one section: headings in it are its text. `is_notes`: the number of the slide may stand there.
fn body(elements: &[Element], charts: &Charts, is_notes: bool) -> Vec<Block> {
    let mut flow = Flow::default();
    // Comments come as endnotes.
    for elements in elements.split(|element| matches!(element, Element::Endnote(_))) {
        office::elements(elements, charts, &mut flow);
    }
    let mut blocks = Vec::new();
    for section in flow.finish().0 {
        blocks.extend(section.heading.into_iter().next_back().map(Block::Paragraph));
        blocks.extend(section.blocks);
    }
    let is_number = |block: &Block| matches!(block, Block::Paragraph(text) if text.len() < 5 && text.bytes().all(|b| b.is_ascii_digit()));
    blocks.retain(|block| !(is_notes && is_number(block)));
    blocks
}
