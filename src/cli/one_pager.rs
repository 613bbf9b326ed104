//! `liaison one-pager`: enablement content for a partner, every claim cited.

use super::{Context, Ended, Usage, output, search};
use crate::{
    assistant,
    enablement::{self, Brief, EnablementError, export},
};
use anyhow::Context as _;
use serde_json::json;
use std::{fs, path::PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The form: `one-pager` or `battle-card`
    #[arg(long, value_name = "NAME", default_value = "one-pager")]
    template: String,
    /// For whom: the partner's id in the CRM
    #[arg(long, value_name = "ID")]
    partner: String,
    /// What it is about: a product, a competitor, a program
    #[arg(long, value_name = "TEXT")]
    topic: String,
    /// File to write, .md or .html
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let wrong = |error: EnablementError| Usage(error.to_string());
    let template = enablement::template(&args.template).map_err(wrong)?;
    let extension = args.out.as_ref().map(|file| {
        file.extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    });
    if let Some(other) = extension.as_deref().filter(|e| !["md", "html"].contains(e)) {
        return Err(Usage(format!(
            "--out: .{other} is not a form I write; choose .md or .html"
        ))
        .into());
    }
    let json = context.json;
    let app = context.app().await?;
    let caller = assistant::caller(app.crm.as_ref(), &args.partner, "cli").await?;
    let caller = caller.ok_or_else(|| search::unknown_partner(&args.partner))?;
    let piece = enablement::draft(
        &app.assistant,
        &template,
        &Brief {
            caller: &caller,
            topic: &args.topic,
        },
    )
    .await?;
    let content = export::markdown(&piece);
    if let Some(file) = &args.out {
        let text = if extension.as_deref() == Some("html") {
            export::html(&piece)
        } else {
            content.clone()
        };
        fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    if json {
        let by_number = |n: &usize| piece.citations.iter().find(|citation| citation.n == *n);
        let claims: Vec<_> = piece
            .sections
            .iter()
            .flat_map(|section| &section.claims)
            .map(|claim| {
                json!({
                    "text": claim.text,
                    "citations": claim.citations.iter().filter_map(by_number).collect::<Vec<_>>(),
                })
            })
            .collect();
        output::json(
            &json!({ "content": content, "claims": claims, "empty": piece.empty, "file": args.out }),
        )?;
    } else if args.out.is_none() {
        output::text(&content)?;
    }
    for heading in &piece.empty {
        output::note(&format!(
            "left out, as the knowledge holds nothing for it: {heading}"
        ));
    }
    Ok(if piece.sections.is_empty() {
        Ended::No
    } else {
        Ended::Done
    })
}
