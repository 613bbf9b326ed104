//! `liaison partner`: the partners of the CRM.

use super::{Context, Ended, output, search};
use crate::{app, crm::Partner, home::Home, http::partners::listed};
use comfy_table::{Table, TableStyle};
use serde_json::{Value, json};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Args {
    /// All partners
    List,
    /// One partner
    Show {
        /// Its id in the CRM
        id: String,
    },
}

pub(super) async fn run(context: Context, args: Args) -> anyhow::Result<Ended> {
    let home = Home::peek(&context.home)?;
    let crm = app::open_crm(&app::open_store(&home).await?, &context.settings)?;
    match args {
        Args::List => {
            let partners = crm.partners().await?;
            if context.json {
                output::json(&partners.iter().map(listed).collect::<Vec<_>>())?;
            } else if partners.is_empty() {
                output::text("the CRM has no partners: `liaison seed --crm` loads the sample")?;
            } else {
                output::text(&table(&partners))?;
            }
        }
        Args::Show { id } => {
            let partner = crm
                .partner(&id)
                .await?
                .ok_or_else(|| search::unknown_partner(&id))?;
            output::json(&shown(&partner))?;
        }
    }
    Ok(Ended::Done)
}

fn shown(partner: &Partner) -> Value {
    let mut all = listed(partner);
    all["country"] = json!(partner.country);
    all["currency"] = json!(partner.currency);
    all["joined"] = json!(partner.joined);
    all["manager"] = json!({ "name": partner.manager_name, "email": partner.manager_email });
    all["referral_url"] = json!(partner.referral_url);
    all
}

fn table(partners: &[Partner]) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .set_header(["id", "name", "tier", "type", "region"]);
    for partner in partners {
        table.add_row([
            &partner.id,
            &partner.name,
            &partner.tier,
            partner.kind.as_str(),
            &partner.region,
        ]);
    }
    table.to_string()
}
