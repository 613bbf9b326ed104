//! Dates in words, as a partner reads them.

use jiff::civil::Date;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The English name of month 1 to 12; empty outside that range, which `jiff` never yields.
#[must_use]
pub fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1)
        .ok()
        .and_then(|at| MONTHS.get(at))
        .copied()
        .unwrap_or_default()
}

/// `12 March 2027`.
#[must_use]
pub fn long(date: Date) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()), date.year())
}

/// First and last day, saying year and month once where both share them: `1 July to 30 September 2026`.
#[must_use]
pub fn span(first: Date, last: Date) -> String {
    if first == last {
        return long(first);
    }
    if first.year() != last.year() {
        return format!("{} to {}", long(first), long(last));
    }
    if first.month() != last.month() {
        return format!("{} {} to {}", first.day(), month_name(first.month()), long(last));
    }
    format!("{} to {}", first.day(), long(last))
}

/// `days` later (or earlier, when negative), stopping at the ends of the calendar instead of failing.
#[must_use]
pub fn add_days(date: Date, days: i64) -> Date {
    date.saturating_add(jiff::Span::new().try_days(days).unwrap_or_default())
}

/// `months` later, on the same day or the month's last, stopping at the ends of the calendar.
#[must_use]
pub fn add_months(date: Date, months: i64) -> Date {
    date.saturating_add(jiff::Span::new().try_months(months).unwrap_or_default())
}

/// Whole days from `from` to `to`; negative when `to` is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    // Two civil dates are at most 19,998 years apart: the hours of that fit any duration.
    to.duration_since(from).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn spans_say_what_is_shared_once() {
        let check = |a, b, expected: &str| assert_eq!(span(a, b), expected);
        check(date(2026, 7, 1), date(2026, 9, 30), "1 July to 30 September 2026");
        check(date(2026, 10, 1), date(2026, 10, 31), "1 to 31 October 2026");
        check(
            date(2025, 12, 1),
            date(2026, 1, 31),
            "1 December 2025 to 31 January 2026",
        );
        check(date(2026, 3, 12), date(2026, 3, 12), "12 March 2026");
    }

    #[test]
    fn days_are_counted_across_leap_days_and_backwards() {
        assert_eq!(days_between(date(2028, 2, 28), date(2028, 3, 1)), 2);
        assert_eq!(days_between(date(2026, 3, 1), date(2026, 2, 27)), -2);
        assert_eq!(add_days(date(2026, 1, 31), 1), date(2026, 2, 1));
        assert_eq!(add_months(date(2026, 1, 31), 1), date(2026, 2, 28));
    }
}
