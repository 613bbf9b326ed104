//! A Qdrant server or cluster as the engine, over gRPC.
//!
//! Every request has a deadline and is repeated when the server did not answer: points are written by id, deleted by
//! what they belong to, and hidden editions are written whole, so doing something twice is doing it once.
//!
//! What [`super::editions`] promises readers holds for all readers of the one process that writes a collection. Another
//! process that reads the same collection learns on opening what it must not look at, and not of later changes: it may
//! see a document twice or in part while that is replaced. So one process per collection, as with a home.

use super::{
    IndexError,
    engine::{BEAM, DENSE, EDITION, Engine, INTEGERS, KEYWORDS, Point, Rankings, SPARSE, Sparse},
    limits::Condition,
};
use crate::ModelIdentity;
use async_trait::async_trait;
use qdrant_client::{
    Payload, Qdrant, QdrantError,
    qdrant::{
        self as q, CountPointsBuilder, CreateAliasBuilder, CreateCollectionBuilder,
        CreateFieldIndexCollectionBuilder, DeletePointsBuilder, FacetCountsBuilder, FieldType,
        GetPointsBuilder, IntegerIndexParamsBuilder, KeywordIndexParamsBuilder, NamedVectors, PointStruct,
        QueryBatchPointsBuilder, QueryPointsBuilder, ScrollPointsBuilder, SearchParamsBuilder,
        SparseVectorParamsBuilder, SparseVectorsConfigBuilder, UpsertPointsBuilder, VectorParamsBuilder,
        VectorsConfigBuilder, facet_value, point_id, vector_output, vectors_output,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};
use uuid::Uuid;

/// The point that says what the collection is; it has no vector and none of the fields that conditions look at.
const ABOUT: Uuid = Uuid::from_u128(0x6c69_6169_736f_6e00_8000_6162_6f75_7400);
/// The form of a point's fields.
const FORMAT: u32 = 2;
/// Points that one request reads, where many are read.
const PAGE: u32 = 256;
/// How long a request may take, and how long connecting.
const DEADLINE: Duration = Duration::from_secs(20);
const TO_CONNECT: Duration = Duration::from_secs(5);
/// Pauses before an unanswered request is repeated.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(500)];

/// A server or cluster, and how collections are made there.
#[derive(Clone)]
pub struct Cluster {
    /// Its gRPC address, e.g. `http://127.0.0.1:6334`.
    pub url: String,
    /// Its key, where it wants one.
    pub api_key: Option<String>,
    /// The vendor's collection; the name is an alias of the collection that answers, which is named after its model.
    pub collection: String,
    /// Shards of a new collection.
    pub shards: u32,
    /// Copies of each shard of a new collection. A write is done when all of them have it.
    pub replicas: u32,
}

/// An open collection.
pub(super) struct Server {
    client: Qdrant,
    url: String,
    collection: String,
    about: About,
}

/// What [`ABOUT`] says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct About {
    format: u32,
    model: ModelIdentity,
    hidden: BTreeSet<String>,
}

impl Cluster {
    /// The model whose collection answers, if there is one.
    pub(super) async fn active(&self) -> Result<Option<ModelIdentity>, IndexError> {
        let client = self.client()?;
        let aliases = self.ask(|| client.list_aliases()).await?.aliases;
        let Some(alias) = aliases
            .into_iter()
            .find(|alias| alias.alias_name == self.collection)
        else {
            return Ok(None);
        };
        Ok(self
            .about(&client, &alias.collection_name)
            .await?
            .map(|about| about.model))
    }

