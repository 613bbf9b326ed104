//! The partner's market development funds: what is granted, what is promised, and what is left.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments, matching,
    wording::{count_of, days, list, narrowed, shown},
};
use crate::{
    crm::{MdfClaim, MdfFund, MdfStatus},
    program::{
        date::long,
        mdf::{Balance, State, Term},
        money::{Money, Totals},
    },
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const DESCRIPTION: &str = "Show the partner's own market development funds (MDF): what each fund was granted, \
what of it is requested, approved, claimed and paid, what is left and until when. Use it for balances; not for single \
requests, and not for the rules of the funds.";

pub(super) const WORDS: &[&str] = &["mdf", "fund", "funds", "marketing", "budget"];

const COLUMNS: &[&str] = &[
    "name",
    "granted",
    "requested",
    "approved",
    "claimed",
    "paid",
    "left",
    "valid_from",
    "expires_on",
    "state",
];

pub(super) fn parameters() -> Value {
    json!({
        "fund": arguments::a_text("Only the fund of this name (a part of it is enough)."),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    fund: Option<String>,
}

/// What a partner is told whose CRM has no such table.
pub(super) const NOT_KEPT: &str = "The CRM does not keep market development funds.";

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let (Some(mut funds), Some(claims)) = (ctx.records.mdf_funds().await?, ctx.records.mdf_claims().await?)
    else {
        return Ok(ToolOutcome::new(NOT_KEPT.to_owned(), Vec::new(), [], COLUMNS));
    };
    if let Some(wanted) = &args.fund {
        funds = matching::filter(funds, wanted, |fund| vec![&fund.name]);
    }
    let standing: Vec<Standing<'_>> = funds
        .iter()
        .map(|fund| Standing::of(fund, &claims, ctx.today))
        .collect();
    let open: Vec<&Standing<'_>> = standing.iter().filter(|fund| fund.is_open()).collect();
    let sum = |part: fn(&Balance) -> Money| -> Totals {
        open.iter()
            .filter_map(|fund| fund.balance.as_ref())
            .map(part)
            .collect()
    };
    let (left, requested) = (sum(|balance| balance.left), sum(|balance| balance.requested));
    let over = standing.iter().filter(|fund| fund.term == Term::Over).count();

    let narrowed = narrowed(args.fund.as_deref(), None);
    let currency = ctx.partner.currency;
    let mut headline = match &open[..] {
        [] => format!("You have no market development funds{narrowed} to draw on at the moment."),
        [only] => only.sentence(),
        many => {
            let parts: Vec<String> = many.iter().map(|fund| fund.part()).collect();
            format!(
                "You have {} left in {} market development funds{narrowed}: {}.",
                shown(&left, currency),
                many.len(),
                list(&parts)
            )
        }
    };
    if requested.amounts().any(|amount| amount.minor > 0) {
        headline.push_str(&format!(
            " {} more is requested and not decided on.",
            shown(&requested, currency)
        ));
    }
    if over > 0 {
        headline.push_str(&format!(" {} expired.", count_of(over, "fund has", "funds have")));
    }
    let mut summary = vec![
        Field::count("count", standing.len()),
        Field::count("open_funds", open.len()),
        Field::count("expired_funds", over),
        Field::totals("left", &left, currency),
        Field::totals("requested", &requested, currency),
    ];
    summary.extend(args.fund.as_ref().map(|fund| Field::text("fund_filter", fund)));
    let records = standing.iter().map(Standing::record);
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
}

/// A fund on a day.
struct Standing<'a> {
    fund: &'a MdfFund,
    /// Nothing where something was asked of it in another currency.
    balance: Option<Balance>,
    term: Term,
}

impl<'a> Standing<'a> {
    fn of(fund: &'a MdfFund, claims: &[MdfClaim], today: Date) -> Self {
        let asked = claims.iter().filter(|claim| claim.fund_id == fund.id);
        Self {
            fund,
            balance: Balance::of(
                fund.granted,
                asked.map(|claim| (state(claim.status), claim.amount)),
            ),
            term: Term::on(today, fund.valid_from, fund.expires_on),
        }
    }

    fn is_open(&self) -> bool {
        matches!(self.term, Term::Open(_))
    }

    /// A fund in full.
    fn sentence(&self) -> String {
        let (name, until) = (&self.fund.name, long(self.fund.expires_on));
        let Some(balance) = self.balance else {
            return format!(
                "What is left in “{name}” until {until} cannot be told: it was asked for money in several currencies."
            );
        };
        let parts: Vec<String> = [
            (balance.approved, "approved"),
            (balance.claimed, "claimed"),
            (balance.paid, "paid"),
        ]
        .into_iter()
        .filter(|(amount, _)| amount.minor > 0)
        .map(|(amount, what)| format!("{amount} is {what}"))
        .collect();
        let used = match parts.is_empty() {
            true => String::new(),
            false => format!("; {}", list(&parts)),
        };
        format!(
            "You have {} of {} left in “{name}”, to be used until {until}{}{used}.",
            balance.left,
            balance.granted,
            self.days_left()
        )
    }

    /// A fund among others.
    fn part(&self) -> String {
        let (name, until) = (&self.fund.name, long(self.fund.expires_on));
        match self.balance {
            Some(balance) => format!(
                "{} of {} in “{name}” until {until}",
                balance.left, balance.granted
            ),
            None => format!("“{name}” until {until}, where several currencies cannot be set off"),
        }
    }

    fn days_left(&self) -> String {
        match self.term {
            Term::Open(left) => format!(" ({} left)", days(left)),
            Term::Ahead | Term::Over => String::new(),
        }
    }

    fn record(&self) -> Record {
        let fund = self.fund;
        let mut fields = vec![
            Field::text("id", &fund.id),
            Field::text("name", &fund.name),
            Field::money("granted", fund.granted),
        ];
        if let Some(balance) = self.balance {
            fields.push(Field::money("requested", balance.requested));
            fields.push(Field::money("approved", balance.approved));
            fields.push(Field::money("claimed", balance.claimed));
            fields.push(Field::money("paid", balance.paid));
            // What is left of a fund that is over is nobody's any more.
            let name = if self.term == Term::Over { "lapsed" } else { "left" };
            fields.push(Field::money(name, balance.left));
        }
        fields.push(Field::date("valid_from", fund.valid_from));
        fields.push(Field::date("expires_on", fund.expires_on));
        let state = match self.term {
            Term::Ahead => ("ahead", "Not yet open"),
            Term::Open(_) => ("open", "Open"),
            Term::Over => ("expired", "Expired"),
        };
        fields.push(Field::choice("state", state.0, state.1));
        if let Term::Open(left) = self.term {
            fields.push(Field::number("days_left", left));
        }
        Record::new(&fund.id, "mdf_fund", fields)
    }
}

/// How a request stands to its fund.
pub(super) fn state(status: MdfStatus) -> State {
    match status {
        MdfStatus::Requested => State::Requested,
        MdfStatus::Approved => State::Approved,
        MdfStatus::Claimed => State::Claimed,
        MdfStatus::Paid => State::Paid,
        MdfStatus::Rejected | MdfStatus::Expired => State::Void,
    }
}
