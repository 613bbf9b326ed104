//! From a question to a proven answer.
//!
//! [`turn`] decides what happens next and [`Assistant::answer`] does it; [`model`] words the answer, with or
//! without a language model; [`verify`] lets through only what is proven, sentence by sentence as it comes. Refuses to
//! know: HTTP, SQL, the index's engine.

mod answer;
pub mod citation;
pub mod draft;
pub mod evidence;
pub mod language;
pub mod marks;
pub mod model;
pub mod policy;
pub mod prompt;
pub mod table;
mod telling;
pub mod tools;
pub mod turn;
pub mod verify;

pub use answer::{Answer, Declined, Near, Receipt, TimingsMs, ToolUse};
pub use telling::Progress;

use crate::{
    caller::Caller,
    crm::{Crm, CrmError, Openings, Partner, Records},
    program::commission::CommissionPlan,
    request::form::Kind,
};
use evidence::{ToolCall, ToolReturn};
use futures::{StreamExt, stream::FuturesUnordered};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use liaison_knowledge::{Found, Knowledge, View};
use model::{Ask, ChatModel, Llm, ModelError, Past, Vocabulary, extractive::Extractive};
use policy::Policy;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use telling::Telling;
use tokio::{sync::OnceCell, time::Instant};
use tools::{Said, Tool, ToolContext};
use turn::{End, Limits, Note, Step, Stop, Turn};
use verify::{By, Checker, Verdict};

/// Replies of the extractive model in one turn: plan, a second look, the rule behind an amount, answer.
const EXTRACTIVE_REPLIES: usize = 4;
/// Passages that are looked through for those of one document.
const WIDE: usize = 40;
/// How long a tool may take.
const TOOL_PATIENCE: Duration = Duration::from_secs(10);

/// The assistant's parts.
pub struct Assistant {
    /// The vendor's documents.
    pub knowledge: Knowledge,
    /// The partners' records.
    pub crm: Arc<dyn Crm>,
    /// Answers when there is no language model, or when none comes to an answer.
    pub extractive: Extractive,
    /// The language models that are configured; each is asked when those before it fail.
    pub llms: Vec<Llm>,
    /// What a language model may take for one question.
    pub limits: Limits,
    /// The time after which no language model is asked any more.
    pub patience: Duration,
    /// Where the vendor's days begin.
    pub time_zone: TimeZone,
    /// First month of the vendor's fiscal year, 1 to 12.
    pub fiscal_year_start: i8,
    /// Passages of one search.
    pub passages: usize,
    /// The vendor's commission plan, where there is one.
    pub plan: Option<CommissionPlan>,
    /// Which partners see which fields of their records.
    pub openings: Openings,
    /// The vendor's name: never a customer's.
    pub vendor: String,
    /// Days by which a protection window is extended where nothing else is asked for.
    pub extension_days: i64,
    /// What may be shown.
    pub policy: Policy,
}

