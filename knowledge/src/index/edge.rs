//! Qdrant Edge: the index inside this process. The only file that names the engine.
//!
//! The engine blocks; [`EdgeIndex`] moves it off the async threads. One process may hold a folder.

use super::{
    Condition, Hit, IndexError, IndexedPassage, Opening, PassageIndex, Query, Stored, View, conditions,
    fuse::{Legs, Ranked, fuse},
    label, limits,
};
use crate::{DocumentId, DocumentRecord, ModelIdentity, PassageId, room};
use async_trait::async_trait;
use qdrant_edge as q;
use serde::de::DeserializeOwned;
use std::{
    collections::BTreeMap,
    fs,
    ops::RangeInclusive,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock},
};
use uuid::Uuid;

const DENSE: &str = "dense";
const SPARSE: &str = "bm25";
/// Keyword fields of [`limits`] and the document's id, which have a payload index each.
const KEYWORDS: [&str; 6] = ["document", "access", "tier", "region", "type", "partner"];
const INTEGERS: [&str; 3] = ["from", "until", "ordinal"];
/// Passages each of the two rankings contributes to a search.
const LEG: usize = 100;
/// Passages a single engine call writes: bounds the memory of a 2,000-page document.
const WRITE_BATCH: usize = 256;

/// An open index.
pub struct EdgeIndex {
    model: ModelIdentity,
    edge: Arc<Edge>,
}

/// The engine and its locks.
struct Edge {
    path: PathBuf,
    shard: q::EdgeShard,
    bm25: q::bm25_embed::EdgeBm25,
    /// Held shared by queries and exclusively while one document's passages change, so that no reader sees
    /// half a document or two versions of one.
    visible: RwLock<()>,
    /// Updates, flushes and merges take turns: the engine's merge starves under a writer that never pauses.
    writer: Mutex<()>,
}

/// Passages that one call of the engine reads, of a document that is read whole.
const PAGE: usize = 512;

impl EdgeIndex {
    /// Opens the index in a folder, making it when the folder holds none.
    ///
    /// # Errors
    /// [`IndexError::OtherModel`] when its vectors come from another model; [`IndexError::Unusable`] when the
    /// engine cannot read it.
    pub fn open(opening: &Opening) -> Result<Self, IndexError> {
        let path = &opening.path;
        let unusable = |detail: String| IndexError::Unusable {
            path: path.clone(),
            detail,
        };
        let label = path.join("collection.json");
        let fresh = !label.is_file();
        if fresh {
            fs::create_dir_all(path).map_err(|error| unusable(error.to_string()))?;
        } else {
            label::check(&label, opening)?;
        }
        let shard_dir = path.join("shard");
        let shard = if shard_dir.join("edge_config.json").is_file() {
            q::EdgeShard::load(&shard_dir, None)
        } else {
            fs::create_dir_all(&shard_dir).map_err(|error| unusable(error.to_string()))?;
            room::check(path, room::TO_WRITE)?;
            q::EdgeShard::new(&shard_dir, config(opening.model.dimensions))
        };
        let shard = shard.map_err(|error| unusable(error.to_string()))?;
        let bm25 = q::bm25_embed::EdgeBm25::new(q::bm25_embed::EdgeBm25Config::default())
            .map_err(|e| unusable(e.to_string()))?;
        let edge = Edge {
            path: path.clone(),
            shard,
            bm25,
            visible: RwLock::default(),
            writer: Mutex::default(),
        };
        edge.ensure_fields()?;
        if fresh {
            label::write(&label, opening).map_err(|error| unusable(error.to_string()))?;
        }
        Ok(Self {
            model: opening.model.clone(),
            edge: Arc::new(edge),
        })
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Edge) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let edge = Arc::clone(&self.edge);
        tokio::task::spawn_blocking(move || work(&edge))
            .await
            .map_err(|error| IndexError::Engine(format!("a task of the index died: {error}")))?
    }
}

#[async_trait]
impl PassageIndex for EdgeIndex {
    fn model(&self) -> &ModelIdentity {
        &self.model
    }

