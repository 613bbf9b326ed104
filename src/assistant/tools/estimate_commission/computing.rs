//! What imagined deals earn, each by itself or one after the other.

use super::{Case, Estimates};
use crate::program::{
    commission::{Computation, Deal, DealTerms, Earlier, Line, Rule, Unexplained},
    money::{Money, Totals},
};
use std::collections::BTreeMap;

/// What a deal earns.
pub(super) struct Earned {
    pub(super) commission: Computation,
    /// By name.
    pub(super) spiffs: BTreeMap<String, Computation>,
    /// Both together.
    pub(super) total: Money,
}

/// What an imagined deal earns.
pub(super) struct Estimate<'a> {
    pub(super) case: Case<'a>,
    pub(super) earned: Result<Earned, Unexplained>,
    /// At the partner's own tier, where another one was asked for.
    pub(super) at_own_tier: Option<Result<Earned, Unexplained>>,
}

impl<'a> Estimates<'a> {
    /// Computes every case after `earlier`, and keeps one of products that all come to the same.
    pub(super) fn fill(&mut self, cases: Vec<Case<'a>>, earlier: &[Earlier<'a>]) {
        let earned = self.earned(self.tier, &cases, earlier);
        let own = (self.tier != self.own_tier).then(|| self.earned(self.own_tier, &cases, earlier));
        let mut own = own.map(Vec::into_iter);
        let each = cases.into_iter().zip(earned).map(|(case, earned)| Estimate {
            case,
            earned,
            at_own_tier: own.as_mut().and_then(Iterator::next),
        });
        self.each = each.collect();
        let [first, rest @ ..] = &self.each[..] else {
            return;
        };
        let is_product = first.case.opportunity.is_none() && first.earned.is_ok();
        if is_product && !rest.is_empty() && rest.iter().all(|other| first.is_like(other)) {
            self.whichever = self.each.iter().map(|estimate| estimate.case.product).collect();
            self.each.truncate(1);
        }
    }

    /// What cases earn at a tier when they are closed today.
    fn earned(
        &self,
        tier: &'a str,
        cases: &[Case<'a>],
        earlier: &[Earlier<'a>],
    ) -> Vec<Result<Earned, Unexplained>> {
        let mut earlier = earlier.to_vec();
        let earn = |case: &Case<'a>| {
            let deal = Deal {
                base: case.base,
                terms: DealTerms {
                    tier,
                    product: case.product,
                    motion: case.motion.as_str(),
                    attribution: case.attribution.as_str(),
                },
                closed_on: self.today,
            };
            let commission = self.plan.commission(&deal, &earlier)?;
            let spiffs = self.plan.spiffs(&deal, &earlier)?;
            if self.together {
                earlier.push(Earlier::counted(deal, commission.amount, &spiffs));
            }
            Earned::of(commission, spiffs)
        };
        cases.iter().map(earn).collect()
    }

    /// Whether there is a sum: of alternatives there is none.
    pub(super) fn adds_up(&self) -> bool {
        self.together || self.each.len() == 1
    }

    /// What all earn that the plan has a figure for.
    pub(super) fn total(&self) -> Totals {
        let earned = self
            .each
            .iter()
            .filter_map(|estimate| estimate.earned.as_ref().ok());
        earned.map(|earned| earned.total).collect()
    }

    /// The same at the partner's own tier; nothing unless the plan has figures for the same deals at both.
    pub(super) fn total_at_own_tier(&self) -> Option<Totals> {
        let mut total = Totals::default();
        for estimate in &self.each {
            match (&estimate.earned, estimate.at_own_tier.as_ref()?) {
                (Ok(_), Ok(own)) => total.add(own.total),
                (Err(_), Err(_)) => {}
                _ => return None,
            }
        }
        Some(total)
    }

    /// How many the plan has no figure for.
    pub(super) fn failed(&self) -> usize {
        self.each
            .iter()
            .filter(|estimate| estimate.earned.is_err())
            .count()
    }

    /// The rule that gives the rate.
    pub(super) fn rule(&self, earned: &Earned) -> Option<&'a Rule> {
        let mut ids = earned
            .commission
            .lines
            .iter()
            .filter_map(|line| line.rule.as_deref());
        self.plan.rule(ids.next()?)
    }
}

impl Estimate<'_> {
    /// Whether it is told in the same words.
    fn is_like(&self, other: &Self) -> bool {
        let told = |earned: &Result<Earned, Unexplained>| {
            let earned = earned.as_ref().map_err(Clone::clone);
            earned.map(|earned| (earned.total, earned.arithmetic()))
        };
        told(&self.earned) == told(&other.earned)
            && self.at_own_tier.as_ref().map(told) == other.at_own_tier.as_ref().map(told)
    }
}

impl Earned {
    fn of(commission: Computation, spiffs: BTreeMap<String, Computation>) -> Result<Self, Unexplained> {
        let mut minor = commission.amount.minor;
        for spiff in spiffs.values() {
            minor = minor
                .checked_add(spiff.amount.minor)
                .ok_or(Unexplained::TooLarge)?;
        }
        // A SPIFF is in the currency of its deal, as the commission is.
        let total = Money::new(minor, commission.amount.currency);
        Ok(Self {
            commission,
            spiffs,
            total,
        })
    }

    /// `EUR 50,000.00 × 15 % = EUR 7,500.00; Launch SPIFF: a fixed EUR 500.00 = EUR 500.00`.
    pub(super) fn arithmetic(&self) -> String {
        let own = self.commission.lines.iter().map(Line::text);
        let spiffs = self.spiffs.iter().flat_map(|(name, spiff)| {
            let texts = spiff.lines.iter().map(Line::text);
            texts.map(move |text| match text.starts_with(name.as_str()) {
                true => text,
                false => format!("{name}: {text}"),
            })
        });
        own.chain(spiffs).collect::<Vec<_>>().join("; ")
    }
}

/// `a − b`, each currency by itself.
pub(super) fn difference(a: &Totals, b: &Totals) -> Totals {
    let negated = b
        .amounts()
        .map(|b| Money::new(b.minor.saturating_neg(), b.currency));
    a.amounts().chain(negated).collect()
}
