//! The partner's requests for market development funds, one by one.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments, matching,
    mdf_summary::NOT_KEPT,
    wording::{MOST_ROWS, count_of, cut_note, list},
};
use crate::{
    crm::{MdfClaim, MdfFund, MdfStatus},
    program::{date::long, money::Totals, period::Period},
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::HashMap, str::FromStr};

pub(super) const DESCRIPTION: &str = "List the partner's own requests and claims for market development funds (MDF) one \
by one: activity, amount, fund, status, and when it was submitted, decided and paid. Use it for the state of a request; \
not for what is left of a fund, and not for the rules.";

pub(super) const WORDS: &[&str] = &[
    "claim",
    "claims",
    "request",
    "requests",
    "reimburse",
    "reimbursed",
    "reimbursement",
    "activity",
    "activities",
    "event",
    "webinar",
    "fair",
];

const COLUMNS: &[&str] = &[
    "activity",
    "fund",
    "amount",
    "status",
    "submitted_on",
    "decided_on",
    "paid_on",
];

pub(super) fn parameters() -> Value {
    json!({
        "status": arguments::one_of(StatusFilter::NAMES, "Only this status; waiting is requested or claimed, which is for the vendor to decide or pay, open is all that and approved."),
        "activity": arguments::a_text("Only those for an activity of this name (a part of it is enough)."),
        "period": arguments::a_period("those submitted"),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::choice")]
    status: Option<StatusFilter>,
    #[serde(deserialize_with = "arguments::text")]
    activity: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
}

/// Statuses, alone or in the groups that are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StatusFilter {
    Open,
    Waiting,
    Is(MdfStatus),
}

impl StatusFilter {
    const NAMES: [&'static str; 6] = ["open", "waiting", "approved", "rejected", "paid", "expired"];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Is(status) => status.as_str(),
        }
    }

    fn admits(self, status: MdfStatus) -> bool {
        match self {
            Self::Open => matches!(
                status,
                MdfStatus::Requested | MdfStatus::Approved | MdfStatus::Claimed
            ),
            Self::Waiting => matches!(status, MdfStatus::Requested | MdfStatus::Claimed),
            Self::Is(wanted) => status == wanted,
        }
    }
}

impl FromStr for StatusFilter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "open" => Ok(Self::Open),
            "waiting" => Ok(Self::Waiting),
            other => other.parse().map(Self::Is),
        }
    }
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let period = arguments::period(args.period.as_deref(), ctx, false)?;
    let (Some(funds), Some(mut claims)) = (ctx.records.mdf_funds().await?, ctx.records.mdf_claims().await?)
    else {
        return Ok(ToolOutcome::new(NOT_KEPT.to_owned(), Vec::new(), [], COLUMNS));
    };
    if let Some(wanted) = &args.activity {
        claims = matching::filter(claims, wanted, |claim| vec![&claim.activity]);
    }
    claims.retain(|claim| {
        args.status.is_none_or(|status| status.admits(claim.status))
            && period
                .as_ref()
                .is_none_or(|period| period.contains(claim.submitted_on))
    });
    let names: HashMap<&str, &str> = funds
        .iter()
        .map(|fund: &MdfFund| (fund.id.as_str(), fund.name.as_str()))
        .collect();

    let headline = match &claims[..] {
        [only] => sentence(only),
        claims => overview(claims, &args, period.as_ref()),
    };
    let mut summary = vec![Field::count("count", claims.len())];
    for group in groups(&claims) {
        summary.push(Field::count(group.names.0, group.count));
        summary.push(Field::totals(group.names.1, &group.amount, ctx.partner.currency));
    }
    let totals: Totals = claims.iter().map(|claim| claim.amount).collect();
    summary.push(Field::totals("total_amount", &totals, ctx.partner.currency));
    summary.extend(arguments::filters(period.as_ref(), None, None));
    summary.extend(
        args.activity
            .as_ref()
            .map(|activity| Field::text("activity_filter", activity)),
    );
    if claims.len() > MOST_ROWS {
        summary.push(Field::count("listed", MOST_ROWS));
    }
    let records = claims
        .iter()
        .take(MOST_ROWS)
        .map(|claim| record(claim, names.get(claim.fund_id.as_str()).copied()));
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
}

