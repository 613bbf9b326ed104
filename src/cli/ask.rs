//! `liaison ask`: a question as a partner.

use super::{Context, Ended, Usage, output, search};
use crate::{
    assistant::{self, Answer, citation},
    conversation,
};
use serde_json::Value;
use uuid::Uuid;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The question
    question: String,
    /// Who asks: the partner's id in the CRM
    #[arg(long, value_name = "ID")]
    partner: String,
    /// Continue this conversation
    #[arg(long, value_name = "ID")]
    conversation: Option<String>,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    if args.question.trim().is_empty() {
        return Err(Usage("the question is empty".to_owned()).into());
    }
    let json = context.json;
    let app = context.app().await?;
    let caller = assistant::caller(app.crm.as_ref(), &args.partner, "cli").await?;
    let caller = caller.ok_or_else(|| search::unknown_partner(&args.partner))?;
    let id = args.conversation.unwrap_or_else(|| Uuid::new_v4().to_string());
    let answer = conversation::ask(&app, &caller, &id, Uuid::new_v4(), &args.question, |_| {}).await?;
    if json {
        output::json(&answer)?;
    } else {
        output::text(&readable(&answer))?;
    }
    Ok(if answer.declined.is_some() {
        Ended::No
    } else {
        Ended::Done
    })
}

/// What would be written, with the words it was read from.
fn card(confirmation: &Value) -> String {
    let told = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    let mut card = String::new();
    for notice in confirmation["notices"].as_array().into_iter().flatten() {
        card.push_str(&format!("\n! {}", told(&notice["text"])));
    }
    for field in confirmation["fields"].as_array().into_iter().flatten() {
        let words = field["words"]
            .as_str()
            .map(|words| format!("   “{words}”"))
            .unwrap_or_default();
        card.push_str(&format!(
            "\n  {}: {}{words}",
            told(&field["label"]),
            told(&field["value"])
        ));
    }
    let id = told(&confirmation["id"]);
    format!(
        "\n{card}\n\nNothing is written yet: the partner confirms it in the portal (POST /api/approvals/{id})."
    )
}

pub(super) fn readable(answer: &Answer) -> String {
    let mut text = citation::without_targets(&answer.answer);
    if !answer.citations.is_empty() {
        text.push_str("\n\nSources");
    }
    for citation in &answer.citations {
        let place = search::place(&citation.document, &citation.anchor);
        text.push_str(&format!("\n[{}] {} ({place})", citation.n, citation.title));
    }
    for near in answer.declined.iter().flat_map(|declined| &declined.nearest) {
        text.push_str(&format!(
            "\n- {} ({})",
            near.title,
            search::place(&near.document, &near.anchor)
        ));
    }
    for confirmation in &answer.confirmations {
        text.push_str(&card(confirmation));
    }
    text.push_str(&format!(
        "\n\nconversation {} · {:.0} ms",
        answer.conversation, answer.timings_ms.total
    ));
    text
}
