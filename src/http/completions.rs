//! `POST /v1/chat/completions` and `GET /v1/models`: the assistant for front ends that speak OpenAI's protocol.
//!
//! It is the same assistant under the same policy as behind `/api/chat`, not a language model: the last user message is
//! the question, and everything else that a client may say to a model (system messages, tools, temperature, its own
//! history) is ignored. What the protocol has no place for stands in a field of its own, `liaison`.

use super::{
    Served,
    asking::{self, Asked, Events},
    error::ApiError,
};
use crate::{
    assistant::{Answer, Progress},
    caller::Caller,
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The one model there is.
const MODEL: &str = "liaison";
/// Names the conversation where a front end cannot say it in the body.
const CONVERSATION: &str = "x-liaison-conversation";
/// Largest request body, in bytes: clients of this protocol send their whole history along.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// What is read of a request.
#[derive(Debug, Deserialize)]
struct Body {
    messages: Vec<Message>,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    user: Option<String>,
    metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    content: Option<Content>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

/// A part of a message; only text is read.
#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    conversation: Option<String>,
}

pub(super) fn router() -> Router<Served> {
    let limit = DefaultBodyLimit::max(BODY_LIMIT);
    Router::new()
        .route("/v1/chat/completions", post(complete).layer(limit))
        .route("/v1/models", get(models))
}

async fn models(_: Caller) -> Json<Value> {
    let model = json!({ "id": MODEL, "object": "model", "created": 0, "owned_by": "liaison" });
    Json(json!({ "object": "list", "data": [model] }))
}

async fn complete(
    State(served): State<Served>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Response, ApiError> {
    let Json(body) = body.map_err(refusal)?;
    let conversation = conversation(&body, &headers, &caller);
    let asked = Asked::new(&served, caller, conversation, &question(&body), &headers).await?;
    let completion = Completion::of(&asked);
    if body.stream == Some(true) {
        let usage = body.stream_options.is_some_and(|options| options.include_usage);
        return Ok(asking::streamed(|events| {
            stream(served, Box::new(asked), completion, usage, events)
        }));
    }
    let answer = asked.answer(&served, |_| {}).await?;
    Ok(Json(completion.whole(&answer)).into_response())
}

/// A body that cannot be read, or is larger than here.
fn refusal(error: JsonRejection) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::too_large("body_too_large", "The request's body is larger than 2 MiB.");
    }
    error.into()
}

/// The text of the last message of a user.
fn question(body: &Body) -> String {
    let last = body.messages.iter().rev().find(|message| message.role == "user");
    match last.and_then(|message| message.content.as_ref()) {
        None => String::new(),
        Some(Content::Text(text)) => text.clone(),
        Some(Content::Parts(parts)) => {
            let texts: Vec<&str> = parts.iter().map(|part| part.text.trim()).collect();
            texts.join("\n")
        }
    }
}

/// The conversation: as `metadata` names it, as the header does, or the one of this partner's `user`. Otherwise the
/// question stands alone.
fn conversation(body: &Body, headers: &HeaderMap, caller: &Caller) -> String {
    let stated = body
        .metadata
        .as_ref()
        .and_then(|metadata| metadata.conversation.clone());
    let header = || headers.get(CONVERSATION)?.to_str().ok().map(str::to_owned);
    // Front ends number their users alike: the same name at two partners is not the same user.
    let of_user = |user: &String| {
        let name = format!("{}\0{user}", caller.partner.id);
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
    };
    stated
        .or_else(header)
        .or_else(|| body.user.as_ref().map(of_user))
        .unwrap_or_else(|| Uuid::new_v4().to_string())
}

async fn stream(served: Served, asked: Box<Asked>, completion: Completion, usage: bool, events: Events) {
    let send = |data: &Value| asking::send(&events, data);
    send(&completion.chunk(&json!({ "role": "assistant", "content": "" }), None));
    let answered = asked
        .answer(&served, |progress| {
            if let Progress::Released(text, _) = progress {
                send(&completion.chunk(&json!({ "content": text }), None));
            }
        })
        .await;
    match answered {
        Ok(answer) => {
            let mut last = completion.chunk(&json!({}), Some("stop"));
            last["liaison"] = completion.extra(&answer);
            send(&last);
            if usage {
                let mut chunk = completion.chunk(&json!({}), None);
                chunk["choices"] = json!([]);
                chunk["usage"] = tokens(&answer);
                send(&chunk);
            }
        }
        Err(error) => send(&error.openai(&asked.request_id)),
    }
    asking::done(&events);
}

/// What all parts of one completion say.
struct Completion {
    answer: Uuid,
    created: i64,
}

impl Completion {
    fn of(asked: &Asked) -> Self {
        Self {
            answer: asked.id,
            created: Timestamp::now().as_second(),
        }
    }

    fn chunk(&self, delta: &Value, finish_reason: Option<&str>) -> Value {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": null });
        self.object("chat.completion.chunk", &choice)
    }

    fn whole(&self, answer: &Answer) -> Value {
        let message = json!({ "role": "assistant", "content": answer.answer, "refusal": null });
        let choice = json!({ "index": 0, "message": message, "finish_reason": "stop", "logprobs": null });
        let mut whole = self.object("chat.completion", &choice);
        whole["usage"] = tokens(answer);
        whole["liaison"] = self.extra(answer);
        whole
    }

    fn object(&self, kind: &str, choice: &Value) -> Value {
        json!({
            "id": format!("chatcmpl-{}", self.answer), "object": kind, "created": self.created, "model": MODEL,
            "choices": [choice],
        })
    }

    fn extra(&self, answer: &Answer) -> Value {
        json!({
            "answer": self.answer, "conversation": answer.conversation,
            "citations": answer.citations, "confirmations": answer.confirmations, "declined": answer.declined,
        })
    }
}

/// What the language model behind it took; nothing where none was asked.
fn tokens(answer: &Answer) -> Value {
    let usage = &answer.receipt.usage;
    json!({
        "prompt_tokens": usage.input, "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
    })
}
