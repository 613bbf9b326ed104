//! Qdrant Edge: the index inside this process. The only file that names the engine.
//!
//! Every method blocks; [`crate::Knowledge`] moves them off the async threads. One process may hold a folder.

use super::{
    Condition, Hit, IndexError, IndexedPassage, Opening, Query, Stored, View, conditions,
    fuse::{Legs, Ranked, fuse},
    label, limits,
};
use crate::{DocumentId, DocumentRecord, Passage, PassageId, room};
use qdrant_edge as q;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::PathBuf,
    sync::{Mutex, PoisonError, RwLock},
};

const DENSE: &str = "dense";
const SPARSE: &str = "bm25";
/// Keyword fields of [`limits`] and the document's id, which have a payload index each.
const KEYWORDS: [&str; 6] = ["document", "access", "tier", "region", "type", "partner"];
const INTEGERS: [&str; 2] = ["from", "until"];
/// Passages each of the two rankings contributes to a search.
const LEG: usize = 100;
/// Passages a single engine call writes: bounds the memory of a 2,000-page document.
const WRITE_BATCH: usize = 256;

/// An open index.
pub struct EdgeIndex {
    path: PathBuf,
    shard: q::EdgeShard,
    bm25: q::bm25_embed::EdgeBm25,
    /// Held shared by queries and exclusively while one document's passages change, so that no reader sees
    /// half a document or two versions of one.
    visible: RwLock<()>,
    /// Updates, flushes and merges take turns: the engine's merge starves under a writer that never pauses.
    writer: Mutex<()>,
}

/// What a point carries besides its vectors.
#[derive(Serialize, Deserialize)]
struct Payload {
    record: DocumentRecord,
    passage: Passage,
}

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
        let index = Self {
            path: path.clone(),
            shard,
            bm25,
            visible: RwLock::default(),
            writer: Mutex::default(),
        };
        index.ensure_fields()?;
        if fresh {
            label::write(&label, opening).map_err(|error| unusable(error.to_string()))?;
        }
        Ok(index)
    }

    /// Makes `passages` the whole of `record`'s document, in one step for readers.
    ///
    /// # Errors
    /// When the engine fails; repeating the call is safe.
    pub fn replace(&self, record: &DocumentRecord, passages: Vec<IndexedPassage>) -> Result<(), IndexError> {
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

    /// Takes a document out; done when it returns.
    ///
    /// # Errors
    /// When the engine fails; repeating the call is safe.
    pub fn remove(&self, document: DocumentId) -> Result<(), IndexError> {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let _alone = self.visible.write().unwrap_or_else(PoisonError::into_inner);
        self.delete(document, &[])
    }

    /// The `limit` best passages by meaning and words among those the query's view may see, best first.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn search(&self, query: &Query<'_>, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let filter = filter(conditions(query.view))?;
        let sparse = self.bm25.embed_query(query.words);
        let leg = LEG.max(limit);
        let _shared = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        let dense = q::VectorInternal::from(query.vector.to_vec());
        let mut legs = Legs {
            dense: self.nearest(dense, DENSE, filter.clone(), leg)?,
            sparse: Vec::new(),
        };
        if !sparse.indices.is_empty() {
            legs.sparse = self.nearest(q::VectorInternal::from(sparse), SPARSE, filter, leg)?;
        }
        let mut ranked = fuse(&legs);
        ranked.truncate(limit);
        self.hits(ranked)
    }

    /// One passage, if `view` may see it.
    ///
    /// # Errors
    /// When the engine fails.
    pub fn passage(&self, id: PassageId, view: View<'_>) -> Result<Option<Stored>, IndexError> {
        let mut filter = filter(conditions(view))?;
        let this = q::Condition::HasId(std::iter::once(q::PointId::Uuid(id.0)).collect());
        filter.must.get_or_insert_default().push(this);
        let request = q::ScrollRequest {
            offset: None,
            limit: Some(1),
            filter: Some(filter),
            with_payload: Some(q::WithPayloadInterface::Bool(true)),
            with_vector: q::WithVector::Bool(false),
            order_by: None,
        };
        let _shared = self.visible.read().unwrap_or_else(PoisonError::into_inner);
        let (found, _) = self.shard.scroll(request).map_err(engine)?;
        found
            .into_iter()
            .next()
            .map(|point| stored(point.payload))
            .transpose()
    }

    /// How many passages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shard.info().points_count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts everything written so far on disk; after it, a power cut loses nothing of it.
    pub fn flush(&self) {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.shard.flush();
    }

    /// Merges segments and builds the vector graph where a segment is large enough to need one. Left for another
    /// time when the disk could not take a second copy of everything.
    ///
    /// # Errors
    /// When the engine fails; the index stays usable.
    pub fn optimise(&self) -> Result<(), IndexError> {
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
        let mut filter = filter(vec![Condition::OneOf("document", vec![document.0.to_string()])])?;
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
        let mut payload = limits(&record.audience, record.validity);
        payload["document"] = record.id.0.to_string().into();
        let body = Payload {
            record: record.clone(),
            passage,
        };
        payload["body"] =
            serde_json::to_value(body).map_err(|error| IndexError::Engine(error.to_string()))?;
        Ok(q::PointStruct::new(id, vectors, payload).into())
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

fn stored(payload: Option<q::Payload>) -> Result<Stored, IndexError> {
    let broken = || IndexError::Engine("a point without its passage".to_owned());
    let body = payload
        .and_then(|mut payload| payload.0.remove("body"))
        .ok_or_else(broken)?;
    let Payload { record, passage } = serde_json::from_value(body).map_err(|_| broken())?;
    Ok(Stored {
        passage,
        document: record,
    })
}

fn engine(error: q::OperationError) -> IndexError {
    IndexError::Engine(error.to_string())
}
