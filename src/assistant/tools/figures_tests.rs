//! Metrics, changes, funds and referrals over the small CRM, and what is said where a CRM does not keep them.

use super::{
    tests::{TODAY, ask, assert_proven, crm},
    *,
};
use crate::crm::{
    Crm, CrmError, Openings, PartnerScope, Read, Row, SqlCrm, Whose,
    fields::{self, Table},
};
use async_trait::async_trait;
use serde_json::json;

async fn headline(crm: &SqlCrm, tool: Tool, args: Value) -> String {
    let outcome = ask(crm, "p-001", tool, &args).await.unwrap();
    assert_proven(&outcome);
    outcome.headline.unwrap()
}

#[tokio::test]
async fn whoever_has_the_highest_tier_is_told_what_keeps_it() {
    let crm = crm().await;
    let about = json!({"about": ["tier"]});
    let outcome = ask(&crm, "p-002", Tool::PartnerProfile, &about).await.unwrap();
    assert_proven(&outcome);
    assert_eq!(
        outcome.headline.as_deref(),
        Some(
            "Your tier is Gold, the highest one. To keep Gold you still need USD 220,000.00 more in revenue, 2 more \
             certified people and 1 more won deal; you have USD 50,000.00 of USD 270,000.00 in revenue, 1 of 3 \
             certified people, 1 of 2 won deals (revenue and deals over the last 4 quarters (1 October 2025 to 30 \
             September 2026))."
        )
    );
}

#[tokio::test]
async fn headlines_say_what_the_figures_are() {
    let crm = crm().await;
    let table = [
        (
            Tool::PipelineSummary,
            json!({"weighted": true, "by": "month"}),
            "You have 2 open opportunities worth EUR 150,000.50 in total: 1 in December 2026 (EUR 120,000.00) and \
             1 in February 2027 (EUR 30,000.50). Weighted by probability, that is EUR 105,000.25. So far, 1 won \
             (worth EUR 82,667.00) and 1 lost: a win rate of 50 %.",
        ),
        (
            Tool::DealMetrics,
            json!({}),
            "Of 2 opportunities closed so far, you won 1 and lost 1: a win rate of 50 %. What you won was worth \
             EUR 82,667.00 on average, and took 131 days from creation to close on average (median 131 days). \
             With 2 open now, that is a pipeline velocity of EUR 631.05 a day.",
        ),
        (
            Tool::DealMetrics,
            json!({"period": "Q1 2024", "product": "Edge"}),
            "You have closed no opportunities for product “Edge” in Q1 2024 (1 January to 31 March 2024), so \
             there is no win rate, average deal size or sales cycle to tell.",
        ),
        (
            Tool::ListStaleDeals,
            json!({}),
            "1 of your 2 open opportunities is stale, worth EUR 30,000.50 in total: 1 without activity for 30 \
             days or more.",
        ),
        (
            Tool::ListStaleDeals,
            json!({"idle_days": 90}),
            "None of your 2 open opportunities is stale: all had activity within 90 days, and no close date is \
             past.",
        ),
        (
            Tool::ListPipelineChanges,
            json!({}),
            "2 changes on 1 opportunity in the last 7 days (15 to 21 November 2026): 1 stage and 1 amount. \
             Northwind Traders (o-0001), amount from EUR 110,000.00 to EUR 120,000.00 on 19 November 2026; \
             Northwind Traders (o-0001), stage from Proposal to Negotiation on 19 November 2026.",
        ),
        (
            Tool::ListPipelineChanges,
            json!({"customer": "Contour"}),
            "1 change on 1 opportunity matching “Contour”: 1 close date. Contour Health (o-0002), close date from \
             21 December 2026 to 10 February 2027 on 22 October 2026. New in your pipeline: 1 opportunity worth \
             EUR 30,000.50 in total.",
        ),
        (
            Tool::ListPipelineChanges,
            json!({"what": "amount", "period": "2024"}),
            "No change of amount is recorded on your opportunities in 2024 (1 January to 31 December 2024).",
        ),
        (
            Tool::MdfSummary,
            json!({}),
            "You have EUR 1,500.00 of EUR 2,500.00 left in “Second half”, to be used until 31 December 2026 (40 \
             days left); EUR 1,000.00 is approved. EUR 400.50 more is requested and not decided on. 1 fund has \
             expired.",
        ),
        (
            Tool::MdfSummary,
            json!({"fund": "first"}),
            "You have no market development funds matching “first” to draw on at the moment. 1 fund has expired.",
        ),
        (
            Tool::ListMdfClaims,
            json!({}),
            "You have 3 MDF requests: 1 requested (EUR 400.50), 1 approved (EUR 1,000.00) and 1 paid (EUR \
             1,200.00).",
        ),
        (
            Tool::ListMdfClaims,
            json!({"status": "waiting"}),
            "Your MDF request mc-2 for “Breakfast”, EUR 400.50, was submitted on 19 November 2026 and is waiting for a \
             decision.",
        ),
        (
            Tool::ListMdfClaims,
            json!({"activity": "fair"}),
            "Your MDF request mc-3 for “Fair”, EUR 1,200.00, was paid on 5 April 2026.",
        ),
        (
            Tool::ReferralSummary,
            json!({"period": "last quarter"}),
            "Your referral link brought 1,250 clicks and 5 leads in Q3 2026 (1 July to 30 September 2026): 0.4 % \
             of the clicks became leads.",
        ),
        (
            Tool::ReferralSummary,
            json!({"period": "2024"}),
            "No clicks on your referral link and no leads are recorded in 2024 (1 January to 31 December 2024).",
        ),
        (
            Tool::CommissionSummary,
            json!({"period": "since my last payment"}),
            "You earned no commissions in the time since 29 September 2026 (29 September to 21 November 2026). \
             The next payment, EUR 9,920.04, is due on 30 December 2026. Your last payment was on 28 September \
             2026.",
        ),
    ];
    for (tool, args, expected) in table {
        assert_eq!(
            headline(&crm, tool, args.clone()).await,
            expected,
            "{} {args}",
            tool.name()
        );
    }
}

