//! Tables for each rule, and properties for the arithmetic.

mod plans;
mod properties;
mod rates;
mod rules;
mod traces;

use super::*;
use jiff::civil::date;

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

/// A plan of these rules, as YAML.
fn plan(rules: &str) -> CommissionPlan {
    serde_saphyr::from_str(&format!("rules:\n{rules}")).unwrap()
}

const TERMS: DealTerms<'static> = DealTerms {
    tier: "gold",
    product: "Core",
    motion: "new",
    attribution: "sourced",
};

/// A gold partner's deal of 15 May 2026.
fn deal(minor: i64) -> Deal<'static> {
    Deal {
        base: eur(minor),
        terms: TERMS,
        closed_on: date(2026, 5, 15),
    }
}

fn texts(computation: &Computation) -> Vec<String> {
    computation.lines.iter().map(Line::text).collect()
}

/// Every kind of rule at once, for whatever deal.
const EVERYTHING: &str = r#"
  - {id: rates, effective_from: 2026-01-01, rates: {"*": {"*": {marginal: [{from: 0, rate: 10%}, {from: 50000, rate: 12.5%}]}}}}
  - {id: faster, effective_from: 2026-01-01, accelerator: {per: quarter, quota: 60000, rate: 2.25%}}
  - {id: bonus, effective_from: 2026-01-01, spiff: {name: Bonus, rate: 3%, minimum_base: 1000, at_most_per_quarter: 1}}
  - {id: gift, effective_from: 2026-01-01, spiff: {name: Gift, amount: 800 EUR}}
  - {id: deal-cap, effective_from: 2026-01-01, cap: {per: deal, most: 20000}}
  - {id: quarter-cap, effective_from: 2026-01-01, cap: {per: quarter, most: 25000}}
  - {id: least, effective_from: 2026-01-01, minimum_base: 100}
  - {id: payout, effective_from: 2026-01-01, minimum_payout: 100}
  - {id: shares, effective_from: 2026-01-01, split: {sourced: 66.67%, influenced: 33.33%}}
  - id: back
    effective_from: 2026-01-01
    clawback: [{within_days: 180, share: 100%}, {within_days: 365, share: 50%}]
"#;
