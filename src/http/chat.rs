//! `POST /api/chat`: a question in, an AI SDK UI message stream (v1) out.

use super::{Served, error::ApiError, stream};
use crate::{
    caller::Caller,
    conversation::{self, ConversationError},
};
use axum::{
    Json, Router,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::post,
};
use futures::StreamExt;
use serde::Deserialize;
use std::{convert::Infallible, time::Duration};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tracing::Instrument;
use uuid::Uuid;

/// Longest question, in characters.
const LONGEST_QUESTION: usize = 4_000;
/// Longest conversation id, in bytes; the client makes it.
const LONGEST_ID: usize = 100;

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
    let question = question(&body)?;
    // Asked before the stream opens, so that the answer has a status; `conversation::ask` holds to it as well.
    if served
        .app
        .store
        .is_foreign(&body.id, served.app.owner(&caller))
        .await?
    {
        return Err(ConversationError::NotYours.into());
    }
    let (events, receiver) = mpsc::unbounded_channel();
    let request_id = headers
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let asked = Asked {
        conversation: body.id,
        question,
        request_id,
    };
    let answering = answer(served, caller, asked, events.clone());
    let cancelled = async move { events.closed().await };
    // A widget that goes away drops the receiver, and with it the turn and any request of a language model.
    let task = async move {
        tokio::select! { () = answering => {}, () = cancelled => {} }
    };
    tokio::spawn(task.in_current_span());
    let events = UnboundedReceiverStream::new(receiver).map(Ok::<Event, Infallible>);
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response();
    let headers = response.headers_mut();
    headers.insert("x-vercel-ai-ui-message-stream", HeaderValue::from_static("v1"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn question(body: &Body) -> Result<String, ApiError> {
    if body.id.is_empty() || body.id.len() > LONGEST_ID {
        return Err(ApiError::bad_request(
            "bad_id",
            "`id` must name the conversation in at most 100 bytes.",
        ));
    }
    let last = body.messages.iter().rev().find(|message| message.role == "user");
    let texts = last
        .iter()
        .flat_map(|message| &message.parts)
        .filter(|part| part.kind == "text");
    let question = texts
        .map(|part| part.text.trim())
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned();
    if question.is_empty() {
        return Err(ApiError::bad_request(
            "no_question",
            "The last user message has no text.",
        ));
    }
    if question.chars().count() > LONGEST_QUESTION {
        return Err(ApiError::bad_request(
            "question_too_long",
            "A question may have at most 4,000 characters.",
        ));
    }
    Ok(question)
}

/// A question that was understood as a request.
struct Asked {
    conversation: String,
    question: String,
    request_id: String,
}

async fn answer(served: Served, caller: Caller, asked: Asked, events: mpsc::UnboundedSender<Event>) {
    let Asked {
        conversation,
        question,
        request_id,
    } = asked;
    let id = Uuid::new_v4();
    let mut parts = stream::Parts::new(id, |part| {
        // A failed send means that the widget is gone; the turn is being cancelled.
        let _ = Event::default().json_data(part).map(|event| events.send(event));
    });
    parts.start(&conversation);
    let answered = conversation::ask(&served.app, &caller, &conversation, id, &question, |progress| {
        parts.progress(&progress);
    })
    .await;
    match answered {
        Ok(answer) => {
            metrics::histogram!("liaison_answer_seconds").record(answer.timings_ms.total / 1e3);
            let declined = answer.declined.as_ref().map_or("no", |_| "yes");
            metrics::counter!("liaison_answers_total", "declined" => declined).increment(1);
            parts.finish(&answer, &caller.partner);
        }
        Err(error) => {
            let error = ApiError::from(error);
            parts.error(error.code(), error.message(), &request_id);
        }
    }
    let _ = events.send(Event::default().data("[DONE]"));
}
