//! What one partner's deals earn by the plan, and how a booked entry stands to it.

use crate::{
    crm::{Commission, CommissionKind, Opportunity, Stage},
    program::commission::{
        CommissionPlan, Computation, Deal, DealTerms, Difference, Earlier, Line, Rule, Unexplained,
    },
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// One partner's won deals as the plan sees them, in the order in which they count.
pub struct Ledger<'a> {
    plan: &'a CommissionPlan,
    won: Vec<Won<'a>>,
    earlier: Vec<Earlier<'a>>,
}

struct Won<'a> {
    id: &'a str,
    deal: Deal<'a>,
    commission: Result<Computation, Unexplained>,
    spiffs: Result<BTreeMap<String, Computation>, Unexplained>,
}

/// A booked entry beside what the plan gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation<'a> {
    /// What the plan gives, line by line.
    pub computed: Result<Computation, Unexplained>,
    /// How the booked amount stands to it.
    pub difference: Difference,
    /// The rule that gives the rate, where there is one.
    pub rule: Option<&'a Rule>,
    /// The tier by whose rate the amount was booked, where that is not the partner's of today: a commission is of the
    /// tier held on the close date.
    pub tier: Option<String>,
}

impl<'a> Ledger<'a> {
    /// The deals of a partner that is in `tier` today. The base of a deal is what a commission was booked on, or else
    /// its amount.
    #[must_use]
    pub fn of(
        plan: &'a CommissionPlan,
        tier: &'a str,
        deals: &'a [Opportunity],
        entries: &[Commission],
    ) -> Self {
        let mut deals: Vec<&Opportunity> = deals
            .iter()
            .filter(|deal| deal.stage == Stage::ClosedWon)
            .collect();
        deals.sort_by(|a, b| (a.close_date, &a.id).cmp(&(b.close_date, &b.id)));
        let mut won: Vec<Won<'a>> = Vec::with_capacity(deals.len());
        let mut earlier: Vec<Earlier<'a>> = Vec::with_capacity(deals.len());
        let none = BTreeMap::new();
        for of in deals {
            let booked = entries
                .iter()
                .find(|entry| entry.opportunity_id == of.id && entry.kind == CommissionKind::Commission);
            let deal = Deal {
                base: booked.map_or(of.amount, |entry| entry.base),
                terms: DealTerms {
                    tier,
                    product: &of.product,
                    motion: of.motion.as_str(),
                    attribution: of.attribution.as_str(),
                },
                closed_on: of.close_date,
            };
            let (commission, spiffs) = (plan.commission(&deal, &earlier), plan.spiffs(&deal, &earlier));
            if let Ok(computed) = &commission {
                let spiffs = spiffs.as_ref().unwrap_or(&none);
                earlier.push(Earlier::counted(deal, computed.amount, spiffs));
            }
            won.push(Won {
                id: &of.id,
                deal,
                commission,
                spiffs,
            });
        }
        Self { plan, won, earlier }
    }

