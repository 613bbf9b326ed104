//! The settings of the assistant and of the language models behind it.

use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;

/// What an answer may take, and how it sounds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssistantSettings {
    /// A sentence or two for the language model on its tone.
    pub persona: String,
    /// Time after which no language model is asked any more.
    #[serde(with = "super::seconds")]
    pub seconds: Duration,
    /// Replies of a language model to one question.
    pub replies: usize,
    /// Tokens for one question; 0 is no limit.
    pub tokens: u64,
    /// Money for one question, in the currency of the prices; 0 is no limit.
    pub cost: f64,
}

/// The language model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LlmSettings {
    /// An OpenAI-compatible endpoint, e.g. `https://llm.example/v1`; empty: none.
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// Its key, where it wants one.
    pub api_key: Option<SecretString>,
    /// Time without a word after which a request is given up.
    #[serde(with = "super::seconds")]
    pub timeout_seconds: Duration,
    /// Time for which an endpoint that keeps failing is left alone; 0 asks it every time.
    #[serde(with = "super::seconds")]
    pub rest_seconds: Duration,
    /// Most tokens of one reply.
    pub max_tokens: u32,
    /// What a million tokens of the prompt cost.
    pub input_price: f64,
    /// What a million tokens of a reply cost.
    pub output_price: f64,
    /// Another endpoint, asked when this one fails.
    pub fallback: Option<FallbackSettings>,
}

/// The endpoint that is asked when the first one fails.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FallbackSettings {
    /// As [`LlmSettings::base_url`].
    pub base_url: String,
    /// The model's name there.
    pub model: String,
    /// Its key, where it wants one.
    pub api_key: Option<SecretString>,
}

/// An endpoint and how it is asked.
#[derive(Debug, Clone, Copy)]
pub struct EndpointSettings<'a> {
    /// Its address.
    pub base_url: &'a str,
    /// The model's name there.
    pub model: &'a str,
    /// Its key, where it wants one.
    pub api_key: Option<&'a SecretString>,
    /// Time without a word after which a request is given up.
    pub timeout: Duration,
    /// Most tokens of one reply.
    pub max_tokens: u32,
}

impl LlmSettings {
    /// The endpoints, in the order in which they are asked.
    #[must_use]
    pub fn endpoints(&self) -> Vec<EndpointSettings<'_>> {
        let first = (&self.base_url, &self.model, &self.api_key);
        let second = self.fallback.iter().map(|f| (&f.base_url, &f.model, &f.api_key));
        let all = std::iter::once(first).chain(second);
        all.filter(|(base_url, ..)| !base_url.is_empty())
            .map(|(base_url, model, api_key)| EndpointSettings {
                base_url,
                model,
                api_key: api_key.as_ref(),
                timeout: self.timeout_seconds,
                max_tokens: self.max_tokens,
            })
            .collect()
    }
}
