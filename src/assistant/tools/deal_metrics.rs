//! How well the partner sells: win rate, average deal size, sales cycle and pipeline velocity.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments,
    deals::deal,
    matching,
    pipeline_summary::Split,
    wording::{count_of, days, narrowed, shown},
};
use crate::{
    crm::{Attribution, Motion, Opportunity},
    program::{
        deals::{Deal, Metrics, metrics},
        money::Currency,
        period::Period,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const DESCRIPTION: &str = "Compute how well the partner sells: win rate, average deal size, sales cycle (days \
from creation to close) and pipeline velocity, in a period or over all time, split by product, month, motion or \
attribution. Use it for ratios and averages over deals; not for lists or sums of them.";

pub(super) const WORDS: &[&str] = &[
    "velocity", "cycle", "average", "typical", "share", "metrics", "kpi", "kpis", "ratio",
];

const COLUMNS: &[&str] = &[
    "group",
    "won",
    "lost",
    "win_rate",
    "average_deal_size",
    "sales_cycle_days",
];

/// What closed deals are split by: their stage says no more than whether they were won.
const SPLITS: [Split; 4] = [Split::Product, Split::Month, Split::Motion, Split::Attribution];

pub(super) fn parameters() -> Value {
    json!({
        "by": arguments::one_of(SPLITS.map(Split::as_str), "How to split the figures; product is the default."),
        "product": arguments::a_text("Only this product (a part of its name is enough)."),
        "motion": arguments::one_of(Motion::ALL.iter().map(|m| m.as_str()), "Only this kind of sale."),
        "attribution": arguments::one_of(Attribution::ALL.iter().map(|a| a.as_str()), "Only those the partner sourced, or influenced."),
        "period": arguments::a_period("opportunities closed"),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::choice")]
    by: Option<Split>,
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
    #[serde(deserialize_with = "arguments::choice")]
    motion: Option<Motion>,
    #[serde(deserialize_with = "arguments::choice")]
    attribution: Option<Attribution>,
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let split = args.by.unwrap_or(Split::Product);
    if !SPLITS.contains(&split) {
        let known = SPLITS.map(Split::as_str).join(", ");
        let told = format!("by {:?} is none of {known}", split.as_str());
        return Err(ToolError::BadArguments(told));
    }
    let period = arguments::period(args.period.as_deref(), ctx, false)?;
    let mut rows = ctx.records.opportunities().await?;
    if let Some(product) = &args.product {
        rows = matching::filter(rows, product, |o| vec![&o.product]);
    }
    rows.retain(|o| {
        args.motion.is_none_or(|motion| o.motion == motion)
            && args
                .attribution
                .is_none_or(|attribution| o.attribution == attribution)
    });
    let is_closed = |o: &&Opportunity| {
        !o.stage.is_open() && period.as_ref().is_none_or(|period| period.contains(o.close_date))
    };
    let closed: Vec<Deal> = rows.iter().filter(is_closed).map(deal).collect();
    let all: Vec<Deal> = rows.iter().map(deal).collect();
    let figures = metrics(&closed, &all);

    let currency = ctx.partner.currency;
    let words = [
        args.attribution.map(Attribution::as_str),
        args.motion.map(Motion::as_str),
    ];
    let kind: String = words.iter().flatten().map(|word| format!("{word} ")).collect();
    let narrowed = narrowed(None, args.product.as_deref());
    let headline = sentence(&figures, &kind, &narrowed, period.as_ref(), currency);
    let mut summary = vec![Field::count("closed_count", figures.won + figures.lost)];
    summary.extend(fields(&figures, currency));
    summary.push(Field::count("open_count", figures.open));
    if !figures.velocity.is_empty() {
        summary.push(Field::totals("velocity_per_day", &figures.velocity, currency));
        summary.push(Field::text(
            "velocity_formula",
            "open deals × win rate × average deal size ÷ average sales cycle",
        ));
    }
    summary.extend(arguments::filters(period.as_ref(), None, args.product.as_deref()));

    let mut groups: BTreeMap<(usize, String), Vec<Deal>> = BTreeMap::new();
    for o in rows.iter().filter(is_closed) {
        groups.entry(split.group(o)).or_default().push(deal(o));
    }
    let records = groups.iter().map(|((_, name), deals)| {
        let mut row = vec![Field::text("group", name)];
        row.extend(fields(&metrics(deals, &[]), currency));
        Record::new(format!("{}:{name}", split.as_str()), "deal_metrics", row)
    });
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
}

fn fields(figures: &Metrics, currency: Currency) -> Vec<Field> {
    let mut fields = vec![
        Field::count("won", figures.won),
        Field::count("lost", figures.lost),
    ];
    fields.extend(
        figures
            .win_rate_pct
            .map(|percent| Field::percent("win_rate", percent * 100)),
    );
    if let Some(cycle) = figures.cycle {
        fields.push(Field::totals("average_deal_size", &figures.average, currency));
        fields.push(Field::number("sales_cycle_days", cycle.mean_days));
        fields.push(Field::number("median_sales_cycle_days", cycle.median_days));
    }
    fields
}

/// `kind` stands before "opportunities", `narrowed` behind it.
fn sentence(
    figures: &Metrics,
    kind: &str,
    narrowed: &str,
    period: Option<&Period>,
    currency: Currency,
) -> String {
    let when = period.map_or_else(|| " so far".to_owned(), |period| format!(" {}", period.phrase()));
    let Some(rate) = figures.win_rate_pct else {
        return format!(
            "You have closed no {kind}opportunities{narrowed}{when}, so there is no win rate, average deal size or sales \
             cycle to tell."
        );
    };
    let (one, many) = (format!("{kind}opportunity"), format!("{kind}opportunities"));
    let closed = count_of(figures.won + figures.lost, &one, &many);
    let mut text = format!(
        "Of {closed}{narrowed} closed{when}, you won {} and lost {}: a win rate of {rate} %.",
        figures.won, figures.lost
    );
    if let Some(cycle) = figures.cycle {
        text.push_str(&format!(
            " What you won was worth {} on average, and took {} from creation to close on average (median {}).",
            shown(&figures.average, currency),
            days(cycle.mean_days),
            days(cycle.median_days)
        ));
    }
    if !figures.velocity.is_empty() {
        text.push_str(&format!(
            " With {} open now, that is a pipeline velocity of {} a day.",
            figures.open,
            shown(&figures.velocity, currency)
        ));
    }
    text
}
