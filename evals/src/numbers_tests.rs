//! How numbers, dates and codes are read.

use super::*;

/// What a fact means, in a line.
fn show(kind: &Kind) -> String {
    let list = |items: &[Decimal]| {
        items
            .iter()
            .map(|n| n.normalize().to_string())
            .collect::<Vec<_>>()
            .join("|")
    };
    match kind {
        Kind::Number(readings) => list(readings),
        Kind::Spaced(one, several) => format!("{}~{}", one.normalize(), list(several)),
        Kind::Date(dates) => dates
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("|"),
        Kind::Month(year, month) => format!("{year}-{month:02}"),
        Kind::Day(month, day) => format!("{month:02}-{day:02}"),
        Kind::Time(hour, minute) => format!("{hour:02}:{minute:02}"),
        Kind::Code(code) => format!("«{code}»"),
    }
}

fn shown(facts: Vec<Fact>) -> String {
    facts
        .iter()
        .map(|fact| show(&fact.kind))
        .collect::<Vec<_>>()
        .join(" ")
}

fn check(text: &str, expected: &str) {
    assert_eq!(shown(find(text)), expected, "{text:?}");
}

#[test]
fn numbers_however_they_are_written() {
    check("EUR 1,240.50", "1240.5");
    check("EUR1,240.50.", "1240.5");
    check("1.240,50 €", "1240.5");
    check("1 240.50", "1240.5~1|240.5");
    check("1\u{202f}240,50", "1240.5~1|240.5");
    check("1'240.50", "1240.5~1|240.5");
    check("€1,240,000", "1240000");
    check("12,40,000 rupees", "1240000");
    check("1.240", "1.24|1240");
    check("1,240", "1.24|1240");
    check("0.125", "0.125");
    check("12 % or 12%, then 7.5 %.", "12 12 7.5");
    check("10-20 %, 10–20%", "10 20 10 20");
    check("a 30-day window", "30");
    check("-150.00", "150");
    check("5k, 1.2M and 3 million", "5|5000 1.2|1200000 3|3000000");
    check("1, 2 and 3", "1 2 3");
    check("90 days, 2 extensions", "90 2");
    check("no numbers here", "");
}

#[test]
fn dates_however_they_are_written() {
    let day = "2027-03-12";
    for text in [
        "2027-03-12",
        "12 March 2027",
        "12th of March 2027",
        "March 12, 2027",
        "Mar 12 2027",
        "12. März 2027",
        "12 mars 2027",
        "12 de marzo de 2027",
    ] {
        check(text, day);
    }
    check("12.03.2027", "2027-03-12|2027-12-03");
    check("25/12/2027", "2027-12-25");
    check("March 2027", "2027-03");
    check("on 12 March", "03-12");
    check("May 5 deals", "05-05");
    check("as of 2026-11-21T04:13:50Z", "2026-11-21 04:13");
    check("at 14:30", "14:30");
    check("2027-13-40", "«2027-13-40»");
}

#[test]
fn codes_stay_whole() {
    check("dr-0001 and o-0012", "«dr-0001» «o-0012»");
    check("Q3 2026", "«q3» 2026");
    check("version 1.31.1", "«1.31.1»");
    check(
        "see https://example.com/r/p-001?x=9.",
        "«https://example.com/r/p-001?x=9»",
    );
    check("kim.7@example.com", "«kim.7@example.com»");
    check("id 3f2a9c", "«3f2a9c»");
}

#[test]
fn an_answer_is_more_than_its_numbers() {
    let check = |answer: &str, expected: &str| assert_eq!(shown(of_answer(answer)), expected, "{answer:?}");
    check("Protected for 90 days [1](#cite-p7-2).", "90");
    check("1. First\n2) Second, 5 %\n- 3. Third", "5");
    check("90 days\n2026 was good.", "90 2026");
    check(
        "| # | Deal | Amount |\n|---|---|---|\n| 1 | Alder | 500 |\n| 2 | Birch | 700 |",
        "500 700",
    );
    check("| Seats | Rate |\n|---|---|\n| 10 | 5 % |", "10 5");
    check("See [the rules](/ui/sources/41).", "");
}

#[test]
fn suites_write_numbers_one_way() {
    let check = |text: &str, expected: Option<&str>| {
        assert_eq!(
            canonical(text).as_ref().map(show).as_deref(),
            expected,
            "{text:?}"
        );
    };
    check("1240.50", Some("1240.5"));
    check("-150", Some("150"));
    check("12 %", Some("12"));
    check("2027-03-12", Some("2027-03-12"));
    check("1.240", Some("1.24"));
    check("1,240.50", None);
    check("ninety", None);
}
