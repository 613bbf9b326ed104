//! Commission arithmetic: the rules of a plan, which of them are in force, what they come to, and how to say so line by
//! line.
//!
//! [`CommissionPlan`] is what the vendor writes down; [`CommissionPlan::check`] finds what is wrong with it. From a
//! [`Deal`], `commission`, `spiffs`, `clawback`, `shared` and `statement` make [`Computation`]s, whose [`Line`]s lead
//! from the commission base to the amount. [`Difference`] puts one beside the CRM's figure. A rule counts if it is in
//! force on the day the deal was closed, for the tier that the caller says was held on that day; nothing here knows what
//! day it is.
//!
//! Amounts are whole minor units and rates whole basis points, so every product is exact in 128 bits ([`Exact`]) and is
//! rounded once. `rust_decimal` only reads amounts and percentages: its product of large numbers drops digits without
//! a word, which is why it is no part of the arithmetic but an independent witness in the tests.

mod check;
mod clawback;
mod compute;
mod difference;
mod exact;
mod lines;
mod named;
mod plan;
mod reading;
mod sheet;
mod split;
mod statement;

pub use check::Problem;
pub use compute::{Computation, Deal, Earlier, Unexplained};
pub use difference::Difference;
pub use exact::{Exact, Rounding};
pub use lines::{Line, Operand, Pay, Rounded, What};
pub use plan::{
    Accelerator, Amount, Band, BaseRule, Cap, CommissionPlan, Extra, Per, Rate, RateTable, Rule, Scale,
    Scope, Selector, Source, Spiff, Terms, Window,
};
pub use split::divide;
pub use statement::{Entry, Payout, Statement, Won};

use super::money::Money;
use jiff::civil::Date;

/// One line of the CRM's rate table: who earns which rate on what, and while which dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateRule {
    /// Tier of the partner on the close date.
    pub tier: String,
    /// Product sold.
    pub product: String,
    /// `new`, `renewal` or `expansion`.
    pub motion: String,
    /// `sourced` or `influenced`.
    pub attribution: String,
    /// Basis points: 100 is 1 %.
    pub rate_bps: i64,
    /// First day in force.
    pub effective_from: Date,
    /// First day no longer in force; `None` while it is open-ended.
    pub effective_until: Option<Date>,
}

/// What a deal is, as far as the rules ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DealTerms<'a> {
    /// Tier of the partner on the close date.
    pub tier: &'a str,
    /// Product sold.
    pub product: &'a str,
    /// `new`, `renewal` or `expansion`.
    pub motion: &'a str,
    /// `sourced` or `influenced`.
    pub attribution: &'a str,
}

/// The line of the CRM's rate table in force on `close_date` for a deal with these terms.
///
/// Should two lines overlap, the one that came into force last wins: that is how a table is amended.
#[must_use]
pub fn rule_in_force<'r>(
    rules: &'r [RateRule],
    deal: &DealTerms<'_>,
    close_date: Date,
) -> Option<&'r RateRule> {
    rules
        .iter()
        .filter(|rule| holds(rule.effective_from, rule.effective_until, close_date))
        .filter(|rule| {
            (rule.tier.as_str(), rule.product.as_str()) == (deal.tier, deal.product)
                && (rule.motion.as_str(), rule.attribution.as_str()) == (deal.motion, deal.attribution)
        })
        .max_by_key(|rule| rule.effective_from)
}

/// Whether `day` lies in [from, until).
fn holds(from: Date, until: Option<Date>, day: Date) -> bool {
    from <= day && until.is_none_or(|until| day < until)
}

/// `base × rate`, rounded half-up away from zero to the minor unit. `None` if it does not fit an amount.
#[must_use]
pub fn amount(base: Money, rate_bps: i64) -> Option<Money> {
    Exact::product(base, Rate(rate_bps))?.rounded(Rounding::HalfUp)
}

/// Basis points as a percentage without idle decimals: `1200` is `12 %`, `1250` is `12.5 %`.
#[must_use]
pub fn percent(rate_bps: i64) -> String {
    let sign = if rate_bps < 0 { "-" } else { "" };
    let (whole, fraction) = (rate_bps.unsigned_abs() / 100, rate_bps.unsigned_abs() % 100);
    match fraction {
        0 => format!("{sign}{whole} %"),
        tenths if tenths % 10 == 0 => format!("{sign}{whole}.{} %", tenths / 10),
        hundredths => format!("{sign}{whole}.{hundredths:02} %"),
    }
}

/// The sum as a partner checks it: `EUR 12,400.00 × 10 % = EUR 1,240.00`.
#[must_use]
pub fn arithmetic(base: Money, rate_bps: i64, amount: Money) -> String {
    format!("{base} × {} = {amount}", percent(rate_bps))
}

#[cfg(test)]
mod tests;
