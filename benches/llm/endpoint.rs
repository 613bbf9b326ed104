//! A language model that looks the question up once and then speaks at thirty tokens a second, without an end in sight,
//! each sentence with a quote that stands in the first passage it was shown.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::post,
};
use futures::stream;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::net::TcpListener;

const TOKEN: Duration = Duration::from_micros(33_333);
/// Letters of a token.
const LETTERS: usize = 4;
/// Tokens of an answer: it goes on for as long as anything is measured.
const TOKENS: usize = 900;
/// Words of a passage that are quoted.
const QUOTED: usize = 6;

#[derive(Clone)]
pub(super) struct Endpoint(Arc<Stage>);

struct Stage {
    url: String,
    tokens: AtomicU64,
    /// When each sentence of each stream was finished, by the stream's name.
    finished: Mutex<HashMap<String, Vec<Instant>>>,
}

impl Endpoint {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stage = Stage {
            url: format!("http://{}/v1", listener.local_addr().unwrap()),
            tokens: AtomicU64::new(0),
            finished: Mutex::default(),
        };
        let this = Self(Arc::new(stage));
        let router = Router::new()
            .route("/v1/chat/completions", post(complete))
            .with_state(this.clone());
        tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        this
    }

    pub(super) fn url(&self) -> String {
        self.0.url.clone()
    }

    /// Tokens said so far, to everybody.
    pub(super) fn tokens(&self) -> u64 {
        self.0.tokens.load(Ordering::Relaxed)
    }

    /// When the sentences of a stream were finished.
    pub(super) fn finished(&self, stream: &str) -> Vec<Instant> {
        self.0
            .finished
            .lock()
            .unwrap()
            .get(stream)
            .cloned()
            .unwrap_or_default()
    }
}

async fn complete(State(endpoint): State<Endpoint>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap();
    let messages = request["messages"].as_array().unwrap();
    let of = |role: &str| messages.iter().rfind(|message| message["role"] == role);
    let question = of("user").unwrap()["content"].as_str().unwrap().to_owned();
    match of("tool") {
        None => looks_up(),
        Some(shown) => speaks(endpoint, &question, shown["content"].as_str().unwrap()),
    }
}

fn looks_up() -> Response {
    let arguments = json!({ "query": "How long is a registered deal protected?" }).to_string();
    let call =
        json!({ "index": 0, "id": "c", "function": { "name": "search_knowledge", "arguments": arguments } });
    let text = format!("{}data: [DONE]\n\n", event(&json!({ "tool_calls": [call] })));
    ([(header::CONTENT_TYPE, "text/event-stream")], text).into_response()
}

fn speaks(endpoint: Endpoint, question: &str, shown: &str) -> Response {
    let words = shown
        .lines()
        .skip_while(|line| !line.starts_with("P1 ("))
        .nth(1)
        .unwrap_or_default();
    let words: Vec<&str> = words.split(' ').take(QUOTED).collect();
    let (quote, stream) = (words.join(" "), question.to_owned());
    let mut pieces = Vec::new();
    for nth in 0.. {
        let sentence: Vec<char> = sentence(nth, &quote).chars().collect();
        let count = sentence.chunks(LETTERS).count();
        let letters = sentence
            .chunks(LETTERS)
            .map(|piece| piece.iter().collect::<String>());
        pieces.extend(letters.enumerate().map(|(n, piece)| (piece, n + 1 == count)));
        if pieces.len() >= TOKENS {
            break;
        }
    }
    let start = tokio::time::Instant::now();
    let said = stream::unfold((0, pieces), move |(nth, pieces)| {
        let (endpoint, stream) = (endpoint.clone(), stream.clone());
        async move {
            let (piece, ends) = pieces.get(nth)?;
            tokio::time::sleep_until(start + TOKEN * nth as u32).await;
            endpoint.0.tokens.fetch_add(1, Ordering::Relaxed);
            if *ends {
                let mut finished = endpoint.0.finished.lock().unwrap();
                finished.entry(stream).or_default().push(Instant::now());
            }
            let event = event(&json!({ "content": piece }));
            Some((Ok::<_, std::io::Error>(event), (nth + 1, pieces)))
        }
    });
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(said),
    )
        .into_response()
}

/// A sentence like no other of its answer, without a figure.
fn sentence(nth: usize, quote: &str) -> String {
    let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
    let label: String = [letter(nth / 26), letter(nth)].iter().collect();
    format!(
        "The guide says of point {label} what it says to every partner who asks for it [P1 \"{quote}\"]. "
    )
}

fn event(delta: &Value) -> String {
    let choices = json!([{ "index": 0, "delta": delta, "finish_reason": null }]);
    let chunk = json!({
        "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 1_700_000_000,
        "model": "scripted", "choices": choices,
    });
    format!("data: {chunk}\n\n")
}
