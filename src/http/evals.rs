//! What the eval pages read: the runs kept in the home.

use super::{Served, caller::Staff, error::ApiError};
use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use liaison_evals::{CaseResult, Comparison, Run};
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/evals/runs", get(list))
        .route("/api/evals/runs/{id}", get(show))
        .route("/api/evals/runs/{a}/compare/{b}", get(compare))
}

async fn list(State(served): State<Served>, _: Staff) -> Json<Value> {
    let mut runs: Vec<Run> = files(&served)
        .into_iter()
        .filter_map(|file| read(&file))
        .collect();
    runs.sort_by_key(|run| std::cmp::Reverse(run.started_at));
    Json(json!({ "runs": runs.iter().map(listed).collect::<Vec<_>>() }))
}

async fn show(
    State(served): State<Served>,
    _: Staff,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let run = find(&served, &id)?;
    let cases: Vec<Value> = run.cases.iter().map(case).collect();
    Ok(Json(json!({
        "id": run.id, "suite": run.suites.join(", "), "cases": cases, "totals": listed(&run),
        "never_ran": run.never_ran,
    })))
}

/// What changed from run `a` to run `b`, case by case.
async fn compare(
    State(served): State<Served>,
    _: Staff,
    Path((a, b)): Path<(String, String)>,
) -> Result<Json<Comparison>, ApiError> {
    Ok(Json(liaison_evals::compare(
        &find(&served, &a)?,
        &find(&served, &b)?,
    )))
}

fn find(served: &Served, id: &str) -> Result<Run, ApiError> {
    let run = files(served)
        .into_iter()
        .filter_map(|file| read(&file))
        .find(|run| run.id == id);
    run.ok_or_else(|| ApiError::not_found("There is no such run."))
}

fn files(served: &Served) -> Vec<PathBuf> {
    let folder = fs::read_dir(served.app.home.root().join("evals"));
    folder
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect()
}

/// A file that is no run (any more) is left out rather than fatal.
fn read(file: &std::path::Path) -> Option<Run> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

fn listed(run: &Run) -> Value {
    let mut all = serde_json::to_value(&run.totals).unwrap_or_default();
    let tally = &run.totals.tally;
    // The pages want the share; without a citation there is none.
    #[allow(clippy::cast_precision_loss)]
    let share = (tally.citations > 0).then(|| tally.citations_valid as f64 / tally.citations as f64);
    all["citations_valid"] = json!(share);
    all["id"] = json!(run.id);
    all["suite"] = json!(run.suites.join(", "));
    all["started_at"] = json!(run.started_at);
    all["seconds"] = json!(run.seconds);
    all
}

fn case(case: &CaseResult) -> Value {
    let turns = case.turns.iter().map(|turn| {
        let failures = turn.failures().map(|check| {
            check.reason.as_ref().map_or_else(
                || check.name.clone(),
                |reason| format!("{}: {reason}", check.name),
            )
        });
        json!({
            "ask": turn.question,
            "answer": turn.reply.as_ref().map(|reply| &reply.answer),
            "failures": failures.chain(turn.error.clone()).collect::<Vec<_>>(),
        })
    });
    json!({
        "id": format!("{}/{}", case.suite, case.case), "tags": case.tags, "passed": case.passed,
        "partner": case.partner, "repetition": case.repetition,
        "turns": turns.collect::<Vec<_>>(),
    })
}
