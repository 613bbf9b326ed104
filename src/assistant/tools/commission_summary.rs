//! The partner's commissions in figures: what was earned, what of it is paid, or with which deals, and what comes next.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments,
    list_commissions::{DateOf, is_unpaid},
    pipeline_summary::{Split, month},
    wording::{list, shown},
};
use crate::{
    crm::{Commission, CommissionKind, CommissionStatus, Opportunity},
    program::{date::long, money::Totals, period::Period},
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, str::FromStr};

pub(super) const DESCRIPTION: &str = "Add up the partner's own commissions, in a period or over all time: earned, \
paid, approved, pending and clawed back, or split by month or by the deals' product, motion or attribution, and the next \
payment. Use it for totals such as what was earned or paid last quarter; not for single commissions.";

const COLUMNS: &[&str] = &["status", "count", "amount"];
const SPLIT_COLUMNS: &[&str] = &["group", "count", "amount"];

pub(super) fn parameters() -> Value {
    json!({
        "period": arguments::a_period("commissions earned (or paid, or due, see `by`)"),
        "by": arguments::one_of(DateOf::ALL.map(DateOf::as_str), "Which date the period is about: earned (the default), paid, or due."),
        "split_by": arguments::one_of(SplitBy::ALL.map(SplitBy::as_str), "How to split the total; status is the default, month is that of the date in `by`, the others are the deals'."),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
    #[serde(deserialize_with = "arguments::choice")]
    by: Option<DateOf>,
    #[serde(deserialize_with = "arguments::choice")]
    split_by: Option<SplitBy>,
}

/// What the total is split by: where payment stands, or as the pipeline is, by month or by the deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SplitBy {
    Status,
    Deal(Split),
}

impl SplitBy {
    const ALL: [Self; 5] = [
        Self::Status,
        Self::Deal(Split::Month),
        Self::Deal(Split::Product),
        Self::Deal(Split::Motion),
        Self::Deal(Split::Attribution),
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Deal(split) => split.as_str(),
        }
    }
}

impl FromStr for SplitBy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        arguments::member("split_by", Self::ALL, Self::as_str, text)
    }
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let by = args.by.unwrap_or(DateOf::Earned);
    let period = arguments::period(args.period.as_deref(), ctx, by == DateOf::Due)?;
    let all = ctx.records.commissions().await?;
    let currency = ctx.partner.currency;
    let next = next_payment(&all);

    let rows: Vec<&Commission> = all
        .iter()
        .filter(|c| {
            by.of(c)
                .is_some_and(|day| period.as_ref().is_none_or(|p| p.contains(day)))
        })
        .collect();
    let total: Totals = rows.iter().map(|c| c.amount).collect();
    let statuses = statuses(&rows);
    let split_by = args.split_by.unwrap_or(SplitBy::Status);
    let groups = match split_by {
        SplitBy::Status => Vec::new(),
        SplitBy::Deal(of) => split(&rows, of, by, &ctx.records.opportunities().await?),
    };

    // What was paid is paid: there is only something to split if a part was taken back later.
    let is_plain = by == DateOf::Paid && statuses.iter().all(|group| group.of == Standing::Paid);
    let amount = |totals: &Totals| shown(totals, currency);
    let parts: Vec<String> = match split_by {
        SplitBy::Status if is_plain => Vec::new(),
        SplitBy::Status => statuses
            .iter()
            .map(|group| format!("{} {}", amount(&group.amount), group.of.shown().to_lowercase()))
            .collect(),
        SplitBy::Deal(_) => groups
            .iter()
            .map(|group| format!("{} ({})", group.of, amount(&group.amount)))
            .collect(),
    };
    let told = amount(&total);
    let mut headline = headline(by, &told, rows.len(), &parts, period.as_ref());
    let mut summary = vec![
        Field::text("by", by.as_str()),
        Field::count("count", rows.len()),
        Field::totals("total_amount", &total, currency),
    ];
    summary.extend(
        statuses
            .iter()
            .map(|group| Field::totals(group.of.field(), &group.amount, currency)),
    );
    if let Some(period) = &period {
        summary.push(Field::text("period", period.described()));
        summary.push(Field::date("from", period.from));
        summary.push(Field::date("to", period.last_day()));
    }
    if let Some((due, amount)) = &next {
        summary.push(Field::totals("next_payment_amount", amount, currency));
        summary.push(Field::date("next_payment_due", *due));
        let verb = if *due < ctx.today { "was due" } else { "is due" };
        headline.push_str(&format!(" The next payment, {amount}, {verb} on {}.", long(*due)));
    }
    let figures = |count: usize, amount: &Totals| {
        [
            Field::count("count", count),
            Field::totals("amount", amount, currency),
        ]
    };
    if split_by == SplitBy::Status {
        let records = statuses.iter().map(|group| {
            let name = group.of.field().trim_end_matches("_amount");
            let mut fields = vec![Field::choice("status", name, group.of.shown())];
            fields.extend(figures(group.count, &group.amount));
            Record::new(name, "commission_group", fields)
        });
        let outcome = ToolOutcome::new(headline, summary, records, COLUMNS);
        return Ok(outcome.on_statement(period.as_ref(), ctx));
    }
    let records = groups.iter().map(|group| {
        let mut fields = vec![Field::text("group", &group.of)];
        fields.extend(figures(group.count, &group.amount));
        let id = format!("{}:{}", split_by.as_str(), group.of);
        Record::new(id, "commission_group", fields)
    });
    let outcome = ToolOutcome::new(headline, summary, records, SPLIT_COLUMNS);
    Ok(outcome.on_statement(period.as_ref(), ctx))
}

