//! The partner's pipeline in figures: what is open, by stage or another split, weighted or not, and what came of the
//! rest.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments,
    deals::deal,
    matching,
    wording::{list, narrowed, shown},
};
use crate::{
    crm::{Attribution, Motion, Opportunity, Stage},
    program::{
        date::month_name,
        deals::{Deal, Weighted, weighted},
        money::{Currency, Totals},
        period::Period,
        ratio::percent,
    },
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, str::FromStr};

pub(super) const DESCRIPTION: &str = "Add up the partner's own pipeline: number and value of open opportunities, \
split by stage, month of the close date, product, motion or attribution, with what was won and lost; weighted by \
probability where asked. Use it for totals, forecasts and overviews, not for single deals.";

const COLUMNS: &[&str] = &["group", "count", "amount"];
const WEIGHTED_COLUMNS: &[&str] = &["group", "count", "amount", "weighted_amount"];

pub(super) fn parameters() -> Value {
    json!({
        "by": arguments::one_of(Split::ALL.map(Split::as_str), "How to split the open opportunities; stage is the default, month is that of the close date."),
        "weighted": { "type": "boolean", "description": "Weighted by probability (adjusted for risk), too." },
        "product": arguments::a_text("Only this product (a part of its name is enough)."),
        "motion": arguments::one_of(Motion::ALL.iter().map(|m| m.as_str()), "Only this kind of sale."),
        "attribution": arguments::one_of(Attribution::ALL.iter().map(|a| a.as_str()), "Only those the partner sourced, or influenced."),
        "period": arguments::a_period("opportunities with a close date"),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::choice")]
    by: Option<Split>,
    weighted: Option<bool>,
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
    #[serde(deserialize_with = "arguments::choice")]
    motion: Option<Motion>,
    #[serde(deserialize_with = "arguments::choice")]
    attribution: Option<Attribution>,
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
}

/// What opportunities are split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    Stage,
    Month,
    Product,
    Motion,
    Attribution,
}

impl Split {
    const ALL: [Self; 5] = [
        Self::Stage,
        Self::Month,
        Self::Product,
        Self::Motion,
        Self::Attribution,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Month => "month",
            Self::Product => "product",
            Self::Motion => "motion",
            Self::Attribution => "attribution",
        }
    }

    /// Which group an opportunity is in: its place in the order, and its name.
    pub(super) fn group(self, o: &Opportunity) -> (usize, String) {
        let (order, name) = match self {
            Self::Stage => (o.stage as usize, o.stage.shown()),
            Self::Month => return month(o.close_date),
            Self::Product => (0, o.product.as_str()),
            Self::Motion => (o.motion as usize, o.motion.shown()),
            Self::Attribution => (o.attribution as usize, o.attribution.shown()),
        };
        (order, name.to_owned())
    }
}

/// Months in the order of time.
pub(super) fn month(day: Date) -> (usize, String) {
    let name = format!("{} {}", month_name(day.month()), day.year());
    let months = 12 * i32::from(day.year()) + i32::from(day.month());
    (usize::try_from(months).unwrap_or_default(), name)
}

