//! Each kind of rule on a deal, as the lines that a partner reads.

use super::*;

fn check(rules: &str, deal: &Deal<'_>, earlier: &[Earlier<'_>], expected: &[&str]) {
    let computation = plan(rules).commission(deal, earlier).unwrap();
    assert_eq!(texts(&computation), expected);
    assert_eq!(
        computation.lines.last().unwrap().result,
        Exact::from(computation.amount)
    );
}

/// A deal of the same terms, closed on a day of 2026 and counted before.
fn earlier(month: i8, day: i8, base: i64, commission: i64) -> Earlier<'static> {
    Earlier {
        deal: Deal {
            closed_on: date(2026, month, day),
            ..deal(base)
        },
        commission: eur(commission),
        spiffs: vec!["Bonus".into()],
    }
}

#[test]
fn a_rate_is_rounded_once_and_says_so() {
    let rules = "  - {id: r, effective_from: 2026-01-01, rates: {gold: {Core: 10%}, '*': {'*': 5%}}}";
    check(
        rules,
        &deal(1_240_000),
        &[],
        &["EUR 12,400.00 × 10 % = EUR 1,240.00"],
    );
    check(
        rules,
        &deal(5),
        &[],
        &[
            "EUR 0.05 × 10 % = EUR 0.005",
            "EUR 0.005 rounded half up = EUR 0.01",
        ],
    );
    let silver = DealTerms {
        tier: "silver",
        ..TERMS
    };
    let silver = Deal {
        terms: silver,
        ..deal(100)
    };
    check(rules, &silver, &[], &["EUR 1.00 × 5 % = EUR 0.05"]);
    check(rules, &deal(0), &[], &["EUR 0.00 × 10 % = EUR 0.00"]);
}

#[test]
fn each_rounding_on_either_side_of_zero() {
    let check = |minor, rate, expected: [i64; 3]| {
        for sign in [1, -1] {
            let exact = Exact::product(eur(sign * minor), Rate(rate)).unwrap();
            let modes = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Down];
            let rounded = modes.map(|mode| exact.rounded(mode).unwrap().minor);
            assert_eq!(rounded, expected.map(|minor| sign * minor), "{exact}");
        }
    };
    check(5, 1_000, [1, 0, 0]); // 0.5
    check(15, 1_000, [2, 2, 1]); // 1.5
    check(25, 1_000, [3, 2, 2]); // 2.5
    check(12_345, 1_250, [1_543, 1_543, 1_543]); // 1543.125
    check(99_999, 333, [3_330, 3_330, 3_329]); // 3329.9667
}

#[test]
fn an_exact_amount_shows_what_it_needs() {
    let check = |minor, code: &str, bps, expected: &str| {
        let money = Money::new(minor, code.parse().unwrap());
        let exact = Exact::product(money, Rate(bps)).unwrap();
        assert_eq!(exact.to_string(), expected);
        assert_eq!(
            exact.money().is_some(),
            Exact::from(exact.rounded(Rounding::HalfUp).unwrap()) == exact
        );
    };
    check(2_215_850, "EUR", 300, "EUR 664.755");
    check(-5, "EUR", 1_250, "-EUR 0.00625");
    check(100, "EUR", 10_000, "EUR 1.00");
    check(5, "JPY", 1_000, "JPY 0.5");
    check(1_234_567, "JPY", 10_000, "JPY 1,234,567");
    check(1_234_567, "KWD", 1, "KWD 0.1234567");
    check(0, "KWD", 10_000, "KWD 0.000");
}

#[test]
fn bands_are_whole_or_marginal() {
    let bands = "[{from: 0, rate: 10%}, {from: '40,000.00 EUR', rate: 12.5%}]";
    let whole =
        format!("  - {{id: r, effective_from: 2026-01-01, rates: {{gold: {{Core: {{whole: {bands}}}}}}}}}");
    let marginal = whole.replace("whole", "marginal");
    check(
        &whole,
        &deal(3_999_999),
        &[],
        &[
            "EUR 39,999.99 × 10 % (the band from EUR 0.00) = EUR 3,999.999",
            "EUR 3,999.999 rounded half up = EUR 4,000.00",
        ],
    );
    check(
        &whole,
        &deal(4_000_000),
        &[],
        &["EUR 40,000.00 × 12.5 % (the band from EUR 40,000.00) = EUR 5,000.00"],
    );
    check(
        &marginal,
        &deal(4_000_000),
        &[],
        &["EUR 40,000.00 × 10 % (the band from EUR 0.00) = EUR 4,000.00"],
    );
    check(
        &marginal,
        &deal(5_000_001),
        &[],
        &[
            "EUR 40,000.00 × 10 % (the band from EUR 0.00) = EUR 4,000.00",
            "EUR 10,000.01 × 12.5 % (the band from EUR 40,000.00) = EUR 1,250.00125",
            "EUR 4,000.00 + EUR 1,250.00125 = EUR 5,250.00125",
            "EUR 5,250.00125 rounded half up = EUR 5,250.00",
        ],
    );
}

