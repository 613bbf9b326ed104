//! From a question to a proven answer.
//!
//! [`turn`] decides what happens next and [`Assistant::answer`] does it; [`model`] words the answer, with or
//! without a language model; [`verify`] lets through only what is proven. Refuses to know: HTTP, SQL, the
//! index's engine.

pub mod citation;
pub mod draft;
pub mod evidence;
pub mod model;
pub mod policy;
pub mod table;
pub mod tools;
pub mod turn;
pub mod verify;

use crate::{
    caller::Caller,
    crm::{Crm, CrmError, PartnerScope},
};
use citation::{Citation, Shown};
use evidence::{Evidence, ToolCall, ToolReturn};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use liaison_knowledge::{Anchor, Hit, Knowledge, PassageId, View};
use model::{Ask, ChatModel, Past, Vocabulary, extractive::Extractive};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{sync::Arc, time::Instant};
use tools::{Tool, ToolContext, ToolOutcome};
use turn::{End, ModelReply, Reason, Step, Turn};

/// Replies of a model in one turn: plan, a second look, answer.
const MODEL_REPLIES: usize = 4;
/// Passages offered when a question is declined.
const NEAREST: usize = 3;

/// The assistant's parts.
pub struct Assistant {
    /// The vendor's documents.
    pub knowledge: Knowledge,
    /// The partners' records.
    pub crm: Arc<dyn Crm>,
    /// Answers when there is no language model, or when it fails.
    pub extractive: Extractive,
    /// The language model, when one is configured.
    pub llm: Option<Arc<dyn ChatModel>>,
    /// Where the vendor's days begin.
    pub time_zone: TimeZone,
    /// First month of the vendor's fiscal year, 1 to 12.
    pub fiscal_year_start: i8,
    /// Passages of one search.
    pub passages: usize,
}

/// What is told while an answer comes into being.
#[derive(Debug)]
pub enum Progress<'a> {
    /// Something is being looked up.
    Calling(&'a ToolCall),
    /// It came back.
    Returned(&'a ToolCall, &'a ToolReturn),
    /// A part of the answer passed verification: its Markdown, and the citations it is the first to use.
    Released(&'a str, &'a [Citation]),
}

/// An answer, as kept and as returned. The JSON of `liaison ask --json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// Markdown with `[n](#cite-ID)` behind what is cited.
    pub answer: String,
    /// The honest no.
    pub declined: Option<Declined>,
    /// What the numbers refer to.
    pub citations: Vec<Citation>,
    /// The tools that were called.
    pub tools: Vec<ToolUse>,
    /// What waits for the partner's consent.
    pub confirmation: Option<Value>,
    /// What was given to a person.
    pub handoff: Option<Value>,
    /// Which model worded it.
    pub model: String,
    /// The conversation it belongs to.
    pub conversation: String,
    /// How long it took.
    pub timings_ms: TimingsMs,
}

/// The honest no.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Declined {
    /// A stable code: `not_in_knowledge`, `not_verified`, `no_such_record`, `no_answer`.
    pub reason: String,
    /// The nearest passages, best first.
    pub nearest: Vec<Near>,
}

/// A passage that is near a question without answering it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Near {
    /// The passage.
    pub passage_id: PassageId,
    /// The document's path as ingested.
    pub document: String,
    /// The document's title.
    pub title: String,
    /// Where the passage stands.
    pub anchor: Anchor,
}

/// A tool call and what it returned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ToolUse {
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub arguments: Value,
    /// The partner's records (a search's passages are in `citations`).
    pub records: Vec<Value>,
    /// When the CRM was read.
    pub as_of: Option<Timestamp>,
}

/// Milliseconds since the question.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct TimingsMs {
    /// Until the first verified part was released.
    pub first_sentence: Option<f64>,
    /// Until the answer was complete.
    pub total: f64,
}

/// Why there is no answer, not even a declined one.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// No model could reply.
    #[error(transparent)]
    Model(#[from] model::ModelError),
}

impl Assistant {
    /// The vendor's day.
    #[must_use]
    pub fn today(&self) -> Date {
        Timestamp::now().to_zoned(self.time_zone.clone()).date()
    }

