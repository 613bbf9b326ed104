//! DOCX: heading paths, lists, tables, footnotes. Headers, footers and comments stay out.

use super::{ReadError, flow::Flow, office};
use crate::Document;
use office_oxide::DocumentFormat;

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let ir = office::open(bytes, DocumentFormat::Docx)?.to_ir();
    let mut flow = Flow::default();
    for section in &ir.sections {
        office::elements(&section.elements, &mut flow);
    }
    let (sections, heading) = flow.finish();
    let stated = ir
        .metadata
        .title
        .filter(|title| !title.trim().is_empty() && !is_template_title(title));
    let notices = office::notices(&ir.metadata.warnings, ir.metadata.text_truncated);
    Ok(Document {
        title: heading.or(stated),
        sections,
        notices,
        ..Document::default()
    })
}

/// Titles that word processors and converters fill in by themselves.
fn is_template_title(title: &str) -> bool {
    let title = title.trim().to_lowercase();
    matches!(
        title.as_str(),
        "untitled" | "document" | "word document" | "title"
    ) || title.starts_with("microsoft word")
}
