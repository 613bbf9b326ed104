//! An index on top of an engine, and what its readers see of a change.
//!
//! No engine here changes many points in one step, so no point is ever changed. Each document is kept as an
//! *edition*, and there is room for two. A change tells readers not to look at the other edition, writes it, tells them
//! to look at that one instead, which is one assignment in memory, and deletes the former one later. A reader keeps what
//! it was told for the whole of its query, and a writer waits for readers that were told otherwise before it writes or
//! deletes what those would see. Readers wait for nobody.
//!
//! What must not be seen is written down with the engine before it comes into being, and struck out only after the
//! engine has flushed what takes its place. So after a crash at any moment each document is there as it was before
//! the change or after it, and what is left of the other edition is deleted on opening.

use super::{
    Hit, IndexError, IndexedPassage, PassageIndex, Query, Stored, View,
    edge::Bm25,
    engine::{EDITION, Engine, Point},
    fuse::{DEPTH, Legs, Ranked, fuse},
    limits::{Condition, conditions, limits},
};
use crate::{DocumentId, DocumentRecord, ModelIdentity, PassageId};
use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    convert::Infallible,
    ops::RangeInclusive,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::{Mutex, oneshot};
use uuid::Uuid;

/// Points of one write: bounds how long a reader of the in-process engine waits for one, and the size of a request.
const WRITE_BATCH: usize = 64;

/// Editions that may wait for a flush before they are deleted: every query has to leave them out.
const REPLACED_MOST: usize = 64;

/// An index of any engine.
pub(super) struct Editions<E> {
    model: ModelIdentity,
    engine: E,
    bm25: Arc<Bm25>,
    /// What readers are told.
    told: RwLock<Arc<Told>>,
    /// The edition to look at, of each document that is there.
    live: RwLock<BTreeMap<DocumentId, Live>>,
    writing: Mutex<Writing>,
}

#[derive(Debug, Clone, Copy)]
struct Live {
    edition: Edition,
    passages: usize,
}

/// What a reader is told, which holds for the whole of its query.
struct Told {
    /// Editions that must not be looked at.
    hidden: BTreeSet<String>,
    /// Goes with the last reader that was told this.
    _readers: oneshot::Sender<Infallible>,
}

/// What only the one who writes knows.
struct Writing {
    /// The hidden editions that the engine has written down.
    noted: BTreeSet<String>,
    /// Editions that readers look at while they are still written down as hidden: they are not flushed.
    unflushed: BTreeSet<String>,
    /// Editions that readers do not look at any more, and are not written down: what replaces them is not flushed.
    replaced: BTreeSet<String>,
    /// One for everything readers were ever told; each ends with its last reader.
    readers: Vec<oneshot::Receiver<Infallible>>,
}

/// One of the two editions of a document that there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edition {
    First,
    Second,
}

impl Edition {
    const BOTH: [Self; 2] = [Self::First, Self::Second];

    /// The version of the UUIDs of its points. Passages have those of version 5, which stands for ids derived from
    /// names; 8 is free for anyone's use.
    fn version(self) -> u8 {
        match self {
            Self::First => 5,
            Self::Second => 8,
        }
    }

    fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    /// How it is named in the field [`EDITION`].
    fn name(self, document: DocumentId) -> String {
        format!("{}/{}", document.0, self.version())
    }

    fn parse(name: &str) -> Option<(DocumentId, Self)> {
        let (document, version) = name.split_once('/')?;
        let is_it = |edition: &Self| version.parse() == Ok(edition.version());
        let edition = Self::BOTH.into_iter().find(is_it)?;
        Some((DocumentId(Uuid::parse_str(document).ok()?), edition))
    }

    /// The point that holds a passage in this edition.
    fn point(self, passage: PassageId) -> Uuid {
        with_version(passage.0, self.version())
    }
}

/// The passage that a point holds, in whichever edition.
fn passage_of(point: Uuid) -> PassageId {
    PassageId(with_version(point, Edition::First.version()))
}

fn with_version(id: Uuid, version: u8) -> Uuid {
    let mut bytes = id.into_bytes();
    bytes[6] = (bytes[6] & 0x0f) | (version << 4);
    Uuid::from_bytes(bytes)
}

