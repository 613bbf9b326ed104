//! An answer without a language model: pick the tools, quote the fitting sentences, or say no.
//!
//! `question` says what is asked, `route` where to look for it, `arguments` and `filters` read what narrows it
//! down, `units` cuts passages into what can be quoted and `select` picks what answers. Everything it says is a
//! quote, a tool's headline or a phrase of ours; so it cannot invent, only choose badly, and `select` would
//! rather say no.

mod arguments;
mod cues;
mod examples;
mod filters;
mod ground;
mod question;
mod route;
mod select;
mod smalltalk;
mod support;
mod units;
mod words;

use super::{Ask, ChatModel, ModelError, Replied, Said};
use crate::assistant::{
    draft::{Cite, Gap, Part, Phrase},
    evidence::ToolCall,
    tools::{Tool, ToolOutcome},
    turn::{ModelReply, Usage},
};
use crate::{
    registration::extract::Context,
    request::{form::Kind, intent},
};
use async_trait::async_trait;
use examples::Examples;
use liaison_knowledge::Knowledge;
use route::Route;
use select::Answering;
use serde_json::{Value, json};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::OnceCell;

pub(crate) use select::supported;

/// The extractive model. It uses the embedding model that the knowledge has anyway.
pub struct Extractive {
    knowledge: Knowledge,
    examples: OnceCell<Examples>,
    /// The file that keeps the examples' vectors.
    kept: PathBuf,
}

impl Extractive {
    /// A model over this knowledge's embedder. What it computes once for all starts is kept in the file `kept`.
    #[must_use]
    pub fn new(knowledge: Knowledge, kept: PathBuf) -> Self {
        Self {
            knowledge,
            examples: OnceCell::new(),
            kept,
        }
    }

    /// Embeds the routing examples, so that the first question need not wait for it.
    ///
    /// # Errors
    /// When the embedding model fails.
    pub async fn warm_up(&self) -> Result<(), ModelError> {
        self.examples().await.map(|_| ())
    }

    /// The quotes that answer a question from the passages of its evidence, best first: the passage's place, the
    /// words as they stand there, the words as shown.
    ///
    /// # Errors
    /// When the embedding model fails.
    pub async fn quotes(&self, ask: &Ask<'_>) -> Result<Vec<(usize, String, String)>, ModelError> {
        let quotes = select::select(&self.knowledge, ask).await?;
        Ok(quotes
            .into_iter()
            .map(|answering| (answering.passage, answering.quote.words, answering.quote.shown))
            .collect())
    }

    async fn examples(&self) -> Result<&Examples, ModelError> {
        self.examples
            .get_or_try_init(|| Examples::load(&self.knowledge, &self.kept))
            .await
    }

    async fn plan(&self, ask: &Ask<'_>, said: Said<'_>) -> Result<ModelReply, ModelError> {
        if let Some(phrase) = smalltalk::reply_to(ask.question) {
            said(Part::Phrase(phrase));
            return Ok(ModelReply::Answered);
        }
        if let Some(call) = acting(ask) {
            return Ok(ModelReply::CallTools(vec![call]));
        }
        let whole = question::in_context(ask);
        let mut calls: Vec<ToolCall> = Vec::new();
        let mut searched = false;
        // A supposition and what is asked of it belong together, and so do two sides of one comparison.
        let belongs = cues::supposes_deal(&whole.asked, ask)
            || cues::wants(&whole.asked).sum && filters::compares(&whole.asked);
        let clauses = match belongs {
            true => vec![whole.clone()],
            false => question::clauses(&whole),
        };
        let mut before = Vec::new();
        for clause in clauses {
            let vector =
                embed_one(&self.knowledge, &question::without_names(&clause, ask.vocabulary)).await?;
            let Route { mut tools, search } = route::route(&clause, &vector, self.examples().await?, ask);
            if tools.is_empty() && question::asks_on(&clause) {
                tools.extend(calls.last().map(|call| call.tool));
            }
            for tool in tools {
                let arguments = arguments::of_clause(tool, &clause, &before, &whole, ask);
                for arguments in arguments::each(tool, arguments, &clause, ask) {
                    let call = ToolCall { tool, arguments };
                    if !calls.contains(&call) {
                        calls.push(call);
                    }
                }
            }
            searched |= search;
            before.push(clause);
        }
        if searched || calls.is_empty() {
            let query = |query: &str| ToolCall {
                tool: Tool::SearchKnowledge,
                arguments: json!({ "query": query }),
            };
            calls.extend(question::queries(&whole, ask).iter().map(|text| query(text)));
        }
        Ok(ModelReply::CallTools(calls))
    }