    /// Answers `question` for `caller`, telling `progress` on the way.
    ///
    /// # Errors
    /// When neither the language model nor the extractive one can reply. A declined question is an answer.
    pub async fn answer(
        &self,
        caller: &Caller,
        question: &str,
        history: &[Past],
        mut progress: impl FnMut(Progress<'_>) + Send,
    ) -> Result<Answer, AssistantError> {
        let start = Instant::now();
        let (today, vocabulary) = (self.today(), self.vocabulary(caller).await);
        let mut turn = Turn::new(MODEL_REPLIES);
        let mut model: &dyn ChatModel = self.llm.as_deref().unwrap_or(&self.extractive);
        let end = loop {
            match turn.step() {
                Step::AskModel { tools } => {
                    let evidence = turn.evidence();
                    let ask = Ask {
                        question,
                        history,
                        evidence,
                        tools,
                        today,
                        vocabulary: &vocabulary,
                    };
                    let reply = self.reply(&mut model, &ask).await?;
                    turn.model_replied(reply);
                }
                Step::CallTools(calls) => {
                    let mut returns = Vec::with_capacity(calls.len());
                    for call in &calls {
                        progress(Progress::Calling(call));
                        let returned = self.call(caller, call, today).await;
                        progress(Progress::Returned(call, &returned));
                        returns.push(returned);
                    }
                    turn.tools_returned(returns);
                }
                Step::Verify(draft) => {
                    let verdict = verify::verify(&draft, turn.evidence());
                    for withheld in &verdict.withheld {
                        tracing::info!(reason = %failure_name(&withheld.reason), "part withheld");
                    }
                    turn.verified(verdict);
                }
                Step::Done(end) => break end,
            }
        };
        let mut answer = told(end, turn.evidence(), &mut progress, start);
        model.name().clone_into(&mut answer.model);
        answer.timings_ms.total = milliseconds(start);
        Ok(answer)
    }

    /// Asks the model; when a language model fails, the extractive one takes the rest of the turn.
    async fn reply<'a>(
        &'a self,
        model: &mut &'a dyn ChatModel,
        ask: &Ask<'_>,
    ) -> Result<ModelReply, model::ModelError> {
        match model.reply(ask).await {
            Err(error) if self.llm.is_some() => {
                tracing::warn!(%error, "the language model failed; answering extractively");
                *model = &self.extractive;
                model.reply(ask).await
            }
            reply => reply,
        }
    }

    async fn call(&self, caller: &Caller, call: &ToolCall, today: Date) -> ToolReturn {
        if call.tool == Tool::SearchKnowledge {
            return self.search(caller, &call.arguments, today).await;
        }
        let context = ToolContext {
            crm: self.crm.as_ref(),
            partner: &caller.partner,
            today,
            fiscal_year_start: self.fiscal_year_start,
        };
        match tools::call(call.tool, &context, &call.arguments).await {
            Ok(outcome) => ToolReturn::Records(outcome),
            Err(error) => {
                tracing::warn!(
                    tool = call.tool.name(),
                    error = &error as &dyn std::error::Error,
                    "tool failed"
                );
                ToolReturn::Failed(error.to_string())
            }
        }
    }

    async fn search(&self, caller: &Caller, arguments: &Value, today: Date) -> ToolReturn {
        let Some(query) = arguments["query"]
            .as_str()
            .filter(|query| !query.trim().is_empty())
        else {
            return ToolReturn::Failed("`query` must be a text".to_owned());
        };
        let audience = caller.audience();
        let view = View {
            audience: &audience,
            on: today,
        };
        match self.knowledge.search(query, view, self.passages).await {
            Ok(found) => ToolReturn::Passages(found.hits),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "search failed");
                ToolReturn::Failed("the documents cannot be searched at the moment".to_owned())
            }
        }
    }

    /// Names of the program and of the partner's own records. Without them (the CRM is down) a product may be
    /// taken for a customer: worse filters, never wrong records.
    async fn vocabulary(&self, caller: &Caller) -> Vocabulary {
        let (crm, scope) = (&self.crm, PartnerScope::of(&caller.partner));
        let rates = crm.commission_rates().await.unwrap_or_default();
        let tiers = crm.tier_rules().await.unwrap_or_default();
        let deals = crm.opportunities(&scope).await.unwrap_or_default();
        let registrations = crm.deal_registrations(&scope).await.unwrap_or_default();
        let people = crm.certifications(&scope).await.unwrap_or_default();
        let customers = deals.into_iter().map(|deal| deal.customer);
        let registered = registrations
            .into_iter()
            .map(|registration| registration.customer);
        Vocabulary {
            products: distinct(rates.into_iter().map(|rate| rate.product)),
            tiers: distinct(tiers.into_iter().map(|rule| rule.tier)),
            tier: caller.partner.tier.clone(),
            customers: longest_first(customers.chain(registered)),
            people: longest_first(people.into_iter().map(|certification| certification.person)),
        }
    }
}

