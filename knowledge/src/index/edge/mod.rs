//! Qdrant Edge: the engine inside this process. One process may hold a folder.
//!
//! The engine writes a log and never reads it again, so after a crash it is as it was when it was last flushed.

mod bm25;
mod cache;
mod log;
mod wire;

use super::{
    IndexError,
    editions::blocking,
    engine::{BEAM, EDITION, Engine, INTEGERS, KEYWORDS, Leg, Point, Ranking, Sparse},
    limits::Condition,
};
use crate::room;
use async_trait::async_trait;
use qdrant_edge as q;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;
use wire::{both, config, engine, field, fields, filter, persisted, uuid};

pub(super) use bm25::Bm25;

/// Points that one call of the engine reads, where many are read.
const PAGE: usize = 512;
/// The engine's own files.
const SHARD: &str = "shard";
/// The editions that nobody may see.
const HIDDEN: &str = "hidden.json";

/// An open shard. Cheap to clone.
#[derive(Clone)]
pub(super) struct Edge(Arc<Shard>);

struct Shard {
    path: PathBuf,
    shard: q::EdgeShard,
    /// Updates, flushes and merges take turns: the engine's merge starves under a writer that never pauses, and its
    /// flush panics beside one.
    turn: Mutex<()>,
}

impl Edge {
    /// Opens the shard in a folder, making it for vectors of `dimensions` when the folder holds none. Blocks.
    pub(super) fn open(path: &Path, dimensions: usize) -> Result<Self, IndexError> {
        let unusable = |detail: String| IndexError::Unusable {
            place: path.display().to_string(),
            detail,
        };
        let folder = path.join(SHARD);
        let shard = if folder.join("edge_config.json").is_file() {
            if let Err(error) = log::shorten(&folder) {
                tracing::warn!(%error, "the index's log is not shortened");
            }
            q::EdgeShard::load(&folder, None)
        } else {
            fs::create_dir_all(&folder).map_err(|error| unusable(error.to_string()))?;
            room::check(path, room::TO_WRITE)?;
            q::EdgeShard::new(&folder, config(dimensions))
        };
        let shard = Shard {
            path: path.to_owned(),
            shard: shard.map_err(|error| unusable(error.to_string()))?,
            turn: Mutex::default(),
        };
        shard.ensure_fields()?;
        Ok(Self(Arc::new(shard)))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shard) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let shard = Arc::clone(&self.0);
        blocking(move || work(&shard)).await?
    }
}

#[async_trait]
impl Engine for Edge {
    async fn write(&self, points: Vec<Point>) -> Result<(), IndexError> {
        self.run(|shard| {
            let points = points.into_iter().map(persisted).collect::<Result<_, _>>()?;
            shard.update(q::UpdateOperation::PointOperation(
                q::PointOperations::UpsertPoints(q::PointInsertOperations::PointsList(points)),
            ))
        })
        .await
    }

    async fn delete(&self, editions: &BTreeSet<String>) -> Result<(), IndexError> {
        let filter = filter(&[Condition::OneOf(EDITION, editions.iter().cloned().collect())])?;
        self.run(move |shard| shard.delete(&filter)).await
    }

    async fn rank(&self, leg: Leg, which: &[Condition], limit: usize) -> Result<Ranking, IndexError> {
        let filter = filter(which)?;
        self.run(move |shard| shard.rank(leg, filter, limit)).await
    }

    async fn fetch(&self, ids: &[Uuid]) -> Result<Vec<(Uuid, Map<String, Value>)>, IndexError> {
        let ids: Vec<q::PointId> = ids.iter().copied().map(q::PointId::Uuid).collect();
        self.run(move |shard| {
            let with_payload = Some(q::WithPayloadInterface::Bool(true));
            let points = shard.shard.retrieve(&ids, with_payload, None).map_err(engine)?;
            let point = |point: q::Record| Ok((uuid(point.id)?, fields(point.payload)));
            points.into_iter().map(point).collect()
        })
        .await
    }

