//! `GET /api/documents`: what staff sees of the catalog.

use super::{Served, caller::Staff, error::ApiError};
use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/documents", get(list))
}

/// With the vendor's day, by which a document is in force or not.
async fn list(State(served): State<Served>, _: Staff) -> Result<Json<Value>, ApiError> {
    let documents = served.app.store.documents().await?;
    Ok(Json(
        json!({ "documents": documents, "today": served.app.assistant.today() }),
    ))
}
