//! Commission arithmetic: which rate was in force, and what it comes to.
//!
//! Amounts are whole minor units and rates whole basis points, so the product is exact; the one rounding is
//! half-up, away from zero, to the minor unit.

use super::money::Money;
use jiff::civil::Date;

/// One line of the rate table: who earns which rate on what, and while which dates.
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

/// What a deal is, as far as the rate table asks.
#[derive(Debug, Clone, Copy)]
pub struct DealTerms<'a> {
    /// Tier of the partner.
    pub tier: &'a str,
    /// Product sold.
    pub product: &'a str,
    /// `new`, `renewal` or `expansion`.
    pub motion: &'a str,
    /// `sourced` or `influenced`.
    pub attribution: &'a str,
}

/// The rule in force on `close_date` for a deal with these terms.
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
        .filter(|rule| rule.effective_from <= close_date)
        .filter(|rule| rule.effective_until.is_none_or(|until| close_date < until))
        .filter(|rule| {
            (rule.tier.as_str(), rule.product.as_str()) == (deal.tier, deal.product)
                && (rule.motion.as_str(), rule.attribution.as_str()) == (deal.motion, deal.attribution)
        })
        .max_by_key(|rule| rule.effective_from)
}

/// `base × rate`, rounded half-up away from zero to the minor unit. `None` if it does not fit an amount.
#[must_use]
pub fn amount(base: Money, rate_bps: i64) -> Option<Money> {
    // 128 bits hold any product of two 64-bit numbers.
    let product = i128::from(base.minor) * i128::from(rate_bps);
    let rounded = (product.abs() + 5_000) / 10_000 * product.signum();
    i64::try_from(rounded)
        .ok()
        .map(|minor| Money::new(minor, base.currency))
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
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use rust_decimal::{Decimal, RoundingStrategy};

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap())
    }

    #[test]
    fn half_a_cent_rounds_away_from_zero() {
        let check = |base, rate, expected| assert_eq!(amount(eur(base), rate), Some(eur(expected)));
        check(1_240_000, 1_000, 124_000);
        check(5, 1_000, 1); // 0.5
        check(-5, 1_000, -1);
        check(4, 1_000, 0); // 0.4
        check(12_345, 1_250, 1_543); // 1543.125
        check(99_999, 333, 3_330); // 3329.9667
        check(0, 1_000, 0);
        assert_eq!(amount(eur(i64::MAX), 10_001), None);
    }

    #[test]
    fn percentages_have_no_idle_decimals() {
        let check = |bps, expected: &str| assert_eq!(percent(bps), expected);
        check(1_200, "12 %");
        check(1_250, "12.5 %");
        check(1_225, "12.25 %");
        check(5, "0.05 %");
        check(-150, "-1.5 %");
    }

    fn rule(rate_bps: i64, from: Date, until: Option<Date>) -> RateRule {
        RateRule {
            tier: "gold".into(),
            product: "Core".into(),
            motion: "new".into(),
            attribution: "sourced".into(),
            rate_bps,
            effective_from: from,
            effective_until: until,
        }
    }

    const DEAL: DealTerms<'static> = DealTerms {
        tier: "gold",
        product: "Core",
        motion: "new",
        attribution: "sourced",
    };

    #[test]
    fn the_rule_of_the_close_date_counts() {
        let rules = [
            rule(1_000, date(2024, 1, 1), Some(date(2025, 1, 1))),
            rule(1_200, date(2025, 1, 1), None),
            rule(1_500, date(2026, 1, 1), None),
        ];
        let check = |day, expected| {
            assert_eq!(
                rule_in_force(&rules, &DEAL, day).map(|r| r.rate_bps),
                expected,
                "{day}"
            );
        };
        check(date(2023, 12, 31), None);
        check(date(2024, 1, 1), Some(1_000));
        check(date(2024, 12, 31), Some(1_000));
        check(date(2025, 1, 1), Some(1_200));
        check(date(2026, 1, 1), Some(1_500));
        let other = DealTerms {
            tier: "silver",
            ..DEAL
        };
        assert!(rule_in_force(&rules, &other, date(2025, 1, 1)).is_none());
    }

    proptest! {
        #[test]
        fn agrees_with_decimal_arithmetic(base in -1_000_000_000_000_i64..1_000_000_000_000, rate in 0_i64..=10_000) {
            let exact = Decimal::from(base) * Decimal::new(rate, 4);
            let rounded = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
            prop_assert_eq!(amount(eur(base), rate).map(|m| Decimal::from(m.minor)), Some(rounded));
        }

        #[test]
        fn a_clawback_is_the_mirror_of_its_commission(base in 0_i64..1_000_000_000_000, rate in 0_i64..=10_000) {
            let earned = amount(eur(base), rate).unwrap().minor;
            prop_assert_eq!(amount(eur(-base), rate).unwrap().minor, -earned);
            prop_assert!(earned <= base);
        }
    }
}
