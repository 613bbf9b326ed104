//! How documents get into the knowledge of a running service: uploads and watched folders become [`Job`]s, which
//! a few workers take through the ingestion pipeline.
//!
//! Jobs are rows, so a restarted service goes on with what was waiting or under way. Where a running job is, is in
//! memory alone. There are three lanes, so that a short file waits neither for a long one nor for a folder; the
//! vectors of all lanes are made in turns.

mod uploads;

pub use uploads::{Upload, UploadError, Uploads};

use crate::{
    app::App,
    store::{Job, State},
};
use liaison_ingest::{
    pipeline::{Ingest, LONG_BYTES},
    report::{Progress, Report, Stage},
    watch::Watch,
};
use liaison_knowledge::{AudienceSpec, DocumentId};
use serde::Serialize;
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Mutex as Turn, Notify, mpsc};
use uuid::Uuid;

/// The jobs of a running service.
pub struct Intake {
    app: Arc<App>,
    /// Where uploads lie.
    pub uploads: Uploads,
    lanes: [mpsc::UnboundedSender<Job>; 3],
    running: Mutex<HashMap<Uuid, Running>>,
    /// One job at a time for one place: two versions of a file must not race.
    places: Mutex<HashMap<PathBuf, Arc<Turn<()>>>>,
    /// Whether the index has grown since it was last merged.
    grown: AtomicBool,
}

/// Where a running job is.
#[derive(Clone)]
struct Running {
    state: State,
    done: usize,
    total: usize,
    cancel: Arc<Notify>,
}

/// A job as it is now.
#[derive(Debug, Clone, Serialize)]
pub struct Seen {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// Passages that are embedded while it is embedding; files that are finished, for a folder.
    pub done: usize,
    /// All of them; 0 while that is unknown.
    pub total: usize,
}

/// Workers of each lane: short files, long files, folders.
const WORKERS: [usize; 3] = [2, 1, 1];

impl Intake {
    /// Starts the workers, goes on with unfinished jobs and watches the configured folders.
    ///
    /// # Errors
    /// When the database fails or a folder cannot be watched.
    pub async fn start(app: Arc<App>) -> anyhow::Result<Arc<Self>> {
        let channels = WORKERS.map(|_| mpsc::unbounded_channel());
        let (senders, receivers): (Vec<_>, Vec<_>) = channels.into_iter().unzip();
        let lanes = <[_; 3]>::try_from(senders).map_err(|_| anyhow::anyhow!("three lanes"))?;
        let intake = Arc::new(Self {
            uploads: Uploads::new(app.home.root()),
            app,
            lanes,
            running: Mutex::default(),
            places: Mutex::default(),
            grown: AtomicBool::default(),
        });
        for (receiver, workers) in receivers.into_iter().zip(WORKERS) {
            let queue = Arc::new(Turn::new(receiver));
            for _ in 0..workers {
                tokio::spawn(Arc::clone(&intake).work(Arc::clone(&queue)));
            }
        }
        let mut waiting = intake.app.store.jobs().await?;
        waiting.retain(|job| !job.state.is_final());
        for job in waiting.into_iter().rev() {
            intake.queue(job);
        }
        for folder in &intake.app.settings.ingest.folders {
            let (path, audience) = (folder.path.clone(), folder.audience.clone());
            intake.add_folder(&path, &audience).await?;
            tokio::spawn(Arc::clone(&intake).watch(path, audience)?);
        }
        Ok(intake)
    }

