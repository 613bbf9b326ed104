//! Values as CRMs keep them, and as our columns hold them.

use super::{Theirs, Unit};
use crate::{crm::fields::Kind, program::money::Currency};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// A value in the form of its column; the error says what is wrong with it.
pub(super) fn canonical(
    kind: Kind,
    unit: Option<Unit>,
    value: &str,
    currency: Option<Currency>,
    zone: &TimeZone,
) -> Result<String, &'static str> {
    match kind {
        Kind::Text => Ok(value.to_owned()),
        Kind::Choice => Ok(choice(value)),
        Kind::Date => day(value, zone).map(|day| day.to_string()),
        Kind::Minor => whole(number(value)?, decimals(kind, unit, currency)?)
            .ok_or("which has more decimals than its currency"),
        Kind::Rate => whole(number(value)?, decimals(kind, unit, currency)?)
            .ok_or("which is finer than a hundredth of a percent"),
        Kind::Percent => percent(number(value)?, decimals(kind, unit, currency)?)
            .ok_or("which is no percentage from 0 to 100"),
        Kind::Number => whole(number(value)?, 0).ok_or("which is no whole number"),
        Kind::Any => Ok(match (number(value), day(value, zone)) {
            (Ok(number), _) => number.to_string(),
            (_, Ok(day)) => day.to_string(),
            _ => choice(value),
        }),
    }
}

/// A value of ours in the form in which the CRM keeps it: what [`canonical`] makes of it is the value again.
pub(super) fn theirs(
    kind: Kind,
    unit: Option<Unit>,
    ours: &str,
    currency: Option<Currency>,
) -> Result<Theirs, &'static str> {
    match kind {
        Kind::Text | Kind::Choice | Kind::Date | Kind::Any => Ok(Theirs::Text(ours.to_owned())),
        Kind::Minor | Kind::Rate | Kind::Percent | Kind::Number => {
            let whole: i64 = ours.parse().map_err(|_| "which is no whole number")?;
            Ok(Theirs::Number(Decimal::new(
                whole,
                decimals(kind, unit, currency)?,
            )))
        }
    }
}

/// How far the point of a number stands to the left of where we have it.
fn decimals(kind: Kind, unit: Option<Unit>, currency: Option<Currency>) -> Result<u32, &'static str> {
    Ok(match (kind, unit) {
        (Kind::Minor, Some(Unit::Minor)) | (Kind::Rate, Some(Unit::BasisPoints)) => 0,
        (Kind::Minor, _) => currency.ok_or("and no currency stands beside it")?.decimals(),
        (Kind::Rate, Some(Unit::Fraction)) => 4,
        (Kind::Rate, _) | (Kind::Percent, Some(Unit::Fraction)) => 2,
        _ => 0,
    })
}

/// One of a closed set, as we write them.
fn choice(value: &str) -> String {
    value.to_lowercase().replace([' ', '-', '/'], "_")
}

/// The unit in which our own columns of a kind are.
pub(super) fn own_unit(kind: Kind) -> Option<Unit> {
    match kind {
        Kind::Minor => Some(Unit::Minor),
        Kind::Rate => Some(Unit::BasisPoints),
        Kind::Percent => Some(Unit::Percent),
        _ => None,
    }
}

/// Why a unit cannot be one of this kind.
pub(super) fn misfit(kind: Kind, unit: Option<Unit>) -> Option<&'static str> {
    match (kind, unit?) {
        (Kind::Minor, Unit::Major | Unit::Minor)
        | (Kind::Rate, Unit::Percent | Unit::Fraction | Unit::BasisPoints)
        | (Kind::Percent, Unit::Percent | Unit::Fraction) => None,
        (Kind::Minor, _) => Some("an amount is in `major` or `minor` units"),
        (Kind::Rate, _) => Some("a rate is in `percent`, `fraction` or `basis_points`"),
        (Kind::Percent, _) => Some("a percentage is in `percent` or `fraction`"),
        _ => Some("only amounts, rates and percentages have a unit"),
    }
}

/// A day as it is, or the day that a moment falls on where the vendor is.
fn day(value: &str, zone: &TimeZone) -> Result<Date, &'static str> {
    if let Ok(day) = value.parse::<Date>()
        && !value.contains(['T', ':'])
    {
        return Ok(day);
    }
    moment(value)
        .map(|moment| moment.to_zoned(zone.clone()).date())
        .ok_or("which is no date")
}

