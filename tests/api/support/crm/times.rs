//! Instants and days as the two vendors write them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// An instant to the millisecond, as both vendors count. A second of the same millisecond does not exist for them.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap()
}

/// `2026-11-30T08:15:00.250Z`, as HubSpot writes it.
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// `2026-11-30T08:15:00.250+0000`, as Salesforce writes it.
pub(crate) fn offset(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// An instant in any of the forms that either vendor takes: with `Z`, with `+0000` or `+00:00`, or as milliseconds.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(milliseconds) = text.parse() {
        return Timestamp::from_millisecond(milliseconds).ok();
    }
    let parsed = text.parse().ok();
    parsed.or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok())
}

/// An instant, or a day as its first one.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    day(text).map(midnight).or_else(|| instant(text))
}

/// A day: `2026-11-30`, and nothing that only begins so.
pub(crate) fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

/// The instant at which a day begins, in UTC.
pub(crate) fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).unwrap().timestamp()
}

/// The day of an instant, in UTC.
pub(crate) fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}
