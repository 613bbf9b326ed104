//! Any OpenAI-compatible endpoint, through async-openai. The only file that names the LLM vendor.

use super::{Ask, ChatModel, ModelError};
use crate::{
    assistant::{
        citation,
        evidence::{ToolCall, ToolReturn, ToolStep},
        table,
        tools::{Tool, ToolOutcome},
        turn::ModelReply,
    },
    config::LlmSettings,
};
use async_openai::{
    Client,
    config::OpenAIConfig,
    types::chat::{
        ChatCompletionMessageToolCall, ChatCompletionMessageToolCalls, ChatCompletionRequestAssistantMessage,
        ChatCompletionRequestAssistantMessageArgs, ChatCompletionRequestMessage,
        ChatCompletionRequestSystemMessage, ChatCompletionRequestToolMessage,
        ChatCompletionRequestUserMessage, ChatCompletionTool, ChatCompletionTools,
        CreateChatCompletionRequest, CreateChatCompletionRequestArgs, FunctionCall, FunctionObject,
    },
};
use async_trait::async_trait;
use futures::StreamExt;
use secrecy::ExposeSecret;
use std::{collections::BTreeMap, time::Duration};

const PROMPT: &str = include_str!("../prompts/assistant.prompt.md");
/// What the prompt tells the model to say when it finds no support.
const UNSUPPORTED: &str = "UNSUPPORTED";

/// A language model behind an endpoint.
pub struct OpenAi {
    client: Client<OpenAIConfig>,
    model: String,
    max_tokens: u32,
    patience: Duration,
}

impl OpenAi {
    /// The endpoint of `settings`; nothing is called yet.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(settings: &LlmSettings) -> Result<Self, ModelError> {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .build()
            .map_err(|error| ModelError::Unavailable(error.to_string()))?;
        let key = settings
            .api_key
            .as_ref()
            .map_or("none", |key| key.expose_secret());
        let config = OpenAIConfig::new()
            .with_api_base(&settings.base_url)
            .with_api_key(key);
        let client = Client::with_config(config).with_http_client(http);
        Ok(Self {
            client,
            model: settings.model.clone(),
            max_tokens: settings.max_tokens,
            patience: settings.timeout_seconds,
        })
    }

    /// Waits for the endpoint's next word. Ours to limit: between its retries the client sleeps for as long as
    /// the endpoint asks it to.
    async fn soon<T>(&self, word: impl Future<Output = T>) -> Result<T, ModelError> {
        tokio::time::timeout(self.patience, word)
            .await
            .map_err(|_| ModelError::Unavailable(format!("no word within {} s", self.patience.as_secs())))
    }

    fn request(&self, ask: &Ask<'_>) -> Result<CreateChatCompletionRequest, ModelError> {
        let mut request = CreateChatCompletionRequestArgs::default();
        request
            .model(&self.model)
            .temperature(0.0)
            .max_completion_tokens(self.max_tokens)
            .messages(messages(ask));
        // Set by hand: the stream call does not do it for every kind of request.
        request.stream(true);
        if ask.tools {
            request.tools(Tool::ALL.iter().map(|tool| definition(*tool)).collect::<Vec<_>>());
        }
        request
            .build()
            .map_err(|error| ModelError::Unreadable(error.to_string()))
    }
}

#[async_trait]
impl ChatModel for OpenAi {
    fn name(&self) -> &str {
        &self.model
    }

    async fn reply(&self, ask: &Ask<'_>) -> Result<ModelReply, ModelError> {
        let unavailable =
            |error: async_openai::error::OpenAIError| ModelError::Unavailable(error.to_string());
        let chat = self.client.chat();
        let opening = chat.create_stream(self.request(ask)?);
        let mut stream = self.soon(opening).await?.map_err(unavailable)?;
        let (mut text, mut calls) = (String::new(), BTreeMap::<u32, (String, String)>::new());
        while let Some(chunk) = self.soon(stream.next()).await? {
            for choice in chunk.map_err(unavailable)?.choices {
                text.push_str(choice.delta.content.as_deref().unwrap_or_default());
                for call in choice.delta.tool_calls.unwrap_or_default() {
                    let (name, arguments) = calls.entry(call.index).or_default();
                    if let Some(function) = call.function {
                        name.push_str(function.name.as_deref().unwrap_or_default());
                        arguments.push_str(function.arguments.as_deref().unwrap_or_default());
                    }
                }
            }
        }
        if !calls.is_empty() {
            return calls
                .into_values()
                .map(read_call)
                .collect::<Result<_, _>>()
                .map(ModelReply::CallTools);
        }
        let text = text.trim();
        if text.is_empty() || text.trim_end_matches('.') == UNSUPPORTED {
            return Ok(ModelReply::Unsupported);
        }
        Ok(ModelReply::Answer(citation::parse(text)))
    }
}

