//! What a CRM returned of late, for those that are reached over a network.
//!
//! For a short while it is taken for current. For a while longer it is returned at once and read anew behind the
//! partner's back. After that the CRM is waited for; only where it does not answer does what is older come back, marked
//! as such, so that the partner is told its age. What is not kept cannot be shown: then the error is.

use super::{
    Crm, CrmError, PartnerScope, Read, Whose,
    fields::{TABLES, Table},
    mapping::Mapping,
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::Mutex;

/// Most tables of partners that are kept.
const MOST: u64 = 20_000;

/// How long what was read is good for.
#[derive(Debug, Clone, Copy)]
pub struct Ages {
    /// Taken for current.
    pub fresh: Duration,
    /// Returned at once, and read anew behind it.
    pub stale: Duration,
    /// Returned where the CRM does not answer.
    pub kept: Duration,
}

/// A CRM with what it returned of late.
pub struct Cached {
    crm: Arc<dyn Crm>,
    mapping: Mapping,
    ages: Ages,
    slots: Cache<Key, Arc<Slot>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    table: &'static str,
    /// Nobody: everybody's.
    of: Option<PartnerScope>,
}

/// What is known of one partner's table. Who reads it anew holds the lock: nobody reads it twice at a time.
#[derive(Default)]
struct Slot {
    kept: Mutex<Option<Kept>>,
    is_renewed: AtomicBool,
}

struct Kept {
    read: Read,
    /// Whether the CRM has told us of a change since.
    has_changed: bool,
}

/// What may be done with what is kept.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Fresh,
    Stale,
    /// Only where there is nothing better.
    Old,
    /// Not at all.
    Gone,
}

impl Ages {
    fn standing(&self, kept: &Kept, now: Timestamp) -> Standing {
        let age = now.duration_since(kept.read.as_of);
        let within = |most: Duration| SignedDuration::try_from(most).is_ok_and(|most| age <= most);
        match kept.has_changed {
            false if within(self.fresh) => Standing::Fresh,
            false if within(self.stale) => Standing::Stale,
            _ if within(self.kept) => Standing::Old,
            _ => Standing::Gone,
        }
    }
}

impl Cached {
    /// Keeps what `crm` returns; `mapping` says which of its objects is which table.
    #[must_use]
    pub fn new(crm: Arc<dyn Crm>, mapping: Mapping, ages: Ages) -> Self {
        let slots = Cache::builder()
            .max_capacity(MOST)
            .time_to_idle(ages.kept)
            .build();
        Self {
            crm,
            mapping,
            ages,
            slots,
        }
    }

    /// Something changed in some tables: what is kept of them is no longer current. It still serves when the CRM is down.
    async fn have_changed(&self, tables: &[&str]) {
        for (key, slot) in &self.slots {
            if tables.contains(&key.table)
                && let Some(kept) = &mut *slot.kept.lock().await
            {
                kept.has_changed = true;
            }
        }
    }

    /// Reads behind the partner's back, unless somebody does already.
    fn renew(&self, table: &'static Table, of: Option<PartnerScope>, slot: &Arc<Slot>) {
        if slot.is_renewed.swap(true, Ordering::AcqRel) {
            return;
        }
        let (crm, slot) = (Arc::clone(&self.crm), Arc::clone(slot));
        tokio::spawn(async move {
            match crm
                .read(table, of.as_ref().map_or(Whose::Everybody, Whose::Of))
                .await
            {
                Ok(read) => *slot.kept.lock().await = Some(read.into()),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(
                        error,
                        crm.table = table.name,
                        "what is kept could not be read anew"
                    );
                }
            }
            slot.is_renewed.store(false, Ordering::Release);
        });
    }
}

impl From<Read> for Kept {
    fn from(read: Read) -> Self {
        Self {
            read,
            has_changed: false,
        }
    }
}

