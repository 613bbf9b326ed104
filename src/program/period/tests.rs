use super::*;
use jiff::civil::date;
use proptest::prelude::*;

/// Today is Saturday, 21 November 2026.
const TODAY: Date = date(2026, 11, 21);

fn shown(found: Option<(Period, Range<usize>)>, text: &str) -> String {
    found.map_or_else(String::new, |(period, range)| {
        format!(
            "{} | {}..{} | {}",
            &text[range], period.from, period.until, period.label
        )
    })
}

#[test]
fn phrases_are_found_with_their_dates() {
    let check = |text: &str, expected: &str| {
        assert_eq!(shown(Period::find_in(text, TODAY, 1), text), expected, "{text}");
    };
    check(
        "What did I earn last quarter?",
        "last quarter | 2026-07-01..2026-10-01 | Q3 2026",
    );
    check(
        "commissions THIS QUARTER",
        "THIS QUARTER | 2026-10-01..2027-01-01 | Q4 2026",
    );
    check("my Q3 statement", "Q3 | 2026-07-01..2026-10-01 | Q3 2026");
    check("and Q3 2025?", "Q3 2025 | 2025-07-01..2025-10-01 | Q3 2025");
    check("Q4'25 please", "Q4'25 | 2025-10-01..2026-01-01 | Q4 2025");
    check("2025 Q2", "2025 Q2 | 2025-04-01..2025-07-01 | Q2 2025");
    check(
        "Q1 of last year",
        "Q1 of last year | 2025-01-01..2025-04-01 | Q1 2025",
    );
    check(
        "the third quarter of 2024",
        "third quarter of 2024 | 2024-07-01..2024-10-01 | Q3 2024",
    );
    check(
        "two quarters ago",
        "two quarters ago | 2026-04-01..2026-07-01 | Q2 2026",
    );
    check(
        "the quarter before last",
        "quarter before last | 2026-04-01..2026-07-01 | Q2 2026",
    );
    check(
        "where is my October commission",
        "October | 2026-10-01..2026-11-01 | October 2026",
    );
    check(
        "paid in december",
        "december | 2025-12-01..2026-01-01 | December 2025",
    );
    check(
        "last month's sheet",
        "last month's | 2026-10-01..2026-11-01 | October 2026",
    );
    check(
        "last October",
        "last October | 2026-10-01..2026-11-01 | October 2026",
    );
    check(
        "last November",
        "last November | 2025-11-01..2025-12-01 | November 2025",
    );
    check(
        "next month",
        "next month | 2026-12-01..2027-01-01 | December 2026",
    );
    check("this year", "this year | 2026-01-01..2027-01-01 | 2026");
    check("last year", "last year | 2025-01-01..2026-01-01 | 2025");
    check(
        "year to date",
        "year to date | 2026-01-01..2026-11-22 | 2026 to date",
    );
    check("YTD", "YTD | 2026-01-01..2026-11-22 | 2026 to date");
    check(
        "earned so far this quarter",
        "so far this quarter | 2026-10-01..2026-11-22 | Q4 2026 to date",
    );
    check(
        "the last 30 days",
        "last 30 days | 2026-10-23..2026-11-22 | the last 30 days",
    );
    check(
        "past six months",
        "past six months | 2026-05-22..2026-11-22 | the last 6 months",
    );
    check(
        "last four quarters",
        "last four quarters | 2025-10-01..2026-10-01 | the last 4 quarters",
    );
    check(
        "in the next 2 weeks",
        "next 2 weeks | 2026-11-21..2026-12-06 | the next 2 weeks",
    );
    check(
        "this week",
        "this week | 2026-11-16..2026-11-23 | the week of 16 November 2026",
    );
    check(
        "yesterday",
        "yesterday | 2026-11-20..2026-11-21 | 20 November 2026",
    );
    check("H1 2026", "H1 2026 | 2026-01-01..2026-07-01 | H1 2026");
    check(
        "first half of the year",
        "first half of the year | 2026-01-01..2026-07-01 | H1 2026",
    );
    check("earned in 2025", "2025 | 2025-01-01..2026-01-01 | 2025");
    check(
        "since the first of July",
        "since the first of July | 2026-07-01..2026-11-22 | the time since 1 July 2026",
    );
    check(
        "on the third of March",
        "third of March | 2026-03-03..2026-03-04 | 3 March 2026",
    );
    check("the first may be late", "");
    check(
        "since January",
        "since January | 2026-01-01..2026-11-22 | the time since 1 January 2026",
    );
    check(
        "Jan-Mar 2026",
        "Jan-Mar 2026 | 2026-01-01..2026-04-01 | January 2026 to March 2026",
    );
    check(
        "from Q1 to Q3",
        "from Q1 to Q3 | 2026-01-01..2026-10-01 | Q1 2026 to Q3 2026",
    );
    check(
        "between 2026-03-01 and 2026-03-15",
        "between 2026-03-01 and 2026-03-15 | 2026-03-01..2026-03-16 | 1 March 2026 to 15 March 2026",
    );
    check(
        "closed on 12 March 2026",
        "12 March 2026 | 2026-03-12..2026-03-13 | 12 March 2026",
    );
    check("from October", "October | 2026-10-01..2026-11-01 | October 2026");
    check(
        "by the end of the quarter",
        "end of the quarter | 2026-10-01..2027-01-01 | Q4 2026",
    );
}