    /// Takes an uploaded file in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add(&self, upload: Upload) -> Result<Seen, sqlx::Error> {
        let store = &self.app.store;
        for earlier in store.jobs().await? {
            if earlier.source == upload.source && !earlier.state.is_final() {
                self.cancel(earlier.id).await?;
            }
        }
        let job = Job::new(
            upload.id,
            upload.path,
            upload.source,
            &AudienceSpec::Partners,
            Some(upload.bytes),
        );
        store.add_job(&job).await?;
        self.queue(job.clone());
        Ok(Seen {
            job,
            done: 0,
            total: 0,
        })
    }

    async fn add_folder(&self, path: &Path, audience: &AudienceSpec) -> Result<(), sqlx::Error> {
        let shown = path.display().to_string();
        let job = Job::new(Uuid::new_v4(), shown, path.to_owned(), audience, None);
        self.app.store.add_job(&job).await?;
        self.queue(job);
        Ok(())
    }

    /// A run over the folder whenever something below it has changed.
    fn watch(
        self: Arc<Self>,
        path: PathBuf,
        audience: AudienceSpec,
    ) -> anyhow::Result<impl Future<Output = ()>> {
        let mut watch = Watch::new(std::slice::from_ref(&path))?;
        Ok(async move {
            while watch.changed().await.is_some() {
                if let Err(error) = self.add_folder(&path, &audience).await {
                    tracing::error!(%error, "a changed folder was not queued");
                }
            }
        })
    }

    fn queue(&self, job: Job) {
        let lane = match job.bytes {
            None => 2,
            Some(bytes) if bytes.cast_unsigned() > LONG_BYTES => 1,
            Some(_) => 0,
        };
        // The workers live as long as this does.
        let _ = self.lanes[lane].send(job);
    }

    /// All jobs as they are now, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(&self) -> Result<Vec<Seen>, sqlx::Error> {
        let jobs = self.app.store.jobs().await?;
        Ok(jobs.into_iter().map(|job| self.seen(job)).collect())
    }

    /// One job as it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job(&self, id: Uuid) -> Result<Option<Seen>, sqlx::Error> {
        let job = self.app.store.job(id).await?;
        Ok(job.map(|job| self.seen(job)))
    }

    fn seen(&self, mut job: Job) -> Seen {
        let running = self.running().get(&job.id).cloned();
        let (done, total) = running.as_ref().map_or((0, 0), |now| (now.done, now.total));
        if let Some(now) = running
            && !job.state.is_final()
        {
            job.state = now.state;
        }
        Seen { job, done, total }
    }

    /// Takes a job back. Of what was not searchable before, nothing stays; an earlier version does. Returns
    /// whether there was anything left to take back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel(&self, id: Uuid) -> Result<bool, sqlx::Error> {
        if !self.is_open(id).await? {
            return Ok(false);
        }
        self.app.store.move_job(id, State::Cancelled, None).await?;
        match self.running().get(&id) {
            Some(running) => running.cancel.notify_one(),
            None => self.uploads.drop_incoming(id),
        }
        Ok(true)
    }

    /// Whether something will still happen to a job.
    async fn is_open(&self, id: Uuid) -> Result<bool, sqlx::Error> {
        let job = self.app.store.job(id).await?;
        Ok(job.is_some_and(|job| !job.state.is_final()))
    }

    /// Takes a document out, file and all: once this returns, nothing of it is found.
    ///
    /// # Errors
    /// When the index, the catalog or the disk fails.
    pub async fn remove(&self, document: DocumentId, source: &Path) -> anyhow::Result<()> {
        let turn = self.turn_of(source);
        let _turn = turn.lock().await;
        self.app
            .ingest(AudienceSpec::Internal)
            .remove(vec![document])
            .await?;
        Ok(Uploads::delete(source)?)
    }

    async fn work(self: Arc<Self>, queue: Arc<Turn<mpsc::UnboundedReceiver<Job>>>) {
        loop {
            let next = queue.lock().await.recv().await;
            let Some(job) = next else { return };
            if let Err(error) = self.run(&job).await {
                tracing::error!(job.id = %job.id, %error, "a job's state could not be written");
            }
            self.rest().await;
        }
    }

    async fn run(&self, job: &Job) -> Result<(), sqlx::Error> {
        let turn = self.turn_of(&job.source);
        let _turn = turn.lock().await;
        let cancel = Arc::new(Notify::new());
        let started = Running {
            state: State::Reading,
            done: 0,
            total: 0,
            cancel: Arc::clone(&cancel),
        };
        // First, so that whoever takes it back from here on tells it: a file that is dropped meanwhile would be a failure.
        self.running().insert(job.id, started);
        let is_open = self.is_open(job.id).await;
        if !matches!(is_open, Ok(true)) {
            self.running().remove(&job.id);
            return is_open.map(|_| self.uploads.drop_incoming(job.id));
        }
        let ended = tokio::select! {
            ended = self.take_in(job) => Some(ended),
            () = cancel.notified() => None,
        };
        let (state, reason) = match ended {
            Some(Ok(report)) => {
                self.grown.fetch_or(report.changed(), Ordering::Relaxed);
                self.uploads.settle(job.id);
                outcome(job, &report)
            }
            Some(Err(error)) => {
                tracing::error!(job.id = %job.id, %error, "a job failed");
                self.uploads.settle(job.id);
                (State::Failed, Some(format!("{error:#}")))
            }
            None => match self.undo(job).await {
                Ok(()) => (State::Cancelled, None),
                Err(error) => (
                    State::Failed,
                    Some(format!("it was cancelled and could not be undone: {error:#}")),
                ),
            },
        };
        let moved = self.app.store.move_job(job.id, state, reason.as_deref()).await;
        self.running().remove(&job.id);
        moved
    }

    async fn take_in(&self, job: &Job) -> anyhow::Result<Report> {
        self.uploads.place(job.id, &job.source)?;
        let is_folder = job.bytes.is_none();
        let tell = |progress: Progress<'_>| self.note(job.id, is_folder, progress);
        let run = self.ingest(job);
        Ok(run.run(std::slice::from_ref(&job.source), &tell).await?)
    }

    /// The pipeline for a job. Uploads are shown relative to their folder.
    fn ingest(&self, job: &Job) -> Ingest<'_> {
        let root = self.uploads.root();
        Ingest {
            base: job.source.starts_with(root).then(|| root.to_owned()),
            ..self.app.ingest(job.audience.clone())
        }
    }

    fn note(&self, id: Uuid, is_folder: bool, progress: Progress<'_>) {
        let mut running = self.running();
        let Some(now) = running.get_mut(&id) else { return };
        match progress {
            Progress::Found(files) if is_folder => now.total = files,
            Progress::Finished(_) if is_folder => now.done += 1,
            Progress::At(_, Stage::Reading) => now.state = State::Reading,
            Progress::At(_, Stage::Splitting) => now.state = State::Splitting,
            Progress::At(_, Stage::Embedding { done, total }) => {
                now.state = State::Embedding;
                if !is_folder {
                    (now.done, now.total) = (done, total);
                }
            }
            Progress::Found(_) | Progress::Finished(_) => {}
        }
    }

    /// After a job was taken back: the earlier version's file, or none, and the index as that file has it.
    async fn undo(&self, job: &Job) -> anyhow::Result<()> {
        self.uploads.take_back(job.id, &job.source)?;
        let ingest = self.ingest(job);
        if job.source.exists() {
            ingest.run(std::slice::from_ref(&job.source), &|_| {}).await?;
        } else {
            let id = DocumentId::of_source(&job.source.to_string_lossy());
            ingest.remove(vec![id]).await?;
        }
        Ok(())
    }

    /// Merges the index when nothing is left to do: a merge after every file would copy it every time.
    async fn rest(&self) {
        let grown = self.running().is_empty() && self.grown.swap(false, Ordering::Relaxed);
        if grown && let Err(error) = self.app.knowledge.optimise().await {
            tracing::error!(%error, "the index was not merged");
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<Uuid, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn_of(&self, source: &Path) -> Arc<Turn<()>> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.retain(|_, turn| Arc::strong_count(turn) > 1);
        Arc::clone(places.entry(source.to_owned()).or_default())
    }
}

/// What became of a job, by its run's report.
fn outcome(job: &Job, report: &Report) -> (State, Option<String>) {
    match &report.failed[..] {
        [] => (State::Searchable, None),
        [only] if job.bytes.is_some() => (State::Failed, Some(only.reason.clone())),
        some => {
            let files = report.documents + some.len();
            let reason = format!(
                "{} of {files} files could not be taken in: see the documents",
                some.len()
            );
            (State::Searchable, Some(reason))
        }
    }
}
