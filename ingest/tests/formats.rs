//! Each format by its fixture: what a document says about itself, and its passages.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use liaison_ingest::{Limits, read, split::split};
use liaison_knowledge::DocumentId;
use std::fmt::Write;

/// The document and its passages as text.
fn shown(name: &str) -> String {
    let bytes = std::fs::read(format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let document = match read::read(name, &bytes) {
        Ok(document) => document,
        Err(error) => return format!("{}: {error}", error.code()),
    };
    let mut out = format!("title: {}\n", document.title.as_deref().unwrap_or("(none)"));
    let front = serde_json::to_value(&document.front).unwrap();
    for (key, value) in front
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, v)| !v.is_null() && **v != serde_json::json!([]))
    {
        writeln!(out, "{key}: {value}").unwrap();
    }
    for notice in &document.notices {
        writeln!(out, "notice: {notice}").unwrap();
    }
    for passage in split(DocumentId::of_source(name), &document, &Limits::default()) {
        let anchor = serde_json::to_string(&passage.anchor).unwrap();
        writeln!(
            out,
            "\n--- {anchor} under {:?}\n{}",
            passage.heading, passage.text
        )
        .unwrap();
    }
    out
}

macro_rules! formats {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
                insta::assert_snapshot!(stringify!($test), shown($name));
            });
        })*
    };
}

formats! {
    markdown: "rules.md",
    markdown_with_slips: "inclusion.md",
    html: "portal.html",
    faq: "faq.yaml",
    csv: "rates.csv",
    plain_text: "mail.txt",
    pdf: "rules.pdf",
    pdf_columns: "columns.pdf",
    pdf_right_to_left: "right-to-left.pdf",
    pdf_garbled: "garbled.pdf",
    pdf_scanned: "scanned.pdf",
    pdf_locked: "locked.pdf",
    pdf_locked_for_changes_only: "owner-locked.pdf",
    mail: "offer.eml",
    pptx: "deck.pptx",
    docx: "playbook.docx",
    xlsx: "rates.xlsx",
}

#[test]
fn words_that_nobody_sees_are_left_out_and_told() {
    #[track_caller]
    fn check(name: &str, seen: &[&str], notice: &str) {
        let shown = shown(name);
        assert!(!shown.contains("hidden words"), "{shown}");
        assert!(shown.contains(&format!("notice: {notice}")), "{shown}");
        for words in seen {
            assert!(shown.contains(words), "{words}: {shown}");
        }
    }
    let left_out = "Hidden text was left out.";
    check(
        "hidden.docx",
        &["ninety days", "Paid every quarter", "Tier: Gold", "18 %"],
        left_out,
    );
    check("hidden.pptx", &["What you earn", "Paid every quarter"], left_out);
    check("hidden.pdf", &["ninety days", "White words on blue"], left_out);
    check(
        "hidden.xlsx",
        &["Gold", "18 %", "Silver"],
        "Hidden rows or columns of sheet \"Rates\" were left out.",
    );
}

#[test]
fn a_document_is_the_same_behind_a_wrong_or_missing_extension() {
    for (name, wrong) in [
        ("deck.pptx", "deck.xlsx"),
        ("playbook.docx", "playbook.pdf"),
        ("rates.xlsx", "rates.csv"),
        ("rules.pdf", "rules.docx"),
        ("rules.md", "rules.txt"),
        ("portal.html", "portal.pdf"),
        ("offer.eml", "offer.txt"),
    ] {
        let bytes = std::fs::read(format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let right = read::read(name, &bytes);
        assert!(right.is_ok(), "{name}");
        for other in ["upload", wrong] {
            assert_eq!(read::read(other, &bytes), right, "{other}");
        }
    }
}

#[test]
fn a_sidecar_speaks_for_its_file() {
    let bytes = std::fs::read(format!("{}/fixtures/rates.xlsx.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert_eq!(
        read::sidecar(&bytes).unwrap().audience.unwrap().to_string(),
        "internal"
    );
    assert_eq!(
        read::sidecar(b"audience: [").unwrap_err().code(),
        "bad_front_matter"
    );
    assert_eq!(
        read::sidecar(b"just words").unwrap_err().code(),
        "bad_front_matter"
    );
}
