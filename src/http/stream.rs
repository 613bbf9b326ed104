//! An answer as the parts of an AI SDK UI message stream v1.

use crate::assistant::{
    Answer, Progress,
    citation::Citation,
    evidence::{ToolCall, ToolReturn},
    table,
    tools::Tool,
};
use crate::crm::Partner;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Writes parts in the order the protocol wants them.
pub(super) struct Parts<S: FnMut(Value)> {
    message: Uuid,
    send: S,
    has_text: bool,
}

/// The one text part of a message.
const TEXT: &str = "answer";

impl<S: FnMut(Value)> Parts<S> {
    pub(super) fn new(message: Uuid, send: S) -> Self {
        Self {
            message,
            send,
            has_text: false,
        }
    }

    pub(super) fn start(&mut self, conversation: &str) {
        let metadata = json!({ "conversation": conversation });
        (self.send)(json!({ "type": "start", "messageId": self.message, "messageMetadata": metadata }));
        (self.send)(json!({ "type": "start-step" }));
    }

    pub(super) fn progress(&mut self, progress: &Progress<'_>) {
        match progress {
            Progress::Calling(n, call) => self.calling(*n, call),
            Progress::Returned(n, call, returned) => self.returned(*n, call, returned),
            Progress::Released(text, citations) => self.released(text, citations),
        }
    }

    fn calling(&mut self, n: usize, call: &ToolCall) {
        let id = call_id(n);
        (self.send)(
            json!({ "type": "data-status", "data": { "label": status(call.tool) }, "transient": true }),
        );
        (self.send)(json!({
            "type": "tool-input-available", "toolCallId": id, "toolName": call.tool.name(),
            "input": call.arguments, "dynamic": true, "providerExecuted": true,
        }));
    }

    fn returned(&mut self, n: usize, call: &ToolCall, returned: &ToolReturn) {
        let id = call_id(n);
        let output = match returned {
            ToolReturn::Failed(reason) => {
                return (self.send)(json!({
                    "type": "tool-output-error", "toolCallId": id, "errorText": reason,
                    "dynamic": true, "providerExecuted": true,
                }));
            }
            ToolReturn::Passages(hits) => json!({ "name": call.tool.name(), "passages": hits.len() }),
            ToolReturn::Records(outcome) => json!({
                "name": call.tool.name(),
                "headline": outcome.headline,
                "columns": outcome.columns.iter().map(|column| table::label(column)).collect::<Vec<_>>(),
                "rows": table::rows(outcome),
                "as_of": outcome.as_of,
                "statement": outcome.statement,
            }),
        };
        (self.send)(json!({
            "type": "tool-output-available", "toolCallId": id, "output": output,
            "dynamic": true, "providerExecuted": true,
        }));
    }

    fn released(&mut self, text: &str, citations: &[Citation]) {
        for citation in citations {
            (self.send)(source(citation));
        }
        if !self.has_text {
            (self.send)(json!({ "type": "text-start", "id": TEXT }));
            self.has_text = true;
        }
        (self.send)(json!({ "type": "text-delta", "id": TEXT, "delta": text }));
    }

    /// Ends the answer to `partner`; a declined one names whom to ask instead.
    pub(super) fn finish(&mut self, answer: &Answer, partner: &Partner) {
        if self.has_text {
            (self.send)(json!({ "type": "text-end", "id": TEXT }));
        }
        if let Some(declined) = &answer.declined {
            let mut data = json!(declined);
            data["contact"] = contact(partner);
            (self.send)(json!({ "type": "data-declined", "data": data }));
        }
        if !answer.suggestions.is_empty() {
            (self.send)(json!({ "type": "data-suggestions", "data": { "questions": answer.suggestions } }));
        }
        for confirmation in &answer.confirmations {
            self.ask_for_consent(confirmation);
        }
        if let Some(handoff) = &answer.handoff {
            (self.send)(json!({ "type": "data-handoff", "data": handoff }));
        }
        (self.send)(json!({ "type": "finish-step" }));
        let metadata = json!({
            "model": answer.model,
            "declined": answer.declined.is_some(),
            "stopped": answer.receipt.stopped,
        });
        (self.send)(json!({ "type": "finish", "messageMetadata": metadata }));
    }

