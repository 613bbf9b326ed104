//! Passages as points, and points as passages.

use super::{
    Hit, IndexError, IndexedPassage, Stored,
    edge::Bm25,
    edition::{Edition, passage_of},
    engine::{EDITION, Point},
    fuse::Ranked,
    limits::limits,
};
use crate::DocumentRecord;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A passage as a point of no edition yet.
pub(super) fn point(
    bm25: &Bm25,
    record: &DocumentRecord,
    indexed: IndexedPassage,
) -> Result<Point, IndexError> {
    let mut fields = labels(record)?;
    fields.insert("passage".to_owned(), json(&indexed.passage)?);
    Ok(Point {
        id: indexed.passage.id.0,
        dense: indexed.vector,
        sparse: bm25.document(&indexed.words),
        fields,
    })
}

pub(super) fn in_edition(mut point: Point, edition: Edition, name: &str) -> Point {
    point.id = edition.point(passage_of(point.id));
    point.fields.insert(EDITION.to_owned(), name.into());
    point
}

/// The fields of a point that come from its document's record.
pub(super) fn labels(record: &DocumentRecord) -> Result<Map<String, Value>, IndexError> {
    let mut fields = limits(&record.audience, record.validity);
    fields.insert("record".to_owned(), json(record)?);
    Ok(fields)
}

pub(super) fn hit(fields: Map<String, Value>, ranked: &Ranked) -> Result<Hit, IndexError> {
    let Stored { passage, document } = stored(fields)?;
    Ok(Hit {
        passage,
        document,
        score: ranked.score,
        similarity: ranked.similarity,
        bm25: ranked.bm25,
    })
}

pub(super) fn stored(mut fields: Map<String, Value>) -> Result<Stored, IndexError> {
    Ok(Stored {
        passage: part(&mut fields, "passage")?,
        document: part(&mut fields, "record")?,
    })
}

fn part<T: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Result<T, IndexError> {
    let part = fields.remove(name).unwrap_or_default();
    serde_json::from_value(part)
        .map_err(|error| IndexError::Engine(format!("a point whose {name} cannot be read: {error}")))
}

fn json(value: &impl serde::Serialize) -> Result<Value, IndexError> {
    serde_json::to_value(value).map_err(|error| IndexError::Engine(error.to_string()))
}
