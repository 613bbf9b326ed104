//! What can answer: [`ChatModel`], with or without a language model behind it.

pub mod extractive;
pub mod openai;

use super::{
    draft::Part,
    evidence::Evidence,
    tools::Tool,
    turn::{ModelReply, Note, Usage},
    verify::Released,
};
use crate::rest::Rest;
use async_trait::async_trait;
use jiff::civil::Date;
use serde_json::Value;

/// Decides what a turn does next: call tools, answer, or say that there is no support.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// Its name, as shown in receipts.
    fn name(&self) -> &str;
    /// How it is asked, as kept in receipts.
    fn parameters(&self) -> Value;
    /// Whether it needs [`Ask::vocabulary`], which costs reading the CRM.
    fn needs_vocabulary(&self) -> bool {
        false
    }
    /// The next reply for this state of the turn. Each part of an answer is `said` as soon as it is complete.
    async fn reply(&self, ask: &Ask<'_>, said: Said<'_>) -> Result<Replied, ModelError>;
}

/// A language model that may fail.
pub struct Llm {
    /// The model.
    pub model: Box<dyn ChatModel>,
    /// How it has done of late.
    pub rest: Rest,
}

/// Takes the parts of an answer as they come.
pub type Said<'a> = &'a mut (dyn FnMut(Part) + Send);

/// What came of asking a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Replied {
    /// What it wants.
    pub reply: ModelReply,
    /// What it took.
    pub usage: Usage,
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
    /// What it was told of its last reply.
    pub note: Option<&'a Note>,
    /// What the partner has been shown of the answer.
    pub released: &'a [Released],
    /// The vendor's day.
    pub today: Date,
    /// Words that mean something in this program; empty for a model that does not need them.
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

/// Why a model gave no reply. The turn goes on with the next one, the extractive model at last.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// It cannot be reached, refuses, or breaks off.
    #[error("the language model is not available: {0}")]
    Unavailable(String),
    /// It cannot be asked.
    #[error("the language model's request cannot be written: {0}")]
    Unwritable(String),
    /// The time for the answer is over.
    #[error("the time for the answer is over")]
    Late,
    /// It has failed of late and is left alone for a while.
    #[error("the language model has failed of late and is left alone for a while")]
    Resting,
}
