//! One-pagers and battle cards: every claim cited, every file complete in itself.

use crate::support::{home, run, seeded};
use serde_json::Value;
use std::{fs, path::Path};

/// Drafts a piece into a file; what was printed, and what was written.
fn drafted(home: &Path, template: &str, topic: &str, file: &str) -> (Value, String) {
    let arguments = [
        "one-pager",
        "--template",
        template,
        "--partner",
        "p-001",
        "--topic",
        topic,
        "--out",
        file,
    ];
    let (code, piece, said) = run(home, &arguments);
    assert_eq!(code, 0, "{said}");
    assert_eq!(piece["file"], file);
    (piece, fs::read_to_string(home.join(file)).unwrap())
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of every passage that p-001 may see and that a search about `topic` finds.
fn passages(home: &Path, topic: &str) -> Vec<(String, String)> {
    let (_, found, said) = run(home, &["search", topic, "--partner", "p-001", "--limit", "1000"]);
    let hits = found["hits"].as_array().unwrap_or_else(|| panic!("{said}"));
    let of = |hit: &Value, name: &str| hit[name].as_str().unwrap().to_owned();
    hits.iter()
        .map(|hit| (of(hit, "passage_id"), folded(&of(hit, "text"))))
        .collect()
}

#[test]
fn every_claim_has_a_citation_that_stands() {
    let home = seeded();
    let (piece, written) = drafted(home.path(), "one-pager", "Vantage", "vantage.md");
    assert_eq!(piece["content"], written.as_str());
    let visible = passages(home.path(), "Vantage");
    let claims = piece["claims"].as_array().unwrap();
    assert!(claims.len() > 5, "{piece}");
    for claim in claims {
        let first_line = claim["text"].as_str().unwrap().lines().next().unwrap();
        assert!(written.contains(first_line), "{first_line}");
        let citations = claim["citations"].as_array().unwrap();
        assert!(!citations.is_empty(), "{claim}");
        for citation in citations {
            let (id, quote) = (&citation["passage_id"], citation["quote"].as_str().unwrap());
            let stands = visible
                .iter()
                .any(|(passage, text)| *id == passage.as_str() && text.contains(&folded(quote)));
            assert!(stands, "{citation}");
            let source = format!("{}. {}", citation["n"], citation["title"].as_str().unwrap());
            assert!(written.contains(&source), "{source}");
        }
    }
    assert!(!written.contains("margin-guidelines"), "{written}");
    let (piece, _) = drafted(home.path(), "battle-card", "Quorvia", "quorvia.md");
    assert!(
        piece["content"]
            .as_str()
            .unwrap()
            .starts_with("# Quorvia: battle card for Alderbrook Systems")
    );
}

#[test]
fn the_html_loads_nothing_and_obeys_no_document() {
    let home = seeded();
    let folder = tempfile::tempdir().unwrap();
    let words = "Customers buy Zephyrine because it lowers their rework <script>alert(1)</script> \
                 <img src=x onerror=alert(2)> ![seen](https://tracker.invalid/pixel.png) and it pays back in one \
                 year, see [the terms](javascript:alert(3)) and <https://tracker.invalid/auto>.";
    // Plain text keeps every letter; the other formats' readers would take some of it as markup.
    fs::write(
        folder.path().join("zephyrine.txt"),
        format!("What Zephyrine is\n\n{words}\n"),
    )
    .unwrap();
    let (code, report, said) = run(home.path(), &["ingest", folder.path().to_str().unwrap()]);
    assert_eq!((code, &report["added"]), (0, &1.into()), "{said}");
    let (_, page) = drafted(home.path(), "one-pager", "Zephyrine", "zephyrine.html");
    assert!(
        page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"),
        "{page}"
    );
    // The words are there, so their markup had its chance; addresses that nobody allowed are gone.
    assert!(
        page.contains("alert(1)")
            && page.contains("see the terms and …")
            && !page.contains("tracker.invalid"),
        "{page}"
    );
    let markup: String = page
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(tag, _)| format!("<{tag}>\n").to_lowercase())
        .collect();
    for loads in [
        "src=",
        "href=",
        "<script",
        "<link",
        "<img",
        "<iframe",
        "<object",
        "onerror",
        "http-equiv",
    ] {
        assert!(!markup.contains(loads), "{loads}: {markup}");
    }
    for loads in ["@import", "url("] {
        assert!(!page.contains(loads), "{loads}: {page}");
    }
}

#[test]
fn what_cannot_be_drafted_says_so() {
    let home = home();
    assert_eq!(run(home.path(), &["seed", "--crm"]).0, 0);
    let draft = |more: &[&str]| {
        run(
            home.path(),
            &[&["one-pager", "--topic", "Vantage"], more].concat(),
        )
    };
    let (code, _, said) = draft(&["--partner", "p-001", "--template", "poster"]);
    assert!(code == 2 && said.contains("battle-card"), "{code} {said}");
    let (code, _, said) = draft(&["--partner", "p-001", "--out", "x.odt"]);
    assert!(code == 2 && said.contains(".html"), "{code} {said}");
    let (code, _, said) = draft(&["--partner", "p-999"]);
    assert!(code == 2 && said.contains("partner list"), "{code} {said}");
    // Nothing is in the knowledge: no page full of headings, but the honest no.
    let (code, piece, said) = draft(&["--partner", "p-001"]);
    assert_eq!(code, 3, "{said}");
    assert!(piece["claims"].as_array().unwrap().is_empty(), "{piece}");
    let (code, _, said) = draft(&["--partner", "p-001", "--out", "/nowhere/at/all.md"]);
    assert!(code == 1 && said.contains("/nowhere/at/all.md"), "{code} {said}");
}
