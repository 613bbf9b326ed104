//! A language model that follows a script, behind the wire format of OpenAI-compatible endpoints.
//!
//! Each turn answers one request and sees what the product sent. A request that the script does not have fails
//! the test, and so does a turn that nobody asked for.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures::StreamExt;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread,
};
use tokio::net::TcpListener;

/// The model's name, as the product must report it.
pub(crate) const MODEL: &str = "scripted-model";
/// The endpoint's key, which must stay between the two.
pub(crate) const KEY: &str = "sk-scripted-key-of-the-tests";

/// What the model does when asked.
pub(crate) enum Reply {
    Says(String),
    /// Tools by name, each with the raw text of its arguments.
    Calls(Vec<(String, String)>),
    /// Says this, then the connection breaks.
    Breaks(String),
    /// Says this, then no word more.
    Stalls(String),
    /// A status and the seconds of `Retry-After`, if any.
    Refuses(u16, Option<u32>),
    /// Never says a word.
    Hangs,
}

/// What answers every request.
pub(crate) type Model = Box<dyn FnMut(&Seen) -> Reply + Send>;

/// A turn of the script: from what was sent to a reply.
pub(crate) type Turn = Box<dyn FnOnce(&Seen) -> Reply + Send>;

pub(crate) fn says(text: impl FnOnce(&Seen) -> String + Send + 'static) -> Turn {
    Box::new(move |seen| Reply::Says(text(seen)))
}

pub(crate) fn calls(tool: &str, arguments: &Value) -> Turn {
    let call = (tool.to_owned(), arguments.to_string());
    Box::new(move |_| Reply::Calls(vec![call]))
}

pub(crate) fn breaks(text: impl FnOnce(&Seen) -> String + Send + 'static) -> Turn {
    Box::new(move |seen| Reply::Breaks(text(seen)))
}

pub(crate) fn stalls(text: impl FnOnce(&Seen) -> String + Send + 'static) -> Turn {
    Box::new(move |seen| Reply::Stalls(text(seen)))
}

pub(crate) fn refuses(status: u16, retry_after: Option<u32>) -> Turn {
    Box::new(move |_| Reply::Refuses(status, retry_after))
}

pub(crate) fn hangs() -> Turn {
    Box::new(|_| Reply::Hangs)
}

/// A request as the endpoint received it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) body: Value,
    pub(crate) authorization: String,
}

impl Seen {
    /// What the tools returned so far, each as one text.
    pub(crate) fn returned(&self) -> Vec<&str> {
        let messages = self.body["messages"].as_array().unwrap().iter();
        let of_tools = messages.filter(|message| message["role"] == "tool");
        of_tools
            .filter_map(|message| message["content"].as_str())
            .collect()
    }

    /// The mark of the shown passage that holds these words, to be put before a quote: `P3`.
    pub(crate) fn passage(&self, words: &str) -> String {
        let shown = self.returned().join("\n\n");
        let mut mark = "";
        for line in shown.lines() {
            let number = line.strip_prefix('P').and_then(|rest| rest.split_once(" ("));
            if let Some((digits, _)) = number.filter(|(digits, _)| digits.parse::<u32>().is_ok()) {
                mark = &line[..=digits.len()];
            }
            if line.contains(words) && !mark.is_empty() {
                return mark.to_owned();
            }
        }
        panic!("no passage with {words:?}: {shown}");
    }
}

/// The running endpoint.
pub(crate) struct Script {
    pub(crate) url: String,
    stage: Arc<Stage>,
}

/// What is played.
enum Play {
    Turns(VecDeque<Turn>),
    /// The same to whatever is asked, without an end.
    Model(Model),
}

struct Stage {
    play: Mutex<Play>,
    seen: Mutex<Vec<Seen>>,
    /// What went wrong on the stage; its thread's panics would not reach the test.
    wrong: Mutex<Vec<String>>,
}

impl Script {
    /// Opens the endpoint on a port of its own.
    pub(crate) fn start(turns: impl IntoIterator<Item = Turn>) -> Self {
        Self::play(Play::Turns(turns.into_iter().collect()))
    }

    /// Opens the endpoint for a model that answers whatever it is asked.
    pub(crate) fn always(model: impl FnMut(&Seen) -> Reply + Send + 'static) -> Self {
        Self::play(Play::Model(Box::new(model)))
    }

