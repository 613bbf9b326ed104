//! The partner's commissions one by one: the deal, the arithmetic, and where the money is.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments, matching,
    wording::{MOST_ROWS, capitalised, count_of, cut_note, narrowed},
};
use crate::{
    crm::{Commission, CommissionKind, CommissionStatus},
    program::{commission::Difference, date::long, money::Totals, period::Period},
    statement::{Entry, Explanation, Ledger, described},
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use std::str::FromStr;

pub(super) const DESCRIPTION: &str = "List the partner's own commissions, SPIFFs and clawbacks one by one: deal, \
customer, base, rate, amount, how it was computed, status, and when it was earned, is due and was paid. Use it to explain \
an amount or to find a payment.";

const COLUMNS: &[&str] = &[
    "opportunity",
    "customer",
    "kind",
    "base",
    "rate",
    "amount",
    "status",
    "earned_on",
    "due_on",
    "paid_on",
];

pub(super) fn parameters() -> Value {
    let kinds = CommissionKind::ALL.iter().map(|kind| kind.as_str());
    json!({
        "period": arguments::a_period("entries"),
        "by": arguments::one_of(DateOf::ALL.map(DateOf::as_str), "Which date the period is about; earned is the default, paid where the status is paid."),
        "status": arguments::one_of(StatusFilter::NAMES, "Only this status; unpaid is pending or approved, and overdue what is unpaid after its due date."),
        "kind": arguments::one_of(kinds, "Only this kind of entry."),
        "customer": arguments::a_text("Only on deals with this customer or name (a part is enough)."),
        "product": arguments::a_text("Only on this product (a part of its name is enough)."),
        "amount": arguments::a_text("Only entries of this amount, as the partner wrote it: \"1,240.50\"."),
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
    status: Option<StatusFilter>,
    #[serde(deserialize_with = "arguments::choice")]
    kind: Option<CommissionKind>,
    #[serde(deserialize_with = "arguments::text")]
    customer: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    amount: Option<String>,
}

/// Which of an entry's dates a period is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOf {
    Earned,
    Due,
    Paid,
}

impl DateOf {
    pub(super) const ALL: [Self; 3] = [Self::Earned, Self::Due, Self::Paid];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::Due => "due",
            Self::Paid => "paid",
        }
    }

    pub(super) fn of(self, entry: &Commission) -> Option<Date> {
        match self {
            Self::Earned => Some(entry.earned_on),
            Self::Due => Some(entry.due_on),
            Self::Paid => entry.paid_on,
        }
    }
}

impl FromStr for DateOf {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        arguments::member("by", Self::ALL, Self::as_str, text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StatusFilter {
    Unpaid,
    /// Unpaid, and due before today.
    Overdue,
    Is(CommissionStatus),
}

impl StatusFilter {
    const NAMES: [&'static str; 6] = ["pending", "approved", "paid", "clawed_back", "unpaid", "overdue"];

    fn admits(self, entry: &Commission, today: Date) -> bool {
        match self {
            Self::Unpaid => is_unpaid(entry.status),
            Self::Overdue => is_unpaid(entry.status) && entry.due_on < today,
            Self::Is(wanted) => entry.status == wanted,
        }
    }
}

impl FromStr for StatusFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "unpaid" => Ok(Self::Unpaid),
            "overdue" => Ok(Self::Overdue),
            status => status.parse().map(Self::Is),
        }
    }
}

