//! From a brief to cited content: each section of a template looks for its passages, and every claim passes the
//! same verification as a chat answer.
//!
//! Without a language model the claims are quotes; the form of a template is a YAML file, so a vendor can see
//! exactly what is asked of its knowledge.

pub mod export;

use crate::{
    assistant::{
        Assistant,
        citation::{self, Citation},
        draft::{Cite, Draft, Gap, Part},
        evidence::{Evidence, ToolCall, ToolReturn, ToolStep},
        model::{Ask, ModelError, Vocabulary},
        tools::Tool,
        verify,
    },
    caller::Caller,
};
use liaison_knowledge::{KnowledgeError, View};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The templates there are.
const TEMPLATES: [&str; 2] = [
    include_str!("templates/one-pager.yaml"),
    include_str!("templates/battle-card.yaml"),
];
/// Passages looked at for each section.
const PASSAGES: usize = 6;

/// The form of a piece of content.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name on the command line.
    pub name: String,
    /// Its title, with `{topic}` and `{partner}`.
    title: String,
    sections: Vec<Slot>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    heading: String,
    look_for: String,
    claims: usize,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Brief<'a> {
    /// For whom; decides what the knowledge shows.
    pub caller: &'a Caller,
    /// What it is about.
    pub topic: &'a str,
}

/// A drafted piece.
#[derive(Debug, Clone, Serialize)]
pub struct OnePager {
    /// Its title.
    pub title: String,
    /// Sections that have at least one claim.
    pub sections: Vec<Section>,
    /// What the numbers in the claims refer to.
    pub citations: Vec<Citation>,
    /// Headings for which the knowledge holds nothing this partner may see.
    pub empty: Vec<String>,
}

/// A section of a piece.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its claims.
    pub claims: Vec<Claim>,
}

/// A verified claim.
#[derive(Debug, Clone, Serialize)]
pub struct Claim {
    /// Its words.
    pub text: String,
    /// Numbers of its citations.
    pub citations: Vec<usize>,
}

/// Why nothing was drafted.
#[derive(Debug, thiserror::Error)]
pub enum EnablementError {
    /// The template does not exist.
    #[error("there is no template {wanted:?}: choose one of {}", .known.join(", "))]
    NoTemplate {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A template cannot be read.
    #[error("a template cannot be read: {0}")]
    BadTemplate(String),
    /// The knowledge.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// The model.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// All templates.
///
/// # Errors
/// When one cannot be read.
pub fn templates() -> Result<Vec<Template>, EnablementError> {
    let read = |text: &&str| -> Result<Template, EnablementError> {
        serde_saphyr::from_str(text).map_err(|error| EnablementError::BadTemplate(error.to_string()))
    };
    TEMPLATES.iter().map(read).collect()
}

/// The template of that name.
///
/// # Errors
/// When there is none.
pub fn template(name: &str) -> Result<Template, EnablementError> {
    let all = templates()?;
    let known = all.iter().map(|template| template.name.clone()).collect();
    let found = all.into_iter().find(|template| template.name == name);
    found.ok_or_else(|| EnablementError::NoTemplate {
        wanted: name.to_owned(),
        known,
    })
}

/// Drafts a piece. Sections without support are left out and named, never filled.
///
/// # Errors
/// When the knowledge or the model fails.
pub async fn draft(
    assistant: &Assistant,
    template: &Template,
    brief: &Brief<'_>,
) -> Result<OnePager, EnablementError> {
    let mut evidence = Evidence::default();
    let mut drafts: Vec<(&Slot, Draft)> = Vec::new();
    for slot in &template.sections {
        drafts.push((slot, claims(assistant, slot, brief, &mut evidence).await?));
    }
    let mut released = Vec::new();
    let mut spans = Vec::new();
    for (slot, draft) in &drafts {
        let verdict = verify::verify(draft, &evidence, &assistant.policy);
        // A claim stands once in a piece, in the first section that it fits.
        let new: Vec<_> = verdict
            .released
            .into_iter()
            .filter(|part| !released.contains(part))
            .collect();
        spans.push((slot.heading.clone(), new.len()));
        released.extend(new);
    }
    let mut numbering = citation::Numbering::default();
    for part in &released {
        numbering.show(part, &evidence);
    }
    let citations = numbering.citations();
    let number = |quoted: &verify::Quoted| {
        citations
            .iter()
            .find(|c| c.passage_id == quoted.passage && c.quote == quoted.quote)
            .map(|c| c.n)
    };
    let mut claims = released.iter().map(|part| Claim {
        text: part.text.clone(),
        citations: part.citations.iter().filter_map(number).collect(),
    });
    let mut piece = OnePager {
        title: fill(&template.title, brief),
        sections: vec![],
        citations: vec![],
        empty: vec![],
    };
    for (heading, count) in spans {
        match claims.by_ref().take(count).collect::<Vec<_>>() {
            none if none.is_empty() => piece.empty.push(heading),
            claims => piece.sections.push(Section { heading, claims }),
        }
    }
    drop(claims);
    piece.citations = citations;
    Ok(piece)
}

/// The claims of one section: the quotes that answer what it looks for. Its passages join the evidence.
async fn claims(
    assistant: &Assistant,
    slot: &Slot,
    brief: &Brief<'_>,
    evidence: &mut Evidence,
) -> Result<Draft, EnablementError> {
    let question = fill(&slot.look_for, brief);
    let (audience, on) = (brief.caller.audience(), assistant.today());
    let found = assistant
        .knowledge
        .search(
            &question,
            View {
                audience: &audience,
                on,
            },
            PASSAGES,
        )
        .await?;
    let call = ToolCall {
        tool: Tool::SearchKnowledge,
        arguments: json!({ "query": question }),
    };
    let step = ToolStep {
        call,
        returned: ToolReturn::Passages(found.hits),
    };
    let own = Evidence {
        steps: vec![step.clone()],
    };
    evidence.steps.push(step);
    let ask = Ask {
        question: &question,
        history: &[],
        evidence: &own,
        tools: false,
        note: None,
        released: &[],
        today: on,
        vocabulary: &Vocabulary::default(),
    };
    let quotes = assistant.extractive.quotes(&ask).await?;
    let (local, all) = (own.passages(), evidence.passages());
    let global = |passage: usize| {
        let id = local.get(passage).map(|hit| hit.passage.id);
        all.iter()
            .position(|hit| Some(hit.passage.id) == id)
            .unwrap_or(usize::MAX)
    };
    let parts = quotes
        .into_iter()
        .take(slot.claims)
        .map(|(passage, quote, text)| Part::Sentence {
            text,
            cites: vec![Cite::Quote {
                passage: global(passage),
                quote,
            }],
            gap: Gap::Paragraph,
        });
    Ok(Draft {
        parts: parts.collect(),
    })
}

fn fill(text: &str, brief: &Brief<'_>) -> String {
    let partner = &brief.caller.partner;
    text.replace("{topic}", brief.topic)
        .replace("{partner}", &partner.name)
        .replace("{tier}", &partner.tier)
}
