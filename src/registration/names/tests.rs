use super::{candidates::Candidates, *};
use proptest::prelude::*;

fn firm<'o>(name: &'o str, domain: &'o str, country: &'o str) -> Organisation<'o> {
    let some = |text: &'o str| Some(text).filter(|text| !text.is_empty());
    Organisation {
        name,
        domain: some(domain),
        country: some(country),
        parent: None,
    }
}

fn compare(a: Organisation<'_>, b: Organisation<'_>) -> Match {
    similarity(&a, &b, &Weights::default())
}

#[track_caller]
fn check(a: (&str, &str), b: (&str, &str), same: bool) {
    let found = compare(firm(a.0, a.1, ""), firm(b.0, b.1, ""));
    assert_eq!(found.is_same(), same, "{a:?} {b:?} {found:?}");
}

#[test]
fn one_firm_under_many_spellings() {
    for (a, b) in [
        ("Brandvoort Steel", "BRANDVOORT STEEL B.V."),
        ("Brandvoort Steel", "Brandvort Steel"),
        ("Müller-Lüdenscheid GmbH & Co. KG", "Mueller Luedenscheid"),
        ("Weißflog Söhne", "Weissflog & Soehne GmbH"),
        ("Østergård Fiskeri A/S", "Ostergard Fiskeri"),
        (
            "Société Générale des Eaux Brémond SA",
            "Generale des Eaux Bremond",
        ),
        ("North Wind Couriers", "NorthWind Couriers Ltd"),
        ("Perlwerk Group", "Perlwerk Deutschland GmbH"),
        ("Tarnowski Logistik", "Tarnowski Logistics"),
        ("Gebr. Halvers", "Gebrüder Halvers OHG"),
        ("Kettle & Crane", "Kettle and Crane Limited"),
        ("Otterburn Mfg", "Otterburn Manufacturing Co."),
        ("Lumenor S.p.A.", "Lumenor (formerly Veltrani Luce)"),
    ] {
        check((a, ""), (b, ""), true);
        check((b, ""), (a, "lumenor.example"), true);
    }
}

#[test]
fn two_firms_with_much_in_common() {
    for (a, b) in [
        ("Brandvoort Steel", "Brandvoort Timber"),
        ("Tarnowski Logistik", "Tarnowska Klinik"),
        ("Central Energy Services", "Central Energy Systems"),
        ("Unit 12", "Unit 21"),
        ("Stadtwerke Oberheim", "Stadtwerke Niederheim"),
        ("Dental Point", "Rental Point"),
        ("Eastport University", "Westport University"),
        ("Group Services Ltd", "Group Solutions Ltd"),
    ] {
        check((a, ""), (b, ""), false);
    }
}

#[test]
fn a_domain_of_one_s_own_decides() {
    check(
        ("Perlwerk", "perlwerk.example"),
        ("Something Else", "shop.perlwerk.example"),
        true,
    );
    check(
        ("Perlwerk", "perlwerk.example"),
        ("Perlwerk France", "perlwerk-france.example"),
        true,
    );
    check(
        ("Alvarro", "alvarro.example"),
        ("Alvarra", "alvarra.example"),
        false,
    );
    check(
        ("Horizon", "horizon-media.example"),
        ("Horizon", "horizonbau.example"),
        false,
    );
    // Everyone has an address there.
    check(("Blumen Ott", "gmx.de"), ("Ott Motorräder", "gmx.de"), false);
    check(
        ("Perlwerk", "gmail.com"),
        ("Perlwerk GmbH", "perlwerk.example"),
        true,
    );
}

#[test]
fn countries_and_parents_count() {
    let a = firm("Central Transport", "", "DE");
    assert!(!compare(a, firm("Central Transport", "", "PL")).is_same());
    assert!(compare(a, firm("Central Transport", "", "de")).is_same());
    let part = Organisation {
        parent: Some("Perlwerk Holding AG"),
        ..firm("Ostrava Glass", "", "CZ")
    };
    let found = compare(part, firm("Perlwerk", "", "DE"));
    assert!(found.is_same());
    assert_eq!(found.reasons[0].to_string(), "belongs to \"Perlwerk Holding AG\"");
}

#[test]
fn reasons_are_told() {
    let told = |a: Organisation<'_>, b: Organisation<'_>| {
        let reasons: Vec<String> = compare(a, b).reasons.iter().map(ToString::to_string).collect();
        reasons.join("; ")
    };
    let a = firm("Perlwerk Glas GmbH", "perlwerk.example", "DE");
    assert_eq!(
        told(a, firm("Perlwerk Glas", "www.perlwerk.example", "DE")),
        "same domain perlwerk.example; names equal but for legal form or spelling of letters"
    );
    assert_eq!(
        told(a, firm("Perlwerck Glas", "", "FR")),
        "in DE and in FR; \"perlwerk\" may be \"perlwerck\" misspelt"
    );
    assert_eq!(
        told(a, firm("Glas Perlwerk", "", "")),
        "names equal but for the order of words"
    );
    assert_eq!(
        told(a, firm("Perlwerk Holz", "", "")),
        "one is called \"glas\", the other \"holz\""
    );
}

#[test]
fn what_many_customers_are_called_tells_little() {
    let names: Vec<String> = (0..500)
        .map(|n| format!("Sonnblick {n}x{n}"))
        .chain(["Sonnblick Alm".to_owned()])
        .collect();
    let weights = Weights::of(names.iter().map(String::as_str));
    let score = |weights: &Weights| {
        similarity(
            &firm("Sonnblick Alm", "", ""),
            &firm("Sonnblick Hütte", "", ""),
            weights,
        )
        .score
    };
    assert!(score(&weights) < score(&Weights::default()));
}

#[test]
fn candidates_are_found_by_word_slip_and_domain() {
    let firms = [
        firm("Perlwerk Glas GmbH", "perlwerk.example", ""),
        firm("Tarnowski Logistik", "", ""),
        firm("North Wind Couriers", "", ""),
        firm("Ostrava Glass", "og.example", ""),
    ];
    let index = Candidates::of(firms, Weights::default());
    let first = |name: &str, domain: &str| index.like(&firm(name, domain, ""), 3).first().copied();
    assert_eq!(first("Perlwek", ""), Some(0));
    assert_eq!(first("Tarnowsky Logistics", ""), Some(1));
    assert_eq!(first("Northwind Couriers", ""), Some(2));
    assert_eq!(first("Nobody", "www.og.example"), Some(3));
    assert_eq!(first("Nobody", ""), None);
}

proptest! {
    #[test]
    fn any_names_can_be_compared(a in "\\PC{0,60}", b in "\\PC{0,60}", domain in "[a-z.@ -]{0,12}") {
        let (a, b) = (firm(&a, &domain, "DE"), firm(&b, "", ""));
        let (there, back) = (compare(a, b), compare(b, a));
        prop_assert!((0.0..=1.0).contains(&there.score));
        prop_assert!((there.score - back.score).abs() < 1e-9, "{there:?} {back:?}");
    }

    #[test]
    fn a_name_is_like_itself(name in "[A-Z][a-z]{3,9}( [A-Z][a-z]{3,9}){0,3}") {
        prop_assert!(compare(firm(&name, "", ""), firm(&name.to_uppercase(), "", "")).is_same());
    }
}