/// Earned, and still to come.
pub(super) fn is_unpaid(status: CommissionStatus) -> bool {
    matches!(status, CommissionStatus::Pending | CommissionStatus::Approved)
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let paid = args.status == Some(StatusFilter::Is(CommissionStatus::Paid));
    let by = args
        .by
        .unwrap_or(if paid { DateOf::Paid } else { DateOf::Earned });
    let period = arguments::period(args.period.as_deref(), ctx, by == DateOf::Due)?;
    let amount = args.amount.as_deref().map(amount_key).transpose()?;

    let deals = ctx.records.opportunities().await?;
    let commissions = ctx.records.commissions().await?;
    let mut rows = Entry::all(&deals, &commissions);

    let mut unmatched = None;
    if let Some(customer) = &args.customer {
        rows = matching::filter(rows, customer, |e| {
            e.deal
                .iter()
                .flat_map(|o| [o.customer.as_str(), o.name.as_str()])
                .collect()
        });
        unmatched = rows.is_empty().then_some(customer);
    }
    if let Some(product) = &args.product {
        rows = matching::filter(rows, product, |e| {
            e.deal.iter().map(|o| o.product.as_str()).collect()
        });
    }
    rows.retain(|Entry { commission: c, .. }| {
        args.status.is_none_or(|status| status.admits(c, ctx.today))
            && args.kind.is_none_or(|kind| c.kind == kind)
            && amount.as_ref().is_none_or(|amount| same_amount(amount, c))
            && period
                .as_ref()
                .is_none_or(|p| by.of(c).is_some_and(|day| p.contains(day)))
    });

    if let Some(plan) = ctx.plan {
        let ledger = Ledger::of(plan, &ctx.partner.tier, &deals, &commissions);
        rows.iter_mut().for_each(|entry| entry.explain(&ledger));
    }

    let headline = match (unmatched, &rows[..]) {
        (Some(customer), _) => format!("None of your commissions is on a deal that matches “{customer}”."),
        (None, [only]) => sentence(only),
        (None, rows) => overview(rows, &args, by, period.as_ref()),
    };
    let totals: Totals = rows.iter().map(|entry| entry.commission.amount).collect();
    let mut summary = vec![
        Field::count("count", rows.len()),
        Field::totals("total_amount", &totals, ctx.partner.currency),
    ];
    summary.extend(arguments::filters(
        period.as_ref(),
        args.customer.as_deref(),
        args.product.as_deref(),
    ));
    summary.extend(
        args.amount
            .as_ref()
            .map(|amount| Field::text("amount_filter", amount)),
    );
    if rows.len() > MOST_ROWS {
        summary.push(Field::count("listed", MOST_ROWS));
    }
    let records = rows.iter().take(MOST_ROWS).map(record);
    let outcome = ToolOutcome::new(headline, summary, records, COLUMNS);
    Ok(outcome.on_statement(period.as_ref(), ctx))
}

/// The digits of an amount as a partner writes it; whole units stand for any cents: `EUR 1,240` → `1240`.
fn amount_key(text: &str) -> Result<String, ToolError> {
    let key: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    if !key.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(ToolError::BadArguments(format!(
            "amount {text:?} is not an amount; write it like 1,240.50"
        )));
    }
    Ok(key)
}

fn same_amount(key: &str, entry: &Commission) -> bool {
    let decimal = entry.amount.decimal();
    let decimal = decimal.trim_start_matches('-');
    decimal == key || decimal.split('.').next() == Some(key)
}

