//! `POST /api/chat`: a question in, an AI SDK UI message stream (v1) out.

use super::{
    Served,
    asking::{self, Asked, Events},
    error::ApiError,
    stream,
};
use crate::caller::Caller;
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue},
    response::Response,
    routing::post,
};
use serde::Deserialize;

/// What `useChat` sends. Earlier messages are ignored: the server has its own.
#[derive(Debug, Deserialize)]
struct Body {
    id: String,
    messages: Vec<Message>,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
}

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/chat", post(chat))
}

async fn chat(
    State(served): State<Served>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(body) = body?;
    let question = question(&body);
    let asked = Asked::new(&served, caller, body.id, &question, &headers).await?;
    let mut response = asking::streamed(|events| answer(served, Box::new(asked), events));
    let headers = response.headers_mut();
    headers.insert("x-vercel-ai-ui-message-stream", HeaderValue::from_static("v1"));
    Ok(response)
}

fn question(body: &Body) -> String {
    let last = body.messages.iter().rev().find(|message| message.role == "user");
    let texts = last
        .iter()
        .flat_map(|message| &message.parts)
        .filter(|part| part.kind == "text");
    texts.map(|part| part.text.trim()).collect::<Vec<_>>().join("\n")
}

async fn answer(served: Served, asked: Box<Asked>, events: Events) {
    let mut parts = stream::Parts::new(asked.id, |part| asking::send(&events, &part));
    parts.start(&asked.conversation);
    let answered = asked.answer(&served, |progress| parts.progress(&progress)).await;
    match answered {
        Ok(answer) => parts.finish(&answer, &asked.caller.partner),
        Err(error) => parts.error(error.code(), error.message(), &asked.request_id),
    }
    asking::done(&events);
}
