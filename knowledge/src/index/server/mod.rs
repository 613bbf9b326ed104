//! A Qdrant server or cluster as the engine, over gRPC.
//!
//! Every request has a deadline and is repeated when the server did not answer: points are written by id, deleted by
//! what they belong to, and hidden editions are written whole, so doing something twice is doing it once.
//!
//! What [`super::editions`] promises readers holds for all readers of the one process that writes a collection. Another
//! process that reads the same collection learns on opening what it must not look at, and not of later changes: it may
//! see a document twice or in part while that is replaced. So one process per collection, as with a home.

mod cluster;
mod wire;

use super::{
    IndexError,
    engine::{BEAM, DENSE, EDITION, Engine, Leg, Point, Ranking, SPARSE, Sparse},
    limits::Condition,
};
use async_trait::async_trait;
use cluster::About;
use qdrant_client::{
    Qdrant, QdrantError,
    qdrant::{
        self as q, CountPointsBuilder, DeletePointsBuilder, FacetCountsBuilder, GetPointsBuilder,
        NamedVectors, PointStruct, QueryPointsBuilder, ScrollPointsBuilder, SearchParamsBuilder,
        UpsertPointsBuilder, facet_value,
    },
};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};
use uuid::Uuid;
use wire::{both, fields, filter, payload, uuid};

pub use cluster::Cluster;

/// Points that one request reads, where many are read.
const PAGE: u32 = 256;
/// Pauses before an unanswered request is repeated.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(500)];

/// An open collection.
pub(super) struct Server {
    client: Qdrant,
    url: String,
    collection: String,
    about: About,
}

impl Server {
    async fn ask<T, F: Future<Output = Result<T, QdrantError>>>(
        &self,
        request: impl Fn() -> F,
    ) -> Result<T, IndexError> {
        ask(&self.url, request).await
    }

    async fn upsert(&self, points: Vec<PointStruct>) -> Result<(), IndexError> {
        let request = || UpsertPointsBuilder::new(&self.collection, points.clone()).wait(true);
        self.ask(|| self.client.upsert_points(request())).await?;
        Ok(())
    }
}

#[async_trait]
impl Engine for Server {
    async fn write(&self, points: Vec<Point>) -> Result<(), IndexError> {
        let point = |point: Point| {
            let vectors = NamedVectors::default().add_vector(DENSE, point.dense).add_vector(
                SPARSE,
                q::Vector::new_sparse(point.sparse.indices, point.sparse.values),
            );
            Ok(PointStruct::new(
                point.id.to_string(),
                vectors,
                payload(Value::Object(point.fields))?,
            ))
        };
        let points = points.into_iter().map(point).collect::<Result<_, IndexError>>()?;
        self.upsert(points).await
    }

    async fn delete(&self, editions: &BTreeSet<String>) -> Result<(), IndexError> {
        let filter = filter(&[Condition::OneOf(EDITION, editions.iter().cloned().collect())]);
        let request = || {
            DeletePointsBuilder::new(&self.collection)
                .points(filter.clone())
                .wait(true)
        };
        self.ask(|| self.client.delete_points(request())).await?;
        Ok(())
    }

    async fn rank(&self, leg: Leg, which: &[Condition], limit: usize) -> Result<Ranking, IndexError> {
        let using = leg.using();
        let vector = match leg {
            Leg::Meaning(vector) => q::VectorInput::new_dense(vector.to_vec()),
            Leg::Words(Sparse { indices, values }) => q::VectorInput::new_sparse(indices, values),
        };
        let query = QueryPointsBuilder::new(&self.collection)
            .query(q::Query::new_nearest(vector))
            .using(using)
            .filter(filter(which))
            .limit(limit as u64)
            .params(SearchParamsBuilder::default().hnsw_ef(BEAM as u64))
            .build();
        let found = self.ask(|| self.client.query(query.clone())).await?.result;
        found
            .into_iter()
            .map(|point| Ok((uuid(point.id)?, point.score)))
            .collect()
    }