#[tokio::test]
async fn rows_are_counted_with_their_values() {
    let crm = crm().await;
    let outcome = ask(&crm, "p-001", Tool::ListPipelineChanges, &json!({}))
        .await
        .unwrap();
    let shown: Vec<[&str; 3]> = outcome.records[1..]
        .iter()
        .map(|record| ["change", "from", "to"].map(|name| record.field(name).map_or("", |f| f.text.as_str())))
        .collect();
    assert_eq!(
        shown,
        [
            ["Amount", "EUR 110,000.00", "EUR 120,000.00"],
            ["Stage", "Proposal", "Negotiation"],
        ]
    );
    let outcome = ask(&crm, "p-001", Tool::MdfSummary, &json!({})).await.unwrap();
    let text = |record: &Record, name| record.field(name).map(|field: &Field| field.text.clone());
    assert_eq!(
        text(&outcome.records[1], "lapsed").as_deref(),
        Some("EUR 1,300.00")
    );
    assert_eq!(text(&outcome.records[1], "left"), None);
}

/// A CRM that keeps neither the newer tables nor the newer columns.
struct Plain(SqlCrm);

const MISSING: [&Table; 4] = [
    &fields::OPPORTUNITY_CHANGES,
    &fields::MDF_FUNDS,
    &fields::MDF_CLAIMS,
    &fields::REFERRAL_ACTIVITY,
];

#[async_trait]
impl Crm for Plain {
    async fn read(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError> {
        assert!(!MISSING.contains(&table), "{} is read", table.name);
        let mut read = self.0.read(table, whose).await?;
        let known = |row: &Row| -> Row {
            let columns = table.open().map(|column| column.name);
            let old = columns.filter(|name| !["probability_pct", "last_activity_on"].contains(name));
            old.filter_map(|name| Some((name, row.get(name)?.to_owned())))
                .collect()
        };
        read.rows = read.rows.iter().map(known).collect();
        Ok(read)
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

    async fn schema(
        &self,
        table: &'static Table,
    ) -> Result<Option<std::collections::BTreeSet<String>>, CrmError> {
        self.0.schema(table).await
    }

    fn keeps(&self, table: &Table) -> bool {
        !MISSING.contains(&table)
    }
}

#[tokio::test]
async fn what_a_crm_does_not_keep_is_said_and_not_counted_as_none() {
    let crm = Plain(crm().await);
    let partner = crm.partner("p-001").await.unwrap().unwrap();
    let ctx = ToolContext {
        records: &Records::of(&crm, &partner),
        partner: &partner,
        today: TODAY,
        fiscal_year_start: 1,
        time_zone: &TimeZone::UTC,
        plan: None,
        said: Said::default(),
    };
    let table = [
        (
            Tool::PipelineSummary,
            json!({"weighted": true}),
            "The CRM has no probabilities for them, so they cannot be weighted.",
        ),
        (
            Tool::ListStaleDeals,
            json!({}),
            "None of your 2 open opportunities is stale: no close date is past. The CRM has no dates of activity, so \
             close dates alone tell.",
        ),
        (
            Tool::ListPipelineChanges,
            json!({"period": "last 60 days"}),
            "The CRM keeps no history of changes. New in your pipeline in the last 60 days (23 September to 21 November \
             2026): 1 opportunity worth EUR 30,000.50 in total.",
        ),
        (
            Tool::MdfSummary,
            json!({}),
            "The CRM does not keep market development funds.",
        ),
        (
            Tool::ListMdfClaims,
            json!({}),
            "The CRM does not keep market development funds.",
        ),
        (
            Tool::ReferralSummary,
            json!({}),
            "The CRM does not count what comes of referral links.",
        ),
    ];
    for (tool, args, expected) in table {
        let outcome = call(tool, &ctx, &args).await.unwrap();
        assert_proven(&outcome);
        let headline = outcome.headline.unwrap();
        assert!(headline.contains(expected), "{headline}");
        let zero = |field: &&Field| field.name.ends_with("_count") && field.value == json!(0);
        if tool != Tool::PipelineSummary {
            assert_eq!(outcome.records[0].fields.iter().find(zero), None);
        }
    }
}

#[tokio::test]
async fn a_registration_that_was_taken_back_is_said_to_be() {
    let crm = crm().await;
    let partner = crm.partner("p-001").await.unwrap().unwrap();
    let change = [("status", "withdrawn"), ("reason", "The customer has stopped.")];
    let change: Row = change
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .collect();
    let scope = Openings::default().scope(&partner);
    crm.update(&fields::DEAL_REGISTRATIONS, &scope, "dr-0004", &change)
        .await
        .unwrap();
    let only = headline(&crm, Tool::ListDealRegistrations, json!({"status": "withdrawn"})).await;
    assert_eq!(
        only,
        "Your deal registration dr-0004 for Kestrel Air (Core) was withdrawn. Reason: The customer has stopped."
    );
    let all = headline(&crm, Tool::ListDealRegistrations, json!({})).await;
    assert!(all.contains("3 approved, 1 rejected and 1 withdrawn."), "{all}");
}
