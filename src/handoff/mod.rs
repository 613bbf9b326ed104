//! Hand-overs: a conversation given to a person, who answers in it from the console or by mail.
//!
//! [`offer`] says when a person is offered and [`person`] knows who asks for one; only the partner hands over, with
//! [`Handoffs::ask`]. What happens is an entry that stays. `delivery.rs` tells the manager by mail, and says honestly
//! what became of it; `reply.rs` reads what comes back. Refuses to know: HTTP, SQL, models.

mod delivery;
mod letter;
pub mod offer;
pub mod person;
mod reply;

pub use reply::{BadMail, Incoming};

use crate::{
    app::App,
    caller::Caller,
    post::Post,
    store::{Channel, Delivered, Delivery, Entry, Handoff, HandoffState, Kind, NewEntry, NewHandoff, Owner},
    transcript::{self, Message},
};
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Notify;
use uuid::Uuid;

/// Longest message, in characters.
pub const LONGEST: usize = 4_000;
/// Messages that a partner may write before somebody answers.
const UNANSWERED: usize = 20;

/// The hand-overs of a running service.
pub struct Handoffs {
    app: Arc<App>,
    /// `None` without a mail server.
    post: Option<Post>,
    /// Told when there is a mail to send.
    wake: Notify,
}

/// Why a hand-over did not go on.
#[derive(Debug, thiserror::Error)]
pub enum HandoffError {
    /// The conversation has no exchange, or is somebody else's.
    #[error("there is no such conversation")]
    NoConversation,
    /// There is none of that id.
    #[error("there is no such hand-over")]
    NotFound,
    /// It is closed.
    #[error("this hand-over is closed")]
    Closed,
    /// The partner has written much, and nobody has answered yet.
    #[error("{UNANSWERED} messages wait for an answer already")]
    Waiting,
    /// A mail that is none, or says nothing.
    #[error(transparent)]
    BadMail(#[from] BadMail),
    /// It could not be kept.
    #[error("the hand-over cannot be read or kept: {0}")]
    Store(#[from] sqlx::Error),
}

/// A hand-over with all that a manager needs to answer.
pub struct Told {
    /// It.
    pub handoff: Handoff,
    /// The conversation, oldest first.
    pub transcript: Vec<Message>,
    /// Who wrote or did what, and when.
    pub entries: Vec<Entry>,
}

impl Told {
    /// What was looked up for the last answer.
    #[must_use]
    pub fn tried(&self) -> &[Value] {
        let last = self.transcript.iter().rev().find_map(|message| match message {
            Message::Assistant { tried, .. } => Some(tried.as_slice()),
            _ => None,
        });
        last.unwrap_or_default()
    }

    /// The passages nearest to the last question that was declined.
    #[must_use]
    pub fn nearest(&self) -> &[Value] {
        let last = self.transcript.iter().rev().find_map(|message| match message {
            Message::Assistant { declined, .. } => declined["nearest"].as_array(),
            _ => None,
        });
        last.map(Vec::as_slice).unwrap_or_default()
    }
}

impl Handoffs {
    /// Wires the mail, and goes on with mails that were not sent when the service stopped.
    ///
    /// # Errors
    /// When the mail settings cannot be used.
    pub fn start(app: Arc<App>) -> anyhow::Result<Arc<Self>> {
        let post = Post::new(&app.settings.mail)?;
        let handoffs = Arc::new(Self {
            app,
            post,
            wake: Notify::new(),
        });
        tokio::spawn(Arc::clone(&handoffs).deliver());
        Ok(handoffs)
    }

    /// Hands a conversation of the caller's own to a person, or goes on with its unfinished hand-over. Whether it
    /// was begun now is the second of the pair.
    ///
    /// # Errors
    /// When the conversation is not the caller's, too much waits for an answer, or the database fails.
    pub async fn ask(
        &self,
        caller: &Caller,
        conversation: &str,
        message: Option<&str>,
    ) -> Result<(Handoff, bool), HandoffError> {
        let (store, owner) = (&self.app.store, self.app.owner(caller));
        if store.exchanges(conversation, owner, 1).await?.is_empty() {
            return Err(HandoffError::NoConversation);
        }
        let (manager_name, manager_email) = caller.partner.manager().unwrap_or_default();
        let new = NewHandoff {
            conversation,
            owner,
            partner_name: &caller.partner.name,
            manager_name,
            manager_email,
            reply_token: &Uuid::new_v4().simple().to_string(),
        };
        let (handoff, begun) = store.hand_over(new).await?;
        let waiting = self.waiting(&handoff).await?;
        // The same words again, before anybody answered, are a click too many or a repeated request.
        let message = message.filter(|text| waiting.last().is_none_or(|last| last != text));
        if waiting.len() >= UNANSWERED && message.is_some() {
            return Err(HandoffError::Waiting);
        }
        if let Some(text) = message {
            let entry = entry(Kind::Partner, &caller.subject, Channel::Widget, text);
            store.write(handoff.id, entry, Some(HandoffState::Open)).await?;
        }
        if begun || message.is_some() {
            tracing::info!(handoff.id = %handoff.id, partner.id = %handoff.partner_id, begun, "a person is asked for");
            self.tell(&handoff).await?;
        }
        Ok((self.found(handoff.id).await?, begun))
    }

    /// The partner's messages since a manager's last word.
    async fn waiting(&self, handoff: &Handoff) -> Result<Vec<String>, sqlx::Error> {
        let entries = self.app.store.handoff_entries(&handoff.conversation).await?;
        let since = entries
            .iter()
            .rposition(|entry| matches!(entry.kind, Kind::Manager | Kind::Opened));
        let waiting = entries.into_iter().skip(since.unwrap_or(0));
        Ok(waiting
            .filter(|entry| entry.kind == Kind::Partner)
            .map(|entry| entry.text)
            .collect())
    }

    /// A manager's answer from the console; `author` is who signed in, `signed` the name that the partner sees.
    ///
    /// # Errors
    /// When there is no such hand-over, it is closed, or the database fails.
    pub async fn reply(
        &self,
        id: Uuid,
        author: &str,
        signed: Option<&str>,
        text: &str,
    ) -> Result<Handoff, HandoffError> {
        let handoff = self.unfinished(id).await?;
        let signed = signed.unwrap_or(&handoff.manager_name);
        let reply = NewEntry {
            signed: Some(signed).filter(|name| !name.is_empty()),
            ..entry(Kind::Manager, author, Channel::Console, text)
        };
        self.app
            .store
            .write(id, reply, Some(HandoffState::Answered))
            .await?;
        tracing::info!(handoff.id = %id, "answered in the console");
        self.found(id).await
    }

    /// Closes a hand-over.
    ///
    /// # Errors
    /// When there is no such hand-over, it is closed, or the database fails.
    pub async fn close(&self, id: Uuid, author: &str) -> Result<Handoff, HandoffError> {
        self.unfinished(id).await?;
        let closed = entry(Kind::Closed, author, Channel::Console, "");
        self.app
            .store
            .write(id, closed, Some(HandoffState::Closed))
            .await?;
        tracing::info!(handoff.id = %id, "closed");
        self.found(id).await
    }

    /// Takes a mail in that a gateway delivers. An answer counts even when the hand-over was closed in the meantime:
    /// the manager believes it sent.
    ///
    /// # Errors
    /// When it is no mail, names no hand-over or says nothing, or the database fails.
    pub async fn receive(&self, raw: &[u8]) -> Result<Incoming, HandoffError> {
        let mail = reply::read(raw, &self.app.settings.mail.reply_domain)?;
        let handoff = self
            .app
            .store
            .handoff_by_token(&mail.token)
            .await?
            .ok_or(HandoffError::NotFound)?;
        let taken = match &mail.what {
            Incoming::Reply { name, text } => {
                let reply = NewEntry {
                    signed: Some(name),
                    mail_id: mail.id.as_deref(),
                    ..entry(Kind::Manager, &mail.from, Channel::Mail, text)
                };
                self.app
                    .store
                    .write(handoff.id, reply, Some(HandoffState::Answered))
                    .await?
            }
            Incoming::Bounce(reason) => self.bounced(&handoff, reason, mail.id.as_deref()).await?,
            Incoming::Automatic | Incoming::Again => true,
        };
        tracing::info!(handoff.id = %handoff.id, taken, "a mail came in");
        Ok(if taken { mail.what } else { Incoming::Again })
    }

    /// The mail server took a mail and could not deliver it after all.
    async fn bounced(
        &self,
        handoff: &Handoff,
        reason: &str,
        mail: Option<&str>,
    ) -> Result<bool, sqlx::Error> {
        let note = NewEntry {
            mail_id: mail,
            ..entry(Kind::NotMailed, "service", Channel::Mail, reason)
        };
        let added = self.app.store.write(handoff.id, note, None).await?;
        if added {
            let failed = Delivered {
                delivery: Delivery::Failed,
                reason: Some(reason),
                attempts: handoff.delivery_attempts,
                due: None,
            };
            self.app
                .store
                .note_delivery(handoff.id, handoff.delivery_turn, &failed)
                .await?;
        }
        Ok(added)
    }

    /// A hand-over with its conversation, for staff.
    ///
    /// # Errors
    /// When there is no such hand-over, or the database fails.
    pub async fn told(&self, id: Uuid) -> Result<Told, HandoffError> {
        let handoff = self.found(id).await?;
        let store = &self.app.store;
        // Staff reads what was handed to it, whoever of the partner asked.
        let owner = Owner {
            partner_id: &handoff.partner_id,
            subject: &handoff.subject,
            shared: true,
        };
        Ok(Told {
            transcript: transcript::of(store, &handoff.conversation, owner).await?,
            entries: store.handoff_entries(&handoff.conversation).await?,
            handoff,
        })
    }

    async fn found(&self, id: Uuid) -> Result<Handoff, HandoffError> {
        self.app.store.handoff(id).await?.ok_or(HandoffError::NotFound)
    }

    async fn unfinished(&self, id: Uuid) -> Result<Handoff, HandoffError> {
        let handoff = self.found(id).await?;
        if handoff.state == HandoffState::Closed {
            return Err(HandoffError::Closed);
        }
        Ok(handoff)
    }
}

fn entry<'a>(kind: Kind, author: &'a str, channel: Channel, text: &'a str) -> NewEntry<'a> {
    NewEntry {
        kind,
        author,
        signed: None,
        channel,
        text,
        mail_id: None,
    }
}
