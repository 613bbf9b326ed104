//! What the console reads: `/api/documents` and `/api/partners`.

use super::{Served, caller::Staff, error::ApiError};
use crate::{cli, crm::Crm};
use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/documents", get(documents))
        .route("/api/partners", get(partners))
}

async fn documents(State(served): State<Served>, _: Staff) -> Result<Json<Value>, ApiError> {
    Ok(Json(json!({ "documents": served.app.store.documents().await? })))
}

async fn partners(State(served): State<Served>, _: Staff) -> Result<Json<Vec<Value>>, ApiError> {
    let partners = served
        .app
        .crm
        .partners()
        .await
        .map_err(|error| ApiError::internal(&error))?;
    Ok(Json(partners.iter().map(cli::listed).collect()))
}
