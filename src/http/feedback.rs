//! `POST /api/feedback`: a partner's word on an answer; after two that did not help, the offer of a person.

use super::{Served, error::ApiError};
use crate::{caller::Caller, handoff::offer};
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::json;
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
) -> Result<Response, ApiError> {
    let Json(body) = body?;
    if body.vote != 1 && body.vote != -1 {
        return Err(ApiError::bad_request("bad_vote", "`vote` is 1 or -1."));
    }
    let comment: Option<String> = body
        .comment
        .map(|text| text.chars().take(LONGEST_COMMENT).collect());
    let (store, owner) = (&served.app.store, served.app.owner(&caller));
    let voted = store
        .vote(body.answer, owner, body.vote, comment.as_deref())
        .await?;
    let conversation = voted.ok_or_else(|| ApiError::not_found("There is no such answer of yours."))?;
    if body.vote > 0 {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let because = offer::after_vote(&store.exchanges(&conversation, owner, 2).await?);
    Ok(match because {
        Some(because) => Json(json!({ "handoff": offer::offered(because, &caller.partner) })).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}
