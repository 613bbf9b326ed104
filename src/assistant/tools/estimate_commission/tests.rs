//! Figures computed by hand, what is said where something is missing, and the ledger as a witness.

use super::*;
use crate::{
    assistant::tools::{
        Tool,
        tests::{TODAY, ask_by, assert_proven, crm},
    },
    crm::{
        Commission, CommissionKind, CommissionStatus, Crm, CrmError, Partner, PartnerScope, PartnerType,
        Read, Records, Row, SqlCrm, Stage, Whose,
        fields::{self, Table},
    },
};
use async_trait::async_trait;
use jiff::{civil::date, tz::TimeZone};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The first partner is silver and has won EUR 82,667.00 of Edge in August; Core for EUR 120,000.00 is open, and a
/// renewal of it that it influences, for EUR 30,000.50.
const PLAN: &str = "
rules:
  - id: new-2026
    source: {document: Commission Plan, heading: Rates}
    effective_from: 2026-01-01
    for: {motion: new, attribution: sourced}
    rates: {silver: {Core: 10%, Edge: 12%}, gold: {'*': 15%}}
  - id: renewal-2026
    effective_from: 2026-01-01
    for: {motion: renewal}
    rates: {'*': {'*': {marginal: [{from: 0, rate: 4%}, {from: '20,000 EUR', rate: 6%}]}}}
  - id: faster-2026
    effective_from: 2026-01-01
    for: {product: Edge}
    accelerator: {per: year, quota: 150000, rate: 2%}
  - id: core-launch
    effective_from: 2026-01-01
    for: {product: Core, motion: new}
    spiff: {name: Core Launch, amount: 500 EUR, minimum_base: 40000, at_most_per_quarter: 1}
  - id: last-year
    effective_from: 2025-01-01
    effective_until: 2026-01-01
    rates: {bronze: {Loom: 50%}}
";

fn plan() -> CommissionPlan {
    let plan: CommissionPlan = serde_saphyr::from_str(PLAN).unwrap();
    assert_eq!(plan.check(), []);
    plan
}

const BASIS: &str = "By the plan in force today, 21 November 2026, after your 1 won deal of its year.";

