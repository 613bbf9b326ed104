//! The plan that a vendor writes down: versioned rules, and which of them is in force for a deal.

use super::{
    DealTerms,
    compute::{Deal, Unexplained},
    exact::Rounding,
    holds, percent,
    reading::RawRule,
};
use crate::program::money::Currency;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// A commission plan, all its versions. Read from YAML or TOML with serde; `program.yaml` of the sample shows the form.
///
/// A rule is amended by another of the same kind with a later `effective_from`: of those that apply to a deal, the one
/// that came into force last wins. The order of the list means nothing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommissionPlan {
    /// What the commission base is.
    #[serde(default)]
    pub base: BaseRule,
    /// How amounts are rounded to the minor unit.
    #[serde(default)]
    pub rounding: Rounding,
    /// Month (1 to 12) in which a year and its quarters start.
    #[serde(default = "january")]
    pub year_starts_in: i8,
    /// The rules, in any order.
    pub rules: Vec<Rule>,
}

fn january() -> i8 {
    1
}

/// What the commission base is. Arithmetic starts from the base that the CRM gives; this says what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseRule {
    /// The first-year net subscription value.
    FirstYearNet,
    /// Whatever the CRM gives as the base.
    #[default]
    Given,
}

impl BaseRule {
    /// Fits after "computed from".
    #[must_use]
    pub fn described(self) -> &'static str {
        match self {
            Self::FirstYearNet => "the first-year net subscription value",
            Self::Given => "the base as the CRM gives it",
        }
    }
}

/// A rule with its dates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RawRule")]
pub struct Rule {
    /// Name of this version of the rule, unique in the plan.
    pub id: String,
    /// Where it is written down.
    pub source: Option<Source>,
    /// First day in force.
    pub effective_from: Date,
    /// First day no longer in force; `None` while it is open-ended.
    pub effective_until: Option<Date>,
    /// Which deals it is about.
    pub applies_to: Scope,
    /// What it says.
    pub terms: Terms,
}

/// The passage that a rule rests on, for citations.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the document.
    pub document: String,
    /// Heading within it.
    pub heading: String,
}

/// Which deals a rule is about; what is not named is any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Tier of the partner on the close date.
    pub tier: Selector,
    /// Product sold.
    pub product: Selector,
    /// `new`, `renewal` or `expansion`.
    pub motion: Selector,
    /// `sourced` or `influenced`.
    pub attribution: Selector,
}

/// One name, several, or any (`*`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Selector {
    /// Whatever it is.
    #[default]
    Any,
    /// One of these, as the CRM spells them.
    Of(BTreeSet<String>),
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// Rates by tier and product.
    Rates(RateTable),
    /// An extra rate above a quota.
    Accelerator(Accelerator),
    /// A bonus on top of the commission.
    Spiff(Spiff),
    /// The most that can be earned.
    Cap(Cap),
    /// The least base that earns anything.
    MinimumBase(Amount),
    /// The least payout; less is carried over.
    MinimumPayout(Amount),
    /// Shares of a commission by the partner's part in the deal, such as `sourced` and `influenced`.
    Split(BTreeMap<String, Rate>),
    /// What is taken back if the customer cancels.
    Clawback(Vec<Window>),
}

/// Tier → product → rate. `*` stands for every tier or product that is not named beside it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct RateTable(pub BTreeMap<String, BTreeMap<String, Scale>>);

/// The key of a [`RateTable`] for what is not named.
pub(super) const OTHERS: &str = "*";

/// One rate, or one by deal size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scale {
    /// The same for every base.
    Flat(Rate),
    /// The rate of the band that the base lies in, on the whole base.
    Whole(Vec<Band>),
    /// Each slice of the base at the rate of its band.
    Marginal(Vec<Band>),
}

/// A band of deal sizes, up to where the next one starts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The least base in it; 0 in the first band.
    pub from: Amount,
    /// Its rate.
    pub rate: Rate,
}

/// An extra rate on revenue beyond a quota. Of the deal that passes the quota, the part above it counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accelerator {
    /// The period whose won revenue is counted.
    pub per: Per,
    /// Revenue to be passed.
    pub quota: Amount,
    /// The extra rate.
    pub rate: Rate,
}

/// A bonus. SPIFFs of different names add up; those of one name are versions of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spiff {
    /// What partners know it by.
    pub name: String,
    /// What it pays.
    pub pays: Extra,
    /// The least base that earns it.
    pub minimum_base: Option<Amount>,
    /// How many a partner can earn in a quarter.
    pub at_most_per_quarter: Option<u32>,
}

/// What a SPIFF pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extra {
    /// A rate on the base.
    Rate(Rate),
    /// A fixed amount for each deal.
    Fixed(Amount),
}

/// The most commission for a deal, or for the deals of a period that the rule is about. SPIFFs are not capped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// What it limits.
    pub per: Per,
    /// The most.
    pub most: Amount,
}

