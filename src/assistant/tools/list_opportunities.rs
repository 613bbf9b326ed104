//! The partner's opportunities, one by one.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments, matching,
    wording::{MOST_ROWS, count_of, cut_note, list, narrowed},
};
use crate::{
    crm::{Attribution, Motion, Opportunity, Stage},
    program::{date::long, money::Totals, period::Period},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::str::FromStr;

pub(super) const DESCRIPTION: &str = "List the partner's own opportunities (deals in the pipeline): name, \
customer, product, stage, amount, close date and next step. Without arguments: the open ones. Use it for questions about \
particular deals, stages, next steps and close dates.";

const COLUMNS: &[&str] = &[
    "name",
    "customer",
    "product",
    "stage",
    "amount",
    "close_date",
    "next_step",
];

pub(super) fn parameters() -> Value {
    let stages = Stage::ALL.iter().map(|stage| stage.as_str());
    json!({
        "status": arguments::one_of(Status::ALL.map(Status::as_str), "open (the default), won, lost, closed or all"),
        "stage": arguments::one_of(stages, "Only this stage."),
        "motion": arguments::one_of(Motion::ALL.iter().map(|m| m.as_str()), "Only this kind of sale."),
        "attribution": arguments::one_of(Attribution::ALL.iter().map(|a| a.as_str()), "Only those the partner sourced, or influenced."),
        "product": arguments::a_text("Only this product (a part of its name is enough)."),
        "customer": arguments::a_text("Only those of this customer or with this name (a part is enough)."),
        "period": arguments::a_period("those with a close date"),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::choice")]
    status: Option<Status>,
    #[serde(deserialize_with = "arguments::choice")]
    stage: Option<Stage>,
    #[serde(deserialize_with = "arguments::choice")]
    motion: Option<Motion>,
    #[serde(deserialize_with = "arguments::choice")]
    attribution: Option<Attribution>,
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    customer: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
}

/// Stages in groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Open,
    Won,
    Lost,
    Closed,
    All,
}

impl Status {
    const ALL: [Self; 5] = [Self::Open, Self::Won, Self::Lost, Self::Closed, Self::All];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Closed => "closed",
            Self::All => "all",
        }
    }

    fn admits(self, stage: Stage) -> bool {
        match self {
            Self::Open => stage.is_open(),
            Self::Won => stage == Stage::ClosedWon,
            Self::Lost => stage == Stage::ClosedLost,
            Self::Closed => !stage.is_open(),
            Self::All => true,
        }
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        arguments::member("status", Self::ALL, Self::as_str, text)
    }
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    // Somebody who names a stage, a customer or a period means whatever is there; without any, what is open.
    let named = args.stage.is_some() || args.customer.is_some() || args.period.is_some();
    let status = args
        .status
        .unwrap_or(if named { Status::All } else { Status::Open });
    let ahead = status == Status::Open || args.stage.is_some_and(Stage::is_open);
    let period = arguments::period(args.period.as_deref(), ctx, ahead)?;

    let mut rows = ctx.records.opportunities().await?;
    let matched = args.customer.is_none() || {
        let wanted = args.customer.as_deref().unwrap_or_default();
        rows = matching::filter(rows, wanted, |o| vec![&o.customer, &o.name]);
        !rows.is_empty()
    };
    if let Some(product) = &args.product {
        rows = matching::filter(rows, product, |o| vec![&o.product]);
    }
    rows.retain(|o| {
        status.admits(o.stage)
            && args.stage.is_none_or(|stage| o.stage == stage)
            && args.motion.is_none_or(|motion| o.motion == motion)
            && args
                .attribution
                .is_none_or(|attribution| o.attribution == attribution)
            && period.as_ref().is_none_or(|period| period.contains(o.close_date))
    });

    let headline = match (&rows[..], &args.customer) {
        ([], Some(customer)) if !matched => format!("None of your opportunities matches “{customer}”."),
        ([only], _) => sentence(only),
        _ => {
            let narrowed = narrowed(args.customer.as_deref(), args.product.as_deref());
            overview(&rows, &described(&args, status), period.as_ref(), &narrowed)
        }
    };
    let mut summary = vec![Field::count("count", rows.len())];
    let totals: Totals = rows.iter().map(|o| o.amount).collect();
    summary.push(Field::totals("total_amount", &totals, ctx.partner.currency));
    for (name, count_name, status) in [
        ("open_amount", "open_count", Status::Open),
        ("won_amount", "won_count", Status::Won),
        ("lost_amount", "lost_count", Status::Lost),
    ] {
        let (count, totals) = group(&rows, status);
        if count > 0 {
            summary.push(Field::count(count_name, count));
            summary.push(Field::totals(name, &totals, ctx.partner.currency));
        }
    }
    summary.extend(arguments::filters(
        period.as_ref(),
        args.customer.as_deref(),
        args.product.as_deref(),
    ));
    if rows.len() > MOST_ROWS {
        summary.push(Field::count("listed", MOST_ROWS));
    }
    let records = rows.iter().take(MOST_ROWS).map(record);
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
}

