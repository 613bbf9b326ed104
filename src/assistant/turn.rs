//! The turn as a pure state machine: it decides what happens next, and does nothing itself.
//!
//! The driver in `mod.rs` performs each [`Step`] and reports back; tests drive it without a network. A turn
//! always ends: each reply of the model uses up one of its steps, and the last one may not call tools.

use super::{
    draft::Draft,
    evidence::{Evidence, ToolCall, ToolReturn, ToolStep},
    verify::Verdict,
};

/// What the driver must do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Ask the model; it may call tools only when told so.
    AskModel {
        /// Whether tools may be called.
        tools: bool,
    },
    /// Make these calls, all of them.
    CallTools(Vec<ToolCall>),
    /// Check this draft against the evidence.
    Verify(Draft),
    /// Nothing: the turn is over.
    Done(End),
}

/// What a model says when asked.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelReply {
    /// It wants to look first.
    CallTools(Vec<ToolCall>),
    /// It answers.
    Answer(Draft),
    /// It finds no support for an answer.
    Unsupported,
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// With parts that passed verification.
    Answered(Verdict),
    /// With the honest no.
    Declined(Reason),
}

/// Why a question was declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The knowledge does not support an answer.
    NotInKnowledge,
    /// The answer did not pass verification.
    NotVerified,
    /// No record of the partner's own matches what was asked for.
    NoSuchRecord,
    /// The model never came to an answer.
    NoAnswer,
}

impl Reason {
    /// Its stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotInKnowledge => "not_in_knowledge",
            Self::NotVerified => "not_verified",
            Self::NoSuchRecord => "no_such_record",
            Self::NoAnswer => "no_answer",
        }
    }
}

/// The state of a turn.
#[derive(Debug)]
pub struct Turn {
    evidence: Evidence,
    next: Step,
    replies_left: usize,
}

impl Turn {
    /// A turn whose model may reply `replies` times (at least once).
    #[must_use]
    pub fn new(replies: usize) -> Self {
        let replies_left = replies.max(1);
        Self {
            evidence: Evidence::default(),
            next: Step::AskModel {
                tools: replies_left > 1,
            },
            replies_left,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn step(&self) -> Step {
        self.next.clone()
    }

    /// What was gathered so far.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The model replied.
    pub fn model_replied(&mut self, reply: ModelReply) {
        self.replies_left = self.replies_left.saturating_sub(1);
        self.next = match reply {
            ModelReply::CallTools(calls) if self.replies_left > 0 && !calls.is_empty() => {
                Step::CallTools(calls)
            }
            ModelReply::CallTools(_) => Step::Done(End::Declined(Reason::NoAnswer)),
            ModelReply::Answer(draft) => Step::Verify(draft),
            ModelReply::Unsupported => Step::Done(End::Declined(self.unsupported())),
        };
    }

    /// The calls were made; `returns` are in the order of the calls.
    pub fn tools_returned(&mut self, returns: Vec<ToolReturn>) {
        if let Step::CallTools(calls) = &self.next {
            let steps = calls.iter().cloned().zip(returns);
            self.evidence
                .steps
                .extend(steps.map(|(call, returned)| ToolStep { call, returned }));
        }
        self.next = Step::AskModel {
            tools: self.replies_left > 1,
        };
    }

    /// The draft was checked.
    pub fn verified(&mut self, verdict: Verdict) {
        self.next = Step::Done(if verdict.released.is_empty() {
            End::Declined(Reason::NotVerified)
        } else {
            End::Answered(verdict)
        });
    }

    /// Only the partner's own records were looked for: then it is they that lack it, not the knowledge.
    fn unsupported(&self) -> Reason {
        match (
            self.evidence.records().is_empty(),
            self.evidence.passages().is_empty(),
        ) {
            (false, true) => Reason::NoSuchRecord,
            _ => Reason::NotInKnowledge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assistant::{draft::Part, tools::Tool, verify::Released};
    use serde_json::json;

    fn search() -> ToolCall {
        ToolCall {
            tool: Tool::SearchKnowledge,
            arguments: json!({"query": "tiers"}),
        }
    }

    #[test]
    fn a_turn_searches_answers_and_verifies() {
        let mut turn = Turn::new(3);
        assert_eq!(turn.step(), Step::AskModel { tools: true });
        turn.model_replied(ModelReply::CallTools(vec![search()]));
        assert_eq!(turn.step(), Step::CallTools(vec![search()]));
        turn.tools_returned(vec![ToolReturn::Failed("index".into())]);
        assert!(turn.evidence().has_failure());
        assert_eq!(turn.step(), Step::AskModel { tools: true });
        let draft = Draft {
            parts: vec![Part::Table { result: 0 }],
        };
        turn.model_replied(ModelReply::Answer(draft.clone()));
        assert_eq!(turn.step(), Step::Verify(draft));
        turn.verified(Verdict::default());
        assert_eq!(turn.step(), Step::Done(End::Declined(Reason::NotVerified)));
    }

    #[test]
    fn a_model_that_only_calls_tools_is_stopped() {
        let mut turn = Turn::new(2);
        turn.model_replied(ModelReply::CallTools(vec![search()]));
        turn.tools_returned(vec![ToolReturn::Passages(vec![])]);
        assert_eq!(turn.step(), Step::AskModel { tools: false });
        turn.model_replied(ModelReply::CallTools(vec![search()]));
        assert_eq!(turn.step(), Step::Done(End::Declined(Reason::NoAnswer)));
    }

    #[test]
    fn what_was_released_is_the_answer() {
        let mut turn = Turn::new(1);
        turn.model_replied(ModelReply::Answer(Draft::default()));
        let released = Released {
            text: "Hello".into(),
            citations: vec![],
        };
        let verdict = Verdict {
            released: vec![released],
            ..Verdict::default()
        };
        turn.verified(verdict.clone());
        assert_eq!(turn.step(), Step::Done(End::Answered(verdict)));
    }
}
