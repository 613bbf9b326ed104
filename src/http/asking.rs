//! What all ways to ask over HTTP share: what a question may be, the answer with its figures, and a stream that ends
//! with whoever reads it.

use super::{Served, error::ApiError};
use crate::{
    assistant::{Answer, Progress},
    caller::Caller,
    conversation::{self, ConversationError},
};
use axum::{
    http::{HeaderMap, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt, channel::mpsc};
use std::{convert::Infallible, time::Duration};
use tokio::sync::oneshot;
use tracing::Instrument;
use uuid::Uuid;

/// Longest question, in characters: a pasted mail with its history is one.
const LONGEST_QUESTION: usize = 16_000;
/// Longest conversation id, in bytes; the client makes it.
const LONGEST_ID: usize = 100;

/// Where a stream's events go.
pub(super) type Events = mpsc::UnboundedSender<Event>;

/// A question that was understood as a request.
pub(super) struct Asked {
    pub(super) caller: Caller,
    pub(super) conversation: String,
    pub(super) question: String,
    pub(super) request_id: String,
    /// The answer's id.
    pub(super) id: Uuid,
}

impl Asked {
    /// `caller` asks `question` within a conversation of its own or a new one.
    pub(super) async fn new(
        served: &Served,
        caller: Caller,
        conversation: String,
        question: &str,
        headers: &HeaderMap,
    ) -> Result<Self, ApiError> {
        if conversation.is_empty() || conversation.len() > LONGEST_ID {
            return Err(ApiError::bad_request(
                "bad_id",
                "A conversation's id has at least 1 and at most 100 bytes.",
            ));
        }
        let question = question.trim().to_owned();
        if question.is_empty() {
            return Err(ApiError::bad_request(
                "no_question",
                "The last user message has no text.",
            ));
        }
        if question.chars().count() > LONGEST_QUESTION {
            return Err(ApiError::bad_request(
                "question_too_long",
                "A question may have at most 16,000 characters.",
            ));
        }
        // Asked before a stream opens, so that the answer has a status; `conversation::ask` holds to it as well.
        let owner = served.app.owner(&caller);
        if served.app.store.is_foreign(&conversation, owner).await? {
            return Err(ConversationError::NotYours.into());
        }
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
        Ok(Self {
            caller,
            conversation,
            question,
            request_id: request_id.unwrap_or_default().to_owned(),
            id: Uuid::new_v4(),
        })
    }

    /// The answer, telling `progress` on the way.
    pub(super) async fn answer(
        &self,
        served: &Served,
        progress: impl FnMut(Progress<'_>) + Send,
    ) -> Result<Answer, ApiError> {
        let Self {
            caller,
            conversation,
            question,
            id,
            ..
        } = self;
        let answer = conversation::ask(&served.app, caller, conversation, *id, question, progress).await?;
        metrics::histogram!("liaison_answer_seconds").record(answer.timings_ms.total / 1e3);
        let declined = answer.declined.as_ref().map_or("no", |_| "yes");
        metrics::counter!("liaison_answers_total", "declined" => declined).increment(1);
        Ok(answer)
    }
}

/// A stream of the events that `answering` sends. A client that goes away drops the receiver, and with it the turn and
/// any request of a language model.
pub(super) fn streamed<F>(answering: impl FnOnce(Events) -> F) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    // Of `futures`: tokio's takes room for 32 events at once, of which hardly one is ever waiting.
    let (events, waiting) = mpsc::unbounded();
    let (reader, reader_gone) = oneshot::channel::<Infallible>();
    // In a box: the task would hold the room for it twice.
    let answering = Box::pin(answering(events));
    let task = async move {
        tokio::select! { () = answering => {}, _ = reader_gone => {} }
    };
    tokio::spawn(task.in_current_span());
    let events = waiting.map(move |event| {
        let _held_as_long_as_this_is_read = &reader;
        Ok::<Event, Infallible>(event)
    });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
        .into_response();
    let headers = response.headers_mut();
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Sends data; a failed send means that the client is gone, and the turn is being cancelled.
pub(super) fn send(events: &Events, data: &serde_json::Value) {
    let _ = Event::default()
        .json_data(data)
        .map(|event| events.unbounded_send(event));
}

/// Ends a stream as its readers expect it.
pub(super) fn done(events: &Events) {
    let _ = events.unbounded_send(Event::default().data("[DONE]"));
}