fn read_call((name, arguments): (String, String)) -> Result<ToolCall, ModelError> {
    let tool =
        Tool::from_name(&name).ok_or_else(|| ModelError::Unreadable(format!("no tool named {name:?}")))?;
    let arguments = if arguments.trim().is_empty() {
        "{}"
    } else {
        &arguments
    };
    let arguments = serde_json::from_str(arguments)
        .map_err(|error| ModelError::Unreadable(format!("arguments of {name}: {error}")))?;
    Ok(ToolCall { tool, arguments })
}

fn definition(tool: Tool) -> ChatCompletionTools {
    ChatCompletionTools::Function(ChatCompletionTool {
        function: FunctionObject {
            name: tool.name().to_owned(),
            description: Some(tool.description().to_owned()),
            parameters: Some(tool.parameters()),
            strict: None,
        },
    })
}

/// The conversation, the question, and every call of this turn with what came back.
fn messages(ask: &Ask<'_>) -> Vec<ChatCompletionRequestMessage> {
    let system = format!("{PROMPT}\nToday is {}.", ask.today);
    let mut all: Vec<ChatCompletionRequestMessage> =
        vec![ChatCompletionRequestSystemMessage::from(system).into()];
    for past in ask.history {
        all.push(ChatCompletionRequestUserMessage::from(past.question.as_str()).into());
        all.push(ChatCompletionRequestAssistantMessage::from(past.answer.as_str()).into());
    }
    all.push(ChatCompletionRequestUserMessage::from(ask.question).into());
    let mut numbering = Numbering::default();
    for (nth, step) in ask.evidence.steps.iter().enumerate() {
        let id = format!("call_{nth}");
        let call = ChatCompletionMessageToolCall {
            id: id.clone(),
            function: FunctionCall {
                name: step.call.tool.name().to_owned(),
                arguments: step.call.arguments.to_string(),
            },
        };
        let calls = vec![ChatCompletionMessageToolCalls::Function(call)];
        let asked = ChatCompletionRequestAssistantMessageArgs::default()
            .tool_calls(calls)
            .build();
        all.extend(asked.map(ChatCompletionRequestMessage::from));
        let content = numbering.shown(step, ask);
        all.push(
            ChatCompletionRequestToolMessage {
                content: content.into(),
                tool_call_id: id,
            }
            .into(),
        );
    }
    all
}

/// Counts record sets, so that a mark `[R2]` means the second one of the turn.
#[derive(Default)]
struct Numbering {
    records: usize,
}

impl Numbering {
    fn shown(&mut self, step: &ToolStep, ask: &Ask<'_>) -> String {
        match &step.returned {
            ToolReturn::Failed(reason) => format!("failed: {reason}"),
            ToolReturn::Records(outcome) => {
                self.records += 1;
                records(self.records, outcome)
            }
            ToolReturn::Passages(hits) => {
                let all = ask.evidence.passages();
                let place = |id| {
                    all.iter()
                        .position(|hit| hit.passage.id == id)
                        .map_or(0, |place| place + 1)
                };
                let passage = |hit: &liaison_knowledge::Hit| {
                    let (title, heading) = (&hit.document.title, hit.passage.heading.join(" › "));
                    format!(
                        "P{} ({title} › {heading}):\n{}",
                        place(hit.passage.id),
                        hit.passage.text
                    )
                };
                let shown: Vec<String> = hits.iter().map(passage).collect();
                if shown.is_empty() {
                    "nothing found".to_owned()
                } else {
                    shown.join("\n\n")
                }
            }
        }
    }
}

fn records(n: usize, outcome: &ToolOutcome) -> String {
    let headline = outcome.headline.as_deref().unwrap_or_default();
    format!(
        "R{n} (as of {}): {headline}\n{}",
        outcome.as_of,
        table::markdown(outcome)
    )
}
