//! The mail that tells whoever decides: plain text, so that nothing in it can be markup.

use crate::{post::Post, store::Request};
use anyhow::Context;
use jiff::Timestamp;
use lettre::{
    Address, Message,
    message::{Mailbox, header::ContentType},
};
use std::fmt::Write;

/// The mail for a request as it stands.
pub(super) fn compose(post: &Post, request: &Request, now: Timestamp) -> anyhow::Result<Message> {
    let to: Address = request
        .assignee_email
        .parse()
        .with_context(|| format!("the address cannot be used: {:?}", request.assignee_email))?;
    let mailbox = Mailbox::new(
        Some(request.assignee_name.clone()).filter(|name| !name.is_empty()),
        to,
    );
    let message = Message::builder()
        .from(post.from.clone())
        .to(mailbox)
        .subject(subject(request, now))
        .message_id(None)
        .header(ContentType::TEXT_PLAIN);
    Ok(message.body(body(request, &post.console))?)
}

fn subject(request: &Request, now: Timestamp) -> String {
    let what = format!("{} asks to {}", request.partner_name, request.kind.shown());
    match request.due_at {
        Some(due) if due <= now => format!("Overdue: {what}"),
        Some(_) if request.mails > 0 => format!("Reminder: {what}"),
        Some(_) => what,
        None => format!("For your information: {what}"),
    }
}

fn body(request: &Request, console: &str) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "{} at {} ({}) asks to {}:\n",
        request.subject,
        request.partner_name,
        request.partner_id,
        request.kind.shown()
    );
    for field in &request.form.fields {
        if let Some(value) = &field.value {
            let _ = writeln!(text, "{}: {value}", field.label);
        }
    }
    if request.findings.is_some() {
        text.push_str(
            "\nWhat others claim of the same customer, and what the rules propose, stands in the console.\n",
        );
    }
    match request.due_at {
        Some(due) => {
            let _ = writeln!(
                text,
                "\nA decision is promised until {}.",
                due.strftime("%-d %B %Y, %H:%M UTC")
            );
        }
        None => text.push_str("\nThis is written already; there is nothing to decide.\n"),
    }
    if !console.is_empty() {
        let _ = writeln!(
            text,
            "\nDecide: {}/#/requests/{}",
            console.trim_end_matches('/'),
            request.id
        );
    }
    text.push_str("Replies to this mail are not read.\n");
    text
}
