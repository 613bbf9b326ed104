use super::*;
use crate::crm::{Attribution, CommissionKind, Motion, PartnerType, Stage};
use jiff::civil::date;
use proptest::prelude::*;

pub(in crate::statement) const TODAY: Date = date(2026, 11, 21);

pub(in crate::statement) fn partner(tier: &str) -> Partner {
    Partner {
        id: "p-001".into(),
        name: "Acme Partners".into(),
        tier: tier.into(),
        kind: PartnerType::Reseller,
        region: "emea".into(),
        country: "DE".into(),
        currency: "EUR".parse().unwrap(),
        joined: date(2023, 3, 3),
        manager_name: String::new(),
        manager_email: String::new(),
        referral_code: String::new(),
        referral_url: String::new(),
    }
}

pub(in crate::statement) fn money(minor: i64, code: &str) -> Money {
    Money::new(minor, code.parse().unwrap())
}

pub(in crate::statement) fn deal(name: &str) -> Opportunity {
    Opportunity {
        id: "o-1".into(),
        name: name.into(),
        customer: "Norlund, \"AB\"".into(),
        product: "Core".into(),
        motion: Motion::New,
        attribution: Attribution::Sourced,
        stage: Stage::ClosedWon,
        amount: money(1_000_000, "EUR"),
        created_on: date(2026, 1, 1),
        close_date: date(2026, 10, 5),
        next_step: None,
        probability_pct: None,
        last_activity_on: None,
    }
}

pub(in crate::statement) fn entry(
    id: &str,
    amount: Money,
    status: CommissionStatus,
    earned_on: Date,
    paid_on: Option<Date>,
) -> Commission {
    Commission {
        id: id.into(),
        opportunity_id: "o-1".into(),
        kind: match amount.minor < 0 {
            true => CommissionKind::Clawback,
            false => CommissionKind::Commission,
        },
        base: money(1_000_000, amount.currency.code()),
        rate_bps: 1_250,
        amount,
        status,
        earned_on,
        due_on: date(2026, 12, 30),
        paid_on,
    }
}

pub(in crate::statement) fn age(is_down: bool) -> Age {
    Age {
        as_of: "2026-11-21T09:30:00Z".parse().unwrap(),
        is_down,
    }
}