fn group(rows: &[Opportunity], status: Status) -> (usize, Totals) {
    let of = || rows.iter().filter(move |o| status.admits(o.stage));
    (of().count(), of().map(|o| o.amount).collect())
}

/// What was asked for, between "5" and "opportunities".
fn described(args: &Arguments, status: Status) -> String {
    let mut words = Vec::new();
    match (args.stage, status) {
        (Some(stage), _) => words.push(format!("“{}”", stage.shown())),
        (None, Status::All) => {}
        (None, status) => words.push(status.as_str().to_owned()),
    }
    words.extend(args.attribution.map(|a| a.as_str().to_owned()));
    words.extend(args.motion.map(|motion| match motion {
        Motion::New => "new-business".to_owned(),
        other => other.as_str().to_owned(),
    }));
    words.iter().map(|word| format!("{word} ")).collect()
}

fn overview(rows: &[Opportunity], described: &str, period: Option<&Period>, narrowed: &str) -> String {
    let one = format!("{described}opportunity");
    let many = format!("{described}opportunities");
    let closing = period
        .map(|p| format!(" with a close date {}", p.phrase()))
        .unwrap_or_default();
    if rows.is_empty() {
        return format!("You have no {many}{narrowed}{closing}.");
    }
    let count = count_of(rows.len(), &one, &many);
    let parts: Vec<String> = [
        (Status::Open, "open"),
        (Status::Won, "won"),
        (Status::Lost, "lost"),
    ]
    .into_iter()
    .filter_map(|(status, word)| {
        let (count, totals) = group(rows, status);
        (count > 0).then(|| format!("{count} {word} worth {totals}"))
    })
    .collect();
    // Won, lost and open amounts are of different worth: adding them up would mean nothing.
    let body = match &parts[..] {
        [_] => {
            let totals: Totals = rows.iter().map(|o| o.amount).collect();
            format!(" worth {totals} in total.")
        }
        parts => format!(": {}.", list(parts)),
    };
    format!(
        "You have {count}{narrowed}{closing}{body}{}",
        cut_note(rows.len())
    )
}

/// One opportunity in full.
fn sentence(o: &Opportunity) -> String {
    let what = format!(
        "Your opportunity “{}” with {} ({}, {})",
        o.name, o.customer, o.id, o.amount
    );
    match (o.stage, &o.next_step) {
        (Stage::ClosedWon, _) => format!("{what} was won on {}.", long(o.close_date)),
        (Stage::ClosedLost, _) => format!("{what} was lost on {}.", long(o.close_date)),
        (stage, next) => {
            let next = next
                .as_ref()
                .map(|step| format!(" Next step: {}.", step.trim_end_matches('.')));
            format!(
                "{what} is in stage {}, with a close date of {}.{}",
                stage.shown(),
                long(o.close_date),
                next.unwrap_or_default()
            )
        }
    }
}

fn record(o: &Opportunity) -> Record {
    let mut fields = vec![
        Field::text("id", &o.id),
        Field::text("name", &o.name),
        Field::text("customer", &o.customer),
        Field::text("product", &o.product),
        Field::choice("motion", o.motion.as_str(), o.motion.shown()),
        Field::choice("attribution", o.attribution.as_str(), o.attribution.shown()),
        Field::choice("stage", o.stage.as_str(), o.stage.shown()),
        Field::money("amount", o.amount),
        Field::date("created_on", o.created_on),
        Field::date("close_date", o.close_date),
    ];
    fields.extend(o.next_step.as_ref().map(|step| Field::text("next_step", step)));
    Record::new(&o.id, "opportunity", fields)
}
