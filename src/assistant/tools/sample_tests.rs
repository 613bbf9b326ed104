//! The tools over the sample CRM: it loads on any day, and its figures are the program's arithmetic.

use super::*;
use crate::{
    crm::{CommissionKind, Crm, Opportunity, SqlCrm, seed},
    program::commission::{self, DealTerms},
};
use jiff::civil::date;
use serde_json::json;

/// The first and the last day of a quarter and of a year, and days between.
const DAYS: [Date; 5] = [
    date(2026, 10, 1),
    date(2026, 11, 21),
    date(2026, 12, 31),
    date(2027, 3, 1),
    date(2028, 2, 29),
];

async fn sample(today: Date) -> SqlCrm {
    let crm = super::tests::database().await;
    seed::sample(&crm, today).await.unwrap();
    crm
}

#[tokio::test]
async fn every_commission_is_its_rule_to_the_cent() {
    let crm = sample(DAYS[1]).await;
    let mut by_rule = 0;
    for partner in crm.partners().await.unwrap() {
        let records = Records::of(&crm, &partner);
        let rules = records.commission_rates().await.unwrap();
        let deals = records.opportunities().await.unwrap();
        for entry in records.commissions().await.unwrap() {
            let amount = commission::amount(entry.base, entry.rate_bps).unwrap();
            let sign = if entry.kind == CommissionKind::Clawback {
                -1
            } else {
                1
            };
            assert_eq!(entry.amount.minor, sign * amount.minor, "{}", entry.id);
            let deal: &Opportunity = deals.iter().find(|deal| deal.id == entry.opportunity_id).unwrap();
            assert_eq!(entry.amount.currency, deal.amount.currency, "{}", entry.id);
            if entry.kind == CommissionKind::Commission {
                let terms = DealTerms {
                    tier: &partner.tier,
                    product: &deal.product,
                    motion: deal.motion.as_str(),
                    attribution: deal.attribution.as_str(),
                };
                let rule = commission::rule_in_force(&rules, &terms, deal.close_date).unwrap();
                assert_eq!(rule.rate_bps, entry.rate_bps, "{}", entry.id);
                by_rule += 1;
            }
        }
    }
    assert!(
        by_rule > 20,
        "only {by_rule} commissions had a rule to be held to"
    );
}

#[tokio::test]
async fn every_tool_answers_every_partner_on_any_day() {
    for today in DAYS {
        let crm = sample(today).await;
        for partner in crm.partners().await.unwrap() {
            let ctx = ToolContext {
                records: &Records::of(&crm, &partner),
                partner: &partner,
                today,
                fiscal_year_start: 1,
                time_zone: &TimeZone::UTC,
                plan: None,
                said: Said::default(),
            };
            for tool in Tool::ALL.iter().copied().filter(|tool| tool.is_crm()) {
                let outcome = call(tool, &ctx, &json!({})).await.unwrap();
                super::tests::assert_proven(&outcome);
                let names = outcome
                    .records
                    .iter()
                    .flat_map(|record| &record.fields)
                    .map(|field| field.name);
                assert!(
                    names.clone().any(|name| outcome.columns.contains(&name)) || outcome.records.len() == 1
                );
            }
        }
    }
}

#[tokio::test]
async fn answers_by_quarter_are_the_same_on_every_day() {
    for period in ["last quarter", "two quarters ago", "last four quarters"] {
        let mut seen: Option<Vec<String>> = None;
        for today in DAYS {
            let crm = sample(today).await;
            let mut totals = Vec::new();
            for partner in crm.partners().await.unwrap() {
                let ctx = ToolContext {
                    records: &Records::of(&crm, &partner),
                    partner: &partner,
                    today,
                    fiscal_year_start: 1,
                    time_zone: &TimeZone::UTC,
                    plan: None,
                    said: Said::default(),
                };
                let outcome = call(Tool::CommissionSummary, &ctx, &json!({"period": period}))
                    .await
                    .unwrap();
                totals.push(outcome.records[0].field("total_amount").unwrap().text.clone());
            }
            assert_eq!(seen.get_or_insert(totals.clone()), &totals, "{period} on {today}");
        }
    }
}

#[tokio::test]
async fn seeding_twice_replaces_and_a_broken_sample_changes_nothing() {
    let crm = sample(DAYS[1]).await;
    let before = crm.partners().await.unwrap();
    seed::sample(&crm, DAYS[2]).await.unwrap();
    assert_eq!(crm.partners().await.unwrap(), before);

    let broken = seed::load(&crm, DAYS[1], &|_| None).await;
    assert!(matches!(broken, Err(seed::SeedError::Missing("partners"))));
    assert_eq!(crm.partners().await.unwrap(), before);
}

#[tokio::test]
async fn an_outcome_serialises_as_documented() {
    let crm = sample(DAYS[1]).await;
    let partner = crm.partners().await.unwrap().into_iter().next().unwrap();
    let ctx = ToolContext {
        records: &Records::of(&crm, &partner),
        partner: &partner,
        today: DAYS[1],
        fiscal_year_start: 1,
        time_zone: &TimeZone::UTC,
        plan: None,
        said: Said::default(),
    };
    let outcome = call(Tool::ListOpportunities, &ctx, &json!({})).await.unwrap();
    let shown = serde_json::to_value(&outcome).unwrap();
    for key in ["headline", "records", "columns", "as_of"] {
        assert!(shown.get(key).is_some(), "{key}");
    }
    assert_eq!(shown["records"][0]["kind"], "summary");
    assert!(shown["records"][0]["fields"][0]["text"].is_string());
}
