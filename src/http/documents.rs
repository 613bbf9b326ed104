//! `/api/documents`: the vendor's documents, for staff. Uploads can be added, described anew and deleted here; what
//! comes from a folder belongs to that folder.

use super::{Served, caller::Staff, error::ApiError};
use crate::intake::{Seen, UploadError, Uploads};
use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Query, State, rejection::JsonRejection},
    http::StatusCode,
    routing::{delete, get, patch, post},
};
use liaison_ingest::{FrontMatter, catalog::Catalog};
use liaison_knowledge::DocumentId;
use serde_json::{Value, json};
use std::{collections::BTreeMap, path::PathBuf};

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/documents", get(list))
        // The length is watched while the file arrives.
        .route("/api/documents", post(upload).layer(DefaultBodyLimit::disable()))
        .route("/api/documents/{id}", patch(describe))
        .route("/api/documents/{id}", delete(remove))
}

/// With the vendor's day, by which a document is in force or not, and how many jobs are not searchable yet.
async fn list(State(served): State<Served>, _: Staff) -> Result<Json<Value>, ApiError> {
    let uploads = served.intake.uploads.root();
    let documents = served.app.store.documents(uploads).await?;
    let jobs = served.intake.jobs().await?;
    let open = jobs.iter().filter(|seen| !seen.job.state.is_final()).count();
    Ok(Json(json!({
        "documents": documents, "today": served.app.assistant.today(), "not_searchable_yet": open,
    })))
}

/// The body is the file; `path` and what is said about it are in the query.
async fn upload(
    State(served): State<Served>,
    _: Staff,
    Query(mut said): Query<BTreeMap<String, String>>,
    body: Body,
) -> Result<(StatusCode, Json<Seen>), ApiError> {
    let path = said.remove("path").unwrap_or_default();
    let said = FrontMatter::of_keys(said.into_iter().map(|(key, value)| (key, value.into())).collect());
    let said = said.map_err(UploadError::from)?;
    let uploads = &served.intake.uploads;
    let upload = uploads.receive(&path, &said, body.into_data_stream()).await?;
    Ok((StatusCode::ACCEPTED, Json(served.intake.add(upload).await?)))
}

/// Only what is named changes; `null` takes a statement back. Nothing is embedded again.
async fn describe(
    State(served): State<Served>,
    _: Staff,
    Path(id): Path<String>,
    body: Result<Json<BTreeMap<String, Value>>, JsonRejection>,
) -> Result<(StatusCode, Json<Seen>), ApiError> {
    let Json(changes) = body?;
    let (_, source) = uploaded(&served, &id).await?;
    let mut said = Uploads::statements(&source).map_err(UploadError::from)?.keys();
    for (key, value) in changes {
        match value {
            Value::Null => drop(said.remove(&key)),
            value => drop(said.insert(key, value)),
        }
    }
    let said = FrontMatter::of_keys(said).map_err(UploadError::from)?;
    let upload = served
        .intake
        .uploads
        .say(&source, &said)
        .map_err(UploadError::from)?;
    Ok((StatusCode::ACCEPTED, Json(served.intake.add(upload).await?)))
}

/// Final at once: when this answers, nothing of the document is found.
async fn remove(
    State(served): State<Served>,
    _: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let (document, source) = uploaded(&served, &id).await?;
    let removed = served.intake.remove(document, &source).await;
    removed.map_err(|error| ApiError::internal(error.as_ref()))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the upload with this id lies.
async fn uploaded(served: &Served, id: &str) -> Result<(DocumentId, PathBuf), ApiError> {
    let entries = served.app.store.all().await;
    let entries = entries.map_err(|error| ApiError::internal(&error))?;
    let entry = entries
        .into_iter()
        .find(|entry| entry.record.id.0.to_string() == id)
        .ok_or_else(|| ApiError::not_found("There is no such document."))?;
    if entry.source.starts_with(served.intake.uploads.root()) {
        return Ok((entry.record.id, entry.source));
    }
    Err(ApiError::conflict(
        "not_an_upload",
        "This document comes from a folder: change or delete it there.",
    ))
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::BadPath(problem) => Self::bad_request("bad_path", problem),
            UploadError::BadStatement(problem) => Self::bad_request("bad_statement", problem.to_string()),
            UploadError::TooLarge => Self::too_large("file_too_large", error.to_string()),
            UploadError::DiskFull(full) => Self::no_room("disk_full", full.to_string()),
            other => Self::internal(&other),
        }
    }
}
