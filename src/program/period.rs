//! Periods named in a question, as dates of the vendor's calendar.
//!
//! [`Period::find_in`] reads "last quarter", "Q3 2026" or "the past 30 days" out of a sentence; `phrase` knows the
//! English, this file knows the calendar. Years, halves and quarters are the vendor's fiscal ones, months and
//! weeks are everyone's. A fiscal year that does not start in January is named for the year it ends in.

mod calendar;
mod phrase;
mod words;

use super::date::{add_days, span};
use calendar::Calendar;
use jiff::civil::Date;
use std::ops::Range;

/// A stretch of days with the name it goes by in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Fits after "in": `Q3 2026`, `October 2026`, `the last 30 days`.
    pub label: String,
    /// First day.
    pub from: Date,
    /// First day after it.
    pub until: Date,
}

impl Period {
    /// The first period named in `text`, and the bytes that name it.
    ///
    /// A month or quarter without a year is the latest one that has begun, unless the sentence looks ahead
    /// ("deals closing in March", "what expires in Q1"): then it is the first that has not ended.
    #[must_use]
    pub fn find_in(text: &str, today: Date, fiscal_year_start_month: i8) -> Option<(Self, Range<usize>)> {
        let lean = phrase::lean_of(text);
        let (spec, range) = phrase::find(text)?;
        let calendar = Calendar {
            today,
            fiscal_start: fiscal_year_start_month.clamp(1, 12),
            lean,
        };
        Some((calendar.resolve(&spec), range))
    }

    /// As [`Period::find_in`], for a phrase in a context that looks ahead by itself, such as the close dates of
    /// open opportunities.
    #[must_use]
    pub fn find_ahead(text: &str, today: Date, fiscal_year_start_month: i8) -> Option<(Self, Range<usize>)> {
        let (spec, range) = phrase::find(text)?;
        let calendar = Calendar {
            today,
            fiscal_start: fiscal_year_start_month.clamp(1, 12),
            lean: Lean::Ahead,
        };
        Some((calendar.resolve(&spec), range))
    }

    /// A period that other words than the English of [`Period::find_in`] have named: the first one of that name that has
    /// not ended, where no year is said.
    #[must_use]
    pub fn named(name: Name, today: Date, fiscal_year_start_month: i8) -> Self {
        let of = |year: Option<i16>| year.map_or(YearRef::Open, YearRef::Number);
        let calendar = Calendar {
            today,
            fiscal_start: fiscal_year_start_month.clamp(1, 12),
            lean: Lean::Ahead,
        };
        calendar.resolve(&match name {
            Name::Month(month, year) => Spec::Month {
                month: month.clamp(1, 12),
                year: of(year),
            },
            Name::Quarter(quarter, year) => Spec::Quarter {
                quarter: quarter.clamp(1, 4),
                year: of(year),
            },
            Name::Half(half, year) => Spec::Half {
                half: half.clamp(1, 2),
                year: of(year),
            },
            Name::Year(year) => Spec::Year(year),
            Name::Away(unit, by) => Spec::Offset { unit, by },
        })
    }

    /// The four complete quarters before the one `today` is in: what tier thresholds are measured over.
    #[must_use]
    pub fn trailing_four_quarters(today: Date, fiscal_year_start_month: i8) -> Self {
        let calendar = Calendar {
            today,
            fiscal_start: fiscal_year_start_month.clamp(1, 12),
            lean: Lean::Back,
        };
        calendar.resolve(&Spec::Rolling {
            unit: Unit::Quarter,
            count: 4,
            ahead: false,
        })
    }

    /// Whether a day falls into it.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && day < self.until
    }

    /// The last day of it.
    #[must_use]
    pub fn last_day(&self) -> Date {
        add_days(self.until, -1)
    }

    /// Name and dates: `Q3 2026 (1 July to 30 September 2026)`; a single day is only named.
    #[must_use]
    pub fn described(&self) -> String {
        let days = span(self.from, self.last_day());
        if days == self.label {
            days
        } else {
            format!("{} ({days})", self.label)
        }
    }

    /// With its preposition, for the end of a sentence: `in Q3 2026 (…)`, `on 12 March 2026`.
    #[must_use]
    pub fn phrase(&self) -> String {
        let preposition = if self.last_day() == self.from { "on" } else { "in" };
        format!("{preposition} {}", self.described())
    }
}

/// Units that a phrase counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
    /// A quarter of the vendor's year.
    Quarter,
    /// A half of the vendor's year.
    Half,
    /// The vendor's year.
    Year,
}

/// What a period is called: its number, and its year where one is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// A month, 1 to 12.
    Month(i8, Option<i16>),
    /// A quarter of the vendor's year, 1 to 4.
    Quarter(i8, Option<i16>),
    /// A half of the vendor's year, 1 or 2.
    Half(i8, Option<i16>),
    /// A fiscal year, between 2000 and 2100.
    Year(i16),
    /// So many whole units from the current one: 0 is "this", 1 is "next".
    Away(Unit, i64),
}

/// Which year a month, quarter or half without a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum YearRef {
    /// Not said.
    Open,
    /// "2026".
    Number(i16),
    /// "of last year": years from the current one.
    Offset(i64),
    /// "last October": the latest that has ended.
    Last,
    /// "this October": the one of the current year.
    This,
    /// "next October": the first that has not begun.
    Next,
}

/// What a phrase says, before a calendar gives it dates.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Spec {
    Day(Date),
    DayOfMonth { day: i8, month: i8 },
    Offset { unit: Unit, by: i64 },
    Rolling { unit: Unit, count: i64, ahead: bool },
    ToDate(Unit),
    Month { month: i8, year: YearRef },
    Quarter { quarter: i8, year: YearRef },
    Half { half: i8, year: YearRef },
    Year(i16),
    CalendarYear(i16),
    Since(Box<Spec>),
    Between(Box<Spec>, Box<Spec>),
}

/// Which way a name without a year points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lean {
    Back,
    Ahead,
}

#[cfg(test)]
mod tests;