/// What the fields of each status are called: its count, its sum.
const STATUS_FIELDS: [(MdfStatus, (&str, &str)); 6] = [
    (MdfStatus::Requested, ("requested_count", "requested_amount")),
    (MdfStatus::Approved, ("approved_count", "approved_amount")),
    (MdfStatus::Rejected, ("rejected_count", "rejected_amount")),
    (MdfStatus::Claimed, ("claimed_count", "claimed_amount")),
    (MdfStatus::Paid, ("paid_count", "paid_amount")),
    (MdfStatus::Expired, ("expired_count", "expired_amount")),
];

/// The requests of one status.
struct Group {
    status: MdfStatus,
    names: (&'static str, &'static str),
    count: usize,
    amount: Totals,
}

/// The statuses that there are requests of.
fn groups(claims: &[MdfClaim]) -> impl Iterator<Item = Group> {
    STATUS_FIELDS.into_iter().filter_map(|(status, names)| {
        let of = || claims.iter().filter(|claim| claim.status == status);
        let count = of().count();
        let amount = of().map(|claim| claim.amount).collect();
        (count > 0).then_some(Group {
            status,
            names,
            count,
            amount,
        })
    })
}

fn overview(claims: &[MdfClaim], args: &Arguments, period: Option<&Period>) -> String {
    let status = args
        .status
        .map(|status| format!("{} ", status.as_str()))
        .unwrap_or_default();
    let activity = args
        .activity
        .as_ref()
        .map(|name| format!(" for “{name}”"))
        .unwrap_or_default();
    let when = period
        .map(|period| format!(" submitted {}", period.phrase()))
        .unwrap_or_default();
    if claims.is_empty() {
        return format!("You have no {status}MDF requests{activity}{when}.");
    }
    let (one, many) = (format!("{status}MDF request"), format!("{status}MDF requests"));
    let parts: Vec<String> = groups(claims)
        .map(|group| format!("{} {} ({})", group.count, group.status.as_str(), group.amount))
        .collect();
    format!(
        "You have {}{activity}{when}: {}.{}",
        count_of(claims.len(), &one, &many),
        list(&parts),
        cut_note(claims.len())
    )
}

/// One request in full.
fn sentence(claim: &MdfClaim) -> String {
    let on = |date: Option<Date>| date.map(|date| format!(" on {}", long(date))).unwrap_or_default();
    let what = format!(
        "Your MDF request {} for “{}”, {}",
        claim.id, claim.activity, claim.amount
    );
    let submitted = long(claim.submitted_on);
    match claim.status {
        MdfStatus::Requested => {
            format!("{what}, was submitted on {submitted} and is waiting for a decision.")
        }
        MdfStatus::Approved => format!(
            "{what}, was approved{}; it is not claimed yet.",
            on(claim.decided_on)
        ),
        MdfStatus::Rejected => format!("{what}, was rejected{}.", on(claim.decided_on)),
        MdfStatus::Claimed => {
            format!(
                "{what}, was approved{} and claimed; it is not paid yet.",
                on(claim.decided_on)
            )
        }
        MdfStatus::Paid => format!("{what}, was paid{}.", on(claim.paid_on)),
        MdfStatus::Expired => {
            format!("{what}, submitted on {submitted}, was not used in time and has expired.")
        }
    }
}

fn record(claim: &MdfClaim, fund: Option<&str>) -> Record {
    let mut fields = vec![
        Field::text("id", &claim.id),
        Field::text("activity", &claim.activity),
    ];
    fields.extend(fund.map(|fund| Field::text("fund", fund)));
    fields.push(Field::money("amount", claim.amount));
    fields.push(Field::choice(
        "status",
        claim.status.as_str(),
        claim.status.shown(),
    ));
    fields.push(Field::date("submitted_on", claim.submitted_on));
    fields.extend(Field::optional_date("decided_on", claim.decided_on));
    fields.extend(Field::optional_date("paid_on", claim.paid_on));
    Record::new(&claim.id, "mdf_claim", fields)
}
