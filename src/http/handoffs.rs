//! `/api/handoffs`: partners hand a conversation to a person; staff answers and closes.

use super::{Served, caller::Staff, error::ApiError, parsed};
use crate::{
    caller::Caller,
    handoff::{HandoffError, LONGEST, Told, offer},
    store::Handoff,
};
use axum::{
    Json, Router,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Hand-overs in a list.
const LISTED: u32 = 500;
/// Longest name under an answer, in characters.
const LONGEST_NAME: usize = 100;

#[derive(Debug, Deserialize)]
struct Asked {
    conversation: String,
    #[serde(default)]
    message: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Reply {
    text: String,
    /// The name that the partner sees; else the manager's.
    #[serde(default)]
    name: Option<String>,
}

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/handoffs", post(ask))
        .route("/api/handoffs", get(list))
        .route("/api/handoffs/{id}", get(show))
        .route("/api/handoffs/{id}/replies", post(reply))
        .route("/api/handoffs/{id}/close", post(close))
}

/// Begins one, or goes on with the one that is not closed.
async fn ask(
    State(served): State<Served>,
    caller: Caller,
    body: Result<Json<Asked>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let Json(body) = body?;
    let message = body
        .message
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if message.is_some_and(|text| text.chars().count() > LONGEST) {
        return Err(ApiError::bad_request(
            "message_too_long",
            "A message may have at most 4,000 characters.",
        ));
    }
    let (handoff, begun) = served.handoffs.ask(&caller, &body.conversation, message).await?;
    let status = if begun {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(offer::shown(&handoff))))
}

async fn list(State(served): State<Served>, _: Staff) -> Result<Json<Value>, ApiError> {
    let handoffs = served.app.store.handoffs(LISTED).await?;
    let handoffs: Vec<Value> = handoffs.iter().map(listed).collect();
    Ok(Json(json!({ "handoffs": handoffs })))
}

async fn show(
    State(served): State<Served>,
    _: Staff,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(whole(
        &served.handoffs.told(parsed(&id, HandoffError::NotFound)?).await?,
    )))
}

async fn reply(
    State(served): State<Served>,
    staff: Staff,
    Path(id): Path<String>,
    body: Result<Json<Reply>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let Json(body) = body?;
    let text = body.text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(ApiError::bad_request(
            "bad_text",
            "`text` is the answer, in at most 4,000 characters.",
        ));
    }
    let name = body
        .name
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    if name.is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        return Err(ApiError::bad_request(
            "bad_name",
            "`name` has at most 100 characters.",
        ));
    }
    let handoff = served
        .handoffs
        .reply(parsed(&id, HandoffError::NotFound)?, &staff.name, name, text)
        .await?;
    Ok((StatusCode::CREATED, Json(listed(&handoff))))
}

async fn close(
    State(served): State<Served>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let handoff = served
        .handoffs
        .close(parsed(&id, HandoffError::NotFound)?, &staff.name)
        .await?;
    Ok(Json(listed(&handoff)))
}

/// As staff sees it. The secret of its address for replies stays here.
fn listed(handoff: &Handoff) -> Value {
    json!({
        "id": handoff.id, "conversation": handoff.conversation, "state": handoff.state,
        "partner": { "id": handoff.partner_id, "name": handoff.partner_name }, "subject": handoff.subject,
        "manager": { "name": handoff.manager_name, "email": handoff.manager_email },
        "opened_at": handoff.opened_at, "updated_at": handoff.updated_at,
        "delivery": {
            "state": handoff.delivery, "reason": handoff.delivery_reason, "attempts": handoff.delivery_attempts,
        },
    })
}

fn whole(told: &Told) -> Value {
    let mut whole = listed(&told.handoff);
    whole["transcript"] = json!(told.transcript);
    whole["tried"] = json!(told.tried());
    whole["nearest"] = json!(told.nearest());
    whole["audit"] = json!(told.entries);
    whole
}

impl From<HandoffError> for ApiError {
    fn from(error: HandoffError) -> Self {
        match error {
            HandoffError::NoConversation => Self::not_found("There is no such conversation."),
            HandoffError::NotFound => Self::not_found("There is no such hand-over."),
            HandoffError::Closed => Self::conflict("handoff_closed", "This hand-over is closed."),
            HandoffError::Waiting => Self::conflict("too_many_messages", error.to_string()),
            HandoffError::BadMail(bad) => Self::bad_request("bad_mail", bad.to_string()),
            other @ HandoffError::Store(_) => Self::internal(&other),
        }
    }
}