impl FromStr for Split {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        arguments::member("by", Self::ALL, Self::as_str, text)
    }
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let period = arguments::period(args.period.as_deref(), ctx, true)?;
    let mut rows = ctx.records.opportunities().await?;
    if let Some(product) = &args.product {
        rows = matching::filter(rows, product, |o| vec![&o.product]);
    }
    rows.retain(|o| {
        args.motion.is_none_or(|motion| o.motion == motion)
            && args
                .attribution
                .is_none_or(|attribution| o.attribution == attribution)
            && period.as_ref().is_none_or(|period| period.contains(o.close_date))
    });
    let split = args.by.unwrap_or(Split::Stage);
    let mut groups: BTreeMap<(usize, String), Vec<&Opportunity>> = BTreeMap::new();
    for o in rows.iter().filter(|o| o.stage.is_open()) {
        groups.entry(split.group(o)).or_default().push(o);
    }

    let currency = ctx.partner.currency;
    let (open, open_amount) = sum(&rows, Stage::is_open);
    let (won, won_amount) = sum(&rows, |stage| stage == Stage::ClosedWon);
    let (lost, lost_amount) = sum(&rows, |stage| stage == Stage::ClosedLost);
    let mut summary = vec![
        Field::count("open_count", open),
        Field::totals("open_amount", &open_amount, currency),
        Field::count("won_count", won),
        Field::totals("won_amount", &won_amount, currency),
        Field::count("lost_count", lost),
        Field::totals("lost_amount", &lost_amount, currency),
    ];
    // Closed deals only, or every open one would count as a loss.
    let win_rate = percent(won, won + lost);
    summary.extend(win_rate.map(|rate| Field::percent("win_rate", rate * 100)));
    let weighing = args.weighted == Some(true);
    let deals: Vec<Deal> = rows.iter().map(deal).collect();
    let weighed = weighted(&deals);
    if weighing {
        summary.push(Field::count("weighted_count", weighed.count));
        summary.push(Field::count("without_probability", weighed.unknown));
        if weighed.count > 0 {
            summary.push(Field::totals("weighted_amount", &weighed.amount, currency));
        }
    }
    summary.extend(
        period
            .as_ref()
            .map(|period| Field::text("period", period.described())),
    );
    summary.extend(
        args.product
            .as_ref()
            .map(|product| Field::text("product_filter", product)),
    );

    let records: Vec<Record> = groups
        .iter()
        .map(|((_, name), rows)| {
            let totals: Totals = rows.iter().map(|o| o.amount).collect();
            let mut fields = vec![
                Field::text("group", name),
                Field::count("count", rows.len()),
                Field::totals("amount", &totals, currency),
            ];
            let deals: Vec<Deal> = rows.iter().map(|o| deal(o)).collect();
            let part = weighted(&deals);
            if weighing && part.count > 0 {
                fields.push(Field::totals("weighted_amount", &part.amount, currency));
            }
            Record::new(format!("{}:{name}", split.as_str()), "pipeline_group", fields)
        })
        .collect();
    let parts: Vec<String> = records
        .iter()
        .map(|record| {
            let text = |name| record.field(name).map_or("", |field| field.text.as_str());
            format!("{} in {} ({})", text("count"), text("group"), text("amount"))
        })
        .collect();
    let words = [
        args.attribution.map(Attribution::as_str),
        args.motion.map(Motion::as_str),
    ];
    let kind: String = words.iter().flatten().map(|word| format!("{word} ")).collect();
    let kind = (kind, narrowed(None, args.product.as_deref()));
    let mut headline = open_sentence(open, &open_amount, &parts, &kind, period.as_ref());
    if weighing && open > 0 {
        headline.push_str(&weighted_sentence(&weighed, currency));
    }
    if let Some(rate) = win_rate {
        let subject = if period.is_some() {
            "Of the same period"
        } else {
            "So far"
        };
        headline.push_str(&format!(
            " {subject}, {won} won (worth {}) and {lost} lost: a win rate of {rate} %.",
            shown(&won_amount, currency)
        ));
    }
    let columns = if weighing { WEIGHTED_COLUMNS } else { COLUMNS };
    Ok(ToolOutcome::new(headline, summary, records, columns))
}

/// `kind` is what stands before and behind "opportunities".
fn open_sentence(
    count: usize,
    amount: &Totals,
    parts: &[String],
    (kind, narrowed): &(String, String),
    period: Option<&Period>,
) -> String {
    let closing = period
        .map(|period| format!(" with a close date {}", period.phrase()))
        .unwrap_or_default();
    if count == 0 {
        return format!("You have no open {kind}opportunities{narrowed}{closing}.");
    }
    let noun = if count == 1 {
        "opportunity"
    } else {
        "opportunities"
    };
    format!(
        "You have {count} open {kind}{noun}{narrowed}{closing} worth {amount} in total: {}.",
        list(parts)
    )
}

fn weighted_sentence(weighted: &Weighted, currency: Currency) -> String {
    let amount = shown(&weighted.amount, currency);
    match (weighted.count, weighted.unknown) {
        (0, _) => " The CRM has no probabilities for them, so they cannot be weighted.".to_owned(),
        (_, 0) => format!(" Weighted by probability, that is {amount}."),
        (known, unknown) => format!(
            " Weighted by probability, the {known} that have one come to {amount}; {unknown} without one are not in that."
        ),
    }
}

fn sum(rows: &[Opportunity], admits: impl Fn(Stage) -> bool) -> (usize, Totals) {
    let of = || rows.iter().filter(|o| admits(o.stage));
    (of().count(), of().map(|o| o.amount).collect())
}
