use super::*;
use crate::program::date::add_days;
use jiff::civil::date;
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 21);

fn deal(outcome: Outcome, minor: i64, code: &str, days: i64) -> Deal {
    Deal {
        outcome,
        amount: Money::new(minor, code.parse().unwrap()),
        created_on: add_days(TODAY, -days),
        close_date: TODAY,
        probability_pct: None,
        last_activity_on: None,
    }
}

#[test]
fn figures_are_those_of_the_formulas() {
    let closed = [
        deal(Outcome::Won, 100_000, "EUR", 10),
        deal(Outcome::Won, 200_001, "EUR", 40),
        deal(Outcome::Won, 300_000, "EUR", 41),
        deal(Outcome::Lost, 900_000, "EUR", 99),
        deal(Outcome::Open, 900_000, "EUR", 99),
    ];
    let open = [
        deal(Outcome::Open, 50_000, "EUR", 1),
        deal(Outcome::Open, 70_000, "EUR", 1),
        deal(Outcome::Won, 70_000, "EUR", 1),
    ];
    let metrics = metrics(&closed, &open);
    assert_eq!((metrics.open, metrics.won, metrics.lost), (2, 3, 1));
    assert_eq!(metrics.win_rate_pct, Some(75));
    assert_eq!(metrics.average.to_string(), "EUR 2,000.00");
    let cycle = Cycle {
        mean_days: 30,
        median_days: 40,
    };
    assert_eq!(metrics.cycle, Some(cycle));
    // 2 × 0.75 × 2,000.003 ÷ 30.333
    assert_eq!(metrics.velocity.to_string(), "EUR 98.90");
}

#[test]
fn nothing_closed_has_no_rates() {
    let open = [deal(Outcome::Open, 50_000, "EUR", 1)];
    let metrics = metrics(&open, &open);
    assert_eq!((metrics.win_rate_pct, metrics.cycle), (None, None));
    assert!(metrics.average.is_empty() && metrics.velocity.is_empty());
}

#[test]
fn currencies_have_figures_of_their_own() {
    let closed = [
        deal(Outcome::Won, 100_000, "EUR", 10),
        deal(Outcome::Won, 300_000, "USD", 20),
        deal(Outcome::Lost, 100, "USD", 20),
    ];
    let open = [
        deal(Outcome::Open, 100, "EUR", 1),
        deal(Outcome::Open, 100, "USD", 1),
        deal(Outcome::Open, 100, "SGD", 1),
    ];
    let metrics = metrics(&closed, &open);
    assert_eq!(metrics.average.to_string(), "EUR 1,000.00 and USD 3,000.00");
    assert_eq!(metrics.velocity.to_string(), "EUR 100.00 and USD 75.00");
}

#[test]
fn weights_are_rounded_once() {
    let weigh = |minor, percent| Deal {
        probability_pct: percent,
        ..deal(Outcome::Open, minor, "EUR", 1)
    };
    let check = |deals: &[Deal], amount: &str, unknown: usize| {
        let weighted = weighted(deals);
        assert_eq!(weighted.amount.to_string(), amount);
        assert_eq!(
            (weighted.count, weighted.unknown),
            (deals.len() - unknown, unknown)
        );
    };
    check(&[weigh(1, Some(50)), weigh(1, Some(50))], "EUR 0.01", 0);
    check(&[weigh(12_345, Some(10)), weigh(99, None)], "EUR 12.35", 1);
    check(&[weigh(99, None)], "", 1);
}

#[test]
fn quiet_deals_are_found() {
    let check = |close: i64, activity: Option<i64>, expected: Option<(Option<i64>, Option<i64>)>| {
        let deal = Deal {
            close_date: add_days(TODAY, close),
            last_activity_on: activity.map(|days| add_days(TODAY, -days)),
            ..deal(Outcome::Open, 1, "EUR", 90)
        };
        let found = stale(&deal, TODAY, STALE_DAYS).map(|stale| (stale.idle_days, stale.overdue_days));
        assert_eq!(found, expected, "{close} {activity:?}");
        let won = Deal {
            outcome: Outcome::Won,
            ..deal
        };
        assert_eq!(stale(&won, TODAY, STALE_DAYS), None);
    };
    check(10, Some(29), None);
    check(10, Some(30), Some((Some(30), None)));
    check(0, None, None);
    check(-1, None, Some((None, Some(1))));
    check(-5, Some(45), Some((Some(45), Some(5))));
    check(-5, Some(2), Some((None, Some(5))));
}

fn any_deal() -> impl Strategy<Value = Deal> {
    let outcome = prop::sample::select(vec![Outcome::Open, Outcome::Won, Outcome::Lost]);
    (
        outcome,
        0_i64..100_000_000,
        "(EUR|USD)",
        0_i64..400,
        prop::option::of(0_i64..=100),
    )
        .prop_map(|(outcome, minor, code, days, probability_pct)| Deal {
            probability_pct,
            ..deal(outcome, minor, &code, days)
        })
}

proptest! {
    #[test]
    fn averages_lie_between_the_least_and_the_most(deals in prop::collection::vec(any_deal(), 0..20)) {
        let metrics = metrics(&deals, &deals);
        let won: Vec<&Deal> = deals.iter().filter(|deal| deal.outcome == Outcome::Won).collect();
        for average in metrics.average.amounts() {
            let amounts = || won.iter().map(|deal| deal.amount).filter(|a| a.currency == average.currency);
            prop_assert!(amounts().map(|a| a.minor).min() <= Some(average.minor));
            prop_assert!(amounts().map(|a| a.minor).max() >= Some(average.minor));
        }
        if let Some(cycle) = metrics.cycle {
            let days = || won.iter().map(|deal| days_of(deal));
            for figure in [cycle.mean_days, cycle.median_days] {
                prop_assert!(days().min() <= Some(figure) && days().max() >= Some(figure));
            }
        }
        prop_assert_eq!(metrics.win_rate_pct.is_some(), metrics.won + metrics.lost > 0);
    }

    #[test]
    fn order_does_not_matter(deals in prop::collection::vec(any_deal(), 0..20)) {
        let backward: Vec<Deal> = deals.iter().rev().copied().collect();
        prop_assert_eq!(metrics(&deals, &deals), metrics(&backward, &backward));
        prop_assert_eq!(weighted(&deals), weighted(&backward));
    }

    #[test]
    fn what_is_weighed_is_no_more_than_what_is_open(deals in prop::collection::vec(any_deal(), 0..20)) {
        let weighted = weighted(&deals);
        let open: Totals = deals.iter().filter(|deal| deal.outcome == Outcome::Open).map(|deal| deal.amount).collect();
        for amount in weighted.amount.amounts() {
            prop_assert!(0 <= amount.minor && amount.minor <= open.of(amount.currency).minor);
        }
        prop_assert_eq!(weighted.count + weighted.unknown, metrics(&[], &deals).open);
    }
}
