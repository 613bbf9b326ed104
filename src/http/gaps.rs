//! `/api/gaps`: what partners ask and the knowledge does not answer, for staff.

use super::{Served, caller::Staff, error::ApiError, parsed};
use crate::{
    gaps::{Answering, Gap, GapError},
    intake::UploadError,
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
    routing::{get, post},
};
use liaison_ingest::FrontMatter;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Longest answer, in characters.
const LONGEST: usize = 20_000;
/// Longest title, in characters.
const LONGEST_TITLE: usize = 200;

/// An answer; what is said about its document is as in the front matter of any other.
#[derive(Debug, Deserialize)]
struct Answer {
    text: String,
    title: String,
    #[serde(default)]
    audience: Option<String>,
    #[serde(default)]
    owner: Option<String>,
    #[serde(default)]
    review_by: Option<String>,
}

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/gaps", get(list))
        .route("/api/gaps/{id}/answer", post(answer))
        .route("/api/gaps/{id}/dismiss", post(dismiss))
}

async fn list(State(served): State<Served>, _: Staff) -> Result<Json<Value>, ApiError> {
    let partners = served.app.crm.partners().await?;
    let names: HashMap<String, String> = partners
        .into_iter()
        .map(|partner| (partner.id, partner.name))
        .collect();
    let gaps = served.gaps.list().await?;
    let gaps: Vec<Value> = gaps.iter().map(|gap| listed(gap, &names)).collect();
    Ok(Json(
        json!({ "gaps": gaps, "today": served.app.assistant.today() }),
    ))
}

/// With the partners' names; one that the CRM no longer has goes by its id.
fn listed(gap: &Gap, names: &HashMap<String, String>) -> Value {
    let name = |id: &String| json!({ "id": id, "name": names.get(id).unwrap_or(id) });
    let mut listed = json!(gap);
    listed["partners"] = gap.partners.iter().map(name).collect();
    listed
}

async fn answer(
    State(served): State<Served>,
    staff: Staff,
    Path(id): Path<String>,
    body: Result<Json<Answer>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let Json(body) = body?;
    let text = body.text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(ApiError::bad_request(
            "bad_text",
            "`text` is the answer, in at most 20,000 characters.",
        ));
    }
    if body.title.trim().is_empty() || body.title.chars().count() > LONGEST_TITLE {
        return Err(ApiError::bad_request(
            "bad_title",
            "`title` names the answer, in at most 200 characters.",
        ));
    }
    let keys = [
        ("title", Some(body.title)),
        ("audience", body.audience),
        ("owner", body.owner),
        ("review_by", body.review_by),
    ];
    let keys = keys.into_iter().filter_map(|(key, value)| {
        let value = value.filter(|value| !value.trim().is_empty())?;
        Some((key.to_owned(), value.into()))
    });
    let said = FrontMatter::of_keys(keys.collect()).map_err(UploadError::from)?;
    let answering = Answering {
        text,
        said,
        by: &staff.name,
    };
    let answered = served
        .gaps
        .answer(parsed(&id, GapError::NotFound)?, answering)
        .await?;
    let answered = json!({ "document": answered.document, "job": answered.job, "case": answered.case });
    Ok((StatusCode::ACCEPTED, Json(answered)))
}

async fn dismiss(
    State(served): State<Served>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    served
        .gaps
        .dismiss(parsed(&id, GapError::NotFound)?, &staff.name)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<GapError> for ApiError {
    fn from(error: GapError) -> Self {
        match error {
            GapError::NotFound => Self::not_found("There is no such gap."),
            GapError::Decided => Self::conflict("gap_decided", "This gap is answered or dismissed already."),
            GapError::Upload(upload) => upload.into(),
            other => Self::internal(&other),
        }
    }
}
