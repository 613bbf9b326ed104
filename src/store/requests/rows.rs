//! What the tables of requests hold.

use crate::{
    request::form::{Form, Kind},
    store::Owner,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Shown to the partner, who has not consented.
    Proposed,
    /// The partner does not want it, or something else has taken its place.
    Cancelled,
    /// The partner consented; it is on its way to the CRM.
    Confirmed,
    /// The CRM has it, and the vendor decides.
    Submitted,
    /// The CRM has it, and there is nothing to decide.
    Done,
    /// The vendor agreed.
    Approved,
    /// The vendor did not.
    Rejected,
}

/// What happened to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// It was shown to the partner.
    Proposed,
    /// The partner does not want it.
    Cancelled,
    /// The partner consented.
    Confirmed,
    /// The CRM has it.
    Written,
    /// The CRM did not take it; it is tried again.
    NotWritten,
    /// The mail server took a mail to the assignee.
    Mailed,
    /// A mail to the assignee could not be sent.
    NotMailed,
    /// The vendor agreed.
    Approved,
    /// The vendor did not.
    Rejected,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its id, also the key under which the CRM takes it once.
    pub id: Uuid,
    /// What is asked.
    pub kind: Kind,
    /// The exchange that it came up in.
    pub exchange: Uuid,
    /// The conversation of that exchange.
    pub conversation: String,
    /// Whose it is.
    pub partner_id: String,
    /// The partner's name at that time.
    pub partner_name: String,
    /// Who of the partner was asked.
    pub subject: String,
    /// Where it stands.
    pub state: RequestState,
    /// The CRM's record that it makes or is about.
    pub record_id: String,
    /// What is written.
    pub form: Form,
    /// Claims of others as JSON; none when they were not looked for yet.
    pub findings: Option<String>,
    /// Who decides; empty where nobody is named.
    pub assignee_name: String,
    /// The address of who decides.
    pub assignee_email: String,
    /// When a proposal is over.
    pub expires_at: Timestamp,
    /// When the CRM had it.
    pub submitted_at: Option<Timestamp>,
    /// Until when a decision is promised.
    pub due_at: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Why, for the partner.
    pub reason: Option<String>,
    /// Attempts to write it to the CRM that failed.
    pub attempts: i64,
    /// Mails to the assignee that were sent.
    pub mails: i64,
    /// Attempts to send the next one that failed.
    pub mail_attempts: i64,
}

/// Something that happened to a request.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// A `sub`, the name of a staff token, or `service`.
    pub author: String,
    /// More about it.
    pub text: String,
    /// When, ISO 8601, UTC.
    pub at: String,
}

/// A request to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewRequest<'a> {
    /// Its id.
    pub id: Uuid,
    /// The exchange that it came up in, and its conversation.
    pub exchange: Uuid,
    /// The conversation.
    pub conversation: &'a str,
    /// Whose it is.
    pub owner: Owner<'a>,
    /// The partner's name.
    pub partner_name: &'a str,
    /// The CRM's record that it makes or is about.
    pub record_id: &'a str,
    /// What is written.
    pub form: &'a Form,
    /// When a proposal is over.
    pub expires_at: Timestamp,
}

/// Who decides on a request, and until when.
#[derive(Debug, Clone)]
pub struct Assigned<'a> {
    /// The name; empty for nobody.
    pub name: &'a str,
    /// The address.
    pub email: &'a str,
    /// Until when; none where there is nothing to decide.
    pub due_at: Option<Timestamp>,
    /// When somebody is to be told by mail.
    pub mail_at: Option<Timestamp>,
}
