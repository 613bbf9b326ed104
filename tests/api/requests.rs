//! What a partner asks for: nothing is written before it consents, and what it consents to is written once.

use crate::{
    handoffs::{conversation, json_of},
    support::{Service, of_type, refused, serve},
};
use serde_json::{Value, json};

const DEAL: &str = "Please register this deal: Norlund Skog AB (norlund-skog.example), they want Weave for three \
                    sites. Budget is EUR 45,000 and they expect to sign by 30 September 2031. I talk to Anna Lind.";

/// The confirmations of an answer.
async fn proposed(service: &Service, token: &str, conversation: &str, question: &str) -> Vec<Value> {
    let parts = service.ask(token, conversation, question).await;
    let cards = of_type(&parts, "data-confirmation");
    // The protocol's own parts tell the same: what is asked, and under which id.
    for (card, request) in cards.iter().zip(of_type(&parts, "tool-approval-request")) {
        assert_eq!(request["approvalId"], card["data"]["id"]);
        let call = &request["toolCallId"];
        assert!(
            of_type(&parts, "tool-input-available")
                .iter()
                .any(|input| input["toolCallId"] == *call),
            "{parts:?}"
        );
    }
    cards.iter().map(|card| card["data"].clone()).collect()
}

async fn one(service: &Service, token: &str, conversation: &str, question: &str) -> Value {
    let cards = proposed(service, token, conversation, question).await;
    assert_eq!(cards.len(), 1, "{cards:?}");
    cards[0].clone()
}

fn value<'c>(card: &'c Value, name: &str) -> &'c Value {
    let fields = card["fields"].as_array().unwrap().iter();
    let field = fields.clone().find(|field| field["name"] == name);
    &field.unwrap_or_else(|| panic!("no {name} in {card}"))["value"]
}

fn path(card: &Value) -> String {
    format!("/api/approvals/{}", card["id"].as_str().unwrap())
}

async fn consent(service: &Service, token: &str, card: &Value, fields: Value) -> reqwest::Response {
    service
        .post(&path(card), token, &json!({ "approved": true, "fields": fields }))
        .await
}

/// The partner's deal registrations as the CRM has them, by customer.
async fn registrations(service: &Service, token: &str, customer: &str) -> Vec<Value> {
    let question = format!("Show my deal registrations for {customer}");
    let parts = service.ask(token, "look", &question).await;
    let outputs = of_type(&parts, "tool-output-available").into_iter();
    let rows = outputs.filter(|part| part["output"]["name"] == "list_deal_registrations");
    rows.flat_map(|part| part["output"]["rows"].as_array().unwrap().clone())
        .collect()
}

#[tokio::test]
async fn a_deal_is_registered_as_the_partner_confirms_it_and_decided_by_the_vendor() {
    let service = serve();
    let token = service.token("p-001");
    let card = one(&service, &token, "c-1", DEAL).await;
    assert_eq!(
        (&card["kind"], &card["state"]),
        (&json!("register_deal"), &json!("proposed"))
    );
    for (name, expected) in [
        ("customer", "Norlund Skog AB"),
        ("domain", "norlund-skog.example"),
        ("product", "Weave"),
        ("amount", "45000.00"),
        ("currency", "EUR"),
        ("close_date", "2031-09-30"),
        ("contact", "Anna Lind"),
    ] {
        assert_eq!(value(&card, name), expected, "{name}");
    }
    let words = &card["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "close_date")
        .unwrap()["words"];
    assert_eq!(words, "30 September 2031");
    // Shown is not written.
    assert!(registrations(&service, &token, "Norlund Skog").await.is_empty());
    assert_eq!(
        json_of(service.get("/api/requests", &service.staff).await).await["requests"],
        json!([])
    );

    let changed = json!({ "amount": "48.500,00", "contact": "Anna Lind-Holm" });
    let done = json_of(consent(&service, &token, &card, changed).await).await;
    assert_eq!(done["state"], "submitted", "{done}");
    assert_eq!(value(&done, "amount"), "48500.00");
    let rows = registrations(&service, &token, "Norlund Skog").await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].to_string().contains("Submitted"), "{rows:?}");
    // The same again is the same.
    let again = json_of(consent(&service, &token, &card, json!({ "amount": "1" })).await).await;
    assert_eq!(
        (&again["state"], value(&again, "amount")),
        (&json!("submitted"), &json!("48500.00"))
    );
    assert_eq!(registrations(&service, &token, "Norlund Skog").await.len(), 1);

    let list = json_of(service.get("/api/requests", &service.staff).await).await;
    let request = &list["requests"][0];
    assert_eq!(request["summary"], "Norlund Skog AB · Weave · EUR 48,500.00");
    assert_eq!(
        (&request["checked"], &request["is_overdue"]),
        (&json!(true), &json!(false))
    );
    let whole = format!("/api/requests/{}", request["id"].as_str().unwrap());
    let told = json_of(service.get(&whole, &service.staff).await).await;
    let kinds: Vec<&str> = told["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["proposed", "confirmed", "written"]);
    let until = told["suggested"]["protected_until"].as_str().unwrap().to_owned();

    let decision = format!("{whole}/decision");
    let silent = service
        .post(&decision, &service.staff, &json!({ "decision": "reject" }))
        .await;
    refused(silent, 400, "no_reason").await;
    let decided = json_of(
        service
            .post(&decision, &service.staff, &json!({ "decision": "approve" }))
            .await,
    )
    .await;
    assert_eq!(
        (&decided["state"], &decided["decided_by"]),
        (&json!("approved"), &json!("tests"))
    );
    let late = service
        .post(
            &decision,
            &service.staff,
            &json!({ "decision": "reject", "reason": "x" }),
        )
        .await;
    refused(late, 409, "request_decided").await;
    let rows = registrations(&service, &token, "Norlund Skog").await;
    assert!(rows[0].to_string().contains("Approved"), "{rows:?}");
    assert!(until > jiff::Zoned::now().date().to_string());

    // The conversation shows it as it stands.
    let seen = conversation(&service, &token, "c-1").await;
    let shown = &seen["messages"][1]["confirmations"][0];
    assert_eq!((&shown["id"], &shown["state"]), (&card["id"], &json!("approved")));
}

