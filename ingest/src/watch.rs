//! Folders under watch: tells when something below them has changed, after it has been quiet for a moment.

use notify_debouncer_mini::{Debouncer, new_debouncer, notify};
use std::{path::PathBuf, time::Duration};
use tokio::sync::mpsc;

/// A file that is being copied changes many times; it is taken in when nothing has changed for this long.
const QUIET: Duration = Duration::from_millis(800);

/// A watch; it ends when this is dropped.
pub struct Watch {
    changes: mpsc::Receiver<()>,
    _debouncer: Debouncer<notify::RecommendedWatcher>,
}

/// Why a folder cannot be watched.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be watched: {source}", path = .path.display())]
pub struct WatchError {
    path: PathBuf,
    source: notify::Error,
}

impl Watch {
    /// Watches files and folders, folders with everything below them.
    ///
    /// # Errors
    /// When one of them does not exist, or the system's limit of watches is reached.
    pub fn new(paths: &[PathBuf]) -> Result<Self, WatchError> {
        // One place is enough: a change that comes while another one waits is seen by the same run.
        let (sender, changes) = mpsc::channel(1);
        let failed = |path: &PathBuf| {
            let path = path.clone();
            move |source| WatchError { path, source }
        };
        let told = move |_| {
            let _ = sender.try_send(());
        };
        let first = paths.first().cloned().unwrap_or_default();
        let mut debouncer = new_debouncer(QUIET, told).map_err(failed(&first))?;
        for path in paths {
            let watcher = debouncer.watcher();
            watcher
                .watch(path, notify::RecursiveMode::Recursive)
                .map_err(failed(path))?;
        }
        Ok(Self {
            changes,
            _debouncer: debouncer,
        })
    }

    /// Resolves when something has changed since the last call; `None` when the watch has ended.
    pub async fn changed(&mut self) -> Option<()> {
        self.changes.recv().await
    }
}