fn distinct(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: std::collections::BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

fn longest_first(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names = distinct(names);
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

/// The end of a turn as an answer; releases its parts on the way.
fn told(
    end: End,
    evidence: &Evidence,
    progress: &mut (impl FnMut(Progress<'_>) + Send),
    start: Instant,
) -> Answer {
    let (parts, citations, declined) = match end {
        End::Answered(verdict) => {
            let (parts, citations) = citation::render(&verdict.released, evidence);
            (parts, citations, None)
        }
        End::Declined(reason) => {
            let nearest: Vec<Near> = evidence.passages().into_iter().take(NEAREST).map(near).collect();
            let text = declining(reason).to_owned();
            (
                vec![Shown { text, cited: 0 }],
                vec![],
                Some(Declined {
                    reason: reason.code().into(),
                    nearest,
                }),
            )
        }
    };
    let mut first_sentence = None;
    let mut told = 0;
    for part in &parts {
        progress(Progress::Released(&part.text, &citations[told..part.cited]));
        told = part.cited;
        first_sentence.get_or_insert_with(|| milliseconds(start));
    }
    Answer {
        answer: parts
            .iter()
            .map(|part| part.text.as_str())
            .collect::<Vec<_>>()
            .join("\n\n"),
        declined,
        citations,
        tools: evidence.steps.iter().map(tool_use).collect(),
        confirmation: None,
        handoff: None,
        model: String::new(),
        conversation: String::new(),
        timings_ms: TimingsMs {
            first_sentence,
            total: 0.0,
        },
    }
}

fn declining(reason: Reason) -> &'static str {
    match reason {
        Reason::NotInKnowledge => {
            "I find nothing in the program's documents that answers this. The nearest material is listed here; your partner manager can help with the rest."
        }
        Reason::NotVerified | Reason::NoAnswer => {
            "I have no answer to this that I can prove. The nearest material is listed here; your partner manager can help with the rest."
        }
        Reason::NoSuchRecord => {
            "None of your own records matches this, and I can show only your own. Your partner manager can help if you expected one."
        }
    }
}

fn near(hit: &Hit) -> Near {
    Near {
        passage_id: hit.passage.id,
        document: hit.document.path.clone(),
        title: hit.document.title.clone(),
        anchor: hit.passage.anchor.clone(),
    }
}

fn tool_use(step: &evidence::ToolStep) -> ToolUse {
    let outcome: Option<&ToolOutcome> = match &step.returned {
        ToolReturn::Records(outcome) => Some(outcome),
        _ => None,
    };
    let records = outcome.map_or(&[][..], |outcome| &outcome.records).iter();
    ToolUse {
        name: step.call.tool.name().to_owned(),
        arguments: step.call.arguments.clone(),
        records: records
            .filter_map(|record| serde_json::to_value(record).ok())
            .collect(),
        as_of: outcome.map(|outcome| outcome.as_of),
    }
}

fn failure_name(failure: &verify::Failure) -> &'static str {
    match failure {
        verify::Failure::Uncited => "uncited",
        verify::Failure::QuoteNotFound => "quote_not_found",
        verify::Failure::NumberWithoutSource(_) => "number_without_source",
    }
}

fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e5).round() / 100.0
}

/// The partner a token or the operator names, as a caller.
///
/// # Errors
/// When the CRM does not answer.
pub async fn caller(crm: &dyn Crm, partner_id: &str, subject: &str) -> Result<Option<Caller>, CrmError> {
    let partner = crm.partner(partner_id).await?;
    Ok(partner.map(|partner| Caller {
        partner,
        subject: subject.to_owned(),
    }))
}
