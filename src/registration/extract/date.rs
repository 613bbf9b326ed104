//! Days as people name them, in three languages: `30.09.2026`, `Ende Q3`, `mid November`, `d'ici six semaines`.
//!
//! This file reads; [`super::closing`] decides which day is the deal's. What a period is in the vendor's calendar is
//! [`Period`]'s to say, and [`super::periods`] finds its words. A month, quarter or year without more stands for its last day, its middle for the 15th or the
//! day half-way, its start for its first day.

use super::{Context, page::Page};
use crate::{
    program::{
        date::{add_days, add_months},
        period::{Name, Period, Unit},
    },
    registration::lexicon::{Words, lists},
};
use jiff::civil::Date;
use std::ops::Range;

lists! {
    MONTHS = "words/dates.txt" ["months"];
    WEEKDAYS = "words/dates.txt" ["weekdays"];
    COUNTS = "words/dates.txt" ["counts"];
    DAY = "words/dates.txt" ["day"];
    WEEK = "words/dates.txt" ["week"];
    MONTH = "words/dates.txt" ["month"];
    QUARTER = "words/dates.txt" ["quarter"];
    YEAR = "words/dates.txt" ["year"];
    NEXT = "words/dates.txt" ["next"];
    IN = "words/dates.txt" ["in"];
    SPECIAL = "words/dates.txt" ["closing words"];
}

/// How a day was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Day and month.
    Day,
    /// A month, quarter or year, its end, middle or start, or a feast.
    Period,
    /// So long from today.
    Span,
    /// A weekday, or tomorrow.
    Weekday,
    /// A month without anything that says it is one.
    BareMonth,
}

/// A day that a text names.
#[derive(Debug, Clone)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) said: Said,
    pub(super) words: Range<usize>,
}

/// Whether a word is a month.
pub(super) fn is_month(word: &str) -> bool {
    MONTHS.has(word)
}

