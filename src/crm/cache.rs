//! What a CRM returned of late, for those that are reached over a network.
//!
//! For a short while it is taken for current. For a while longer it is returned at once and read anew behind the
//! partner's back. After that the CRM is waited for; only where it does not answer does what is older come back, marked
//! as such, so that the partner is told its age. What is not kept cannot be shown: then the error is.
//!
//! Every read remembers which change it began after, so that one that was under way during a change is never taken for
//! current. Writes go past what is kept, and are changes whether or not they are known to be done.

use super::{
    Crm, CrmError, PartnerScope, Read, Row, Whose,
    fields::{TABLES, Table},
    mapping::Mapping,
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex as SyncMutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// Most tables of partners that are kept.
const MOST: u64 = 20_000;

/// How long after a write what is read may still be from before it: HubSpot's searches find a new object seconds later.
const SETTLING: Duration = Duration::from_secs(15);

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
    /// When we last wrote to a partner's table.
    written: Arc<Written>,
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
    /// How many changes we know of. A change does not wait for the lock.
    changes: AtomicU64,
}

struct Kept {
    read: Read,
    /// How many changes were known when the read began; nothing where what it returned may be from before one of those.
    after: Option<u64>,
}

/// Writes that what is read may not show yet, by table and partner.
#[derive(Default)]
struct Written(SyncMutex<HashMap<(&'static str, String), Instant>>);

impl Written {
    fn note(&self, table: &'static str, partner: &str) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, at| at.elapsed() < SETTLING);
        all.insert((table, partner.to_owned()), Instant::now());
    }

    /// Whether somebody wrote to it a moment ago.
    fn is_settling(&self, key: &Key) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .any(|((table, partner), at)| key.is_of(table, partner) && at.elapsed() < SETTLING)
    }
}

/// Makes what is kept a thing of the past when it is dropped: a write that is given up may have been done.
struct Forgetting<'c> {
    cached: &'c Cached,
    table: &'static Table,
    partner: &'c str,
}

impl Drop for Forgetting<'_> {
    fn drop(&mut self) {
        self.cached.written.note(self.table.name, self.partner);
        self.cached
            .have_changed(|key| key.is_of(self.table.name, self.partner));
    }
}

impl Key {
    /// Whether it is that partner's table, or everybody's.
    fn is_of(&self, table: &str, partner: &str) -> bool {
        self.table == table && self.of.as_ref().is_none_or(|scope| scope.id() == partner)
    }
}

impl Slot {
    fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }
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
    /// What may be done with what is kept after so many changes.
    fn standing(&self, kept: &Kept, changes: u64, now: Timestamp) -> Standing {
        let age = now.duration_since(kept.read.as_of);
        let within = |most: Duration| SignedDuration::try_from(most).is_ok_and(|most| age <= most);
        match kept.after == Some(changes) {
            true if within(self.fresh) => Standing::Fresh,
            true if within(self.stale) => Standing::Stale,
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
            written: Arc::default(),
        }
    }

    /// Something changed: what is kept of it, or read at this moment, is no longer current. It still serves when the CRM
    /// is down.
    fn have_changed(&self, is_meant: impl Fn(&Key) -> bool) {
        for (key, slot) in &self.slots {
            if is_meant(&key) {
                slot.changes.fetch_add(1, Ordering::AcqRel);
            }
        }
    }

    /// A write, after which what is kept is forgotten, however it ends.
    async fn write(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        work: impl Future<Output = Result<(), CrmError>>,
    ) -> Result<(), CrmError> {
        let _forgetting = Forgetting {
            cached: self,
            table,
            partner: scope.id(),
        };
        work.await
    }

    /// Reads behind the partner's back, unless somebody does already.
    fn renew(&self, table: &'static Table, key: Key, slot: &Arc<Slot>) {
        if slot.is_renewed.swap(true, Ordering::AcqRel) {
            return;
        }
        let (crm, slot, written) = (Arc::clone(&self.crm), Arc::clone(slot), Arc::clone(&self.written));
        tokio::spawn(async move {
            let changes = slot.changes();
            match crm
                .read(table, key.of.as_ref().map_or(Whose::Everybody, Whose::Of))
                .await
            {
                Ok(read) => {
                    *slot.kept.lock().await = Some(Kept::new(read, changes, written.is_settling(&key)));
                }
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

impl Kept {
    fn new(read: Read, changes: u64, is_settling: bool) -> Self {
        let after = (!is_settling).then_some(changes);
        Self { read, after }
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
            of,
        };
        let slot = self.slots.get_with(key.clone(), async { Arc::default() }).await;
        let mut kept = slot.kept.lock().await;
        let changes = slot.changes();
        let standing = match &*kept {
            Some(known) => self.ages.standing(known, changes, Timestamp::now()),
            None => Standing::Gone,
        };
        if let Some(known) = &*kept {
            match standing {
                Standing::Fresh => return Ok(known.read.clone()),
                Standing::Stale => {
                    self.renew(table, key, &slot);
                    return Ok(known.read.clone());
                }
                Standing::Old | Standing::Gone => {}
            }
        }
        match (self.crm.read(table, whose).await, &*kept) {
            (Ok(read), _) => {
                *kept = Some(Kept::new(read.clone(), changes, self.written.is_settling(&key)));
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

    async fn create(&self, table: &'static Table, scope: &PartnerScope, row: &Row) -> Result<(), CrmError> {
        self.write(table, scope, self.crm.create(table, scope, row)).await
    }

    async fn update(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError> {
        self.write(table, scope, self.crm.update(table, scope, id, row))
            .await
    }

    async fn obstacles(&self, table: &'static Table) -> Result<Vec<String>, CrmError> {
        self.crm.obstacles(table).await
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
            true => self.have_changed(|_| true),
            false => self.have_changed(|key| tables.contains(&key.table)),
        }
    }

    fn keeps(&self, table: &Table) -> bool {
        self.crm.keeps(table)
    }
}

#[cfg(test)]
mod tests;