    /// What counts before a deal that is closed on `day`: all that were closed until then.
    #[must_use]
    pub fn until(&self, day: Date) -> Vec<Earlier<'a>> {
        let closed = |earlier: &&Earlier<'a>| earlier.deal.closed_on <= day;
        self.earlier.iter().filter(closed).cloned().collect()
    }

    /// How an entry came about; nothing where its deal is not among the won ones.
    #[must_use]
    pub fn explain(&self, entry: &Commission) -> Option<Explanation<'a>> {
        let won = self.won.iter().find(|won| won.id == entry.opportunity_id)?;
        let computed = match entry.kind {
            CommissionKind::Commission => won.commission.clone(),
            CommissionKind::Spiff => nearest(&won.spiffs, entry),
            CommissionKind::Clawback => self.taken_back(won, entry),
        };
        let difference = Difference::between(entry.amount, &computed);
        let explanation = Explanation {
            rule: self.rule(&computed),
            computed,
            difference,
            tier: None,
        };
        match explanation.difference {
            Difference::Same => Some(explanation),
            _ => Some(self.at_another_tier(won, entry).unwrap_or(explanation)),
        }
    }

    /// What a cancellation on the day of the entry takes back: of the commission, or of the SPIFF that fits.
    fn taken_back(&self, won: &Won<'a>, entry: &Commission) -> Result<Computation, Unexplained> {
        let back = |earned: &Computation| self.plan.clawback(earned.amount, &won.deal, entry.earned_on);
        let of_commission = won.commission.clone().and_then(|earned| back(&earned));
        let spiffs = won.spiffs.iter().flat_map(BTreeMap::values);
        let fits = |taken: &Computation| taken.amount == entry.amount;
        match &of_commission {
            Ok(taken) if fits(taken) => of_commission,
            _ => spiffs
                .filter_map(|earned| back(earned).ok())
                .find(fits)
                .map_or(of_commission, Ok),
        }
    }

    /// The entry by the rate of another tier, if one of them gives exactly its amount.
    fn at_another_tier(&self, won: &Won<'a>, entry: &Commission) -> Option<Explanation<'a>> {
        if entry.kind != CommissionKind::Commission {
            return None;
        }
        let tiers: BTreeSet<&str> = self.plan.tiers();
        tiers
            .into_iter()
            .filter(|tier| *tier != won.deal.terms.tier)
            .find_map(|tier| {
                let deal = Deal {
                    terms: DealTerms {
                        tier,
                        ..won.deal.terms
                    },
                    ..won.deal
                };
                let computed = self.plan.commission(&deal, &[]).ok()?;
                (computed.amount == entry.amount).then(|| {
                    let computed = Ok(computed);
                    Explanation {
                        rule: self.rule(&computed),
                        computed,
                        difference: Difference::Same,
                        tier: Some(tier.to_owned()),
                    }
                })
            })
    }

    fn rule(&self, computed: &Result<Computation, Unexplained>) -> Option<&'a Rule> {
        let lines = computed.as_ref().ok()?.lines.iter();
        let first = lines.filter_map(|line: &Line| line.rule.as_deref()).next()?;
        self.plan.rule(first)
    }
}

/// Of a deal's SPIFFs the one that an entry books: that of its amount, or else the first.
fn nearest(
    spiffs: &Result<BTreeMap<String, Computation>, Unexplained>,
    entry: &Commission,
) -> Result<Computation, Unexplained> {
    let spiffs = spiffs.as_ref().map_err(Clone::clone)?;
    let same = spiffs.values().find(|spiff| spiff.amount == entry.amount);
    let none = Unexplained::NoRule {
        kind: "SPIFF",
        day: entry.earned_on,
    };
    same.or_else(|| spiffs.values().next()).cloned().ok_or(none)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crm::{Attribution, Motion},
        program::money::Money,
    };
    use jiff::civil::date;

    fn won(id: &str, minor: i64, close_date: Date) -> Opportunity {
        Opportunity {
            id: id.to_owned(),
            name: id.to_owned(),
            customer: "Norlund".to_owned(),
            product: "Core".to_owned(),
            motion: Motion::New,
            attribution: Attribution::Sourced,
            stage: Stage::ClosedWon,
            amount: Money::new(minor, "EUR".parse().unwrap()),
            created_on: date(2026, 1, 1),
            close_date,
            next_step: None,
            probability_pct: None,
            last_activity_on: None,
        }
    }

    #[test]
    fn a_bonus_that_was_not_paid_leaves_room_for_the_next() {
        let plan: CommissionPlan = serde_saphyr::from_str(
            "rules:
  - {id: rates, effective_from: 2026-01-01, rates: {'*': {'*': 10%}}}
  - {id: bonus, effective_from: 2026-01-01, spiff: {name: Bonus, amount: 50, minimum_base: 1000, at_most_per_quarter: 1}}",
        )
        .unwrap();
        let deals = [
            won("o-1", 99_999, date(2026, 1, 10)),
            won("o-2", 100_000, date(2026, 2, 10)),
            won("o-3", 100_000, date(2026, 3, 10)),
        ];
        let ledger = Ledger::of(&plan, "gold", &deals, &[]);
        let paid = |won: &Won<'_>| won.spiffs.as_ref().unwrap()["Bonus"].amount.minor;
        assert_eq!(ledger.won.iter().map(paid).collect::<Vec<_>>(), [0, 5_000, 0]);
        let until = |day| ledger.until(day).len();
        assert_eq!((until(date(2026, 2, 9)), until(date(2026, 2, 10))), (1, 2));
    }
}
