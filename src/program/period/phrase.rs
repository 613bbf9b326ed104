//! The English of periods: from the words of a sentence to a [`Spec`].
//!
//! A small grammar tried at every word, leftmost match first and the longest one at a place. Words that are also
//! something else ("may", "march", a bare number) count only where their neighbours make them a date.

use super::{
    Lean, Spec, Unit, YearRef,
    words::{Word, day_number, fiscal_number, month, number, ordinal, spelled_day, unit, words, year_number},
};
use jiff::civil::Date;
use std::ops::Range;

/// Words after which a month or quarter without a year is one to come.
const AHEAD: [&str; 14] = [
    "closing",
    "closes",
    "expire",
    "expires",
    "expiring",
    "lapse",
    "lapses",
    "due",
    "upcoming",
    "forecast",
    "expected",
    "scheduled",
    "ending",
    "ends",
];

/// Whether the sentence looks back (most do) or ahead.
pub(super) fn lean_of(text: &str) -> Lean {
    let ahead = words(text).iter().any(|word| AHEAD.contains(&word.text.as_str()));
    if ahead { Lean::Ahead } else { Lean::Back }
}

/// The leftmost period in `text` and its bytes.
pub(super) fn find(text: &str) -> Option<(Spec, Range<usize>)> {
    let reader = Reader {
        text,
        words: words(text),
    };
    (0..reader.words.len()).find_map(|at| {
        let (spec, end) = reader.period(at)?;
        let start = reader.words.get(at)?.range.start;
        let stop = reader.words.get(end.checked_sub(1)?)?.range.end;
        Some((spec, start..stop))
    })
}

struct Reader<'t> {
    text: &'t str,
    words: Vec<Word>,
}

