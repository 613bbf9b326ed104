//! The turn as a pure state machine: it decides what happens next, and does nothing itself.
//!
//! The driver in `mod.rs` performs each [`Step`] and reports back; tests drive it without a network. A turn
//! always ends: each reply of the model uses up one of its steps, and the last one may not call tools. A language
//! model that comes to no answer, for whatever reason, leaves the turn to the extractive one, which decides on a no:
//! [`Turn::give_way`].

use super::{
    evidence::{Evidence, ToolCall, ToolReturn, ToolStep},
    verify::{Released, Verdict, Withheld},
};
use std::fmt;

/// What the driver must do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Ask the model; it may call tools only when told so.
    AskModel {
        /// Whether tools may be called.
        tools: bool,
        /// What to tell it of its last reply.
        note: Option<Note>,
    },
    /// Make these calls, all of them.
    CallTools(Vec<ToolCall>),
    /// Nothing: the turn is over.
    Done(End),
}

/// What a model is told of its last reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// It cannot be read, and why.
    Unreadable(String),
    /// Parts of it did not pass. It may say them once more, or leave them.
    Withheld(Vec<Withheld>),
}

/// What a model did when asked. The parts of an answer are not in here: they are checked as they come.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelReply {
    /// It wants to look first.
    CallTools(Vec<ToolCall>),
    /// It answered.
    Answered,
    /// It finds no support for an answer.
    Unsupported,
    /// What it wants cannot be told, for this reason.
    Unreadable(String),
}

/// Tokens that a reply took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    /// Of the prompt.
    pub input: u64,
    /// Of the reply.
    pub output: u64,
}

/// What a turn may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Replies of the model, at least one.
    pub replies: usize,
    /// Tokens, all of them together; none is no limit.
    pub tokens: Option<u64>,
    /// What they may cost; none is no limit.
    pub cost: Option<f64>,
    /// What a million tokens of input and of output cost.
    pub prices: [f64; 2],
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

/// Why a language model's part in a turn ended before it had answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// No endpoint gave a reply, or one broke off.
    ModelFailed,
    /// It used up its replies.
    Replies,
    /// It used up its tokens.
    Tokens,
    /// It would cost more than it may.
    Cost,
    /// The time for an answer was over.
    Time,
    /// It found no support.
    Unsupported,
    /// Nothing of what it said passed verification.
    NotVerified,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ModelFailed => "model_failed",
            Self::Replies => "replies",
            Self::Tokens => "tokens",
            Self::Cost => "cost",
            Self::Time => "time",
            Self::Unsupported => "unsupported",
            Self::NotVerified => "not_verified",
        })
    }
}

/// The state of a turn.
#[derive(Debug)]
pub struct Turn {
    limits: Limits,
    evidence: Evidence,
    next: Step,
    replies_left: usize,
    verdict: Verdict,
    /// A reply was repaired; it is done once.
    repaired: bool,
    usage: Usage,
    stopped: Option<Stop>,
    broken_off: bool,
    /// What a model that gave way had said in vain.
    former: Vec<Withheld>,
}

impl Turn {
    /// A turn within these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let replies_left = limits.replies.max(1);
        Self {
            limits,
            evidence: Evidence::default(),
            next: Step::AskModel {
                tools: replies_left > 1,
                note: None,
            },
            replies_left,
            verdict: Verdict::default(),
            repaired: false,
            usage: Usage::default(),
            stopped: None,
            broken_off: false,
            former: Vec::new(),
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

    /// What was released so far.
    #[must_use]
    pub fn released(&self) -> &[Released] {
        &self.verdict.released
    }

    /// What did not pass so far.
    pub fn withheld(&self) -> impl Iterator<Item = &Withheld> {
        self.former.iter().chain(&self.verdict.withheld)
    }

    /// Tokens so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// Why a language model did not come to the end of its answer, if it did not.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        self.stopped
    }

