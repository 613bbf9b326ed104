//! The command line: exit codes, incremental ingestion, and errors that say what to do.

use crate::support::{home, run};
use std::fs;

#[test]
fn a_folder_is_taken_in_incrementally_and_bad_files_lose_nothing() {
    let (home, folder) = (home(), tempfile::tempdir().unwrap());
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let ingest = || run(home.path(), &["ingest", &path]).1;
    put("rules.md", "# Rules\n\nA zebra deal is protected for 75 days.\n");
    put(
        "old.md",
        "---\neffective_until: 2020-01-01\n---\n\nA zebra deal is protected for 33 days.\n",
    );
    put("secret.txt", "The zebra margin is 41 percent.\n");
    put("secret.txt.yml", "audience: internal\n");
    put("broken.pdf", "%PDF-1.7 and then nothing");
    put("strange.bin", "\u{1}\u{2}");
    let first = ingest();
    assert_eq!(
        (first["added"].as_u64(), first["failed"].as_array().unwrap().len()),
        (Some(3), 2),
        "{first}"
    );
    assert!(
        first["failed"]
            .as_array()
            .unwrap()
            .iter()
            .all(|f| f["reason"].as_str().unwrap().len() > 10)
    );
    let second = ingest();
    assert_eq!(
        (&second["added"], &second["updated"], &second["unchanged"]),
        (&0.into(), &0.into(), &3.into())
    );

    let (_, found, _) = run(home.path(), &["search", "zebra deal protected", "--internal"]);
    let text = found.to_string();
    assert!(
        text.contains("75 days") && text.contains("41 percent") && !text.contains("33 days"),
        "{text}"
    );
    for field in ["rank", "passage_id", "document", "title", "anchor", "text"] {
        assert!(!found["hits"][0][field].is_null(), "{field}");
    }
    assert!(found["timings_ms"]["total"].as_f64() > Some(0.0));

    put("rules.md", "# Rules\n\nA zebra deal is protected for 80 days.\n");
    assert_eq!(ingest()["updated"], 1);
    fs::remove_file(folder.path().join("secret.txt")).unwrap();
    fs::remove_file(folder.path().join("secret.txt.yml")).unwrap();
    assert_eq!(ingest()["removed"], 1);
    let (_, found, _) = run(home.path(), &["search", "zebra", "--internal"]);
    let text = found.to_string();
    assert!(
        text.contains("80 days") && !text.contains("75 days") && !text.contains("41 percent"),
        "{text}"
    );

    put(
        "rules.md",
        "---\naudience: nobody-knows\n---\n\nA zebra deal is open.\n",
    );
    let broken = ingest();
    assert!(
        broken["failed"]
            .to_string()
            .contains("earlier version stays searchable"),
        "{broken}"
    );
    let (_, found, _) = run(home.path(), &["search", "zebra", "--internal"]);
    assert!(found.to_string().contains("80 days"));
}

#[test]
fn wrong_usage_is_told_apart_from_failure() {
    let home = home();
    assert_eq!(run(home.path(), &["seed", "--crm"]).0, 0);
    let (code, _, said) = run(home.path(), &["ask", "Hello", "--partner", "p-999"]);
    assert!(code == 2 && said.contains("partner list"), "{code} {said}");
    assert_eq!(run(home.path(), &["ingest", "/nowhere/at/all"]).0, 2);
    assert_eq!(run(home.path(), &["ingest", ".", "--audience", "gold"]).0, 2);
    let (code, answer, _) = run(
        home.path(),
        &["ask", "How many moons has Jupiter?", "--partner", "p-001"],
    );
    assert_eq!(
        (code, &answer["declined"]["reason"]),
        (3, &"not_in_knowledge".into())
    );
    let (code, answer, _) = run(
        home.path(),
        &["ask", "How much open pipeline do I have?", "--partner", "p-001"],
    );
    assert_eq!(
        (code, &answer["tools"][0]["name"], &answer["model"]),
        (0, &"pipeline_summary".into(), &"extractive".into())
    );
    for field in ["answer", "citations", "tools", "conversation", "timings_ms"] {
        assert!(!answer[field].is_null(), "{field}");
    }
}