    async fn replace(
        &self,
        record: &DocumentRecord,
        passages: Vec<IndexedPassage>,
    ) -> Result<(), IndexError> {
        let record = record.clone();
        self.blocking(move |edge| edge.replace(&record, passages)).await
    }

    async fn relabel(&self, record: &DocumentRecord) -> Result<(), IndexError> {
        let record = record.clone();
        self.blocking(move |edge| edge.relabel(&record)).await
    }

    async fn remove(&self, document: DocumentId) -> Result<(), IndexError> {
        self.blocking(move |edge| edge.remove(document)).await
    }

    async fn search(&self, query: &Query<'_>, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let filter = filter(conditions(query.view))?;
        let sparse = self.edge.bm25.embed_query(query.words);
        let dense = query.vector.to_vec();
        self.blocking(move |edge| edge.search(dense, sparse, filter, limit))
            .await
    }

    async fn passage(&self, id: PassageId, view: View<'_>) -> Result<Option<Stored>, IndexError> {
        let mut filter = filter(conditions(view))?;
        let this = q::Condition::HasId(std::iter::once(q::PointId::Uuid(id.0)).collect());
        filter.must.get_or_insert_default().push(this);
        let found = self.blocking(move |edge| edge.read(filter, false)).await?;
        Ok(found.into_iter().next().map(|(stored, _)| stored))
    }

    async fn around(
        &self,
        document: DocumentId,
        ordinals: RangeInclusive<u32>,
        view: View<'_>,
    ) -> Result<Vec<Stored>, IndexError> {
        let mut all = conditions(view);
        all.push(of(document));
        all.push(Condition::Above("ordinal", i64::from(*ordinals.start()) - 1));
        all.push(Condition::AtMost("ordinal", i64::from(*ordinals.end())));
        let filter = filter(all)?;
        let found = self.blocking(move |edge| edge.read(filter, false)).await?;
        Ok(found.into_iter().map(|(stored, _)| stored).collect())
    }

    async fn contents(&self, document: DocumentId) -> Result<Vec<(Stored, Vec<f32>)>, IndexError> {
        let filter = filter(vec![of(document)])?;
        self.blocking(move |edge| edge.read(filter, true)).await
    }

    async fn documents(&self) -> Result<BTreeMap<DocumentId, usize>, IndexError> {
        self.blocking(Edge::documents).await
    }

    async fn len(&self) -> Result<usize, IndexError> {
        Ok(self.edge.shard.info().points_count)
    }

    async fn flush(&self) -> Result<(), IndexError> {
        self.blocking(|edge| {
            edge.flush();
            Ok(())
        })
        .await
    }

    async fn optimise(&self) -> Result<(), IndexError> {
        self.blocking(Edge::optimise).await
    }
}

impl Edge {
    fn replace(&self, record: &DocumentRecord, passages: Vec<IndexedPassage>) -> Result<(), IndexError> {
        let kept: Vec<PassageId> = passages.iter().map(|indexed| indexed.passage.id).collect();
        let points = passages
            .into_iter()
            .map(|p| self.point(record, p))
            .collect::<Result<Vec<_>, IndexError>>()?;
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _alone = self.visible.write().unwrap_or_else(PoisonError::into_inner);
        let mut points = points.into_iter().peekable();
        while points.peek().is_some() {
            let batch = points.by_ref().take(WRITE_BATCH).collect();
            self.update(q::UpdateOperation::PointOperation(
                q::PointOperations::UpsertPoints(q::PointInsertOperations::PointsList(batch)),
            ))?;
        }
        self.delete(record.id, &kept)
    }

    fn relabel(&self, record: &DocumentRecord) -> Result<(), IndexError> {
        let operation = q::SetPayloadOp {
            payload: q::Payload(fields(record)?),
            points: None,
            filter: Some(filter(vec![of(record.id)])?),
            key: None,
        };
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _alone = self.visible.write().unwrap_or_else(PoisonError::into_inner);
        self.update(q::UpdateOperation::PayloadOperation(q::PayloadOps::SetPayload(
            operation,
        )))
    }