#[tokio::test]
async fn what_is_missing_is_asked_for_and_what_is_wrong_is_told() {
    let service = serve();
    let token = service.token("p-001");
    let card = one(
        &service,
        &token,
        "c-1",
        "Please register a deal with Norlund Skog AB for Weave",
    )
    .await;
    assert!(value(&card, "amount").is_null());
    let missing = consent(&service, &token, &card, json!({ "contact": "Anna Lind" })).await;
    assert_eq!(missing.status(), 422);
    let error: Value = missing.json().await.unwrap();
    assert_eq!(error["error"]["code"], "fields_missing");
    let fields: Vec<&String> = error["error"]["fields"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["amount", "currency", "close_date"]);
    let wrong =
        json!({ "contact": "Anna Lind", "amount": "lots", "currency": "EUR", "close_date": "2031-09-30" });
    refused(
        consent(&service, &token, &card, wrong).await,
        422,
        "fields_invalid",
    )
    .await;
    let unknown = json!({ "status": "approved" });
    refused(consent(&service, &token, &card, unknown).await, 400, "bad_body").await;

    // Told in the conversation, it is proposed anew, and the first card is no longer one.
    let whole = one(
        &service,
        &token,
        "c-1",
        "It is EUR 45,000, closing 30 September 2031; I talk to Anna Lind.",
    )
    .await;
    assert_eq!(value(&whole, "customer"), "Norlund Skog AB");
    assert_eq!(value(&whole, "amount"), "45000.00");
    refused(
        consent(&service, &token, &card, json!({ "amount": "1" })).await,
        409,
        "approval_over",
    )
    .await;
    let cancelled = service
        .post(&path(&whole), &token, &json!({ "approved": false }))
        .await;
    assert_eq!(json_of(cancelled).await["state"], "cancelled");
    refused(
        consent(&service, &token, &whole, json!({})).await,
        409,
        "approval_over",
    )
    .await;
    assert!(registrations(&service, &token, "Norlund Skog").await.is_empty());
}

#[tokio::test]
async fn nobody_else_sees_consents_or_decides() {
    let service = serve();
    let owner = service.token_of("p-001", "ada");
    let card = one(&service, &owner, "c-1", DEAL).await;
    for other in [service.token_of("p-001", "bob"), service.token("p-002")] {
        refused(service.get(&path(&card), &other).await, 404, "not_found").await;
        refused(
            consent(&service, &other, &card, json!({})).await,
            404,
            "not_found",
        )
        .await;
        refused(service.get("/api/requests", &other).await, 401, "staff_only").await;
    }
    refused(service.get("/api/approvals/none", &owner).await, 404, "not_found").await;
    // A staff token is nobody's consent.
    assert_eq!(
        consent(&service, &service.staff, &card, json!({})).await.status(),
        401
    );
    assert_eq!(
        json_of(service.get(&path(&card), &owner).await).await["state"],
        "proposed"
    );
}

#[tokio::test]
async fn a_partner_learns_that_there_may_be_a_claim_and_not_whose() {
    let service = serve();
    // A customer that another partner has registered, and is protected for.
    let other = service.token("p-001");
    let parts = service.ask(&other, "c-1", "Show my deal registrations").await;
    let rows = of_type(&parts, "tool-output-available")[0]["output"]["rows"].clone();
    let is_protected = |row: &&Value| row.to_string().contains("Approved");
    let protected = rows.as_array().unwrap().iter().find(is_protected).unwrap();
    let (customer, product) = (protected[0].as_str().unwrap(), protected[1].as_str().unwrap());
    let other_name = "Alderbrook Systems";

    let token = service.token("p-002");
    let text = format!(
        "Please register a deal: {customer}, {product}, EUR 45,000, closing 30 September 2031, contact Anna Lind"
    );
    let card = one(&service, &token, "c-2", &text).await;
    let notices = card["notices"].to_string();
    assert!(notices.contains("possible_conflict"), "{card}");
    assert!(!card.to_string().contains(other_name), "{card}");
    let done = json_of(consent(&service, &token, &card, json!({})).await).await;
    assert_eq!(done["state"], "submitted");
    assert!(!done.to_string().contains(other_name));

    let list = json_of(service.get("/api/requests", &service.staff).await).await;
    let request = &list["requests"][0];
    assert_eq!(request["proposal"]["decision"], "reject", "{request}");
    assert_eq!(request["conflicts"][0]["claimant"], other_name);
}
