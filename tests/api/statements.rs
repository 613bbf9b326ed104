//! A statement as a file: of this partner, of this period, for a spreadsheet.

use crate::support::{refused, seeded, serve_in};

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
        "2026.pdf",
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
