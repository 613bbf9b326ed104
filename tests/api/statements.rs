//! A statement as a file: of this partner, of this period, for a spreadsheet or to read.

use crate::support::{refused, run, seeded, serve_in};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

#[tokio::test]
async fn a_statement_is_the_partner_s_own() {
    let service = serve_in(seeded(), &[]);
    let (own, other) = (service.token("p-001"), service.token("p-002"));
    let of = async |file: &str, token: &str| service.get(&format!("/api/statements/{file}"), token).await;

    let years: Vec<i16> = (2020..=2040).collect();
    let mut rows = Vec::new();
    for year in &years {
        let response = of(&format!("{year}.csv"), &own).await;
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(
            header("content-disposition"),
            format!("attachment; filename=\"statement-{year}.csv\"")
        );
        assert_eq!(header("cache-control"), "no-store");
        let bytes = response.bytes().await.unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
        let mut lines = text.split("\r\n").map(str::to_owned);
        assert!(
            lines
                .next()
                .unwrap()
                .starts_with("id,deal,customer,product,kind,base,rate,amount,")
        );
        rows.extend(lines.filter(|line| !line.is_empty()));
    }
    assert!(rows.iter().any(|row| row.starts_with("Total earned")), "{rows:?}");
    assert!(
        rows.iter().any(|row| row.contains(" × ")),
        "nothing is explained: {rows:?}"
    );
    // The sample's first partner is paid in euros, its second in dollars.
    assert!(rows.iter().any(|row| row.contains(",EUR,")));
    assert!(!rows.iter().any(|row| row.contains(",USD,")), "{rows:?}");
    let others = of("2026-q3.csv", &other).await.text().await.unwrap();
    assert!(!others.contains(",EUR,"), "{others}");

    for none in [
        "2026",
        "2026.PDF",
        "2026.csv.pdf",
        "2026.docx",
        "2026-13.csv",
        "last.csv",
        "2026-q5.csv",
        ".csv",
        "..%2f2026.csv",
        "2026%0d%0a.csv",
    ] {
        refused(of(none, &own).await, 404, "not_found").await;
    }
    refused(of("2026.csv", "no-token").await, 401, "token_invalid").await;
}

#[tokio::test]
async fn a_statement_to_keep_says_what_the_one_for_spreadsheets_says() {
    let service = serve_in(seeded(), &[("LIAISON_PROGRAM__VENDOR", "Vendor of the test")]);
    let (own, other) = (service.token("p-001"), service.token("p-002"));
    let of = async |file: &str, token: &str| service.get(&format!("/api/statements/{file}"), token).await;
    let text = |file: &[u8]| {
        let text = pdf_extract::extract_text_from_mem(file).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };

    let (mut ids, mut theirs) = (Vec::new(), String::new());
    for year in 2020..=2040_i16 {
        let response = of(&format!("{year}.pdf"), &own).await;
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/pdf");
        assert_eq!(
            header("content-disposition"),
            format!("attachment; filename=\"statement-{year}.pdf\"")
        );
        assert_eq!(header("cache-control"), "no-store");
        let document = text(&response.bytes().await.unwrap());
        assert!(document.contains("Vendor of the test"), "{document}");
        let shown = document.replace(',', "");
        let sheet = of(&format!("{year}.csv"), &own).await.text().await.unwrap();
        let mut reader = csv::Reader::from_reader(sheet.trim_start_matches('\u{feff}').as_bytes());
        for row in reader.records().map(Result::unwrap) {
            let amount = format!("{} {}", &row[8], row[7].trim_start_matches('-'));
            assert!(shown.contains(&amount), "{row:?}: {document}");
            if !row[0].starts_with("Total") {
                assert!(document.contains(&row[0]), "{row:?}: {document}");
                ids.push(row[0].to_owned());
            }
        }
        theirs += &text(&of(&format!("{year}.pdf"), &other).await.bytes().await.unwrap());
    }
    assert!(
        !ids.is_empty() && theirs.contains("Totals"),
        "the sample has none"
    );
    for id in &ids {
        assert!(!theirs.contains(id.as_str()), "{id} is not the other's: {theirs}");
    }
    refused(of("2026.pdf", "no-token").await, 401, "token_invalid").await;
}

#[tokio::test]
async fn staff_sees_what_differs_from_the_plan() {
    let (sample, other, none) = (seeded(), seeded(), seeded());
    let plan = |home: &TempDir| home.path().join("program.yaml");
    // Its rules are in force ten years later than what was booked.
    let later = fs::read_to_string(plan(&other)).unwrap();
    let later = later.replace("effective_from: 202", "effective_from: 203");
    fs::write(
        plan(&other),
        later.replace("effective_until: 202", "effective_until: 203"),
    )
    .unwrap();
    fs::remove_file(plan(&none)).unwrap();

    let mut told = Vec::new();
    for home in [sample, other, none] {
        let (_, checked, _) = run(home.path(), &["program", "check"]);
        let service = serve_in(home, &[]);
        let path = "/api/commissions/differences";
        let audit: Value = service.get(path, &service.staff).await.json().await.unwrap();
        let of_none = json!({ "rules": null, "entries": 0, "differences": [] });
        if audit != of_none {
            assert_eq!(audit["differences"], checked["findings"]);
            assert_eq!(audit["entries"], checked["entries"]);
        }
        told.push((
            audit["entries"].as_u64().unwrap(),
            audit["differences"].as_array().unwrap().clone(),
        ));
    }
    let [(all, few), (again, every), (nothing, empty)] = &told[..] else {
        panic!("{told:?}")
    };
    assert!(*all > 50 && all == again && few.len() < 10, "{all} {few:?}");
    assert!(every.len() as u64 == *all, "{every:?}");
    assert!(every.iter().all(|found| {
        found["partner_name"]
            .as_str()
            .is_some_and(|name| !name.is_empty())
            && found["difference"].as_str().unwrap().contains("no figure")
    }));
    assert_eq!((*nothing, empty.len()), (0, 0));
}
