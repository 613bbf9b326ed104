//! What a turn has gathered: the only things its answer may rest on.

use super::tools::{Tool, ToolOutcome};
use crate::request::form::Form;
use liaison_knowledge::Hit;
use serde_json::Value;

/// A tool the model asks for, with its arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// Which.
    pub tool: Tool,
    /// As its schema says; never a partner.
    pub arguments: Value,
}

/// What came back from a call.
#[derive(Debug, Clone)]
pub enum ToolReturn {
    /// Passages, best first.
    Passages(Vec<Hit>),
    /// The partner's own records.
    Records(ToolOutcome),
    /// Nothing: a sentence for the model, which is told, and the answer, which says so.
    Failed(String),
}

/// A call and its return.
#[derive(Debug, Clone)]
pub struct ToolStep {
    /// The call.
    pub call: ToolCall,
    /// The return.
    pub returned: ToolReturn,
}

/// Everything gathered in one turn. Passages and record sets are cited by their place in here.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The calls in their order.
    pub steps: Vec<ToolStep>,
}

impl Evidence {
    /// The passages of all searches, first found first, each once. The place is the citation's number.
    #[must_use]
    pub fn passages(&self) -> Vec<&Hit> {
        let mut all: Vec<&Hit> = Vec::new();
        for step in &self.steps {
            if let ToolReturn::Passages(hits) = &step.returned {
                let new = hits
                    .iter()
                    .filter(|hit| !all.iter().any(|seen| seen.passage.id == hit.passage.id));
                all.extend(new.collect::<Vec<_>>());
            }
        }
        all
    }

    /// The record sets of all calls that returned some, in order.
    #[must_use]
    pub fn records(&self) -> Vec<(&ToolCall, &ToolOutcome)> {
        let steps = self.steps.iter();
        steps
            .filter_map(|step| match &step.returned {
                ToolReturn::Records(outcome) => Some((&step.call, outcome)),
                _ => None,
            })
            .collect()
    }

    /// What the partner is to consent to.
    #[must_use]
    pub fn proposals(&self) -> Vec<Form> {
        let records = self.records().into_iter();
        records
            .flat_map(|(_, outcome)| outcome.proposals.clone())
            .collect()
    }

    /// Whether a call failed.
    #[must_use]
    pub fn has_failure(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step.returned, ToolReturn::Failed(_)))
    }
}
