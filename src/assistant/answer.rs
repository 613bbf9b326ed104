//! An answer as kept and as returned.

use super::{
    citation::Citation,
    draft::Phrase,
    evidence::{Evidence, ToolReturn, ToolStep},
    language::Language,
    model::ChatModel,
    policy::Refused,
    prompt,
    telling::{Progress, Telling},
    tools::ToolOutcome,
    turn::{End, Reason, Stop, Turn, Usage},
    verify::Withheld,
};
use crate::{hex::hex, request::form::Form};
use jiff::Timestamp;
use liaison_knowledge::{Anchor, Hit, PassageId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Passages offered when a question is declined.
const NEAREST: usize = 3;
/// Questions suggested behind an answer, and their longest, in characters.
const SUGGESTIONS: usize = 3;
const LONGEST_SUGGESTION: usize = 90;

/// An answer, as kept and as returned. The JSON of `liaison ask --json`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answer {
    /// The exchange it is kept as, for `liaison replay`.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Markdown with `[n](#cite-ID)` behind what is cited.
    pub answer: String,
    /// The honest no.
    pub declined: Option<Declined>,
    /// What the numbers refer to.
    pub citations: Vec<Citation>,
    /// The tools that were called.
    pub tools: Vec<ToolUse>,
    /// What waits for the partner's consent: the first of them.
    pub confirmation: Option<Value>,
    /// All that waits for the partner's consent.
    #[serde(default)]
    pub confirmations: Vec<Value>,
    /// What the tools propose, before it is kept.
    #[serde(skip)]
    pub proposals: Vec<Form>,
    /// What was given to a person.
    pub handoff: Option<Value>,
    /// Questions that the passages found beside it answer.
    #[serde(default)]
    pub suggestions: Vec<String>,
    /// Which model worded it.
    pub model: String,
    /// The conversation it belongs to.
    pub conversation: String,
    /// How long it took.
    pub timings_ms: TimingsMs,
    /// How it came about.
    #[serde(default)]
    pub receipt: Receipt,
}

/// What is needed to see how an answer came about, and to ask again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// The version of the prompt, and the sha256 of its text; empty where no language model was asked.
    pub prompt: Option<PromptUsed>,
    /// How the model that worded it was asked; null for the extractive one.
    pub parameters: Value,
    /// The passages that were found, with the sha256 of their words.
    pub passages: Vec<PassageUsed>,
    /// What was said and not shown, and why.
    pub withheld: Vec<WithheldPart>,
    /// Why a language model did not come to the end of its answer, if it did not.
    pub stopped: Option<Stop>,
    /// Tokens of the language model.
    pub usage: Usage,
}

/// A prompt that was used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PromptUsed {
    /// Its version.
    pub version: String,
    /// Of its text, in hexadecimal.
    pub sha256: String,
}

/// A passage that was found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PassageUsed {
    /// The passage.
    pub passage_id: PassageId,
    /// The document's path as ingested.
    pub document: String,
    /// Of its words, in hexadecimal.
    pub sha256: String,
}

/// A part that was not shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WithheldPart {
    /// Its words.
    pub text: String,
    /// A stable code: `uncited`, `quote_not_found`, `number_without_source`, `name_without_source`, `no_question`.
    pub reason: String,
}

/// The honest no.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Declined {
    /// A stable code: `not_in_knowledge`, `not_verified`, `no_such_record`, `no_answer`, or one that begins with
    /// `refused_`.
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

