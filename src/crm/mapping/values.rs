//! Values as CRMs keep them, and as our columns hold them.

use super::Unit;
use crate::{crm::fields::Kind, program::money::Currency};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rust_decimal::{Decimal, prelude::ToPrimitive};

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
        Kind::Choice => Ok(value.to_lowercase().replace([' ', '-', '/'], "_")),
        Kind::Date => day(value, zone).map(|day| day.to_string()),
        Kind::Minor => {
            let decimals = match unit {
                Some(Unit::Minor) => 0,
                _ => currency.ok_or("and no currency stands beside it")?.decimals(),
            };
            whole(number(value)?, decimals).ok_or("which has more decimals than its currency")
        }
        Kind::Rate => {
            let decimals = match unit {
                Some(Unit::BasisPoints) => 0,
                Some(Unit::Fraction) => 4,
                _ => 2,
            };
            whole(number(value)?, decimals).ok_or("which is finer than a hundredth of a percent")
        }
        Kind::Number => whole(number(value)?, 0).ok_or("which is no whole number"),
    }
}

/// The unit in which our own columns of a kind are.
pub(super) fn own_unit(kind: Kind) -> Option<Unit> {
    match kind {
        Kind::Minor => Some(Unit::Minor),
        Kind::Rate => Some(Unit::BasisPoints),
        _ => None,
    }
}

/// Why a unit cannot be one of this kind.
pub(super) fn misfit(kind: Kind, unit: Option<Unit>) -> Option<&'static str> {
    match (kind, unit?) {
        (Kind::Minor, Unit::Major | Unit::Minor)
        | (Kind::Rate, Unit::Percent | Unit::Fraction | Unit::BasisPoints) => None,
        (Kind::Minor, _) => Some("an amount is in `major` or `minor` units"),
        (Kind::Rate, _) => Some("a rate is in `percent`, `fraction` or `basis_points`"),
        _ => Some("only amounts and rates have a unit"),
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
fn moment(value: &str) -> Option<Timestamp> {
    let parsed = value.parse().ok();
    let offset = || Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", value).ok();
    let milliseconds = || Timestamp::from_millisecond(value.parse().ok()?).ok();
    parsed.or_else(offset).or_else(milliseconds)
}

fn number(value: &str) -> Result<Decimal, &'static str> {
    let number = value.parse().or_else(|_| Decimal::from_scientific(value));
    number.map_err(|_| "which is no number")
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
        check(Kind::Number, None, "3.0", "", Ok("3"));
        check(Kind::Number, None, "3.5", "", Err("which is no whole number"));
    }
}
