//! Passages found a moment ago, kept in memory: reading one from the engine and parsing it takes longer than ranking
//! it.

use super::{IndexError, Stored, engine::Engine, point::Reader};
use quick_cache::sync::Cache;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Passages that are kept; some 3 kB each.
pub(super) const KEPT: usize = 4_096;

/// What was read of an engine's points. A point never changes, but its place is used again: whoever writes there has
/// it forgotten first, when no reader is left that may still see what was there.
pub(super) struct Recent(Cache<Uuid, Arc<Stored>>);

impl Recent {
    pub(super) fn new() -> Self {
        Self(Cache::new(KEPT))
    }

    /// The passages of these points, without those that are not there.
    pub(super) async fn fetch(
        &self,
        engine: &impl Engine,
        points: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<Stored>>, IndexError> {
        let kept = points.iter().filter_map(|id| Some((*id, self.0.get(id)?)));
        let mut found: HashMap<_, _> = kept.collect();
        let new = points.iter().filter(|id| !found.contains_key(*id));
        let new: Vec<Uuid> = new.copied().collect();
        if !new.is_empty() {
            let mut reader = Reader::default();
            for (id, fields) in engine.fetch(&new).await? {
                found.insert(id, self.keep(id, reader.stored(&fields)?));
            }
        }
        Ok(found)
    }

    /// Keeps what was read of a point.
    pub(super) fn keep(&self, point: Uuid, stored: Stored) -> Arc<Stored> {
        let stored = Arc::new(stored);
        self.0.insert(point, Arc::clone(&stored));
        stored
    }

    pub(super) fn forget(&self, point: Uuid) {
        self.0.remove(&point);
    }
}
