//! What is judged: anything that answers a partner's questions, and the shape of its answers.
//!
//! The JSON names are those of `liaison ask --json`, so that a recorded answer, a process and a server can
//! all be judged by deserialising what they print. What only a target inside the process can know (the full
//! text of a cited passage, whose record a tool returned) is optional; a check that lacks it says that it
//! did not run rather than that it passed.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A system that answers partners.
#[async_trait]
pub trait Target: Send + Sync {
    /// Starts a conversation as this partner.
    async fn open(&self, partner: &str) -> Result<Box<dyn Conversation>, TargetError>;
}

/// One conversation: later questions may lean on earlier ones.
#[async_trait]
pub trait Conversation: Send {
    /// Asks the next question and waits for the whole answer.
    async fn ask(&mut self, question: &str) -> Result<Reply, TargetError>;
}

/// Why there is no answer to judge. A declined question is an answer, not one of these.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The partner of the case is unknown to the target: the suite and the data do not fit.
    #[error("the target knows no partner “{0}”")]
    UnknownPartner(String),
    /// The target cannot be reached or is not ready.
    #[error("the target is not available: {0}")]
    Unavailable(String),
    /// The target took the question and failed.
    #[error("the target failed: {0}")]
    Failed(String),
    /// No answer within the time that the run allows.
    #[error("no answer within {0} s")]
    Timeout(u64),
}

/// One answer with everything that it rests on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// Markdown, with `[n](#cite-ID)` where a citation belongs.
    pub answer: String,
    /// The honest no, where the question was declined.
    #[serde(default)]
    pub declined: Option<Declined>,
    /// The places that the answer quotes.
    #[serde(default)]
    pub citations: Vec<Citation>,
    /// The tools called for this answer, in order.
    #[serde(default)]
    pub tools: Vec<ToolUse>,
    /// How long it took.
    #[serde(default)]
    pub timings_ms: Timings,
}

/// Why a question was declined, and what came nearest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Declined {
    /// A stable code or a sentence.
    pub reason: String,
    /// The nearest material that was offered instead, in the target's own shape.
    #[serde(default)]
    pub nearest: Value,
}

/// A quotation and where it stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// The number of the answer's marker that points here.
    #[serde(default)]
    pub n: Option<u32>,
    /// The passage that holds the quote.
    pub passage_id: String,
    /// Path of the document as ingested.
    pub document: String,
    /// Its title as shown.
    #[serde(default)]
    pub title: String,
    /// Page, slide, heading or sheet, in the target's own shape.
    #[serde(default)]
    pub anchor: Value,
    /// The quoted words.
    pub quote: String,
    /// The passage's full text, where the target tells it.
    #[serde(default)]
    pub passage_text: Option<String>,
    /// Whether the asking partner may see the passage, looked up independently of the answer.
    #[serde(default)]
    pub visible: Option<bool>,
}

/// One tool call and what it returned.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolUse {
    /// The tool's name.
    pub name: String,
    /// The arguments as called.
    #[serde(default)]
    pub arguments: Value,
    /// The records returned; see [`crate::evidence`] for which of their fields count as a number's origin.
    #[serde(default)]
    pub records: Vec<Value>,
    /// The time that the records are of.
    #[serde(default)]
    pub as_of: Option<String>,
    /// Whether every record belongs to the asking partner, looked up independently of the answer.
    #[serde(default)]
    pub own: Option<bool>,
}

/// Milliseconds since the question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Until the first sentence could be read; none where the target does not stream.
    #[serde(default)]
    pub first_sentence: Option<f64>,
    /// Until the answer was complete.
    #[serde(default)]
    pub total: f64,
}
