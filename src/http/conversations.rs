//! `/api/conversations`: a partner's own conversations, with what a manager wrote in them.

use super::{Served, error::ApiError};
use crate::{caller::Caller, handoff::offer, transcript};
use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use serde_json::{Value, json};

/// Conversations in a list.
const LISTED: u32 = 100;

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/conversations", get(list))
        .route("/api/conversations/{id}", get(show))
}

async fn list(State(served): State<Served>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let owner = served.app.owner(&caller);
    let conversations = served.app.store.conversations(owner, LISTED).await?;
    Ok(Json(json!({ "conversations": conversations })))
}

async fn show(
    State(served): State<Served>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let store = &served.app.store;
    let messages = transcript::of(store, &id, served.app.owner(&caller)).await?;
    if messages.is_empty() {
        return Err(ApiError::not_found("There is no such conversation."));
    }
    let handoff = store.handoff_of(&id).await?;
    let handoff = handoff.as_ref().map(offer::shown);
    Ok(Json(
        json!({ "id": id, "messages": messages, "handoff": handoff }),
    ))
}
