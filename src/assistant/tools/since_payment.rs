//! "Since my last payment": a period that only the partner's own records can date.

use super::{Field, ToolContext, ToolError, ToolOutcome};
use crate::program::date::{add_days, long};
use jiff::civil::Date;
use serde_json::Value;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Words between "since" and the payment: "since the last time that you paid".
const APART: usize = 7;

/// Where a text says "since my last payment", "since we were last paid" and their like.
pub(crate) fn find(text: &str) -> Option<Range<usize>> {
    let words: Vec<(usize, String)> = text
        .unicode_word_indices()
        .map(|(at, word)| (at, word.to_lowercase()))
        .collect();
    let since = words.iter().position(|(_, word)| word == "since")?;
    let near = words[since..].iter().take(APART);
    let end_of = |list: &[&str]| {
        let mut found = near.clone().filter(|(_, word)| list.contains(&word.as_str()));
        found.next().map(|(at, word)| at + word.len())
    };
    let last = end_of(&["last", "latest", "previous", "recent"])?;
    let paid = end_of(&["payment", "payout", "paid", "pay", "payday"])?;
    Some(words[since].0..last.max(paid))
}

/// The arguments with such a period replaced by its dates, and what the answer has to say about it.
pub(super) async fn dated(ctx: &ToolContext<'_>, args: &Value) -> Result<Option<(Value, Dated)>, ToolError> {
    let phrase = args.get("period").and_then(Value::as_str);
    if phrase.and_then(find).is_none() {
        return Ok(None);
    }
    let commissions = ctx.records.commissions().await?;
    let paid = commissions.iter().filter_map(|entry| entry.paid_on);
    let last = paid.filter(|day| *day <= ctx.today).max();
    // The day of the payment itself belongs to what was settled by it.
    let period = last.map(|day| Value::from(format!("since {}", add_days(day, 1))));
    let mut args = args.clone();
    args["period"] = period.unwrap_or(Value::Null);
    Ok(Some((args, Dated(last))))
}

/// The day of the last payment; none where there was none yet.
pub(super) struct Dated(Option<Date>);

impl Dated {
    /// Says in an outcome what its period rests on.
    pub(super) fn tell(self, outcome: &mut ToolOutcome) {
        let told = match self.0 {
            Some(day) => format!(" Your last payment was on {}.", long(day)),
            None => " Nothing has been paid to you yet, so there is no day to begin with.".to_owned(),
        };
        if let Some(headline) = &mut outcome.headline {
            headline.push_str(&told);
        }
        if let Some(summary) = outcome.records.first_mut() {
            summary
                .fields
                .extend(self.0.map(|day| Field::date("last_payment_on", day)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrase_is_found_in_its_forms() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(find(text).map(|range| &text[range]), expected, "{text}");
        };
        check(
            "What came in since my last payment?",
            Some("since my last payment"),
        );
        check(
            "Since the latest payout, any news",
            Some("Since the latest payout"),
        );
        check("since we were last paid", Some("since we were last paid"));
        check(
            "since you paid me last, what is new",
            Some("since you paid me last"),
        );
        check("since last quarter", None);
        check("my last payment", None);
        check("since when is the last day of the month that you have paid", None);
    }
}