    /// Opens the collection of a model, making it where there is none.
    pub(super) async fn open(&self, model: &ModelIdentity) -> Result<Server, IndexError> {
        let client = self.client()?;
        let collection = self.named(model);
        if !self.ask(|| client.collection_exists(&collection)).await? {
            self.create(&client, &collection, model).await?;
        }
        let about = match self.about(&client, &collection).await? {
            Some(about) => about,
            None => self.furnish(&client, &collection, model).await?,
        };
        let place = || format!("collection {collection} of {}", self.url);
        if about.format != FORMAT {
            return Err(IndexError::Unusable {
                place: place(),
                detail: "it was made by another version of Liaison: give another name as index.collection"
                    .into(),
            });
        }
        if about.model != *model {
            return Err(IndexError::OtherModel {
                place: place(),
                found: about.model.to_string(),
                wanted: model.to_string(),
            });
        }
        Ok(Server {
            client,
            url: self.url.clone(),
            collection,
            about,
        })
    }

    /// Makes the collection of a model the one that answers, in one step.
    pub(super) async fn activate(&self, model: &ModelIdentity) -> Result<(), IndexError> {
        let client = self.client()?;
        let collection = self.named(model);
        // An alias that exists is moved.
        let alias = || CreateAliasBuilder::new(collection.clone(), self.collection.clone());
        self.ask(|| client.create_alias(alias())).await?;
        Ok(())
    }

    /// Deletes the collection of a model.
    pub(super) async fn discard(&self, model: &ModelIdentity) -> Result<(), IndexError> {
        let client = self.client()?;
        let collection = self.named(model);
        self.ask(|| client.delete_collection(collection.clone())).await?;
        Ok(())
    }

    fn named(&self, model: &ModelIdentity) -> String {
        format!("{}-{}", self.collection, model.short_hash())
    }

    fn client(&self) -> Result<Qdrant, IndexError> {
        let client = Qdrant::from_url(&self.url)
            .api_key(self.api_key.clone())
            .timeout(DEADLINE)
            .connect_timeout(TO_CONNECT)
            .keep_alive_while_idle()
            .skip_compatibility_check()
            .build();
        client.map_err(|error| failure(&self.url, error))
    }

    async fn ask<T, F: Future<Output = Result<T, QdrantError>>>(
        &self,
        request: impl Fn() -> F,
    ) -> Result<T, IndexError> {
        ask(&self.url, request).await
    }

    async fn about(&self, client: &Qdrant, collection: &str) -> Result<Option<About>, IndexError> {
        let request = || GetPointsBuilder::new(collection, vec![ABOUT.to_string().into()]).with_payload(true);
        let found = self.ask(|| client.get_points(request())).await?.result;
        let about = found
            .into_iter()
            .next()
            .map(|point| serde_json::from_value(Value::Object(fields(point.payload))));
        about.transpose().map_err(|error| IndexError::Unusable {
            place: format!("collection {collection} of {}", self.url),
            detail: format!("what it says about itself cannot be read: {error}"),
        })
    }

    async fn create(&self, client: &Qdrant, name: &str, model: &ModelIdentity) -> Result<(), IndexError> {
        let request = || {
            let mut dense = VectorsConfigBuilder::default();
            let size = model.dimensions as u64;
            dense.add_named_vector_params(DENSE, VectorParamsBuilder::new(size, q::Distance::Cosine));
            let mut sparse = SparseVectorsConfigBuilder::default();
            let params = SparseVectorParamsBuilder::default().modifier(q::Modifier::Idf);
            sparse.add_named_vector_params(SPARSE, params);
            CreateCollectionBuilder::new(name)
                .vectors_config(dense)
                .sparse_vectors_config(sparse)
                .shard_number(self.shards)
                .replication_factor(self.replicas)
                // A removed passage must not be found in a copy that lags behind.
                .write_consistency_factor(self.replicas)
        };
        match self.ask(|| client.create_collection(request())).await {
            // A repeated request finds what the first one made.
            Err(_) if self.ask(|| client.collection_exists(name)).await? => Ok(()),
            done => done.map(|_| ()),
        }
    }

