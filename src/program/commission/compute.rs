//! From a deal to its commission and its SPIFFs.

use super::{
    DealTerms,
    lines::Line,
    plan::{CommissionPlan, Per, Rule, Slot, Terms},
    sheet::{Sheet, same_currency},
};
use crate::program::{
    date::long,
    money::{Currency, Money},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A deal, won or imagined: a "what if" is computed by the same functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deal<'a> {
    /// The commission base.
    pub base: Money,
    /// Tier held on the close date, product, motion and attribution.
    pub terms: DealTerms<'a>,
    /// The close date: the day whose rules count.
    pub closed_on: Date,
}

/// A deal of the same partner that was counted before: what quotas, period caps and SPIFF limits look back on. Deals of
/// other periods may be among them and do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier<'a> {
    /// The deal.
    pub deal: Deal<'a>,
    /// What it earned, without SPIFFs.
    pub commission: Money,
    /// Names of the SPIFFs it earned.
    pub spiffs: Vec<String>,
}

impl<'a> Earlier<'a> {
    /// A deal that is counted now, with what it earned: a SPIFF that paid nothing was not earned.
    #[must_use]
    pub fn counted(deal: Deal<'a>, commission: Money, spiffs: &BTreeMap<String, Computation>) -> Self {
        let earned = spiffs.iter().filter(|(_, spiff)| spiff.amount.minor != 0);
        Self {
            deal,
            commission,
            spiffs: earned.map(|(name, _)| name.clone()).collect(),
        }
    }
}

/// An amount, and the lines that lead to it: the last one's result is the amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computation {
    /// What it comes to.
    pub amount: Money,
    /// How, in order.
    pub lines: Vec<Line>,
}

/// Why an amount cannot be computed. The text is a sentence for staff.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unexplained {
    /// The plan says nothing about such a deal on that day.
    #[error("the plan has no {kind} for this deal on {}", long(*.day))]
    NoRule {
        /// `rate`, `split` or `clawback`.
        kind: &'static str,
        /// The close date.
        day: Date,
    },
    /// Two rules of one kind came into force on the same day.
    #[error("these rules came into force on the same day: {}", .rules.join(", "))]
    Ambiguous {
        /// Their ids, in alphabetical order.
        rules: Vec<String>,
    },
    /// Amounts of two currencies would have to be compared or added up.
    #[error("amounts in {a} and {b} are not compared")]
    TwoCurrencies {
        /// One.
        a: Currency,
        /// The other.
        b: Currency,
    },
    /// A rule contradicts itself; [`CommissionPlan::check`] says how.
    #[error("rule {rule} contradicts itself")]
    BrokenRule {
        /// Its id.
        rule: String,
    },
    /// A rule's amount has more decimals than the currency of the deal, or is beyond what an amount can hold.
    #[error("an amount of rule {rule} is none in {currency}")]
    NoAmount {
        /// Its id.
        rule: String,
        /// The deal's currency.
        currency: Currency,
    },
    /// The base is negative: what is taken back is a clawback, no deal.
    #[error("a commission base cannot be negative")]
    NegativeBase,
    /// The customer cancelled before the deal was closed.
    #[error("the cancellation is dated before the close date")]
    CancelledBeforeClose,
    /// Beyond what an amount can hold.
    #[error("the figures are too large")]
    TooLarge,
}

impl CommissionPlan {
    /// The commission of a deal, SPIFFs apart. It is zero, and says so, where the rate is zero or the base is below the
    /// minimum.
    ///
    /// # Errors
    /// Says why the plan gives no amount.
    pub fn commission(&self, deal: &Deal<'_>, earlier: &[Earlier<'_>]) -> Result<Computation, Unexplained> {
        let mut sheet = Sheet::of(deal)?;
        if let Some(rule) = self.in_force(Slot::MinimumBase, deal)?
            && let Terms::MinimumBase(minimum) = &rule.terms
            && sheet.is_below(minimum, rule)?
        {
            let nothing = sheet.total(self.rounding)?;
            return Ok(sheet.done(nothing));
        }
        let rule = self.in_force(Slot::Rates, deal)?;
        let no_rate = || Unexplained::NoRule {
            kind: "rate",
            day: deal.closed_on,
        };
        let rule = rule.ok_or_else(no_rate)?;
        if let Terms::Rates(table) = &rule.terms {
            sheet.rate(table.scale(&deal.terms).ok_or_else(no_rate)?, rule)?;
        }
        for per in [Per::Quarter, Per::Year] {
            if let Some(rule) = self.in_force(Slot::Accelerator(per), deal)?
                && let Terms::Accelerator(accelerator) = &rule.terms
            {
                let revenue = self.before(per, rule, deal, earlier, |earlier| earlier.deal.base)?;
                sheet.accelerate(accelerator, revenue, rule)?;
            }
        }
        let mut amount = sheet.total(self.rounding)?;
        for per in [Per::Deal, Per::Quarter, Per::Year] {
            if let Some(rule) = self.in_force(Slot::Cap(per), deal)?
                && let Terms::Cap(cap) = &rule.terms
            {
                let used = self.before(per, rule, deal, earlier, |earlier| earlier.commission)?;
                amount = sheet.cap(cap, amount, used, rule)?;
            }
        }
        Ok(sheet.done(amount))
    }

    /// The SPIFFs that are about a deal, by name. Those whose minimum or number stands in the way are there with zero,
    /// and say so.
    ///
    /// # Errors
    /// Says why the plan gives no amount.
    pub fn spiffs(
        &self,
        deal: &Deal<'_>,
        earlier: &[Earlier<'_>],
    ) -> Result<BTreeMap<String, Computation>, Unexplained> {
        let names = self.rules.iter().filter_map(|rule| match &rule.terms {
            Terms::Spiff(spiff) => Some(spiff.name.as_str()),
            _ => None,
        });
        let mut paid = BTreeMap::new();
        for name in names {
            if let Some(rule) = self.in_force(Slot::Spiff(name), deal)?
                && let Terms::Spiff(spiff) = &rule.terms
            {
                let in_quarter = |e: &&Earlier<'_>| {
                    self.same_period(Per::Quarter, e.deal.closed_on, deal.closed_on)
                        && e.spiffs.iter().any(|earned| earned == name)
                };
                let before = earlier.iter().filter(in_quarter).count();
                let mut sheet = Sheet::of(deal)?;
                sheet.spiff(spiff, u32::try_from(before).unwrap_or(u32::MAX), rule)?;
                let amount = sheet.total(self.rounding)?;
                paid.insert(name.to_owned(), sheet.done(amount));
            }
        }
        Ok(paid)
    }

    /// What earlier deals of the period add up to, as far as the rule is about them.
    fn before(
        &self,
        per: Per,
        rule: &Rule,
        deal: &Deal<'_>,
        earlier: &[Earlier<'_>],
        figure: impl Fn(&Earlier<'_>) -> Money,
    ) -> Result<Money, Unexplained> {
        let counted = earlier.iter().filter(|earlier| {
            self.same_period(per, earlier.deal.closed_on, deal.closed_on)
                && rule.is_about(&earlier.deal.terms)
        });
        // In 128 bits, so that the order of amounts of both signs does not decide whether their sum fits.
        let mut sum = 0_i128;
        for money in counted.map(figure) {
            same_currency(deal.base.currency, money.currency)?;
            sum += i128::from(money.minor);
        }
        let minor = i64::try_from(sum).map_err(|_| Unexplained::TooLarge)?;
        Ok(Money::new(minor, deal.base.currency))
    }
}
