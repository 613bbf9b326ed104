//! What was not answered comes together, is answered once by a manager, and is found and tested from then on.

use crate::support::{Service, of_type, refused, run, serve, text};
use serde_json::{Value, json};
use std::time::Duration;

/// One thing that the sample library says nothing about, in three wordings.
const PARKING: [&str; 3] = [
    "Is there free parking for partners at your office?",
    "Can partners park for free at your office?",
    "Do you have free parking spaces for visiting partners at the office?",
];
const PETS: &str = "May I bring my dog to the annual meeting?";
const ANSWER: &str = "Partners park for free in the garage below the head office. Press the bell at the gate and name \
                      your partner manager.";

async fn gaps(service: &Service) -> Vec<Value> {
    let response = service.get("/api/gaps", &service.staff).await;
    assert_eq!(response.status(), 200);
    let listed: Value = response.json().await.unwrap();
    listed["gaps"].as_array().unwrap().clone()
}

/// Asks, and checks that the question is declined.
async fn declined(service: &Service, token: &str, conversation: &str, question: &str) {
    let parts = service.ask(token, conversation, question).await;
    assert!(
        !of_type(&parts, "data-declined").is_empty(),
        "{question}: {}",
        text(&parts)
    );
}

#[tokio::test]
async fn a_gap_is_answered_once_and_found_from_then_on() {
    let service = serve();
    let (one, two) = (service.token("p-001"), service.token("p-002"));
    assert!(gaps(&service).await.is_empty());
    declined(&service, &one, "c-1", PARKING[0]).await;
    declined(&service, &two, "c-2", PARKING[1]).await;
    declined(&service, &two, "c-3", PARKING[2]).await;
    declined(&service, &one, "c-4", PETS).await;
    let person = service.ask(&one, "c-4", "Let me talk to a person").await;
    assert!(of_type(&person, "data-declined").is_empty());
    let asked = json!({ "conversation": "c-4" });
    assert_eq!(service.post("/api/handoffs", &one, &asked).await.status(), 201);
    let found = service.ask(&one, "c-5", "What is my tier?").await;
    let vote = json!({ "answer": found[0]["messageId"], "vote": -1 });
    service.post("/api/feedback", &one, &vote).await;

    let listed = gaps(&service).await;
    let short = |gap: &Value| {
        (
            gap["question"].as_str().unwrap().to_owned(),
            gap["count"].as_u64(),
            gap["kinds"].clone(),
        )
    };
    let kinds = |declined: u8, voted_down: u8, handed_over: u8| json!({ "declined": declined, "voted_down": voted_down, "handed_over": handed_over });
    let mut seen: Vec<_> = listed.iter().map(short).collect();
    assert_eq!(
        seen.remove(0),
        (PARKING[0].to_owned(), Some(3), kinds(3, 0, 0)),
        "{listed:?}"
    );
    seen.sort_by(|a, b| a.0.cmp(&b.0));
    // Who asked for a person asked no question: the one before it was handed over.
    assert_eq!(
        seen,
        [
            (PETS.to_owned(), Some(1), kinds(1, 0, 1)),
            ("What is my tier?".to_owned(), Some(1), kinds(0, 1, 0))
        ]
    );
    let partners: Vec<_> = listed[0]["partners"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(partners, ["p-001", "p-002"]);
    assert_eq!(gaps(&service).await, listed, "looked at again, they are the same");

    let path = format!("/api/gaps/{}", listed[0]["id"].as_str().unwrap());
    let answer = json!({
        "title": "Parking at the office", "text": ANSWER, "audience": "tier=gold", "owner": "Anneke Visser",
        "review_by": "2030-01-31",
    });
    let response = service
        .post(&format!("{path}/answer"), &service.staff, &answer)
        .await;
    assert_eq!(response.status(), 202);
    let answered: Value = response.json().await.unwrap();
    let document = answered["document"].as_str().unwrap();
    assert!(
        document.starts_with("answers/parking-at-the-office-"),
        "{answered}"
    );
    searchable(&service, &answered["job"]["id"]).await;
    refused(
        service
            .post(&format!("{path}/answer"), &service.staff, &answer)
            .await,
        409,
        "gap_decided",
    )
    .await;

    // The partner for whom it is finds it, with its source; the other does not.
    let parts = service.ask(&one, "c-6", PARKING[0]).await;
    assert!(
        text(&parts).contains("garage below the head office"),
        "{}",
        text(&parts)
    );
    assert_eq!(of_type(&parts, "source-document")[0]["filename"], document);
    declined(&service, &two, "c-7", PARKING[0]).await;
    let documents: Value = service
        .get("/api/documents", &service.staff)
        .await
        .json()
        .await
        .unwrap();
    let known = documents["documents"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["path"] == document)
        .unwrap();
    assert_eq!(
        (
            &known["owner"],
            &known["review_by"],
            &known["audience"],
            &known["is_upload"]
        ),
        (
            &json!("Anneke Visser"),
            &json!("2030-01-31"),
            &json!("tier=gold"),
            &json!(true)
        )
    );
    // Asked again in spite of the answer, it is a gap anew.
    let again = gaps(&service).await;
    let state = |question: &str, state: &str| {
        again
            .iter()
            .any(|gap| gap["question"] == question && gap["state"] == state)
    };
    assert!(
        state(PARKING[0], "open") && state(PARKING[0], "answered"),
        "{again:?}"
    );

    // It can be deleted like any upload, and the eval case says so.
    let home = service.home.path().to_owned();
    let suite = home.join("suites");
    let case = answered["case"].as_str().unwrap();
    let (copy, id) = (
        crate::support::copied(&home),
        known["id"].as_str().unwrap().to_owned(),
    );
    let suite_in_copy = copy.path().join("suites");
    let (code, report, said) = run(copy.path(), &["eval", "run", suite_in_copy.to_str().unwrap()]);
    assert_eq!(code, 0, "{said} {report}");
    assert_eq!(
        service
            .delete(&format!("/api/documents/{id}"), &service.staff)
            .await
            .status(),
        204
    );
    declined(&service, &one, "c-8", PARKING[0]).await;
    assert!(
        std::fs::read_to_string(suite.join("gaps.yaml"))
            .unwrap()
            .contains(case)
    );
}

async fn searchable(service: &Service, job: &Value) {
    let path = format!("/api/jobs/{}", job.as_str().unwrap());
    for _ in 0..600 {
        let job: Value = service.get(&path, &service.staff).await.json().await.unwrap();
        match job["state"].as_str().unwrap() {
            "searchable" => return,
            "failed" => panic!("{job}"),
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("the answer did not become searchable");
}

#[tokio::test]
async fn what_is_dismissed_stays_so_and_partners_see_nothing_of_gaps() {
    let service = serve();
    let token = service.token("p-001");
    declined(&service, &token, "c-1", PARKING[0]).await;
    let id = gaps(&service).await[0]["id"].as_str().unwrap().to_owned();
    refused(service.get("/api/gaps", &token).await, 401, "staff_only").await;
    let answer = json!({ "title": "x", "text": "y" });
    for action in ["answer", "dismiss"] {
        let path = format!("/api/gaps/{id}/{action}");
        refused(service.post(&path, &token, &answer).await, 401, "staff_only").await;
    }
    let path = format!("/api/gaps/{id}/answer");
    for (bad, code) in [
        (json!({ "title": "x", "text": " " }), "bad_text"),
        (json!({ "title": " ", "text": "y" }), "bad_title"),
        (
            json!({ "title": "x", "text": "y", "audience": "colour=red" }),
            "bad_statement",
        ),
        (
            json!({ "title": "x", "text": "y", "review_by": "soon" }),
            "bad_statement",
        ),
        (json!({ "title": "x" }), "bad_body"),
    ] {
        refused(service.post(&path, &service.staff, &bad).await, 400, code).await;
    }
    assert_eq!(
        service
            .post(&format!("/api/gaps/{id}/dismiss"), &service.staff, &json!({}))
            .await
            .status(),
        204
    );
    declined(&service, &token, "c-2", PARKING[1]).await;
    let listed = gaps(&service).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(
        (&listed[0]["state"], &listed[0]["count"]),
        (&json!("dismissed"), &json!(2))
    );
    assert_eq!(listed[0]["decided_by"], "tests");
    refused(
        service.post(&path, &service.staff, &answer).await,
        409,
        "gap_decided",
    )
    .await;
    let none = format!("/api/gaps/{}/dismiss", "00000000-0000-4000-8000-000000000000");
    refused(
        service.post(&none, &service.staff, &json!({})).await,
        404,
        "not_found",
    )
    .await;
}