/// Every day that a text names, in order. `month_first` is for `03/04/2026`.
pub(super) fn all(page: &Page<'_>, context: &Context<'_>, month_first: bool) -> Vec<Day> {
    let reader = Reader {
        page,
        context,
        month_first,
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < page.tokens.len() {
        match reader.day(at) {
            Some((date, said, end)) if end > at && page.together(at, end - 1) => {
                found.push(Day {
                    date,
                    said,
                    words: at..end,
                });
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

/// A page that days are read from.
pub(super) struct Reader<'p, 't> {
    pub(super) page: &'p Page<'t>,
    pub(super) context: &'p Context<'p>,
    month_first: bool,
}

/// A day, how it was said, and the word behind it.
pub(super) type Found = Option<(Date, Said, usize)>;

impl Reader<'_, '_> {
    pub(super) fn word(&self, at: usize) -> &str {
        self.page.key(at)
    }

    pub(super) fn number(&self, at: usize) -> Option<i16> {
        let word = self.word(at);
        (word.len() <= 4).then(|| word.parse().ok()).flatten()
    }

    fn day(&self, at: usize) -> Found {
        self.numeric(at)
            .or_else(|| self.spelled(at))
            .or_else(|| self.special(at))
            .or_else(|| self.edge_of_period(at))
            .or_else(|| self.span(at))
            .or_else(|| self.weekday(at))
    }

    /// The next such day, where no year is said.
    fn in_year(&self, day: i16, month: i16, year: Option<i16>) -> Option<Date> {
        let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
        let today = self.context.today;
        match year {
            Some(year) => Date::new(full_year(year)?, month, day).ok(),
            None => {
                let this = Date::new(today.year(), month, day).ok()?;
                // "since 3 March" in April is no day of next year: what has just been stays in the past.
                let recent = today
                    .since(this)
                    .is_ok_and(|gone| gone.get_days() > 0 && gone.get_days() <= RECENT);
                if this >= today || recent {
                    Some(this)
                } else {
                    Date::new(today.year() + 1, month, day).ok()
                }
            }
        }
    }

    /// `2026-09-30`, `30.09.2026`, `30/9/26`, `9/30/2026`, `30.9.`.
    fn numeric(&self, at: usize) -> Found {
        let first = self.number(at)?;
        let (gap, second) = (self.page.gap(at + 1), self.number(at + 1)?);
        if !matches!(gap, "." | "/" | "-" | ". ") || self.continues_a_number(at) {
            return None;
        }
        let third = self.number(at + 2).filter(|_| self.page.gap(at + 2) == gap);
        let long = |year: i16| self.word(at + 2).len() == 4 || (self.word(at + 2).len() == 2 && year > 0);
        if self.word(at).len() == 4 {
            return Some((self.in_year(third?, second, Some(first))?, Said::Day, at + 3));
        }
        let us = second > 12 || (self.month_first && gap == "/");
        let (day, month) = if us && first <= 12 {
            (second, first)
        } else {
            (first, second)
        };
        match third.filter(|year| long(*year)) {
            Some(year) => Some((self.in_year(day, month, Some(year))?, Said::Day, at + 3)),
            // "30.4." and "17/3", but no "1.5" and no "24/7" of hours.
            None if gap == "/" && self.word(at + 1) != "7" => {
                Some((self.in_year(day, month, None)?, Said::Day, at + 2))
            }
            None if gap.starts_with('.') && self.ends_like_a_day(at + 2) => {
                Some((self.in_year(day, month, None)?, Said::Day, at + 2))
            }
            None => None,
        }
    }

    /// Whether digits and a separator stand directly before, as in a telephone number.
    fn continues_a_number(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.word(before));
        let digits = before.ends_with(|c: char| c.is_ascii_digit());
        digits && self.word(at).len() < 4 && matches!(self.page.gap(at), "." | "," | "-" | "/" | ":")
    }

    /// A full stop behind day and month, and no digit.
    fn ends_like_a_day(&self, at: usize) -> bool {
        let gap = self.page.gap(at);
        gap.starts_with('.') && !(gap == "." && self.number(at).is_some())
    }

    /// `30 September`, `30. September 2026`, `September 30th, 2026`, `15 of october`, `1er juin`.
    fn spelled(&self, at: usize) -> Found {
        let (day, month, end) = match (day_number(self.word(at)), month(self.word(at))) {
            (Some(day), _) => {
                let of = at + 1 + usize::from(matches!(self.word(at + 1), "of" | "de" | "di"));
                (day, month(self.word(of))?, of + 1)
            }
            (_, Some(month)) => {
                let the = at + 1 + usize::from(self.word(at + 1) == "the");
                (day_number(self.word(the))?, month, the + 1)
            }
            _ => return None,
        };
        let same_line = self.page.tokens.get(at)?.line == self.page.tokens.get(end - 1)?.line;
        let year = self
            .number(end)
            .filter(|year| self.word(end).len() == 4 && full_year(*year).is_some());
        let date = self.in_year(day, month, year).filter(|_| same_line)?;
        Some((date, Said::Day, end + usize::from(year.is_some())))
    }

    /// Feasts and the ends of periods that have a word of their own.
    fn special(&self, at: usize) -> Found {
        let (len, name) = SPECIAL.at(self.page, at)?;
        let today = self.context.today;
        let last =
            |unit| Period::named(Name::Away(unit, 0), today, self.context.fiscal_year_start).last_day();
        let year = self
            .number(at + len)
            .filter(|year| self.word(at + len).len() == 4 && full_year(*year).is_some());
        let end = at + len + usize::from(year.is_some());
        let yearly = |month, day| {
            let this = self.in_year(day, month, year);
            this.or_else(|| self.in_year(day, month, None))
        };
        let (date, said) = match name {
            "eom" => (last(Unit::Month), Said::Period),
            "eoq" => (last(Unit::Quarter), Said::Period),
            "eofy" => (last(Unit::Year), Said::Period),
            "eoy" | "newyear" => (yearly(12, 31)?, Said::Period),
            "christmas" => (yearly(12, 24)?, Said::Period),
            "easter" => (self.easter(year)?, Said::Period),
            "today" => (today, Said::Weekday),
            _ => (add_days(today, 1), Said::Weekday),
        };
        // "end of year 2027" and "year end" end alike; "morgens" is no tomorrow.
        Some((date, said, end))
    }

    fn easter(&self, year: Option<i16>) -> Option<Date> {
        let today = self.context.today;
        match year {
            Some(year) => easter(year),
            None => easter(today.year())
                .filter(|day| *day >= today)
                .or_else(|| easter(today.year() + 1)),
        }
    }

    /// `in 6 weeks`, `innerhalb von zwei Monaten`, `d'ici 8 semaines`.
    fn span(&self, at: usize) -> Found {
        let (len, _) = IN.at(self.page, at)?;
        let from = at + len;
        let counted = COUNTS
            .at(self.page, from)
            .and_then(|(len, value)| Some((value.parse::<i64>().ok()?, from + len)));
        let (count, end) = counted.or_else(|| Some((i64::from(self.number(from)?), from + 1)))?;
        let today = self.context.today;
        let date = match self.word(end) {
            word if count > 1000 || word.is_empty() => return None,
            word if DAY.has(word) => add_days(today, count),
            word if WEEK.has(word) => add_days(today, 7 * count),
            word if MONTH.has(word) => add_months(today, count),
            word if QUARTER.has(word) => add_months(today, 3 * count),
            word if YEAR.has(word) => add_months(today, 12 * count),
            _ => return None,
        };
        Some((date, Said::Span, end + 1))
    }

    fn weekday(&self, at: usize) -> Found {
        let led = NEXT.at(self.page, at).map_or(at, |(len, _)| at + len);
        let weekday: i64 = WEEKDAYS
            .value(self.word(led))
            .filter(|_| self.word(led).len() > 3)?
            .parse()
            .ok()?;
        let today = self.context.today;
        let behind = weekday - 1 - i64::from(today.weekday().to_monday_zero_offset());
        let end = led + 1 + usize::from(NEXT.has(self.word(led + 1)));
        Some((
            add_days(today, if behind <= 0 { behind + 7 } else { behind }),
            Said::Weekday,
            end,
        ))
    }
}

/// Days in the past that a day without a year may be.
const RECENT: i32 = 120;

pub(super) fn month(word: &str) -> Option<i16> {
    MONTHS.value(word)?.parse().ok()
}

/// `12`, `12th`, `1er`, `2nd`.
fn day_number(word: &str) -> Option<i16> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let suffix = &word[digits.len()..];
    let day = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
    ["", "st", "nd", "rd", "th", "er", "ter", "ten", "e"]
        .contains(&suffix)
        .then_some(day)
}

/// `26` as 2026; years of this century only.
pub(super) fn full_year(year: i16) -> Option<i16> {
    let year = if (0..100).contains(&year) {
        2000 + year
    } else {
        year
    };
    (2000..2100).contains(&year).then_some(year)
}

/// Easter Sunday of the Gregorian calendar. Source: the anonymous algorithm of Meeus, Jones and Butcher.
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    Date::new(
        year,
        i8::try_from(sum / 31).ok()?,
        i8::try_from(sum % 31 + 1).ok()?,
    )
    .ok()
}
