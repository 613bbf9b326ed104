//! What goes wrong on the machine: two processes, bad settings, missing or broken files.

use crate::support::{
    bare_home, home, liaison, of_type, run, run_with, seeded, serve, serve_with, stderr_of,
};
use serde_json::Value;
use std::{fs, path::Path};

#[test]
fn a_home_is_used_by_one_process_and_the_second_says_by_which() {
    let service = serve();
    for command in [
        &["ask", "What is my tier?", "--partner", "p-001"][..],
        &["search", "anything"],
        &["serve", "--listen", "127.0.0.1:0"],
        &["ingest", "."],
    ] {
        let (code, _, said) = run(service.home.path(), command);
        let holder = fs::read_to_string(service.home.path().join("lock")).unwrap();
        assert!(code == 1 && said.contains("in use"), "{command:?}: {code} {said}");
        assert!(
            said.contains(&format!("process {holder}")) && said.contains("--home"),
            "{said}"
        );
    }
}

#[test]
fn a_bad_setting_is_named() {
    let home = bare_home();
    for (name, value, setting) in [
        (
            "LIAISON_PROGRAM__FISCAL_YEAR_START",
            "13",
            "program.fiscal_year_start",
        ),
        ("LIAISON_PROGRAM__TIME_ZONE", "Mars/Olympus", "program.time_zone"),
        ("LIAISON_LLM__BASE_URL", "http://127.0.0.1:1/v1", "llm.model"),
        ("LIAISON_SERVER__LISTEN", "here", "server.listen"),
        ("LIAISON_LLM__TIMEOUT_SECONDS", "soon", "llm.timeout_seconds"),
        ("LIAISON_KNOWLEDGE__PASSAGES", "many", "knowledge.passages"),
        ("LIAISON_LOG__FORMAT", "xml", "log.format"),
        ("LIAISON_LOG__FILTER", "liaison=loud", "log.filter"),
        ("LIAISON_SERVER__PORT", "80", "port"),
    ] {
        let (code, _, said) = run_with(home.path(), &[(name, value)], &["doctor"]);
        assert!(code == 2 && said.contains(setting), "{name}: {code} {said}");
    }
    let file = home.path().join("mine.toml");
    for (text, setting) in [
        ("[program]\nfiscal_year_start = 0\n", "program.fiscal_year_start"),
        ("[issuers.portal]\nissuer = \"x\"\naudience = \"y\"\n", "issuers"),
        ("[server\n", "mine.toml"),
    ] {
        fs::write(&file, text).unwrap();
        let (code, _, said) = run(home.path(), &["--config", file.to_str().unwrap(), "doctor"]);
        assert!(code == 2 && said.contains(setting), "{text}: {code} {said}");
    }
    let (code, _, said) = run(home.path(), &["--config", "nowhere.toml", "doctor"]);
    assert!(code == 2 && said.contains("nowhere.toml"), "{code} {said}");
}

#[tokio::test]
async fn settings_from_the_environment_arrive_as_they_are() {
    let service = serve_with(&[
        ("LIAISON_STAFF__TOKENS__DIGITS", "00123"),
        ("LIAISON_STAFF__TOKENS__LONG", "12345678901234567890123"),
        ("LIAISON_KNOWLEDGE__PASSAGES", "3"),
        (
            "LIAISON_SERVER__ALLOWED_ORIGINS",
            "https://a.example,https://b.example",
        ),
    ]);
    for (token, status) in [("00123", 200), ("12345678901234567890123", 200), ("123", 401)] {
        let response = service.get("/api/partners", token).await;
        assert_eq!(response.status(), status, "{token}");
    }
    for (origin, allowed) in [("https://b.example", true), ("https://c.example", false)] {
        let request = reqwest::Client::new().get(format!("{}/healthz", service.url));
        let response = request.header("origin", origin).send().await.unwrap();
        let said = response.headers().get("access-control-allow-origin");
        assert_eq!(said.is_some_and(|said| said == origin), allowed, "{origin}");
    }
    let parts = service
        .ask(
            &service.token("p-001"),
            "c-1",
            "How long is a registered deal protected?",
        )
        .await;
    let output = of_type(&parts, "tool-output-available")[0];
    assert_eq!(output["output"]["passages"], 3, "{output}");
}

#[test]
fn what_is_missing_is_named_with_its_remedy() {
    let home = bare_home();
    for command in [
        &["ask", "What is my tier?", "--partner", "p-001"][..],
        &["search", "anything"],
        &["ingest", "."],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        let (code, _, said) = run(home.path(), command);
        assert!(
            code == 1 && said.contains("liaison setup"),
            "{command:?}: {code} {said}"
        );
    }
    let (code, checks, _) = run(home.path(), &["doctor"]);
    let model = check(&checks, "runtime, model");
    assert!(
        code == 1 && !model.0 && model.1.contains("liaison setup"),
        "{checks}"
    );
}

fn check(checks: &Value, name: &str) -> (bool, String) {
    let all = checks.as_array().unwrap_or_else(|| panic!("{checks}"));
    let found = all.iter().find(|check| check["name"] == name);
    let found = found.unwrap_or_else(|| panic!("{name}: {checks}"));
    (
        found["ok"].as_bool().unwrap(),
        found["detail"].as_str().unwrap().to_owned(),
    )
}

