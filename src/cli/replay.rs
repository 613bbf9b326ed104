//! `liaison replay`: how an answer came about, and what its question is answered with now.

use super::{Context, Ended, Usage, ask, output};
use crate::{
    app::App,
    assistant::{self, Answer},
    conversation,
    store::Replayed,
};
use anyhow::Context as _;
use liaison_knowledge::{Audience, View};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The answer's id: `id` of `liaison ask --json`, `messageId` of the chat API
    id: Uuid,
    /// Do not ask again
    #[arg(long)]
    show: bool,
}

/// A passage that an answer was made from.
#[derive(Debug, Serialize)]
struct Then {
    document: String,
    passage_id: Uuid,
    /// Whether the knowledge still has it, word for word and in force.
    is_there: bool,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let json = context.json;
    let app = context.app().await?;
    let replayed = app.store.replayed(args.id, conversation::REMEMBERED).await?;
    let replayed = replayed.ok_or_else(|| Usage(format!("there is no answer {}", args.id)))?;
    let kept: Answer = serde_json::from_str(&replayed.exchange.receipt)
        .context("the answer was kept by a version of Liaison that this one cannot read")?;
    let passages = passages(&app, &kept).await?;
    let (question, asked_at) = (
        replayed.exchange.question.clone(),
        replayed.exchange.asked_at.clone(),
    );
    let partner = replayed.partner_id.clone();
    let again = if args.show {
        None
    } else {
        Some(ask_again(&app, replayed).await?)
    };
    let is_same = again.as_ref().map(|again| again.answer == kept.answer);
    if json {
        output::json(&json!({
            "question": question, "partner": partner, "asked_at": asked_at,
            "answer": kept, "passages": passages, "again": again, "is_same": is_same,
        }))?;
        return Ok(Ended::Done);
    }
    output::text(&format!(
        "{question}\n{partner}, {asked_at}\n\n{}\n\n{}",
        ask::readable(&kept),
        origin(&kept, &passages)
    ))?;
    match again {
        None => {}
        Some(_) if is_same == Some(true) => output::text("\nAsked again: the same answer.")?,
        Some(again) => output::text(&format!("\nAsked again:\n\n{}", ask::readable(&again)))?,
    }
    Ok(Ended::Done)
}

/// Asks as the partner is now, behind what had been said until then; nothing of it is kept.
async fn ask_again(app: &App, replayed: Replayed) -> anyhow::Result<Answer> {
    let Replayed {
        partner_id,
        subject,
        exchange,
        before,
    } = replayed;
    let caller = assistant::caller(app.crm.as_ref(), &partner_id, &subject).await?;
    let caller = caller.with_context(|| format!("the CRM no longer knows the partner {partner_id}"))?;
    let history = conversation::history(&before);
    Ok(app
        .assistant
        .answer(&caller, &exchange.question, &history, |_| {})
        .await?)
}

async fn passages(app: &App, kept: &Answer) -> anyhow::Result<Vec<Then>> {
    let view = View {
        audience: &Audience::Internal,
        on: app.assistant.today(),
    };
    let mut all = Vec::new();
    for passage in &kept.receipt.passages {
        // An id is made from the words.
        let found = app.knowledge.passage(passage.passage_id, view).await?;
        all.push(Then {
            document: passage.document.clone(),
            passage_id: passage.passage_id.0,
            is_there: found.is_some(),
        });
    }
    Ok(all)
}

fn origin(kept: &Answer, passages: &[Then]) -> String {
    let receipt = &kept.receipt;
    let mut lines = vec![format!("worded by {}", kept.model)];
    if let Some(prompt) = &receipt.prompt {
        let usage = receipt.usage;
        lines.push(format!(
            "prompt version {} ({}), {} tokens in, {} out",
            prompt.version,
            &prompt.sha256[..12.min(prompt.sha256.len())],
            usage.input,
            usage.output
        ));
    }
    lines.extend(
        receipt
            .stopped
            .map(|stopped| format!("the language model was stopped: {stopped}")),
    );
    for used in &kept.tools {
        lines.push(format!(
            "{} {}: {} records",
            used.name,
            used.arguments,
            used.records.len()
        ));
    }
    for passage in passages {
        let now = if passage.is_there {
            ""
        } else {
            " (no longer in force)"
        };
        lines.push(format!(
            "passage {} of {}{now}",
            passage.passage_id, passage.document
        ));
    }
    for part in &receipt.withheld {
        lines.push(format!("withheld ({}): {}", part.reason, part.text));
    }
    lines.join("\n")
}
