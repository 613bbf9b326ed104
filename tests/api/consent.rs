//! Consent under pressure: many times at once, while the CRM is in trouble, and over a restart. What was confirmed is
//! in the CRM once; what was not, is not there at all.

use crate::{
    handoffs::json_of,
    support::{
        Service,
        connections::{built_in, hubspot, salesforce},
        crm::{Fault, HubSpot},
        of_type, serve_with,
    },
};
use futures::future::join_all;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Confirmations of one proposal at the same time.
const AT_ONCE: usize = 1_000;
/// Deals that are registered while the CRM is in trouble.
const DEALS: usize = 40;

async fn on_hubspot(hubspot: &HubSpot) -> Service {
    // As many requests as come: what too many do is a test of its own.
    hubspot.limits(1_000_000, 1_000_000);
    serve_with(&[
        ("LIAISON_CRM__KIND", "hubspot"),
        ("LIAISON_CRM__HUBSPOT__URL", hubspot.url()),
        ("LIAISON_CRM__HUBSPOT__TOKEN", &hubspot.token()),
        ("LIAISON_CRM__REST_SECONDS", "1"),
        ("LIAISON_CRM__TIMEOUT_SECONDS", "4"),
    ])
}

async fn sample() -> liaison::crm::SqlCrm {
    built_in(Timestamp::now().to_zoned(TimeZone::UTC).date()).await
}

async fn propose(service: &Service, token: &str, nth: usize) -> Value {
    let question = format!(
        "Please register a deal: Norlund {} Works AB, Weave, EUR {}, closing 30 September 2031, contact Anna Lind",
        word(nth),
        45_000 + nth
    );
    let parts = service.ask(token, &format!("c-{nth}"), &question).await;
    let cards = of_type(&parts, "data-confirmation");
    assert_eq!(cards.len(), 1, "{parts:?}");
    cards[0]["data"].clone()
}

/// A name of letters for each number, so that no two customers are alike.
fn word(nth: usize) -> String {
    let syllables = ["Ba", "Do", "Fe", "Gu", "Hi", "Ka", "Lo", "Mu", "Ne", "Pi"];
    format!(
        "{}{}",
        syllables[nth / 10 % 10],
        syllables[nth % 10].to_lowercase()
    )
}

async fn confirm(service: &Service, token: &str, card: &Value) -> Value {
    let path = format!("/api/approvals/{}", card["id"].as_str().unwrap());
    json_of(service.post(&path, token, &json!({ "approved": true })).await).await
}

/// Waits until every card is decided on by the vendor's side of it: nothing is on its way any more.
async fn settled(service: &Service, token: &str, cards: &[Value]) {
    let start = Instant::now();
    for card in cards {
        let path = format!("/api/approvals/{}", card["id"].as_str().unwrap());
        loop {
            let now = json_of(service.get(&path, token).await).await;
            if now["state"] == "submitted" {
                break;
            }
            assert_eq!(now["state"], "confirmed", "{now}");
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "still on its way: {now}"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// The customers that the stand-in holds as registered through the service.
fn registered(objects: &[Value], customer: &str) -> Vec<String> {
    // HubSpot keeps properties apart from the object's own fields.
    let fields = objects
        .iter()
        .map(|object| object.get("properties").unwrap_or(object));
    let names = fields.filter_map(|fields| fields[customer].as_str());
    let mut names: Vec<String> = names
        .filter(|name| name.starts_with("Norlund "))
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_thousand_confirmations_at_once_write_one_record() {
    let hubspot = hubspot(&sample().await).await;
    let service = on_hubspot(&hubspot).await;
    let token = service.token("p-001");
    let (card, other) = (
        propose(&service, &token, 1).await,
        propose(&service, &token, 2).await,
    );
    assert!(registered(&hubspot.records("deal_registrations"), "customer").is_empty());
    let answers = join_all((0..AT_ONCE).map(|_| confirm(&service, &token, &card))).await;
    assert!(
        answers.iter().all(|answer| answer["state"] == "submitted"),
        "not all were told that it is written"
    );
    settled(&service, &token, &[card]).await;
    assert_eq!(
        registered(&hubspot.records("deal_registrations"), "customer"),
        ["Norlund Bado Works AB"]
    );
    // What nobody confirmed is not there.
    let path = format!("/api/approvals/{}", other["id"].as_str().unwrap());
    assert_eq!(
        json_of(service.get(&path, &token).await).await["state"],
        "proposed"
    );
}

#[tokio::test]
async fn what_is_confirmed_while_hubspot_is_in_trouble_is_written_once() {
    let hubspot = hubspot(&sample().await).await;
    let service = on_hubspot(&hubspot).await;
    let token = service.token("p-001");
    let mut cards = Vec::new();
    for nth in 0..DEALS {
        cards.push(propose(&service, &token, nth).await);
    }
    let faults = hubspot.faults();
    for _ in 0..DEALS / 5 {
        faults.next(6, Fault::TooManyRequests { retry_after: 1 });
        faults.next(8, Fault::Status(503));
        // Done, and nobody knows.
        faults.next_on("POST /crm/v3/objects/deal_registrations ", 1, Fault::HalfPage);
        faults.next_on(
            "POST /crm/v3/objects/deal_registrations ",
            1,
            Fault::Delay(Duration::from_secs(6)),
        );
        faults.next(6, Fault::Status(500));
    }
    let answers = join_all(cards.iter().map(|card| confirm(&service, &token, card))).await;
    let told = |state: &str| answers.iter().filter(|answer| answer["state"] == state).count();
    assert_eq!(told("submitted") + told("confirmed"), DEALS, "{answers:?}");
    assert!(told("confirmed") > 0, "nothing was in trouble");
    faults.clear();
    settled(&service, &token, &cards).await;
    let mut expected: Vec<String> = (0..DEALS)
        .map(|nth| format!("Norlund {} Works AB", word(nth)))
        .collect();
    expected.sort();
    assert_eq!(
        registered(&hubspot.records("deal_registrations"), "customer"),
        expected
    );
}

#[tokio::test]
async fn what_was_confirmed_survives_a_crash() {
    let salesforce = salesforce(&sample().await).await;
    let [id, secret] = salesforce.client();
    let settings = [
        ("LIAISON_CRM__KIND", "salesforce"),
        ("LIAISON_CRM__SALESFORCE__URL", salesforce.url()),
        ("LIAISON_CRM__SALESFORCE__CLIENT_ID", id),
        ("LIAISON_CRM__SALESFORCE__CLIENT_SECRET", secret),
        ("LIAISON_CRM__REST_SECONDS", "1"),
        ("LIAISON_CRM__TIMEOUT_SECONDS", "4"),
    ];
    let service = serve_with(&settings);
    let token = service.token("p-001");
    let card = propose(&service, &token, 7).await;
    salesforce
        .faults()
        .next_on("Liaison_Registration__c", 1_000, Fault::Status(503));
    salesforce.faults().next_on("query", 1_000, Fault::Status(503));
    let answer = confirm(&service, &token, &card).await;
    assert_eq!(answer["state"], "confirmed", "{answer}");
    let service = service.restarted_with(&settings);
    salesforce.faults().clear();
    let token = service.token("p-001");
    settled(&service, &token, &[card]).await;
    let rows = salesforce.records("Liaison_Registration__c");
    assert_eq!(registered(&rows, "Customer__c"), ["Norlund Bamu Works AB"]);
}
