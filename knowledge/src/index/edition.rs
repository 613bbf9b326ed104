//! The two places that a document has in an index, and the points in each.

use super::engine::EDITION;
use super::limits::Condition;
use crate::{DocumentId, PassageId};
use uuid::Uuid;

/// One of the two editions of a document that there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edition {
    First,
    Second,
}

impl Edition {
    pub(super) const BOTH: [Self; 2] = [Self::First, Self::Second];

    /// The version of the UUIDs of its points. Passages have those of version 5, which stands for ids derived from
    /// names; 8 is free for anyone's use.
    fn version(self) -> u8 {
        match self {
            Self::First => 5,
            Self::Second => 8,
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    /// How it is named in the field [`EDITION`].
    pub(super) fn name(self, document: DocumentId) -> String {
        format!("{}/{}", document.0, self.version())
    }

    pub(super) fn parse(name: &str) -> Option<(DocumentId, Self)> {
        let (document, version) = name.split_once('/')?;
        let is_it = |edition: &Self| version.parse() == Ok(edition.version());
        let edition = Self::BOTH.into_iter().find(is_it)?;
        Some((DocumentId(Uuid::parse_str(document).ok()?), edition))
    }

    /// The point that holds a passage in this edition.
    pub(super) fn point(self, passage: PassageId) -> Uuid {
        with_version(passage.0, self.version())
    }
}

/// The passage that a point holds, in whichever edition.
pub(super) fn passage_of(point: Uuid) -> PassageId {
    PassageId(with_version(point, Edition::First.version()))
}

fn with_version(id: Uuid, version: u8) -> Uuid {
    let mut bytes = id.into_bytes();
    bytes[6] = (bytes[6] & 0x0f) | (version << 4);
    Uuid::from_bytes(bytes)
}

/// All points of these documents.
pub(super) fn of(documents: &[DocumentId]) -> Condition {
    let names = |document: &DocumentId| Edition::BOTH.map(|edition| edition.name(*document));
    Condition::OneOf(EDITION, documents.iter().flat_map(names).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_has_a_point_of_its_own_in_each_edition() {
        let document = DocumentId::of_source("rules");
        let passage = PassageId::of_text(document, 0, "words");
        let points = Edition::BOTH.map(|edition| edition.point(passage));
        assert_ne!(points[0], points[1]);
        assert_eq!(points.map(passage_of), [passage; 2]);
        for edition in Edition::BOTH {
            assert_eq!(Edition::parse(&edition.name(document)), Some((document, edition)));
            assert_eq!(edition.other().other(), edition);
        }
        assert_eq!(Edition::parse("rules/5"), None);
        assert_eq!(Edition::parse(&document.0.to_string()), None);
    }
}
