//! The service as a target of the evals, in this process: the same path as the chat API, plus two look-ups of
//! its own that the judge needs and a partner never gets (may this partner see the passage; are these records
//! its own).

use crate::{
    app::App,
    assistant::{self, Answer},
    caller::Caller,
    conversation,
    crm::{Crm, Partner, Records},
};
use async_trait::async_trait;
use liaison_evals::{Citation, Conversation, Declined, Reply, Target, TargetError, Timings, ToolUse};
use liaison_knowledge::{Audience, View};
use serde_json::Value;
use std::{collections::HashSet, sync::Arc};
use uuid::Uuid;

/// Who asks in an evaluation: nobody whose questions count.
pub const SUBJECT: &str = "evals";

/// An open home, to be judged.
pub struct InProcess(pub Arc<App>);

struct Talk {
    app: Arc<App>,
    caller: Caller,
    id: String,
    foreign: HashSet<String>,
}

#[async_trait]
impl Target for InProcess {
    async fn open(&self, partner: &str) -> Result<Box<dyn Conversation>, TargetError> {
        let crm = self.0.crm.as_ref();
        let unavailable = |error: crate::crm::CrmError| TargetError::Unavailable(error.to_string());
        let caller = assistant::caller(crm, partner, SUBJECT)
            .await
            .map_err(unavailable)?;
        let caller = caller.ok_or_else(|| TargetError::UnknownPartner(partner.to_owned()))?;
        let foreign = foreign_ids(crm, &caller.partner.id).await.map_err(unavailable)?;
        Ok(Box::new(Talk {
            app: Arc::clone(&self.0),
            caller,
            id: Uuid::new_v4().to_string(),
            foreign,
        }))
    }
}

#[async_trait]
impl Conversation for Talk {
    async fn ask(&mut self, question: &str) -> Result<Reply, TargetError> {
        let id = Uuid::new_v4();
        let answer = conversation::ask(&self.app, &self.caller, &self.id, id, question, |_| {}).await;
        self.reply(answer.map_err(|error| TargetError::Failed(error.to_string()))?)
            .await
    }
}

impl Talk {
    async fn reply(&self, answer: Answer) -> Result<Reply, TargetError> {
        let mut citations = Vec::with_capacity(answer.citations.len());
        for citation in answer.citations {
            citations.push(self.citation(citation).await?);
        }
        let declined = answer.declined.map(|declined| Declined {
            nearest: serde_json::to_value(&declined.nearest).unwrap_or_default(),
            reason: declined.reason,
        });
        let tool = |used: assistant::ToolUse| ToolUse {
            own: Some(used.records.iter().all(|record| self.is_own(record))),
            name: used.name,
            arguments: used.arguments,
            records: used.records,
            as_of: used.as_of.map(|time| time.to_string()),
        };
        Ok(Reply {
            answer: answer.answer,
            declined,
            citations,
            tools: answer.tools.into_iter().map(tool).collect(),
            timings_ms: Timings {
                first_sentence: answer.timings_ms.first_sentence,
                total: answer.timings_ms.total,
            },
        })
    }

    /// A citation with its passage's text, looked up without the audience filter, and whether the audience's
    /// own rule admits the asking partner.
    async fn citation(&self, citation: assistant::citation::Citation) -> Result<Citation, TargetError> {
        let on = self.app.assistant.today();
        let view = View {
            audience: &Audience::Internal,
            on,
        };
        let found = self.app.knowledge.passage(citation.passage_id, view).await;
        let found = found.map_err(|error| TargetError::Failed(error.to_string()))?;
        let visible = found.as_ref().is_some_and(|(_, document)| {
            document.audience.admits(&self.caller.audience()) && document.validity.holds_on(on)
        });
        Ok(Citation {
            n: u32::try_from(citation.n).ok(),
            passage_id: citation.passage_id.0.to_string(),
            document: citation.document,
            title: citation.title,
            anchor: serde_json::to_value(&citation.anchor).unwrap_or_default(),
            quote: citation.quote,
            passage_text: found.map(|(passage, _)| passage.text),
            visible: Some(visible),
        })
    }

    /// Nothing of the CRM that belongs to another partner. Computed records (sums, groups) have no id there.
    fn is_own(&self, record: &Value) -> bool {
        record["id"].as_str().is_some_and(|id| !self.foreign.contains(id))
    }
}

/// Ids of everything that belongs to any other partner.
async fn foreign_ids(crm: &dyn Crm, own: &str) -> Result<HashSet<String>, crate::crm::CrmError> {
    let mut all = HashSet::new();
    for partner in crm.partners().await?.iter().filter(|partner| partner.id != own) {
        all.extend(ids(&Records::of(crm, partner), partner).await?);
    }
    Ok(all)
}

async fn ids(records: &Records<'_>, partner: &Partner) -> Result<HashSet<String>, crate::crm::CrmError> {
    let deals = records.opportunities().await?.into_iter().map(|deal| deal.id);
    let registrations = records.deal_registrations().await?;
    let registrations = registrations.into_iter().map(|registration| registration.id);
    let commissions = records.commissions().await?.into_iter().map(|entry| entry.id);
    let certifications = records.certifications().await?.into_iter().map(|held| held.id);
    let all = deals
        .chain(registrations)
        .chain(commissions)
        .chain(certifications);
    Ok(all.chain([partner.id.clone()]).collect())
}
