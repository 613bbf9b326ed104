//! Documents into a running service: uploads, their jobs, watched folders, and documents that replace each other.

use crate::support::{Service, home, refused, run, seeded, serve, serve_in};
use serde_json::{Value, json};
use std::{fs, time::Duration, time::Instant};

#[tokio::test]
async fn an_upload_becomes_searchable_is_described_anew_and_deleted() {
    let service = serve();
    let rule = "# Zebra rule\n\nA zebra deal is protected for 75 days.\n";
    let job = upload(&service, "path=rules/zebra.md&audience=internal&owner=ops", rule).await;
    let done = finished(&service, &job).await;
    assert_eq!(done["state"], "searchable", "{done}");
    assert!(
        !finds(&service, "How long is a zebra deal protected?", "75 days").await,
        "it is internal"
    );

    let row = document(&service, "rules/zebra.md").await.unwrap();
    assert_eq!(
        (&row["owner"], &row["is_upload"]),
        (&json!("ops"), &json!(true)),
        "{row}"
    );
    let place = format!("/api/documents/{}", row["id"].as_str().unwrap());
    let said = json!({ "audience": "partners", "review_by": "2031-01-01", "owner": null });
    let response = service.patch(&place, &service.staff, &said).await;
    assert_eq!(response.status(), 202);
    finished(&service, &response.json().await.unwrap()).await;
    let row = document(&service, "rules/zebra.md").await.unwrap();
    assert_eq!(
        (&row["owner"], &row["review_by"]),
        (&Value::Null, &json!("2031-01-01"))
    );
    assert!(
        finds(&service, "How long is a zebra deal protected?", "75 days").await,
        "it is for partners now"
    );

    let response = service.delete(&place, &service.staff).await;
    assert_eq!(response.status(), 204);
    assert!(
        !finds(&service, "How long is a zebra deal protected?", "75 days").await,
        "removal is final at once"
    );
    assert_eq!(document(&service, "rules/zebra.md").await, None);
    refused(service.delete(&place, &service.staff).await, 404, "not_found").await;
}

#[tokio::test]
async fn an_upload_that_cannot_be_read_says_why_and_leaves_the_earlier_version() {
    let service = serve();
    let job = upload(&service, "path=offer.md", "# Offer\n\nThe quagga bonus is 7 %.\n").await;
    finished(&service, &job).await;
    let job = upload(&service, "path=offer.md", "").await;
    let failed = finished(&service, &job).await;
    assert_eq!(failed["state"], "failed");
    assert!(
        failed["reason"].as_str().unwrap().contains("earlier version"),
        "{failed}"
    );
    assert!(finds(&service, "What is the quagga bonus?", "7 %").await);
    let response = service
        .delete(&format!("/api/jobs/{}", id(&job)), &service.staff)
        .await;
    refused(response, 409, "job_finished").await;
}

#[tokio::test]
async fn a_new_version_is_for_whom_the_last_one_was() {
    let service = serve();
    let job = upload(
        &service,
        "path=margin.md&audience=internal&owner=ops",
        "# Margin\n\nIt is 41 %.\n",
    )
    .await;
    finished(&service, &job).await;
    let job = upload(&service, "path=margin.md", "# Margin\n\nIt is 43 %.\n").await;
    finished(&service, &job).await;
    let row = document(&service, "margin.md").await.unwrap();
    assert_eq!(
        (&row["audience"], &row["owner"]),
        (&json!("internal"), &json!("ops"))
    );
}

