//! `POST /api/feedback`: a partner's word on an answer.

use super::{Served, error::ApiError};
use crate::caller::Caller;
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
    routing::post,
};
use serde::Deserialize;
use uuid::Uuid;

/// Longest comment kept, in characters.
const LONGEST_COMMENT: usize = 2_000;

#[derive(Debug, Deserialize)]
struct Body {
    answer: Uuid,
    vote: i8,
    #[serde(default)]
    comment: Option<String>,
}

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/feedback", post(give))
}

async fn give(
    State(served): State<Served>,
    caller: Caller,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<StatusCode, ApiError> {
    let Json(body) = body?;
    if body.vote != 1 && body.vote != -1 {
        return Err(ApiError::bad_request("bad_vote", "`vote` is 1 or -1."));
    }
    let comment: Option<String> = body
        .comment
        .map(|text| text.chars().take(LONGEST_COMMENT).collect());
    let kept = served
        .app
        .store
        .vote(body.answer, &caller.partner.id, body.vote, comment.as_deref())
        .await?;
    if kept {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::not_found("There is no such answer of yours."))
    }
}