#[test]
fn an_accelerator_starts_where_the_quota_is_passed() {
    let rules = "  - {id: r, effective_from: 2026-01-01, rates: {gold: {Core: 10%}}}
  - {id: a, effective_from: 2026-01-01, accelerator: {per: quarter, quota: 1000, rate: 2%}}";
    let quarter = [
        earlier(4, 1, 60_000, 6_000),
        earlier(5, 2, 30_000, 3_000),
        earlier(3, 31, 99_999, 0),
    ];
    check(rules, &deal(10_000), &quarter, &["EUR 100.00 × 10 % = EUR 10.00"]);
    check(
        rules,
        &deal(20_000),
        &quarter,
        &[
            "EUR 200.00 × 10 % = EUR 20.00",
            "EUR 900.00 before + EUR 200.00, quota EUR 1,000.00: EUR 100.00 above it × 2 % = EUR 2.00",
            "EUR 20.00 + EUR 2.00 = EUR 22.00",
        ],
    );
}

#[test]
fn caps_cut_deals_and_periods() {
    let rules = "  - {id: r, effective_from: 2026-01-01, rates: {gold: {Core: 10%}}}
  - {id: c, effective_from: 2026-01-01, cap: {per: deal, most: 500}}
  - {id: y, effective_from: 2026-01-01, cap: {per: year, most: 900}}";
    let year = [
        earlier(1, 1, 500_000, 50_000),
        earlier(3, 31, 300_000, 30_000),
        earlier(12, 31, 0, 0),
    ];
    check(
        rules,
        &deal(600_000),
        &year,
        &[
            "EUR 6,000.00 × 10 % = EUR 600.00",
            "EUR 600.00, at most EUR 500.00 per deal: EUR 500.00",
            "EUR 500.00, at most EUR 900.00 per year and EUR 800.00 of it used before: EUR 100.00",
        ],
    );
    check(
        rules,
        &deal(100_000),
        &year,
        &["EUR 1,000.00 × 10 % = EUR 100.00"],
    );
}

#[test]
fn quotas_and_caps_count_the_deals_they_are_about() {
    let rules = "  - {id: r, effective_from: 2026-01-01, rates: {gold: {'*': 10%}}}
  - {id: a, effective_from: 2026-01-01, for: {product: Core}, accelerator: {per: year, quota: 1000, rate: 2%}}
  - {id: c, effective_from: 2026-01-01, for: {product: Core}, cap: {per: year, most: 100}}";
    let mut other = earlier(4, 1, 200_000, 20_000);
    other.deal.terms.product = "Edge";
    check(
        rules,
        &deal(1_000),
        &[other.clone()],
        &["EUR 10.00 × 10 % = EUR 1.00"],
    );
    let edge = other.deal;
    check(rules, &edge, &[], &["EUR 2,000.00 × 10 % = EUR 200.00"]);
}

#[test]
fn spiffs_have_a_minimum_and_a_number() {
    let plan = plan(EVERYTHING);
    let check = |base, earlier: &[Earlier<'_>], expected: &str| {
        let spiffs = plan.spiffs(&deal(base), earlier).unwrap();
        assert_eq!(texts(&spiffs["Bonus"]), [expected]);
        assert_eq!(texts(&spiffs["Gift"]), ["Gift: a fixed EUR 800.00 = EUR 800.00"]);
    };
    check(100_000, &[], "Bonus: EUR 1,000.00 × 3 % = EUR 30.00");
    check(
        99_999,
        &[],
        "EUR 999.99 is less than the minimum of EUR 1,000.00: EUR 0.00",
    );
    let once = [earlier(4, 1, 100_000, 0)];
    check(
        100_000,
        &once,
        "Bonus: 1 earned in the quarter, of at most 1: EUR 0.00",
    );
    let last_quarter = [earlier(3, 31, 100_000, 0)];
    check(100_000, &last_quarter, "Bonus: EUR 1,000.00 × 3 % = EUR 30.00");
}

#[test]
fn what_is_taken_back_depends_on_the_day() {
    let plan = plan(EVERYTHING);
    let check = |days, expected: &[&str]| {
        let cancelled = crate::program::date::add_days(deal(0).closed_on, days);
        let taken = plan.clawback(eur(100_001), &deal(1_000_000), cancelled).unwrap();
        assert_eq!(texts(&taken), expected);
    };
    let full = "EUR 1,000.01 × 100 % taken back on day 180, within 180 days = -EUR 1,000.01";
    check(180, &[full]);
    check(
        181,
        &[
            "EUR 1,000.01 × 50 % taken back on day 181, within 365 days = -EUR 500.005",
            "-EUR 500.005 rounded half up = -EUR 500.01",
        ],
    );
    check(
        366,
        &["EUR 1,000.01 × 0 % taken back on day 366, after 365 days = EUR 0.00"],
    );
    let early = plan.clawback(eur(1), &deal(1), date(2026, 5, 14));
    assert_eq!(early, Err(Unexplained::CancelledBeforeClose));
}

