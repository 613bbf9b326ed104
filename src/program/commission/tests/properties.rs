//! What holds for any amounts, rates and plans.

use super::*;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

const RATES: std::ops::RangeInclusive<i64> = 0..=10_000;
/// Ten thousand million: more than any deal, and far enough from overflow for sums of many.
const BASES: std::ops::Range<i64> = 0..1_000_000_000_000;

fn named<'a>(shares: impl IntoIterator<Item = &'a i64>) -> BTreeMap<String, Rate> {
    let shares = shares.into_iter().enumerate();
    shares.map(|(at, bps)| (format!("p{at}"), Rate(*bps))).collect()
}

/// Shares that add up to all: distances between cuts.
fn shares() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(RATES, 0..8).prop_map(|mut cuts| {
        cuts.extend([0, 10_000]);
        cuts.sort_unstable();
        cuts.windows(2).map(|pair| pair[1] - pair[0]).collect()
    })
}

/// Bands from zero upwards, with rates that need not rise.
fn bands() -> impl Strategy<Value = Vec<(i64, i64)>> {
    proptest::collection::btree_map(1_i64..1_000_000, RATES, 0..6).prop_flat_map(|rest| {
        RATES.prop_map(move |first| {
            let rest = rest.iter().map(|(from, rate)| (*from, *rate));
            std::iter::once((0, first)).chain(rest).collect()
        })
    })
}

fn banded(bands: &[(i64, i64)], rounding: Rounding) -> CommissionPlan {
    let bands = bands.iter().map(|(from, rate)| Band {
        from: Amount {
            value: Decimal::new(*from, 2),
            currency: None,
        },
        rate: Rate(*rate),
    });
    rates(Scale::Marginal(bands.collect()), rounding)
}

fn rates(scale: Scale, rounding: Rounding) -> CommissionPlan {
    let products = BTreeMap::from([("*".to_owned(), scale)]);
    CommissionPlan {
        base: BaseRule::Given,
        rounding,
        year_starts_in: 1,
        rules: vec![Rule {
            id: "rates".into(),
            source: None,
            effective_from: date(2026, 1, 1),
            effective_until: None,
            applies_to: Scope::default(),
            terms: Terms::Rates(RateTable(BTreeMap::from([("*".to_owned(), products)]))),
        }],
    }
}

fn earned(plan: &CommissionPlan, base: i64) -> i64 {
    plan.commission(&deal(base), &[]).unwrap().amount.minor
}

fn witness(rounding: Rounding) -> RoundingStrategy {
    match rounding {
        Rounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        Rounding::HalfEven => RoundingStrategy::MidpointNearestEven,
        Rounding::Down => RoundingStrategy::ToZero,
    }
}

fn roundings() -> impl Strategy<Value = Rounding> {
    prop_oneof![
        Just(Rounding::HalfUp),
        Just(Rounding::HalfEven),
        Just(Rounding::Down)
    ]
}

