//! `/api/requests`: what partners ask for, for those who decide.

use super::{Served, caller::Staff, error::ApiError, parsed};
use crate::{
    request::{Decision, RequestError, for_staff, listed},
    store::Request,
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    routing::{get, post},
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

/// Requests in a list.
const LISTED: u32 = 500;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 1_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    decision: Word,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    protected_until: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Approve,
    Reject,
}

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/requests", get(list))
        .route("/api/requests/{id}", get(show))
        .route("/api/requests/{id}/decision", post(decide))
}

async fn list(State(served): State<Served>, _: Staff) -> Result<Json<Value>, ApiError> {
    let requests = served.app.store.requests(LISTED).await?;
    let requests: Vec<Value> = requests.iter().map(listed).collect();
    Ok(Json(json!({ "requests": requests })))
}

async fn show(
    State(served): State<Served>,
    _: Staff,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let request = served
        .requests
        .found(parsed(&id, RequestError::NotFound)?)
        .await?;
    whole(&served, &request).await
}

async fn decide(
    State(served): State<Served>,
    staff: Staff,
    Path(id): Path<String>,
    body: Result<Json<Decided>, JsonRejection>,
) -> Result<Json<Value>, ApiError> {
    let Json(body) = body?;
    let reason = body.reason.as_deref().map(str::trim).unwrap_or_default();
    if reason.chars().count() > LONGEST_REASON {
        return Err(ApiError::bad_request(
            "reason_too_long",
            "A reason has at most 1,000 characters.",
        ));
    }
    let decision = match body.decision {
        Word::Approve => Decision::Approve {
            protected_until: body.protected_until,
        },
        Word::Reject if reason.is_empty() => {
            return Err(ApiError::bad_request(
                "no_reason",
                "The partner reads why: write a reason.",
            ));
        }
        Word::Reject => Decision::Reject {
            reason: reason.to_owned(),
        },
    };
    let id = parsed(&id, RequestError::NotFound)?;
    let request = served.requests.decide(id, &staff.name, &decision).await?;
    whole(&served, &request).await
}

async fn whole(served: &Served, request: &Request) -> Result<Json<Value>, ApiError> {
    let events = served.app.store.request_events(request.id).await?;
    Ok(Json(for_staff(
        request,
        &events,
        served.requests.suggested(request),
    )))
}