#[tokio::test]
async fn what_cannot_be_an_upload_is_refused() {
    let service = serve();
    for (query, code) in [
        ("path=../secrets.md", "bad_path"),
        ("path=/etc/motd", "bad_path"),
        ("path=a/.hidden.md", "bad_path"),
        ("path=", "bad_path"),
        ("path=rates.xlsx.yaml", "bad_path"),
        ("path=a.md&audience=everyone", "bad_statement"),
        ("path=a.md&effective_from=soon", "bad_statement"),
    ] {
        let response = service.upload(query, &service.staff, "text").await;
        refused(response, 400, code).await;
    }
    let partner = service.token("p-001");
    refused(
        service.upload("path=a.md", &partner, "text").await,
        401,
        "staff_only",
    )
    .await;
    let from_folder = document(&service, "program-guide.md").await;
    let any = from_folder.unwrap_or(documents(&service).await["documents"][0].clone());
    let place = format!("/api/documents/{}", any["id"].as_str().unwrap());
    refused(service.delete(&place, &service.staff).await, 409, "not_an_upload").await;
}

#[tokio::test]
async fn a_job_that_is_taken_back_leaves_nothing() {
    let service = serve();
    let long = long_document();
    let job = upload(&service, "path=okapi.md", &long).await;
    let response = service
        .delete(&format!("/api/jobs/{}", id(&job)), &service.staff)
        .await;
    assert_eq!(response.status(), 202);
    let done = finished(&service, &job).await;
    assert_eq!(done["state"], "cancelled");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(document(&service, "okapi.md").await, None);
    assert!(!finds(&service, "What does the okapi clause bind?", "okapi clause").await);
    assert!(!service.home.path().join("uploads/okapi.md").exists());
}

#[tokio::test]
async fn a_short_file_does_not_wait_for_a_long_one_and_a_restart_goes_on() {
    let service = serve();
    let long = long_document();
    let slow = upload(&service, "path=okapi.md", &long).await;
    let quick = upload(
        &service,
        "path=zebra.md",
        "# Zebra\n\nA zebra deal is protected for 75 days.\n",
    )
    .await;
    assert_eq!(finished(&service, &quick).await["state"], "searchable");
    let still = job(&service, &slow).await;
    assert_ne!(
        still["state"], "searchable",
        "the long file was to be under way: {still}"
    );
    let open = documents(&service).await;
    assert_eq!(open["not_searchable_yet"], 1);
    let service = service.restarted();
    assert_eq!(finished(&service, &slow).await["state"], "searchable");
    assert!(finds(&service, "What does the okapi clause bind?", "okapi clause").await);
}

#[tokio::test]
async fn a_watched_folder_is_taken_in_as_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let docs = folder.path();
    fs::write(
        docs.join("a.md"),
        "# A\n\nA zebra deal is protected for 75 days.\n",
    )
    .unwrap();
    let text = format!("[ingest]\nfolders = [{{ path = {docs:?}, audience = \"partners\" }}]\n");
    let home = seeded();
    fs::write(home.path().join("liaison.toml"), text).unwrap();
    let service = serve_in(home, &[]);
    until(async || finds(&service, "How long is a zebra deal protected?", "75 days").await).await;
    fs::write(
        docs.join("a.md"),
        "# A\n\nA zebra deal is protected for 82 days.\n",
    )
    .unwrap();
    until(async || finds(&service, "How long is a zebra deal protected?", "82 days").await).await;
    assert!(!finds(&service, "How long is a zebra deal protected?", "75 days").await);
    fs::remove_file(docs.join("a.md")).unwrap();
    until(async || !finds(&service, "How long is a zebra deal protected?", "82 days").await).await;
}

#[test]
fn a_successor_takes_over_on_its_day_and_a_changed_statement_embeds_nothing() {
    let (home, folder) = (home(), tempfile::tempdir().unwrap());
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let ingest = || run(home.path(), &["ingest", &path]).1;
    let found = || {
        run(home.path(), &["search", "zebra deal", "--internal"])
            .1
            .to_string()
    };
    put("old.md", "# Zebra\n\nA zebra deal is protected for 33 days.\n");
    let next = |from: &str| {
        format!("---\nsupersedes: old.md\n{from}\n---\n\n# Zebra\n\nA zebra deal is protected for 75 days.\n")
    };
    put("new.md", &next("effective_from: 2999-01-01"));
    ingest();
    assert!(found().contains("33 days") && !found().contains("75 days"));
    put("new.md", &next("effective_from: 2020-01-01"));
    let report = ingest();
    assert_eq!(
        (&report["updated"], &report["embedded"]),
        (&json!(1), &json!(0)),
        "{report}"
    );
    assert!(!found().contains("33 days") && found().contains("75 days"));
    fs::remove_file(folder.path().join("new.md")).unwrap();
    ingest();
    assert!(
        found().contains("33 days"),
        "without its successor it holds again"
    );
}

