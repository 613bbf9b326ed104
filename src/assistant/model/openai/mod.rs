//! Any OpenAI-compatible endpoint, through async-openai. The only place that names the LLM vendor.

mod chunk;
mod messages;

use super::{Ask, ChatModel, ModelError, Replied, Said};
use crate::{
    assistant::{
        draft::{Cite, Part},
        evidence::ToolCall,
        marks::Reader,
        policy::Mask,
        tools::Tool,
        turn::{ModelReply, Usage},
    },
    config::EndpointSettings,
};
use async_openai::{Client, config::OpenAIConfig, types::chat::ChatCompletionRequestMessage};
use async_trait::async_trait;
use chunk::{Call, Calls, Chunk};
use futures::{Stream, StreamExt};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::{Value, json};
use std::{pin::Pin, time::Duration};

/// The same question gets the same answer, as far as the endpoint can.
const TEMPERATURE: f32 = 0.0;
/// How long a connection may take to come into being.
const CONNECT: Duration = Duration::from_secs(5);
/// Characters of a token, where an endpoint does not count them: a little less than English has, so that limits hold.
const CHARS_PER_TOKEN: u64 = 3;

/// A language model behind an endpoint.
pub struct OpenAi {
    client: Client<OpenAIConfig>,
    model: String,
    persona: String,
    masks: bool,
    max_tokens: u32,
    patience: Duration,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    temperature: f32,
    max_completion_tokens: u32,
    messages: Vec<ChatCompletionRequestMessage>,
    stream: bool,
    stream_options: StreamOptions,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<async_openai::types::chat::ChatCompletionTools>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Chunk, async_openai::error::OpenAIError>> + Send>>;

impl OpenAi {
    /// The endpoint of `settings`; nothing is called yet. `persona` goes into the prompt; with `masks`, the endpoint gets
    /// placeholders instead of personal data.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(settings: &EndpointSettings<'_>, persona: &str, masks: bool) -> Result<Self, ModelError> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .build()
            .map_err(|error| ModelError::Unavailable(error.to_string()))?;
        let key = settings.api_key.map_or("none", |key| key.expose_secret());
        let config = OpenAIConfig::new()
            .with_api_base(settings.base_url)
            .with_api_key(key);
        Ok(Self {
            client: Client::with_config(config).with_http_client(http),
            model: settings.model.to_owned(),
            persona: persona.to_owned(),
            masks,
            max_tokens: settings.max_tokens,
            patience: settings.timeout,
        })
    }

    /// Waits for the endpoint's next word. Ours to limit: between its retries the client sleeps for as long as
    /// the endpoint asks it to.
    async fn soon<T>(&self, word: impl Future<Output = T>) -> Result<T, ModelError> {
        tokio::time::timeout(self.patience, word)
            .await
            .map_err(|_| ModelError::Unavailable(format!("no word within {} s", self.patience.as_secs())))
    }

    /// Sends the request; the client tries again where the endpoint is busy. Its size in characters comes with it.
    async fn open(&self, ask: &Ask<'_>, mask: &mut Mask) -> Result<(Chunks, u64), ModelError> {
        let mut hide = |text: &str| {
            if self.masks {
                mask.hide(text)
            } else {
                text.to_owned()
            }
        };
        let request = Request {
            model: &self.model,
            temperature: TEMPERATURE,
            max_completion_tokens: self.max_tokens,
            messages: messages::messages(ask, &self.persona, &mut hide),
            stream: true,
            stream_options: StreamOptions { include_usage: true },
            tools: if ask.tools { messages::tools() } else { Vec::new() },
        };
        // Not kept: it would lie there until the endpoint's first word.
        let size = serde_json::to_vec(&request).map(|text| text.len() as u64);
        let size = size.map_err(|error| ModelError::Unwritable(error.to_string()))?;
        let chat = self.client.chat();
        let opening = chat.create_stream_byot::<_, Chunk>(request);
        Ok((self.soon(opening).await?.map_err(unavailable)?, size))
    }
}

#[async_trait]
impl ChatModel for OpenAi {
    fn name(&self) -> &str {
        &self.model
    }

    fn parameters(&self) -> Value {
        json!({
            "temperature": TEMPERATURE,
            "max_completion_tokens": self.max_tokens,
            "persona": self.persona,
            "masks_personal_data": self.masks,
        })
    }

    async fn reply(&self, ask: &Ask<'_>, said: Said<'_>) -> Result<Replied, ModelError> {
        // Made anew for each reply of a turn: the messages of the replies before come first, so the same data gets the
        // same placeholder.
        let mut mask = Mask::default();
        // In a box: the stream would hold the room for it as long as it flows.
        let (mut chunks, size) = Box::pin(self.open(ask, &mut mask)).await?;
        let (mut reader, mut calls, mut usage) = (Reader::default(), Calls::default(), None);
        let (mut letters, mut has_said) = (0, false);
        let mut say = |parts: Vec<_>| {
            has_said |= !parts.is_empty();
            parts
                .into_iter()
                .map(|part| restored(part, &mask))
                .for_each(&mut *said);
        };
        while let Some(chunk) = self.soon(chunks.next()).await? {
            let chunk = chunk.map_err(unavailable)?;
            usage = chunk.usage.or(usage);
            for choice in chunk.choices {
                if let Some(text) = &choice.delta.content {
                    letters += text.len() as u64;
                    say(reader.push(text));
                }
                for piece in choice.delta.tool_calls.unwrap_or_default() {
                    calls.add(piece);
                }
            }
        }
        let calls = calls.into_vec();
        letters += calls.iter().map(|call| call.arguments.len() as u64).sum::<u64>();
        let reply = if calls.is_empty() {
            say(reader.end());
            if has_said {
                ModelReply::Answered
            } else {
                ModelReply::Unsupported
            }
        } else {
            // What a model says beside its calls is about them.
            let calls: Result<Vec<_>, _> = calls.into_iter().map(|call| read_call(call, &mask)).collect();
            calls.map_or_else(ModelReply::Unreadable, ModelReply::CallTools)
        };
        let counted = Usage {
            input: size / CHARS_PER_TOKEN,
            output: letters / CHARS_PER_TOKEN,
        };
        let usage = usage.map_or(counted, Usage::from);
        Ok(Replied { reply, usage })
    }
}

fn unavailable(error: async_openai::error::OpenAIError) -> ModelError {
    ModelError::Unavailable(error.to_string())
}

/// A part with the data that its placeholders stand for.
fn restored(part: Part, mask: &Mask) -> Part {
    let cite = |cite| match cite {
        Cite::Quote { passage, quote } => Cite::Quote {
            passage,
            quote: mask.restore(&quote),
        },
        records => records,
    };
    match part {
        Part::Sentence { text, cites, gap } => Part::Sentence {
            text: mask.restore(&text),
            cites: cites.into_iter().map(cite).collect(),
            gap,
        },
        Part::Question { text, gap } => Part::Question {
            text: mask.restore(&text),
            gap,
        },
        other => other,
    }
}

/// The call, or what the model is told of it.
fn read_call(Call { name, arguments, .. }: Call, mask: &Mask) -> Result<ToolCall, String> {
    let tool = Tool::from_name(&name).ok_or_else(|| format!("there is no tool named {name:?}"))?;
    let arguments = if arguments.trim().is_empty() {
        "{}"
    } else {
        &arguments
    };
    let arguments = serde_json::from_str(&mask.restore(arguments))
        .map_err(|error| format!("the arguments of {name} are not JSON: {error}"))?;
    Ok(ToolCall { tool, arguments })
}
