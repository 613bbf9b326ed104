//! One rate on one base, and the lines of the CRM's rate table.

use super::super::*;
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
