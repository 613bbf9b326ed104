//! One exchange from question to record: the same for the chat API, the command line and the evals.

use crate::{
    app::App,
    assistant::{Answer, AssistantError, Progress, model::Past, tools::Tool},
    caller::Caller,
    store::{Exchange, NewExchange},
};
use uuid::Uuid;

/// Exchanges that a question is understood with.
const REMEMBERED: u32 = 6;

/// Why an exchange did not take place.
#[derive(Debug, thiserror::Error)]
pub enum ConversationError {
    /// The conversation is another partner's.
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
/// When the conversation is another partner's, no model replies, or the exchange cannot be kept.
pub async fn ask(
    app: &App,
    caller: &Caller,
    conversation: &str,
    id: Uuid,
    question: &str,
    progress: impl FnMut(Progress<'_>) + Send,
) -> Result<Answer, ConversationError> {
    let partner = &caller.partner.id;
    if app.store.is_foreign(conversation, partner).await? {
        return Err(ConversationError::NotYours);
    }
    let history = app.store.exchanges(conversation, partner, REMEMBERED).await?;
    let history: Vec<Past> = history.into_iter().filter_map(past).collect();
    let mut answer = app.assistant.answer(caller, question, &history, progress).await?;
    conversation.clone_into(&mut answer.conversation);
    let receipt = serde_json::to_string(&answer).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let declined = answer.declined.as_ref().map(|declined| declined.reason.as_str());
    let new = NewExchange {
        id,
        conversation,
        partner_id: partner,
        subject: &caller.subject,
        question,
        receipt: &receipt,
        declined,
    };
    if !app.store.keep(new).await? {
        return Err(ConversationError::NotYours);
    }
    tracing::info!(
        partner.id = %partner,
        conversation.id = %conversation,
        model = %answer.model,
        declined = declined.unwrap_or("no"),
        citations.count = answer.citations.len(),
        duration_ms = answer.timings_ms.total,
        "answered"
    );
    Ok(answer)
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