/// A spec and the index of the first word after it.
type Found = Option<(Spec, usize)>;

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// What stands between a word and the one before it.
    fn gap_before(&self, at: usize) -> &str {
        match (
            at.checked_sub(1).and_then(|before| self.words.get(before)),
            self.words.get(at),
        ) {
            (Some(before), Some(word)) => &self.text[before.range.end..word.range.start],
            _ => "",
        }
    }

    fn skip(&self, at: usize, words: &[&str]) -> usize {
        if words.contains(&self.word(at)) {
            at + 1
        } else {
            at
        }
    }

    /// Everything: `since …`, `from … to …`, or one simple period.
    fn period(&self, at: usize) -> Found {
        if self.word(at) == "since" {
            let (spec, end) = self.simple(self.skip_start_of(self.skip(at + 1, &["the"])))?;
            return Some((Spec::Since(Box::new(spec)), end));
        }
        let opened = matches!(self.word(at), "from" | "between");
        let start = if opened { self.skip(at + 1, &["the"]) } else { at };
        let Some((first, end)) = self.simple(start) else {
            return if opened { None } else { self.end_of(at) };
        };
        let dash = matches!(self.gap_before(end).trim(), "-" | "–");
        let joined = match self.word(end) {
            "to" | "until" | "till" | "through" | "thru" => Some(end + 1),
            "and" if self.word(at) == "between" => Some(end + 1),
            _ if dash => Some(end),
            _ => None,
        };
        if let Some((last, end)) = joined.and_then(|at| self.simple(self.skip(at, &["the"]))) {
            return Some((Spec::Between(Box::new(first), Box::new(last)), end));
        }
        // Without its other end, "from" is a preposition and the match starts behind it.
        if opened { None } else { Some((first, end)) }
    }

    fn skip_start_of(&self, at: usize) -> usize {
        let of = matches!(self.word(at), "start" | "beginning") && self.word(at + 1) == "of";
        if of { self.skip(at + 2, &["the"]) } else { at }
    }

    /// "the end of the quarter": the quarter that ends there.
    fn end_of(&self, at: usize) -> Found {
        if (self.word(at), self.word(at + 1)) != ("end", "of") {
            return None;
        }
        let at = self.skip(at + 2, &["the"]);
        self.simple(at).or_else(|| {
            Some((
                Spec::Offset {
                    unit: unit(self.word(at))?,
                    by: 0,
                },
                at + 1,
            ))
        })
    }

    fn simple(&self, at: usize) -> Found {
        self.day(at)
            .or_else(|| self.to_date(at))
            .or_else(|| self.led(at))
            .or_else(|| self.ago(at))
            .or_else(|| self.quarter_or_half(at, None))
            .or_else(|| self.month(at, None))
            .or_else(|| self.year(at))
    }

    /// `2026-03-12`, `12 March 2026`, `March 12th, 2026`, `today`.
    fn day(&self, at: usize) -> Found {
        let by = match self.word(at) {
            "today" => Some(0),
            "yesterday" => Some(-1),
            "tomorrow" => Some(1),
            _ => None,
        };
        if let Some(by) = by {
            return Some((Spec::Offset { unit: Unit::Day, by }, at + 1));
        }
        if self.gap_before(at + 1) == "-" && self.gap_before(at + 2) == "-" {
            let iso = format!("{}-{}-{}", self.word(at), self.word(at + 1), self.word(at + 2));
            if let Ok(day) = iso.parse::<Date>() {
                return Some((Spec::Day(day), at + 3));
            }
        }
        // "The first of July", but not "the first may".
        let spelled = spelled_day(self.word(at)).filter(|_| self.word(at + 1) == "of");
        let day = day_number(self.word(at)).or(spelled);
        let (day, month, mut end) = match (day, month(self.word(at))) {
            (Some(day), _) => {
                let of = self.skip(at + 1, &["of"]);
                (day, month(self.word(of))?, of + 1)
            }
            (_, Some(month)) => (day_number(self.word(at + 1))?, month, at + 2),
            _ => return None,
        };
        if let Some(year) = year_number(self.word(end)) {
            end += 1;
            return Some((Spec::Day(Date::new(year, month, day).ok()?), end));
        }
        // 2028 is a leap year: whether the day exists in some year.
        Date::new(2028, month, day).ok()?;
        Some((Spec::DayOfMonth { day, month }, end))
    }

    /// `year to date`, `YTD`, `so far this year`, `this year so far`.
    fn to_date(&self, at: usize) -> Found {
        let short = match self.word(at) {
            "ytd" => Some(Unit::Year),
            "qtd" => Some(Unit::Quarter),
            "mtd" => Some(Unit::Month),
            _ => None,
        };
        if let Some(unit) = short {
            return Some((Spec::ToDate(unit), at + 1));
        }
        if let (Some(unit), "to", "date") = (unit(self.word(at)), self.word(at + 1), self.word(at + 2)) {
            return Some((Spec::ToDate(unit), at + 3));
        }
        if (self.word(at), self.word(at + 1), self.word(at + 2)) == ("so", "far", "this") {
            return Some((Spec::ToDate(unit(self.word(at + 3))?), at + 4));
        }
        if self.word(at) == "this" {
            let unit_at = self.skip(at + 1, &["fiscal", "financial"]);
            let so_far = (self.word(unit_at + 1), self.word(unit_at + 2));
            if so_far == ("so", "far") || so_far == ("to", "date") {
                return Some((Spec::ToDate(unit(self.word(unit_at))?), unit_at + 3));
            }
        }
        None
    }

    /// `last quarter`, `the next 30 days`, `trailing four quarters`, `last October`, `this Q3`, `quarter before last`.
    fn led(&self, at: usize) -> Found {
        if let (Some(unit), "before", "last") = (unit(self.word(at)), self.word(at + 1), self.word(at + 2)) {
            return Some((Spec::Offset { unit, by: -2 }, at + 3));
        }
        let by = match self.word(at) {
            "this" | "current" => 0,
            "last" | "previous" | "prior" | "past" | "preceding" | "trailing" => -1,
            "next" | "coming" | "upcoming" | "following" => 1,
            _ => return None,
        };
        let year = match by {
            0 => YearRef::This,
            -1 => YearRef::Last,
            _ => YearRef::Next,
        };
        if let Some(found) = self
            .quarter_or_half(at + 1, Some(year))
            .or_else(|| self.month(at + 1, Some(year)))
        {
            return Some(found);
        }
        let next = self.skip(
            at + 1,
            &["full", "complete", "fiscal", "financial", "calendar", "business"],
        );
        if let Some(unit) = unit(self.word(next)) {
            // "in the past month" means the days up to now; "past quarter" is the one on the last report.
            let rolling = matches!(self.word(at), "past" | "trailing") && unit != Unit::Quarter;
            let spec = if rolling {
                Spec::Rolling {
                    unit,
                    count: 1,
                    ahead: false,
                }
            } else {
                Spec::Offset { unit, by }
            };
            return Some((spec, next + 1));
        }
        let count = number(self.word(next)).filter(|_| by != 0)?;
        let unit_at = self.skip(next + 1, &["full", "complete", "fiscal", "calendar", "business"]);
        let unit = unit(self.word(unit_at))?;
        Some((
            Spec::Rolling {
                unit,
                count,
                ahead: by > 0,
            },
            unit_at + 1,
        ))
    }

    /// `two quarters ago`, `a month ago`; `within 30 days` looks ahead.
    fn ago(&self, at: usize) -> Found {
        if self.word(at) == "within" {
            let count_at = self.skip(at + 1, &["the"]);
            let spec = Spec::Rolling {
                unit: unit(self.word(count_at + 1))?,
                count: number(self.word(count_at))?,
                ahead: true,
            };
            return Some((spec, count_at + 2));
        }
        let count = if matches!(self.word(at), "a" | "an") {
            1
        } else {
            number(self.word(at))?
        };
        let unit = unit(self.word(at + 1))?;
        (self.word(at + 2) == "ago").then_some((Spec::Offset { unit, by: -count }, at + 3))
    }

    /// `Q3`, `Q3 2026`, `third quarter of last year`, `H1 FY26`.
    fn quarter_or_half(&self, at: usize, led: Option<YearRef>) -> Found {
        let word = self.word(at);
        let glued = word
            .split_once("fy")
            .filter(|(name, year)| name.len() == 2 && !year.is_empty());
        let name = glued.map_or(word, |(name, _)| name);
        let (quarter, half, mut end) = match (name.as_bytes(), self.word(at + 1)) {
            ([b'q', digit @ b'1'..=b'4'], _) => (Some(digit - b'0'), None, at + 1),
            ([b'h', digit @ (b'1' | b'2')], _) => (None, Some(digit - b'0'), at + 1),
            (b"quarter", number @ ("1" | "2" | "3" | "4")) => (number.parse().ok(), None, at + 2),
            (_, "quarter") => (Some(ordinal(word)?), None, at + 2),
            (_, "half") => (None, Some(ordinal(word).filter(|&half| half <= 2)?), at + 2),
            _ => return None,
        };
        let mut year = led.unwrap_or(YearRef::Open);
        if let Some((_, digits)) = glued {
            year = YearRef::Number(fiscal_number(digits)?);
        } else if led.is_none_or(|led| led == YearRef::This)
            && let Some((said, after)) = self.year_after(end)
        {
            (year, end) = (said, after);
        }
        let spec = match (quarter, half) {
            (Some(quarter), _) => Spec::Quarter {
                quarter: quarter.cast_signed(),
                year,
            },
            (_, Some(half)) => {
                // "the first half" of something unsaid is this year's.
                let year = if year == YearRef::Open && word != name {
                    YearRef::This
                } else {
                    year
                };
                Spec::Half {
                    half: half.cast_signed(),
                    year,
                }
            }
            _ => return None,
        };
        Some((spec, end))
    }

    fn month(&self, at: usize, led: Option<YearRef>) -> Found {
        let month = month(self.word(at))?;
        let said = if led.is_none() {
            self.year_after(at + 1)
        } else {
            None
        };
        if said.is_none() && led.is_none() && !self.reads_as_month(at) {
            return None;
        }
        let (year, end) = said.unwrap_or((led.unwrap_or(YearRef::Open), at + 1));
        Some((Spec::Month { month, year }, end))
    }

    /// "may", "march", "mar", "sun"… are words of their own: they need a preposition before them, or nothing
    /// else around them at all.
    fn reads_as_month(&self, at: usize) -> bool {
        if !matches!(self.word(at), "may" | "march" | "mar" | "jan" | "dec" | "sep") || self.words.len() == 1
        {
            return true;
        }
        let before = at.checked_sub(1).map_or("", |before| self.word(before));
        let prepositions = [
            "in", "of", "for", "during", "since", "until", "till", "by", "to", "through", "from", "between",
            "and", "or",
        ];
        // A capital inside a sentence is a name, unless what follows makes it the verb ("May I …").
        let capital = self
            .words
            .get(at)
            .is_some_and(|w| self.text[w.range.clone()].starts_with(char::is_uppercase));
        let ranged = matches!(self.gap_before(at + 1).trim(), "-" | "–")
            || matches!(self.word(at + 1), "to" | "until" | "through");
        let joined = ranged
            && month(self.word(at + 1))
                .or_else(|| month(self.word(at + 2)))
                .is_some();
        joined
            || prepositions.contains(&before)
            || (capital && at > 0 && !matches!(self.word(at + 1), "i" | "we"))
    }

    /// `2026`, `of 2026`, `'26`, `FY26`, `FY 2026`, `of last year` behind a month or quarter.
    fn year_after(&self, at: usize) -> Option<(YearRef, usize)> {
        let at = self.skip(at, &["of", "in"]);
        let at = self.skip(at, &["the"]);
        let word = self.word(at);
        if let Some(year) = year_number(word) {
            return Some((YearRef::Number(year), at + 1));
        }
        if self.gap_before(at).trim_start().starts_with(['\'', '’']) {
            return Some((YearRef::Number(fiscal_number(word)?), at + 1));
        }
        if let Some(digits) = word.strip_prefix("fy") {
            return match digits {
                "" => Some((YearRef::Number(fiscal_number(self.word(at + 1))?), at + 2)),
                digits => Some((YearRef::Number(fiscal_number(digits)?), at + 1)),
            };
        }
        match (word, self.word(at + 1)) {
            ("this" | "current", "year") => Some((YearRef::Offset(0), at + 2)),
            ("last" | "previous", "year") => Some((YearRef::Offset(-1), at + 2)),
            ("next", "year") => Some((YearRef::Offset(1), at + 2)),
            ("year", _) => Some((YearRef::Offset(0), at + 1)),
            _ => None,
        }
    }

    /// `FY2026`, `fiscal year 2026`, `calendar year 2026`, `2026 Q3`, and `2026` where a year is meant.
    fn year(&self, at: usize) -> Found {
        let word = self.word(at);
        if let Some(digits) = word.strip_prefix("fy") {
            let (digits, end) = if digits.is_empty() {
                (self.word(at + 1), at + 2)
            } else {
                (digits, at + 1)
            };
            return Some((Spec::Year(fiscal_number(digits)?), end));
        }
        if let "fiscal" | "financial" | "calendar" | "year" = word {
            let number_at = if word == "year" {
                at + 1
            } else {
                self.skip(at + 1, &["year"])
            };
            let year = year_number(self.word(number_at))?;
            let spec = if word == "calendar" {
                Spec::CalendarYear(year)
            } else {
                Spec::Year(year)
            };
            return Some((spec, number_at + 1));
        }
        let year = year_number(word)?;
        if let Some((spec, end)) = self.quarter_or_half(at + 1, Some(YearRef::Number(year))) {
            return Some((spec, end));
        }
        let before = at.checked_sub(1).map_or("", |before| self.word(before));
        let meant = [
            "in", "for", "during", "of", "since", "from", "until", "to", "between", "and", "through",
        ]
        .contains(&before);
        (meant || self.words.len() == 1).then_some((Spec::Year(year), at + 1))
    }
}
