//! DOCX: heading paths, lists, tables, text boxes, charts, footnotes. Headers, footers and comments stay out.

use super::{ReadError, chart::Charts, flow::Flow, office};
use crate::Document;
use office_oxide::DocumentFormat;

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let ir = office::open(bytes, DocumentFormat::Docx)?.to_ir();
    let charts = Charts::of(bytes);
    let mut flow = Flow::default();
    for section in &ir.sections {
        office::elements(&section.elements, &charts, &mut flow);
    }
    let (sections, heading) = flow.finish();
    let notices = office::notices(&ir.metadata.warnings, ir.metadata.text_truncated);
    Ok(Document {
        title: heading.or(ir.metadata.title),
        sections,
        notices,
        ..Document::default()
    })
}