    fn play(play: Play) -> Self {
        let stage = Arc::new(Stage {
            play: Mutex::new(play),
            seen: Mutex::default(),
            wrong: Mutex::default(),
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .with_state(Arc::clone(&stage));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                axum::serve(TcpListener::from_std(listener).unwrap(), router)
                    .await
                    .unwrap();
            });
        });
        Self { url, stage }
    }

    /// The settings that make the product use it.
    pub(crate) fn settings(&self) -> [(&str, &str); 4] {
        [
            ("LIAISON_LLM__BASE_URL", &self.url),
            ("LIAISON_LLM__MODEL", MODEL),
            ("LIAISON_LLM__API_KEY", KEY),
            ("LIAISON_LLM__TIMEOUT_SECONDS", "3"),
        ]
    }

    /// What was received, once the script has been played to its end and without a word more.
    pub(crate) fn played(self) -> Vec<Seen> {
        let wrong = self.stage.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        if let Play::Turns(left) = &*self.stage.play.lock().unwrap_or_else(PoisonError::into_inner) {
            assert_eq!(left.len(), 0, "turns of the script that nobody asked for");
        }
        self.stage
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn complete(State(stage): State<Arc<Stage>>, headers: HeaderMap, body: Bytes) -> Response {
    let authorization = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let seen = Seen {
        body: serde_json::from_slice(&body).unwrap_or_default(),
        authorization: authorization.unwrap_or_default().to_owned(),
    };
    stage
        .seen
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(seen.clone());
    match next(&stage, &seen) {
        Ok(reply) => played(reply).await,
        Err(cause) => {
            let cause = cause.downcast_ref::<String>().cloned().unwrap_or_default();
            stage
                .wrong
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(cause);
            StatusCode::BAD_REQUEST.into_response()
        }
    }
}

/// What the model does now. A turn that does not find what it quotes has to fail the test, not this thread.
fn next(stage: &Stage, seen: &Seen) -> thread::Result<Reply> {
    let mut play = stage.play.lock().unwrap_or_else(PoisonError::into_inner);
    let turn = match &mut *play {
        Play::Model(model) => return catch_unwind(AssertUnwindSafe(|| model(seen))),
        Play::Turns(turns) => turns.pop_front(),
    };
    match turn {
        Some(turn) => catch_unwind(AssertUnwindSafe(|| turn(seen))),
        None => Err(Box::new(format!(
            "a request that is not in the script: {}",
            seen.body
        ))),
    }
}

async fn played(reply: Reply) -> Response {
    match reply {
        Reply::Says(text) => stream(spoken(&text), "stop", Ending::Whole),
        Reply::Breaks(text) => stream(spoken(&text), "stop", Ending::Breaks),
        Reply::Stalls(text) => stream(spoken(&text), "stop", Ending::Stalls),
        Reply::Calls(calls) => stream(called(&calls), "tool_calls", Ending::Whole),
        Reply::Refuses(status, retry_after) => {
            let error = json!({ "error": { "message": "not now", "type": "server_error", "param": null, "code": null } });
            let status = StatusCode::from_u16(status).unwrap();
            let mut response = (status, axum::Json(error)).into_response();
            if let Some(seconds) = retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        Reply::Hangs => std::future::pending().await,
    }
}

/// Text as deltas of a few letters, so that words, marks and quotes come in pieces.
fn spoken(text: &str) -> Vec<Value> {
    let letters: Vec<char> = text.chars().collect();
    let pieces = letters
        .chunks(7)
        .map(|piece| json!({ "content": piece.iter().collect::<String>() }));
    std::iter::once(json!({ "role": "assistant", "content": "" }))
        .chain(pieces)
        .collect()
}

/// Calls as deltas: the name first, then the arguments in fragments.
fn called(calls: &[(String, String)]) -> Vec<Value> {
    let mut deltas = vec![json!({ "role": "assistant", "content": null })];
    for (index, (name, arguments)) in calls.iter().enumerate() {
        deltas.push(json!({ "tool_calls": [{
            "index": index, "id": format!("call_{index}"), "type": "function",
            "function": { "name": name, "arguments": "" },
        }]}));
        let letters: Vec<char> = arguments.chars().collect();
        deltas.extend(letters.chunks(5).map(|piece| {
            let piece: String = piece.iter().collect();
            json!({ "tool_calls": [{ "index": index, "function": { "arguments": piece } }] })
        }));
    }
    deltas
}

/// What follows the last delta.
enum Ending {
    Whole,
    Breaks,
    Stalls,
}

/// The deltas as server-sent events.
fn stream(deltas: Vec<Value>, reason: &str, ending: Ending) -> Response {
    let event = |choices: Value| {
        let chunk = json!({
            "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1_700_000_000,
            "model": MODEL, "choices": choices,
        });
        format!("data: {chunk}\n\n")
    };
    let choice = |delta: &Value, reason: Option<&str>| {
        event(json!([{ "index": 0, "delta": delta, "finish_reason": reason }]))
    };
    let mut events: Vec<Result<String, io::Error>> =
        deltas.iter().map(|delta| Ok(choice(delta, None))).collect();
    let mut rest = futures::stream::empty().boxed();
    match ending {
        Ending::Whole => {
            events.push(Ok(choice(&json!({}), Some(reason))));
            events.push(Ok(event(json!([]))));
            events.push(Ok("data: [DONE]\n\n".to_owned()));
        }
        Ending::Breaks => events.push(Err(io::Error::other("the connection breaks"))),
        Ending::Stalls => rest = futures::stream::pending().boxed(),
    }
    let body = Body::from_stream(futures::stream::iter(events).chain(rest));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}