#[async_trait]
impl Crm for Cached {
    async fn read(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError> {
        let of = match whose {
            Whose::Of(scope) => Some(scope.clone()),
            Whose::Everybody => None,
        };
        let key = Key {
            table: table.name,
            of: of.clone(),
        };
        let slot = self.slots.get_with(key, async { Arc::default() }).await;
        let mut kept = slot.kept.lock().await;
        let standing = match &*kept {
            Some(known) => self.ages.standing(known, Timestamp::now()),
            None => Standing::Gone,
        };
        if let Some(known) = &*kept {
            match standing {
                Standing::Fresh => return Ok(known.read.clone()),
                Standing::Stale => {
                    self.renew(table, of, &slot);
                    return Ok(known.read.clone());
                }
                Standing::Old | Standing::Gone => {}
            }
        }
        match (self.crm.read(table, whose).await, &*kept) {
            (Ok(read), _) => {
                *kept = Some(read.clone().into());
                Ok(read)
            }
            // A CRM that answers, but not what we know how to read, has changed: what was may be no more.
            (Err(error @ (CrmError::Unmapped { .. } | CrmError::Malformed { .. })), _) => Err(error),
            (Err(error), Some(known)) if standing != Standing::Gone => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    crm.table = table.name,
                    "the CRM does not answer: what is kept is shown"
                );
                Ok(Read {
                    is_down: true,
                    ..known.read.clone()
                })
            }
            (Err(error), _) => Err(error),
        }
    }

    async fn schema(&self, table: &'static Table) -> Result<Option<BTreeSet<String>>, CrmError> {
        self.crm.schema(table).await
    }

    async fn changed(&self, object: Option<&str>) {
        let is_meant = |table: &&&Table| {
            let mapped = self.mapping.table(table);
            // An object that nothing is mapped to by this name may go by another one, such as its id.
            object.is_none_or(|object| mapped.is_some_and(|mapped| mapped.object == object))
        };
        let tables: Vec<&str> = TABLES.iter().filter(is_meant).map(|table| table.name).collect();
        match tables.is_empty() {
            true => self.have_changed(&TABLES.map(|table| table.name)).await,
            false => self.have_changed(&tables).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{Row, fields::OPPORTUNITIES};
    use std::sync::atomic::AtomicUsize;

    /// Answers with the number of the read, unless it is down.
    #[derive(Default)]
    struct Counting {
        reads: AtomicUsize,
        is_down: AtomicBool,
    }

    #[async_trait]
    impl Crm for Counting {
        async fn read(&self, _: &'static Table, _: Whose<'_>) -> Result<Read, CrmError> {
            let nth = self.reads.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            match self.is_down.load(Ordering::SeqCst) {
                true => Err(CrmError::Busy),
                false => Ok(Read::now(vec![[("id", nth.to_string())].into_iter().collect()])),
            }
        }

        async fn schema(&self, _: &'static Table) -> Result<Option<BTreeSet<String>>, CrmError> {
            Ok(None)
        }
    }

    const SECOND: Duration = Duration::from_secs(1);

    fn cached(ages: Ages) -> (Arc<Counting>, Cached) {
        let crm = Arc::new(Counting::default());
        (Arc::clone(&crm), Cached::new(crm, Mapping::same(), ages))
    }

    async fn nth(cached: &Cached) -> Result<(Option<usize>, bool), CrmError> {
        let read = cached.read(&OPPORTUNITIES, Whose::Everybody).await?;
        let id = read
            .rows
            .first()
            .and_then(|row: &Row| row.get("id")?.parse().ok());
        Ok((id, read.is_down))
    }

    #[tokio::test]
    async fn what_is_fresh_is_read_once_however_many_ask() {
        let ages = Ages {
            fresh: SECOND * 60,
            stale: SECOND * 60,
            kept: SECOND * 60,
        };
        let (crm, cached) = cached(ages);
        let all = futures::future::join_all((0..50).map(|_| nth(&cached))).await;
        assert!(all.into_iter().all(|read| read.unwrap() == (Some(0), false)));
        assert_eq!(crm.reads.load(Ordering::SeqCst), 1);
        cached.changed(Some("opportunities")).await;
        assert_eq!(nth(&cached).await.unwrap(), (Some(1), false));
    }

    #[tokio::test]
    async fn what_is_stale_is_returned_and_read_anew() {
        let ages = Ages {
            fresh: Duration::ZERO,
            stale: SECOND * 60,
            kept: SECOND * 60,
        };
        let (_, cached) = cached(ages);
        assert_eq!(nth(&cached).await.unwrap().0, Some(0));
        assert_eq!(nth(&cached).await.unwrap().0, Some(0));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(nth(&cached).await.unwrap().0, Some(1));
    }

    #[tokio::test]
    async fn a_crm_that_is_down_leaves_what_is_kept_marked() {
        let ages = Ages {
            fresh: Duration::ZERO,
            stale: Duration::ZERO,
            kept: SECOND,
        };
        let (crm, cached) = cached(ages);
        assert_eq!(nth(&cached).await.unwrap(), (Some(0), false));
        crm.is_down.store(true, Ordering::SeqCst);
        assert_eq!(nth(&cached).await.unwrap(), (Some(0), true));
        tokio::time::sleep(SECOND + SECOND / 10).await;
        assert!(matches!(nth(&cached).await, Err(CrmError::Busy)));
    }
}
