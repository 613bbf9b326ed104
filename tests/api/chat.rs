//! `/api/chat` and what belongs to it: the stream, sources, feedback; the demo and its pages.

use crate::support::{body, demo, of_type, refused, serve, text};
use serde_json::{Value, json};

#[tokio::test]
async fn an_answer_streams_with_sources_that_open() {
    let service = serve();
    let token = service.token("p-001");
    let parts = service
        .ask(&token, "c-1", "How long is a registered deal protected?")
        .await;
    let kinds: Vec<&str> = parts.iter().filter_map(|part| part["type"].as_str()).collect();
    assert_eq!(kinds[..2], ["start", "start-step"]);
    assert_eq!(
        kinds[kinds.len() - 4..],
        ["text-end", "data-suggestions", "finish-step", "finish"]
    );
    let first = |kind: &str| {
        kinds
            .iter()
            .position(|k| *k == kind)
            .unwrap_or_else(|| panic!("no {kind}: {kinds:?}"))
    };
    assert!(first("tool-input-available") < first("tool-output-available"));
    assert!(first("source-document") < first("text-delta"));
    let source = of_type(&parts, "source-document")[0];
    let id = source["sourceId"].as_str().unwrap();
    assert!(text(&parts).contains(&format!("](#cite-{id})")));
    let opened = service.get(&format!("/api/sources/{id}"), &token).await;
    let opened: Value = opened.json().await.unwrap();
    let quote = source["providerMetadata"]["liaison"]["quote"].as_str().unwrap();
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(folded(opened["text"].as_str().unwrap()).contains(&folded(quote)));

    let answer = parts[0]["messageId"].clone();
    let vote = json!({ "answer": answer, "vote": 1 });
    assert_eq!(service.post("/api/feedback", &token, &vote).await.status(), 204);
    let others = service.token("p-002");
    refused(
        service.post("/api/feedback", &others, &vote).await,
        404,
        "not_found",
    )
    .await;
    let wrong = json!({ "answer": answer, "vote": 5 });
    refused(
        service.post("/api/feedback", &token, &wrong).await,
        400,
        "bad_vote",
    )
    .await;
}

#[tokio::test]
async fn what_is_not_in_the_knowledge_is_declined_and_a_thread_is_kept() {
    let service = serve();
    let token = service.token("p-001");
    let parts = service
        .ask(&token, "c-2", "What will the weather be in Oslo tomorrow?")
        .await;
    assert_eq!(
        of_type(&parts, "data-declined")[0]["data"]["reason"],
        "not_in_knowledge"
    );
    assert!(of_type(&parts, "source-document").is_empty());

    let earned = service
        .ask(&token, "c-3", "How much commission did I earn last quarter?")
        .await;
    let before = service.ask(&token, "c-3", "And two quarters ago?").await;
    let (earned, before) = (text(&earned), text(&before));
    assert!(earned.contains("EUR 19,085.25"), "{earned}");
    assert!(
        before.contains("EUR") && !before.contains("19,085.25"),
        "{before}"
    );
}

#[tokio::test]
async fn a_request_that_is_none_says_what_is_wrong() {
    let service = serve();
    let token = service.token("p-001");
    for (bad, code) in [
        (json!({ "id": "c", "messages": [] }), "no_question"),
        (body("c", "  \n "), "no_question"),
        (body("", "x"), "bad_id"),
        (body(&"c".repeat(101), "x"), "bad_id"),
        (body("c", &"x".repeat(16_001)), "question_too_long"),
        (json!({ "id": 1 }), "bad_body"),
    ] {
        refused(service.post("/api/chat", &token, &bad).await, 400, code).await;
    }
    let nowhere = service.get("/nowhere", &token).await;
    refused(nowhere, 404, "not_found").await;
}

#[tokio::test]
async fn the_demo_serves_its_portal_and_signs_its_partners_in() {
    let demo = demo();
    let portal = demo.get("/portal/", "").await;
    let policy = portal.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'"), "{policy}");
    let signed = demo.get("/portal/token?partner=p-002", "").await;
    let signed: Value = signed.json().await.unwrap();
    let token = signed["token"].as_str().unwrap();
    let parts = demo.ask(token, "c-1", "What is my tier?").await;
    assert!(text(&parts).contains("Platinum"), "{}", text(&parts));
    let unknown = demo.get("/portal/token?partner=p-999", "").await;
    refused(unknown, 404, "not_found").await;
    for path in ["/api/documents", "/api/partners", "/api/evals/runs"] {
        assert_eq!(demo.get(path, &demo.staff).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn health_is_for_all_and_the_sample_portal_is_not_in_the_service() {
    let service = serve();
    assert_eq!(service.get("/healthz", "").await.status(), 200);
    let ready: Value = service.get("/readyz", "").await.json().await.unwrap();
    assert!(ready["passages"].as_u64() > Some(100), "{ready}");
    let metrics = service.get("/metrics", "").await.text().await.unwrap();
    assert!(metrics.contains("liaison_requests_total"), "{metrics}");
    for path in ["/portal/", "/portal/token?partner=p-001", "/portal/partners"] {
        refused(service.get(path, "").await, 404, "not_found").await;
    }
}
