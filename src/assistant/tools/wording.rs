//! Small pieces of headline English.

use crate::program::money::{Currency, Totals};

pub(super) use crate::program::tiers::capitalised;

/// `1 deal`, `5 deals`.
pub(super) fn count_of(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// A sum; of nothing, a zero in the currency `empty`.
pub(super) fn shown(totals: &Totals, empty: Currency) -> String {
    totals
        .single(empty)
        .map_or_else(|| totals.to_string(), |money| money.to_string())
}

/// `today`, `1 day ago`, `12 days left` and their like: a number of days with its noun.
pub(super) fn days(count: i64) -> String {
    format!("{count} {}", if count == 1 { "day" } else { "days" })
}

/// The filters of a list, for the end of its subject: a count without them would be a false one.
pub(super) fn narrowed(customer: Option<&str>, product: Option<&str>) -> String {
    let customer = customer
        .map(|name| format!(" matching “{name}”"))
        .unwrap_or_default();
    let product = product
        .map(|name| format!(" for product “{name}”"))
        .unwrap_or_default();
    format!("{product}{customer}")
}

/// Most rows an outcome carries: a model and a reader are both better served by a filter than by more.
pub(super) const MOST_ROWS: usize = 50;

/// Said when a list was cut, so that nobody takes the rows for all there is.
pub(super) fn cut_note(count: usize) -> &'static str {
    if count > MOST_ROWS {
        " Only the first 50 are listed."
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_names_the_limit() {
        assert!(cut_note(MOST_ROWS + 1).contains(&MOST_ROWS.to_string()));
        assert_eq!(cut_note(MOST_ROWS), "");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(capitalised("emea"), "Emea");
    }
}
