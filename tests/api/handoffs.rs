//! Conversations given to a person: who may, what the manager gets, and how the answer comes back. And whose
//! conversations are whose.

use crate::support::{Service, body, of_type, refused, serve, serve_with, text};
use serde_json::{Value, json};

pub(crate) const UNKNOWN: &str = "What will the weather be in Oslo tomorrow?";
const KNOWN: &str = "How long is a registered deal protected?";

pub(crate) async fn json_of(response: reqwest::Response) -> Value {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap()
}

pub(crate) async fn hand_over(service: &Service, token: &str, conversation: &str, message: &str) -> Value {
    let asked = json!({ "conversation": conversation, "message": message });
    json_of(service.post("/api/handoffs", token, &asked).await).await
}

pub(crate) async fn conversation(service: &Service, token: &str, id: &str) -> Value {
    json_of(service.get(&format!("/api/conversations/{id}"), token).await).await
}

/// Who says what, in order.
pub(crate) fn lines(conversation: &Value) -> Vec<String> {
    let messages = conversation["messages"].as_array().unwrap().iter();
    let line = |message: &Value| {
        let text = message["text"].as_str().or(message["event"].as_str()).unwrap();
        format!(
            "{}: {}",
            message["role"].as_str().unwrap(),
            text.chars().take(40).collect::<String>()
        )
    };
    messages.map(line).collect()
}

#[tokio::test]
async fn a_manager_answers_in_the_same_conversation() {
    let service = serve();
    let token = service.token("p-001");
    let declined = service.ask(&token, "c-1", UNKNOWN).await;
    let offer = &of_type(&declined, "data-handoff")[0]["data"];
    assert_eq!(
        (&offer["state"], &offer["because"]),
        (&json!("offered"), &json!("declined"))
    );
    assert_eq!(offer["manager"]["email"], "anneke.visser@merrowline.example");
    // An offer is all that an answer makes.
    assert!(conversation(&service, &token, "c-1").await["handoff"].is_null());

    let handoff = hand_over(&service, &token, "c-1", "I plan an event there.").await;
    assert_eq!(
        (&handoff["state"], &handoff["delivery"]),
        (&json!("open"), &json!("not_configured"))
    );
    // Asked for again, it is the same one; the same words again are not a second message.
    let again = json!({ "conversation": "c-1" });
    let response = service.post("/api/handoffs", &token, &again).await;
    assert_eq!(response.status(), 200);
    assert_eq!(json_of(response).await["id"], handoff["id"]);
    assert_eq!(
        hand_over(&service, &token, "c-1", "I plan an event there.").await["id"],
        handoff["id"]
    );

    let list = json_of(service.get("/api/handoffs", &service.staff).await).await;
    assert_eq!(list["handoffs"].as_array().unwrap().len(), 1, "{list}");
    let path = format!("/api/handoffs/{}", handoff["id"].as_str().unwrap());
    let told = json_of(service.get(&path, &service.staff).await).await;
    assert_eq!(
        told["partner"],
        json!({ "id": "p-001", "name": "Alderbrook Systems" })
    );
    assert_eq!(told["manager"]["name"], "Anneke Visser");
    assert_eq!(told["tried"][0]["name"], "search_knowledge");
    assert!(!told["nearest"].as_array().unwrap().is_empty(), "{told}");
    assert!(!told.to_string().contains("reply_token"), "{told}");

    let answer = json!({ "text": "<b>Rain</b>, take [a coat](javascript:alert(1))." });
    let replied = service
        .post(&format!("{path}/replies"), &service.staff, &answer)
        .await;
    assert_eq!(replied.status(), 201);
    let known = service.ask(&token, "c-1", KNOWN).await;
    assert_eq!(of_type(&known, "data-handoff")[0]["data"]["state"], "answered");
    hand_over(&service, &token, "c-1", "Thank you. And on Friday?").await;
    let seen = conversation(&service, &token, "c-1").await;
    assert_eq!(seen["handoff"]["state"], "open");
    assert_eq!(
        lines(&seen),
        [
            "user: What will the weather be in Oslo tomorro",
            &format!(
                "assistant: {}",
                text(&declined).chars().take(40).collect::<String>()
            ),
            "event: opened",
            "user: I plan an event there.",
            // As written: it is the reader's business to make no markup of it.
            "manager: <b>Rain</b>, take [a coat](javascript:al",
            "user: How long is a registered deal protected?",
            &format!("assistant: {}", text(&known).chars().take(40).collect::<String>()),
            "user: Thank you. And on Friday?",
        ]
    );
    assert_eq!(seen["messages"][4]["name"], "Anneke Visser");

    let closed = json_of(
        service
            .post(&format!("{path}/close"), &service.staff, &json!({}))
            .await,
    )
    .await;
    assert_eq!(closed["state"], "closed");
    for action in ["replies", "close"] {
        let late = service
            .post(
                &format!("{path}/{action}"),
                &service.staff,
                &json!({ "text": "x" }),
            )
            .await;
        refused(late, 409, "handoff_closed").await;
    }
    let audit = json_of(service.get(&path, &service.staff).await).await["audit"].clone();
    let audit: Vec<String> = audit
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            format!(
                "{} {} {}",
                entry["kind"].as_str().unwrap(),
                entry["author"].as_str().unwrap(),
                entry["channel"].as_str().unwrap()
            )
        })
        .collect();
    let partner = "development@p-001 widget";
    assert_eq!(
        audit,
        [
            &format!("opened {partner}"),
            &format!("partner {partner}"),
            "manager tests console",
            &format!("partner {partner}"),
            "closed tests console",
        ]
    );
    // A closed one stays; the next is another.
    assert_ne!(
        hand_over(&service, &token, "c-1", "Once more.").await["id"],
        handoff["id"]
    );
}

