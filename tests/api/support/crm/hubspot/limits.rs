//! How many requests HubSpot takes: per ten seconds, per day, and searches per second.

use super::{
    super::{faults::Faults, server::Reply},
    errors::limited,
};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

const DAILY: u64 = 625_000;

pub(super) struct Limits {
    pub(super) ten_secondly: usize,
    pub(super) searches: usize,
    recent: VecDeque<Instant>,
    recent_searches: VecDeque<Instant>,
    today: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ten_secondly: 190,
            searches: 5,
            recent: VecDeque::new(),
            recent_searches: VecDeque::new(),
            today: 0,
        }
    }
}

impl Limits {
    /// Counts a request, or refuses it.
    pub(super) fn admit(&mut self, search: bool, faults: &Faults) -> Result<(), Reply> {
        if faults.exhausted() || self.today >= DAILY {
            return Err(limited("DAILY"));
        }
        if !counted(&mut self.recent, Duration::from_secs(10), self.ten_secondly) {
            return Err(limited("TEN_SECONDLY_ROLLING"));
        }
        if search && !counted(&mut self.recent_searches, Duration::from_secs(1), self.searches) {
            return Err(limited("SECONDLY"));
        }
        self.today += 1;
        Ok(())
    }

    /// An answer with what is left; those to searches do not say it.
    pub(super) fn told(&self, reply: Reply, search: bool, faults: &Faults) -> Reply {
        if search {
            return reply;
        }
        let left = self.ten_secondly.saturating_sub(self.recent.len());
        let today = if faults.exhausted() { 0 } else { DAILY - self.today };
        reply
            .with("x-hubspot-ratelimit-max", self.ten_secondly)
            .with("x-hubspot-ratelimit-remaining", left)
            .with("x-hubspot-ratelimit-interval-milliseconds", 10_000)
            .with("x-hubspot-ratelimit-daily", DAILY)
            .with("x-hubspot-ratelimit-daily-remaining", today)
    }
}

/// Whether one more fits into what came during the last `span`; if so, it is counted.
fn counted(recent: &mut VecDeque<Instant>, span: Duration, most: usize) -> bool {
    let now = Instant::now();
    while recent.front().is_some_and(|&at| now - at >= span) {
        recent.pop_front();
    }
    let fits = recent.len() < most;
    if fits {
        recent.push_back(now);
    }
    fits
}
