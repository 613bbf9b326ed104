//! What a question is about: the program's rules, the partner's own records, or both.
//!
//! Each tool comes with examples of how partners ask for it; a question is compared with them by meaning, and
//! so are questions that only documents answer. Words decide where meaning is close: "my", "our" and "I" point
//! to the partner's own records.

use super::{super::Ask, ModelError, words};
use crate::{assistant::tools::Tool, program::period::Period};
use liaison_knowledge::{Knowledge, search::similarity};

/// Questions that documents answer, whoever asks.
const RULE_QUESTIONS: &[&str] = &[
    "How do I register a deal?",
    "How long is a registered deal protected?",
    "Can the protection window be extended?",
    "What is the commission rate for a partner of this tier?",
    "How much commission do we get on renewals?",
    "When are commissions paid?",
    "What are the requirements for the next tier?",
    "How many certified people does a partner need?",
    "How do I claim marketing funds?",
    "What happens when two partners register the same customer?",
    "Why was a deal registration rejected?",
    "What do I say when the customer finds it too expensive?",
    "How do we compare with a competitor?",
    "Which slide explains the product?",
    "What does the product cost?",
    "How do I get started as a new partner?",
    "What bonus is paid for a new customer?",
    "What happens to my commission if the customer cancels?",
    "Who do I contact for support?",
    "What is the discovery question for this product?",
];

/// Similarity from which an example speaks for itself, without a word like "my".
const SURE: f32 = 0.74;
/// Similarity below which no example is meant.
const UNLIKE: f32 = 0.42;
/// How far a rule question may be ahead before a question with "my" is taken for one.
const LEAN: f32 = 0.06;
/// How far a tool must be ahead of every rule question for the search to be left out.
const CLEAR: f32 = 0.22;
/// Tools this close to the best one are called too.
const TIE: f32 = 0.03;

/// The routing examples as vectors.
pub(super) struct Examples {
    tools: Vec<(Tool, Vec<Vec<f32>>)>,
    rules: Vec<Vec<f32>>,
}

impl Examples {
    pub(super) async fn embed(knowledge: &Knowledge) -> Result<Self, ModelError> {
        let embed = async |texts: &[&str]| {
            let texts = texts.iter().map(ToString::to_string).collect();
            knowledge.embed(texts).await.map_err(|error| ModelError::Unavailable(error.to_string()))
        };
        let mut tools = Vec::new();
        for tool in Tool::ALL.iter().copied().filter(|tool| tool.is_crm()) {
            tools.push((tool, embed(tool.examples()).await?));
        }
        Ok(Self { tools, rules: embed(RULE_QUESTIONS).await? })
    }
}

/// A question as it is meant, with what it leaves out taken from the conversation.
pub(super) struct Question {
    /// The words to search for.
    pub(super) text: String,
    /// The words that were asked, for names and filters.
    pub(super) asked: String,
    /// Tools of the exchange it follows up on; empty when it stands alone.
    pub(super) followed: Vec<(Tool, serde_json::Value)>,
}

/// Where to look.
pub(super) struct Route {
    /// CRM tools to call.
    pub(super) tools: Vec<Tool>,
    /// Whether to search the knowledge.
    pub(super) search: bool,
}

/// Completes a question that leans on the one before ("and for last quarter?").
pub(super) fn in_context(ask: &Ask<'_>) -> Question {
    let alone = |text: &str| Question { text: text.into(), asked: text.into(), followed: vec![] };
    match ask.history.last() {
        Some(before) if leans(ask) => {
            let crm = before.tools.iter().filter(|(tool, _)| tool.is_crm());
            Question {
                text: format!("{} {}", subject_of(ask.history), ask.question),
                asked: ask.question.to_owned(),
                followed: crm.cloned().collect(),
            }
        }
        _ => alone(ask.question),
    }
}

/// The last question that stood alone.
fn subject_of(history: &[super::super::Past]) -> &str {
    let leaning = |question: &str| opens_as_follow_up(&words::words(question).collect::<Vec<_>>());
    let own = history.iter().rev().find(|past| !leaning(&past.question));
    own.or(history.last()).map_or("", |past| &past.question)
}

/// Whether a question cannot be understood alone: it opens like a follow-up, or has hardly a topic of its own.
fn leans(ask: &Ask<'_>) -> bool {
    let words: Vec<String> = words::words(ask.question).collect();
    let topics = words.iter().filter(|word| words::is_topic(word)).count();
    let refers = words.iter().any(|w| ["it", "that", "they", "them", "those", "these", "this", "one"].contains(&w.as_str()));
    let only_period = topics <= 3 && words.len() <= 5 && Period::find_in(ask.question, ask.today, 1).is_some();
    (opens_as_follow_up(&words) && words.len() <= 10) || topics <= 1 || (refers && topics <= 3) || only_period
}

fn opens_as_follow_up(words: &[String]) -> bool {
    let opening = words.iter().take(2).map(String::as_str).collect::<Vec<_>>().join(" ");
    ["and ", "what about", "how about", "also ", "same ", "or for", "then "].iter().any(|o| format!("{opening} ").starts_with(o))
}

/// Where to look for an answer to `question`, whose vector is `vector`.
pub(super) fn route(question: &Question, vector: &[f32], examples: &Examples) -> Route {
    let best = |vectors: &[Vec<f32>]| vectors.iter().map(|v| similarity(v, vector)).fold(-1.0, f32::max);
    let rules = best(&examples.rules);
    let mut scores: Vec<(Tool, f32)> = examples.tools.iter().map(|(tool, v)| (*tool, best(v))).collect();
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    let top = scores.first().map_or(-1.0, |(_, score)| *score);
    tracing::debug!(rules, top, tool = ?scores.first().map(|(tool, _)| tool.name()), "routed");
    let own = is_own(&question.asked) || (!question.followed.is_empty() && is_own(&question.text));
    let meant = top >= SURE && top > rules || own && top >= UNLIKE && top + LEAN >= rules;
    if !question.followed.is_empty() {
        let tools = question.followed.iter().map(|(tool, _)| *tool).collect();
        return Route { tools, search: !own };
    }
    if !meant {
        return Route { tools: vec![], search: true };
    }
    let near = scores.iter().filter(|(_, score)| top - score <= TIE).take(1);
    Route { tools: near.map(|(tool, _)| *tool).collect(), search: top - rules < CLEAR }
}

fn is_own(text: &str) -> bool {
    words::words(text).any(|word| ["my", "our", "ours", "mine", "i", "we", "me", "us", "i'm", "we've", "i've"].contains(&word.as_str()))
}
