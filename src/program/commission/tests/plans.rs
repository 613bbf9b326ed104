//! Plans as people write them, and what is found wrong with them.

use super::*;

#[test]
fn rates_and_amounts_are_read_exactly_or_not_at_all() {
    let check = |text: &str, expected: Option<i64>| {
        assert_eq!(text.parse::<Rate>().ok().map(|rate| rate.0), expected, "{text}");
    };
    check("12.5%", Some(1_250));
    check("12.5 %", Some(1_250));
    check("0%", Some(0));
    check("-3%", Some(-300)); // `check` refuses it, with the rule's id
    check("150 bps", Some(150));
    for bad in [
        "12.5", "12,5%", "0.125%", "%", ".5%", "1_0%", "12.%", "ten%", "1.5 bps",
    ] {
        check(bad, None);
    }
    let check = |text: &str, expected: Option<(&str, Option<&str>)>| {
        let amount = text.parse::<Amount>().ok();
        let read = amount.map(|a| (a.value.to_string(), a.currency.map(|c| c.to_string())));
        let expected = expected.map(|(value, code)| (value.to_owned(), code.map(str::to_owned)));
        assert_eq!(read, expected, "{text}");
    };
    check("40,000.00 EUR", Some(("40000.00", Some("EUR"))));
    check("EUR 40000", Some(("40000", Some("EUR"))));
    check("1,234,567", Some(("1234567", None)));
    check("-5 USD", Some(("-5", Some("USD"))));
    for bad in [
        "40.000,00 EUR",
        "40,00 EUR",
        "4000,000",
        "1,2345",
        "40 000 EUR",
        "40000 Euro",
        "EUR",
        "",
        "1.5.0",
        "1e3",
        "99999999999999999999999999999999 EUR",
    ] {
        check(bad, None);
    }
}

#[test]
fn a_plan_is_read_from_yaml_with_every_kind_of_rule() {
    let plan = plan(EVERYTHING);
    assert_eq!(plan.rules.len(), 10);
    assert_eq!(plan.check(), []);
    assert_eq!(plan.rounding, Rounding::HalfUp);
    assert_eq!(plan.base.described(), "the base as the CRM gives it");
    let from = |text: &str| serde_saphyr::from_str::<CommissionPlan>(text);
    let written = from(
        "base: first_year_net\nrounding: half_even\nyear_starts_in: 7\nrules:\n  - id: a\n    \
         source: {document: Plan, heading: Rates}\n    effective_from: 2026-01-01\n    effective_until: 2027-01-01\n    \
         for: {tier: [gold, silver], product: Core, motion: '*'}\n    rates: {gold: {Core: 1250}}\n",
    );
    let written = written.unwrap();
    assert_eq!(
        (written.base, written.rounding),
        (BaseRule::FirstYearNet, Rounding::HalfEven)
    );
    let rule = written.rule("a").unwrap();
    assert_eq!(rule.source.as_ref().unwrap().heading, "Rates");
    assert!(rule.applies_to.admits(&TERMS));
    assert!(!rule.applies_to.admits(&DealTerms {
        tier: "bronze",
        ..TERMS
    }));
}

#[test]
fn a_plan_in_toml_is_the_same_plan() {
    let toml = r#"
        [[rules]]
        id = "a"
        effective_from = "2026-01-01"
        for = { motion = "new" }
        rates.gold.Core = "12.5%"
        rates.gold."*" = { marginal = [{ from = 0, rate = 1000 }, { from = "5,000 EUR", rate = "12%" }] }
    "#;
    let toml = config::File::from_str(toml, config::FileFormat::Toml);
    let read: CommissionPlan = config::Config::builder()
        .add_source(toml)
        .build()
        .and_then(config::Config::try_deserialize)
        .unwrap();
    let yaml = "  - {id: a, effective_from: 2026-01-01, for: {motion: new}, rates: {gold: {Core: 1250, '*': {marginal:
        [{from: 0, rate: 10%}, {from: '5,000 EUR', rate: 12%}]}}}}";
    assert_eq!(read, plan(yaml));
}

#[test]
fn a_plan_that_cannot_be_meant_is_refused_with_its_reason() {
    let check = |rule: &str, expected: &str| {
        let error = serde_saphyr::from_str::<CommissionPlan>(&format!("rules:\n  - {rule}\n"))
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{rule}: {error}");
    };
    check(
        "{id: a, effective_from: 2026-01-01}",
        "rule \"a\" needs exactly one of",
    );
    check(
        "{id: a, effective_from: 2026-01-01, minimum_base: 5, minimum_payout: 5}",
        "needs exactly one of",
    );
    check("{id: a, effective_from: 2026-01-01, ratse: {}}", "ratse");
    check(
        "{id: a, effective_from: 2026-01-01, rates: {gold: {Core: 12.5}}}",
        "a rate",
    );
    check(
        "{id: a, effective_from: 2026-01-01, rates: {gold: {Core: 0.125%}}}",
        "at most two decimals",
    );
    check(
        "{id: a, effective_from: 2026-01-01, minimum_base: 40.5}",
        "an amount such as",
    );
    check(
        "{id: a, effective_from: 2026-01-01, spiff: {name: S}}",
        "rule \"a\": a spiff needs either a rate or an amount",
    );
    check("{id: a, effective_from: soon, minimum_base: 5}", "soon");
}