/// What is taken back until which day after the close date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The last day it is open; the close date is day 0.
    pub within_days: u32,
    /// The part of the commission that is taken back.
    pub share: Rate,
}

/// What a quota or a cap is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// One deal.
    Deal,
    /// A quarter of the plan's year.
    Quarter,
    /// The plan's year.
    Year,
}

impl Per {
    /// Fits after "per".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deal => "deal",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

/// A rate in basis points, written `12.5%` or `1250`. Shown as `12.5 %`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(pub i64);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&percent(self.0))
    }
}

/// An amount of a plan, written `40,000.00 EUR`. Without a currency it is of the deal's: "40,000 in the partner's
/// currency".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Whole units and their decimals, as written.
    pub value: Decimal,
    /// The currency, if the plan says one.
    pub currency: Option<Currency>,
}

/// What takes the place of what: rules of one slot amend each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot<'a> {
    Rates,
    Accelerator(Per),
    Spiff(&'a str),
    Cap(Per),
    MinimumBase,
    MinimumPayout,
    Split,
    Clawback,
}

impl CommissionPlan {
    /// The rule with this id: its dates, and its passage for a citation.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The rule of `slot` for a deal. Two that came into force on the same day are refused: which of them is meant
    /// must not depend on the order of a list.
    pub(super) fn in_force(&self, slot: Slot<'_>, deal: &Deal<'_>) -> Result<Option<&Rule>, Unexplained> {
        let about = |rule: &&Rule| rule.is_about(&deal.terms);
        self.latest(slot, deal.closed_on, about)
    }

    /// The rule of `slot` on `day`, among those that `about` admits.
    pub(super) fn latest(
        &self,
        slot: Slot<'_>,
        day: Date,
        about: impl Fn(&&Rule) -> bool,
    ) -> Result<Option<&Rule>, Unexplained> {
        let rules = || {
            let rules = self.rules.iter().filter(|rule| rule.terms.slot() == slot);
            let holding = rules.filter(|rule| holds(rule.effective_from, rule.effective_until, day));
            holding.filter(&about)
        };
        let Some(last) = rules().map(|rule| rule.effective_from).max() else {
            return Ok(None);
        };
        let mut winners: Vec<&Rule> = rules().filter(|rule| rule.effective_from == last).collect();
        match winners[..] {
            [one] => Ok(Some(one)),
            _ => {
                winners.sort_by(|a, b| a.id.cmp(&b.id));
                let rules = winners.iter().map(|rule| rule.id.clone()).collect();
                Err(Unexplained::Ambiguous { rules })
            }
        }
    }

    /// Whether two days lie in the same quarter, or the same year, of the plan; per deal they never do.
    #[must_use]
    pub fn same_period(&self, per: Per, a: Date, b: Date) -> bool {
        let months = match per {
            Per::Deal => return false,
            Per::Quarter => 3,
            Per::Year => 12,
        };
        let period = |day: Date| {
            let month = i32::from(day.year()) * 12 + i32::from(day.month()) - i32::from(self.year_starts_in);
            month.div_euclid(months)
        };
        period(a) == period(b)
    }
}

impl Rule {
    /// Whether it is about a deal with these terms, whatever the day.
    pub(super) fn is_about(&self, deal: &DealTerms<'_>) -> bool {
        self.applies_to.admits(deal)
            && match &self.terms {
                Terms::Rates(table) => table.scale(deal).is_some(),
                _ => true,
            }
    }
}

impl Terms {
    pub(super) fn slot(&self) -> Slot<'_> {
        match self {
            Self::Rates(_) => Slot::Rates,
            Self::Accelerator(accelerator) => Slot::Accelerator(accelerator.per),
            Self::Spiff(spiff) => Slot::Spiff(&spiff.name),
            Self::Cap(cap) => Slot::Cap(cap.per),
            Self::MinimumBase(_) => Slot::MinimumBase,
            Self::MinimumPayout(_) => Slot::MinimumPayout,
            Self::Split(_) => Slot::Split,
            Self::Clawback(_) => Slot::Clawback,
        }
    }
}

impl RateTable {
    /// What a deal earns: the named tier goes before `*`, then the named product.
    #[must_use]
    pub fn scale(&self, deal: &DealTerms<'_>) -> Option<&Scale> {
        [deal.tier, OTHERS]
            .into_iter()
            .filter_map(|tier| self.0.get(tier))
            .find_map(|products| products.get(deal.product).or_else(|| products.get(OTHERS)))
    }
}

impl Scope {
    /// Whether a deal is among those it names.
    #[must_use]
    pub fn admits(&self, deal: &DealTerms<'_>) -> bool {
        self.tier.admits(deal.tier)
            && self.product.admits(deal.product)
            && self.motion.admits(deal.motion)
            && self.attribution.admits(deal.attribution)
    }
}

impl Selector {
    /// Whether it names this.
    #[must_use]
    pub fn admits(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of(names) => names.contains(name),
        }
    }
}
