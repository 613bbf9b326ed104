//! What a list of deals comes to: win rate, average size, sales cycle, velocity, the weighted sum, and which of them
//! have gone quiet.
//!
//! | figure | formula |
//! |---|---|
//! | win rate | won ÷ (won + lost), by count |
//! | average deal size | amount won ÷ won |
//! | sales cycle | days from creation to close, of won deals |
//! | velocity | open × win rate × average deal size ÷ mean sales cycle: money a day |
//! | weighted | amount × probability, of open deals |
//!
//! Every figure is computed from exact sums and rounded once. Figures in money are of one currency each: the velocity in
//! euros is that of the deals in euros.

use super::{
    date::days_between,
    money::{Currency, Money, Totals},
    ratio::{divided, percent},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Days without activity after which an open deal has gone quiet, unless somebody says otherwise.
pub const STALE_DAYS: i64 = 30;

/// A deal as far as the figures go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deal {
    /// What became of it.
    pub outcome: Outcome,
    /// What it is worth.
    pub amount: Money,
    /// When it came into the pipeline.
    pub created_on: Date,
    /// Expected while open, actual once closed.
    pub close_date: Date,
    /// Whole percent, where somebody has said how likely it is.
    pub probability_pct: Option<i64>,
    /// When somebody last worked on it, where that is known.
    pub last_activity_on: Option<Date>,
}

/// What became of a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// The figures of some deals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// How many are open.
    pub open: usize,
    /// How many were won.
    pub won: usize,
    /// How many were lost.
    pub lost: usize,
    /// Whole percent; nothing where nothing was closed.
    pub win_rate_pct: Option<i64>,
    /// The average amount won, by currency; nothing where nothing was won.
    pub average: Totals,
    /// How long won deals took; nothing where nothing was won.
    pub cycle: Option<Cycle>,
    /// Money a day, by currency, for those in which deals are open and were won; won deals that took no time at all have
    /// none.
    pub velocity: Totals,
}

/// How long won deals took from creation to close, in whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    /// The average.
    pub mean_days: i64,
    /// The one in the middle, or the average of the two.
    pub median_days: i64,
}

/// The figures of `closed`, and the velocity with which `open` moves by them. What is closed among `open`, and open among
/// `closed`, does not count.
#[must_use]
pub fn metrics(closed: &[Deal], open: &[Deal]) -> Metrics {
    let count = |deals: &[Deal], outcome| deals.iter().filter(|deal| deal.outcome == outcome).count();
    let (won, lost) = (count(closed, Outcome::Won), count(closed, Outcome::Lost));
    let mut average = Totals::default();
    let mut velocity = Totals::default();
    for (currency, sums) in by_currency(closed, open) {
        if let Some(minor) = divided(sums.amount, sums.won) {
            average.add(Money::new(minor, currency));
        }
        if let Some(minor) = sums.velocity().filter(|_| sums.open > 0) {
            velocity.add(Money::new(minor, currency));
        }
    }
    Metrics {
        open: count(open, Outcome::Open),
        won,
        lost,
        win_rate_pct: percent(won, won + lost),
        average,
        cycle: cycle(closed),
        velocity,
    }
}

/// What deals of one currency come to.
#[derive(Default)]
struct Sums {
    open: i128,
    won: i128,
    lost: i128,
    amount: i128,
    days: i128,
}

impl Sums {
    /// `open × won/(won + lost) × amount/won ÷ (days/won)`, shortened so that it is rounded once.
    fn velocity(&self) -> Option<i64> {
        let dividend = self.open.checked_mul(self.amount)?.checked_mul(self.won)?;
        divided(dividend, (self.won + self.lost) * self.days)
    }
}

fn by_currency(closed: &[Deal], open: &[Deal]) -> BTreeMap<Currency, Sums> {
    let mut all: BTreeMap<Currency, Sums> = BTreeMap::new();
    for deal in closed {
        let sums = all.entry(deal.amount.currency).or_default();
        match deal.outcome {
            Outcome::Open => {}
            Outcome::Lost => sums.lost += 1,
            Outcome::Won => {
                sums.won += 1;
                sums.amount += i128::from(deal.amount.minor);
                sums.days += i128::from(days_of(deal));
            }
        }
    }
    for deal in open.iter().filter(|deal| deal.outcome == Outcome::Open) {
        all.entry(deal.amount.currency).or_default().open += 1;
    }
    all
}

fn days_of(deal: &Deal) -> i64 {
    days_between(deal.created_on, deal.close_date)
}

fn cycle(closed: &[Deal]) -> Option<Cycle> {
    let won = closed.iter().filter(|deal| deal.outcome == Outcome::Won);
    let mut days: Vec<i64> = won.map(days_of).collect();
    days.sort_unstable();
    let sum: i128 = days.iter().copied().map(i128::from).sum();
    let (low, high) = (
        days.get(days.len().saturating_sub(1) / 2)?,
        days.get(days.len() / 2)?,
    );
    Some(Cycle {
        mean_days: divided(sum, i128::try_from(days.len()).ok()?)?,
        median_days: divided(i128::from(*low) + i128::from(*high), 2)?,
    })
}

/// The weighted sum of open deals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weighted {
    /// Amount × probability, added up and then rounded, by currency.
    pub amount: Totals,
    /// How many deals are in it.
    pub count: usize,
    /// How many are not, because nobody has said how likely they are.
    pub unknown: usize,
}

/// Weighs what is open among `deals`.
#[must_use]
pub fn weighted<'d>(deals: impl IntoIterator<Item = &'d Deal>) -> Weighted {
    let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
    let mut weighted = Weighted::default();
    for deal in deals.into_iter().filter(|deal| deal.outcome == Outcome::Open) {
        let Some(percent) = deal.probability_pct else {
            weighted.unknown += 1;
            continue;
        };
        weighted.count += 1;
        *sums.entry(deal.amount.currency).or_default() += i128::from(deal.amount.minor) * i128::from(percent);
    }
    for (currency, sum) in sums {
        // No more than the sum of the amounts, which saturates as totals do.
        let minor = divided(sum, 100).unwrap_or(i64::MAX);
        weighted.amount.add(Money::new(minor, currency));
    }
    weighted
}

/// Why an open deal has gone quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale {
    /// Days without activity, where these are too many.
    pub idle_days: Option<i64>,
    /// Days since the day it was to be closed on, where that is past.
    pub overdue_days: Option<i64>,
}

/// Whether an open deal has gone quiet by `today`: nobody has worked on it for `idle_days` or more, or its close date is
/// past. Where no activity is known, only the close date tells.
#[must_use]
pub fn stale(deal: &Deal, today: Date, idle_days: i64) -> Option<Stale> {
    let idle = deal.last_activity_on.map(|day| days_between(day, today));
    let stale = Stale {
        idle_days: idle.filter(|days| *days >= idle_days),
        overdue_days: Some(days_between(deal.close_date, today)).filter(|days| *days > 0),
    };
    let is_stale = stale.idle_days.is_some() || stale.overdue_days.is_some();
    (deal.outcome == Outcome::Open && is_stale).then_some(stale)
}

#[cfg(test)]
mod tests;