#[tokio::test]
async fn a_person_is_offered_when_asked_for_and_after_two_answers_that_did_not_help() {
    let service = serve();
    let token = service.token("p-001");
    let asked = service
        .ask(&token, "c-1", "Ich möchte mit einem Menschen sprechen")
        .await;
    assert_eq!(of_type(&asked, "data-handoff")[0]["data"]["because"], "asked_for");
    assert!(
        text(&asked).contains("Anneke Visser") && of_type(&asked, "data-declined").is_empty(),
        "{asked:?}"
    );

    let vote = |parts: &[Value]| json!({ "answer": parts[0]["messageId"], "vote": -1 });
    let first = service.ask(&token, "c-2", KNOWN).await;
    assert!(of_type(&first, "data-handoff").is_empty());
    assert_eq!(
        service
            .post("/api/feedback", &token, &vote(&first))
            .await
            .status(),
        204
    );
    let second = service.ask(&token, "c-2", "What is my tier?").await;
    let offered = json_of(service.post("/api/feedback", &token, &vote(&second)).await).await;
    assert_eq!(offered["handoff"]["because"], "repeated");
    let third = service.ask(&token, "c-2", UNKNOWN).await;
    assert_eq!(of_type(&third, "data-handoff")[0]["data"]["because"], "repeated");
    // Until the partner says so, nothing is handed over, whatever the words were.
    let list = json_of(service.get("/api/handoffs", &service.staff).await).await;
    assert_eq!(list, json!({ "handoffs": [] }));
}

#[tokio::test]
async fn nobody_else_reads_continues_or_hands_over_a_conversation() {
    let service = serve();
    let owner = service.token_of("p-001", "ada");
    let vote = {
        let parts = service.ask(&owner, "c-1", UNKNOWN).await;
        json!({ "answer": parts[0]["messageId"], "vote": 1 })
    };
    let handoff = hand_over(&service, &owner, "c-1", "Only for my manager.").await;
    for stranger in [service.token_of("p-001", "ken"), service.token_of("p-002", "ada")] {
        refused(
            service.get("/api/conversations/c-1", &stranger).await,
            404,
            "not_found",
        )
        .await;
        let list = json_of(service.get("/api/conversations", &stranger).await).await;
        assert_eq!(list, json!({ "conversations": [] }));
        let asked = json!({ "conversation": "c-1", "message": "mine too" });
        refused(
            service.post("/api/handoffs", &stranger, &asked).await,
            404,
            "not_found",
        )
        .await;
        refused(
            service.post("/api/chat", &stranger, &body("c-1", KNOWN)).await,
            404,
            "not_found",
        )
        .await;
        refused(
            service.post("/api/feedback", &stranger, &vote).await,
            404,
            "not_found",
        )
        .await;
        for path in [
            "/api/handoffs".to_owned(),
            format!("/api/handoffs/{}", handoff["id"].as_str().unwrap()),
        ] {
            refused(service.get(&path, &stranger).await, 401, "staff_only").await;
        }
    }
    // Another conversation of the same person knows nothing of it.
    service.ask(&owner, "c-2", KNOWN).await;
    assert!(conversation(&service, &owner, "c-2").await["handoff"].is_null());
    let list = json_of(service.get("/api/conversations", &owner).await).await;
    let of = |id: &str| {
        let all = list["conversations"].as_array().unwrap();
        all.iter()
            .find(|one| one["id"] == id)
            .unwrap_or_else(|| panic!("no {id}: {list}"))
            .clone()
    };
    assert_eq!(
        (&of("c-1")["handoff"], &of("c-2")["handoff"]),
        (&json!("open"), &Value::Null)
    );
    assert_eq!(
        (&of("c-1")["question"], &of("c-1")["exchanges"]),
        (&json!(UNKNOWN), &json!(1))
    );
    refused(
        service.get("/api/conversations/c-3", &owner).await,
        404,
        "not_found",
    )
    .await;
    let nothing = json!({ "conversation": "c-3" });
    refused(
        service.post("/api/handoffs", &owner, &nothing).await,
        404,
        "not_found",
    )
    .await;
    for nth in 1..20 {
        hand_over(&service, &owner, "c-1", &format!("Also {nth}.")).await;
    }
    let more = json!({ "conversation": "c-1", "message": "And one more." });
    refused(
        service.post("/api/handoffs", &owner, &more).await,
        409,
        "too_many_messages",
    )
    .await;
    let long = json!({ "conversation": "c-1", "message": "x".repeat(4_001) });
    refused(
        service.post("/api/handoffs", &owner, &long).await,
        400,
        "message_too_long",
    )
    .await;
}

#[tokio::test]
async fn a_vendor_may_let_colleagues_share() {
    let service = serve_with(&[("LIAISON_CONVERSATIONS__SHARED", "true")]);
    let (ada, ken) = (service.token_of("p-001", "ada"), service.token_of("p-001", "ken"));
    service.ask(&ada, "c-1", KNOWN).await;
    service.ask(&ken, "c-1", UNKNOWN).await;
    let seen = conversation(&service, &ken, "c-1").await;
    assert_eq!(seen["messages"].as_array().unwrap().len(), 4, "{seen}");
    let other = service.token_of("p-002", "ken");
    refused(
        service.get("/api/conversations/c-1", &other).await,
        404,
        "not_found",
    )
    .await;
}