impl<E: Engine> Editions<E> {
    /// Opens what the engine holds, and deletes what a crash left half done.
    pub(super) async fn open(model: ModelIdentity, engine: E) -> Result<Self, IndexError> {
        let hidden = engine.hidden().await?;
        let mut live = BTreeMap::new();
        for (name, passages) in engine.editions().await? {
            if hidden.contains(&name) {
                continue;
            }
            let (document, edition) = Edition::parse(&name)
                .ok_or_else(|| IndexError::Engine(format!("there is an edition named {name:?}")))?;
            if live.insert(document, Live { edition, passages }).is_some() {
                return Err(IndexError::Engine(format!(
                    "it holds two versions of document {}",
                    document.0
                )));
            }
        }
        let (told, readers) = Told::new(hidden.clone());
        let this = Self {
            model,
            engine,
            bm25: Arc::new(Bm25::new()?),
            told: RwLock::new(Arc::new(told)),
            live: RwLock::new(live),
            writing: Mutex::new(Writing {
                noted: hidden,
                unflushed: BTreeSet::new(),
                replaced: BTreeSet::new(),
                readers: vec![readers],
            }),
        };
        let mut writing = this.writing.lock().await;
        if !writing.noted.is_empty()
            && let Err(error) = this.settle(&mut writing).await
        {
            // It stays hidden, and the next flush tries again.
            tracing::warn!(%error, "what an interrupted change left is not deleted yet");
        }
        drop(writing);
        Ok(this)
    }

    fn told(&self) -> Arc<Told> {
        Arc::clone(&self.told.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn live(&self, document: DocumentId) -> Option<Live> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        live.get(&document).copied()
    }

    /// Changes what the next readers are told, in one step.
    fn tell(&self, writing: &mut Writing, change: impl FnOnce(&mut BTreeSet<String>)) {
        let mut told = self.told.write().unwrap_or_else(PoisonError::into_inner);
        let mut hidden = told.hidden.clone();
        change(&mut hidden);
        let (next, readers) = Told::new(hidden);
        writing.readers.push(readers);
        *told = Arc::new(next);
    }

    /// Writes down that an edition must not be looked at, then tells the readers.
    async fn hide(&self, writing: &mut Writing, edition: String) -> Result<(), IndexError> {
        let mut noted = writing.noted.clone();
        noted.insert(edition.clone());
        self.engine.hide(&noted, false).await?;
        writing.noted = noted;
        self.tell(writing, |hidden| _ = hidden.insert(edition));
        Ok(())
    }

    /// Writes `points` as the whole of a document, then lets readers look at them instead of what was there.
    async fn put(&self, document: DocumentId, points: Vec<Point>) -> Result<(), IndexError> {
        let mut writing = self.writing.lock().await;
        let former = self.live(document).map(|live| live.edition);
        let edition = former.map_or(Edition::First, Edition::other);
        let passages = points.len();
        let name = edition.name(document);
        if self.told().hidden.contains(&name) || writing.replaced.len() >= REPLACED_MOST {
            // The place was left a moment ago, or by a change that failed: what is left there must go first.
            self.settle(&mut writing).await?;
        }
        self.hide(&mut writing, name.clone()).await?;
        writing.former_readers().await;
        let mut points = points
            .into_iter()
            .map(|point| in_edition(point, edition, &name))
            .peekable();
        while points.peek().is_some() {
            self.engine
                .write(points.by_ref().take(WRITE_BATCH).collect())
                .await?;
        }
        self.tell(&mut writing, |hidden| {
            hidden.remove(&name);
            hidden.extend(former.map(|former| former.name(document)));
        });
        let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
        live.insert(document, Live { edition, passages });
        drop(live);
        writing.unflushed.insert(name);
        writing
            .replaced
            .extend(former.map(|former| former.name(document)));
        Ok(())
    }

    /// Flushes, writes down what readers were told, and deletes what nobody looks at any more.
    async fn settle(&self, writing: &mut Writing) -> Result<(), IndexError> {
        self.engine.flush().await?;
        let mut noted: BTreeSet<String> = writing.noted.difference(&writing.unflushed).cloned().collect();
        noted.extend(writing.replaced.iter().cloned());
        if noted != writing.noted {
            // What is not hidden any more may be in a catalog next.
            self.engine.hide(&noted, true).await?;
            writing.noted.clone_from(&noted);
        }
        writing.unflushed.clear();
        writing.replaced.clear();
        if noted.is_empty() {
            return Ok(());
        }
        // Nothing is being written, so whatever is written down has had its day.
        writing.former_readers().await;
        self.engine.delete(&noted).await?;
        self.engine.flush().await?;
        self.engine.hide(&BTreeSet::new(), false).await?;
        writing.noted.clear();
        self.tell(writing, BTreeSet::clear);
        Ok(())
    }

    /// Conditions that leave out what must not be looked at.
    fn seen(told: &Told, mut which: Vec<Condition>) -> Vec<Condition> {
        if !told.hidden.is_empty() {
            which.push(Condition::NoneOf(EDITION, told.hidden.iter().cloned().collect()));
        }
        which
    }

    async fn stored(&self, which: Vec<Condition>) -> Result<Vec<Stored>, IndexError> {
        let told = self.told();
        let found = self.engine.read(&Self::seen(&told, which), false).await?;
        let found = found.into_iter().map(|point| stored(point.fields));
        let mut found: Vec<Stored> = found.collect::<Result<_, _>>()?;
        found.sort_by_key(|stored| stored.passage.ordinal);
        Ok(found)
    }

    /// All points of a document, in no order.
    async fn points(&self, document: DocumentId) -> Result<Vec<Point>, IndexError> {
        let told = self.told();
        let which = Self::seen(&told, vec![of(document)]);
        self.engine.read(&which, true).await
    }
}

#[async_trait]
impl<E: Engine> PassageIndex for Editions<E> {
    fn model(&self) -> &ModelIdentity {
        &self.model
    }