    /// The model replied, and this became of what it said.
    pub fn model_replied(&mut self, reply: ModelReply, said: Verdict, usage: Usage) {
        self.replies_left = self.replies_left.saturating_sub(1);
        self.usage.input += usage.input;
        self.usage.output += usage.output;
        self.verdict.released.extend(said.released);
        self.next = match (reply, self.over()) {
            (ModelReply::CallTools(calls), None) if !calls.is_empty() => Step::CallTools(calls),
            (ModelReply::Unreadable(why), None) => self.ask(Some(Note::Unreadable(why))),
            (ModelReply::Answered, None) if !said.withheld.is_empty() && !self.repaired => {
                self.repaired = true;
                self.verdict.withheld.extend(said.withheld.iter().cloned());
                Step::AskModel {
                    tools: false,
                    note: Some(Note::Withheld(said.withheld)),
                }
            }
            (ModelReply::Answered | ModelReply::Unsupported, _) => {
                let is_silent = said.withheld.is_empty() && self.verdict.withheld.is_empty();
                self.verdict.withheld.extend(said.withheld);
                self.finish(if is_silent {
                    Stop::Unsupported
                } else {
                    Stop::NotVerified
                })
            }
            (_, limit) => self.finish(limit.unwrap_or(Stop::Replies)),
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
        self.next = self.ask(None);
    }

    /// The model ended before its reply did; `said` was released until then.
    pub fn model_failed(&mut self, stop: Stop, said: Verdict) {
        self.verdict.released.extend(said.released);
        // A second attempt is about what was withheld: without it the answer is what it was.
        self.next = self.finish(if self.repaired { Stop::NotVerified } else { stop });
    }

    /// Begins anew, for a model that always comes to an end and may reply so often: the former one has shown nothing.
    pub fn give_way(&mut self, replies: usize) {
        let limits = Limits {
            replies,
            tokens: None,
            cost: None,
            ..self.limits
        };
        let Self { usage, stopped, .. } = *self;
        let withheld = std::mem::take(&mut self.verdict.withheld);
        *self = Self {
            usage,
            stopped,
            former: withheld,
            ..Self::new(limits)
        };
    }

    /// Whether the model broke off behind what it had said.
    #[must_use]
    pub fn is_broken_off(&self) -> bool {
        self.broken_off
    }

    fn ask(&self, note: Option<Note>) -> Step {
        Step::AskModel {
            tools: self.replies_left > 1,
            note,
        }
    }

    /// The limit that forbids another reply.
    fn over(&self) -> Option<Stop> {
        let Usage { input, output } = self.usage;
        // Far below 2^53, where f64 is exact.
        #[allow(clippy::cast_precision_loss)]
        let cost = (input as f64 * self.limits.prices[0] + output as f64 * self.limits.prices[1]) / 1e6;
        if self.replies_left == 0 {
            Some(Stop::Replies)
        } else if self.limits.tokens.is_some_and(|most| input + output >= most) {
            Some(Stop::Tokens)
        } else if self.limits.cost.is_some_and(|most| cost >= most) {
            Some(Stop::Cost)
        } else {
            None
        }
    }

    fn finish(&mut self, stop: Stop) -> Step {
        let has_said = !self.verdict.released.is_empty();
        // Whoever said what it had to say was not stopped by some of it not passing.
        self.broken_off = has_said && !matches!(stop, Stop::Unsupported | Stop::NotVerified);
        if !has_said || self.broken_off {
            // What stopped a language model is more than what the extractive one then lacks.
            self.stopped.get_or_insert(stop);
        }
        Step::Done(if has_said {
            End::Answered(self.verdict.clone())
        } else {
            End::Declined(self.reason(stop))
        })
    }

    fn reason(&self, stop: Stop) -> Reason {
        match stop {
            Stop::Unsupported => self.unsupported(),
            Stop::NotVerified => Reason::NotVerified,
            _ => Reason::NoAnswer,
        }
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
mod tests;