#[test]
fn a_sentence_that_looks_ahead_means_the_next_one() {
    let check = |text: &str, expected: &str| {
        assert_eq!(shown(Period::find_in(text, TODAY, 1), text), expected, "{text}");
    };
    check(
        "deals closing in March",
        "March | 2027-03-01..2027-04-01 | March 2027",
    );
    check("what expires in Q1?", "Q1 | 2027-01-01..2027-04-01 | Q1 2027");
    check(
        "payments due in November",
        "November | 2026-11-01..2026-12-01 | November 2026",
    );
}

#[test]
fn words_that_only_look_like_dates_are_left_alone() {
    for text in [
        "",
        "How long is a registered deal protected?",
        "May I see my deals?",
        "may we march on",
        "the rules of engagement 2025",
        "a deal of 2500 euros",
        "is there a second partner",
        "what is due",
        "half of my deals",
        "the last deal",
        "90 days",
    ] {
        assert_eq!(shown(Period::find_in(text, TODAY, 1), text), "", "{text}");
    }
    let check = |text: &str, expected: &str| {
        assert_eq!(shown(Period::find_in(text, TODAY, 1), text), expected, "{text}");
    };
    check("What was paid in May?", "May | 2026-05-01..2026-06-01 | May 2026");
    check("May 2025", "May 2025 | 2025-05-01..2025-06-01 | May 2025");
}

#[test]
fn fiscal_years_are_named_for_the_year_they_end_in() {
    let check = |text: &str, start, expected: &str| {
        assert_eq!(
            shown(Period::find_in(text, TODAY, start), text),
            expected,
            "{text}"
        );
    };
    check(
        "this quarter",
        2,
        "this quarter | 2026-11-01..2027-02-01 | Q4 FY2027",
    );
    check(
        "last quarter",
        2,
        "last quarter | 2026-08-01..2026-11-01 | Q3 FY2027",
    );
    check("Q1 FY27", 2, "Q1 FY27 | 2026-02-01..2026-05-01 | Q1 FY2027");
    check(
        "this fiscal year",
        4,
        "this fiscal year | 2026-04-01..2027-04-01 | FY2027",
    );
    check(
        "calendar year 2025",
        4,
        "calendar year 2025 | 2025-01-01..2026-01-01 | calendar year 2025",
    );
    check("October", 4, "October | 2026-10-01..2026-11-01 | October 2026");
}

#[test]
fn a_period_describes_itself() {
    let check = |text: &str, expected: &str| {
        assert_eq!(Period::find_in(text, TODAY, 1).unwrap().0.phrase(), expected);
    };
    check("last quarter", "in Q3 2026 (1 July to 30 September 2026)");
    check("yesterday", "on 20 November 2026");
}

proptest! {
    #[test]
    fn any_text_is_survived_and_a_find_is_in_it(text in ".{0,60}") {
        if let Some((period, range)) = Period::find_in(&text, TODAY, 1) {
            prop_assert!(text.get(range).is_some());
            prop_assert!(period.from < period.until);
        }
    }

    #[test]
    fn any_sentence_of_date_words_gives_a_real_period(
        words in proptest::collection::vec(prop_oneof![
            Just("last"), Just("next"), Just("this"), Just("Q3"), Just("quarter"), Just("quarters"), Just("2026"), Just("March"),
            Just("since"), Just("from"), Just("to"), Just("30"), Just("days"), Just("31"), Just("fy"), Just("half"),
            Just("first"), Just("year"), Just("date"), Just("ago"), Just("two"), Just("of"), Just("the"), Just("-"), Just("29"),
            Just("february"), Just("may"), Just("1000"), Just("years"), Just("between"), Just("and"), Just("fy99"),
        ], 1..7),
        start in 1_i8..=12,
        day in 0_i64..4000,
    ) {
        let today = add_days(date(2020, 1, 1), day);
        let text = words.join(" ");
        let found = [Period::find_in(&text, today, start), Period::find_ahead(&text, today, start)];
            for (period, range) in found.into_iter().flatten() {
                prop_assert!(period.from < period.until, "{text}: {period:?}");
                prop_assert!(text.get(range).is_some());
            }
    }

    #[test]
    fn quarters_tile_the_calendar(day in 0_i64..20_000, start in 1_i8..=12) {
        let today = add_days(date(2000, 1, 1), day);
        let named = |text: &str| Period::find_in(text, today, start).unwrap().0;
        let (last, this, next) = (named("last quarter"), named("this quarter"), named("next quarter"));
        prop_assert!(this.contains(today));
        prop_assert_eq!(last.until, this.from);
        prop_assert_eq!(this.until, next.from);
        prop_assert!(named("this year").contains(today));
        prop_assert_eq!(Period::trailing_four_quarters(today, start).until, this.from);
    }
}

#[test]
fn names_of_any_language_are_the_next_such_period() {
    let check = |name: Name, fiscal: i8, expected: &str| {
        assert_eq!(Period::named(name, TODAY, fiscal).label, expected, "{name:?}");
    };
    check(Name::Quarter(3, None), 1, "Q3 2027");
    check(Name::Quarter(4, None), 1, "Q4 2026");
    check(Name::Quarter(3, Some(2026)), 7, "Q3 FY2026");
    check(Name::Half(1, None), 1, "H1 2027");
    check(Name::Month(11, None), 1, "November 2026");
    check(Name::Month(3, Some(2028)), 1, "March 2028");
    check(Name::Year(2027), 1, "2027");
    check(Name::Away(Unit::Month, 1), 1, "December 2026");
    check(Name::Away(Unit::Year, 0), 7, "FY2027");
}
