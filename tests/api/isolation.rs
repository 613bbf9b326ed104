//! No partner opens a passage outside its audience, however it learned the passage's id.

use crate::support::{demo, home, run};
use serde_json::Value;

fn ids(found: &Value, document: &str) -> Vec<String> {
    let hits = found["hits"].as_array().unwrap().iter();
    let of_document = hits.filter(|hit| hit["document"].as_str().unwrap().ends_with(document));
    of_document
        .map(|hit| hit["passage_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn limited_documents_do_not_exist_for_others() {
    let demo = demo();
    // The demo holds its home: ids are looked up in a second one, whose library has the same sources only if
    // it stands at the same place, so staff's own search runs against a copy of the running demo's folder.
    let copy = home();
    for part in ["index", "liaison.db", "liaison.db-wal", "liaison.db-shm"] {
        let from = demo.home.path().join(part);
        let copied = std::process::Command::new("cp")
            .arg("-r")
            .arg(&from)
            .arg(copy.path())
            .status()
            .unwrap();
        assert!(copied.success() || !from.exists(), "{part}");
    }
    let (code, found, said) = run(
        copy.path(),
        &[
            "search",
            "margin discount band roadmap beta government deals",
            "--internal",
            "--limit",
            "200",
        ],
    );
    assert_eq!(code, 0, "{said}");
    for (document, outsider, insider) in [
        ("internal/margin-guidelines.md", "p-001", None),
        ("internal/discount-bands.xlsx", "p-002", None),
        ("decks/roadmap-preview.pptx", "p-006", Some("p-001")),
        ("program/apac-addendum.md", "p-001", Some("p-003")),
    ] {
        let ids = ids(&found, document);
        assert!(!ids.is_empty(), "{document} was not found by staff");
        for id in ids {
            let path = format!("/api/sources/{id}");
            assert_eq!(
                demo.get(&path, &demo.token(outsider)).await.status(),
                404,
                "{document} {outsider}"
            );
            if let Some(insider) = insider {
                assert_eq!(
                    demo.get(&path, &demo.token(insider)).await.status(),
                    200,
                    "{document} {insider}"
                );
            }
        }
    }
}
