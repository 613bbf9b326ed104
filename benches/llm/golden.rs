//! The golden suites through the whole path of a language model: its client, its marks, sentence-wise verification. The
//! model behind the endpoint says what the extractive one would, in the words of the protocol, so the suites must pass
//! as they do without one.

use super::process::seeded;
use async_trait::async_trait;
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::post};
use liaison::{
    app::App,
    assistant::{
        draft::{Cite, Part},
        model::{Ask, ChatModel, Llm, ModelError, Replied, Said, extractive::Extractive, openai::OpenAi},
        turn::ModelReply,
    },
    config::{EndpointSettings, Settings},
    evaluation::InProcess,
    rest::Rest,
};
use liaison_evals::{Gate, RunOptions, Thresholds, load, report};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// Letters of a piece.
const LETTERS: usize = 5;

pub(super) async fn run() {
    let home = seeded();
    let suites = load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("evals/suites")]).unwrap();
    let (plain, _) = passed(open(home.path()).await, &suites).await;
    let mut app = open(home.path()).await;
    app.assistant.llms = vec![Llm {
        model: Box::new(Through::start(&app).await),
        rest: Rest::new(Duration::ZERO),
    }];
    let (through, gate) = passed(app, &suites).await;
    println!(
        "\ngolden suites: {plain} cases pass without a language model, {through} through one that says the same"
    );
    println!("{gate}");
}

async fn open(home: &Path) -> App {
    App::open(Settings::load(None).unwrap(), home).await.unwrap()
}

/// How many cases pass, and what the gate says of the run.
async fn passed(app: App, suites: &[liaison_evals::Suite]) -> (usize, String) {
    let target = InProcess(Arc::new(app));
    let run = liaison_evals::run(&target, suites, &RunOptions::default(), &|_| ()).await;
    let passed = run.cases.iter().filter(|case| case.passed).count();
    (passed, report::gate(&Gate::judge(&run, &Thresholds::default())))
}

/// Asks the extractive model, has the endpoint say it, and hears it from the client.
struct Through {
    own: Extractive,
    client: OpenAi,
    /// What the endpoint says next; held while it does.
    next: Arc<Mutex<String>>,
    turn: Mutex<()>,
}

impl Through {
    async fn start(app: &App) -> Self {
        let next = Arc::<Mutex<String>>::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/chat/completions", post(say))
            .with_state(Arc::clone(&next));
        tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        let settings = EndpointSettings {
            base_url: &base_url,
            model: "through",
            api_key: None,
            timeout: Duration::from_secs(30),
            max_tokens: 4_000,
        };
        Self {
            own: Extractive::new(app.knowledge.clone(), app.home.examples()),
            client: OpenAi::new(&settings, "", false).unwrap(),
            next,
            turn: Mutex::default(),
        }
    }
}

async fn say(State(next): State<Arc<Mutex<String>>>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        next.lock().await.clone(),
    )
}

#[async_trait]
impl ChatModel for Through {
    fn name(&self) -> &str {
        "through"
    }

    fn parameters(&self) -> Value {
        self.client.parameters()
    }

    fn needs_vocabulary(&self) -> bool {
        true
    }

    async fn reply(&self, ask: &Ask<'_>, said: Said<'_>) -> Result<Replied, ModelError> {
        let _turn = self.turn.lock().await;
        let mut parts = Vec::new();
        let replied = self.own.reply(ask, &mut |part| parts.push(part)).await?;
        *self.next.lock().await = match replied.reply {
            ModelReply::CallTools(calls) => {
                let call = |(index, call): (usize, &liaison::assistant::evidence::ToolCall)| {
                    let function =
                        json!({ "name": call.tool.name(), "arguments": call.arguments.to_string() });
                    json!({ "index": index, "id": format!("c{index}"), "function": function })
                };
                let calls: Vec<Value> = calls.iter().enumerate().map(call).collect();
                event(&json!({ "tool_calls": calls }))
            }
            _ => {
                let text: String = parts.iter().map(written).collect();
                let letters: Vec<char> = text.chars().collect();
                let pieces = letters
                    .chunks(LETTERS)
                    .map(|piece| piece.iter().collect::<String>());
                pieces.map(|piece| event(&json!({ "content": piece }))).collect()
            }
        } + "data: [DONE]\n\n";
        self.client.reply(ask, said).await
    }
}

/// A part as a model writes it: each sentence with its marks. Phrases are ours alone.
fn written(part: &Part) -> String {
    let mark = |cite: &Cite| match cite {
        Cite::Quote { passage, quote } => format!("[P{} \"{}\"]", passage + 1, quote.replace("\n\n", "\n")),
        Cite::Records { result } => format!("[R{}]", result + 1),
    };
    match part {
        Part::Sentence { text, cites, .. } => {
            let marks: String = cites.iter().map(mark).collect();
            let sentences = text
                .lines()
                .flat_map(unicode_segmentation::UnicodeSegmentation::split_sentence_bounds);
            let sentences = sentences.filter(|sentence| sentence.chars().any(char::is_alphanumeric));
            sentences
                .map(|sentence| format!("\n{} {marks}", sentence.trim()))
                .collect()
        }
        Part::Table { result } => format!("\n[T{}]", result + 1),
        Part::Phrase(_) | Part::Question { .. } => String::new(),
    }
}

fn event(delta: &Value) -> String {
    format!("data: {}\n\n", json!({ "choices": [{ "delta": delta }] }))
}