fn overview(rows: &[Entry<'_>], args: &Arguments, by: DateOf, period: Option<&Period>) -> String {
    let status = match args.status {
        None => "",
        Some(StatusFilter::Unpaid) => "unpaid ",
        Some(StatusFilter::Overdue) => "overdue ",
        Some(StatusFilter::Is(CommissionStatus::ClawedBack)) => "clawed-back ",
        Some(StatusFilter::Is(status)) => &format!("{} ", status.as_str()),
    };
    let noun = match args.kind {
        Some(CommissionKind::Spiff) => "SPIFF",
        Some(CommissionKind::Clawback) => "clawback",
        _ => "commission",
    };
    let when = period
        .map(|period| format!(" {} {}", by.as_str(), period.phrase()))
        .unwrap_or_default();
    let amount = args
        .amount
        .as_ref()
        .map(|amount| format!(" of “{amount}”"))
        .unwrap_or_default();
    let narrowed = amount + &narrowed(args.customer.as_deref(), args.product.as_deref());
    let (one, many) = (format!("{status}{noun}"), format!("{status}{noun}s"));
    if rows.is_empty() {
        return format!("You have no {many}{narrowed}{when}.");
    }
    let totals: Totals = rows.iter().map(|entry| entry.commission.amount).collect();
    format!(
        "You have {}{narrowed}{when}, {totals} in total.{}",
        count_of(rows.len(), &one, &many),
        cut_note(rows.len())
    )
}

/// One entry in full, with its arithmetic.
fn sentence(entry: &Entry<'_>) -> String {
    let c = entry.commission;
    let deal = entry
        .deal
        .as_ref()
        .map(|o| format!(" on “{}” with {}", o.name, o.customer))
        .unwrap_or_default();
    let sum = entry.arithmetic().unwrap_or_else(|| c.amount.to_string());
    let state = match (c.status, c.paid_on) {
        (CommissionStatus::Paid, Some(paid)) => format!("paid on {}", long(paid)),
        (CommissionStatus::Paid, None) => "paid".to_owned(),
        (CommissionStatus::ClawedBack, _) if c.kind == CommissionKind::Clawback => {
            format!("due on {}", long(c.due_on))
        }
        (CommissionStatus::ClawedBack, _) => "since clawed back".to_owned(),
        (status, _) => format!("{}, due on {}", status.as_str(), long(c.due_on)),
    };
    let since = if c.kind == CommissionKind::Clawback {
        "booked"
    } else {
        "earned"
    };
    let told = format!(
        "{} {}{deal}: {sum}; {since} on {}, {state}.",
        c.kind.shown(),
        c.id,
        long(c.earned_on)
    );
    match entry.reason() {
        Some(reason) => format!("{told} {reason}"),
        None => told,
    }
}

fn record(entry: &Entry<'_>) -> Record {
    let c = entry.commission;
    let mut fields = vec![
        Field::text("id", &c.id),
        Field::choice("kind", c.kind.as_str(), c.kind.shown()),
    ];
    if let Some(o) = entry.deal {
        fields.extend([
            Field::text("opportunity", &o.name),
            Field::text("customer", &o.customer),
            Field::text("product", &o.product),
            Field::choice("motion", o.motion.as_str(), o.motion.shown()),
            Field::choice("attribution", o.attribution.as_str(), o.attribution.shown()),
            Field::date("close_date", o.close_date),
        ]);
    }
    fields.extend([
        Field::money("base", c.base),
        Field::percent("rate", c.rate_bps),
        Field::money("amount", c.amount),
    ]);
    fields.extend(entry.arithmetic().map(|sum| Field::text("arithmetic", sum)));
    fields.extend(entry.explanation.iter().flat_map(explained));
    fields.extend([
        Field::choice("status", c.status.as_str(), c.status.shown()),
        Field::date("earned_on", c.earned_on),
        Field::date("due_on", c.due_on),
    ]);
    fields.extend(Field::optional_date("paid_on", c.paid_on));
    Record::new(&c.id, "commission", fields)
}

/// What the plan says of an amount.
fn explained(explanation: &Explanation<'_>) -> Vec<Field> {
    let mut fields = Vec::new();
    fields.extend(explanation.rule.map(|rule| Field::text("rule", described(rule))));
    if let Some(source) = explanation.rule.and_then(|rule| rule.source.as_ref()) {
        fields.push(Field::text("rule_document", &source.document));
        fields.push(Field::text("rule_heading", &source.heading));
    }
    fields.extend(
        explanation
            .tier
            .as_ref()
            .map(|tier| Field::choice("tier", tier, &capitalised(tier))),
    );
    if let (Ok(computed), Difference::DiffersBy { .. }) = (&explanation.computed, &explanation.difference) {
        fields.push(Field::money("amount_by_plan", computed.amount));
        fields.push(Field::text("difference", explanation.difference.to_string()));
    }
    fields
}
