//! `GET /api/sources/{passage_id}`: the cited place, for this caller only.

use super::{Served, error::ApiError};
use crate::caller::Caller;
use axum::{
    Json, Router,
    extract::{Path, State},
    routing::get,
};
use liaison_knowledge::{PassageId, View};
use serde_json::{Value, json};
use uuid::Uuid;

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/sources/{passage_id}", get(show))
}

async fn show(
    State(served): State<Served>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let absent = || ApiError::not_found("There is no such passage, or it is not for you.");
    let id = PassageId(Uuid::parse_str(&id).map_err(|_| absent())?);
    let (audience, on) = (caller.audience(), served.app.assistant.today());
    let found = served
        .app
        .knowledge
        .passage(
            id,
            View {
                audience: &audience,
                on,
            },
        )
        .await;
    let (passage, document) = found
        .map_err(|error| ApiError::internal(&error))?
        .ok_or_else(absent)?;
    Ok(Json(json!({
        "passage_id": passage.id, "document": document.path, "title": document.title,
        "anchor": passage.anchor, "heading": passage.heading, "text": passage.text,
    })))
}
