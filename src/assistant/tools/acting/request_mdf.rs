//! Proposes to ask for money for joint marketing.

use super::{
    super::{
        ToolContext, ToolError, ToolOutcome, arguments,
        mdf_summary::{NOT_KEPT, state},
    },
    behind_colon, held, nothing, proposed, still_needed,
};
use crate::{
    crm::{MdfClaim, MdfFund},
    program::{
        mdf::{Balance, Term},
        money::Currency,
    },
    registration::extract::{self, Context},
    request::form::{self, Field, FieldKind, Form, Kind, Name, Notice},
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const DESCRIPTION: &str = "Propose to request market development funds (MDF) for an activity. \
Nothing is written: the partner has to confirm, and the vendor decides.";

pub(super) fn parameters() -> Value {
    json!({ "activity": arguments::a_text("What the money is for, in the partner's own words.") })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    activity: Option<String>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let (funds, claims) = tokio::try_join!(ctx.records.mdf_funds(), ctx.records.mdf_claims())?;
    let (Some(funds), Some(claims)) = (funds, claims) else {
        return Ok(nothing(NOT_KEPT.to_owned(), vec![], &[]));
    };
    let open: Vec<&MdfFund> = funds
        .iter()
        .filter(|fund| {
            matches!(
                Term::on(ctx.today, fund.valid_from, fund.expires_on),
                Term::Open(_)
            )
        })
        .collect();
    let Some(first) = open.first() else {
        return Ok(nothing(
            "You have no market development funds to draw on at the moment.".to_owned(),
            vec![],
            &[],
        ));
    };
    let text = ctx.said.text;
    let read = extract::amounts(text, &Context::of_day(ctx.today, first.granted.currency));
    let left = |fund: &MdfFund| balance(fund, &claims).map_or(0, |balance| balance.left.minor);
    // Of the funds in a currency, the first to expire that has enough; else the one that has most.
    let fitting = |currency: Currency, amount: i64| {
        let own = || {
            open.iter()
                .copied()
                .filter(|fund| fund.granted.currency == currency)
        };
        own()
            .find(|fund| left(fund) >= amount)
            .or_else(|| own().max_by_key(|fund| left(fund)))
    };
    let wanted = read.iter().find_map(|(value, currency)| {
        let amount = form::money(*value, (*currency)?)?;
        Some((fitting(amount.currency, amount.minor)?, amount))
    });
    let (fund, amount) = match wanted {
        Some((fund, amount)) => (fund, Some(amount)),
        None => {
            let plain = read
                .iter()
                .find(|(value, currency)| currency.is_none() && *value >= 100.into());
            (
                *first,
                plain.and_then(|(value, _)| form::money(*value, first.granted.currency)),
            )
        }
    };
    let activity = held(text, args.activity.as_deref())
        .or_else(|| behind_colon(text))
        .or_else(|| purpose(text));
    let mut field = Field::new(Name::Activity, "Activity", FieldKind::Text).required();
    field.words.clone_from(&activity);
    let told = told(fund, &claims);
    let form = Form {
        kind: Kind::RequestMdf,
        record: Some(fund.id.clone()),
        fields: vec![
            Field::fixed(Name::Fund, "Fund", told.as_str()),
            field.with(activity),
            Field::new(Name::Amount, "Amount", FieldKind::Amount)
                .with(amount.map(|amount| amount.decimal()))
                .required(),
            Field::fixed(Name::Currency, "Currency", fund.granted.currency.code()),
        ],
        notices: amount
            .filter(|amount| amount.minor > left(fund))
            .map(|_| Notice {
                code: "more_than_left".to_owned(),
                text: "This is more than what is left of the fund.".to_owned(),
            })
            .into_iter()
            .collect(),
    };
    let headline = format!(
        "I can request this from {}. Please check it and confirm; the vendor decides.{}",
        told,
        still_needed(&form)
    );
    Ok(proposed(headline, vec![form]))
}

fn balance(fund: &MdfFund, claims: &[MdfClaim]) -> Option<Balance> {
    let own = claims.iter().filter(|claim| claim.fund_id == fund.id);
    Balance::of(fund.granted, own.map(|claim| (state(claim.status), claim.amount)))
}

/// A fund with what is left of it.
fn told(fund: &MdfFund, claims: &[MdfClaim]) -> String {
    match balance(fund, claims) {
        Some(balance) => format!("{} ({} left)", fund.name, balance.left),
        None => fund.name.clone(),
    }
}

/// What stands behind "for": "request EUR 3,000 MDF for a webinar in March".
fn purpose(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words
        .iter()
        .rposition(|word| ["for", "für", "pour"].contains(&word.to_lowercase().as_str()))?;
    let rest = words[at + 1..].join(" ");
    let rest = rest.trim_end_matches(['.', '!', '?']);
    (!rest.is_empty()).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::purpose;

    #[test]
    fn what_money_is_for_stands_behind_for() {
        let check = |text, expected| assert_eq!(purpose(text).as_deref(), expected);
        check(
            "Please request EUR 3,000 MDF for a webinar in March.",
            Some("a webinar in March"),
        );
        check("request MDF", None);
    }
}