#[test]
fn a_shared_commission_adds_up() {
    let shared = plan(EVERYTHING).shared(eur(100), &deal(1)).unwrap();
    assert_eq!(
        texts(&shared["sourced"]).last().unwrap(),
        "EUR 0.6667 rounded so that the shares add up = EUR 0.67"
    );
    assert_eq!(
        texts(&shared["influenced"]).last().unwrap(),
        "EUR 0.3333 rounded so that the shares add up = EUR 0.33"
    );
    let shares: std::collections::BTreeMap<_, _> = [("a", 3_334), ("b", 3_333), ("c", 3_333)]
        .map(|(name, bps)| (name.to_owned(), Rate(bps)))
        .into();
    let parts = divide(eur(-100), &shares).unwrap();
    assert_eq!(
        parts.values().map(|part| part.minor).collect::<Vec<_>>(),
        [-34, -33, -33]
    );
}

#[test]
fn the_rule_of_the_close_date_counts_and_the_latest_wins() {
    let rules = "  - {id: old, effective_from: 2024-01-01, effective_until: 2025-01-01, rates: {gold: {Core: 10%}}}
  - {id: new, effective_from: 2025-01-01, rates: {'*': {'*': 12%}}}
  - {id: gold, effective_from: 2026-01-01, effective_until: 2026-06-01, for: {product: Core}, rates: {gold: {'*': 15%}}}";
    let check = |day, product, expected: Option<&str>| {
        let terms = DealTerms { product, ..TERMS };
        let deal = Deal {
            terms,
            closed_on: day,
            ..deal(100)
        };
        let computed = plan(rules).commission(&deal, &[]);
        let rule = computed.ok().and_then(|c| c.lines[0].rule.clone());
        assert_eq!(rule.as_deref(), expected, "{day} {product}");
    };
    check(date(2023, 12, 31), "Core", None);
    check(date(2024, 1, 1), "Core", Some("old"));
    check(date(2024, 12, 31), "Core", Some("old"));
    check(date(2024, 12, 31), "Edge", None);
    check(date(2025, 1, 1), "Core", Some("new"));
    check(date(2026, 5, 31), "Core", Some("gold"));
    check(date(2026, 5, 31), "Edge", Some("new"));
    check(date(2026, 6, 1), "Core", Some("new"));
}

#[test]
fn what_cannot_be_computed_says_why() {
    let check = |rules: &str, base, expected: &str| {
        let error = plan(rules).commission(&deal(base), &[]).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    check("  []", 1, "the plan has no rate for this deal on 15 May 2026");
    check("  []", -1, "a commission base cannot be negative");
    let twins = "  - {id: b, effective_from: 2026-01-01, rates: {gold: {Core: 1%}}}
  - {id: a, effective_from: 2026-01-01, rates: {gold: {'*': 2%}}}";
    check(twins, 1, "these rules came into force on the same day: a, b");
    let dollars = "  - {id: a, effective_from: 2026-01-01, minimum_base: 5 USD}";
    check(dollars, 1, "amounts in EUR and USD are not compared");
    let fractions = "  - {id: a, effective_from: 2026-01-01, minimum_base: '5.001'}";
    check(fractions, 1, "an amount of rule a is none in EUR");
    let bands =
        "  - {id: a, effective_from: 2026-01-01, rates: {gold: {Core: {whole: [{from: 5, rate: 1%}]}}}}";
    check(bands, 1, "rule a contradicts itself");
}

#[test]
fn the_crm_and_the_plan_are_put_side_by_side() {
    let computed = plan(EVERYTHING).commission(&deal(1_240_000), &[]);
    let check = |crm, computed: &Result<Computation, Unexplained>, expected: &str| {
        assert_eq!(Difference::between(crm, computed).to_string(), expected);
    };
    check(eur(124_000), &computed, "the CRM and the plan agree");
    check(
        eur(123_950),
        &computed,
        "the CRM has EUR 1,239.50, the plan gives EUR 1,240.00: a difference of -EUR 0.50",
    );
    check(
        eur(i64::MIN),
        &computed,
        "the CRM has -EUR 92,233,720,368,547,758.08, the plan gives EUR 1,240.00: a difference of \
         -EUR 92,233,720,368,548,998.08",
    );
    let dollars = Money::new(124_000, "USD".parse().unwrap());
    check(
        dollars,
        &computed,
        "the CRM's figure is in USD, the plan's in EUR",
    );
    check(
        eur(1),
        &Err(Unexplained::NegativeBase),
        "the plan gives no figure: a commission base cannot be negative",
    );
}

#[test]
fn small_payouts_wait() {
    let plan = plan(EVERYTHING);
    let check = |due, paid, waits| {
        let payout = plan.payout(eur(due), date(2026, 7, 10)).unwrap();
        assert_eq!((payout.paid, payout.carried_over), (eur(paid), eur(waits)));
        payout.line.map(|line| line.text())
    };
    assert_eq!(
        check(9_999, 0, 9_999).as_deref(),
        Some("EUR 99.99 is less than EUR 100.00 and is carried over, paid now: EUR 0.00")
    );
    assert_eq!(check(10_000, 10_000, 0), None);
    assert_eq!(check(-5, 0, -5), None);
    assert_eq!(check(0, 0, 0), None);
}