    async fn read(&self, which: &[Condition], vectors: bool) -> Result<Vec<Point>, IndexError> {
        let filter = filter(which)?;
        self.run(move |shard| shard.read(&filter, vectors)).await
    }

    async fn editions(&self) -> Result<BTreeMap<String, usize>, IndexError> {
        self.run(Shard::editions).await
    }

    async fn hidden(&self) -> Result<BTreeSet<String>, IndexError> {
        self.run(Shard::hidden).await
    }

    async fn hide(&self, editions: &BTreeSet<String>, lasting: bool) -> Result<(), IndexError> {
        let editions = editions.clone();
        self.run(move |shard| shard.hide(&editions, lasting)).await
    }

    async fn flush(&self) -> Result<(), IndexError> {
        self.run(Shard::flush).await
    }

    async fn warm_up(&self) -> Result<(), IndexError> {
        self.run(|shard| {
            shard.read_ahead();
            Ok(())
        })
        .await
    }

    /// Merges segments and builds the vector graph where a segment is large enough to need one. Left for another
    /// time when the disk could not take a second copy of everything.
    async fn optimise(&self) -> Result<(), IndexError> {
        self.run(|shard| {
            let _turn = shard.turn();
            let copy = room::taken(&shard.path).unwrap_or_default();
            if let Err(full) = room::check(&shard.path, room::TO_WRITE + copy) {
                tracing::warn!(%full, "the index is not merged");
                return Ok(());
            }
            // The engine has its new segments dropped from the cache.
            if shard.shard.optimize().map_err(engine)? {
                shard.read_ahead();
            }
            shard.shard.flush();
            Ok(())
        })
        .await
    }
}

impl Shard {
    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_ahead(&self) {
        // A merge may take a segment away meanwhile.
        if let Err(error) = cache::warm(&self.path.join(SHARD)) {
            tracing::debug!(%error, "the index is not read ahead");
        }
    }

    fn update(&self, operation: q::UpdateOperation) -> Result<(), IndexError> {
        room::check(&self.path, room::TO_WRITE)?;
        let _turn = self.turn();
        self.shard.update(operation).map_err(engine)
    }

    fn rank(&self, leg: Leg, filter: q::Filter, limit: usize) -> Result<Ranking, IndexError> {
        let using = Some(leg.using().into());
        let query = match leg {
            Leg::Meaning(vector) => vector.to_vec().into(),
            Leg::Words(Sparse { indices, values }) => q::SparseVector { indices, values }.into(),
        };
        let query = q::NamedQuery { query, using };
        let request = q::QueryRequest {
            prefetches: vec![],
            query: Some(q::ScoringQuery::Vector(q::QueryEnum::Nearest(query))),
            filter: Some(filter),
            score_threshold: None,
            limit,
            offset: 0,
            params: Some(q::SearchParams {
                hnsw_ef: Some(BEAM),
                ..q::SearchParams::default()
            }),
            with_vector: q::WithVector::Bool(false),
            with_payload: q::WithPayloadInterface::Bool(false),
        };
        let points = self.shard.query(request).map_err(engine)?;
        points
            .into_iter()
            .map(|point| Ok((uuid(point.id)?, point.score)))
            .collect()
    }

    fn read(&self, filter: &q::Filter, vectors: bool) -> Result<Vec<Point>, IndexError> {
        let (mut all, mut next) = (Vec::new(), None);
        loop {
            let request = q::ScrollRequest {
                offset: next,
                limit: Some(PAGE),
                filter: Some(filter.clone()),
                with_payload: Some(q::WithPayloadInterface::Bool(true)),
                with_vector: q::WithVector::Bool(vectors),
                order_by: None,
            };
            let (found, after) = self.shard.scroll(request).map_err(engine)?;
            for point in found {
                let (dense, sparse) = point.vector.map(both).unwrap_or_default();
                let (id, fields) = (uuid(point.id)?, fields(point.payload));
                all.push(Point {
                    id,
                    dense,
                    sparse,
                    fields,
                });
            }
            next = after;
            if next.is_none() {
                return Ok(all);
            }
        }
    }

