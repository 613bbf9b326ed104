//! Days that a period stands for: its end, its middle, its start.

use super::date::{Found, MONTH, NEXT, QUARTER, Reader, Said, WEEK, YEAR, full_year, is_month, month};
use crate::{
    program::{
        date::{add_days, days_between},
        period::{Name, Period, Unit},
    },
    registration::lexicon::{Phrases, lists},
};
use jiff::civil::Date;

lists! {
    ORDINALS = "words/dates.txt" ["ordinals"];
    HALF = "words/dates.txt" ["half"];
    THIS = "words/dates.txt" ["this"];
    END = "words/dates.txt" ["end"];
    MIDDLE = "words/dates.txt" ["middle"];
    START = "words/dates.txt" ["start"];
}

/// Which day of a period is meant.
#[derive(Clone, Copy)]
enum Edge {
    Start,
    Middle,
    End,
}

impl Reader<'_, '_> {
    /// `end of Q3`, `Mitte November`, `début mai 2027`, `Q3`, `next month`, `in September`.
    pub(super) fn edge_of_period(&self, at: usize) -> Found {
        let edges = [(&END, Edge::End), (&MIDDLE, Edge::Middle), (&START, Edge::Start)];
        let led = edges
            .iter()
            .find_map(|(list, edge)| Some((list.at(self.page, at)?.0, *edge)));
        if let Some((len, edge)) = led {
            let from = at + len;
            let skipped = THIS.at(self.page, from).map_or(0, |(len, _)| len);
            let found = self.period(from).or_else(|| self.period(from + skipped));
            if let Some((period, end)) = found {
                return Some((on_edge(&period, edge), Said::Period, end));
            }
        }
        let (period, end) = self.period(at)?;
        let bare = end == at + 1 && is_month(self.word(at));
        // "may", "mar" and "dec." are also other words: a month needs a preposition or a capital.
        let doubtful = bare && !self.is_plainly_a_month(at);
        Some((
            period.last_day(),
            if doubtful { Said::BareMonth } else { Said::Period },
            end,
        ))
    }

