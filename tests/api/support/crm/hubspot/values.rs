//! Values as HubSpot keeps them: strings, whatever their type, in one form per type; and how they compare.

use super::{
    super::{
        schema::{Field, Kind},
        times,
    },
    errors::Wrong,
};
use serde_json::Value;
use std::cmp::Ordering;

/// What is stored of a value that was sent, or what is wrong with it. Nothing is an empty text, which clears.
pub(super) fn stored(field: &Field, sent: &Value) -> Result<String, Wrong> {
    let text = match sent {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.is_empty() {
        return Ok(text);
    }
    let wrong = |code, what: &str| Err(Wrong::new(&field.name, code, format!("{text} was not {what}")));
    match &field.kind {
        Kind::Text | Kind::Reference(_) => Ok(text),
        Kind::Number if text.parse::<f64>().is_err() => wrong("INVALID_DOUBLE", "a valid number."),
        Kind::Number => Ok(text),
        Kind::Boolean if text != "true" && text != "false" => {
            wrong("INVALID_OPTION", "one of the allowed options: [true, false]")
        }
        Kind::Boolean => Ok(text),
        Kind::Choice(options) if !options.contains(&text) => wrong(
            "INVALID_OPTION",
            &format!("one of the allowed options: {options:?}"),
        ),
        Kind::Choice(_) => Ok(text),
        Kind::DateTime => match times::moment(&text) {
            Some(at) => Ok(times::iso(at)),
            None => wrong("INVALID_LONG", "a valid long."),
        },
        Kind::Date => match times::moment(&text).filter(|&at| at == times::midnight(times::day_of(at))) {
            Some(at) => Ok(times::day_of(at).to_string()),
            None => wrong("INVALID_DATE", "a valid date: not at midnight UTC."),
        },
    }
}

/// How a stored value stands to one of a filter or to another stored one. `None` if they cannot be compared.
pub(super) fn compare(kind: &Kind, stored: &str, other: &str) -> Option<Ordering> {
    match kind {
        Kind::Number => stored.parse::<f64>().ok()?.partial_cmp(&other.parse().ok()?),
        Kind::Date | Kind::DateTime => Some(times::moment(stored)?.cmp(&times::moment(other)?)),
        Kind::Text | Kind::Reference(_) => Some(stored.to_lowercase().cmp(&other.to_lowercase())),
        Kind::Boolean | Kind::Choice(_) => Some(stored.cmp(other)),
    }
}
