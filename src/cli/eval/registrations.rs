//! `liaison eval registrations` and `liaison eval names`: what is read from texts that register deals, and which customer
//! names are taken for one, against what careful people say.

use super::super::{Context, Ended, Usage, output};
use crate::{
    program::money::Currency,
    registration::{
        extract::{self, Draft, Field, extract},
        names::{Organisation, Weights, similarity},
    },
    request::{form::Kind, intent},
};
use anyhow::Context as _;
use comfy_table::{Table, TableStyle};
use jiff::civil::Date;
use liaison_evals::{
    counts::Counts,
    name_pairs,
    registrations::{Deal, Scores, Texts},
};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Texts with the deals in them, as evals/registrations/dev.yaml
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The vendor that the texts are for: never the customer
    #[arg(long, value_name = "NAME", default_value = "")]
    vendor: String,
    /// Show what was read otherwise, text by text
    #[arg(long)]
    differences: bool,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct NamesArgs {
    /// Pairs of names in CSV, as evals/name-pairs/dev.csv
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> anyhow::Result<Ended> {
    let texts = Texts::load(&args.file).map_err(|error| Usage(error.to_string()))?;
    let today: Date = texts.today.parse().context("`today` of the file")?;
    let mut scores = Scores::default();
    // Of the texts that tell of no deal, and of those that do: how many there are, and how many are taken to.
    let mut taken = [(0, 0); 2];
    for case in &texts.cases {
        let partner = case.partner.as_ref().unwrap_or(&texts.partner);
        let home_currency: Currency = partner.currency.parse()?;
        let context = extract::Context {
            today,
            products: &texts.products,
            partner_name: &partner.name,
            partner_domain: &partner.domain,
            vendor_name: &args.vendor,
            home_currency,
            fiscal_year_start: context.settings.program.fiscal_year_start,
        };
        let (of, registers) = (
            &mut taken[usize::from(!case.deals.is_empty())],
            intent::of(&case.text, &context, &[], false) == Some(Kind::RegisterDeal),
        );
        *of = (of.0 + 1, of.1 + usize::from(registers));
        let read: Vec<Deal> = extract(&case.text, &context).iter().map(as_read).collect();
        for difference in scores.add(&case.deals, &read) {
            if args.differences {
                let of = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
                output::note(&format!(
                    "{} {}: told {}, read {}",
                    case.id,
                    difference.field,
                    of(&difference.gold),
                    of(&difference.read)
                ));
            }
        }
    }
    let [(without, wrongly), (with, rightly)] = taken;
    let whole = format!(
        "{} of {} texts read wholly right\n{rightly} of {with} texts with a deal are taken for one, {wrongly} of {without} \
         without",
        scores.exact, scores.texts
    );
    let fields = scores
        .fields
        .iter()
        .map(|(field, counts)| ((*field).to_owned(), *counts));
    let mut rows: Vec<(String, Counts)> = fields.collect();
    rows.push(("all".to_owned(), scores.micro()));
    if context.json {
        let fields: Value = rows
            .iter()
            .map(|(field, counts)| (field.clone(), figures(*counts)))
            .collect();
        output::json(&json!({
            "fields": fields, "texts": scores.texts, "exact": scores.exact,
            "taken": { "with": with, "rightly": rightly, "without": without, "wrongly": wrongly },
        }))?;
    } else {
        output::text(&format!("{}\n{whole}", table(&rows)))?;
    }
    Ok(Ended::Done)
}

pub(super) fn names(context: &Context, args: &NamesArgs) -> anyhow::Result<Ended> {
    let pairs = name_pairs::load(&args.file).map_err(|error| Usage(error.to_string()))?;
    let weights = Weights::default();
    let counts = name_pairs::judge(&pairs, |pair| {
        let (a, b) = (&pair.a_name, &pair.b_name);
        let a = organisation(a, pair.a_domain.as_deref(), pair.a_country.as_deref());
        let b = organisation(b, pair.b_domain.as_deref(), pair.b_country.as_deref());
        similarity(&a, &b, &weights).is_same()
    });
    if context.json {
        output::json(&figures(counts))?;
    } else {
        output::text(&table(&[("pairs".to_owned(), counts)]))?;
    }
    Ok(Ended::Done)
}

fn organisation<'o>(name: &'o str, domain: Option<&'o str>, country: Option<&'o str>) -> Organisation<'o> {
    Organisation {
        name,
        domain,
        country,
        parent: None,
    }
}

/// A draft in the form of the files.
fn as_read(draft: &Draft) -> Deal {
    fn text<T: ToString>(field: Option<&Field<T>>) -> Option<String> {
        field.map(|field| field.value.to_string())
    }
    Deal {
        company: text(draft.company.as_ref()),
        domain: text(draft.domain.as_ref()),
        contact: text(draft.contact.as_ref()),
        contact_email: text(draft.contact_email.as_ref()),
        value: text(draft.value.as_ref()),
        currency: text(draft.currency.as_ref()),
        close_date: text(draft.close_date.as_ref()),
        product: text(draft.product.as_ref()),
        source: draft.source.as_ref().map(|field| field.value.as_str().to_owned()),
        need: text(draft.need.as_ref()),
        proof: text(draft.proof.as_ref()),
    }
}

fn figures(counts: Counts) -> Value {
    json!({
        "precision": counts.precision(), "recall": counts.recall(), "f1": counts.f1(), "hits": counts.hits,
        "false_alarms": counts.false_alarms, "misses": counts.misses,
    })
}

fn table(rows: &[(String, Counts)]) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .set_header(["", "precision", "recall", "F1"]);
    for (name, counts) in rows {
        let figures = [counts.precision(), counts.recall(), counts.f1()].map(|figure| format!("{figure:.3}"));
        table.add_row([vec![name.clone()], figures.to_vec()].concat());
    }
    table.to_string()
}
