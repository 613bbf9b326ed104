//! One exchange from question to record: the same for the chat API, the command line and the evals.

use crate::{
    app::App,
    assistant::{Answer, AssistantError, Progress, citation, model::Past, tools::Tool},
    caller::Caller,
    handoff::{offer, person},
    request,
    store::{Exchange, Handoff, HandoffState, NewExchange},
};
use uuid::Uuid;

/// Exchanges that a question is understood with.
pub(crate) const REMEMBERED: u32 = 40;
/// Of these, the last ones are told as they were; of the others, what was asked and how the answer began.
const WHOLE: usize = 6;
/// What is told of an older question and of its answer, in characters.
const GIST: usize = 200;

/// Why an exchange did not take place.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    /// The conversation is somebody else's.
    #[error("there is no such conversation")]
    NotYours,
    /// No model could reply.
    #[error(transparent)]
    Assistant(#[from] AssistantError),
    /// It could not be kept.
    #[error("the conversation cannot be read or kept: {0}")]
    Store(#[from] sqlx::Error),
}

/// Asks within a conversation and keeps the exchange under `id`.
///
/// # Errors
/// When the conversation is somebody else's, no model replies, or the exchange cannot be kept.
pub async fn ask(
    app: &App,
    caller: &Caller,
    conversation: &str,
    id: Uuid,
    question: &str,
    mut progress: impl FnMut(Progress<'_>) + Send,
) -> Result<Answer, ConversationError> {
    let owner = app.owner(caller);
    if app.store.is_foreign(conversation, owner).await? {
        return Err(ConversationError::NotYours);
    }
    let before = app.store.exchanges(conversation, owner, REMEMBERED).await?;
    let unfinished = unfinished(app, conversation, !before.is_empty()).await?;
    let asked_for = person::asked_for(question);
    let mut answer = match asked_for {
        Some(language) => {
            let reply = offer::reply(language, &caller.partner, unfinished.as_ref());
            progress(Progress::Released(&reply.answer, &[]));
            reply
        }
        None => {
            let history = history(&before);
            app.assistant.answer(caller, question, &history, progress).await?
        }
    };
    let because = offer::because(asked_for.is_some(), answer.declined.is_some(), before.last());
    answer.handoff = match unfinished {
        Some(handoff) => Some(offer::shown(&handoff)),
        None => because.map(|because| offer::offered(because, &caller.partner)),
    };
    let proposed = request::prepare(app, &caller.partner, std::mem::take(&mut answer.proposals)).await?;
    answer.confirmations = proposed.iter().map(request::Proposed::shown).collect();
    answer.confirmation = answer.confirmations.first().cloned();
    answer.id = Some(id);
    conversation.clone_into(&mut answer.conversation);
    let receipt = serde_json::to_string(&answer).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let declined = answer.declined.as_ref().map(|declined| declined.reason.as_str());
    let new = NewExchange {
        id,
        conversation,
        owner,
        question,
        receipt: &receipt,
        declined,
    };
    // In a box: a stream would hold the room for it from the start.
    if !Box::pin(app.store.keep(new)).await? {
        return Err(ConversationError::NotYours);
    }
    request::propose(app, caller, (conversation, id), &proposed).await?;
    tracing::info!(
        partner.id = %caller.partner.id,
        conversation.id = %conversation,
        model = %answer.model,
        declined = declined.unwrap_or("no"),
        citations.count = answer.citations.len(),
        duration_ms = answer.timings_ms.total,
        "answered"
    );
    Ok(answer)
}

/// The conversation's hand-over that is not closed; a new conversation has none.
async fn unfinished(app: &App, conversation: &str, is_known: bool) -> Result<Option<Handoff>, sqlx::Error> {
    if !is_known {
        return Ok(None);
    }
    let handoff = app.store.handoff_of(conversation).await?;
    Ok(handoff.filter(|handoff| handoff.state != HandoffState::Closed))
}

/// Exchanges, oldest first, as the models need them.
pub(crate) fn history(exchanges: &[Exchange]) -> Vec<Past> {
    let older = exchanges.len().saturating_sub(WHOLE);
    let told = exchanges.iter().enumerate().map(|(nth, exchange)| {
        let past = past(exchange)?;
        Some(if nth < older { gist(past) } else { past })
    });
    told.flatten().collect()
}

/// An exchange as the models need it; one that cannot be read any more is forgotten rather than fatal.
fn past(exchange: &Exchange) -> Option<Past> {
    let answer: Answer = serde_json::from_str(&exchange.receipt).ok()?;
    let tools = answer
        .tools
        .into_iter()
        .filter_map(|used| Some((Tool::from_name(&used.name)?, used.arguments)));
    Some(Past {
        question: exchange.question.clone(),
        tools: tools.collect(),
        answer: citation::without_targets(&answer.answer),
    })
}

/// What an older exchange was about. Its tools are left out: nothing refers back that far.
fn gist(past: Past) -> Past {
    let beginning = |text: &str| match text.char_indices().nth(GIST) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    };
    let first = past.answer.split("\n\n").next().unwrap_or_default();
    Past {
        question: beginning(&past.question),
        answer: beginning(first),
        tools: Vec::new(),
    }
}