    /// In steps, because readers wait for each.
    fn delete(&self, filter: &q::Filter) -> Result<(), IndexError> {
        for ids in self.ids(filter)?.chunks(PAGE) {
            let ids = ids.to_vec();
            self.update(q::UpdateOperation::PointOperation(
                q::PointOperations::DeletePoints { ids },
            ))?;
        }
        Ok(())
    }

    /// Which points satisfy a filter, each once.
    fn ids(&self, filter: &q::Filter) -> Result<Vec<q::PointId>, IndexError> {
        let request = q::ScrollRequest {
            offset: None,
            limit: Some(self.shard.info().points_count),
            filter: Some(filter.clone()),
            with_payload: Some(q::WithPayloadInterface::Bool(false)),
            with_vector: q::WithVector::Bool(false),
            order_by: None,
        };
        let (found, _) = self.shard.scroll(request).map_err(engine)?;
        Ok(found.into_iter().map(|point| point.id).collect())
    }

    fn editions(&self) -> Result<BTreeMap<String, usize>, IndexError> {
        let request = q::FacetRequest {
            key: field(EDITION)?,
            limit: self.shard.info().points_count,
            filter: None,
            exact: true,
        };
        let found = self.shard.facet(request).map_err(engine)?;
        let edition = |hit: q::FacetValueHit| match hit.value {
            q::FacetValue::Keyword(name) => Ok((name, hit.count)),
            other => Err(IndexError::Engine(format!("an edition named {other:?}"))),
        };
        let mut all = found
            .hits
            .into_iter()
            .map(edition)
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        // A merge that was killed leaves points in two segments until the next one. Every reader sees them once, but
        // they were counted twice.
        if all.values().sum::<usize>() != self.ids(&filter(&[])?)?.len() {
            for (name, count) in &mut all {
                let own = [Condition::OneOf(EDITION, vec![name.clone()])];
                *count = self.ids(&filter(&own)?)?.len();
            }
        }
        Ok(all)
    }

    fn hidden(&self) -> Result<BTreeSet<String>, IndexError> {
        let unusable = |detail: String| IndexError::Unusable {
            place: self.path.display().to_string(),
            detail: format!("{HIDDEN}: {detail}"),
        };
        match fs::read(self.path.join(HIDDEN)) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| unusable(error.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(unusable(error.to_string())),
        }
    }

    fn hide(&self, editions: &BTreeSet<String>, lasting: bool) -> Result<(), IndexError> {
        let text = serde_json::to_vec(editions).map_err(|error| IndexError::Engine(error.to_string()))?;
        room::check(&self.path, room::TO_WRITE)?;
        write_whole(&self.path.join(HIDDEN), &text, lasting).map_err(hidden)
    }

    fn flush(&self) -> Result<(), IndexError> {
        let _turn = self.turn();
        // First what nobody may see, so that it is hidden when it gets there.
        match File::open(self.path.join(HIDDEN)) {
            Ok(file) => file.sync_all().and_then(|()| sync(&self.path)).map_err(hidden)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(hidden(error)),
        }
        self.shard.flush();
        Ok(())
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

/// Writes a file so that the end of this process at any moment leaves either the former one or the new one; if it is
/// to be `lasting`, a power cut after it leaves the new one.
pub(super) fn write_whole(path: &Path, content: &[u8], lasting: bool) -> io::Result<()> {
    let draft = path.with_extension("tmp");
    let mut file = File::create(&draft)?;
    file.write_all(content)?;
    if lasting {
        file.sync_all()?;
    }
    fs::rename(&draft, path)?;
    match path.parent() {
        Some(folder) if lasting => sync(folder),
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn hidden(error: io::Error) -> IndexError {
    IndexError::Engine(format!("{HIDDEN} cannot be written: {error}"))
}
