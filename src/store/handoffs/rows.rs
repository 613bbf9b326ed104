//! What the tables of hand-overs hold.

use crate::store::Owner;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A hand-over of one conversation.
#[derive(Debug, Clone)]
pub struct Handoff {
    /// Its id.
    pub id: Uuid,
    /// The conversation that was handed over.
    pub conversation: String,
    /// Whose it is.
    pub partner_id: String,
    /// The partner's name at that time.
    pub partner_name: String,
    /// Who of the partner asked for a person.
    pub subject: String,
    /// The partner's manager; empty where the CRM names nobody.
    pub manager_name: String,
    /// The manager's address.
    pub manager_email: String,
    /// Whose turn it is.
    pub state: HandoffState,
    /// Who knows it may answer by mail.
    pub reply_token: String,
    /// When a person was asked for, ISO 8601, UTC.
    pub opened_at: String,
    /// When something was last written, ISO 8601, UTC.
    pub updated_at: String,
    /// What became of the newest mail to the manager.
    pub delivery: Delivery,
    /// Why it failed, or why the last attempt did.
    pub delivery_reason: Option<String>,
    /// Attempts so far.
    pub delivery_attempts: i64,
    /// Goes up with every mail to be sent.
    pub delivery_turn: i64,
}

/// Whose turn it is in a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffState {
    /// The manager's.
    Open,
    /// The partner's: the last word is the manager's.
    Answered,
    /// Nobody's.
    Closed,
}

/// What became of a mail to the manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// There is no mail: the hand-over waits in the console.
    NotConfigured,
    /// It is on its way, perhaps after attempts that failed.
    Queued,
    /// The mail server has taken it.
    Sent,
    /// It will not be tried again.
    Failed,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A person was asked for.
    Opened,
    /// The partner's words.
    Partner,
    /// The manager's words.
    Manager,
    /// The mail server took a mail to the manager.
    Mailed,
    /// A mail to the manager could not be delivered.
    NotMailed,
    /// It was closed.
    Closed,
}

/// Where something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The partner's portal.
    Widget,
    /// The staff's console.
    Console,
    /// A mail.
    Mail,
    /// The service itself.
    Service,
}

/// Something that was written or done.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// How many exchanges of the conversation came before.
    #[serde(skip)]
    pub exchanges: i64,
    /// Who: a token's `sub`, the name of a staff token, a mail's sender, or `service`.
    pub author: String,
    /// The name that a manager's words are shown under.
    pub signed: Option<String>,
    /// Where.
    pub channel: Channel,
    /// The words; for [`Kind::NotMailed`] the reason.
    pub text: String,
    /// When, ISO 8601, UTC.
    pub written_at: String,
}

/// An entry to add.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// What it is.
    pub kind: Kind,
    /// Who.
    pub author: &'a str,
    /// The name that a manager's words are shown under.
    pub signed: Option<&'a str>,
    /// Where.
    pub channel: Channel,
    /// The words.
    pub text: &'a str,
    /// The `Message-ID` of what came by mail.
    pub mail_id: Option<&'a str>,
}

/// A hand-over to begin.
#[derive(Debug, Clone, Copy)]
pub struct NewHandoff<'a> {
    /// The conversation.
    pub conversation: &'a str,
    /// Who asks.
    pub owner: Owner<'a>,
    /// The partner's name.
    pub partner_name: &'a str,
    /// The partner's manager.
    pub manager_name: &'a str,
    /// The manager's address.
    pub manager_email: &'a str,
    /// The secret of its address for replies.
    pub reply_token: &'a str,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy)]
pub struct Delivered<'a> {
    /// Where it stands now.
    pub delivery: Delivery,
    /// Why the last attempt failed.
    pub reason: Option<&'a str>,
    /// Attempts so far.
    pub attempts: i64,
    /// When the next attempt may be made, ISO 8601, UTC.
    pub due: Option<&'a str>,
}
