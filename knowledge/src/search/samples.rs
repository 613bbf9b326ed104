//! Hits for tests of what happens to them.

use crate::{Anchor, AudienceSpec, DocumentId, DocumentRecord, Hit, Passage, PassageId, Stored, Validity};
use std::sync::Arc;

/// A hit under no heading; the document's name is its id.
pub(super) fn hit(document: &str, ordinal: u32, score: f32, text: &str) -> Hit {
    let id = DocumentId::of_source(document);
    Hit {
        stored: Arc::new(Stored {
            passage: Passage {
                id: PassageId::of_text(id, ordinal, text),
                ordinal,
                anchor: Anchor::Heading { heading: Vec::new() },
                heading: Vec::new(),
                text: text.to_owned(),
            },
            document: Arc::new(DocumentRecord {
                id,
                path: document.to_owned(),
                title: document.to_owned(),
                audience: AudienceSpec::Partners,
                validity: Validity::default(),
                language: None,
            }),
        }),
        score,
        similarity: Some(score),
        bm25: None,
    }
}
