//! A service on a CRM of the vendor's: live records, kept for a while, and read anew when the CRM tells of a change.

use crate::support::{
    connections::{built_in, hubspot, salesforce},
    refused, serve_with, text,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use std::time::{Duration, Instant};

const PIPELINE: &str = "How many open opportunities do I have?";

/// How many open opportunities an answer counts.
fn open(answer: &str) -> usize {
    let count = answer.split(" open opportunities").next();
    let count = count.and_then(|before| before.rsplit(' ').next()?.parse().ok());
    count.unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test]
async fn what_hubspot_tells_is_read_anew() {
    let sample = built_in(Timestamp::now().to_zoned(TimeZone::UTC).date()).await;
    let hubspot = hubspot(&sample).await;
    let [id, secret, refresh] = hubspot.oauth();
    let service = serve_with(&[
        ("LIAISON_CRM__KIND", "hubspot"),
        ("LIAISON_CRM__HUBSPOT__URL", hubspot.url()),
        ("LIAISON_CRM__HUBSPOT__CLIENT_ID", id),
        ("LIAISON_CRM__HUBSPOT__CLIENT_SECRET", secret),
        ("LIAISON_CRM__HUBSPOT__REFRESH_TOKEN", refresh),
        ("LIAISON_CRM__FRESH_SECONDS", "3600"),
        ("LIAISON_CRM__CHANGES_SECRET", "changes"),
    ]);
    let token = service.token("p-001");
    let asked = async |conversation: &str| text(&service.ask(&token, conversation, PIPELINE).await);
    let before = asked("a").await;
    assert!(before.contains("open opportunities"), "{before}");

    let deal = json!({
        "liaison_deal_id": "o-new", "liaison_partner_id": "p-001", "dealname": "Something new", "dealtype": "newbusiness",
        "liaison_product": "Weave", "liaison_attribution": "sourced", "dealstage": "qualifiedtobuy", "amount": 1000,
        "deal_currency_code": "EUR", "createdate": "2026-01-05", "closedate": "2027-01-05",
    });
    let deal = hubspot.load("deals", [deal]).remove(0);
    let company = hubspot
        .load("companies", [json!({ "name": "Somebody new" })])
        .remove(0);
    hubspot.associate(("deals", &deal), ("companies", &company));
    assert_eq!(
        asked("b").await,
        before,
        "what is kept is current until something is told"
    );

    let url = format!("{}/api/crm/hubspot", service.url);
    let events = json!([{ "subscriptionType": "deal.creation", "objectId": 1, "eventId": 1 }]);
    assert_eq!(hubspot.deliver(&url, &events).await, 204);
    let after = asked("c").await;
    assert_ne!(after, before);

    let unsigned = service.post("/api/crm/hubspot", &token, &events).await;
    refused(unsigned, 401, "not_signed").await;
    let other = format!("{}/api/crm/hubspot?x=1", service.url);
    assert_eq!(hubspot.deliver(&other, &events).await, 204);

    let told = json!({ "objects": ["deals"] });
    refused(
        service.post("/api/crm/changes", &token, &told).await,
        401,
        "teller_only",
    )
    .await;
    assert_eq!(
        service.post("/api/crm/changes", "changes", &told).await.status(),
        204
    );
}

#[tokio::test]
async fn what_salesforce_tells_when_it_is_asked_is_read_anew() {
    let sample = built_in(Timestamp::now().to_zoned(TimeZone::UTC).date()).await;
    let salesforce = salesforce(&sample).await;
    salesforce.settle();
    let [id, secret] = salesforce.client();
    let settings = |seconds| {
        [
            ("LIAISON_CRM__KIND", "salesforce"),
            ("LIAISON_CRM__SALESFORCE__URL", salesforce.url()),
            ("LIAISON_CRM__SALESFORCE__CLIENT_ID", id),
            ("LIAISON_CRM__SALESFORCE__CLIENT_SECRET", secret),
            ("LIAISON_CRM__SALESFORCE__CHANGES_SECONDS", seconds),
            ("LIAISON_CRM__FRESH_SECONDS", "3600"),
        ]
    };
    let composite = || salesforce.requests("/composite").len();
    let account = salesforce
        .load("Account", [json!({ "Name": "Somebody new" })])
        .remove(0);
    let add = |id: &str| {
        let opportunity = json!({
            "Liaison_Deal_Id__c": id, "Liaison_Partner__r": { "Liaison_Partner_Id__c": "p-001" }, "Name": "Something new",
            "AccountId": account, "Type": "New Business", "Liaison_Product__c": "Weave", "StageName": "Negotiation/Review",
            "Liaison_Attribution__c": "sourced", "Amount": 1000, "CurrencyIsoCode": "EUR", "CloseDate": "2027-01-05",
        });
        salesforce.load("Opportunity", [opportunity]);
    };

    let service = serve_with(&settings("0"));
    let token = service.token("p-001");
    let before = open(&text(&service.ask(&token, "a", PIPELINE).await));
    add("o-new");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(open(&text(&service.ask(&token, "b", PIPELINE).await)), before);
    assert_eq!(composite(), 0, "of 0 seconds it is never asked");

    let service = service.restarted_with(&settings("1"));
    let token = service.token("p-001");
    assert_eq!(open(&text(&service.ask(&token, "c", PIPELINE).await)), before + 1);
    add("o-newer");
    let start = Instant::now();
    while open(&text(&service.ask(&token, "d", PIPELINE).await)) != before + 2 {
        assert!(start.elapsed() < Duration::from_secs(30), "{}", service.log());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(composite() > 0);
    assert!(!service.log().contains("does not tell of"), "{}", service.log());
}

#[tokio::test]
async fn a_crm_that_cannot_be_reached_is_told_to_who_signs_in() {
    let service = serve_with(&[
        ("LIAISON_CRM__KIND", "hubspot"),
        ("LIAISON_CRM__HUBSPOT__URL", "http://127.0.0.1:1"),
        ("LIAISON_CRM__HUBSPOT__TOKEN", "nothing"),
        ("LIAISON_CRM__TIMEOUT_SECONDS", "2"),
    ]);
    let token = service.token("p-001");
    let response = service.get("/api/conversations", &token).await;
    refused(response, 503, "crm_unavailable").await;
}
