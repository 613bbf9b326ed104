//! Arguments as a model sends them: read leniently where the meaning is plain, refused where it is not.

use super::{Field, ToolContext, ToolError};
use crate::program::period::Period;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json};
use std::str::FromStr;

/// The arguments of one tool. Its type denies unknown fields, so that a smuggled partner id is an error.
pub(super) fn read<T: DeserializeOwned>(args: &Value) -> Result<T, ToolError> {
    let empty = json!({});
    let args = if args.is_null() { &empty } else { args };
    // Structs also deserialise from arrays, by position: an argument without its name is not one.
    if !args.is_object() {
        return Err(ToolError::BadArguments(
            "they have to be a JSON object".to_owned(),
        ));
    }
    T::deserialize(args).map_err(|error| ToolError::BadArguments(error.to_string()))
}

/// Longest text argument, in characters: it is echoed in headlines, and no name or period needs more.
const LONGEST: usize = 120;

/// A text on one line; models send `null` and `""` for "not given".
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    if text.chars().count() > LONGEST {
        return Err(serde::de::Error::custom(format!(
            "a text is longer than {LONGEST} characters"
        )));
    }
    let words = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty());
    Ok(Some(words.collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty()))
}

/// A member of a closed set; `Closed won` is as good as `closed_won`.
pub(super) fn choice<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = String>,
{
    let Some(text) = text(deserializer)? else {
        return Ok(None);
    };
    let stored = text.to_lowercase().replace([' ', '-'], "_");
    stored.parse().map(Some).map_err(serde::de::Error::custom)
}

/// The member of a closed set that an argument names; the error says which ones there are.
pub(super) fn member<T: Copy, const N: usize>(
    argument: &str,
    all: [T; N],
    name: fn(T) -> &'static str,
    text: &str,
) -> Result<T, String> {
    let known = all.into_iter().find(|member| name(*member) == text);
    known.ok_or_else(|| format!("{argument} {text:?} is none of {}", all.map(name).join(", ")))
}

/// The filters that a list was asked for with, as fields of its summary.
pub(super) fn filters(
    period: Option<&Period>,
    customer: Option<&str>,
    product: Option<&str>,
) -> impl Iterator<Item = Field> {
    let period = period.map(|period| Field::text("period", period.described()));
    let customer = customer.map(|customer| Field::text("customer_filter", customer));
    let product = product.map(|product| Field::text("product_filter", product));
    period.into_iter().chain(customer).chain(product)
}

/// A period phrase, in the vendor's calendar.
pub(super) fn period(
    phrase: Option<&str>,
    ctx: &ToolContext<'_>,
    ahead: bool,
) -> Result<Option<Period>, ToolError> {
    let Some(phrase) = phrase else { return Ok(None) };
    let find = if ahead {
        Period::find_ahead
    } else {
        Period::find_in
    };
    match find(phrase, ctx.today, ctx.fiscal_year_start) {
        Some((period, _)) => Ok(Some(period)),
        None => Err(ToolError::BadArguments(format!(
            "period {phrase:?} is not one I know; write it like \"last quarter\", \"Q3 2026\", \"October\" or \
             \"last 30 days\""
        ))),
    }
}

/// Schema of a closed set.
pub(super) fn one_of<'v>(values: impl IntoIterator<Item = &'v str>, description: &str) -> Value {
    json!({ "type": "string", "enum": values.into_iter().collect::<Vec<_>>(), "description": description })
}

/// Schema of a text.
pub(super) fn a_text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

/// Schema of a period.
pub(super) fn a_period(what: &str) -> Value {
    a_text(&format!(
        "Only {what} in this period, as the partner said it: \"last quarter\", \"Q3 2026\", \"October\", \"this \
         year\", \"last 30 days\"."
    ))
}
