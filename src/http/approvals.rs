//! `/api/approvals`: a partner consents to what was proposed, or does not.

use super::{Served, error::ApiError, parsed};
use crate::{
    caller::Caller,
    request::{
        RequestError, for_partner,
        form::{Name, Unfit},
    },
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    approved: bool,
    /// What the partner changed or filled in, by field.
    #[serde(default)]
    fields: BTreeMap<Name, Option<String>>,
}

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/approvals/{id}", get(show))
        .route("/api/approvals/{id}", post(answer))
}

async fn show(
    State(served): State<Served>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let id = parsed(&id, RequestError::NotFound)?;
    Ok(Json(for_partner(&served.requests.own(&caller, id).await?)))
}

async fn answer(
    State(served): State<Served>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Json<Value>, ApiError> {
    let Json(body) = body?;
    let id = parsed(&id, RequestError::NotFound)?;
    let given = body.fields.into_iter();
    let given = given
        .map(|(name, value)| (name, value.unwrap_or_default()))
        .collect();
    let given = body.approved.then_some(&given);
    let request = served.requests.answer(&caller, id, given).await?;
    Ok(Json(for_partner(&request)))
}

impl From<RequestError> for ApiError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::NotFound => Self::not_found("There is no such request."),
            RequestError::Over => Self::conflict(
                "approval_over",
                "This is no longer offered. Ask again, and it is proposed anew.",
            ),
            RequestError::Decided => Self::conflict("request_decided", "This is not to be decided any more."),
            RequestError::Unfit(unfit) => unfit.into(),
            RequestError::Crm(error) => error.into(),
            other @ RequestError::Store(_) => Self::internal(&other),
        }
    }
}

impl From<Unfit> for ApiError {
    fn from(unfit: Unfit) -> Self {
        let (code, message) = match unfit.only_missing {
            true => ("fields_missing", "Something that is needed is missing."),
            false => ("fields_invalid", "Some fields cannot be written as they are."),
        };
        Self::unprocessable(code, message, json!(unfit.fields))
    }
}
