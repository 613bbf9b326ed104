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
    edition::{Edition, of},
    engine::{EDITION, Engine, Leg, Point, Ranking},
    fuse::{DEPTH, fuse},
    limits::{Condition, conditions},
    point::{Reader, hit, in_edition, labels, point},
    recent::{KEPT, Recent},
};
use crate::{DocumentId, DocumentRecord, ModelIdentity, PassageId};
use async_trait::async_trait;
use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
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
    engine: Arc<E>,
    bm25: Arc<Bm25>,
    recent: Arc<Recent>,
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

impl<E: Engine + 'static> Editions<E> {
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
            engine: Arc::new(engine),
            bm25: Arc::new(Bm25::new()?),
            recent: Arc::new(Recent::new()),
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
    async fn put(
        &self,
        writing: &mut Writing,
        document: DocumentId,
        points: Vec<Point>,
    ) -> Result<(), IndexError> {
        let former = self.live(document).map(|live| live.edition);
        let edition = former.map_or(Edition::First, Edition::other);
        let passages = points.len();
        let name = edition.name(document);
        if self.told().hidden.contains(&name) || writing.replaced.len() >= REPLACED_MOST {
            // The place was left a moment ago, or by a change that failed: what is left there must go first.
            self.settle(writing).await?;
        }
        self.hide(writing, name.clone()).await?;
        writing.former_readers().await;
        let mut points = points
            .into_iter()
            .map(|point| in_edition(point, edition, &name))
            .inspect(|point| self.recent.forget(point.id))
            .peekable();
        while points.peek().is_some() {
            self.engine
                .write(points.by_ref().take(WRITE_BATCH).collect())
                .await?;
        }
        self.tell(writing, |hidden| {
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

    /// Runs a query as a task of its own: a writer waits for it, so it has to come to its end even where nobody asks
    /// for its answer any more, or not now.
    async fn query<T: Send + 'static, F: Future<Output = Result<T, IndexError>> + Send + 'static>(
        &self,
        query: impl FnOnce(Arc<E>, Arc<Told>) -> F,
    ) -> Result<T, IndexError> {
        let task = tokio::spawn(query(Arc::clone(&self.engine), self.told()));
        task.await.map_err(died)?
    }

    /// All points that satisfy the conditions, in their documents' order.
    async fn read(&self, which: Vec<Condition>, vectors: bool) -> Result<Vec<(Stored, Point)>, IndexError> {
        self.query(move |engine, told| async move {
            let found = engine.read(&told.seen(which), vectors).await?;
            let mut reader = Reader::default();
            let mut found = found
                .into_iter()
                .map(|point| Ok((reader.stored(&point.fields)?, point)))
                .collect::<Result<Vec<(Stored, _)>, IndexError>>()?;
            found.sort_by_key(|(stored, _)| stored.passage.ordinal);
            Ok(found)
        })
        .await
    }
}

#[async_trait]
impl<E: Engine + 'static> PassageIndex for Editions<E> {
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
        let mut writing = self.writing.lock().await;
        self.put(&mut writing, record.id, points).await
    }

    async fn relabel(&self, record: &DocumentRecord) -> Result<(), IndexError> {
        let mut writing = self.writing.lock().await;
        let found = self.read(vec![of(&[record.id])], true).await?;
        if found.is_empty() {
            return Ok(());
        }
        let relabelled = |(_, mut point): (Stored, Point)| {
            point.fields.extend(labels(record)?);
            Ok(point)
        };
        let points = found
            .into_iter()
            .map(relabelled)
            .collect::<Result<_, IndexError>>()?;
        self.put(&mut writing, record.id, points).await
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
        let (which, sparse) = (conditions(query.view), self.bm25.query(query.words, query.also));
        let (vector, recent) = (query.vector.clone(), Arc::clone(&self.recent));
        self.query(move |engine, told| async move {
            // Twice what is wanted: of what one leg alone names, only half is known.
            let (which, depth) = (told.seen(which), DEPTH.max(2 * limit));
            let by_words = leg(&*engine, Leg::Words(sparse), &which, depth);
            let by_meaning = async {
                let vector = vector.made().await;
                leg(&*engine, Leg::Meaning(vector), &which, depth).await
            };
            // Side by side: neither needs the other.
            let (dense, sparse) = tokio::try_join!(by_meaning, by_words)?;
            let mut ranked = fuse(&dense, &sparse);
            ranked.truncate(limit);
            // Only what is returned is read: a ranking is many times longer.
            let ids: Vec<Uuid> = ranked.iter().map(|ranked| ranked.point).collect();
            let found = recent.fetch(&*engine, &ids).await?;
            let hits = ids.iter().zip(ranked);
            Ok(hits
                .filter_map(|(id, ranked)| Some(hit(found.get(id)?, &ranked)))
                .collect())
        })
        .await
    }

    async fn passage(&self, id: PassageId, view: View<'_>) -> Result<Option<Stored>, IndexError> {
        let mut which = conditions(view);
        which.push(Condition::Ids(
            Edition::BOTH.map(|edition| edition.point(id)).to_vec(),
        ));
        let found = self.read(which, false).await?.into_iter();
        let mut found = found.map(|(stored, _)| stored);
        Ok(found.find(|stored| stored.passage.id == id))
    }

    /// Where all passages fit into memory, they are kept for searches: a search looks at forty, most of them for the
    /// first time.
    async fn passages(&self, documents: &[DocumentId]) -> Result<Vec<Arc<Stored>>, IndexError> {
        let fit = self.count().await? <= KEPT;
        let (which, recent) = (vec![of(documents)], Arc::clone(&self.recent));
        self.query(move |engine, told| async move {
            let found = engine.read(&told.seen(which), false).await?;
            let mut reader = Reader::default();
            let passage = |point: Point| {
                let stored = reader.stored(&point.fields)?;
                Ok(if fit {
                    recent.keep(point.id, stored)
                } else {
                    Arc::new(stored)
                })
            };
            found.into_iter().map(passage).collect()
        })
        .await
    }

    async fn contents(&self, document: DocumentId) -> Result<Vec<(Stored, Vec<f32>)>, IndexError> {
        // Of every new document this is asked before it is written.
        if self.live(document).is_none() {
            return Ok(Vec::new());
        }
        let found = self.read(vec![of(&[document])], true).await?;
        Ok(found
            .into_iter()
            .map(|(stored, point)| (stored, point.dense))
            .collect())
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

    async fn warm_up(&self) -> Result<(), IndexError> {
        self.engine.warm_up().await
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

    /// Conditions that leave out what must not be looked at.
    fn seen(&self, mut which: Vec<Condition>) -> Vec<Condition> {
        if !self.hidden.is_empty() {
            which.push(Condition::NoneOf(EDITION, self.hidden.iter().cloned().collect()));
        }
        which
    }
}

async fn leg(
    engine: &impl Engine,
    leg: Leg,
    which: &[Condition],
    depth: usize,
) -> Result<Ranking, IndexError> {
    if leg.is_empty() {
        return Ok(Ranking::new());
    }
    engine.rank(leg, which, depth).await
}

/// Work that would hold up an async thread.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, IndexError> {
    tokio::task::spawn_blocking(work).await.map_err(died)
}

fn died(error: tokio::task::JoinError) -> IndexError {
    IndexError::Engine(format!("a task of the index died: {error}"))
}
