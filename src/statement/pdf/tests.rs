use super::{
    layout::{MARGIN, PAGE},
    *,
};
use crate::{
    crm::{Age, Opportunity, Partner},
    program::commission::CommissionPlan,
    statement::sheet::{
        period,
        tests::{TODAY, age, deal, entry, money, partner},
    },
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const OCTOBER: Date = date(2026, 10, 7);

/// What a sheet is made of.
struct Said {
    partner: Partner,
    plan: Option<CommissionPlan>,
    deals: Vec<Opportunity>,
    commissions: Vec<Commission>,
    age: Age,
}

impl Said {
    fn of(commissions: Vec<Commission>) -> Self {
        Self {
            partner: partner("gold"),
            plan: None,
            deals: vec![deal("Norlund rollout")],
            commissions,
            age: age(false),
        }
    }

    fn sheet(&self, name: &str) -> Sheet<'_> {
        let period = period(name, TODAY, 1).unwrap();
        let plan = self.plan.as_ref();
        Sheet::of(
            period,
            plan,
            &self.partner,
            &self.deals,
            &self.commissions,
            self.age,
        )
    }

    fn pdf(&self, name: &str) -> Vec<u8> {
        self.sheet(name).pdf("Vendor & Söhne", &TimeZone::UTC).unwrap()
    }

    fn read(&self, name: &str) -> Vec<String> {
        read(&self.pdf(name))
    }
}

/// The text of each page as a reader of such files sees it, with one space for any.
fn read(pdf: &[u8]) -> Vec<String> {
    let pages = pdf_extract::extract_text_from_mem_by_pages(pdf).unwrap();
    let words = |page: &String| page.split_whitespace().collect::<Vec<_>>().join(" ");
    pages.iter().map(words).collect()
}

fn approved(id: &str, minor: i64, currency: &str) -> Commission {
    entry(
        id,
        money(minor, currency),
        CommissionStatus::Approved,
        OCTOBER,
        None,
    )
}