    async fn replace(
        &self,
        record: &DocumentRecord,
        passages: Vec<IndexedPassage>,
    ) -> Result<(), IndexError> {
        if passages.is_empty() {
            return self.remove(record.id).await;
        }
        let (bm25, its) = (Arc::clone(&self.bm25), record.clone());
        let points = move || {
            passages
                .into_iter()
                .map(|passage| point(&bm25, &its, passage))
                .collect()
        };
        let points: Result<_, IndexError> = blocking(points).await?;
        let points = points?;
        self.put(record.id, points).await
    }

    async fn relabel(&self, record: &DocumentRecord) -> Result<(), IndexError> {
        let mut points = self.points(record.id).await?;
        if points.is_empty() {
            return Ok(());
        }
        for point in &mut points {
            point.fields.extend(labels(record)?);
        }
        self.put(record.id, points).await
    }

    async fn remove(&self, document: DocumentId) -> Result<(), IndexError> {
        let mut writing = self.writing.lock().await;
        let Some(live) = self.live(document) else {
            return Ok(());
        };
        let name = live.edition.name(document);
        // Written down at once, so that not even a crash brings it back.
        writing.unflushed.remove(&name);
        self.hide(&mut writing, name).await?;
        self.live
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&document);
        Ok(())
    }

    async fn search(&self, query: &Query<'_>, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let told = self.told();
        let which = Self::seen(&told, conditions(query.view));
        let sparse = self.bm25.query(query.words);
        let [dense, sparse] = self
            .engine
            .rank(query.vector, sparse, &which, DEPTH.max(limit))
            .await?;
        let points: HashMap<PassageId, Uuid> = dense
            .iter()
            .chain(&sparse)
            .map(|(point, _)| (passage_of(*point), *point))
            .collect();
        let leg = |ranking: Vec<(Uuid, f32)>| {
            ranking
                .into_iter()
                .map(|(point, score)| (passage_of(point), score))
                .collect()
        };
        let mut ranked = fuse(&Legs {
            dense: leg(dense),
            sparse: leg(sparse),
        });
        ranked.truncate(limit);
        // Only what is returned is read: a leg is many times longer.
        let ids: Vec<Uuid> = ranked
            .iter()
            .filter_map(|ranked| points.get(&ranked.id).copied())
            .collect();
        let found = self.engine.fetch(&ids).await?;
        let mut found: HashMap<PassageId, Map<String, Value>> = found
            .into_iter()
            .map(|(point, fields)| (passage_of(point), fields))
            .collect();
        let hits = ranked
            .into_iter()
            .filter_map(|ranked| Some(hit(found.remove(&ranked.id)?, &ranked)));
        hits.collect()
    }

