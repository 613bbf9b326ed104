//! DOCX: heading paths, lists, tables, text boxes, charts, footnotes. Headers, footers and comments stay out.

use super::{
    ReadError,
    chart::Charts,
    concealed::{self, Ground},
    flow::Flow,
    office,
};
use crate::Document;
use office_oxide::DocumentFormat;

pub(super) fn read(bytes: &[u8]) -> Result<Document, ReadError> {
    let package = office::open(bytes, DocumentFormat::Docx)?;
    let mut ir = package.to_ir();
    let charts = Charts::of(bytes);
    let mut flow = Flow::default();
    let mut stripped = concealed::has_vanished(bytes, &package.plain_text());
    for section in &mut ir.sections {
        stripped |= concealed::strip(&mut section.elements, Ground::Paper);
        office::elements(&section.elements, &charts, &mut flow);
    }
    let (sections, heading) = flow.finish();
    let mut notices = office::notices(&ir.metadata.warnings, ir.metadata.text_truncated);
    notices.extend(stripped.then(|| concealed::NOTICE.to_owned()));
    Ok(Document {
        title: heading.or(ir.metadata.title),
        sections,
        notices,
        ..Document::default()
    })
}