/// The end of a turn as an answer. Its parts have been told already, but for those that are ours.
pub(super) fn told(
    end: End,
    turn: &Turn,
    model: &dyn ChatModel,
    question: &str,
    mut telling: Telling<impl FnMut(Progress<'_>) + Send>,
) -> Answer {
    let evidence = turn.evidence();
    let declined = match end {
        End::Declined(reason) => {
            telling.say(declining(reason, Language::of(question)));
            Some(Declined {
                reason: reason.code().into(),
                nearest: evidence.passages().into_iter().take(NEAREST).map(near).collect(),
            })
        }
        End::Answered(_) => {
            if turn.is_broken_off() {
                telling.say(Phrase::BrokenOff.words(Language::of(question)));
            }
            None
        }
    };
    let told = telling.end();
    Answer {
        suggestions: if declined.is_none() {
            suggestions(question, evidence, &told.citations)
        } else {
            Vec::new()
        },
        answer: told.text,
        declined,
        citations: told.citations,
        tools: evidence.steps.iter().map(tool_use).collect(),
        proposals: evidence.proposals(),
        model: model.name().to_owned(),
        timings_ms: told.timings,
        receipt: receipt(turn, model),
        ..Answer::default()
    }
}

/// A question that is declined without a look.
pub(super) fn refused(
    refused: Refused,
    question: &str,
    mut telling: Telling<impl FnMut(Progress<'_>) + Send>,
) -> Answer {
    telling.say(refused.words(Language::of(question)));
    let told = telling.end();
    Answer {
        answer: told.text,
        declined: Some(Declined {
            reason: refused.code().to_owned(),
            nearest: vec![],
        }),
        model: "policy".to_owned(),
        timings_ms: told.timings,
        ..Answer::default()
    }
}

fn receipt(turn: &Turn, model: &dyn ChatModel) -> Receipt {
    let passage = |hit: &Hit| PassageUsed {
        passage_id: hit.passage.id,
        document: hit.document.path.clone(),
        sha256: hex(&Sha256::digest(&hit.passage.text)),
    };
    let withheld = |part: &Withheld| WithheldPart {
        text: part.text.clone(),
        reason: part.reason.code().to_owned(),
    };
    let has_prompt = turn.usage() != Usage::default();
    Receipt {
        prompt: has_prompt.then(|| PromptUsed {
            version: prompt::ASSISTANT.version.to_owned(),
            sha256: prompt::ASSISTANT.sha256.clone(),
        }),
        parameters: model.parameters(),
        passages: turn.evidence().passages().into_iter().map(passage).collect(),
        withheld: turn.withheld().map(withheld).collect(),
        stopped: turn.stopped(),
        usage: turn.usage(),
    }
}

/// What else the passages found speak of: headings over those that the answer does not cite.
fn suggestions(question: &str, evidence: &Evidence, citations: &[Citation]) -> Vec<String> {
    let passages = evidence.passages();
    let heading = |hit: &&Hit| hit.passage.heading.last().cloned();
    let is_cited = |hit: &&Hit| citations.iter().any(|c| c.passage_id == hit.passage.id);
    let mut said: Vec<String> = passages
        .iter()
        .copied()
        .filter(is_cited)
        .filter_map(|hit| heading(&hit))
        .collect();
    said.push(question.to_owned());
    let mut all = Vec::new();
    for heading in passages.iter().filter_map(heading) {
        let is_topic =
            heading.split_whitespace().count() > 1 && heading.chars().count() <= LONGEST_SUGGESTION;
        if is_topic && !said.iter().any(|said| said.eq_ignore_ascii_case(&heading)) {
            said.push(heading.clone());
            all.push(heading);
        }
    }
    all.truncate(SUGGESTIONS);
    all
}

fn declining(reason: Reason, language: Language) -> &'static str {
    language.of_all(match reason {
        Reason::NotInKnowledge => [
            "I find nothing in the program's documents that answers this. The nearest material is listed here; your partner manager can help with the rest.",
            "Ich finde in den Unterlagen des Programms nichts, was das beantwortet. Das Nächstliegende steht hier; beim Rest hilft Ihre Partnerbetreuung.",
            "Je ne trouve rien dans les documents du programme qui réponde à cela. Les passages les plus proches sont indiqués ici ; votre responsable partenaires peut vous aider pour le reste.",
        ],
        Reason::NotVerified | Reason::NoAnswer => [
            "I have no answer to this that I can prove. The nearest material is listed here; your partner manager can help with the rest.",
            "Ich habe darauf keine Antwort, die ich belegen kann. Das Nächstliegende steht hier; beim Rest hilft Ihre Partnerbetreuung.",
            "Je n’ai pas de réponse à cela que je puisse prouver. Les passages les plus proches sont indiqués ici ; votre responsable partenaires peut vous aider pour le reste.",
        ],
        Reason::NoSuchRecord => [
            "None of your own records matches this, and I can show only your own. Your partner manager can help if you expected one.",
            "Keiner Ihrer eigenen Datensätze passt dazu, und nur Ihre eigenen kann ich zeigen. Ihre Partnerbetreuung hilft, wenn Sie einen erwartet haben.",
            "Aucune de vos données ne correspond, et je ne peux montrer que les vôtres. Votre responsable partenaires peut vous aider si vous en attendiez une.",
        ],
    })
}

fn near(hit: &Hit) -> Near {
    Near {
        passage_id: hit.passage.id,
        document: hit.document.path.clone(),
        title: hit.document.title.clone(),
        anchor: hit.passage.anchor.clone(),
    }
}

fn tool_use(step: &ToolStep) -> ToolUse {
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