    fn remove(&self, document: DocumentId) -> Result<(), IndexError> {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _alone = self.visible.write().unwrap_or_else(PoisonError::into_inner);
        self.delete(document, &[])
    }

    fn search(
        &self,
        dense: Vec<f32>,
        sparse: q::SparseVector,
        filter: q::Filter,
        limit: usize,
    ) -> Result<Vec<Hit>, IndexError> {
        let leg = LEG.max(limit);
        let _shared = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        let mut legs = Legs {
            dense: self.nearest(q::VectorInternal::from(dense), DENSE, filter.clone(), leg)?,
            sparse: Vec::new(),
        };
        if !sparse.indices.is_empty() {
            legs.sparse = self.nearest(q::VectorInternal::from(sparse), SPARSE, filter, leg)?;
        }
        let mut ranked = fuse(&legs);
        ranked.truncate(limit);
        self.hits(ranked)
    }

    /// The passages that pass a filter, in their document's order, with their vectors if asked for.
    fn read(&self, filter: q::Filter, vectors: bool) -> Result<Vec<(Stored, Vec<f32>)>, IndexError> {
        let _shared = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        let (mut all, mut next) = (Vec::new(), None);
        loop {
            let request = q::ScrollRequest {
                offset: next,
                limit: Some(PAGE),
                filter: Some(filter.clone()),
                with_payload: Some(q::WithPayloadInterface::Bool(true)),
                with_vector: match vectors {
                    true => q::WithVector::Selector(vec![DENSE.into()]),
                    false => q::WithVector::Bool(false),
                },
                order_by: None,
            };
            let (found, after) = self.shard.scroll(request).map_err(engine)?;
            for point in found {
                let vector = point.vector.and_then(dense).unwrap_or_default();
                all.push((stored(point.payload)?, vector));
            }
            next = after;
            if next.is_none() {
                break;
            }
        }
        all.sort_by_key(|(stored, _)| stored.passage.ordinal);
        Ok(all)
    }

    fn documents(&self) -> Result<BTreeMap<DocumentId, usize>, IndexError> {
        let request = q::FacetRequest {
            key: field("document")?,
            limit: self.shard.info().points_count,
            filter: None,
            exact: true,
        };
        let _shared = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        let found = self.shard.facet(request).map_err(engine)?;
        let document = |hit: q::FacetValueHit| match &hit.value {
            q::FacetValue::Keyword(id) => {
                let id = Uuid::parse_str(id).map_err(|error| IndexError::Engine(error.to_string()))?;
                Ok((DocumentId(id), hit.count))
            }
            other => Err(IndexError::Engine(format!("a document named {other:?}"))),
        };
        found.hits.into_iter().map(document).collect()
    }

    fn flush(&self) {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.shard.flush();
    }

    /// Merges segments and builds the vector graph where a segment is large enough to need one. Left for another
    /// time when the disk could not take a second copy of everything.
    fn optimise(&self) -> Result<(), IndexError> {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = room::taken(&self.path).unwrap_or_default();
        if let Err(full) = room::check(&self.path, room::TO_WRITE + copy) {
            tracing::warn!(%full, "the index is not merged");
            return Ok(());
        }
        self.shard.optimize().map_err(engine)?;
        self.shard.flush();
        Ok(())
    }

    fn update(&self, operation: q::UpdateOperation) -> Result<(), IndexError> {
        room::check(&self.path, room::TO_WRITE)?;
        self.shard.update(operation).map_err(engine)
    }

    /// Deletes a document's points except `kept`.
    fn delete(&self, document: DocumentId, kept: &[PassageId]) -> Result<(), IndexError> {
        let mut filter = filter(vec![of(document)])?;
        if !kept.is_empty() {
            let ids = kept.iter().map(|id| q::PointId::Uuid(id.0)).collect();
            filter.must_not = Some(vec![q::Condition::HasId(ids)]);
        }
        self.update(q::UpdateOperation::PointOperation(
            q::PointOperations::DeletePointsByFilter(filter),
        ))
    }