/// Entries that belong together, added up.
struct Group<T> {
    of: T,
    count: usize,
    amount: Totals,
}

impl<T> Group<T> {
    fn new(of: T, entries: &[&Commission]) -> Self {
        Self {
            of,
            count: entries.len(),
            amount: entries.iter().map(|c| c.amount).collect(),
        }
    }
}

/// The entries by their status; those that have any.
fn statuses(rows: &[&Commission]) -> Vec<Group<Standing>> {
    let group = |standing: Standing| {
        let of: Vec<&Commission> = rows
            .iter()
            .copied()
            .filter(|c| Standing::of(c) == standing)
            .collect();
        Group::new(standing, &of)
    };
    let groups = Standing::ALL.into_iter().map(group);
    groups.filter(|group| group.count > 0).collect()
}

/// The entries by something else: a commission and its clawback are of one deal and add up.
fn split(rows: &[&Commission], of: Split, by: DateOf, deals: &[Opportunity]) -> Vec<Group<String>> {
    let mut groups: BTreeMap<(usize, String), Vec<&Commission>> = BTreeMap::new();
    for entry in rows {
        let deal = deals.iter().find(|deal| deal.id == entry.opportunity_id);
        let group = match of {
            Split::Month => month(by.of(entry).unwrap_or(entry.earned_on)),
            // Unknown deals stand behind all others.
            _ => deal.map_or((usize::MAX, "unknown".to_owned()), |deal| of.group(deal)),
        };
        groups.entry(group).or_default().push(entry);
    }
    let groups = groups.into_iter();
    groups
        .map(|((_, name), entries)| Group::new(name, &entries))
        .collect()
}

/// How a statement is split. A commission that was clawed back and the clawback itself stand apart: together
/// they would add up to nothing, and nobody would see what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Paid,
    Approved,
    Pending,
    ClawedBack,
    Clawback,
}

impl Standing {
    const ALL: [Self; 5] = [
        Self::Paid,
        Self::Approved,
        Self::Pending,
        Self::ClawedBack,
        Self::Clawback,
    ];

    fn of(entry: &Commission) -> Self {
        match (entry.kind, entry.status) {
            (CommissionKind::Clawback, _) => Self::Clawback,
            (_, CommissionStatus::Paid) => Self::Paid,
            (_, CommissionStatus::Approved) => Self::Approved,
            (_, CommissionStatus::Pending) => Self::Pending,
            (_, CommissionStatus::ClawedBack) => Self::ClawedBack,
        }
    }

    fn field(self) -> &'static str {
        match self {
            Self::Paid => "paid_amount",
            Self::Approved => "approved_amount",
            Self::Pending => "pending_amount",
            Self::ClawedBack => "clawed_back_amount",
            Self::Clawback => "clawback_amount",
        }
    }

    fn shown(self) -> &'static str {
        match self {
            Self::Paid => "Paid",
            Self::Approved => "Approved",
            Self::Pending => "Pending",
            Self::ClawedBack => "Since clawed back",
            Self::Clawback => "In clawbacks",
        }
    }
}

/// What falls due first among what is not paid: everything due that day.
fn next_payment(all: &[Commission]) -> Option<(Date, Totals)> {
    let unpaid = || all.iter().filter(|c| is_unpaid(c.status));
    let due = unpaid().map(|c| c.due_on).min()?;
    Some((
        due,
        unpaid().filter(|c| c.due_on == due).map(|c| c.amount).collect(),
    ))
}

fn headline(by: DateOf, total: &str, count: usize, parts: &[String], period: Option<&Period>) -> String {
    let when = period
        .map(|period| format!(" {}", period.phrase()))
        .unwrap_or_default();
    if count == 0 {
        return match by {
            DateOf::Earned => format!("You earned no commissions{when}."),
            DateOf::Due => format!("No commissions are due to you{when}."),
            DateOf::Paid => format!("No commissions were paid to you{when}."),
        };
    }
    let split = if parts.is_empty() {
        String::new()
    } else {
        format!(": {}", list(parts))
    };
    match (by, period) {
        (DateOf::Earned, None) => format!("You have earned {total} in commissions so far{split}."),
        (DateOf::Earned, Some(_)) => format!("You earned {total} in commissions{when}{split}."),
        (DateOf::Due, _) => format!("Commissions of {total} fall due{when}{split}."),
        (DateOf::Paid, None) => format!("You have been paid {total} in commissions so far{split}."),
        (DateOf::Paid, Some(_)) => format!("You were paid {total} in commissions{when}{split}."),
    }
}
