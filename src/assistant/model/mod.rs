//! What can answer: [`ChatModel`], with or without a language model behind it.

pub mod extractive;
pub mod openai;

use super::{evidence::Evidence, tools::Tool, turn::ModelReply};
use async_trait::async_trait;
use jiff::civil::Date;
use serde_json::Value;

/// Decides what a turn does next: call tools, answer, or say that there is no support.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// Its name, as shown in receipts.
    fn name(&self) -> &str;
    /// The next reply for this state of the turn.
    async fn reply(&self, ask: &Ask<'_>) -> Result<ModelReply, ModelError>;
}

/// What a model is told.
#[derive(Debug)]
pub struct Ask<'a> {
    /// What the partner asks.
    pub question: &'a str,
    /// The conversation so far, oldest first.
    pub history: &'a [Past],
    /// What this turn has gathered.
    pub evidence: &'a Evidence,
    /// Whether tools may still be called.
    pub tools: bool,
    /// The vendor's day.
    pub today: Date,
    /// Words that mean something in this program.
    pub vocabulary: &'a Vocabulary,
}

/// An earlier exchange.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// The tools that were called for it.
    pub tools: Vec<(Tool, Value)>,
}

/// Names that the program gives to things, so that they are not taken for customers.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    /// Product names.
    pub products: Vec<String>,
    /// Tier names.
    pub tiers: Vec<String>,
    /// The partner's own tier.
    pub tier: String,
    /// Customers in the partner's own records, the longest name first.
    pub customers: Vec<String>,
    /// Its people there, the longest name first.
    pub people: Vec<String>,
}

/// Why a model gave no reply. The turn goes on with the extractive model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It cannot be reached, or refuses.
    #[error("the language model is not available: {0}")]
    Unavailable(String),
    /// What it said cannot be read.
    #[error("the language model's reply cannot be read: {0}")]
    Unreadable(String),
}