    async fn passage(&self, id: PassageId, view: View<'_>) -> Result<Option<Stored>, IndexError> {
        let mut which = conditions(view);
        which.push(Condition::Ids(
            Edition::BOTH.map(|edition| edition.point(id)).to_vec(),
        ));
        let found = self.stored(which).await?;
        Ok(found.into_iter().find(|stored| stored.passage.id == id))
    }

    async fn around(
        &self,
        document: DocumentId,
        ordinals: RangeInclusive<u32>,
        view: View<'_>,
    ) -> Result<Vec<Stored>, IndexError> {
        let mut which = conditions(view);
        which.push(of(document));
        which.push(Condition::Above("ordinal", i64::from(*ordinals.start()) - 1));
        which.push(Condition::AtMost("ordinal", i64::from(*ordinals.end())));
        self.stored(which).await
    }

    async fn contents(&self, document: DocumentId) -> Result<Vec<(Stored, Vec<f32>)>, IndexError> {
        let points = self.points(document).await?;
        let all = points
            .into_iter()
            .map(|point| Ok((stored(point.fields)?, point.dense)));
        let mut all = all.collect::<Result<Vec<(Stored, _)>, IndexError>>()?;
        all.sort_by_key(|(stored, _)| stored.passage.ordinal);
        Ok(all)
    }

    async fn documents(&self) -> Result<BTreeMap<DocumentId, usize>, IndexError> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        Ok(live
            .iter()
            .map(|(document, live)| (*document, live.passages))
            .collect())
    }

    async fn count(&self) -> Result<usize, IndexError> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        Ok(live.values().map(|live| live.passages).sum())
    }

    async fn flush(&self) -> Result<(), IndexError> {
        let mut writing = self.writing.lock().await;
        self.settle(&mut writing).await
    }

    async fn optimise(&self) -> Result<(), IndexError> {
        let mut writing = self.writing.lock().await;
        self.settle(&mut writing).await?;
        self.engine.optimise().await
    }
}

impl Writing {
    /// Returns when every reader knows what readers are told now: those that were told something else have come to
    /// their end.
    async fn former_readers(&mut self) {
        let now = self.readers.pop();
        for former in &mut self.readers {
            let _ = former.await;
        }
        self.readers.clear();
        self.readers.extend(now);
    }
}

impl Told {
    fn new(hidden: BTreeSet<String>) -> (Self, oneshot::Receiver<Infallible>) {
        let (_readers, ended) = oneshot::channel();
        (Self { hidden, _readers }, ended)
    }
}

/// A passage as a point of no edition yet.
fn point(bm25: &Bm25, record: &DocumentRecord, indexed: IndexedPassage) -> Result<Point, IndexError> {
    let mut fields = labels(record)?;
    fields.insert("ordinal".to_owned(), indexed.passage.ordinal.into());
    fields.insert("passage".to_owned(), json(&indexed.passage)?);
    Ok(Point {
        id: indexed.passage.id.0,
        dense: indexed.vector,
        sparse: bm25.document(&indexed.words),
        fields,
    })
}

fn in_edition(mut point: Point, edition: Edition, name: &str) -> Point {
    point.id = edition.point(passage_of(point.id));
    point.fields.insert(EDITION.to_owned(), name.into());
    point
}

/// The fields of a point that come from its document's record.
fn labels(record: &DocumentRecord) -> Result<Map<String, Value>, IndexError> {
    let mut fields = limits(&record.audience, record.validity);
    fields.insert("record".to_owned(), json(record)?);
    Ok(fields)
}

/// All points of a document.
fn of(document: DocumentId) -> Condition {
    Condition::OneOf(
        EDITION,
        Edition::BOTH.map(|edition| edition.name(document)).to_vec(),
    )
}

fn hit(fields: Map<String, Value>, ranked: &Ranked) -> Result<Hit, IndexError> {
    let Stored { passage, document } = stored(fields)?;
    Ok(Hit {
        passage,
        document,
        score: ranked.score,
        similarity: ranked.similarity,
        bm25: ranked.bm25,
    })
}

fn stored(mut fields: Map<String, Value>) -> Result<Stored, IndexError> {
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

/// Work that would hold up an async thread.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, IndexError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| IndexError::Engine(format!("a task of the index died: {error}")))
}