/// `2026-03-31T22:30:00Z`, `2026-03-31T22:30:00.000+0000`, or milliseconds since 1970.
pub(in crate::crm) fn moment(value: &str) -> Option<Timestamp> {
    let parsed = value.parse().ok();
    let offset = || Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", value).ok();
    let milliseconds = || Timestamp::from_millisecond(value.parse().ok()?).ok();
    parsed.or_else(offset).or_else(milliseconds)
}

fn number(value: &str) -> Result<Decimal, &'static str> {
    let number = value.parse().or_else(|_| Decimal::from_scientific(value));
    number.map_err(|_| "which is no number")
}

/// Whole percent, half of one up: a probability is somebody's estimate, and no finer than that.
fn percent(number: Decimal, decimals: u32) -> Option<String> {
    let moved = number.checked_mul(Decimal::from(10_i64.pow(decimals)))?;
    let whole = moved.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let percent = whole.to_u8().filter(|percent| *percent <= 100)?;
    Some(percent.to_string())
}

/// The number, its point moved to the right by `decimals`; nothing where something is left behind the point.
fn whole(number: Decimal, decimals: u32) -> Option<String> {
    let moved = number.checked_mul(Decimal::from(10_i64.pow(decimals)))?;
    let whole = moved.is_integer().then(|| moved.trunc().to_i64())??;
    Some(whole.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_form_of_their_column() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let check = |kind, unit, value: &str, code: &str, expected: Result<&str, &str>| {
            let told = canonical(kind, unit, value, code.parse().ok(), &zone);
            assert_eq!(told.as_deref(), expected.as_ref().copied(), "{value}");
        };
        check(Kind::Choice, None, "Closed Won", "", Ok("closed_won"));
        check(Kind::Date, None, "2026-01-31", "", Ok("2026-01-31"));
        check(Kind::Date, None, "2026-01-31T03:00:00Z", "", Ok("2026-01-30"));
        check(
            Kind::Date,
            None,
            "2026-01-31T03:00:00.000+0000",
            "",
            Ok("2026-01-30"),
        );
        check(Kind::Date, None, "1769860800000", "", Ok("2026-01-31"));
        check(Kind::Date, None, "31/01/2026", "", Err("which is no date"));
        let major = Some(Unit::Major);
        check(Kind::Minor, major, "1240.50", "EUR", Ok("124050"));
        check(Kind::Minor, None, "1240.5", "EUR", Ok("124050"));
        check(Kind::Minor, major, "1.2405e3", "EUR", Ok("124050"));
        check(Kind::Minor, major, "1240", "JPY", Ok("1240"));
        check(Kind::Minor, major, "-0.01", "USD", Ok("-1"));
        check(Kind::Minor, Some(Unit::Minor), "124050", "EUR", Ok("124050"));
        check(
            Kind::Minor,
            major,
            "1.005",
            "EUR",
            Err("which has more decimals than its currency"),
        );
        check(
            Kind::Minor,
            major,
            "12",
            "",
            Err("and no currency stands beside it"),
        );
        check(Kind::Minor, major, "1e40", "EUR", Err("which is no number"));
        check(Kind::Rate, None, "12.5", "", Ok("1250"));
        check(Kind::Rate, Some(Unit::Fraction), "0.125", "", Ok("1250"));
        check(Kind::Rate, Some(Unit::BasisPoints), "1250", "", Ok("1250"));
        let fraction = Some(Unit::Fraction);
        let none = Err("which is no percentage from 0 to 100");
        check(Kind::Percent, fraction, "0.2", "", Ok("20"));
        check(Kind::Percent, fraction, "0.335", "", Ok("34"));
        check(Kind::Percent, fraction, "1", "", Ok("100"));
        check(Kind::Percent, None, "90", "", Ok("90"));
        check(Kind::Percent, fraction, "20", "", none);
        check(Kind::Percent, None, "-1", "", none);
        check(Kind::Any, None, "Closed Won", "", Ok("closed_won"));
        check(Kind::Any, None, "1240.50", "", Ok("1240.50"));
        check(Kind::Any, None, "2026-01-31T03:00:00Z", "", Ok("2026-01-30"));
        check(Kind::Number, None, "3.0", "", Ok("3"));
        check(Kind::Number, None, "3.5", "", Err("which is no whole number"));
    }
}
