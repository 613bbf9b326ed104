//! `/api/chat` and what belongs to it: the stream, sources, identity, feedback, health.

use crate::support::{body, demo, of_type, text};
use serde_json::{Value, json};

#[tokio::test]
async fn an_answer_streams_with_sources_that_open() {
    let demo = demo();
    let token = demo.token("p-001");
    let parts = demo
        .ask(&token, "c-1", "How long is a registered deal protected?")
        .await;
    let kinds: Vec<&str> = parts.iter().filter_map(|part| part["type"].as_str()).collect();
    assert_eq!(kinds[..2], ["start", "start-step"]);
    assert_eq!(kinds[kinds.len() - 3..], ["text-end", "finish-step", "finish"]);
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
    let opened: Value = demo
        .get(&format!("/api/sources/{id}"), &token)
        .await
        .json()
        .await
        .unwrap();
    let quote = source["providerMetadata"]["liaison"]["quote"].as_str().unwrap();
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(folded(opened["text"].as_str().unwrap()).contains(&folded(quote)));

    let answer = parts[0]["messageId"].clone();
    let vote = json!({ "answer": answer, "vote": 1 });
    assert_eq!(demo.post("/api/feedback", &token, &vote).await.status(), 204);
    assert_eq!(
        demo.post("/api/feedback", &demo.token("p-002"), &vote)
            .await
            .status(),
        404
    );
    let wrong = json!({ "answer": answer, "vote": 5 });
    assert_eq!(demo.post("/api/feedback", &token, &wrong).await.status(), 400);
}

#[tokio::test]
async fn what_is_not_in_the_knowledge_is_declined_and_a_thread_is_kept() {
    let demo = demo();
    let token = demo.token("p-001");
    let parts = demo
        .ask(&token, "c-2", "What will the weather be in Oslo tomorrow?")
        .await;
    assert_eq!(
        of_type(&parts, "data-declined")[0]["data"]["reason"],
        "not_in_knowledge"
    );
    assert!(of_type(&parts, "source-document").is_empty());

    let earned = text(
        &demo
            .ask(&token, "c-3", "How much commission did I earn last quarter?")
            .await,
    );
    let before = text(&demo.ask(&token, "c-3", "And two quarters ago?").await);
    assert!(earned.contains("EUR 19,085.25"), "{earned}");
    assert!(
        before.contains("EUR") && !before.contains("19,085.25"),
        "{before}"
    );

    let foreign = demo
        .post(
            "/api/chat",
            &demo.token("p-002"),
            &body("c-3", "And this quarter?"),
        )
        .await;
    let foreign: String = foreign.text().await.unwrap();
    assert!(
        foreign.contains("not_found") && !foreign.contains("text-delta"),
        "{foreign}"
    );
}

#[tokio::test]
async fn nobody_asks_without_a_good_token() {
    let demo = demo();
    let question = body("c-4", "How long is a registered deal protected?");
    let response = reqwest::Client::new()
        .post(format!("{}/api/chat", demo.url))
        .json(&question)
        .send()
        .await
        .unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(response.status(), 401);
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error"]["code"], "token_missing");
    assert_eq!(error["error"]["request_id"], id.as_str());

    let (code, expired, _) =
        crate::support::run(demo.home.path(), &["token", "--partner", "p-001", "--ttl", "16m"]);
    assert_eq!((code, expired), (2, Value::Null));
    let good = demo.token("p-001");
    let (head, signature) = good.rsplit_once('.').unwrap();
    let flipped: String = signature.chars().rev().collect();
    let (header, payload) = head.split_once('.').unwrap();
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
    for bad in [
        format!("{header}.{payload}.{flipped}"),
        unsigned,
        "x".to_owned(),
        demo.staff.clone(),
    ] {
        let error: Value = demo
            .post("/api/chat", &bad, &question)
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(error["error"]["code"], "token_invalid", "{bad}");
    }
    for (bad, code) in [
        (json!({ "id": "c", "messages": [] }), "no_question"),
        (body("", "x"), "bad_id"),
        (body("c", &"x".repeat(4_001)), "question_too_long"),
        (json!({ "id": 1 }), "bad_body"),
    ] {
        let response = demo.post("/api/chat", &good, &bad).await;
        assert_eq!(response.status(), 400);
        assert_eq!(response.json::<Value>().await.unwrap()["error"]["code"], code);
    }
}

#[tokio::test]
async fn staff_pages_are_for_staff_and_health_is_for_all() {
    let demo = demo();
    for path in ["/api/documents", "/api/partners", "/api/evals/runs"] {
        assert_eq!(demo.get(path, &demo.token("p-001")).await.status(), 401, "{path}");
        assert_eq!(demo.get(path, &demo.staff).await.status(), 200, "{path}");
    }
    assert_eq!(demo.get("/healthz", "").await.status(), 200);
    assert!(demo.get("/readyz", "").await.json::<Value>().await.unwrap()["passages"].as_u64() > Some(100));
    assert!(
        demo.get("/metrics", "")
            .await
            .text()
            .await
            .unwrap()
            .contains("liaison_requests_total")
    );
    assert_eq!(
        demo.get("/nowhere", "").await.json::<Value>().await.unwrap()["error"]["code"],
        "not_found"
    );
    let portal = demo.get("/portal/", "").await;
    assert!(
        portal.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("script-src 'self'")
    );
}