    async fn fetch(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, Map<String, Value>)>, IndexError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: Vec<q::PointId> = ids.iter().map(|id| id.to_string().into()).collect();
        let request = || GetPointsBuilder::new(&self.collection, wanted.clone()).with_payload(true);
        let found = self.ask(|| self.client.get_points(request())).await?.result;
        let found = found
            .into_iter()
            .map(|point| Ok((uuid(point.id)?, fields(point.payload))));
        let mut found = found.collect::<Result<HashMap<_, _>, IndexError>>()?;
        Ok(ids.iter().filter_map(|id| found.remove_entry(id)).collect())
    }

    async fn read(&self, which: &[Condition], vectors: bool) -> Result<Vec<Point>, IndexError> {
        let filter = filter(which);
        let (mut all, mut next) = (Vec::new(), None::<q::PointId>);
        loop {
            let request = || {
                let page = ScrollPointsBuilder::new(&self.collection)
                    .filter(filter.clone())
                    .limit(PAGE);
                let page = page.with_payload(true).with_vectors(vectors);
                match &next {
                    Some(next) => page.offset(next.clone()),
                    None => page,
                }
            };
            let found = self.ask(|| self.client.scroll(request())).await?;
            for point in found.result {
                let (dense, sparse) = both(point.vectors);
                let (id, fields) = (uuid(point.id)?, fields(point.payload));
                all.push(Point {
                    id,
                    dense,
                    sparse,
                    fields,
                });
            }
            next = found.next_page_offset;
            if next.is_none() {
                return Ok(all);
            }
        }
    }

    async fn editions(&self) -> Result<BTreeMap<String, usize>, IndexError> {
        let count = || CountPointsBuilder::new(&self.collection).exact(true);
        let count = self
            .ask(|| self.client.count(count()))
            .await?
            .result
            .map_or(0, |result| result.count);
        let request = || {
            FacetCountsBuilder::new(&self.collection, EDITION)
                .limit(count.max(1))
                .exact(true)
        };
        let found = self.ask(|| self.client.facet(request())).await?.hits;
        let edition = |hit: q::FacetHit| match hit.value.and_then(|value| value.variant) {
            Some(facet_value::Variant::StringValue(name)) => {
                Ok((name, usize::try_from(hit.count).unwrap_or(usize::MAX)))
            }
            other => Err(IndexError::Engine(format!("an edition named {other:?}"))),
        };
        found.into_iter().map(edition).collect()
    }

    async fn hidden(&self) -> Result<BTreeSet<String>, IndexError> {
        Ok(self.about.hidden.clone())
    }

    async fn hide(&self, editions: &BTreeSet<String>, _lasting: bool) -> Result<(), IndexError> {
        self.upsert(vec![self.about.hiding(editions).point()?]).await
    }

    /// The server answers a write when its log has it.
    async fn flush(&self) -> Result<(), IndexError> {
        Ok(())
    }

    /// The server does so by itself.
    async fn optimise(&self) -> Result<(), IndexError> {
        Ok(())
    }
}

/// Asks until there is an answer or no pause is left.
async fn ask<T, F: Future<Output = Result<T, QdrantError>>>(
    url: &str,
    request: impl Fn() -> F,
) -> Result<T, IndexError> {
    for pause in PAUSES {
        match request().await.map_err(|error| failure(url, error)) {
            Err(IndexError::Unreachable { .. }) => tokio::time::sleep(pause).await,
            answer => return answer,
        }
    }
    request().await.map_err(|error| failure(url, error))
}

/// What a caller can do about an error of the client.
fn failure(url: &str, error: QdrantError) -> IndexError {
    let url = url.to_owned();
    let status = match &error {
        QdrantError::ResponseError { status } | QdrantError::ResourceExhaustedError { status, .. } => status,
        QdrantError::InvalidUri(_) => {
            let detail = "that is no address".to_owned();
            return IndexError::Unreachable { url, detail };
        }
        _ => return IndexError::Engine(error.to_string()),
    };
    let said = status.message().to_owned();
    // The variants of its status code are not ours to name: the package that defines them is the client's.
    match i32::from(status.code()) {
        // Cancelled, deadline exceeded, resource exhausted, unavailable.
        1 | 4 | 8 | 14 => IndexError::Unreachable { url, detail: said },
        // The client says so of a connection that it cannot make.
        13 if said.starts_with("Failed to connect") => IndexError::Unreachable {
            url,
            detail: "there is no connection".to_owned(),
        },
        // Permission denied, unauthenticated.
        7 | 16 => IndexError::Refused { url },
        _ => IndexError::Engine(format!("the server at {url} says: {said}")),
    }
}