proptest! {
    #[test]
    fn shares_add_up_to_any_whole(minor: i64, shares in shares()) {
        let parts = divide(eur(minor), &named(&shares)).unwrap();
        prop_assert_eq!(parts.values().map(|part| i128::from(part.minor)).sum::<i128>(), i128::from(minor));
        for (part, share) in parts.values().zip(&shares) {
            // No part is a whole unit off its exact share.
            let off = i128::from(part.minor) * 10_000 - i128::from(minor) * i128::from(*share);
            prop_assert!(off.abs() < 10_000, "{} of {} is {}", share, minor, part);
        }
    }

    #[test]
    fn partners_get_the_same_whoever_is_named_first(minor: i64, shares in shares()) {
        let forward = divide(eur(minor), &named(&shares)).unwrap();
        let backward = divide(eur(minor), &named(shares.iter().rev())).unwrap();
        let sorted = |parts: BTreeMap<String, Money>| {
            let mut parts: Vec<i64> = parts.into_values().map(|part| part.minor).collect();
            parts.sort_unstable();
            parts
        };
        prop_assert_eq!(sorted(forward), sorted(backward));
    }

    #[test]
    fn shares_that_do_not_add_up_are_refused(
        minor: i64,
        shares in proptest::collection::vec(any::<i64>(), 0..4),
    ) {
        let sum: i128 = shares.iter().map(|share| i128::from(*share)).sum();
        prop_assume!(sum != 10_000);
        prop_assert_eq!(divide(eur(minor), &named(&shares)), None);
    }

    #[test]
    fn marginal_bands_are_continuous_and_never_fall(
        bands in bands(),
        rounding in roundings(),
        base in 0_i64..1_200_000,
    ) {
        let plan = banded(&bands, rounding);
        for at in bands.iter().map(|(from, _)| *from).chain([base]) {
            // One cent more of base is at most one cent more of commission, on an edge as anywhere, and never
            // less.
            let step = earned(&plan, at + 1) - earned(&plan, at);
            prop_assert!((0..=1).contains(&step), "{} at {}", step, at);
        }
    }

    #[test]
    fn marginal_bands_agree_with_decimal_arithmetic(
        bands in bands(),
        rounding in roundings(),
        base in 0_i64..2_000_000,
    ) {
        let mut exact = Decimal::ZERO;
        for (at, (from, rate)) in bands.iter().enumerate() {
            let until = bands.get(at + 1).map_or(i64::MAX, |next| next.0);
            let slice = Decimal::from((base.min(until) - from).max(0));
            exact += slice * Decimal::new(*rate, 4);
        }
        let rounded = exact.round_dp_with_strategy(0, witness(rounding));
        prop_assert_eq!(Decimal::from(earned(&banded(&bands, rounding), base)), rounded);
    }

    #[test]
    fn a_rate_agrees_with_decimal_arithmetic(base in BASES, rate in RATES, rounding in roundings()) {
        let plan = rates(Scale::Flat(Rate(rate)), rounding);
        let exact = Decimal::from(base) * Decimal::new(rate, 4);
        let rounded = exact.round_dp_with_strategy(0, witness(rounding));
        prop_assert_eq!(Decimal::from(earned(&plan, base)), rounded);
        let shown = Exact::product(eur(base), Rate(rate)).unwrap().to_string();
        let digits: String = shown.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        prop_assert_eq!(digits.parse::<Decimal>().unwrap(), exact / Decimal::ONE_HUNDRED);
    }

    #[test]
    fn a_full_clawback_is_the_mirror_and_a_half_one_agrees_with_decimals(
        minor in BASES,
        days in 0_i64..500,
        rounding in roundings(),
    ) {
        let mut plan = plan(EVERYTHING);
        plan.rounding = rounding;
        let cancelled = crate::program::date::add_days(deal(0).closed_on, days);
        let taken = plan.clawback(eur(minor), &deal(minor), cancelled).unwrap().amount.minor;
        let share = match days { 0..=180 => 10_000, 181..=365 => 5_000, _ => 0 };
        let exact = -Decimal::from(minor) * Decimal::new(share, 4);
        prop_assert_eq!(Decimal::from(taken), exact.round_dp_with_strategy(0, witness(rounding)));
        prop_assert!(days > 180 || taken == -minor);
    }

    #[test]
    fn neither_the_order_of_rules_nor_of_deals_decides(
        order in Just((0..10).collect::<Vec<usize>>()).prop_shuffle(),
        deals in proptest::collection::vec((0_i64..20_000_000, 1_i8..=12, 1_i8..=28), 0..12),
        turn in any::<proptest::sample::Index>(),
    ) {
        let plan = plan(EVERYTHING);
        let rules = order.iter().map(|at| plan.rules[*at].clone()).collect();
        let shuffled = CommissionPlan { rules, ..plan.clone() };
        let ids: Vec<String> = (0..deals.len()).map(|at| format!("d{at:02}")).collect();
        let deals: Vec<Won<'_>> = deals.iter().zip(&ids).map(|((minor, month, day), id)| {
            Won { id, deal: Deal { closed_on: date(2026, *month, *day), ..deal(*minor) } }
        }).collect();
        let mut turned = deals.clone();
        if !turned.is_empty() {
            turned.rotate_left(turn.index(deals.len()));
        }
        let issued = date(2027, 1, 10);
        let statement = plan.statement(&deals, &[], eur(-7), issued).unwrap();
        let other = shuffled.statement(&turned, &[], eur(-7), issued).unwrap();
        prop_assert_eq!(&statement, &other);

        // The total is the sum of its entries, and nothing of it is lost between paying and waiting.
        let entries = statement.entries.iter();
        let amounts = entries.flat_map(|entry| entry.spiffs.values().chain([&entry.commission]));
        prop_assert_eq!(amounts.map(|c| c.amount.minor).sum::<i64>() - 7, statement.total.minor);
        prop_assert_eq!(statement.payout.paid.minor + statement.payout.carried_over.minor, statement.total.minor);
        // Caps hold.
        for entry in &statement.entries {
            prop_assert!(entry.commission.amount.minor <= 2_000_000);
        }
        for quarter in 0..4_i8 {
            let entries = statement.entries.iter();
            let of_quarter = entries.filter(|e| (e.won.deal.closed_on.month() - 1) / 3 == quarter);
            prop_assert!(of_quarter.map(|e| e.commission.amount.minor).sum::<i64>() <= 2_500_000);
        }
    }

    #[test]
    fn earlier_deals_are_counted_in_any_order(
        minors in proptest::collection::vec((any::<i64>(), any::<i64>()), 0..5),
        base in BASES,
    ) {
        let plan = plan(EVERYTHING);
        let earlier = |(base, commission): &(i64, i64)| Earlier {
            deal: deal(*base),
            commission: eur(*commission),
            spiffs: vec![],
        };
        let forward: Vec<_> = minors.iter().map(earlier).collect();
        let backward: Vec<_> = minors.iter().rev().map(earlier).collect();
        prop_assert_eq!(plan.commission(&deal(base), &forward), plan.commission(&deal(base), &backward));
    }

    #[test]
    fn without_caps_and_accelerators_no_deal_depends_on_another(base in BASES, other in BASES) {
        let mut plan = plan(EVERYTHING);
        plan.rules.retain(|rule| !matches!(rule.terms, Terms::Cap(_) | Terms::Accelerator(_)));
        let before = Earlier { deal: deal(other), commission: eur(other), spiffs: vec![] };
        prop_assert_eq!(plan.commission(&deal(base), &[]), plan.commission(&deal(base), &[before]));
    }

    #[test]
    fn an_overlap_is_refused_in_any_order_and_found_by_the_check(
        starts in proptest::collection::vec((1_i8..=6, proptest::option::of(1_i8..=6)), 1..6),
        seed in any::<proptest::sample::Index>(),
    ) {
        let rules = starts.iter().enumerate().map(|(at, (from, until))| Rule {
            id: format!("r{at}"),
            effective_from: date(2026, *from, 1),
            effective_until: until.map(|month| date(2026, month, 1)),
            ..rates(Scale::Flat(Rate(at as i64)), Rounding::HalfUp).rules.remove(0)
        });
        let mut plan = rates(Scale::Flat(Rate(0)), Rounding::HalfUp);
        plan.rules = rules.collect();
        let mut turned = plan.clone();
        turned.rules.rotate_left(seed.index(starts.len()));
        turned.rules.reverse();
        prop_assert_eq!(plan.check(), turned.check());
        let computed = plan.commission(&deal(1_000_000), &[]);
        prop_assert_eq!(&computed, &turned.commission(&deal(1_000_000), &[]));
        if matches!(computed, Err(Unexplained::Ambiguous { .. })) {
            prop_assert!(!plan.check().is_empty());
        }
        if let Ok(computation) = computed {
            // Nobody who came into force later was passed over.
            let winner = plan.rule(computation.lines[0].rule.as_ref().unwrap()).unwrap();
            let day = deal(0).closed_on;
            let rules = plan.rules.iter();
            let holding = rules.filter(|rule| holds(rule.effective_from, rule.effective_until, day));
            prop_assert_eq!(holding.map(|rule| rule.effective_from).max(), Some(winner.effective_from));
        }
    }

    #[test]
    fn no_figures_make_it_panic(
        base: i64, quota: i64, cap: i64, fixed: i64, rate: i64, share: i64, edge: i64,
        before: i64, earned: i64, decimals in 0_u32..=28, code in "(EUR|JPY|KWD)", days: i32,
    ) {
        let amount = |minor| Amount { value: Decimal::new(minor, decimals), currency: None };
        let mut plan = plan(EVERYTHING);
        for rule in &mut plan.rules {
            match &mut rule.terms {
                Terms::Rates(table) => {
                    let band = |from, rate| Band { from: amount(from), rate: Rate(rate) };
                    let scale = Scale::Marginal(vec![band(0, rate), band(edge, share)]);
                    let products = BTreeMap::from([("*".to_owned(), scale)]);
                    *table = RateTable(BTreeMap::from([("*".to_owned(), products)]));
                }
                Terms::Accelerator(accelerator) => {
                    (accelerator.quota, accelerator.rate) = (amount(quota), Rate(rate));
                }
                Terms::Spiff(spiff) => spiff.pays = Extra::Fixed(amount(fixed)),
                Terms::Cap(rule) => rule.most = amount(cap),
                Terms::MinimumBase(least) | Terms::MinimumPayout(least) => *least = amount(-1),
                Terms::Split(shares) => *shares = named(&[share, 10_000_i64.wrapping_sub(share)]),
                Terms::Clawback(windows) => {
                    windows.iter_mut().for_each(|window| window.share = Rate(share));
                }
            }
        }
        let money = |minor| Money::new(minor, code.parse().unwrap());
        let deal = Deal { base: money(base), ..deal(0) };
        let earlier = [before, earned, i64::MIN].map(|minor| Earlier {
            deal: Deal { base: money(minor), ..deal },
            commission: money(earned),
            spiffs: vec![],
        });
        let cancelled = crate::program::date::add_days(deal.closed_on, days.into());
        let _ = plan.check();
        let commission = plan.commission(&deal, &earlier);
        let _ = Difference::between(money(earned), &commission).to_string();
        let _ = plan.spiffs(&deal, &earlier);
        let _ = plan.shared(money(earned), &deal);
        let _ = plan.clawback(money(earned), &deal, cancelled);
        let twice = [Won { id: "a", deal }; 2];
        let _ = plan.statement(&twice, &earlier, money(fixed), cancelled);
        let _ = commission.map(|computation| texts(&computation));
    }
}

#[test]
fn the_ends_of_the_range_do_not_panic() {
    let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
    for base in ends {
        for rate in ends {
            let exact = Exact::product(eur(base), Rate(rate));
            for rounding in [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down] {
                let _ = exact.map(|exact| (exact.rounded(rounding), exact.money(), exact.to_string()));
            }
            let _ = exact.and_then(|exact| exact.plus(exact)).map(Exact::negated);
            assert!(Exact::difference(eur(base), eur(rate)).is_some());
            let _ = amount(eur(base), rate);
            for edge in ends.into_iter().filter(|edge| *edge > 0) {
                let _ = banded(&[(0, rate), (edge, rate)], Rounding::HalfUp).commission(&deal(base), &[]);
            }
        }
    }
}
