//! The sample vendor's plan explains the sample CRM to the cent, both ways: what is booked, and what is not.

use super::{Sample, TABLES, add_days, read};
use crate::program::commission::{
    CommissionPlan, Deal, DealTerms, Difference, Pay, RateRule, What, Won, rule_in_force,
};
use crate::program::money::Money;
use jiff::civil::{Date, date};
use std::collections::BTreeMap;

/// The first and the last day of a quarter and of a year, and days between. The oldest deals of the sample are five
/// quarters old, and their rates are the plan's of April 2025: on days before July 2026 they are none.
const DAYS: [Date; 7] = [
    date(2026, 7, 1),
    date(2026, 10, 1),
    date(2026, 11, 21),
    date(2026, 12, 31),
    date(2027, 3, 1),
    date(2027, 4, 1),
    date(2028, 2, 29),
];

fn plan() -> CommissionPlan {
    serde_saphyr::from_str(str::from_utf8(&super::plan()).unwrap()).unwrap()
}

/// A row of the sample by its columns.
struct Row(BTreeMap<&'static str, Option<String>>);

impl Row {
    fn text(&self, column: &str) -> &str {
        self.0[column].as_deref().unwrap_or_default()
    }

    fn number(&self, column: &str) -> i64 {
        self.text(column).parse().unwrap()
    }

    fn date(&self, column: &str) -> Date {
        self.text(column).parse().unwrap()
    }

    fn money(&self, column: &str) -> Money {
        Money::new(self.number(column), self.text("currency").parse().unwrap())
    }

    fn deal<'a>(&'a self, tier: &'a str) -> Deal<'a> {
        Deal {
            base: self.money("amount_minor"),
            terms: self.terms(tier),
            closed_on: self.date("close_date"),
        }
    }

    fn terms<'a>(&'a self, tier: &'a str) -> DealTerms<'a> {
        DealTerms {
            tier,
            product: self.text("product"),
            motion: self.text("motion"),
            attribution: self.text("attribution"),
        }
    }
}

fn rows(name: &str, today: Date) -> Vec<Row> {
    let table = TABLES.into_iter().find(|table| table.name == name).unwrap();
    let file = Sample::get(&format!("{name}.csv")).unwrap();
    let filled = read(table, &file.data, today).unwrap();
    let names = table.columns.iter().map(|column| column.name);
    filled
        .rows
        .into_iter()
        .map(|row| Row(names.clone().zip(row).collect()))
        .collect()
}

#[test]
fn the_plan_is_in_order() {
    let plan = plan();
    assert_eq!(plan.check(), []);
    assert!(plan.rules.iter().all(|rule| rule.source.is_some()));
}

#[test]
fn the_plan_and_the_rate_table_of_the_crm_are_the_same() {
    let plan = plan();
    let table: Vec<Row> = rows("commission_rates", DAYS[0]);
    let rules: Vec<RateRule> = table
        .iter()
        .map(|row| RateRule {
            tier: row.text("tier").into(),
            product: row.text("product").into(),
            motion: row.text("motion").into(),
            attribution: row.text("attribution").into(),
            rate_bps: row.number("rate_bps"),
            effective_from: row.date("effective_from"),
            effective_until: row.text("effective_until").parse().ok(),
        })
        .collect();
    for row in &table {
        // The first and the last day, and the day after it.
        let until = row.text("effective_until").parse().ok();
        let last = until.map(|until| add_days(until, -1));
        for day in [Some(row.date("effective_from")), last, until]
            .into_iter()
            .flatten()
        {
            let terms = row.terms(row.text("tier"));
            let base = Money::new(10_000, "EUR".parse().unwrap());
            let deal = Deal {
                base,
                terms,
                closed_on: day,
            };
            let rate = rule_in_force(&rules, &terms, day).unwrap().rate_bps;
            assert_eq!(
                plan.commission(&deal, &[]).unwrap().amount.minor,
                rate,
                "{terms:?} {day}"
            );
        }
    }
    assert_eq!(table.len(), 108);
}

#[test]
fn every_commission_spiff_and_clawback_is_explained_to_the_cent() {
    for today in DAYS {
        let mut explained = BTreeMap::new();
        for partner in rows("partners", today) {
            explain(&partner, today, &mut explained);
        }
        let counts: Vec<_> = explained
            .iter()
            .map(|(kind, count)| (kind.as_str(), *count))
            .collect();
        assert_eq!(
            counts,
            [("clawback", 2), ("commission", 58), ("spiff", 9)],
            "{today}"
        );
    }
}

/// Holds one partner's entries against what the plan gives for its won deals, and counts them by kind.
fn explain(partner: &Row, today: Date, explained: &mut BTreeMap<String, usize>) {
    let plan = plan();
    let of_partner = |row: &Row| row.text("partner_id") == partner.text("id");
    let mut deals = rows("opportunities", today);
    deals.retain(|row| of_partner(row) && row.text("stage") == "closed_won");
    let won: Vec<Won<'_>> = deals
        .iter()
        .map(|row| Won {
            id: row.text("id"),
            deal: row.deal(partner.text("tier")),
        })
        .collect();
    let nothing = Money::new(0, partner.text("currency").parse().unwrap());
    let statement = plan.statement(&won, &[], nothing, today).unwrap();
    let mut due = BTreeMap::new();
    for entry in &statement.entries {
        due.insert((entry.won.id, "commission"), entry.commission.clone());
        due.extend(
            entry
                .spiffs
                .values()
                .map(|spiff| ((entry.won.id, "spiff"), spiff.clone())),
        );
    }

    let entries = rows("commissions", today);
    for entry in entries.iter().filter(|row| of_partner(row)) {
        let (id, deal, figure) = (
            entry.text("id"),
            entry.text("opportunity_id"),
            entry.money("amount_minor"),
        );
        let (kind, computed) = match entry.text("kind") {
            "clawback" => {
                // The other way round: the day on which it was booked has to fall into the window of its share.
                let won = won.iter().find(|won| won.id == deal).unwrap();
                let earned = plan.commission(&won.deal, &[]).unwrap().amount;
                let taken = plan.clawback(earned, &won.deal, entry.date("earned_on"));
                ("clawback", taken.unwrap())
            }
            kind => {
                let computed = due.remove(&(deal, kind)).unwrap();
                let (base, rate) = match computed.lines[0].what {
                    What::Rate { base, rate } => (base, rate),
                    What::Spiff {
                        pays: Pay::Rate { base, rate },
                        ..
                    } => (base, rate),
                    ref other => panic!("{id}: {other:?}"),
                };
                assert_eq!(
                    (base.minor, rate.0),
                    (entry.number("base_minor"), entry.number("rate_bps")),
                    "{id}"
                );
                (kind, computed)
            }
        };
        assert_eq!(
            Difference::between(figure, &Ok(computed)),
            Difference::Same,
            "{id}"
        );
        *explained.entry(kind.to_owned()).or_default() += 1;
    }
    // What the CRM has no entry for is nothing.
    due.retain(|_, computed| computed.amount.minor != 0);
    assert!(due.is_empty(), "no entry for {due:?}");
}
