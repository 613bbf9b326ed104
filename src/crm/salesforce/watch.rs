//! Asks Salesforce for changes now and then, as it has no webhooks: what is kept of an object that has changed is no
//! longer taken for current.
//!
//! Each list is followed by itself, from where it was last known to be whole. A poll that fails leaves that where it is,
//! so that the next one makes up for it; a list that is refused keeps none of the others waiting.
//!
//! What has changed may be told again: in the same minute, and as long as a long transaction anywhere on Salesforce's
//! instance holds back until when a list is whole, which may be hours. It is then read anew again, rather than missed.

use super::{
    Salesforce,
    changes::{Asked, List, Told, Window},
};
use crate::crm::{Crm, CrmError};
use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// How long Salesforce tells of deletions afterwards ("Get Deleted"); of changes it does twice as long.
const REACH: SignedDuration = SignedDuration::from_hours(15 * 24);

/// How far apart polls get while they fail: as often as Salesforce recommends to poll at all ("Polling for Changes").
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Asks for changes once it is started.
#[derive(Clone)]
pub struct Watch {
    salesforce: Arc<Salesforce>,
    /// The connection that keeps what Salesforce returned.
    crm: Arc<dyn Crm>,
    every: Duration,
}

/// The lists as far as they are known.
struct Round {
    watch: Watch,
    followed: Vec<Followed>,
}

/// A list of an object's changes.
#[derive(Debug)]
struct Followed {
    object: String,
    list: List,
    /// From here on its changes are not known.
    since: Timestamp,
    standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Told,
    /// It was not told the last time; the next one that is makes up for that.
    Refused,
    /// Some of it will never be told.
    Lost,
}

impl Watch {
    /// Asks `salesforce` so often, and tells `crm`, which keeps what it returned.
    #[must_use]
    pub fn new(salesforce: Arc<Salesforce>, crm: Arc<dyn Crm>, every: Duration) -> Self {
        Self {
            salesforce,
            crm,
            every,
        }
    }

    /// Begins now: what was before is not asked for.
    pub fn start(&self) {
        let now = Timestamp::now();
        let objects = self.salesforce.objects();
        let lists = |object: &str| List::ALL.map(|list| Followed::new(object, list, now));
        let followed: Vec<Followed> = objects.into_iter().flat_map(lists).collect();
        let watch = self.clone();
        if !followed.is_empty() {
            tokio::spawn(Round { watch, followed }.run());
        }
    }
}

impl Round {
    async fn run(mut self) {
        let mut failures = 0_u32;
        loop {
            tokio::time::sleep(wait(self.watch.every, failures)).await;
            let now = Timestamp::now();
            let mut changed = self.out_of_reach(now);
            match self.poll(now).await {
                Ok(told) => {
                    if failures > 0 {
                        tracing::info!("Salesforce tells of changes again");
                    }
                    failures = 0;
                    changed.extend(told);
                }
                Err(error) => {
                    if failures == 0 {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(
                            error,
                            "Salesforce does not tell of changes: it is asked again, less often"
                        );
                    }
                    failures = failures.saturating_add(1);
                }
            }
            self.tell(&changed).await;
        }
    }

    /// The objects of which something will never be told.
    fn out_of_reach(&mut self, now: Timestamp) -> BTreeSet<String> {
        let lost = self
            .followed
            .iter_mut()
            .filter_map(|one| one.is_lost(now).then_some(&one.object));
        lost.cloned().collect()
    }

    /// The objects that have changed since they were last known, or may have.
    async fn poll(&mut self, now: Timestamp) -> Result<BTreeSet<String>, CrmError> {
        let asked: Vec<Asked<'_>> = self.followed.iter().map(|one| one.asked(now)).collect();
        let told = self.watch.salesforce.changes(&asked).await?;
        let mut changed = BTreeSet::new();
        for (one, told) in self.followed.iter_mut().zip(told) {
            if one.took(told, now) {
                changed.insert(one.object.clone());
            }
        }
        Ok(changed)
    }

    async fn tell(&self, changed: &BTreeSet<String>) {
        if changed.len() == self.watch.salesforce.objects().len() {
            return self.watch.crm.changed(None).await;
        }
        for object in changed {
            self.watch.crm.changed(Some(object)).await;
        }
    }
}

/// How long until the next poll after so many that failed.
fn wait(every: Duration, failures: u32) -> Duration {
    let longer = every.saturating_mul(2_u32.saturating_pow(failures));
    longer.min(LONGEST_WAIT.max(every))
}

impl Followed {
    fn new(object: &str, list: List, since: Timestamp) -> Self {
        Self {
            object: object.to_owned(),
            list,
            since,
            standing: Standing::Told,
        }
    }

    fn asked(&self, now: Timestamp) -> Asked<'_> {
        Asked {
            object: &self.object,
            list: self.list,
            window: Window::new(self.since, now),
        }
    }

    /// Whether the object has changed, or may have, by what was told when it was asked `now`. What stands against a list is
    /// said once.
    fn took(&mut self, told: Told, now: Timestamp) -> bool {
        let stood = self.standing;
        match told {
            Told::Known { has_changes, until } => {
                // Its end was ahead: nothing is known of what is to come. Nor is a time asked for again that it left.
                self.since = until.min(now).max(self.since.min(now));
                self.standing = Standing::Told;
                has_changes || stood == Standing::Lost
            }
            Told::Lost(reason) => {
                self.since = now;
                self.stands(Standing::Lost, &reason)
            }
            Told::Refused(reason) => {
                if stood == Standing::Told {
                    self.stands(Standing::Refused, &reason);
                }
                false
            }
        }
    }

    /// Whether some of it will never be told from now on, because it has not been for so long.
    fn is_lost(&mut self, now: Timestamp) -> bool {
        let is_over = now.duration_since(self.since) > REACH;
        is_over
            && self.took(
                Told::Lost("not for longer than Salesforce knows it".to_owned()),
                now,
            )
    }

    /// Whether that is new.
    fn stands(&mut self, standing: Standing, reason: &str) -> bool {
        if std::mem::replace(&mut self.standing, standing) == standing {
            return false;
        }
        tracing::warn!(
            crm.object = self.object,
            crm.list = self.list.name(),
            reason,
            "Salesforce does not tell of an object's changes: they are seen when what is kept grows old"
        );
        true
    }
}

#[cfg(test)]
mod tests;