#[test]
fn the_doctor_finds_a_seeded_home_well() {
    let home = seeded();
    let (code, checks, said) = run(home.path(), &["doctor"]);
    let all = checks.as_array().unwrap_or_else(|| panic!("{said}"));
    // A build without Node has no pages inside; the doctor says so and everything else is well.
    let pages = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("web/dist/widget.js")
        .is_file();
    assert_eq!(check(&checks, "web assets").0, pages, "{checks}");
    let bad: Vec<&Value> = all.iter().filter(|check| check["ok"] != true).collect();
    assert_eq!((code, bad.len()), if pages { (0, 0) } else { (1, 1) }, "{checks}");
    assert!(check(&checks, "knowledge").1.contains("passages"), "{checks}");
    assert!(check(&checks, "CRM").1.contains("8 partners"), "{checks}");

    // One byte of the model's file, and it is not the model any more.
    let model = home.path().join("models");
    let whole = fs::canonicalize(&model).unwrap();
    fs::remove_file(&model).unwrap();
    assert!(
        std::process::Command::new("cp")
            .arg("-RL")
            .arg(whole)
            .arg(&model)
            .status()
            .unwrap()
            .success()
    );
    let vocabulary = walk(&model)
        .into_iter()
        .find(|file| file.extension().is_some_and(|e| e == "json"));
    let vocabulary = vocabulary.unwrap_or_else(|| panic!("no JSON below {}", model.display()));
    fs::write(
        &vocabulary,
        [fs::read(&vocabulary).unwrap(), b" ".to_vec()].concat(),
    )
    .unwrap();
    let (code, checks, _) = run(home.path(), &["doctor"]);
    let (ok, detail) = check(&checks, "runtime, model");
    assert!(code == 1 && !ok && detail.contains("liaison setup"), "{checks}");
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] })
        .collect()
}

#[test]
fn a_broken_pdf_does_not_take_the_place_of_a_good_one() {
    let (home, folder) = (home(), tempfile::tempdir().unwrap());
    let guide = folder.path().join("guide.pdf");
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/library/program/program-guide.pdf");
    fs::copy(&good, &guide).unwrap();
    let ingest = || run(home.path(), &["ingest", folder.path().to_str().unwrap()]).1;
    let found = || {
        let question = ["search", "How long is a registered deal protected?"];
        run(home.path(), &question).1.to_string()
    };
    let first = ingest();
    assert_eq!(
        (&first["added"], &first["documents"]),
        (&1.into(), &1.into()),
        "{first}"
    );
    assert!(found().contains("120 days for Gold"));

    let bytes = fs::read(&good).unwrap();
    for broken in [&b"%PDF-1.7 and then nothing"[..], b"", &bytes[..bytes.len() / 3]] {
        fs::write(&guide, broken).unwrap();
        let report = ingest();
        let failed = report["failed"].as_array().unwrap();
        assert_eq!((failed.len(), &report["updated"]), (1, &0.into()), "{report}");
        let reason = failed[0]["reason"].as_str().unwrap();
        assert!(reason.contains("earlier version stays searchable"), "{reason}");
        assert_eq!(report["passages"], first["passages"], "{report}");
        assert!(found().contains("120 days for Gold"));
    }
    // Mended, it counts as unchanged or updated, and the failure is forgotten.
    fs::copy(&good, &guide).unwrap();
    let mended = ingest();
    assert!(mended["failed"].as_array().unwrap().is_empty(), "{mended}");
    assert!(found().contains("120 days for Gold"));
    let (_, checks, _) = run(home.path(), &["doctor"]);
    assert!(
        check(&checks, "database").1.contains("0 of them failed"),
        "{checks}"
    );
}

#[test]
fn a_partner_that_the_crm_does_not_have_is_wrong_usage() {
    let home = seeded();
    for command in [
        &["ask", "What is my tier?", "--partner", "p-999"][..],
        &["search", "anything", "--partner", "p-999"],
        &["token", "--partner", "p-999"],
        &["partner", "show", "p-999"],
        &["one-pager", "--topic", "Vantage", "--partner", "p-999"],
    ] {
        let (code, json, said) = run(home.path(), command);
        assert!(
            code == 2 && said.contains("p-999") && said.contains("partner list"),
            "{command:?}: {code} {said}"
        );
        assert_eq!(json, Value::Null, "{command:?}");
    }
    let output = liaison(home.path())
        .args(["ask", "What is my tier?"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr_of(&output).contains("--partner"));
}

#[test]
fn a_file_that_is_no_database_or_no_index_is_named() {
    let home = seeded();
    let database = home.path().join("liaison.db");
    let good = fs::read(&database).unwrap();
    fs::write(
        &database,
        "this is no database, and it is longer than a header of one would be ".repeat(20),
    )
    .unwrap();
    for sibling in ["liaison.db-wal", "liaison.db-shm"] {
        let _ = fs::remove_file(home.path().join(sibling));
    }
    let (code, _, said) = run(home.path(), &["ask", "What is my tier?", "--partner", "p-001"]);
    assert!(code == 1 && said.contains("liaison.db"), "{code} {said}");
    fs::write(&database, good).unwrap();

    let index = home.path().join("index");
    let active = fs::read_to_string(index.join("active")).unwrap();
    let label = index.join(active).join("collection.json");
    let other = fs::read_to_string(&label).unwrap().replace("MiniLM", "AnotherLM");
    fs::write(&label, other).unwrap();
    let (code, _, said) = run(home.path(), &["search", "anything"]);
    assert!(
        code == 1 && said.contains("AnotherLM") && said.contains("liaison index reembed"),
        "{code} {said}"
    );
    fs::write(&label, "{").unwrap();
    let (code, _, said) = run(home.path(), &["search", "anything"]);
    assert!(code == 1 && said.contains("collection.json"), "{code} {said}");
}
