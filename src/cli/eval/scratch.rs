//! A throw-away home: the model and runtime of a real one, and nothing of its knowledge.

use crate::{app, cli::ingest, config::Settings, home::Home, store::Store};
use liaison_ingest::pipeline::Ingest;
use liaison_knowledge::{Audience, AudienceSpec, Found, Knowledge, Place, View};
use std::path::Path;
use tempfile::TempDir;

/// Knowledge in a folder that goes when this is dropped.
pub(super) struct Scratch {
    pub(super) knowledge: Knowledge,
    store: Store,
    folder: TempDir,
    settings: Settings,
}

impl Scratch {
    /// Nothing in it yet. It lies in the home, whose disk has room for an index.
    pub(super) async fn open(settings: Settings, home: &Path) -> anyhow::Result<Self> {
        let home = Home::open(home)?;
        let folder = tempfile::Builder::new()
            .prefix("scratch-")
            .tempdir_in(home.root())?;
        let embedder = app::load_embedder(&home, &settings).await?;
        let place = Place::Embedded(folder.path().join("index"));
        let knowledge = Knowledge::open(embedder, &place).await?;
        Ok(Self {
            knowledge: knowledge.finding(app::finding(&home, &settings).await?),
            store: Store::open(&folder.path().join("liaison.db")).await?,
            folder,
            settings,
        })
    }

    /// Where files to take in may be written.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Takes in a folder on the production path; every file must be readable.
    pub(super) async fn ingest(&self, folder: &Path) -> anyhow::Result<()> {
        let sandbox = app::sandbox()?;
        let ingest = Ingest {
            knowledge: &self.knowledge,
            catalog: &self.store,
            sandbox: &sandbox,
            audience: AudienceSpec::Partners,
            base: None,
        };
        let report = ingest::with_progress(&ingest, &[folder.to_owned()]).await?;
        if let Some(failed) = report.failed.first() {
            anyhow::bail!("{}: {}", failed.path, failed.reason);
        }
        Ok(())
    }

    /// Passages that a turn looks at.
    pub(super) fn passages(&self) -> usize {
        self.settings.knowledge.passages
    }

    /// The best passages.
    pub(super) async fn search(&self, question: &str, limit: usize) -> anyhow::Result<Found> {
        let today = jiff::Timestamp::now().to_zoned(self.settings.time_zone()).date();
        let view = View {
            audience: &Audience::Internal,
            on: today,
        };
        Ok(self.knowledge.search(question, view, limit).await?)
    }
}
