//! The partner's deal registrations, with the days their protection has left.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments, matching,
    wording::{MOST_ROWS, count_of, cut_note, days, list, narrowed},
};
use crate::{
    crm::{DealRegistration, RegistrationStatus},
    program::{
        date::long,
        period::Period,
        protection::{EXPIRES_SOON_DAYS, Protection},
    },
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const DESCRIPTION: &str = "List the partner's own deal registrations: customer, product, status, reason, \
how long the deal is protected and how many days of that are left. Use it for questions about registered deals, approvals, \
rejections, conflicts and expiring protection.";

const COLUMNS: &[&str] = &[
    "customer",
    "product",
    "status",
    "submitted_on",
    "protected_until",
    "days_left",
    "reason",
];

pub(super) fn parameters() -> Value {
    let statuses = RegistrationStatus::ALL.iter().map(|status| status.as_str());
    json!({
        "status": arguments::one_of(statuses, "Only this status."),
        "customer": arguments::a_text("Only those for this customer (a part of the name is enough)."),
        "product": arguments::a_text("Only this product (a part of its name is enough)."),
        "expiring_within_days": {
            "type": "integer",
            "minimum": 0,
            "description": "Only those still protected whose protection ends within so many days.",
        },
        "period": arguments::a_period("those submitted"),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::choice")]
    status: Option<RegistrationStatus>,
    #[serde(deserialize_with = "arguments::text")]
    customer: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
    expiring_within_days: Option<u32>,
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let period = arguments::period(args.period.as_deref(), ctx, false)?;
    let mut rows = ctx.records.deal_registrations().await?;
    let mut unmatched = None;
    if let Some(customer) = &args.customer {
        rows = matching::filter(rows, customer, |r| vec![&r.customer]);
        unmatched = rows.is_empty().then_some(customer);
    }
    if let Some(product) = &args.product {
        rows = matching::filter(rows, product, |r| vec![&r.product]);
    }
    let within = args.expiring_within_days.map(i64::from);
    rows.retain(|r| {
        args.status.is_none_or(|status| r.status == status)
            && period
                .as_ref()
                .is_none_or(|period| period.contains(r.submitted_on))
            && within.is_none_or(|within| {
                protection(r, ctx.today)
                    .days_left()
                    .is_some_and(|left| left <= within)
            })
    });

    let headline = match (unmatched, &rows[..]) {
        (Some(customer), _) => format!("None of your deal registrations matches “{customer}”."),
        (None, [only]) => sentence(only, ctx.today),
        (None, rows) => overview(rows, &args, period.as_ref(), ctx.today),
    };
    let mut summary = vec![Field::count("count", rows.len())];
    for (status, name) in STATUS_COUNTS {
        match rows.iter().filter(|r| r.status == status).count() {
            0 => {}
            count => summary.push(Field::count(name, count)),
        }
    }
    summary.push(Field::count("expires_soon_count", soon(&rows, ctx.today).count()));
    summary.push(Field::number("expires_soon_days", EXPIRES_SOON_DAYS));
    summary.extend(within.map(|within| Field::number("expiring_within_days", within)));
    summary.extend(arguments::filters(
        period.as_ref(),
        args.customer.as_deref(),
        args.product.as_deref(),
    ));
    if rows.len() > MOST_ROWS {
        summary.push(Field::count("listed", MOST_ROWS));
    }
    let records = rows.iter().take(MOST_ROWS).map(|row| record(row, ctx.today));
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
}

const STATUS_COUNTS: [(RegistrationStatus, &str); 6] = [
    (RegistrationStatus::Submitted, "submitted_count"),
    (RegistrationStatus::Approved, "approved_count"),
    (RegistrationStatus::Expired, "expired_count"),
    (RegistrationStatus::Rejected, "rejected_count"),
    (RegistrationStatus::Conflicting, "conflicting_count"),
    (RegistrationStatus::Withdrawn, "withdrawn_count"),
];

/// Only an approved registration protects, whatever date another one carries.
fn protection(r: &DealRegistration, today: Date) -> Protection {
    let until = r
        .protected_until
        .filter(|_| r.status == RegistrationStatus::Approved);
    Protection::on(today, until)
}

fn soon(rows: &[DealRegistration], today: Date) -> impl Iterator<Item = (&DealRegistration, i64)> {
    rows.iter().filter_map(move |r| match protection(r, today) {
        Protection::ExpiresSoon { days_left } => Some((r, days_left)),
        _ => None,
    })
}

fn overview(rows: &[DealRegistration], args: &Arguments, period: Option<&Period>, today: Date) -> String {
    let (within, status) = (args.expiring_within_days.map(i64::from), args.status);
    let narrowed = narrowed(args.customer.as_deref(), args.product.as_deref());
    let status_word = status
        .map(|status| format!("{} ", status.as_str()))
        .unwrap_or_default();
    let submitted = period
        .map(|period| format!(" submitted {}", period.phrase()))
        .unwrap_or_default();
    let ending = within
        .map(|n| format!(" whose protection ends within {}", days(n)))
        .unwrap_or_default();
    if rows.is_empty() {
        return format!("You have no {status_word}deal registrations{narrowed}{submitted}{ending}.");
    }
    let one = format!("{status_word}deal registration");
    let count = count_of(rows.len(), &one, &format!("{one}s"));
    let parts: Vec<String> = STATUS_COUNTS
        .iter()
        .map(|(status, _)| {
            (
                rows.iter().filter(|r| r.status == *status).count(),
                status.as_str(),
            )
        })
        .filter(|(count, _)| *count > 0)
        .map(|(count, status)| format!("{count} {status}"))
        .collect();
    let split = if status.is_some() {
        String::new()
    } else {
        format!(": {}", list(&parts))
    };
    let mut text = format!(
        "You have {count}{narrowed}{submitted}{ending}{split}.{}",
        cut_note(rows.len())
    );
    let count = soon(rows, today).count();
    // Named from the rows that are listed, so that what is said can be looked up.
    let mut ending: Vec<_> = soon(&rows[..rows.len().min(MOST_ROWS)], today).collect();
    ending.sort_by_key(|(_, left)| *left);
    // A sentence names three at most; the flags in the rows name the rest.
    let named: Vec<String> = ending
        .iter()
        .take(3)
        .filter_map(|(r, left)| {
            Some(format!(
                "{} ({}) on {}, {} left",
                r.customer,
                r.id,
                long(r.protected_until?),
                days(*left)
            ))
        })
        .collect();
    if !named.is_empty() {
        let windows = count_of(count, "protection window ends", "protection windows end");
        let first = if count > named.len() { ", first " } else { ": " };
        text.push_str(&format!(
            " {windows} within {EXPIRES_SOON_DAYS} days{first}{}.",
            named.join("; ")
        ));
    }
    text
}

/// How often a window was extended.
fn extended(times: i64) -> String {
    match times {
        0 => "not extended so far".to_owned(),
        1 => "extended once".to_owned(),
        2 => "extended twice".to_owned(),
        more => format!("extended {more} times"),
    }
}

/// One registration in full.
fn sentence(r: &DealRegistration, today: Date) -> String {
    let what = format!(
        "Your deal registration {} for {} ({})",
        r.id, r.customer, r.product
    );
    let reason = r
        .reason
        .as_ref()
        .map(|why| format!(" Reason: {}.", why.trim_end_matches('.')))
        .unwrap_or_default();
    let on = |date: Option<Date>| date.map(|date| format!(" on {}", long(date))).unwrap_or_default();
    match (r.status, protection(r, today), r.protected_until) {
        (RegistrationStatus::Approved, Protection::Lapsed { days_ago }, Some(until)) => {
            format!(
                "{what} was approved; its protection ended on {}, {} ago.{reason}",
                long(until),
                days(days_ago)
            )
        }
        (RegistrationStatus::Approved, protection, Some(until)) => {
            let left = protection.days_left().unwrap_or_default();
            format!(
                "{what} is approved and protected until {} ({} left), {}.{reason}",
                long(until),
                days(left),
                extended(r.extensions)
            )
        }
        (RegistrationStatus::Approved, _, None) => {
            format!("{what} is approved, without a protection date.{reason}")
        }
        (RegistrationStatus::Expired, _, until) => format!("{what} expired{}.{reason}", on(until)),
        (RegistrationStatus::Submitted, ..) => {
            format!(
                "{what} was submitted on {} and is waiting for a decision.{reason}",
                long(r.submitted_on)
            )
        }
        (RegistrationStatus::Rejected, ..) => format!("{what} was rejected{}.{reason}", on(r.decided_on)),
        (RegistrationStatus::Conflicting, ..) => {
            format!(
                "{what}, submitted on {}, is in conflict with another claim.{reason}",
                long(r.submitted_on)
            )
        }
        (RegistrationStatus::Withdrawn, ..) => format!("{what} was withdrawn.{reason}"),
    }
}

fn record(r: &DealRegistration, today: Date) -> Record {
    let mut fields = vec![
        Field::text("id", &r.id),
        Field::text("customer", &r.customer),
        Field::text("product", &r.product),
        Field::choice("status", r.status.as_str(), r.status.shown()),
        Field::date("submitted_on", r.submitted_on),
    ];
    fields.extend(Field::optional_date("decided_on", r.decided_on));
    fields.extend(Field::optional_date("protected_until", r.protected_until));
    match protection(r, today) {
        Protection::None => {}
        Protection::Active { days_left } => fields.push(Field::number("days_left", days_left)),
        Protection::ExpiresSoon { days_left } => {
            fields.push(Field::number("days_left", days_left));
            fields.push(Field::choice("flag", "expires_soon", "Expires soon"));
        }
        Protection::Lapsed { days_ago } => {
            fields.push(Field::number("lapsed_days_ago", days_ago));
            fields.push(Field::choice("flag", "lapsed", "Protection has ended"));
        }
    }
    fields.push(Field::number("extensions", r.extensions));
    fields.extend(r.reason.as_ref().map(|reason| Field::text("reason", reason)));
    Record::new(&r.id, "deal_registration", fields)
}
