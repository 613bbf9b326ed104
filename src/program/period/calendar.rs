//! The calendar of periods: from a [`Spec`] to dates, with the vendor's fiscal years, halves and quarters.

use super::{Lean, Period, Spec, Unit, YearRef};
use crate::program::date::{add_days, add_months, long, month_name};
use jiff::civil::{Date, date};

/// A day to count from, and the vendor's year.
pub(super) struct Calendar {
    pub(super) today: Date,
    /// Month the fiscal year starts with, 1 to 12.
    pub(super) fiscal_start: i8,
    pub(super) lean: Lean,
}

impl Calendar {
    pub(super) fn resolve(&self, spec: &Spec) -> Period {
        match *spec {
            Spec::Day(day) => period(long(day), day, add_days(day, 1)),
            Spec::DayOfMonth { day, month } => self.day_of_month(day, month),
            Spec::Offset { unit, by } => self.offset(unit, by),
            Spec::Rolling { unit, count, ahead } => self.rolling(unit, count, ahead),
            Spec::ToDate(unit) => {
                let whole = self.offset(unit, 0);
                period(
                    format!("{} to date", whole.label),
                    whole.from,
                    add_days(self.today, 1),
                )
            }
            Spec::Month { month, year } => self.named(
                year,
                |year| self.month_of(date(year, month, 1)),
                self.today.year(),
            ),
            Spec::Quarter { quarter, year } => self.named(
                year,
                |year| self.nth_quarter(year, quarter),
                self.fiscal_year(self.today),
            ),
            Spec::Half { half, year } => self.named(
                year,
                |year| self.nth_half(year, half),
                self.fiscal_year(self.today),
            ),
            Spec::Year(year) => self.year_named(year),
            Spec::CalendarYear(year) => period(
                format!("calendar year {year}"),
                date(year, 1, 1),
                date(year + 1, 1, 1),
            ),
            Spec::Since(ref start) => {
                let from = self.resolve(start).from;
                let until = add_days(self.today, 1).max(add_days(from, 1));
                period(format!("the time since {}", long(from)), from, until)
            }
            Spec::Between(ref first, ref last) => self.between(first, last),
        }
    }

    /// "this", "last", "next", "two … ago": whole units away from the current one.
    fn offset(&self, unit: Unit, by: i64) -> Period {
        match unit {
            Unit::Day => {
                let day = add_days(self.today, by);
                period(long(day), day, add_days(day, 1))
            }
            Unit::Week => {
                let weekday = i64::from(self.today.weekday().to_monday_zero_offset());
                let from = add_days(self.today, 7 * by - weekday);
                period(format!("the week of {}", long(from)), from, add_days(from, 7))
            }
            Unit::Month => self.month_of(add_months(self.today.first_of_month(), by)),
            Unit::Quarter => self.quarter_of(add_months(self.start_of(Unit::Quarter), 3 * by)),
            Unit::Half => self.half_of(add_months(self.start_of(Unit::Half), 6 * by)),
            Unit::Year => self.year_of(add_months(self.start_of(Unit::Year), 12 * by)),
        }
    }

    /// "the last 30 days" ends today; "the last 2 quarters" are whole ones, as they are on every report.
    fn rolling(&self, unit: Unit, count: i64, ahead: bool) -> Period {
        let (from, until) = match (unit, ahead) {
            (Unit::Quarter | Unit::Half, _) => {
                let months = if unit == Unit::Quarter { 3 } else { 6 };
                let start = self.start_of(unit);
                if ahead {
                    (add_months(start, months), add_months(start, months * (count + 1)))
                } else {
                    (add_months(start, -months * count), start)
                }
            }
            (_, true) => (self.today, add_days(step(self.today, unit, count), 1)),
            (_, false) => (
                add_days(step(self.today, unit, -count), 1),
                add_days(self.today, 1),
            ),
        };
        let name = match unit {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Quarter => "quarter",
            Unit::Half => "half-year",
            Unit::Year => "year",
        };
        let side = if ahead { "next" } else { "last" };
        let label = if count == 1 {
            format!("the {side} {name}")
        } else {
            format!("the {side} {count} {name}s")
        };
        period(label, from, until)
    }

    /// One of the yearly occurrences of a month, quarter or half; `current` is the year `today` is in.
    fn named(&self, year: YearRef, nth: impl Fn(i16) -> Period, current: i16) -> Period {
        let latest = |fits: &dyn Fn(&Period) -> bool| {
            (current - 2..=current + 1)
                .rev()
                .map(&nth)
                .find(|p| fits(p))
                .unwrap_or_else(|| nth(current))
        };
        let first = |fits: &dyn Fn(&Period) -> bool| {
            (current - 1..=current + 2)
                .map(&nth)
                .find(|p| fits(p))
                .unwrap_or_else(|| nth(current))
        };
        match (year, self.lean) {
            (YearRef::Number(year), _) => nth(year),
            (YearRef::Offset(by), _) => nth(current.saturating_add(i16::try_from(by).unwrap_or_default())),
            (YearRef::This, _) => nth(current),
            (YearRef::Last, _) => latest(&|p| p.until <= self.today),
            (YearRef::Next, _) => first(&|p| p.from > self.today),
            (YearRef::Open, Lean::Back) => latest(&|p| p.from <= self.today),
            (YearRef::Open, Lean::Ahead) => first(&|p| p.until > self.today),
        }
    }

