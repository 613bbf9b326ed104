//! The partner's commissions in figures: what was earned, what of it is paid, and what comes next.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments,
    list_commissions::{DateOf, is_unpaid},
    wording::list,
};
use crate::{
    crm::{Commission, CommissionKind, CommissionStatus},
    program::{
        date::long,
        money::{Currency, Totals},
        period::Period,
    },
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const DESCRIPTION: &str = "Add up the partner's own commissions, in a period or over all time: earned, \
paid, approved, pending and clawed back, and the next payment. Use it for totals such as what was earned or paid last \
quarter; not for single commissions.";

const COLUMNS: &[&str] = &["status", "count", "amount"];

pub(super) fn parameters() -> Value {
    json!({
        "period": arguments::a_period("commissions earned (or paid, or due, see `by`)"),
        "by": arguments::one_of(DateOf::ALL.map(DateOf::as_str), "Which date the period is about: earned (the default), paid, or due."),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
    #[serde(deserialize_with = "arguments::choice")]
    by: Option<DateOf>,
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
    let groups: Vec<Group> = Split::ALL
        .into_iter()
        .map(|split| {
            let of = || rows.iter().filter(move |c| Split::of(c) == split);
            Group {
                split,
                count: of().count(),
                amount: of().map(|c| c.amount).collect(),
            }
        })
        .filter(|group| group.count > 0)
        .collect();

    let mut headline = headline(by, &total, rows.len(), &groups, period.as_ref(), currency);
    let mut summary = vec![
        Field::text("by", by.as_str()),
        Field::count("count", rows.len()),
        Field::totals("total_amount", &total, currency),
    ];
    summary.extend(
        groups
            .iter()
            .map(|group| Field::totals(group.split.field(), &group.amount, currency)),
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
    let records = groups.iter().map(|group| {
        let fields = vec![
            Field::choice(
                "status",
                group.split.field().trim_end_matches("_amount"),
                group.split.shown(),
            ),
            Field::count("count", group.count),
            Field::totals("amount", &group.amount, currency),
        ];
        Record::new(
            group.split.field().trim_end_matches("_amount"),
            "commission_group",
            fields,
        )
    });
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
}

/// The entries of one split, added up.
struct Group {
    split: Split,
    count: usize,
    amount: Totals,
}

/// How a statement is split. A commission that was clawed back and the clawback itself stand apart: together
/// they would add up to nothing, and nobody would see what happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Split {
    Paid,
    Approved,
    Pending,
    ClawedBack,
    Clawback,
}

impl Split {
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

fn headline(
    by: DateOf,
    total: &Totals,
    count: usize,
    groups: &[Group],
    period: Option<&Period>,
    currency: Currency,
) -> String {
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
    let shown = |totals: &Totals| {
        totals
            .single(currency)
            .map_or_else(|| totals.to_string(), |money| money.to_string())
    };
    let total = shown(total);
    let parts: Vec<String> = groups
        .iter()
        .map(|group| format!("{} {}", shown(&group.amount), group.split.shown().to_lowercase()))
        .collect();
    // What was paid is paid: there is only something to split if a part was taken back later.
    let is_plain = by == DateOf::Paid && groups.iter().all(|group| group.split == Split::Paid);
    let split = if is_plain {
        String::new()
    } else {
        format!(": {}", list(&parts))
    };
    match (by, period) {
        (DateOf::Earned, None) => format!("You have earned {total} in commissions so far{split}."),
        (DateOf::Earned, Some(_)) => format!("You earned {total} in commissions{when}{split}."),
        (DateOf::Due, _) => format!("Commissions of {total} fall due{when}{split}."),
        (DateOf::Paid, None) => format!("You have been paid {total} in commissions so far{split}."),
        (DateOf::Paid, Some(_)) => format!("You were paid {total} in commissions{when}{split}."),
    }
}