#[tokio::test]
async fn figures_are_the_plan_s() {
    let (crm, plan) = (crm().await, plan());
    let check = async |args: Value, expected: &str| {
        let outcome = ask_by(Some(&plan), &crm, "p-001", Tool::EstimateCommission, &args)
            .await
            .unwrap();
        assert_proven(&outcome);
        assert_eq!(outcome.headline.unwrap(), expected, "{args}");
    };
    let assumed = "Assumed: new business, sourced by you and in EUR, which you are paid in.";
    // 50,000 × 15 % = 7,500; of that 500 with Core go on top. Edge: 82,667 + 50,000 is below the quota.
    check(
        json!({"amount": "50k", "tier": "Gold", "product": "Edge"}),
        &format!(
            "An estimate, not a promise: a sourced Edge deal of EUR 50,000.00 would earn you EUR 7,500.00 as a Gold \
             partner: EUR 50,000.00 × 15 % = EUR 7,500.00. That is EUR 1,500.00 more than the EUR 6,000.00 that you \
             would earn as a Silver partner, which you are today. Rule: Commission Plan, “Rates”, in force from 1 \
             January 2026. {BASIS} {assumed}"
        ),
    )
    .await;
    // 10 % and 500; 12 %.
    check(
        json!({"amount": "€ 50.000"}),
        &format!(
            "An estimate, not a promise: as a Silver partner, a sourced deal of EUR 50,000.00 would earn you EUR \
             5,500.00 with Core and EUR 6,000.00 with Edge. {BASIS} Assumed: new business and sourced by you."
        ),
    )
    .await;
    // 82,667 + 100,000 is 32,667 above the quota, at 2 % more: 653.34.
    check(
        json!({"amount": "EUR 100,000", "product": "edge", "motion": "new", "attribution": "sourced"}),
        &format!(
            "An estimate, not a promise: a sourced Edge deal of EUR 100,000.00 would earn you EUR 12,653.34 as a Silver \
             partner: EUR 100,000.00 × 12 % = EUR 12,000.00; EUR 82,667.00 before + EUR 100,000.00, quota EUR \
             150,000.00: EUR 32,667.00 above it × 2 % = EUR 653.34; EUR 12,000.00 + EUR 653.34 = EUR 12,653.34. Rule: \
             Commission Plan, “Rates”, in force from 1 January 2026. {BASIS}"
        ),
    )
    .await;
    // 20,000 × 4 % + 10,000 × 6 %, whatever it is that is renewed.
    check(
        json!({"amount": "30,000 EUR", "motion": "renewal", "attribution": "influenced"}),
        &format!(
            "An estimate, not a promise: an influenced renewal of EUR 30,000.00, whichever the product, would earn you \
             EUR 1,400.00 as a Silver partner: EUR 20,000.00 × 4 % (the band from EUR 0.00) = EUR 800.00; EUR \
             10,000.00 × 6 % (the band from EUR 20,000.00) = EUR 600.00; EUR 800.00 + EUR 600.00 = EUR 1,400.00. Rule: \
             renewal-2026, in force from 1 January 2026. {BASIS}"
        ),
    )
    .await;
    // The deal's own terms, and its own amount: 120,000 × 10 % + 500.
    check(
        json!({"customer": "northwind"}),
        &format!(
            "An estimate, not a promise: “Northwind rollout” with Northwind Traders would earn you EUR 12,500.00 as a \
             Silver partner: EUR 120,000.00 × 10 % = EUR 12,000.00; Core Launch: a fixed EUR 500.00 = EUR 500.00. \
             Rule: Commission Plan, “Rates”, in force from 1 January 2026. {BASIS}"
        ),
    )
    .await;
    // With another amount: 30,000 × 10 %, too little for the bonus.
    check(
        json!({"customer": "northwind", "amount": "30k"}),
        &format!(
            "An estimate, not a promise: “Northwind rollout” with Northwind Traders would earn you EUR 3,000.00 as a \
             Silver partner: EUR 30,000.00 × 10 % = EUR 3,000.00; Core Launch: EUR 30,000.00 is less than the minimum \
             of EUR 40,000.00: EUR 0.00. Rule: Commission Plan, “Rates”, in force from 1 January 2026. {BASIS}"
        ),
    )
    .await;
    // 12,500 and 20,000 × 4 % + 10,000.50 × 6 % = 1,400.03; as gold 18,500 and the same.
    check(
        json!({"tier": "gold"}),
        &format!(
            "An estimate, not a promise: your 2 open opportunities, worth EUR 150,000.50 in total, would earn you EUR \
             19,900.03 as a Gold partner if you won them all. That is EUR 6,000.00 more than the EUR 13,900.03 that \
             you would earn as a Silver partner, which you are today. {BASIS}"
        ),
    )
    .await;
    check(
        json!({"customer": "Fabrikam", "amount": "10k EUR", "product": "Edge"}),
        &format!(
            "None of your open opportunities matches “Fabrikam”. An estimate, not a promise: a sourced Edge deal of EUR \
             10,000.00 would earn you EUR 1,200.00 as a Silver partner: EUR 10,000.00 × 12 % = EUR 1,200.00. Rule: \
             Commission Plan, “Rates”, in force from 1 January 2026. {BASIS} Assumed: new business and sourced by you."
        ),
    )
    .await;
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let (crm, plan) = (crm().await, plan());
    let check = async |plan: Option<&CommissionPlan>, args: Value, expected: &str| {
        let outcome = ask_by(plan, &crm, "p-001", Tool::EstimateCommission, &args)
            .await
            .unwrap();
        assert_proven(&outcome);
        let headline = outcome.headline.unwrap();
        assert!(headline.starts_with(expected), "{args}: {headline}");
        assert!(!headline.contains("An estimate"), "{headline}");
    };
    let with = Some(&plan);
    check(
        None,
        json!({"amount": "50k"}),
        "The program's commission plan is not loaded",
    )
    .await;
    check(
        with,
        json!({"amount": "50k", "tier": "Bronze"}),
        "The commission plan knows no tier “Bronze”. Those it knows: Gold and Silver.",
    )
    .await;
    check(
        with,
        json!({"amount": "50k", "product": "Loom"}),
        "The commission plan knows no product “Loom”. Those it knows: Core and Edge.",
    )
    .await;
    check(
        with,
        json!({"customer": "Fabrikam"}),
        "None of your open opportunities matches “Fabrikam”. To estimate a commission I need to know what",
    )
    .await;
    check(
        with,
        json!({"motion": "expansion"}),
        "You have no open opportunities of that kind to estimate from. To estimate",
    )
    .await;
    // No rate for it, and none in its currency: quota and bonus are in euros.
    check(
        with,
        json!({"amount": "50k", "motion": "expansion", "product": "Core"}),
        "There is no estimate: the commission plan gives no figure for a sourced Core expansion of EUR 50,000.00 as a \
         Silver partner (the plan has no rate for this deal on 21 November 2026).",
    )
    .await;
    check(
        with,
        json!({"amount": "$50,000", "product": "Core"}),
        "There is no estimate: the commission plan gives no figure for a sourced Core deal of USD 50,000.00 as a Silver \
         partner (amounts in USD and EUR are not compared).",
    )
    .await;
    check(
        with,
        json!({"amount": "70,000 CHF", "motion": "renewal"}),
        "There is no estimate: the commission plan gives no figure for a sourced renewal of CHF 70,000.00 as a Silver",
    )
    .await;
    for amount in ["much", "0 EUR", "50.0001 EUR", "99999999999999 million EUR"] {
        let args = json!({ "amount": amount });
        let refused = ask_by(with, &crm, "p-001", Tool::EstimateCommission, &args).await;
        assert!(
            matches!(refused, Err(ToolError::BadArguments(_))),
            "{amount}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_table_has_the_columns_that_it_needs() {
    let (crm, plan) = (crm().await, plan());
    let check = async |args: Value, columns: &[&str], rows: &[&[&str]]| {
        let outcome = ask_by(Some(&plan), &crm, "p-001", Tool::EstimateCommission, &args)
            .await
            .unwrap();
        assert_eq!(outcome.columns, columns);
        let cell = |record: &crate::assistant::tools::Record, column: &&str| {
            record
                .field(column)
                .map_or_else(String::new, |field| field.text.clone())
        };
        let shown: Vec<Vec<String>> = outcome.records[1..]
            .iter()
            .map(|record| columns.iter().map(|column| cell(record, column)).collect())
            .collect();
        assert_eq!(shown, rows);
    };
    check(
        json!({"amount": "50k", "tier": "gold"}),
        &[
            "product",
            "base",
            "commission",
            "spiff",
            "estimate",
            "at_own_tier",
        ],
        &[
            &[
                "Core",
                "EUR 50,000.00",
                "EUR 7,500.00",
                "EUR 500.00",
                "EUR 8,000.00",
                "EUR 5,500.00",
            ],
            &[
                "Edge",
                "EUR 50,000.00",
                "EUR 7,500.00",
                "",
                "EUR 7,500.00",
                "EUR 6,000.00",
            ],
        ],
    )
    .await;
    check(
        json!({"amount": "9k", "motion": "renewal", "attribution": "sourced"}),
        &["product", "base", "commission", "estimate"],
        &[&["Core and Edge", "EUR 9,000.00", "EUR 360.00", "EUR 360.00"]],
    )
    .await;
}

/// Opportunities over a database that holds nothing else.
struct Deals(SqlCrm, Vec<Row>);

#[async_trait]
impl Crm for Deals {
    async fn read(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError> {
        match table == &fields::OPPORTUNITIES {
            true => Ok(Read::now(self.1.clone())),
            false => self.0.read(table, whose).await,
        }
    }

    async fn create(&self, table: &'static Table, scope: &PartnerScope, row: &Row) -> Result<(), CrmError> {
        self.0.create(table, scope, row).await
    }

    async fn update(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError> {
        self.0.update(table, scope, id, row).await
    }

    async fn schema(&self, table: &'static Table) -> Result<Option<BTreeSet<String>>, CrmError> {
        self.0.schema(table).await
    }

    fn keeps(&self, table: &Table) -> bool {
        self.0.keeps(table)
    }
}

fn partner() -> Partner {
    Partner {
        id: "p-001".into(),
        name: "Acme Partners".into(),
        tier: "silver".into(),
        kind: PartnerType::Reseller,
        region: "emea".into(),
        country: "DE".into(),
        currency: "EUR".parse().unwrap(),
        joined: date(2023, 3, 3),
        manager_name: String::new(),
        manager_email: String::new(),
        referral_code: String::new(),
        referral_url: String::new(),
    }
}

/// Cents, product, motion, attribution, days before today.
type Drawn = (i64, &'static str, &'static str, &'static str, i32);

fn drawn() -> impl Strategy<Value = Drawn> {
    (
        1_i64..30_000_000,
        prop::sample::select(vec!["Core", "Edge", "Other"]),
        prop::sample::select(vec!["new", "renewal"]),
        prop::sample::select(vec!["sourced", "influenced"]),
        0..600_i32,
    )
}

fn row(at: usize, stage: Stage, (minor, product, motion, attribution, ago): Drawn) -> Row {
    let closed = TODAY.checked_sub(jiff::Span::new().days(ago)).unwrap();
    [
        ("id", format!("o-{at:04}")),
        ("partner_id", "p-001".to_owned()),
        ("name", format!("Deal {at}")),
        (
            "customer",
            if stage.is_open() {
                "Candidate".to_owned()
            } else {
                "Other".to_owned()
            },
        ),
        ("product", product.to_owned()),
        ("motion", motion.to_owned()),
        ("attribution", attribution.to_owned()),
        ("stage", stage.as_str().to_owned()),
        ("amount_minor", minor.to_string()),
        ("currency", "EUR".to_owned()),
        ("created_on", "2024-01-01".to_owned()),
        ("close_date", closed.to_string()),
    ]
    .into_iter()
    .collect()
}

/// What the ledger gives for a deal: its commission, or its SPIFFs.
fn booked(plan: &CommissionPlan, deals: &[Opportunity], kind: CommissionKind) -> Option<Money> {
    let last = deals.last().unwrap();
    let entry = Commission {
        id: "c-1".into(),
        opportunity_id: last.id.clone(),
        kind,
        base: last.amount,
        rate_bps: 0,
        amount: Money::new(i64::MIN, last.amount.currency),
        status: CommissionStatus::Pending,
        earned_on: TODAY,
        due_on: TODAY,
        paid_on: None,
    };
    let ledger = Ledger::of(plan, "silver", deals, &[]);
    ledger
        .explain(&entry)?
        .computed
        .ok()
        .map(|computed| computed.amount)
}

#[test]
fn an_estimate_is_what_the_ledger_computes_once_the_deal_is_won() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (plan, partner) = (plan(), partner());
    let sql = runtime.block_on(crate::assistant::tools::tests::database());
    let with_figure = std::cell::Cell::new(0);
    let property = |won: Vec<Drawn>, candidate: Drawn| {
        let candidate = (candidate.0, candidate.1, candidate.2, candidate.3, 0);
        let rows = |stage: Stage| {
            let rows = won
                .iter()
                .enumerate()
                .map(|(at, won)| row(at, Stage::ClosedWon, *won));
            rows.chain([row(won.len(), stage, candidate)]).collect::<Vec<_>>()
        };
        let read = |rows: Vec<Row>| {
            let crm = Deals(sql.clone(), rows);
            runtime.block_on(async {
                let records = Records::of(&crm, &partner);
                let ctx = ToolContext {
                    records: &records,
                    partner: &partner,
                    today: TODAY,
                    fiscal_year_start: 1,
                    time_zone: &TimeZone::UTC,
                    plan: Some(&plan),
                    said: crate::assistant::tools::Said::default(),
                };
                let outcome = call(&ctx, &json!({"customer": "Candidate"})).await.unwrap();
                (outcome, records.opportunities().await.unwrap())
            })
        };
        let (outcome, _) = read(rows(Stage::Negotiation));
        assert_proven(&outcome);
        let (_, deals) = read(rows(Stage::ClosedWon));
        let field = |name: &str| outcome.records[1].field(name).map(|field| field.text.clone());
        let commission = booked(&plan, &deals, CommissionKind::Commission).map(|money| money.to_string());
        let spiff = booked(&plan, &deals, CommissionKind::Spiff).map(|money| money.to_string());
        with_figure.set(with_figure.get() + usize::from(commission.is_some()));
        (
            field("commission"),
            field("spiff"),
            commission.clone(),
            spiff.filter(|_| commission.is_some()),
        )
    };
    let mut runner = prop::test_runner::TestRunner::new(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(
            &(prop::collection::vec(drawn(), 0..12), drawn()),
            |(won, candidate)| {
                let (commission, spiff, booked, paid) = property(won, candidate);
                prop_assert_eq!(commission, booked);
                prop_assert_eq!(spiff, paid);
                Ok(())
            },
        )
        .unwrap();
    assert!(with_figure.get() > 150, "{} had a figure", with_figure.get());
}