/// Why there is no answer, not even a declined one.
#[derive(Debug, thiserror::Error)]
pub enum AssistantError {
    /// No model could reply.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// What holds for a whole answer.
struct Asked<'a> {
    caller: &'a Caller,
    question: &'a str,
    history: &'a [Past],
    today: Date,
    /// Read when it is needed: five tables of the CRM.
    vocabulary: OnceCell<Vocabulary>,
    policy: Policy,
    deadline: Instant,
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
    /// When not even the extractive model can reply. A declined question is an answer.
    pub async fn answer(
        &self,
        caller: &Caller,
        question: &str,
        history: &[Past],
        progress: impl FnMut(Progress<'_>) + Send,
    ) -> Result<Answer, AssistantError> {
        let mut telling = Telling::new(progress);
        if let Some(refused) = policy::refused(question) {
            return Ok(answer::refused(refused, question, telling));
        }
        let asked = Asked {
            caller,
            question,
            history,
            today: self.today(),
            vocabulary: OnceCell::new(),
            policy: self.policy.with_link(&caller.partner.referral_url),
            deadline: Instant::now() + self.patience,
        };
        let mut turn = Turn::new(self.first_limits());
        let mut models: &[Llm] = &self.llms;
        let end = loop {
            match turn.step() {
                Step::AskModel { tools, note } => {
                    let ask = (tools, note);
                    if let Some((llm, rest)) = models.split_first() {
                        let (reply, said) = self.ask_llm(llm, &asked, &turn, ask, &mut telling).await;
                        let has_shown = !said.released.is_empty() || !turn.released().is_empty();
                        match reply {
                            Ok(replied) => turn.model_replied(replied.reply, said, replied.usage),
                            Err(ModelError::Late) => turn.model_failed(Stop::Time, said),
                            // Who fails before anything is shown is left out from then on.
                            Err(_) if !rest.is_empty() && !has_shown => models = rest,
                            Err(_) => turn.model_failed(Stop::ModelFailed, said),
                        }
                    } else {
                        let (reply, said) = self
                            .ask((&self.extractive, By::Quotes), &asked, &turn, ask, &mut telling)
                            .await;
                        let replied = reply?;
                        turn.model_replied(replied.reply, said, replied.usage);
                    }
                }
                Step::CallTools(calls) => {
                    let returns = self.call_all(&asked, &calls, &mut telling).await;
                    turn.tools_returned(returns);
                }
                // The extractive model decides on a no: what a language model says of it is a hint.
                Step::Done(End::Declined(_)) if !models.is_empty() => {
                    tracing::info!(stopped = ?turn.stopped(), "answering extractively");
                    models = &[];
                    turn.give_way(EXTRACTIVE_REPLIES);
                }
                Step::Done(end) => break end,
            }
        };
        let model = models
            .first()
            .map_or(&self.extractive as &dyn ChatModel, |llm| llm.model.as_ref());
        Ok(answer::told(end, &turn, model, question, telling))
    }

    fn first_limits(&self) -> Limits {
        if self.llms.is_empty() {
            Limits {
                replies: EXTRACTIVE_REPLIES,
                ..self.limits
            }
        } else {
            self.limits
        }
    }

    /// Asks a language model, unless it rests.
    async fn ask_llm(
        &self,
        llm: &Llm,
        asked: &Asked<'_>,
        turn: &Turn,
        ask: (bool, Option<Note>),
        telling: &mut Telling<impl FnMut(Progress<'_>) + Send>,
    ) -> (Result<model::Replied, ModelError>, Verdict) {
        if !llm.rest.is_over(std::time::Instant::now()) {
            return (Err(ModelError::Resting), Verdict::default());
        }
        let model = (llm.model.as_ref(), By::Model);
        let (reply, said) = self.ask(model, asked, turn, ask, telling).await;
        match &reply {
            Ok(_) => llm.rest.answered(),
            Err(_) if llm.rest.failed(std::time::Instant::now()) => {
                tracing::warn!(
                    model = llm.model.name(),
                    "the model keeps failing and rests for a while"
                );
            }
            Err(_) => {}
        }
        (reply, said)
    }

    /// Asks a model; what it says is checked and told as it comes, and returned even when the model fails.
    async fn ask(
        &self,
        (model, by): (&dyn ChatModel, By),
        asked: &Asked<'_>,
        turn: &Turn,
        (tools, note): (bool, Option<Note>),
        telling: &mut Telling<impl FnMut(Progress<'_>) + Send>,
    ) -> (Result<model::Replied, ModelError>, Verdict) {
        let evidence = turn.evidence();
        let vocabulary = if model.needs_vocabulary() {
            let read = || self.vocabulary(asked.caller);
            asked.vocabulary.get_or_init(read).await
        } else {
            &Vocabulary::default()
        };
        let ask = Ask {
            question: asked.question,
            history: asked.history,
            evidence,
            tools,
            note: note.as_ref(),
            released: turn.released(),
            today: asked.today,
            vocabulary,
        };
        let mut checker = Checker::new(evidence, asked.question, &asked.policy, by, turn.released());
        let mut said = |part| {
            for released in checker.check(&part) {
                telling.release(&released, evidence);
            }
        };
        let replying = model.reply(&ask, &mut said);
        let reply = match by {
            By::Model => tokio::time::timeout_at(asked.deadline, replying).await,
            // Whoever only quotes is soon done, and has to answer when the time is over.
            By::Quotes => Ok(replying.await),
        };
        let (last, verdict) = checker.end();
        for released in last {
            telling.release(&released, evidence);
        }
        for withheld in &verdict.withheld {
            tracing::info!(reason = withheld.reason.code(), "part withheld");
        }
        let reply = reply.unwrap_or(Err(ModelError::Late));
        if let Err(error) = &reply {
            tracing::warn!(%error, model = model.name(), "the model failed");
        }
        (reply, verdict)
    }

    /// Makes these calls side by side; what they return is in their order.
    async fn call_all(
        &self,
        asked: &Asked<'_>,
        calls: &[ToolCall],
        telling: &mut Telling<impl FnMut(Progress<'_>) + Send>,
    ) -> Vec<ToolReturn> {
        let first = telling.calling(calls);
        let mut running: FuturesUnordered<_> = calls
            .iter()
            .enumerate()
            .map(async |(nth, call)| (nth, self.call(asked, call).await))
            .collect();
        let mut returns: Vec<Option<ToolReturn>> = calls.iter().map(|_| None).collect();
        while let Some((nth, returned)) = running.next().await {
            telling.returned(first + nth, &calls[nth], &returned);
            returns[nth] = Some(returned);
        }
        returns.into_iter().flatten().collect()
    }

    async fn call(&self, asked: &Asked<'_>, call: &ToolCall) -> ToolReturn {
        let work = async {
            if call.tool == Tool::SearchKnowledge {
                return self.search(asked.caller, &call.arguments, asked.today).await;
            }
            let partner = &asked.caller.partner;
            let context = ToolContext {
                records: &self.records(partner),
                partner,
                today: asked.today,
                fiscal_year_start: self.fiscal_year_start,
                time_zone: &self.time_zone,
                plan: self.plan.as_ref(),
                said: Said {
                    text: asked.question,
                    before: &before(asked.history),
                    vendor: &self.vendor,
                    partner_domain: asked.caller.domain(),
                    extension_days: self.extension_days,
                },
            };
            match tools::call(call.tool, &context, &call.arguments).await {
                Ok(outcome) => ToolReturn::Records(outcome),
                Err(error) => {
                    let cause = &error as &dyn std::error::Error;
                    tracing::warn!(tool = call.tool.name(), error = cause, "tool failed");
                    ToolReturn::Failed(error.to_string())
                }
            }
        };
        let done = tokio::time::timeout(TOOL_PATIENCE, work).await;
        done.unwrap_or_else(|_| {
            tracing::warn!(tool = call.tool.name(), "tool took too long");
            ToolReturn::Failed("it took too long".to_owned())
        })
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
        let document = arguments["document"]
            .as_str()
            .filter(|title| !title.trim().is_empty());
        let most = document.map_or(self.passages, |_| WIDE.max(self.passages));
        match self.knowledge.search(query, view, most).await {
            Ok(Found { mut hits, .. }) => {
                hits.retain(|hit| document.is_none_or(|title| hit.document.title == title));
                hits.truncate(self.passages);
                ToolReturn::Passages(hits)
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "search failed");
                ToolReturn::Failed("the documents cannot be searched at the moment".to_owned())
            }
        }
    }

    /// What a partner may read of its own.
    #[must_use]
    pub fn records(&self, partner: &Partner) -> Records<'_> {
        Records::within(self.crm.as_ref(), self.openings.scope(partner))
    }

    /// Names of the program and of the partner's own records. Without them (the CRM is down) a product may be
    /// taken for a customer: worse filters, never wrong records.
    async fn vocabulary(&self, caller: &Caller) -> Vocabulary {
        let records = self.records(&caller.partner);
        let (rates, tiers, deals, registrations, people) = tokio::join!(
            records.commission_rates(),
            records.tier_rules(),
            records.opportunities(),
            records.deal_registrations(),
            records.certifications(),
        );
        let (rates, tiers) = (rates.unwrap_or_default(), tiers.unwrap_or_default());
        let (deals, registrations) = (deals.unwrap_or_default(), registrations.unwrap_or_default());
        let people = people.unwrap_or_default();
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

/// What the partner said before of deals that it wants to register, as long as the conversation is about them.
fn before(history: &[Past]) -> String {
    let proposes = |past: &&Past| {
        past.tools
            .iter()
            .any(|(tool, _)| *tool == Tool::Propose(Kind::RegisterDeal))
    };
    let said = history.iter().rev().take_while(proposes);
    let mut said: Vec<&str> = said.map(|past| past.question.as_str()).collect();
    said.reverse();
    said.join("\n\n")
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
