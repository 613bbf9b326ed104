//! Folders under watch: tells when something below them has changed, after it has been quiet for a moment.

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::{path::PathBuf, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// A file that is being copied changes many times; it is taken in when nothing has changed for this long.
const QUIET: Duration = Duration::from_millis(800);
/// A folder that is never quiet is looked at this often.
const LONGEST: Duration = Duration::from_secs(30);

/// A watch; it ends when this is dropped.
pub struct Watch {
    changes: mpsc::Receiver<()>,
    _watcher: RecommendedWatcher,
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
        let told = move |event: notify::Result<Event>| {
            // A run opens every file: that is no change, or each run would call for the next. An error may hide one.
            if event.map_or(true, |event| !event.kind.is_access()) {
                let _ = sender.try_send(());
            }
        };
        let first = paths.first().cloned().unwrap_or_default();
        let mut watcher = notify::recommended_watcher(told).map_err(failed(&first))?;
        for path in paths {
            watcher
                .watch(path, RecursiveMode::Recursive)
                .map_err(failed(path))?;
        }
        Ok(Self {
            changes,
            _watcher: watcher,
        })
    }

    /// Resolves when something has changed since the last call; `None` when the watch has ended.
    pub async fn changed(&mut self) -> Option<()> {
        self.changes.recv().await?;
        let quiet = async { while let Ok(Some(())) = timeout(QUIET, self.changes.recv()).await {} };
        let _ = timeout(LONGEST, quiet).await;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[tokio::test]
    async fn a_change_is_told_and_reading_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.md");
        fs::write(&file, "one").unwrap();
        let mut watch = Watch::new(&[folder.path().to_owned()]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
        let of_reading = timeout(QUIET * 3, watch.changed()).await;
        assert!(of_reading.is_err(), "reading was told as a change");
        fs::write(&file, "two").unwrap();
        assert_eq!(timeout(QUIET * 10, watch.changed()).await, Ok(Some(())));
    }
}