    fn is_plainly_a_month(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.word(before));
        const LEADS: [&str; 24] = [
            "in", "by", "until", "till", "for", "of", "before", "im", "bis", "ab", "en", "de", "d", "fur",
            "pour", "au", "anfang", "sometime", "ende", "fin", "close", "closing", "avant", "vor",
        ];
        let long = self.word(at).len() > 4;
        LEADS.contains(&before)
            || (long && self.page.tokens.get(at).is_some_and(|token| token.capital) && before != "last")
    }

    fn period(&self, at: usize) -> Option<(Period, usize)> {
        let named = |name| Period::named(name, self.context.today, self.context.fiscal_year_start);
        let word = self.word(at);
        if let Some(month) = month(word) {
            let (year, end) = self.year_behind(at + 1);
            return Some((named(Name::Month(i8::try_from(month).ok()?, year)), end));
        }
        if let Some((quarter, end)) = self.numbered(at, "qt", &QUARTER, 4) {
            let (year, end) = self.year_behind(end);
            return Some((named(Name::Quarter(quarter, year)), end));
        }
        if let Some((half, end)) = self.numbered(at, "hs", &HALF, 2) {
            let (year, end) = self.year_behind(end);
            return Some((named(Name::Half(half, year)), end));
        }
        if let Some(year) = self
            .number(at)
            .filter(|year| word.len() == 4 && (2020..2100).contains(year))
        {
            // "2026 Q3"; a year by itself is too vague to be a day.
            let (quarter, end) = self.numbered(at + 1, "qt", &QUARTER, 4)?;
            return Some((named(Name::Quarter(quarter, Some(year))), end));
        }
        self.current_or_next(at)
    }

    /// `Q3`, `T3`, `third quarter`, `3. Quartal`, `quarter 3`.
    fn numbered(&self, at: usize, letters: &str, nouns: &Phrases, most: i8) -> Option<(i8, usize)> {
        let word = self.word(at);
        let number = |word: &str| {
            word.parse::<i8>()
                .ok()
                .filter(|number| (1..=most).contains(number))
        };
        let mut rest = word.chars();
        if rest.next().is_some_and(|first| letters.contains(first)) {
            if let Some(quarter) = number(rest.as_str()) {
                return Some((quarter, at + 1));
            }
            if rest.as_str().is_empty() && self.page.gap(at + 1) == " " {
                return Some((number(self.word(at + 1))?, at + 2));
            }
        }
        if nouns.has(self.word(at + 1)) {
            let quarter = ORDINALS.value(word).and_then(number)?;
            return Some((quarter, at + 2));
        }
        (nouns.has(word))
            .then(|| Some((number(self.word(at + 1))?, at + 2)))
            .flatten()
    }

    /// `2026`, `of 2026`, `'26`, `next year`, `nächstes Jahr`.
    fn year_behind(&self, at: usize) -> (Option<i16>, usize) {
        let from = at + usize::from(matches!(self.word(at), "of" | "de" | "in" | "fy"));
        let gap = self.page.gap(from);
        if gap.contains(['\n', '.', ';', ':', '(']) {
            return (None, at);
        }
        if let Some(year) = self.number(from) {
            let written =
                self.word(from).len() == 4 || gap.ends_with(['\'', '’', '/']) && self.word(from).len() == 2;
            if written && let Some(year) = full_year(year) {
                return (Some(year), from + 1);
            }
        }
        let next = NEXT
            .at(self.page, from)
            .filter(|(len, _)| YEAR.has(self.word(from + len)));
        let next_behind = YEAR.has(self.word(from)) && NEXT.has(self.word(from + 1));
        match next {
            Some((len, _)) => (Some(self.context.today.year() + 1), from + len + 1),
            None if next_behind => (Some(self.context.today.year() + 1), from + 2),
            None => (None, at),
        }
    }

    /// `this quarter`, `nächsten Monat`, `le mois prochain`, `next year Q1`.
    fn current_or_next(&self, at: usize) -> Option<(Period, usize)> {
        let unit_of = |at: usize| {
            [
                (&WEEK, Unit::Week),
                (&MONTH, Unit::Month),
                (&QUARTER, Unit::Quarter),
                (&HALF, Unit::Half),
                (&YEAR, Unit::Year),
            ]
            .into_iter()
            .find_map(|(list, unit)| list.at(self.page, at).map(|(len, _)| (unit, at + len)))
        };
        let (by, unit, end) = if let Some((len, _)) = NEXT.at(self.page, at) {
            let (unit, end) = unit_of(at + len)?;
            (1, unit, end)
        } else if let Some((unit, end)) = unit_of(at).filter(|(_, end)| NEXT.has(self.word(*end))) {
            (1, unit, end + 1)
        } else {
            let (len, _) = THIS.at(self.page, at)?;
            let (unit, end) = unit_of(at + len)?;
            let led = at
                .checked_sub(1)
                .is_some_and(|before| END.before(self.page, before + 1).is_some());
            let plain = matches!(
                self.word(at),
                "this" | "current" | "dieses" | "diesen" | "diesem" | "laufenden" | "ce" | "cet" | "cette"
            );
            (plain || led).then_some((0, unit, end))?
        };
        if unit == Unit::Year
            && let Some((quarter, end)) = self.numbered(end, "qt", &QUARTER, 4)
        {
            let year = self.context.today.year() + i16::from(by > 0);
            let name = Name::Quarter(quarter, Some(year));
            return Some((
                Period::named(name, self.context.today, self.context.fiscal_year_start),
                end,
            ));
        }
        Some((
            Period::named(
                Name::Away(unit, by),
                self.context.today,
                self.context.fiscal_year_start,
            ),
            end,
        ))
    }
}

fn on_edge(period: &Period, edge: Edge) -> Date {
    match edge {
        Edge::Start => period.from,
        Edge::End => period.last_day(),
        Edge::Middle if period.from.first_of_month() == period.last_day().first_of_month() => {
            add_days(period.from, 14)
        }
        Edge::Middle => add_days(period.from, days_between(period.from, period.until) / 2),
    }
}