    fn point(
        &self,
        record: &DocumentRecord,
        indexed: IndexedPassage,
    ) -> Result<q::PointStructPersisted, IndexError> {
        let IndexedPassage {
            passage,
            vector,
            words,
        } = indexed;
        let id = q::PointId::Uuid(passage.id.0);
        let sparse = self.bm25.embed_document(&words);
        let sparse = q::Vector::new_sparse(sparse.indices, sparse.values)
            .map_err(|error| IndexError::Engine(error.to_string()))?;
        let vectors = q::NamedVectors::default()
            .add_vector(DENSE, vector)
            .add_vector(SPARSE, sparse);
        let mut payload = fields(record)?;
        payload.insert("document".to_owned(), record.id.0.to_string().into());
        payload.insert("ordinal".to_owned(), passage.ordinal.into());
        payload.insert("passage".to_owned(), json(&passage)?);
        Ok(q::PointStruct::new(id, vectors, payload.into()).into())
    }

    fn nearest(
        &self,
        query: q::VectorInternal,
        using: &str,
        filter: q::Filter,
        limit: usize,
    ) -> Result<Vec<(PassageId, f32)>, IndexError> {
        let query = q::NamedQuery {
            query,
            using: Some(using.into()),
        };
        let request = q::QueryRequest {
            prefetches: vec![],
            query: Some(q::ScoringQuery::Vector(q::QueryEnum::Nearest(query))),
            filter: Some(filter),
            score_threshold: None,
            limit,
            offset: 0,
            params: None,
            with_vector: q::WithVector::Bool(false),
            with_payload: q::WithPayloadInterface::Bool(false),
        };
        let points = self.shard.query(request).map_err(engine)?;
        points
            .into_iter()
            .map(|point| Ok((passage_id(point.id)?, point.score)))
            .collect()
    }

    /// The passages of a ranking. Only what is returned is read: a leg is many times longer.
    fn hits(&self, ranked: Vec<Ranked>) -> Result<Vec<Hit>, IndexError> {
        let ids: Vec<q::PointId> = ranked.iter().map(|hit| q::PointId::Uuid(hit.id.0)).collect();
        let with_payload = Some(q::WithPayloadInterface::Bool(true));
        let points = self.shard.retrieve(&ids, with_payload, None).map_err(engine)?;
        if points.len() != ranked.len() {
            return Err(IndexError::Engine("a point vanished during a search".to_owned()));
        }
        let hit = |(point, ranked): (q::Record, Ranked)| {
            let Stored { passage, document } = stored(point.payload)?;
            Ok(Hit {
                passage,
                document,
                score: ranked.score,
                similarity: ranked.similarity,
                bm25: ranked.bm25,
            })
        };
        points.into_iter().zip(ranked).map(hit).collect()
    }

    fn ensure_fields(&self) -> Result<(), IndexError> {
        let have = self.shard.info().payload_schema;
        let keyword = || q::PayloadSchemaParams::Keyword(q::KeywordIndexParams::default());
        let integer = || q::PayloadSchemaParams::Integer(q::IntegerIndexParams::default());
        let fields = KEYWORDS
            .map(|f| (f, keyword()))
            .into_iter()
            .chain(INTEGERS.map(|f| (f, integer())));
        for (name, params) in fields {
            let field_name = field(name)?;
            if have.contains_key(&field_name) {
                continue;
            }
            let field_schema = Some(q::PayloadFieldSchema::FieldParams(params));
            self.update(q::UpdateOperation::FieldIndexOperation(
                q::FieldIndexOperations::CreateIndex(q::CreateIndex {
                    field_name,
                    field_schema,
                }),
            ))?;
        }
        Ok(())
    }
}