    /// The field indexes, then what the collection is: a collection that says so has them all.
    async fn furnish(&self, client: &Qdrant, name: &str, model: &ModelIdentity) -> Result<About, IndexError> {
        for field in KEYWORDS {
            // Points of one named partner lie together on disk.
            let params = || KeywordIndexParamsBuilder::default().is_tenant(field == "partner");
            let request = || field_index(name, field, FieldType::Keyword).field_index_params(params());
            self.ask(|| client.create_field_index(request())).await?;
        }
        for field in INTEGERS {
            let params = || IntegerIndexParamsBuilder::new(false, true);
            let request = || field_index(name, field, FieldType::Integer).field_index_params(params());
            self.ask(|| client.create_field_index(request())).await?;
        }
        let about = About {
            format: FORMAT,
            model: model.clone(),
            hidden: BTreeSet::new(),
        };
        let point = about.point()?;
        self.ask(|| client.upsert_points(UpsertPointsBuilder::new(name, vec![point.clone()]).wait(true)))
            .await?;
        Ok(about)
    }
}

fn field_index(collection: &str, field: &str, kind: FieldType) -> CreateFieldIndexCollectionBuilder {
    CreateFieldIndexCollectionBuilder::new(collection, field, kind).wait(true)
}

impl About {
    fn point(&self) -> Result<PointStruct, IndexError> {
        let said = serde_json::to_value(self).map_err(|error| IndexError::Engine(error.to_string()))?;
        Ok(PointStruct::new(
            ABOUT.to_string(),
            NamedVectors::default(),
            payload(said)?,
        ))
    }
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

    async fn rank(
        &self,
        dense: &[f32],
        sparse: Sparse,
        which: &[Condition],
        limit: usize,
    ) -> Result<Rankings, IndexError> {
        let leg = |query: q::VectorInput, using: &str| {
            let query = QueryPointsBuilder::new(&self.collection).query(q::Query::new_nearest(query));
            query
                .using(using)
                .filter(filter(which))
                .limit(limit as u64)
                .params(SearchParamsBuilder::default().hnsw_ef(BEAM as u64))
                .build()
        };
        let mut legs = vec![leg(q::VectorInput::new_dense(dense.to_vec()), DENSE)];
        if !sparse.indices.is_empty() {
            legs.push(leg(
                q::VectorInput::new_sparse(sparse.indices, sparse.values),
                SPARSE,
            ));
        }
        let request = || QueryBatchPointsBuilder::new(&self.collection, legs.clone());
        let found = self.ask(|| self.client.query_batch(request())).await?.result;
        let mut rankings = found.into_iter().map(|leg| {
            let point = |point: q::ScoredPoint| Ok((uuid(point.id)?, point.score));
            leg.result
                .into_iter()
                .map(point)
                .collect::<Result<Vec<_>, IndexError>>()
        });
        let mut next = || rankings.next().unwrap_or_else(|| Ok(Vec::new()));
        Ok([next()?, next()?])
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
        let about = About {
            hidden: editions.clone(),
            ..self.about.clone()
        };
        self.upsert(vec![about.point()?]).await
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

fn filter(which: &[Condition]) -> q::Filter {
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

fn payload(fields: Value) -> Result<Payload, IndexError> {
    Payload::try_from(fields).map_err(|error| IndexError::Engine(error.to_string()))
}

fn fields(payload: HashMap<String, q::Value>) -> Map<String, Value> {
    payload
        .into_iter()
        .map(|(name, value)| (name, value.into_json()))
        .collect()
}

/// A point's two vectors.
fn both(vectors: Option<q::VectorsOutput>) -> (Vec<f32>, Sparse) {
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

fn uuid(id: Option<q::PointId>) -> Result<Uuid, IndexError> {
    match id.and_then(|id| id.point_id_options) {
        Some(point_id::PointIdOptions::Uuid(id)) => {
            Uuid::parse_str(&id).map_err(|error| IndexError::Engine(error.to_string()))
        }
        other => Err(IndexError::Engine(format!("a point of number {other:?}"))),
    }
}
