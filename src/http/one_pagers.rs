//! `/api/one-pagers`: a draft for a partner, for staff. Nothing is kept: the draft is the answer.

use super::{Served, caller::Staff, error::ApiError};
use crate::{
    assistant,
    enablement::{self, Brief, EnablementError, OnePager, export},
};
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Longest topic, in characters: a name, not a text.
const LONGEST_TOPIC: usize = 200;

/// What is wanted.
#[derive(Debug, Deserialize)]
struct Body {
    template: String,
    partner: String,
    topic: String,
}

/// The piece, and its two file forms.
#[derive(Debug, Serialize)]
struct Drafted {
    #[serde(flatten)]
    piece: OnePager,
    markdown: String,
    html: String,
}

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/one-pagers", post(draft))
        .route("/api/one-pagers/templates", get(templates))
}

async fn templates(_: Staff) -> Result<Json<Value>, ApiError> {
    let all = enablement::templates()?;
    let names: Vec<&str> = all.iter().map(|template| template.name.as_str()).collect();
    Ok(Json(json!({ "templates": names })))
}

async fn draft(
    State(served): State<Served>,
    _: Staff,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Json<Drafted>, ApiError> {
    let Json(body) = body?;
    let topic = body.topic.trim();
    if topic.is_empty() || topic.chars().count() > LONGEST_TOPIC {
        return Err(ApiError::bad_request(
            "bad_topic",
            "`topic` names what the piece is about, in at most 200 characters.",
        ));
    }
    let template = enablement::template(&body.template)?;
    let caller = assistant::caller(served.app.crm.as_ref(), &body.partner, "staff").await;
    let caller = caller?.ok_or_else(|| ApiError::not_found("There is no such partner."))?;
    let brief = Brief {
        caller: &caller,
        topic,
    };
    let piece = enablement::draft(&served.app.assistant, &template, &brief).await?;
    Ok(Json(Drafted {
        markdown: export::markdown(&piece),
        html: export::html(&piece),
        piece,
    }))
}

impl From<EnablementError> for ApiError {
    fn from(error: EnablementError) -> Self {
        match error {
            EnablementError::NoTemplate { .. } => Self::bad_request("no_such_template", error.to_string()),
            other => Self::internal(&other),
        }
    }
}