fn config(dimensions: usize) -> q::EdgeConfig {
    let dense = q::EdgeVectorParamsBuilder::new(dimensions, q::Distance::Cosine).build();
    let sparse = q::EdgeSparseVectorParamsBuilder::new()
        .modifier(q::Modifier::Idf)
        .build();
    q::EdgeConfig::builder()
        .vector(DENSE, dense)
        .sparse_vector(SPARSE, sparse)
        .build()
}

fn filter(conditions: Vec<Condition>) -> Result<q::Filter, IndexError> {
    let condition = |condition: Condition| -> Result<q::Condition, IndexError> {
        Ok(q::Condition::Field(match condition {
            Condition::OneOf(name, values) => {
                q::FieldCondition::new_match(field(name)?, q::Match::from(values))
            }
            Condition::AtMost(name, value) => range(
                name,
                q::Range {
                    lte: Some(number(value)),
                    ..none()
                },
            )?,
            Condition::Above(name, value) => range(
                name,
                q::Range {
                    gt: Some(number(value)),
                    ..none()
                },
            )?,
        }))
    };
    let must = conditions
        .into_iter()
        .map(condition)
        .collect::<Result<_, IndexError>>()?;
    Ok(q::Filter {
        must: Some(must),
        ..q::Filter::new()
    })
}

type Number = q::external::ordered_float::OrderedFloat<f64>;

fn number(value: i64) -> Number {
    // Day numbers are far below 2^53, where f64 is exact.
    #[allow(clippy::cast_precision_loss)]
    Number::from(value as f64)
}

fn none() -> q::Range<Number> {
    q::Range {
        lt: None,
        gt: None,
        gte: None,
        lte: None,
    }
}

fn range(name: &str, range: q::Range<Number>) -> Result<q::FieldCondition, IndexError> {
    Ok(q::FieldCondition::new_range(field(name)?, range))
}

fn field(name: &str) -> Result<q::JsonPath, IndexError> {
    name.parse()
        .map_err(|()| IndexError::Engine(format!("bad field name {name}")))
}

fn passage_id(id: q::PointId) -> Result<PassageId, IndexError> {
    match id {
        q::PointId::Uuid(id) => Ok(PassageId(id)),
        q::PointId::NumId(number) => Err(IndexError::Engine(format!("a point of number {number}"))),
    }
}

/// The fields of a point that come from its document's record alone, which is what a relabelling sets.
fn fields(record: &DocumentRecord) -> Result<serde_json::Map<String, serde_json::Value>, IndexError> {
    let serde_json::Value::Object(mut fields) = limits(&record.audience, record.validity) else {
        return Err(IndexError::Engine("limits are no object".to_owned()));
    };
    fields.insert("record".to_owned(), json(record)?);
    Ok(fields)
}

fn json(value: &impl serde::Serialize) -> Result<serde_json::Value, IndexError> {
    serde_json::to_value(value).map_err(|error| IndexError::Engine(error.to_string()))
}

fn stored(payload: Option<q::Payload>) -> Result<Stored, IndexError> {
    let mut payload = payload.unwrap_or_default();
    Ok(Stored {
        passage: part(&mut payload, "passage")?,
        document: part(&mut payload, "record")?,
    })
}

fn part<T: DeserializeOwned>(payload: &mut q::Payload, name: &str) -> Result<T, IndexError> {
    let part = payload.0.remove(name).unwrap_or_default();
    serde_json::from_value(part)
        .map_err(|error| IndexError::Engine(format!("a point whose {name} cannot be read: {error}")))
}

/// The dense vector of a point.
fn dense(vectors: q::VectorStructInternal) -> Option<Vec<f32>> {
    match vectors {
        q::VectorStructInternal::Named(mut named) => match named.remove(DENSE)? {
            q::VectorInternal::Dense(vector) => Some(vector),
            _ => None,
        },
        _ => None,
    }
}

fn of(document: DocumentId) -> Condition {
    Condition::OneOf("document", vec![document.0.to_string()])
}

fn engine(error: q::OperationError) -> IndexError {
    IndexError::Engine(error.to_string())
}
