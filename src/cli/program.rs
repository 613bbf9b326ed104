//! `liaison program`: the vendor's rules as Liaison computes with them.

use super::{Context, Ended, output};
use crate::{
    app,
    home::Home,
    statement::{Finding, audit},
};
use comfy_table::{Table, TableStyle};
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Args {
    /// Check the commission plan, and hold every booked amount of the CRM against it
    Check,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let Args::Check = args;
    let home = Home::peek(&context.home)?;
    let Some(plan) = app::open_plan(&home, &context.settings)? else {
        anyhow::bail!(
            "there is no commission plan: write {} or name one in `program.plan`",
            home.plan().display()
        );
    };
    let crm = app::open_crm(&app::open_store(&home).await?, &context.settings)?;
    let (findings, entries) = audit(crm.as_ref(), &plan).await?;
    if context.json {
        output::json(&json!({ "rules": plan.rules.len(), "entries": entries, "findings": findings }))?;
    } else {
        let explained = entries - findings.len();
        output::text(&format!(
            "{} rules, in order. {explained} of {entries} booked amounts are as the plan gives them.",
            plan.rules.len()
        ))?;
        if !findings.is_empty() {
            output::text(&table(&findings))?;
        }
    }
    Ok(if findings.is_empty() {
        Ended::Done
    } else {
        Ended::No
    })
}

fn table(findings: &[Finding]) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_header([
        "partner",
        "commission",
        "deal",
        "booked",
        "what differs",
    ]);
    for finding in findings {
        table.add_row([
            &finding.partner,
            &finding.commission,
            &finding.opportunity,
            &finding.booked,
            &finding.difference,
        ]);
    }
    table.to_string()
}
