//! No record of another partner, whatever is called with whatever arguments, in whatever order.

use super::{
    tests::{TODAY, crm, plan},
    *,
};
use crate::crm::{
    Crm,
    cache::{Ages, Cached},
    mapping::Mapping,
};
use proptest::{prelude::*, sample::select, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Map, json};
use std::{sync::Arc, time::Duration};

const SEQUENCES: usize = 4_000;
const CALLS: usize = 30;

/// What the records of the one carry and those of the other do not: ids, and their currency.
const OF_FIRST: &[&str] = &[
    "EUR", "o-0001", "o-0002", "o-0003", "o-0004", "dr-0001", "dr-0005", "c-0001", "c-0004", "Ada Able",
    "Acme",
];
const OF_SECOND: &[&str] = &[
    "USD", "zeta", "Zeta", "ZETA", "o-0005", "o-0006", "dr-0006", "c-0005", "mf-3", "mc-4", "oc-4", "7777",
];
/// What no partner sees.
const CLOSED: &[&str] = &["hush", "77.77"];

/// Texts that ask for what is somebody else's, and some that are meant.
const TEXTS: &[&str] = &[
    "p-001",
    "p-002",
    "P-002",
    "Zeta Partners",
    "Acme Partners",
    "Zeta Northwind",
    "Northwind",
    "zeta",
    "o-0005",
    "o-0001",
    "dr-0006",
    "c-0005",
    "*",
    "%",
    "_",
    "",
    "all",
    "' OR '1'='1",
    "p-001' OR partner_id='p-002",
    "\" --",
    "p-002\0",
    "last quarter",
    "this year",
    "Q3 2026",
    "open",
    "won",
    "closed_won",
    "7777",
    "hush-band",
    "1,240.50",
    "9920.04",
    "50k",
    "gold",
    "internal_note",
    "margin_bps",
    "Core",
    "Edge",
    "tier",
    "certifications",
    "Ärger\u{202e}",
    "null",
];
/// Arguments that no tool has.
const FOREIGN: &[&str] = &[
    "partner",
    "partner_id",
    "partnerId",
    "scope",
    "owner",
    "caller",
    "id",
    "ids",
    "where",
    "filter",
    "fields",
    "table",
    "columns",
    "include",
    "limit",
    "as",
    "impersonate",
    "__proto__",
];

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => select(TEXTS).prop_map(|text| json!(text)),
        1 => any::<String>().prop_map(Value::from),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => text(),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => prop::collection::vec(text(), 0..3).prop_map(Value::from),
        1 => (select(FOREIGN), text()).prop_map(|(name, value)| json!({ name: value })),
    ]
}

/// A value that the tool's schema allows, where it says which those are.
fn meant(schema: &Value) -> BoxedStrategy<Value> {
    let choices = |of: &Value| of["enum"].as_array().cloned().unwrap_or_default();
    let (own, items) = (choices(schema), choices(&schema["items"]));
    match (own.is_empty(), items.is_empty()) {
        (false, _) => select(own).boxed(),
        (true, false) => prop::collection::vec(select(items), 0..3)
            .prop_map(Value::from)
            .boxed(),
        (true, true) => text().boxed(),
    }
}

fn arguments(tool: Tool) -> BoxedStrategy<Value> {
    let parameters = tool.parameters();
    let known: Vec<(String, Value)> = parameters["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    let sensible = select(known.clone()).prop_flat_map(|(name, schema)| (Just(name), meant(&schema)));
    let odd = (select(known), value()).prop_map(|((name, _), value)| (name, value));
    let foreign = (select(FOREIGN), value()).prop_map(|(name, value)| (name.to_owned(), value));
    let argument = prop_oneof![12 => sensible, 2 => odd, 1 => foreign];
    let object = prop::collection::vec(argument, 0..4)
        .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>()));
    prop_oneof![20 => object, 1 => value()].boxed()
}

fn a_call() -> impl Strategy<Value = (bool, Tool, Value)> {
    (any::<bool>(), select(Tool::ALL))
        .prop_flat_map(|(first, tool)| (Just(first), Just(tool), arguments(tool)))
}

/// What an outcome tells of records: all but the filters, which are the asker's own words.
fn told(outcome: &ToolOutcome) -> String {
    let fields = outcome.records.iter().flat_map(|record| &record.fields);
    let told = fields.filter(|field| !field.name.ends_with("_filter"));
    let texts: Vec<String> = told
        .map(|field| format!("{} {}", field.text, field.value))
        .collect();
    let proposed = outcome.proposals.iter().filter_map(|form| form.record.as_deref());
    let ids = outcome.records.iter().map(|record| record.id.as_str());
    let ids: Vec<&str> = ids.chain(proposed).collect();
    format!("{}\n{}", texts.join("\n"), ids.join("\n"))
}

#[tokio::test]
async fn no_sequence_of_calls_returns_a_record_of_another_partner() {
    const LONG: Duration = Duration::from_secs(3_600);
    let ages = Ages {
        fresh: LONG,
        stale: LONG,
        kept: LONG,
    };
    // Behind the cache that all partners share.
    let crm = Cached::new(Arc::new(crm().await), Mapping::same(), ages);
    let partners = [
        crm.partner("p-001").await.unwrap().unwrap(),
        crm.partner("p-002").await.unwrap().unwrap(),
    ];
    let plan = plan();
    let mut runner = TestRunner::deterministic();
    let sequence = prop::collection::vec(a_call(), CALLS);
    let (mut calls, mut answered) = (0, 0);
    for _ in 0..SEQUENCES {
        for (is_first, tool, args) in sequence.new_tree(&mut runner).unwrap().current() {
            let (partner, foreign) = match is_first {
                true => (&partners[0], OF_SECOND),
                false => (&partners[1], OF_FIRST),
            };
            let context = ToolContext {
                records: &Records::of(&crm, partner),
                partner,
                today: TODAY,
                fiscal_year_start: 1,
                time_zone: &TimeZone::UTC,
                plan: Some(&plan),
                said: Said {
                    text: "Please do it until 30 November 2030: 5,000 for a webinar, the budget slipped",
                    extension_days: 30,
                    ..Said::default()
                },
            };
            calls += 1;
            let Ok(outcome) = call(tool, &context, &args).await else {
                continue;
            };
            answered += 1;
            let mut told = told(&outcome);
            if tool == Tool::EstimateCommission && args["amount"] == "7777" {
                // An estimate is of the amount that it was asked for.
                told = told.replace("7,777.00", "").replace("7777.00", "");
            }
            for mark in foreign.iter().chain(CLOSED) {
                assert!(
                    !told.contains(mark),
                    "{} asked {} {args}: {mark} in\n{told}",
                    partner.id,
                    tool.name()
                );
            }
        }
    }
    assert!(calls >= 100_000, "{calls} calls");
    assert!(answered > calls / 3, "{answered} of {calls} calls were answered");
}
