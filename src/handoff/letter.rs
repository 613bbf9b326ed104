//! The mail that tells a manager of a hand-over: plain text, so that nothing in it can be markup.

use super::{
    Told,
    reply::{LINE, address},
};
use crate::{assistant::citation::without_targets, post::Post, transcript::Message as Said};
use anyhow::Context;
use lettre::{
    Address, Message,
    address::Envelope,
    message::{Mailbox, header::ContentType},
};
use serde_json::Value;
use std::fmt::Write;

/// Messages of the conversation that a mail repeats; the console has all.
const REPEATED: usize = 6;
/// Longest message that a mail repeats, in characters.
const LONGEST: usize = 1_500;

/// The mail for a hand-over as it stands.
pub(super) fn compose(post: &Post, told: &Told) -> anyhow::Result<Message> {
    let handoff = &told.handoff;
    let to: Address = handoff.manager_email.parse().with_context(|| {
        format!(
            "the CRM's address of the manager cannot be used: {:?}",
            handoff.manager_email
        )
    })?;
    let mut sender = post.from.clone();
    if !post.reply_domain.is_empty() {
        sender.email = address(&handoff.reply_token, &post.reply_domain).parse()?;
    }
    // What cannot be delivered comes back to the address of the replies, and is noted.
    let envelope = Envelope::new(Some(sender.email.clone()), vec![to.clone()])?;
    let message = Message::builder()
        .from(post.from.clone())
        .reply_to(sender)
        .to(Mailbox::new(Some(handoff.manager_name.clone()), to))
        .subject(format!("{} asks for you", handoff.partner_name))
        .message_id(None)
        .envelope(envelope)
        .header(ContentType::TEXT_PLAIN);
    Ok(message.body(body(told, &post.console, !post.reply_domain.is_empty()))?)
}

fn body(told: &Told, console: &str, by_mail: bool) -> String {
    let handoff = &told.handoff;
    let mut text = String::new();
    // Writing to a string cannot fail.
    if by_mail {
        let _ = writeln!(text, "{LINE}\n");
    }
    let _ = writeln!(
        text,
        "{} at {} ({}) asks for a person.\n\nThe conversation so far:",
        handoff.subject, handoff.partner_name, handoff.partner_id
    );
    let from = told.transcript.len().saturating_sub(REPEATED);
    for said in &told.transcript[from..] {
        if let Some((who, words)) = line(said) {
            let _ = writeln!(text, "\n{who}:\n{}", shortened(words));
        }
    }
    let tried = named(told.tried(), "name");
    let nearest = named(told.nearest(), "title");
    if !tried.is_empty() {
        let _ = writeln!(text, "\nLooked up for the last answer: {}", tried.join(", "));
    }
    if !nearest.is_empty() {
        let _ = writeln!(text, "\nNearest to the declined question: {}", nearest.join("; "));
    }
    text.push('\n');
    if !console.is_empty() {
        let _ = writeln!(
            text,
            "All of it: {}/#/handoffs/{}",
            console.trim_end_matches('/'),
            handoff.id
        );
    }
    text.push_str(if by_mail {
        "Answer this mail, or answer in the console: the partner reads it in the same conversation.\n"
    } else {
        "Answer in the console: the partner reads it in the same conversation. Replies to this mail are not read.\n"
    });
    text
}

fn line(said: &Said) -> Option<(&str, &str)> {
    match said {
        Said::User { text, .. } => Some(("Partner", text)),
        Said::Assistant { text, .. } => Some(("Assistant", text.as_str()?)),
        Said::Manager { name, text, .. } => Some((name, text)),
        Said::Event { .. } => None,
    }
}

fn named<'v>(values: &'v [Value], field: &str) -> Vec<&'v str> {
    values.iter().filter_map(|value| value[field].as_str()).collect()
}

fn shortened(text: &str) -> String {
    let plain = without_targets(text);
    match plain.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} […]", &plain[..end]),
        None => plain,
    }
}