    /// What would be written, as a call of a tool that waits for approval, and all that a card needs.
    fn ask_for_consent(&mut self, confirmation: &Value) {
        let id = confirmation["id"].as_str().unwrap_or_default();
        let call = format!("approval-{id}");
        let fields = confirmation["fields"].as_array().into_iter().flatten();
        let input: Map<String, Value> = fields
            .filter_map(|field| Some((field["name"].as_str()?.to_owned(), field["value"].clone())))
            .collect();
        (self.send)(json!({
            "type": "tool-input-available", "toolCallId": call, "toolName": confirmation["kind"],
            "input": input, "dynamic": true,
        }));
        (self.send)(json!({ "type": "tool-approval-request", "approvalId": id, "toolCallId": call }));
        (self.send)(json!({ "type": "data-confirmation", "data": confirmation }));
    }

    /// The widget has words of its own for a failure; what it shows of ours is the reference.
    pub(super) fn error(&mut self, code: &str, message: &str, request_id: &str) {
        (self.send)(json!({ "type": "error", "errorText": request_id, "code": code, "message": message }));
    }
}

fn call_id(n: usize) -> String {
    format!("call-{n}")
}

/// The partner's own manager at the vendor; nothing where the CRM names nobody who can be written to.
fn contact(partner: &Partner) -> Value {
    let manager = partner.manager();
    manager.map_or(
        Value::Null,
        |(name, email)| json!({ "name": name, "email": email }),
    )
}

fn source(citation: &Citation) -> Value {
    let media_type = mime_of(&citation.document);
    json!({
        "type": "source-document",
        "sourceId": citation.passage_id,
        "mediaType": media_type,
        "title": citation.title,
        "filename": citation.document,
        "providerMetadata": { "liaison": {
            "n": citation.n, "passage_id": citation.passage_id, "document": citation.document,
            "anchor": citation.anchor, "quote": citation.quote,
            "href": format!("/api/sources/{}", citation.passage_id.0),
        }},
    })
}

fn mime_of(document: &str) -> &'static str {
    let extension = document.rsplit('.').next().unwrap_or_default().to_lowercase();
    match extension.as_str() {
        "pdf" => "application/pdf",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "html" | "htm" => "text/html",
        "csv" => "text/csv",
        "yaml" | "yml" => "application/yaml",
        _ => "text/markdown",
    }
}

fn status(tool: Tool) -> &'static str {
    match tool {
        Tool::SearchKnowledge => "Looking through the program's documents",
        Tool::ListOpportunities
        | Tool::PipelineSummary
        | Tool::DealMetrics
        | Tool::ListStaleDeals
        | Tool::ListPipelineChanges => "Reading your pipeline",
        Tool::ListDealRegistrations => "Reading your deal registrations",
        Tool::ListCommissions | Tool::CommissionSummary => "Reading your commissions",
        Tool::EstimateCommission => "Computing by the commission plan",
        Tool::MdfSummary | Tool::ListMdfClaims => "Reading your marketing funds",
        Tool::ReferralSummary => "Reading your referral figures",
        Tool::PartnerProfile => "Reading your partner profile",
        Tool::Propose(_) => "Preparing what you asked for",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{assistant::Declined, crm::PartnerType};
    use jiff::civil::date;

    fn partner(name: &str, email: &str) -> Partner {
        Partner {
            id: "p-001".into(),
            name: "Alderbrook Systems".into(),
            tier: "gold".into(),
            kind: PartnerType::Reseller,
            region: "emea".into(),
            country: "DE".into(),
            currency: "EUR".parse().expect("a currency"),
            joined: date(2021, 5, 10),
            manager_name: name.into(),
            manager_email: email.into(),
            referral_code: String::new(),
            referral_url: String::new(),
        }
    }

    fn declined(partner: &Partner) -> Value {
        let answer = Answer {
            declined: Some(Declined {
                reason: "not_in_knowledge".into(),
                nearest: vec![],
            }),
            ..Answer::default()
        };
        let mut sent = Vec::new();
        Parts::new(Uuid::nil(), |part| sent.push(part)).finish(&answer, partner);
        let part = sent.into_iter().find(|part| part["type"] == "data-declined");
        part.expect("a declined part")["data"].clone()
    }

    #[test]
    fn declining_names_the_partners_own_manager() {
        let check = |name, email, expected: Value| {
            let data = declined(&partner(name, email));
            assert_eq!(data["reason"], "not_in_knowledge");
            assert_eq!(data["contact"], expected);
        };
        check(
            "Anneke Visser",
            "anneke.visser@merrowline.example",
            json!({ "name": "Anneke Visser", "email": "anneke.visser@merrowline.example" }),
        );
        check("Anneke Visser", "", Value::Null);
        check("Anneke Visser", "ask the desk", Value::Null);
        check("", "desk@merrowline.example", Value::Null);
    }
}
