//! Our shapes as the engine's, and back.

use super::{bm25::sparse, log};
use crate::index::{
    IndexError,
    engine::{DENSE, Point, SPARSE, Sparse},
    limits::Condition,
};
use qdrant_edge as q;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Passages that a view may see from which on a search by words goes through the lists of passages with each word
/// rather than through the passages.
const FULL_SCAN: usize = 500;

pub(super) fn config(dimensions: usize) -> q::EdgeConfig {
    // Either way vectors are mapped from files. "On disk", only those that are looked at come into memory; otherwise
    // whole files do, which are set aside by 32 MB. Half the precision is far finer than two models agree, and a search
    // reads half as much.
    let dense = q::EdgeVectorParamsBuilder::new(dimensions, q::Distance::Cosine)
        .datatype(q::VectorStorageDatatype::Float16)
        .on_disk(true)
        .build();
    let sparse = q::EdgeSparseVectorParamsBuilder::new()
        .modifier(q::Modifier::Idf)
        .full_scan_threshold(FULL_SCAN)
        .build();
    q::EdgeConfig::builder()
        .vector(DENSE, dense)
        .sparse_vector(SPARSE, sparse)
        .wal_options(log::options())
        .build()
}

pub(super) fn persisted(point: Point) -> Result<q::PointStructPersisted, IndexError> {
    let Sparse { indices, values } = point.sparse;
    let sparse =
        q::Vector::new_sparse(indices, values).map_err(|error| IndexError::Engine(error.to_string()))?;
    let vectors = q::NamedVectors::default()
        .add_vector(DENSE, point.dense)
        .add_vector(SPARSE, sparse);
    Ok(q::PointStruct::new(q::PointId::Uuid(point.id), vectors, point.fields.into()).into())
}

/// A point's two vectors.
pub(super) fn both(vectors: q::VectorStructInternal) -> (Vec<f32>, Sparse) {
    let (mut dense, mut words) = (Vec::new(), Sparse::default());
    if let q::VectorStructInternal::Named(named) = vectors {
        for vector in named.into_values() {
            match vector {
                q::VectorInternal::Dense(vector) => dense = vector,
                q::VectorInternal::Sparse(vector) => words = sparse(vector),
                q::VectorInternal::MultiDense(_) => {}
            }
        }
    }
    (dense, words)
}

pub(super) fn fields(payload: Option<q::Payload>) -> Map<String, Value> {
    payload.map(|payload| payload.0).unwrap_or_default()
}

pub(super) fn filter(which: &[Condition]) -> Result<q::Filter, IndexError> {
    let (mut must, mut must_not) = (Vec::new(), Vec::new());
    for condition in which {
        match condition {
            Condition::OneOf(name, values) => must.push(one_of(name, values)?),
            Condition::NoneOf(name, values) => must_not.push(one_of(name, values)?),
            Condition::AtMost(name, value) => must.push(range(name, None, Some(*value))?),
            Condition::Above(name, value) => must.push(range(name, Some(*value), None)?),
            Condition::Ids(ids) => {
                let ids = ids.iter().copied().map(q::PointId::Uuid).collect();
                must.push(q::Condition::HasId(ids));
            }
        }
    }
    Ok(q::Filter {
        must: Some(must),
        must_not: Some(must_not),
        ..q::Filter::new()
    })
}

fn one_of(name: &str, values: &[String]) -> Result<q::Condition, IndexError> {
    let values = q::Match::from(values.to_vec());
    Ok(q::Condition::Field(q::FieldCondition::new_match(
        field(name)?,
        values,
    )))
}

fn range(name: &str, above: Option<i64>, at_most: Option<i64>) -> Result<q::Condition, IndexError> {
    // Day numbers and ordinals are far below 2^53, where f64 is exact.
    #[allow(clippy::cast_precision_loss)]
    let number = |value: i64| q::external::ordered_float::OrderedFloat(value as f64);
    let range = q::Range {
        lt: None,
        gt: above.map(number),
        gte: None,
        lte: at_most.map(number),
    };
    Ok(q::Condition::Field(q::FieldCondition::new_range(
        field(name)?,
        range,
    )))
}

pub(super) fn field(name: &str) -> Result<q::JsonPath, IndexError> {
    name.parse()
        .map_err(|()| IndexError::Engine(format!("bad field name {name}")))
}

pub(super) fn uuid(id: q::PointId) -> Result<Uuid, IndexError> {
    match id {
        q::PointId::Uuid(id) => Ok(id),
        q::PointId::NumId(number) => Err(IndexError::Engine(format!("a point of number {number}"))),
    }
}

pub(super) fn engine(error: q::OperationError) -> IndexError {
    IndexError::Engine(error.to_string())
}
