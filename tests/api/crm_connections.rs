//! The same records behind every kind of CRM give the same answers, and what goes wrong on the way gives none.

use crate::support::{
    connections::{
        built_in, connected, hubspot, of_hubspot, of_postgres, of_salesforce, postgres, salesforce,
    },
    crm::{Fault, Faults},
    postgres::Postgres,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use liaison::{
    assistant::tools::{self, Said, Tool, ToolContext, ToolError, ToolOutcome},
    config::Settings,
    crm::{Crm, CrmError, Records, SqlCrm, check::check, connect},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Calls that read every table, in the ways that partners ask.
fn calls() -> Vec<(Tool, Value)> {
    let mut calls: Vec<(Tool, Value)> = Tool::ALL
        .iter()
        .filter(|tool| tool.is_crm())
        .map(|tool| (*tool, json!({})))
        .collect();
    calls.extend([
        (Tool::ListOpportunities, json!({"status": "all"})),
        (
            Tool::ListOpportunities,
            json!({"status": "won", "period": "last quarter"}),
        ),
        (Tool::CommissionSummary, json!({"period": "last quarter"})),
        (Tool::ListCommissions, json!({"kind": "clawback"})),
    ]);
    calls
}

async fn ask(crm: &dyn Crm, partner: &str, tool: Tool, arguments: &Value) -> Result<ToolOutcome, ToolError> {
    let partner = crm.partner(partner).await?.expect("the partner is in the CRM");
    let context = ToolContext {
        records: &Records::of(crm, &partner),
        partner: &partner,
        today: today(),
        fiscal_year_start: 1,
        time_zone: &TimeZone::UTC,
        plan: None,
        said: Said::default(),
    };
    tools::call(tool, &context, arguments).await
}

/// Everything that is answered, by partner and call, without the time at which it was read.
async fn answers(crm: &dyn Crm) -> BTreeMap<String, ToolOutcome> {
    let mut answers = BTreeMap::new();
    for partner in crm.partners().await.unwrap() {
        for (tool, arguments) in calls() {
            let mut outcome = ask(crm, &partner.id, tool, &arguments).await.unwrap();
            outcome.as_of = Timestamp::UNIX_EPOCH;
            answers.insert(format!("{} {} {arguments}", partner.id, tool.name()), outcome);
        }
    }
    answers
}

/// Fails at the first answer that is another.
fn assert_same(answers: &BTreeMap<String, ToolOutcome>, expected: &BTreeMap<String, ToolOutcome>) {
    assert!(answers.keys().eq(expected.keys()));
    for (asked, answer) in answers {
        let expected = &expected[asked];
        assert_eq!(answer.headline, expected.headline, "{asked}");
        // Whole outcomes fill a screen: the first record that differs is enough.
        for (record, expected) in answer.records.iter().zip(&expected.records) {
            assert_eq!(record, expected, "{asked}");
        }
        assert!(answer == expected, "{asked}");
    }
    assert!(answers.len() > 60, "only {} answers", answers.len());
}

#[tokio::test]
async fn postgresql_answers_as_the_built_in_crm() {
    let Some((server, pool)) = Postgres::start().await else {
        return;
    };
    let sample = built_in(today()).await;
    postgres(pool, today()).await;
    let crm = connected(&of_postgres(&server), &sample);
    assert_same(&answers(crm.as_ref()).await, &answers(&sample).await);
}

#[tokio::test]
async fn hubspot_answers_as_the_built_in_crm() {
    let sample = built_in(today()).await;
    let hubspot = hubspot(&sample).await;
    hubspot.limits(100_000, 100_000);
    let crm = connected(&of_hubspot(&hubspot), &sample);
    assert_same(&answers(crm.as_ref()).await, &answers(&sample).await);
}

#[tokio::test]
async fn salesforce_answers_as_the_built_in_crm() {
    let sample = built_in(today()).await;
    let salesforce = salesforce(&sample).await;
    // Small pages, so that there are several.
    salesforce.page_size(7);
    let crm = connected(&of_salesforce(&salesforce), &sample);
    assert_same(&answers(crm.as_ref()).await, &answers(&sample).await);
}

/// Calls that read each table once.
fn reads() -> impl Iterator<Item = (Tool, Value)> {
    [
        Tool::ListOpportunities,
        Tool::ListDealRegistrations,
        Tool::CommissionSummary,
        Tool::PartnerProfile,
    ]
    .into_iter()
    .map(|tool| (tool, json!({})))
}

/// What goes wrong, how often in a row, and where.
fn mishaps() -> Vec<(&'static str, u32, Fault)> {
    let many = 50;
    vec![
        ("", 2, Fault::TooManyRequests { retry_after: 0 }),
        ("", many, Fault::TooManyRequests { retry_after: 1 }),
        ("", 1, Fault::TooManyRequests { retry_after: 600 }),
        ("", 2, Fault::Status(500)),
        ("", many, Fault::Status(503)),
        ("", 1, Fault::HalfPage),
        ("", many, Fault::HalfPage),
        ("", 1, Fault::Overstated),
        ("", 3, Fault::BadCursor),
        ("", 1, Fault::Delay(Duration::from_secs(2))),
    ]
}

/// An answer without the time at which it was read, nor the words about it.
fn undated(outcome: &ToolOutcome) -> ToolOutcome {
    let mut outcome = outcome.clone();
    outcome.as_of = Timestamp::UNIX_EPOCH;
    if let Some(headline) = &mut outcome.headline
        && let Some(at) = headline.find(" The CRM does not answer at the moment")
    {
        headline.truncate(at);
    }
    outcome.records[0].fields.retain(|field| field.name != "as_of");
    outcome
}

/// How the questions asked while something was wrong were answered.
#[derive(Debug, Default)]
struct Tally {
    right: usize,
    dated: usize,
    refused: usize,
}

/// Asks everything under every mishap; no answer may be another than the right one, and all of them come back.
async fn endure(
    settings: &Settings,
    sample: &SqlCrm,
    faults: &Faults,
    partner: &str,
    is_warm: bool,
) -> Tally {
    let mut tally = Tally::default();
    for (part, count, fault) in mishaps() {
        let crm = connected(settings, sample);
        for (tool, arguments) in reads() {
            let expected = undated(&ask(sample, partner, tool, &arguments).await.unwrap());
            if is_warm {
                assert_eq!(
                    undated(&ask(crm.as_ref(), partner, tool, &arguments).await.unwrap()),
                    expected
                );
            }
            faults.next_on(part, count, fault.clone());
            let answered = ask(crm.as_ref(), partner, tool, &arguments).await;
            faults.clear();
            match answered {
                Err(ToolError::Unavailable(_)) => tally.refused += 1,
                Err(other) => panic!("{fault:?}: {other}"),
                Ok(outcome) => {
                    assert_eq!(
                        undated(&outcome),
                        expected,
                        "{fault:?} {} {arguments}",
                        tool.name()
                    );
                    let told = outcome.headline.unwrap_or_default();
                    match told.contains("The CRM does not answer at the moment: this is as of") {
                        true => tally.dated += 1,
                        false => tally.right += 1,
                    }
                }
            }
        }
        // What was wrong is over: so is what it did to the answers.
        let (tool, arguments) = (Tool::PipelineSummary, json!({}));
        let after = ask(crm.as_ref(), partner, tool, &arguments).await.unwrap();
        assert_eq!(
            undated(&after),
            undated(&ask(sample, partner, tool, &arguments).await.unwrap()),
            "{fault:?}"
        );
    }
    tally
}

/// Nothing is taken for current, and nobody is left alone: every question meets what is wrong.
fn impatient(mut settings: Settings) -> Settings {
    settings.crm.timeout_seconds = Duration::from_secs(1);
    settings.crm.rest_seconds = Duration::ZERO;
    settings.crm.fresh_seconds = Duration::ZERO;
    settings.crm.stale_seconds = Duration::ZERO;
    settings
}

#[tokio::test]
async fn no_mishap_of_hubspot_changes_a_figure() {
    let sample = built_in(today()).await;
    let hubspot = hubspot(&sample).await;
    hubspot.limits(100_000, 100_000);
    let settings = impatient(of_hubspot(&hubspot));
    let cold = endure(&settings, &sample, hubspot.faults(), "p-001", false).await;
    let warm = endure(&settings, &sample, hubspot.faults(), "p-001", true).await;
    println!("hubspot: cold {cold:?}, warm {warm:?}");
    assert!(cold.right > 0 && cold.refused > 0 && cold.dated == 0, "{cold:?}");
    assert!(warm.right > 0 && warm.dated > 0, "{warm:?}");
}

#[tokio::test]
async fn no_mishap_of_salesforce_changes_a_figure() {
    let sample = built_in(today()).await;
    let salesforce = salesforce(&sample).await;
    salesforce.page_size(7);
    let settings = impatient(of_salesforce(&salesforce));
    let cold = endure(&settings, &sample, salesforce.faults(), "p-001", false).await;
    let warm = endure(&settings, &sample, salesforce.faults(), "p-001", true).await;
    println!("salesforce: cold {cold:?}, warm {warm:?}");
    assert!(cold.right > 0 && cold.refused > 0 && cold.dated == 0, "{cold:?}");
    assert!(warm.right > 0 && warm.dated > 0, "{warm:?}");
}

#[tokio::test]
async fn a_token_that_has_run_out_is_renewed_and_one_for_good_is_told() {
    let sample = built_in(today()).await;
    let call = (Tool::PipelineSummary, json!({}));
    let salesforce = salesforce(&sample).await;
    let crm = connected(&impatient(of_salesforce(&salesforce)), &sample);
    for _ in 0..3 {
        ask(crm.as_ref(), "p-001", call.0, &call.1).await.unwrap();
        salesforce.faults().expire_tokens();
    }
    let hubspot = hubspot(&sample).await;
    let mut settings = impatient(of_hubspot(&hubspot));
    hubspot.faults().expire_tokens();
    let crm = connected(&settings, &sample);
    let refused = crm.partner("p-001").await.unwrap_err();
    assert!(matches!(refused, CrmError::Refused(_)), "{refused}");
    let [id, secret, refresh] = hubspot.oauth();
    let of = &mut settings.crm.hubspot;
    (of.token, of.client_id) = (None, id.to_owned());
    (of.client_secret, of.refresh_token) = (Some(secret.into()), Some(refresh.into()));
    let crm = connected(&settings, &sample);
    for _ in 0..3 {
        ask(crm.as_ref(), "p-001", call.0, &call.1).await.unwrap();
        hubspot.faults().expire_tokens();
    }
}

#[tokio::test]
async fn a_field_that_is_gone_is_told_and_makes_no_figure() {
    let sample = built_in(today()).await;
    let hubspot = hubspot(&sample).await;
    let salesforce = salesforce(&sample).await;
    let mut all = [
        connected(&impatient(of_hubspot(&hubspot)), &sample),
        connected(&impatient(of_salesforce(&salesforce)), &sample),
    ];
    for crm in &mut all {
        ask(crm.as_ref(), "p-001", Tool::PipelineSummary, &json!({}))
            .await
            .unwrap();
    }
    hubspot.remove_property("deals", "amount");
    salesforce.remove_field("Opportunity", "Amount");
    for crm in &all {
        let told = ask(crm.as_ref(), "p-001", Tool::PipelineSummary, &json!({}))
            .await
            .unwrap_err();
        assert_eq!(
            told.to_string(),
            "the CRM's records cannot be read; the vendor has to see to it"
        );
    }
}

#[tokio::test]
async fn the_check_tells_what_is_there_and_what_is_missing() {
    let sample = built_in(today()).await;
    let hubspot = hubspot(&sample).await;
    let salesforce = salesforce(&sample).await;
    let of_both = [of_hubspot(&hubspot), of_salesforce(&salesforce)];
    let checked = async |settings: &Settings| {
        let mapping = connect::mapping(&settings.crm).unwrap();
        let crm = connect::direct(&settings.crm, sample.clone(), settings.time_zone()).unwrap();
        check(crm.as_ref(), &mapping).await
    };
    for settings in &of_both {
        let tables = checked(settings).await;
        for table in &tables {
            assert!(table.problems.is_empty(), "{:?}", table.problems);
            assert!(table.records.is_some_and(|count| count > 5), "{}", table.table);
        }
    }
    hubspot.remove_property("deals", "closedate");
    salesforce.remove_field("Opportunity", "CloseDate");
    for settings in &of_both {
        let tables = checked(settings).await;
        let told = tables.iter().flat_map(|table| &table.problems).next().unwrap();
        assert!(told.to_lowercase().contains("closedate"), "{told}");
    }
}