#[test]
fn the_check_names_every_problem_its_rule_and_what_to_do() {
    let check = |rules: &str, expected: &[&str]| {
        let found: Vec<String> = plan(rules).check().iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                found.starts_with(expected),
                "{found:?} does not start with {expected:?}"
            );
            assert!(found.contains("; "), "{found:?} does not say what to do");
        }
    };
    check("  []", &[]);
    // Gaps between versions are allowed, and so is an amendment that starts later.
    check(
        "  - {id: a, effective_from: 2024-01-01, effective_until: 2025-01-01, minimum_base: 5}
  - {id: b, effective_from: 2026-01-01, minimum_base: 5}
  - {id: c, effective_from: 2026-02-01, minimum_base: 6}",
        &[],
    );
    check(
        "  - {id: b, effective_from: 2026-01-01, minimum_base: 5}
  - {id: a, effective_from: 2026-01-01, for: {tier: gold}, minimum_base: 6}
  - {id: c, effective_from: 2026-01-01, for: {tier: silver}, minimum_payout: 6}",
        &[
            "a: b comes into force on the same day for the same deals",
            "c: a payout is of many deals",
        ],
    );
    check(
        "  - {id: a, effective_from: 2026-01-01, for: {motion: new}, rates: {gold: {Core: 5%}}}
  - {id: b, effective_from: 2026-01-01, for: {motion: renewal}, rates: {gold: {Core: 5%}}}
  - {id: c, effective_from: 2026-01-01, for: {product: Edge}, rates: {gold: {'*': 5%}}}
  - {id: d, effective_from: 2026-01-01, rates: {'*': {Edge: 5%}}}",
        &["c: d comes into force"],
    );
    check(
        "  - {id: a, effective_from: 2026-01-01, spiff: {name: S, rate: 3%}}
  - {id: b, effective_from: 2026-01-01, spiff: {name: T, rate: 3%}}
  - {id: a, effective_from: 2026-01-01, cap: {per: deal, most: -1}}
  - {id: a, effective_from: 2026-01-01, for: {tier: gold}, cap: {per: deal, most: 1}}
  - {id: d, effective_from: 2026-01-01, effective_until: 2026-01-01, cap: {per: year, most: 1}}",
        &[
            "a: a comes into force on the same day",
            "a: another rule has the same id",
            "a: another rule has the same id",
            "a: another rule has the same id",
            "a: its cap is negative (-1)",
            "d: it ends on 2026-01-01 and starts on 2026-01-01",
        ],
    );
    check(
        "  - {id: a, effective_from: 2026-01-01, split: {x: 70%, y: 20%}}
  - {id: b, effective_from: 2026-01-01, for: {tier: gold}, split: {x: 110%, y: -10%}}
  - {id: c, effective_from: 2026-01-01, clawback: [{within_days: 9, share: 1%}, {within_days: 9, share: 1%}]}
  - {id: d, effective_from: 2026-02-01, clawback: []}
  - {id: e, effective_from: 2026-01-01, accelerator: {per: deal, quota: 1.005 EUR, rate: 101%}}",
        &[
            "a: b comes into force",
            "a: its shares add up to 9000",
            "b: its share is -10 %",
            "b: its share is 110 %",
            "c: its windows do not ascend",
            "d: its windows do not ascend",
            "e: its quota is per deal",
            "e: its quota of 1.005 is no amount",
            "e: its rate is 101 %",
        ],
    );
    check(
        "  - {id: a, effective_from: 2026-01-01, rates: {g: {C: {whole: [{from: 1, rate: 1%}]}}}}
  - {id: b, effective_from: 2026-01-01, rates: {h: {C: {marginal: [{from: 0, rate: 1%}, {from: 0, rate: 1%}]}}}}
  - {id: c, effective_from: 2026-01-01, rates: {i: {C: {whole: [{from: 0, rate: 1%}, {from: 5 EUR, rate: 1%}, {from: 9, rate: 1%}]}}}}
  - {id: d, effective_from: 2026-01-01, rates: {}}",
        &[
            "a: its bands do not start from 0",
            "b: its bands do not ascend",
            "c: its bands are in several currencies",
            "d: its table is empty",
        ],
    );
}
