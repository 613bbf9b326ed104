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
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

/// The fields of a point that are read and never looked at by a query. Each is the JSON of its part as one text: the
/// engine reads every field of a point, part by part, and one text is one part.
const PASSAGE: &str = "passage";
const RECORD: &str = "record";

/// A passage as a point of no edition yet.
pub(super) fn point(
    bm25: &Bm25,
    record: &DocumentRecord,
    indexed: IndexedPassage,
) -> Result<Point, IndexError> {
    let mut fields = labels(record)?;
    fields.insert(PASSAGE.to_owned(), text(&indexed.passage)?);
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
    fields.insert(RECORD.to_owned(), text(record)?);
    Ok(fields)
}

pub(super) fn hit(stored: &Arc<Stored>, ranked: &Ranked) -> Hit {
    Hit {
        stored: Arc::clone(stored),
        score: ranked.score,
        similarity: ranked.similarity,
        bm25: ranked.bm25,
    }
}

/// Reads the passages of points. Those of one edition share the record of their document, which is read once.
#[derive(Default)]
pub(super) struct Reader {
    records: HashMap<String, Arc<DocumentRecord>>,
}

impl Reader {
    pub(super) fn stored(&mut self, fields: &Map<String, Value>) -> Result<Stored, IndexError> {
        Ok(Stored {
            passage: part(fields, PASSAGE)?,
            document: self.record(fields)?,
        })
    }

    fn record(&mut self, fields: &Map<String, Value>) -> Result<Arc<DocumentRecord>, IndexError> {
        let edition = fields.get(EDITION).and_then(Value::as_str);
        let edition = edition.ok_or_else(|| IndexError::Engine("a point of no edition".to_owned()))?;
        match self.records.entry(edition.to_owned()) {
            Entry::Occupied(known) => Ok(Arc::clone(known.get())),
            Entry::Vacant(new) => Ok(Arc::clone(new.insert(Arc::new(part(fields, RECORD)?)))),
        }
    }
}

fn part<T: DeserializeOwned>(fields: &Map<String, Value>, name: &str) -> Result<T, IndexError> {
    let part = match fields.get(name) {
        Some(Value::String(text)) => serde_json::from_str(text),
        // As earlier versions wrote it.
        other => T::deserialize(other.unwrap_or(&Value::Null)),
    };
    part.map_err(|error| IndexError::Engine(format!("a point whose {name} cannot be read: {error}")))
}

fn text(part: &impl serde::Serialize) -> Result<Value, IndexError> {
    let text = serde_json::to_string(part);
    text.map(Value::String)
        .map_err(|error| IndexError::Engine(error.to_string()))
}