#[test]
fn what_differs_between_files_database_and_index_is_mended() {
    let (home, folder) = (home(), tempfile::tempdir().unwrap());
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    for name in ["a.md", "b.md", "c.md"] {
        put(
            name,
            &format!("# Rule {name}\n\nA deal of kind {name} is protected.\n"),
        );
    }
    run(home.path(), &["ingest", &path, "--audience", "internal"]);
    put("a.md", "# Rule\n\nA zebra deal is protected.\n");
    fs::remove_file(folder.path().join("b.md")).unwrap();
    let (code, dry, _) = run(home.path(), &["reconcile", "--dry-run"]);
    let kinds: Vec<_> = dry["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["kind"].clone())
        .collect();
    assert_eq!(
        (code, kinds),
        (3, vec![json!("file_changed"), json!("file_gone")]),
        "{dry}"
    );
    let (code, mended, said) = run(home.path(), &["reconcile"]);
    assert_eq!((code, &mended["mended"]), (0, &json!(true)), "{said}");
    assert_eq!(run(home.path(), &["reconcile", "--dry-run"]).0, 0);
    // Mended as it was taken in: for internal eyes only, and shown by the same path.
    let (_, internal, _) = run(home.path(), &["search", "zebra", "--internal"]);
    assert_eq!(internal["hits"][0]["document"], "a.md", "{internal}");
    run(home.path(), &["seed", "--crm"]);
    let (_, partner, _) = run(home.path(), &["search", "zebra", "--partner", "p-001"]);
    assert_eq!(partner["hits"], json!([]), "{partner}");
}

/// Under way for seconds, and long enough for the lane of long files. No two sentences are alike, since what is
/// known need not be embedded.
fn long_document() -> String {
    let clause = |n| format!("The okapi clause {n} binds both sides for the whole year {n}. ");
    "# Okapi\n\n".to_owned() + &(0..10_000).map(clause).collect::<String>()
}

fn id(job: &Value) -> &str {
    job["id"].as_str().unwrap()
}

async fn upload(service: &Service, query: &str, text: &str) -> Value {
    let response = service.upload(query, &service.staff, text).await;
    assert_eq!(response.status(), 202);
    response.json().await.unwrap()
}

async fn job(service: &Service, job: &Value) -> Value {
    let response = service
        .get(&format!("/api/jobs/{}", id(job)), &service.staff)
        .await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

/// The job once nothing more happens to it.
async fn finished(service: &Service, of: &Value) -> Value {
    let is_final = |state: &str| ["searchable", "failed", "cancelled"].contains(&state);
    until(async || is_final(job(service, of).await["state"].as_str().unwrap())).await;
    job(service, of).await
}

async fn until(is_so: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "it did not come to it"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn documents(service: &Service) -> Value {
    service
        .get("/api/documents", &service.staff)
        .await
        .json()
        .await
        .unwrap()
}

async fn document(service: &Service, path: &str) -> Option<Value> {
    let all = documents(service).await;
    all["documents"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["path"] == path)
        .cloned()
}

/// Whether a partner who asks this is shown a source with these words.
async fn finds(service: &Service, question: &str, words: &str) -> bool {
    let token = service.token("p-001");
    let conversation = uuid::Uuid::new_v4().to_string();
    let parts = service.ask(&token, &conversation, question).await;
    parts
        .iter()
        .filter(|part| part["type"] == "source-document")
        .any(|part| part.to_string().contains(words))
}