fn holds(text: &str, all: &[&str]) {
    for part in all {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}

/// No text on another or on the edge of its page.
fn apart(layout: &Layout) {
    for page in &layout.pages {
        let boxes: Vec<[f32; 4]> = page
            .lines
            .iter()
            .map(|line| {
                let (text, size) = (line.text.trim_end(), line.style.size);
                let width = layout.faces.of(line.style.weight).width(text, size);
                [line.x, line.y - 0.7 * size, line.x + width, line.y + 0.2 * size]
            })
            .collect();
        for (at, one) in boxes.iter().enumerate() {
            let inside = one[0] >= MARGIN && one[1] >= MARGIN - 1.0 && one[3] <= PAGE[1] - MARGIN + 2.0;
            assert!(
                inside && one[2] <= PAGE[0] - MARGIN + 0.1,
                "{:?}",
                page.lines[at].text
            );
            let lies_on =
                |two: &[f32; 4]| one[0] < two[2] && two[0] < one[2] && one[1] < two[3] && two[1] < one[3];
            let other = boxes[at + 1..].iter().position(lies_on);
            let texts = other.map(|other| (&page.lines[at].text, &page.lines[at + 1 + other].text));
            assert_eq!(texts, None);
        }
    }
}

#[test]
fn a_document_says_every_entry_and_every_sum() {
    let paid_in_october = Some(date(2026, 10, 1));
    let mut said = Said::of(vec![
        entry(
            "c-3",
            money(-125_000, "EUR"),
            CommissionStatus::ClawedBack,
            date(2026, 10, 20),
            None,
        ),
        approved("c-2", 125_000, "EUR"),
        entry(
            "c-4",
            money(70_000, "EUR"),
            CommissionStatus::Pending,
            OCTOBER,
            None,
        ),
        entry(
            "c-1",
            money(5_000, "USD"),
            CommissionStatus::Paid,
            date(2026, 8, 1),
            paid_in_october,
        ),
        entry(
            "c-0",
            money(7_700, "EUR"),
            CommissionStatus::Paid,
            date(2026, 8, 1),
            Some(date(2026, 9, 30)),
        ),
    ]);
    let plan = "rules:\n- {id: rates, source: {document: Plan, heading: Rates}, effective_from: 2026-01-01, rates: {gold: {Core: 12.5%}}}";
    said.plan = Some(serde_saphyr::from_str(plan).unwrap());
    let pages = said.read("2026-10");
    let [page] = &pages[..] else { panic!("{pages:?}") };
    holds(
        page,
        &[
            "Vendor & Söhne",
            "Commission statement",
            "Acme Partners",
            "Period: October 2026 (1 to 31 October 2026)",
            "As of 21 November 2026, 09:30 UTC",
            "Deal Product Base Rate Amount Status Earned",
            "Norlund rollout c-1 · Norlund, \"AB\"",
            "Core Commission",
            "Core Clawback",
            "EUR 10,000.00 12.5 % EUR 1,250.00",
            "-EUR 1,250.00",
            "Approved due on 30 December 2026",
            "Paid on 1 October 2026",
            "1 August 2026 before the period",
            "EUR 10,000.00 × 12.5 % = EUR 1,250.00. Rule: Plan, “Rates”, in force from 1 January 2026.",
            "Earned in October 2026 Pending EUR 700.00",
            "Earned in October 2026 Approved EUR 1,250.00",
            "Earned in October 2026 Clawed back -EUR 1,250.00",
            "Paid in October 2026 – USD 50.00",
            "none is an estimate",
            "Pending: earned, but not approved yet",
            "Approved: not paid yet",
            "different currencies are not added up",
            "1 / 1",
        ],
    );
    for not in ["c-0", "77.00", "does not answer", "not over", "cannot show"] {
        assert!(!page.contains(not), "{not:?} is in: {page}");
    }
    // Each entry once, in the order of the sheet.
    let at = ["c-1", "c-2", "c-4", "c-3"].map(|id| page.find(id).unwrap());
    assert!(at.is_sorted(), "{page}");
}

#[test]
fn nothing_earned_is_said_so() {
    let said = Said::of(Vec::new());
    let pages = said.read("2026-q4");
    assert_eq!(pages.len(), 1);
    holds(
        &pages[0],
        &[
            "No commission was earned or paid in Q4 2026 (1 October to 31 December 2026).",
            "The period is not over",
            "1 / 1",
        ],
    );
    for not in ["Totals", "Deal", "estimate"] {
        assert!(!pages[0].contains(not), "{pages:?}");
    }
}

#[test]
fn a_crm_that_does_not_answer_is_told_with_the_vendor_s_time() {
    let mut said = Said::of(vec![approved("c-1", 100, "EUR")]);
    said.age = age(true);
    let zone = TimeZone::fixed(jiff::tz::offset(2));
    let pdf = said.sheet("2026-10").pdf("", &zone).unwrap();
    let text = read(&pdf).concat();
    holds(
        &text,
        &["The CRM does not answer at the moment: this is as of 21 November 2026, 11:30 +02."],
    );
}

#[test]
fn many_entries_are_on_many_pages_under_one_head_each() {
    let ids: Vec<String> = (0..500).map(|n| format!("c-{n:03}")).collect();
    let said = Said::of(ids.iter().map(|id| approved(id, 12_345, "EUR")).collect());
    let pages = said.read("2026-10");
    assert!(pages.len() > 10, "{}", pages.len());
    for (at, page) in pages.iter().enumerate() {
        holds(page, &[&format!("{} / {}", at + 1, pages.len())]);
        let heads = page
            .matches("Deal Product Base Rate Amount Status Earned")
            .count();
        assert_eq!(heads, usize::from(page.contains("c-")), "{page}");
        let running = "Commission statement October 2026, Acme Partners";
        assert_eq!(page.contains(running), at > 0, "{page}");
    }
    apart(&said.sheet("2026-10").laid_out("", &TimeZone::UTC).unwrap());
    let all = pages.concat();
    for id in &ids {
        assert_eq!(all.matches(id.as_str()).count(), 1, "{id}");
    }
    holds(
        &pages[pages.len() - 1],
        &["Earned in October 2026 Approved EUR 61,725.00"],
    );
}

#[test]
fn names_are_shown_in_their_letters() {
    let check = |name: &str, expected: &str, is_partial: bool| {
        let mut said = Said::of(vec![approved("c-1", 100, "EUR")]);
        said.partner.name = name.into();
        said.deals[0].name = name.into();
        let text = said.read("2026-10").concat();
        assert_eq!(text.matches(expected).count(), 2, "{text}");
        assert_eq!(text.contains("cannot show"), is_partial, "{text}");
    };
    check("Łódź Ğüneş Çelik", "Łódź Ğüneş Çelik", false);
    check("Ελληνική Εταιρεία", "Ελληνική Εταιρεία", false);
    check("Їжак Љубљана", "Їжак Љубљана", false);
    check("東京 K.K.", "\u{fffd}\u{fffd} K.K.", true);
    check("ab\u{202e}cd\u{0}e", "abcde", false);
}

#[test]
fn what_has_no_room_is_shortened_and_an_amount_never() {
    let long = "Extraordinarily ".repeat(40);
    let mut said = Said::of(vec![approved("c-1", i64::MIN, "EUR")]);
    said.commissions[0].base = money(i64::MAX, "KWD");
    said.deals[0].name = long.clone();
    said.deals[0].customer = "W".repeat(9_000);
    said.partner.name = long;
    let pages = said.read("2026-10");
    assert_eq!(pages.len(), 1);
    holds(
        &pages[0],
        &[
            "-EUR 92,233,720,368,547,758.08",
            "KWD 9,223,372,036,854,775.807",
            "c-1 · W",
        ],
    );
    apart(&said.sheet("2026-10").laid_out("", &TimeZone::UTC).unwrap());
    // The partner's name, the deal's and the customer's.
    assert_eq!(pages[0].matches('…').count(), 3, "{pages:?}");
}

#[test]
fn a_file_says_what_it_is_and_is_the_same_again() {
    let mut said = Said::of(vec![approved("c-1", 100, "EUR")]);
    said.partner.name = "Acme <& Partners\u{ffff}".into();
    let pdf = said.pdf("2026-10");
    assert_eq!(pdf, said.pdf("2026-10"));
    let text = String::from_utf8_lossy(&pdf);
    holds(
        &text,
        &[
            "%PDF-1.7",
            "/Title(Commission statement October 2026, Acme <& Partners)",
            "/CreationDate(D:20261121093000",
            "/Lang(en)",
            "Acme &lt;&amp; Partners",
            "<pdfuaid:part>1<",
        ],
    );
    said.age.as_of = "2026-11-21T09:31:00Z".parse().unwrap();
    assert_ne!(pdf, said.pdf("2026-10"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn no_record_stands_against_a_document(
        names in prop::collection::vec(".{0,40}", 3),
        minors in prop::collection::vec(prop::num::i64::ANY, 0..12),
        vendor in "\\PC{0,20}",
    ) {
        let currencies = ["EUR", "JPY", "KWD"];
        let entry = |(at, minor): (usize, &i64)| approved(&format!("c-{at}"), *minor, currencies[at % 3]);
        let mut said = Said::of(minors.iter().enumerate().map(entry).collect());
        said.partner.name.clone_from(&names[0]);
        said.deals[0].name.clone_from(&names[1]);
        said.deals[0].customer.clone_from(&names[2]);
        let sheet = said.sheet("2026-10");
        let pdf = sheet.pdf(&vendor, &TimeZone::UTC);
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
        let text = read(&pdf.unwrap()).join(" ");
        apart(&sheet.laid_out(&vendor, &TimeZone::UTC).unwrap());
        for (_, amount) in sheet.earned() {
            prop_assert!(text.contains(&amount.to_string()), "{amount} is not in {text}");
        }
    }
}
