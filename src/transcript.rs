//! A conversation as people read it: questions and answers, and at their places in time what was written to and by a
//! person in its hand-overs.

use crate::{
    request::for_partner,
    store::{Entry, Exchange, Kind, Owner, Store},
};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The longest conversation that is shown whole; of a longer one, its end is.
const MOST: u32 = 500;

/// What stands in a transcript.
#[allow(clippy::large_enum_variant, reason = "most are answers")]
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Message {
    /// The partner's words.
    User {
        /// Them.
        text: String,
        /// `assistant` or `manager`.
        to: &'static str,
        /// ISO 8601, UTC.
        at: String,
    },
    /// An answer, as it was kept.
    Assistant {
        /// Its id, for votes.
        id: Uuid,
        /// Markdown.
        text: Value,
        /// What its numbers refer to.
        citations: Value,
        /// The honest no, with the nearest passages.
        declined: Value,
        /// What was looked up: tools, their arguments, how many records, as of when.
        tried: Vec<Value>,
        /// What it asked the partner's consent to, as it stands now.
        confirmations: Vec<Value>,
        /// The partner's word on it: 1 or -1.
        vote: Option<i64>,
        /// ISO 8601, UTC.
        at: String,
    },
    /// A manager's words.
    Manager {
        /// The name that they are shown under.
        name: String,
        /// Them.
        text: String,
        /// ISO 8601, UTC.
        at: String,
    },
    /// What became of the hand-over.
    Event {
        /// `opened` or `closed`.
        event: Kind,
        /// ISO 8601, UTC.
        at: String,
    },
}

/// The messages of a conversation, oldest first; none when it is new or somebody else's.
///
/// # Errors
/// When the database fails.
pub async fn of(store: &Store, conversation: &str, owner: Owner<'_>) -> Result<Vec<Message>, sqlx::Error> {
    let exchanges = store.exchanges(conversation, owner, MOST).await?;
    if exchanges.is_empty() {
        return Ok(vec![]);
    }
    let requests = store.requests_of(conversation).await?;
    let mut messages = merged(exchanges, store.handoff_entries(conversation).await?);
    for message in &mut messages {
        if let Message::Assistant {
            id, confirmations, ..
        } = message
        {
            let own = requests.iter().filter(|request| request.exchange == *id);
            confirmations.extend(own.map(for_partner));
        }
    }
    Ok(messages)
}

/// Each entry behind the exchanges that came before it.
fn merged(exchanges: Vec<Exchange>, entries: Vec<Entry>) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut entries = entries.into_iter().peekable();
    for exchange in exchanges {
        while let Some(entry) = entries.next_if(|entry| entry.exchanges <= exchange.position) {
            messages.extend(written(entry));
        }
        messages.extend(said(exchange));
    }
    messages.extend(entries.filter_map(written));
    messages
}

fn said(exchange: Exchange) -> [Message; 2] {
    // Read field by field: receipts of earlier versions stay readable.
    let receipt: Value = serde_json::from_str(&exchange.receipt).unwrap_or_default();
    let question = Message::User {
        text: exchange.question,
        to: "assistant",
        at: exchange.asked_at.clone(),
    };
    let answer = Message::Assistant {
        id: exchange.id,
        text: receipt["answer"].clone(),
        citations: receipt["citations"].clone(),
        declined: receipt["declined"].clone(),
        tried: receipt["tools"]
            .as_array()
            .into_iter()
            .flatten()
            .map(tried)
            .collect(),
        confirmations: Vec::new(),
        vote: exchange.vote,
        at: exchange.asked_at,
    };
    [question, answer]
}

fn tried(tool: &Value) -> Value {
    json!({
        "name": tool["name"], "arguments": tool["arguments"], "as_of": tool["as_of"],
        "records": tool["records"].as_array().map_or(0, Vec::len),
    })
}

/// An entry as both sides read it; what became of mails is for staff.
fn written(entry: Entry) -> Option<Message> {
    let (text, at) = (entry.text, entry.written_at);
    match entry.kind {
        Kind::Partner => Some(Message::User {
            text,
            to: "manager",
            at,
        }),
        Kind::Manager => {
            let name = entry.signed.unwrap_or(entry.author);
            Some(Message::Manager { name, text, at })
        }
        Kind::Opened | Kind::Closed => Some(Message::Event {
            event: entry.kind,
            at,
        }),
        Kind::Mailed | Kind::NotMailed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Channel;

    fn exchange(position: i64) -> Exchange {
        Exchange {
            id: Uuid::nil(),
            position,
            question: format!("q{position}"),
            receipt: json!({ "answer": format!("a{position}") }).to_string(),
            declined: None,
            vote: None,
            asked_at: String::new(),
        }
    }

    fn entry(exchanges: i64, kind: Kind, text: &str) -> Entry {
        Entry {
            kind,
            exchanges,
            author: "ops".to_owned(),
            signed: None,
            channel: Channel::Console,
            text: text.to_owned(),
            written_at: String::new(),
        }
    }

    #[track_caller]
    fn check(exchanges: &[i64], entries: &[Entry], expected: &[&str]) {
        let exchanges = exchanges.iter().copied().map(exchange).collect();
        let shown = merged(exchanges, entries.to_vec())
            .into_iter()
            .map(|message| match message {
                Message::User { text, to, .. } => format!("{text} to {to}"),
                Message::Assistant { text, .. } => text.as_str().unwrap_or_default().to_owned(),
                Message::Manager { name, text, .. } => format!("{name}: {text}"),
                Message::Event { event, .. } => format!("{event:?}"),
            });
        assert_eq!(shown.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_was_written_stands_where_it_was_written() {
        let entries = [
            entry(1, Kind::Opened, ""),
            entry(1, Kind::Partner, "please"),
            entry(1, Kind::NotMailed, "550 no such user"),
            entry(2, Kind::Manager, "done"),
            entry(2, Kind::Closed, ""),
        ];
        check(
            &[0, 1],
            &entries,
            &[
                "q0 to assistant",
                "a0",
                "Opened",
                "please to manager",
                "q1 to assistant",
                "a1",
                "ops: done",
                "Closed",
            ],
        );
        // Of a long conversation the end is shown, with all that was written to a person before it.
        check(
            &[1],
            &entries[..2],
            &["Opened", "please to manager", "q1 to assistant", "a1"],
        );
    }
}
