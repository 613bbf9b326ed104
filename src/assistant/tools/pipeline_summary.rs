//! The partner's pipeline in figures: what is open, by stage or another split, and what came of the rest.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments, matching,
    wording::{list, narrowed},
};
use crate::{
    crm::{Attribution, Motion, Opportunity, Stage},
    program::{money::Totals, period::Period},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, str::FromStr};

pub(super) const DESCRIPTION: &str = "Add up the partner's own pipeline: number and value of open opportunities, \
split by stage, product, motion or attribution, with what was won and lost. Use it for totals and overviews, not for \
single deals.";

pub(super) const EXAMPLES: &[&str] = &[
    "How big is my pipeline?",
    "Give me a summary of our pipeline",
    "What is the total value of my open opportunities?",
    "How many deals do I have in each stage?",
    "Break down my pipeline by product",
    "How much of our pipeline did we source?",
    "What are we expecting to close next quarter in total?",
    "How is my pipeline looking?",
    "How much did we win this year compared to what we lost?",
    "Pipeline value per stage please",
    "What is our win rate?",
];

const COLUMNS: &[&str] = &["group", "count", "amount"];

pub(super) fn parameters() -> Value {
    json!({
        "by": arguments::one_of(Split::ALL.map(Split::as_str), "How to split the open opportunities; stage is the default."),
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
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
    #[serde(deserialize_with = "arguments::choice")]
    motion: Option<Motion>,
    #[serde(deserialize_with = "arguments::choice")]
    attribution: Option<Attribution>,
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Split {
    Stage,
    Product,
    Motion,
    Attribution,
}

impl Split {
    const ALL: [Self; 4] = [Self::Stage, Self::Product, Self::Motion, Self::Attribution];

    fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Product => "product",
            Self::Motion => "motion",
            Self::Attribution => "attribution",
        }
    }

    /// Which group an opportunity is in: its place in the order, and its name.
    fn group(self, o: &Opportunity) -> (usize, &str) {
        match self {
            Self::Stage => (o.stage as usize, o.stage.shown()),
            Self::Product => (0, &o.product),
            Self::Motion => (o.motion as usize, o.motion.shown()),
            Self::Attribution => (o.attribution as usize, o.attribution.shown()),
        }
    }
}

impl FromStr for Split {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|split| split.as_str() == text);
        known.ok_or_else(|| {
            format!(
                "by {text:?} is none of {}",
                Self::ALL.map(Self::as_str).join(", ")
            )
        })
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
    let mut groups: BTreeMap<(usize, &str), Vec<&Opportunity>> = BTreeMap::new();
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
    // Half a per cent up, as people round; closed deals only, or every open one would count as a loss.
    let win_rate = (won + lost > 0).then(|| (200 * won + won + lost) / (2 * (won + lost)));
    summary.extend(
        win_rate
            .and_then(|rate| i64::try_from(rate).ok())
            .map(|r| Field::percent("win_rate", r * 100)),
    );
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
            let fields = vec![
                Field::text("group", *name),
                Field::count("count", rows.len()),
                Field::totals("amount", &totals, currency),
            ];
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
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
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

fn shown(totals: &Totals, empty: crate::program::money::Currency) -> String {
    totals
        .single(empty)
        .map_or_else(|| totals.to_string(), |money| money.to_string())
}

fn sum(rows: &[Opportunity], admits: impl Fn(Stage) -> bool) -> (usize, Totals) {
    let of = || rows.iter().filter(|o| admits(o.stage));
    (of().count(), of().map(|o| o.amount).collect())
}
