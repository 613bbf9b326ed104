//! `GET /api/commissions/differences`: booked amounts that the plan explains otherwise, for staff.

use super::{Served, caller::Staff, error::ApiError};
use crate::statement::{Finding, audit};
use axum::{Json, Router, extract::State, routing::get};
use serde::Serialize;

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/commissions/differences", get(differences))
}

#[derive(Serialize, Default)]
struct Audit {
    /// Of the plan; `null` where there is none to hold anything against.
    rules: Option<usize>,
    /// Booked amounts that were looked at.
    entries: usize,
    differences: Vec<Finding>,
}

async fn differences(State(served): State<Served>, _: Staff) -> Result<Json<Audit>, ApiError> {
    let Some(plan) = &served.app.assistant.plan else {
        return Ok(Json(Audit::default()));
    };
    let (differences, entries) = audit(served.app.crm.as_ref(), plan).await?;
    Ok(Json(Audit {
        rules: Some(plan.rules.len()),
        entries,
        differences,
    }))
}
