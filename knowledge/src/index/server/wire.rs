//! Our shapes as the client's, and back.

use crate::index::{IndexError, engine::Sparse, limits::Condition};
use qdrant_client::{
    Payload,
    qdrant::{self as q, point_id, vector_output, vectors_output},
};
use serde_json::{Map, Value};
use std::collections::HashMap;
use uuid::Uuid;

pub(super) fn filter(which: &[Condition]) -> q::Filter {
    let mut filter = q::Filter::default();
    for condition in which {
        match condition {
            Condition::OneOf(name, values) => filter.must.push(q::Condition::matches(*name, values.clone())),
            Condition::NoneOf(name, values) => {
                filter.must_not.push(q::Condition::matches(*name, values.clone()));
            }
            Condition::AtMost(name, value) => filter.must.push(range(name, None, Some(*value))),
            Condition::Above(name, value) => filter.must.push(range(name, Some(*value), None)),
            Condition::Ids(ids) => {
                filter
                    .must
                    .push(q::Condition::has_id(ids.iter().map(Uuid::to_string)));
            }
        }
    }
    filter
}

fn range(name: &str, above: Option<i64>, at_most: Option<i64>) -> q::Condition {
    // Day numbers and ordinals are far below 2^53, where f64 is exact.
    #[allow(clippy::cast_precision_loss)]
    let number = |value: i64| value as f64;
    let range = q::Range {
        gt: above.map(number),
        lte: at_most.map(number),
        ..q::Range::default()
    };
    q::Condition::range(name, range)
}

pub(super) fn payload(fields: Value) -> Result<Payload, IndexError> {
    Payload::try_from(fields).map_err(|error| IndexError::Engine(error.to_string()))
}

pub(super) fn fields(payload: HashMap<String, q::Value>) -> Map<String, Value> {
    payload
        .into_iter()
        .map(|(name, value)| (name, value.into_json()))
        .collect()
}

/// A point's two vectors.
pub(super) fn both(vectors: Option<q::VectorsOutput>) -> (Vec<f32>, Sparse) {
    let (mut dense, mut words) = (Vec::new(), Sparse::default());
    if let Some(vectors_output::VectorsOptions::Vectors(named)) = vectors.and_then(|v| v.vectors_options) {
        for vector in named.vectors.into_values() {
            match vector.into_vector() {
                vector_output::Vector::Dense(vector) => dense = vector.data,
                vector_output::Vector::Sparse(vector) => {
                    words = Sparse {
                        indices: vector.indices,
                        values: vector.values,
                    };
                }
                vector_output::Vector::MultiDense(_) => {}
            }
        }
    }
    (dense, words)
}

pub(super) fn uuid(id: Option<q::PointId>) -> Result<Uuid, IndexError> {
    match id.and_then(|id| id.point_id_options) {
        Some(point_id::PointIdOptions::Uuid(id)) => {
            Uuid::parse_str(&id).map_err(|error| IndexError::Engine(error.to_string()))
        }
        other => Err(IndexError::Engine(format!("a point of number {other:?}"))),
    }
}
