//! `liaison crm`: the CRM behind the partners' records.

use super::{Context, Ended, output};
use crate::{
    app,
    crm::{
        check::{Checked, check},
        connect,
    },
    home::Home,
};
use comfy_table::{Table, TableStyle};
use serde_json::json;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Args {
    /// Read the CRM's live schema, count its records, and tell what is missing or does not fit, for reading and for
    /// writing; nothing is written
    Check,
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let Args::Check = args;
    let home = Home::peek(&context.home)?;
    let store = app::open_store(&home).await?;
    let settings = &context.settings;
    let mapping = connect::mapping(&settings.crm)?;
    let crm = connect::direct(&settings.crm, app::own_crm(&store), settings.time_zone())?;
    let checked = check(crm.as_ref(), &mapping).await;
    let problems = checked.iter().map(|table| table.problems.len()).sum::<usize>();
    if context.json {
        output::json(&json!({ "kind": settings.crm.kind, "tables": checked, "problems": problems }))?;
    } else {
        output::text(&shown(&checked))?;
    }
    match problems {
        0 => Ok(Ended::Done),
        1 => anyhow::bail!("one thing does not fit: change the CRM, or [crm.tables] in liaison.toml"),
        many => anyhow::bail!("{many} things do not fit: change the CRM, or [crm.tables] in liaison.toml"),
    }
}

fn shown(checked: &[Checked]) -> String {
    let mut parts = Vec::new();
    for table in checked {
        let records = table
            .records
            .map_or("not readable".to_owned(), |count| format!("{count} records"));
        parts.push(match &table.object {
            Some(object) => format!("{} = {object}: {records}", table.table),
            None => table.table.to_owned(),
        });
        if !table.columns.is_empty() {
            parts.push(columns(table).to_string());
        }
        parts.extend(table.problems.iter().map(|problem| format!("  ✗ {problem}")));
        parts.extend(table.notes.iter().map(|note| format!("  · {note}")));
        parts.extend(table.obstacles.iter().flat_map(|obstacles| writing(obstacles)));
        parts.push(String::new());
    }
    parts.join("\n")
}

/// Whether a table can be written to: most who read have no wish to, so that what stands against it is no problem.
fn writing(obstacles: &[String]) -> Vec<String> {
    match obstacles {
        [] => vec!["  · it can be written to".to_owned()],
        all => all
            .iter()
            .map(|one| format!("  · it cannot be written to: {one}"))
            .collect(),
    }
}

fn columns(table: &Checked) -> Table {
    let mut shown = Table::new();
    shown
        .load_style(TableStyle::new())
        .set_header(["column", "in the CRM", "filled"]);
    for column in &table.columns {
        let field = column.field.clone().unwrap_or_else(|| "–".to_owned());
        shown.add_row([column.column.to_owned(), field, column.filled.to_string()]);
    }
    shown
}