/// The cells of a file, as a reader of such files sees them.
fn cells(file: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(file)
        .unwrap()
        .strip_prefix('\u{feff}')
        .unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| row.iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_period_is_named_by_its_numbers() {
    let check = |name: &str, fiscal_start: i8, expected: Option<(&str, &str)>| {
        let read = period(name, TODAY, fiscal_start);
        let days = read.map(|period| (period.from.to_string(), period.last_day().to_string()));
        let days = days.as_ref().map(|(from, last)| (from.as_str(), last.as_str()));
        assert_eq!(days, expected, "{name}");
    };
    check("2026-10", 1, Some(("2026-10-01", "2026-10-31")));
    check("2024-02", 1, Some(("2024-02-01", "2024-02-29")));
    check("2026-q3", 1, Some(("2026-07-01", "2026-09-30")));
    check("2026-Q4", 1, Some(("2026-10-01", "2026-12-31")));
    check("2026", 1, Some(("2026-01-01", "2026-12-31")));
    // A fiscal year is called by the year that it ends in.
    check("2026", 7, Some(("2025-07-01", "2026-06-30")));
    check("2026-q1", 7, Some(("2025-07-01", "2025-09-30")));
    for none in [
        "",
        "26",
        "2026-",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-q5",
        "2026-q0",
        "2026-q",
        "2026-qq",
        "+026",
        "1999",
        "2100",
        "9999-12",
        "2026-10-01",
        "last quarter",
        "２０２６",
        "2026-q33",
        "-2026",
        "../2026",
    ] {
        check(none, 1, None);
    }
}

#[test]
fn a_sheet_has_what_was_earned_and_what_was_paid() {
    let plan: CommissionPlan = serde_saphyr::from_str(
        "rules:
  - {id: rates, source: {document: Plan, heading: Rates}, effective_from: 2026-01-01, rates: {gold: {Core: 12.5%}}}
  - {id: back, effective_from: 2026-01-01, clawback: [{within_days: 90, share: 100%}]}",
    )
    .unwrap();
    let (deals, partner) = ([deal("=HYPERLINK(\"x\")")], partner("gold"));
    let october = date(2026, 10, 7);
    let commissions = [
        entry(
            "c-3",
            money(-125_000, "EUR"),
            CommissionStatus::ClawedBack,
            date(2026, 10, 20),
            None,
        ),
        entry(
            "c-2",
            money(125_000, "EUR"),
            CommissionStatus::Approved,
            october,
            None,
        ),
        entry(
            "c-1",
            money(5_000, "USD"),
            CommissionStatus::Paid,
            date(2026, 8, 1),
            Some(date(2026, 10, 1)),
        ),
        entry(
            "c-0",
            money(7_000, "EUR"),
            CommissionStatus::Paid,
            date(2026, 8, 1),
            Some(date(2026, 9, 30)),
        ),
    ];
    let mut sheet = Sheet::of(
        period("2026-10", TODAY, 1).unwrap(),
        Some(&plan),
        &partner,
        &deals,
        &commissions,
        age(false),
    );
    let read = cells(&sheet.csv().unwrap());
    assert_eq!(read[0], COLUMNS);
    let told: Vec<String> = read[1..].iter().map(|row| row.join("|")).collect();
    assert_eq!(
        told,
        [
            "c-1|'=HYPERLINK(\"x\")|Norlund, \"AB\"|Core|commission|10000.00|12.5 %|50.00|USD|paid|2026-08-01|2026-12-30|\
             2026-10-01|no|yes|",
            "c-2|'=HYPERLINK(\"x\")|Norlund, \"AB\"|Core|commission|10000.00|12.5 %|1250.00|EUR|approved|2026-10-07|\
             2026-12-30||yes|no|EUR 10,000.00 × 12.5 % = EUR 1,250.00. Rule: Plan, “Rates”, in force from 1 January 2026.",
            "c-3|'=HYPERLINK(\"x\")|Norlund, \"AB\"|Core|clawback|10000.00|12.5 %|-1250.00|EUR|clawed_back|2026-10-20|\
             2026-12-30||yes|no|EUR 1,250.00 × 100 % taken back on day 15, within 90 days = -EUR 1,250.00. Rule: back, \
             in force from 1 January 2026.",
            "Total earned|||||||1250.00|EUR|approved||||||",
            "Total earned|||||||-1250.00|EUR|clawed_back||||||",
            "Total paid|||||||50.00|USD|||||||",
        ]
    );
    sheet.age = age(true);
    let dated = cells(&sheet.csv().unwrap());
    assert!(
        dated[7][15].ends_with("as of 2026-11-21 09:30 UTC."),
        "{:?}",
        dated[7]
    );
}

#[test]
fn nothing_begins_like_a_formula() {
    let check = |cell: &str, expected: &str| assert_eq!(inert(cell), expected);
    check("=1+1", "'=1+1");
    check("+49 30 1", "'+49 30 1");
    check("@SUM(A1)", "'@SUM(A1)");
    check("\t=1", "'\t=1");
    check("\r=1", "'\r=1");
    check("＝1", "'＝1");
    check("-1250.00", "-1250.00");
    check("-5", "-5");
    check("-", "'-");
    check("-5-5", "'-5-5");
    check("-5.", "'-5.");
    check("-.5", "'-.5");
    check("-1e5", "'-1e5");
    check("-EUR 5.00 × 2", "'-EUR 5.00 × 2");
    check("EUR 5.00", "EUR 5.00");
    check("", "");
}

fn drawn() -> impl Strategy<Value = Commission> {
    let status = prop::sample::select(CommissionStatus::ALL.to_vec());
    let code = prop::sample::select(vec!["EUR", "USD", "JPY"]);
    let day = |days: i32| TODAY.checked_sub(jiff::Span::new().days(days)).unwrap();
    let paid = prop::option::of(0..120_i32);
    (
        "c-[0-9]{1,3}",
        -1_000_000_i64..1_000_000,
        code,
        status,
        0..120_i32,
        paid,
    )
        .prop_map(move |(id, minor, code, status, earned, paid)| {
            entry(&id, money(minor, code), status, day(earned), paid.map(day))
        })
}

#[test]
fn a_statement_is_called_as_it_is_read() {
    let called = |from: Date, until: Date, start: i8| {
        let label = String::new();
        let called = Called::of(&Period { label, from, until }, TODAY, start);
        called.map(|called| (called.name, called.label))
    };
    let told = |name: &str, label: &str| Some((name.to_owned(), label.to_owned()));
    let (july, october) = (date(2026, 7, 1), date(2026, 10, 1));
    assert_eq!(called(july, october, 1), told("2026-q3", "Q3 2026"));
    assert_eq!(called(july, date(2026, 8, 1), 1), told("2026-07", "July 2026"));
    assert_eq!(
        called(date(2026, 1, 1), date(2027, 1, 1), 1),
        told("2026", "2026")
    );
    assert_eq!(called(july, TODAY, 1), None, "no whole unit");
    for start in 1..=12 {
        for name in ["2026-02", "2026-q1", "2026-q2", "2026-q3", "2026-q4", "2026"] {
            let days = period(name, TODAY, start).unwrap();
            let (found, label) = called(days.from, days.until, start).unwrap();
            assert_eq!((found.as_str(), &label), (name, &days.label), "{start}");
        }
    }
}

proptest! {
    #[test]
    fn every_row_is_whole_inert_and_counted_once(
        entries in prop::collection::vec(drawn(), 0..20),
        name in "[=+@\\-\t\r\n\",;'a-z0-9 ＝]{0,12}",
    ) {
        let (deals, partner) = ([deal(&name)], partner("gold"));
        let period = period("2026-10", TODAY, 1).unwrap();
        let sheet = Sheet::of(period.clone(), None, &partner, &deals, &entries, age(false));
        let rows = cells(&sheet.csv().unwrap());
        let within = |day: Option<Date>| day.is_some_and(|day| period.contains(day));
        let expected = entries.iter().filter(|c| within(Some(c.earned_on)) || within(c.paid_on)).count();
        let (totals, own): (Vec<_>, Vec<_>) = rows[1..].iter().partition(|row| row[0].starts_with("Total"));
        prop_assert_eq!(own.len(), expected);
        for cell in rows.iter().flatten() {
            let first = cell.chars().next().unwrap_or('a');
            let is_number = cell.parse::<rust_decimal::Decimal>().is_ok();
            prop_assert!(is_number || !"=+-@\t\r\n＝".contains(first), "{:?}", cell);
        }
        // A name comes back as it was, behind its apostrophe.
        for row in &own {
            prop_assert!(row[1] == name || row[1] == format!("'{name}"), "{:?}", row[1]);
        }
        for currency in ["EUR", "USD", "JPY"] {
            let all = entries.iter().filter(|c| c.amount.currency.code() == currency);
            let sum = |of: &dyn Fn(&&Commission) -> bool| all.clone().filter(of).map(|c| c.amount.minor).sum::<i64>();
            let told = |what: &str| {
                let of = totals.iter().filter(|row| row[0] == what && row[8] == currency);
                of.map(|row| row[7].replace('.', "").parse::<i64>().unwrap()).sum::<i64>()
            };
            prop_assert_eq!(told("Total earned"), sum(&|c| within(Some(c.earned_on))));
            prop_assert_eq!(told("Total paid"), sum(&|c| within(c.paid_on)));
        }
    }
}
