//! The partner's open opportunities that have gone quiet, or whose close date is past.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments,
    deals::deal,
    matching,
    wording::{MOST_ROWS, count_of, cut_note, days, list, narrowed},
};
use crate::{
    crm::Opportunity,
    program::{
        date::days_between,
        deals::{STALE_DAYS, Stale, stale},
        money::Totals,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::cmp::Reverse;

pub(super) const DESCRIPTION: &str = "List the partner's own open opportunities that are stale: without activity for \
some days (30 unless said otherwise), or with a close date in the past. Use it for deals that are stuck, quiet, \
neglected or overdue.";

pub(super) const WORDS: &[&str] = &[
    "stale",
    "stalled",
    "stuck",
    "quiet",
    "silent",
    "inactive",
    "activity",
    "idle",
    "dormant",
    "neglected",
    "overdue",
    "touched",
    "untouched",
    "forgot",
    "forgotten",
    "forget",
    "ignored",
    "cold",
];

const COLUMNS: &[&str] = &[
    "name",
    "customer",
    "stage",
    "amount",
    "last_activity_on",
    "days_without_activity",
    "close_date",
    "days_overdue",
    "next_step",
];

pub(super) fn parameters() -> Value {
    json!({
        "idle_days": {
            "type": "integer",
            "minimum": 1,
            "description": "How many days without activity make an opportunity stale; 30 is the default.",
        },
        "product": arguments::a_text("Only this product (a part of its name is enough)."),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    idle_days: Option<u32>,
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let limit = args.idle_days.map_or(STALE_DAYS, i64::from).max(1);
    let mut rows = ctx.records.opportunities().await?;
    rows.retain(|o| o.stage.is_open());
    if let Some(product) = &args.product {
        rows = matching::filter(rows, product, |o| vec![&o.product]);
    }
    let mut found: Vec<(&Opportunity, Stale)> = rows
        .iter()
        .filter_map(|o| Some((o, stale(&deal(o), ctx.today, limit)?)))
        .collect();
    found.sort_by_key(|(o, stale)| Reverse((stale.idle_days, stale.overdue_days, &o.id)));

    let counts = Counts {
        open: rows.len(),
        stale: found.len(),
        idle: found
            .iter()
            .filter(|(_, stale)| stale.idle_days.is_some())
            .count(),
        overdue: found
            .iter()
            .filter(|(_, stale)| stale.overdue_days.is_some())
            .count(),
        unknown: rows.iter().filter(|o| o.last_activity_on.is_none()).count(),
    };
    let totals: Totals = found.iter().map(|(o, _)| o.amount).collect();
    let narrowed = narrowed(None, args.product.as_deref());
    let mut headline = counts.sentence(limit, &narrowed, &totals);
    if let [
        (
            longest,
            Stale {
                idle_days: Some(idle),
                ..
            },
        ),
        _,
        ..,
    ] = &found[..]
    {
        headline.push_str(&format!(
            " The longest without any is {} ({}), {}.",
            longest.customer,
            longest.id,
            days(*idle)
        ));
    }
    headline.push_str(cut_note(found.len()));
    let mut summary = vec![
        Field::count("count", counts.stale),
        Field::count("open_count", counts.open),
        Field::totals("total_amount", &totals, ctx.partner.currency),
        Field::number("idle_days", limit),
        Field::count("without_activity", counts.idle),
        Field::count("overdue", counts.overdue),
        Field::count("activity_unknown", counts.unknown),
    ];
    summary.extend(arguments::filters(None, None, args.product.as_deref()));
    if found.len() > MOST_ROWS {
        summary.push(Field::count("listed", MOST_ROWS));
    }
    let records = found.iter().take(MOST_ROWS).map(|(o, stale)| {
        let idle = o.last_activity_on.map(|day| days_between(day, ctx.today));
        record(o, idle, stale.overdue_days)
    });
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
}

struct Counts {
    open: usize,
    stale: usize,
    idle: usize,
    overdue: usize,
    unknown: usize,
}

impl Counts {
    fn sentence(&self, limit: i64, narrowed: &str, totals: &Totals) -> String {
        let Self {
            open, stale, unknown, ..
        } = *self;
        if open == 0 {
            return format!("You have no open opportunities{narrowed}.");
        }
        let of = count_of(open, "open opportunity", "open opportunities");
        let limit = days(limit);
        // Where nobody records activity, its absence means nothing.
        let note = match unknown {
            0 => String::new(),
            all if all == open => " The CRM has no dates of activity, so close dates alone tell.".to_owned(),
            some => format!(
                " For {some} of them the CRM has no date of activity: there the close date alone tells."
            ),
        };
        if stale == 0 {
            let active = match unknown {
                0 => format!("all had activity within {limit}, and "),
                all if all == open => String::new(),
                _ => format!("none is known to have been without activity for {limit} or more, and "),
            };
            return format!("None of your {of}{narrowed} is stale: {active}no close date is past.{note}");
        }
        let parts = [
            (self.idle, format!("without activity for {limit} or more")),
            (self.overdue, "past the close date".to_owned()),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let verb = if stale == 1 { "is" } else { "are" };
        format!(
            "{stale} of your {of}{narrowed} {verb} stale, worth {totals} in total: {}.{note}",
            list(&parts)
        )
    }
}

fn record(o: &Opportunity, idle: Option<i64>, overdue: Option<i64>) -> Record {
    let mut fields = vec![
        Field::text("id", &o.id),
        Field::text("name", &o.name),
        Field::text("customer", &o.customer),
        Field::text("product", &o.product),
        Field::choice("stage", o.stage.as_str(), o.stage.shown()),
        Field::money("amount", o.amount),
    ];
    fields.extend(Field::optional_date("last_activity_on", o.last_activity_on));
    fields.extend(idle.map(|days| Field::number("days_without_activity", days)));
    fields.push(Field::date("close_date", o.close_date));
    fields.extend(overdue.map(|days| Field::number("days_overdue", days)));
    fields.extend(o.next_step.as_ref().map(|step| Field::text("next_step", step)));
    Record::new(&o.id, "opportunity", fields)
}
