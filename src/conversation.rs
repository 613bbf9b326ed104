//! One exchange from question to record: the same for the chat API, the command line and the evals.

use crate::{
    app::App,
    assistant::{Answer, AssistantError, Progress, model::Past, tools::Tool},
    caller::Caller,
    handoff::{offer, person},
    store::{Exchange, Handoff, HandoffState, NewExchange},
};
use uuid::Uuid;

/// Exchanges that a question is understood with.
const REMEMBERED: u32 = 6;

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
    let last = before.last().cloned();
    let unfinished = unfinished(app, conversation, last.is_some()).await?;
    let asked_for = person::asked_for(question);
    let mut answer = match asked_for {
        Some(language) => {
            let reply = offer::reply(language, &caller.partner, unfinished.as_ref());
            progress(Progress::Released(&reply.answer, &[]));
            reply
        }
        None => {
            let history: Vec<Past> = before.into_iter().filter_map(past).collect();
            app.assistant.answer(caller, question, &history, progress).await?
        }
    };
    let because = offer::because(asked_for.is_some(), answer.declined.is_some(), last.as_ref());
    answer.handoff = match unfinished {
        Some(handoff) => Some(offer::shown(&handoff)),
        None => because.map(|because| offer::offered(because, &caller.partner)),
    };
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
    if !app.store.keep(new).await? {
        return Err(ConversationError::NotYours);
    }
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

/// An exchange as the models need it; one that cannot be read any more is forgotten rather than fatal.
fn past(exchange: Exchange) -> Option<Past> {
    let answer: Answer = serde_json::from_str(&exchange.receipt).ok()?;
    let tools = answer
        .tools
        .into_iter()
        .filter_map(|used| Some((Tool::from_name(&used.name)?, used.arguments)));
    Some(Past {
        question: exchange.question,
        tools: tools.collect(),
        answer: answer.answer,
    })
}