    fn day_of_month(&self, day: i8, month: i8) -> Period {
        let year = self.today.year();
        let candidates = [year - 1, year, year + 1].map(|year| Date::new(year, month, day).ok());
        let fits = |day: &Date| match self.lean {
            Lean::Back => *day <= self.today,
            Lean::Ahead => *day >= self.today,
        };
        let mut found = candidates.into_iter().flatten().filter(fits);
        let found = if self.lean == Lean::Back {
            found.next_back()
        } else {
            found.next()
        };
        // 29 February: not in any of the three years. The month is the honest remainder.
        match found {
            Some(day) => period(long(day), day, add_days(day, 1)),
            None => self.resolve(&Spec::Month {
                month,
                year: YearRef::Open,
            }),
        }
    }

    fn between(&self, first: &Spec, last: &Spec) -> Period {
        let end = self.resolve(last);
        // "January to March 2026": the year belongs to both.
        let start = match *first {
            Spec::Month {
                month,
                year: YearRef::Open,
            } => {
                let same = self.month_of(date(end.from.year(), month, 1));
                if same.from <= end.from {
                    same
                } else {
                    self.month_of(add_months(same.from, -12))
                }
            }
            Spec::Quarter {
                quarter,
                year: YearRef::Open,
            } => {
                let same = self.nth_quarter(self.fiscal_year(end.from), quarter);
                if same.from <= end.from {
                    same
                } else {
                    self.quarter_of(add_months(same.from, -12))
                }
            }
            ref other => self.resolve(other),
        };
        if start.from >= end.until {
            return start;
        }
        period(format!("{} to {}", start.label, end.label), start.from, end.until)
    }

    fn start_of(&self, unit: Unit) -> Date {
        let into_year = i64::from((self.today.month() - self.fiscal_start).rem_euclid(12));
        let months = match unit {
            Unit::Quarter => into_year % 3,
            Unit::Half => into_year % 6,
            Unit::Year => into_year,
            Unit::Day | Unit::Week | Unit::Month => 0,
        };
        add_months(self.today.first_of_month(), -months)
    }

    /// The name of the fiscal year a day is in.
    fn fiscal_year(&self, day: Date) -> i16 {
        let ends_next_year = self.fiscal_start > 1 && day.month() >= self.fiscal_start;
        if ends_next_year {
            day.year() + 1
        } else {
            day.year()
        }
    }

    fn year_start(&self, name: i16) -> Date {
        date(
            if self.fiscal_start > 1 { name - 1 } else { name },
            self.fiscal_start,
            1,
        )
    }

    fn year_label(&self, day: Date) -> String {
        let prefix = if self.fiscal_start > 1 { "FY" } else { "" };
        format!("{prefix}{}", self.fiscal_year(day))
    }

    fn month_of(&self, first: Date) -> Period {
        period(
            format!("{} {}", month_name(first.month()), first.year()),
            first,
            add_months(first, 1),
        )
    }

    fn quarter_of(&self, first: Date) -> Period {
        let quarter = (first.month() - self.fiscal_start).rem_euclid(12) / 3 + 1;
        period(
            format!("Q{quarter} {}", self.year_label(first)),
            first,
            add_months(first, 3),
        )
    }

    fn half_of(&self, first: Date) -> Period {
        let half = (first.month() - self.fiscal_start).rem_euclid(12) / 6 + 1;
        period(
            format!("H{half} {}", self.year_label(first)),
            first,
            add_months(first, 6),
        )
    }

    fn year_of(&self, first: Date) -> Period {
        period(self.year_label(first), first, add_months(first, 12))
    }

    fn nth_quarter(&self, year: i16, quarter: i8) -> Period {
        self.quarter_of(add_months(self.year_start(year), 3 * i64::from(quarter - 1)))
    }

    fn nth_half(&self, year: i16, half: i8) -> Period {
        self.half_of(add_months(self.year_start(year), 6 * i64::from(half - 1)))
    }

    fn year_named(&self, year: i16) -> Period {
        self.year_of(self.year_start(year))
    }
}

fn period(label: String, from: Date, until: Date) -> Period {
    Period { label, from, until }
}

fn step(day: Date, unit: Unit, count: i64) -> Date {
    match unit {
        Unit::Day => add_days(day, count),
        Unit::Week => add_days(day, 7 * count),
        Unit::Month => add_months(day, count),
        Unit::Quarter => add_months(day, 3 * count),
        Unit::Half => add_months(day, 6 * count),
        Unit::Year => add_months(day, 12 * count),
    }
}