    async fn compose(&self, ask: &Ask<'_>, said: Said<'_>) -> Result<ModelReply, ModelError> {
        let mut parts = Vec::new();
        let records = ask.evidence.records();
        if records
            .iter()
            .any(|(call, _)| matches!(call.tool, Tool::Propose(_)))
        {
            // Whoever asks for something to be done is told what can be done, and nothing else.
            let told = records.into_iter().enumerate();
            told.flat_map(|(result, (_, outcome))| self::told(result, outcome))
                .for_each(said);
            return Ok(ModelReply::Answered);
        }
        let found_records = records.iter().any(|(_, outcome)| has_rows(outcome));
        if let (false, Some(calls)) = (found_records, elsewhere(ask)) {
            return Ok(ModelReply::CallTools(calls));
        }
        let rules = ground::calls(ask);
        if !rules.is_empty() {
            return Ok(ModelReply::CallTools(rules));
        }
        for (result, (_, outcome)) in records.into_iter().enumerate() {
            // Where one tool knows the name that was asked for, the others need not say that they do not.
            if has_rows(outcome) || !found_records {
                parts.extend(told(result, outcome));
                parts.extend(ground::quote(ask, outcome).map(quoted));
            }
        }
        if ask.evidence.has_failure() {
            parts.insert(0, Part::Phrase(Phrase::RecordsUnavailable));
        }
        let quotes = select::select(&self.knowledge, ask).await?;
        // A rule comes before the partner's own case, unless that is what was asked for; where nothing of its own was
        // found, the rule is enough.
        let is_about_own = route::is_about_own(ask);
        let own = if found_records || quotes.is_empty() || is_about_own {
            parts
        } else {
            Vec::new()
        };
        let quoted = quotes.into_iter().map(quoted);
        let is_named = arguments::own_customer(ask.question, ask.vocabulary).is_some();
        let parts: Vec<Part> = if is_named || is_about_own {
            own.into_iter().chain(quoted).collect()
        } else {
            quoted.chain(own).collect()
        };
        let only_empty = !found_records
            && !ask.evidence.has_failure()
            && parts
                .iter()
                .all(|part| matches!(part, Part::Sentence { cites, .. } if cites.iter().all(is_records)));
        let unmatched = ask
            .evidence
            .records()
            .iter()
            .any(|(call, _)| call.arguments.get("customer").is_some());
        if parts.is_empty() || (only_empty && unmatched) {
            return Ok(ModelReply::Unsupported);
        }
        parts.into_iter().for_each(said);
        Ok(ModelReply::Answered)
    }
}

#[async_trait]
impl ChatModel for Extractive {
    fn name(&self) -> &str {
        "extractive"
    }

    fn parameters(&self) -> Value {
        Value::Null
    }

    fn needs_vocabulary(&self) -> bool {
        true
    }

    async fn reply(&self, ask: &Ask<'_>, said: Said<'_>) -> Result<Replied, ModelError> {
        let ask = &Ask {
            question: question::to_the_point(ask.question),
            ..*ask
        };
        let reply = if ask.note.is_some() {
            // It quotes, so there is nothing that it could say in another way.
            ModelReply::Answered
        } else if ask.evidence.steps.is_empty() && ask.tools {
            self.plan(ask, said).await?
        } else {
            self.compose(ask, said).await?
        };
        Ok(Replied {
            reply,
            usage: Usage::default(),
        })
    }
}

/// The call for what the partner asks to be done; nothing where it asks a question.
fn acting(ask: &Ask<'_>) -> Option<ToolCall> {
    let context = Context {
        products: &ask.vocabulary.products,
        // Only whether amounts are told matters here, not in what.
        ..Context::of_day(ask.today, "EUR".parse().ok()?)
    };
    let registers = Tool::Propose(Kind::RegisterDeal);
    let goes_on = ask
        .history
        .last()
        .is_some_and(|past| past.tools.iter().any(|(tool, _)| *tool == registers));
    let tool = Tool::Propose(intent::of(
        ask.question,
        &context,
        &ask.vocabulary.customers,
        goes_on,
    )?);
    let arguments = match tool == registers {
        // What it says is read by the tool.
        true => json!({}),
        false => arguments::read(tool, &question::alone(ask), ask),
    };
    Some(ToolCall { tool, arguments })
}

/// The calls that are left to make when the tools asked so far do not know the customer of the question.
fn elsewhere(ask: &Ask<'_>) -> Option<Vec<ToolCall>> {
    let own = arguments::own_customer(ask.question, ask.vocabulary).filter(|_| ask.tools)?;
    let asked = |tool: Tool| ask.evidence.steps.iter().any(|step| step.call.tool == tool);
    let others = Tool::ALL
        .iter()
        .copied()
        .filter(|tool| tool.is_crm() && route::takes_customer(*tool) && !asked(*tool))
        // It tells of what is not.
        .filter(|tool| *tool != Tool::EstimateCommission);
    let call = |tool| ToolCall {
        tool,
        arguments: json!({ "customer": own }),
    };
    let calls: Vec<ToolCall> = others.map(call).collect();
    (!calls.is_empty()).then_some(calls)
}

fn is_records(cite: &Cite) -> bool {
    matches!(cite, Cite::Records { .. })
}

fn has_rows(outcome: &ToolOutcome) -> bool {
    let summary = outcome.records.iter().find(|record| record.kind == "summary");
    let fields = summary.map_or(&[][..], |record| &record.fields).iter();
    let mut counts = fields
        .filter(|field| field.name == "count" || field.name.ends_with("_count"))
        .peekable();
    match counts.peek() {
        Some(_) => counts.any(|count| count.value.as_i64().is_some_and(|n| n > 0)),
        None => !outcome.records.is_empty(),
    }
}

/// A quote as a paragraph of its own.
fn quoted(answering: Answering) -> Part {
    Part::Sentence {
        text: answering.quote.shown,
        cites: vec![Cite::Quote {
            passage: answering.passage,
            quote: answering.quote.words,
        }],
        gap: Gap::Paragraph,
    }
}

/// A tool's headline, then its rows.
fn told(result: usize, outcome: &ToolOutcome) -> Vec<Part> {
    let headline = outcome.headline.iter().map(|text| Part::Sentence {
        text: text.clone(),
        cites: vec![Cite::Records { result }],
        gap: Gap::Paragraph,
    });
    let mut parts: Vec<Part> = headline.collect();
    if !crate::assistant::table::rows(outcome).is_empty() {
        parts.push(Part::Table { result });
    }
    parts
}

async fn embed_one(knowledge: &Knowledge, text: &str) -> Result<Arc<[f32]>, ModelError> {
    let vectors = knowledge.embed(vec![text.to_owned()]).await;
    let vectors = vectors.map_err(|error| ModelError::Unavailable(error.to_string()))?;
    Ok(vectors.into_iter().next().unwrap_or_default())
}
