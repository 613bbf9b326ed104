//! The golden questions about a partner's records, asked of every kind of CRM: the right answers from the built-in one,
//! and the same ones from the others.

use crate::support::{
    connections::{built_in, hubspot, of_hubspot, of_postgres, of_salesforce, postgres, salesforce},
    copied,
    postgres::Postgres,
    seeded,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use liaison::{app::App, config::Settings, evaluation::InProcess};
use liaison_evals::{Outcome, Run, RunOptions, TurnResult, load, run};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// Least share of the expected calls that are made, with the arguments that the question names.
const CALLS: f64 = 0.95;

fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// The suite, asked by these settings in a home of its own.
async fn asked(settings: Settings, seeded: &Path) -> Run {
    let suites = load(&[PathBuf::from("evals/suites/crm.yaml")]).unwrap();
    let home: TempDir = copied(seeded);
    let app = App::open(settings, home.path()).await.unwrap();
    let options = RunOptions::default();
    run(&InProcess(Arc::new(app)), &suites, &options, &|_| {}).await
}

fn turns(run: &Run) -> impl Iterator<Item = (&str, &TurnResult)> {
    run.cases
        .iter()
        .flat_map(|case| case.turns.iter().map(|turn| (case.case.as_str(), turn)))
}

/// What the answer says, and the calls it rests on, without the times at which they were made.
fn told(turn: &TurnResult) -> Value {
    let reply = turn.reply.as_ref();
    assert!(reply.is_some(), "“{}”: {:?}", turn.question, turn.error);
    reply.map_or(Value::Null, |reply| {
        let calls: Vec<Value> = reply
            .tools
            .iter()
            .map(|call| json!([call.name, call.arguments, call.records]))
            .collect();
        json!({ "answer": reply.answer, "declined": reply.declined, "calls": calls })
    })
}

/// Fails at the first question that this CRM answers otherwise than the built-in one.
fn assert_same(run: &Run, built_in: &Run) {
    for ((case, turn), (_, expected)) in turns(run).zip(turns(built_in)) {
        assert_eq!(told(turn), told(expected), "{case}: {}", turn.question);
    }
    assert_eq!(turns(run).count(), turns(built_in).count());
    assert!(run.cases.len() >= 150, "only {} cases", run.cases.len());
}

#[tokio::test]
async fn the_golden_questions_are_answered_rightly() {
    let home = seeded();
    let run = asked(Settings::load(None).unwrap(), home.path()).await;
    let checks = |kind: &str| -> Vec<(bool, String)> {
        let of_turn = |(case, turn): (&str, &TurnResult)| -> Vec<(bool, String)> {
            let checks = turn.checks.iter().filter(|check| check.name.starts_with(kind));
            checks
                .map(|check| {
                    let passed = check.outcome == Outcome::Passed;
                    let why = check.reason.as_deref().unwrap_or_default();
                    (passed, format!("{case}: {}: {why}", check.name))
                })
                .collect()
        };
        turns(&run).flat_map(of_turn).collect()
    };
    let failed = |checks: &[(bool, String)]| -> Vec<String> {
        let failed = checks.iter().filter(|(passed, _)| !passed);
        failed.map(|(_, told)| told.clone()).collect()
    };
    let (calls, figures) = (checks("calls "), checks("number "));
    assert!(calls.len() > 100 && figures.len() > 100);
    let wrong = failed(&figures);
    assert!(
        wrong.is_empty(),
        "figures that are missing:\n{}",
        wrong.join("\n")
    );
    let missed = failed(&calls);
    #[allow(clippy::cast_precision_loss, reason = "a few hundred calls")]
    let share = 1.0 - missed.len() as f64 / calls.len() as f64;
    assert!(share >= CALLS, "calls that were not made:\n{}", missed.join("\n"));
}

#[tokio::test]
async fn postgresql_gives_the_same_answers() {
    let Some((server, pool)) = Postgres::start().await else {
        return;
    };
    postgres(pool, today()).await;
    let home = seeded();
    let expected = asked(Settings::load(None).unwrap(), home.path()).await;
    assert_same(&asked(of_postgres(&server), home.path()).await, &expected);
}

#[tokio::test]
async fn hubspot_gives_the_same_answers() {
    let hubspot = hubspot(&built_in(today()).await).await;
    hubspot.limits(100_000, 100_000);
    let home = seeded();
    let expected = asked(Settings::load(None).unwrap(), home.path()).await;
    assert_same(&asked(of_hubspot(&hubspot), home.path()).await, &expected);
}

#[tokio::test]
async fn salesforce_gives_the_same_answers() {
    let salesforce = salesforce(&built_in(today()).await).await;
    let home = seeded();
    let expected = asked(Settings::load(None).unwrap(), home.path()).await;
    assert_same(&asked(of_salesforce(&salesforce), home.path()).await, &expected);
}
