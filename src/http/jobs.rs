//! `/api/jobs`: what is on its way into the knowledge, for staff.

use super::{Served, caller::Staff, error::ApiError, parsed};
use crate::intake::Seen;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get},
};
use serde_json::{Value, json};

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/jobs", get(list))
        .route("/api/jobs/{id}", get(show))
        .route("/api/jobs/{id}", delete(cancel))
}

async fn list(State(served): State<Served>, _: Staff) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "jobs": served.intake.jobs().await? })))
}

async fn show(
    State(served): State<Served>,
    _: Staff,
    Path(id): Path<String>,
) -> Result<Json<Seen>, ApiError> {
    served
        .intake
        .job(parsed(&id, missing())?)
        .await?
        .map(Json)
        .ok_or_else(missing)
}

/// Of a document that was not searchable before nothing stays; an earlier version does.
async fn cancel(
    State(served): State<Served>,
    _: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let id = parsed(&id, missing())?;
    if served.intake.cancel(id).await? {
        return Ok(StatusCode::ACCEPTED);
    }
    match served.intake.job(id).await? {
        Some(_) => Err(ApiError::conflict(
            "job_finished",
            "This job is finished: delete the document instead.",
        )),
        None => Err(missing()),
    }
}

fn missing() -> ApiError {
    ApiError::not_found("There is no such job.")
}
