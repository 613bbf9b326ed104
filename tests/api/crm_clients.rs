//! The stand-ins of the CRMs, held to the vendors' own clients, and their faults.
//!
//! The clients are installed by `npm ci --prefix tests/clients`.

use crate::support::crm::{Duplicates, Fault, HubSpot, Object, Salesforce, signature};
use serde_json::{Value, json};
use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// Runs a script of `tests/clients` and fails with what it says.
fn node(script: &str, url: &str, token: &str, more: &Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    assert!(
        folder.join("node_modules").is_dir(),
        "the official clients are not installed: npm ci --prefix tests/clients"
    );
    let mut command = Command::new("node");
    let command = command.arg(folder.join(script)).args([url, token]);
    let out = command.arg(more.to_string()).output().unwrap();
    let said = [out.stdout, out.stderr].concat();
    assert!(out.status.success(), "{script}: {}", String::from_utf8_lossy(&said));
}

/// Deals of three partners with companies, in an account with all kinds of properties.
fn hubspot() -> HubSpot {
    let hubspot = HubSpot::start();
    hubspot.define(
        Object::new("deals")
            .text("dealname")
            .number("amount")
            .date("closedate")
            .datetime("signed_at")
            .boolean("renewal")
            .choice("dealstage", &["open", "won", "lost"])
            .text("pipeline")
            .text("partner_id")
            .unique("registration_key"),
    );
    hubspot.define(Object::new("companies").text("name").text("domain"));
    hubspot.define(Object::new("contacts").unique("email").text("firstname"));
    hubspot.define(Object::new("tickets").text("subject"));
    hubspot.define(Object::new("commissions").number("amount").text("partner_id"));
    hubspot.load("companies", [json!({ "name": "Acme", "domain": "acme.example" })]);
    let deals = hubspot.load("deals", (0..25).map(deal));
    let company = hubspot.records("companies")[0]["id"].as_str().unwrap().to_owned();
    hubspot.associate(("deals", &deals[0]), ("companies", &company));
    hubspot.load("commissions", [json!({ "amount": "1240.50", "partner_id": "p-001" })]);
    hubspot.load("tickets", [json!({ "subject": "a question" })]);
    hubspot.pipeline(
        "deals",
        "default",
        "Sales",
        &[("open", "Open", 0.4), ("won", "Won", 1.0), ("lost", "Lost", 0.0)],
    );
    hubspot.owner("77", "manager@vendor.example", "Mona", "Manager");
    hubspot.owner("78", "second@vendor.example", "Sam", "Second");
    hubspot
}

fn deal(number: i64) -> Value {
    json!({
        "dealname": format!("Deal {number}"), "amount": 1000 * number, "closedate": "2026-10-01",
        "signed_at": format!("2026-10-{:02}T08:30:00Z", number + 1), "renewal": number % 2 == 0,
        "dealstage": (["open", "won", "lost"][number as usize % 3]), "partner_id": format!("p-00{}", number % 3 + 1),
        "registration_key": if number == 0 { json!("key-0") } else { Value::Null },
    })
}

/// Opportunities of partners that are accounts.
fn salesforce() -> Salesforce {
    let salesforce = Salesforce::start();
    salesforce.define(Object::new("Account").text("Name").unique("Partner_Key__c").choice("Tier__c", &["Gold", "Silver"]));
    salesforce.define(
        Object::new("Opportunity")
            .text("Name")
            .number("Amount")
            .date("CloseDate")
            .boolean("IsClosed")
            .choice("StageName", &["Prospecting", "Closed Won", "Closed Lost"])
            .datetime("Signed_At__c")
            .reference("Partner__c", "Account")
            .reference("AccountId", "Account")
            .unique("Registration_Key__c"),
    );
    salesforce.load(
        "Account",
        [
            json!({ "Name": "Acme", "Partner_Key__c": "p-001", "Tier__c": "Gold" }),
            json!({ "Name": "O'Brien & Söhne", "Partner_Key__c": "p-002", "Tier__c": "Silver" }),
        ],
    );
    salesforce.load("Opportunity", (0..25).map(opportunity));
    salesforce
}

fn opportunity(number: i64) -> Value {
    json!({
        "Name": format!("Deal {number}"), "Amount": 1000.5 * number as f64, "CloseDate": "2026-10-01",
        "IsClosed": number % 3 != 0, "StageName": (["Prospecting", "Closed Won", "Closed Lost"][number as usize % 3]),
        "Signed_At__c": format!("2026-10-{:02}T08:30:00Z", number + 1),
        "Partner__r": { "Partner_Key__c": format!("p-00{}", number % 2 + 1) },
    })
}

#[test]
fn hubspots_own_client_works_against_the_stand_in() {
    let hubspot = hubspot();
    hubspot.limits(1000, 100);
    hubspot.token_life(Duration::from_secs(2));
    hubspot.deny("crm.objects.tickets.write");
    let faults = hubspot.faults();
    faults.next_on("objects/tickets/search", 1, Fault::TooManyRequests { retry_after: 1 });
    faults.next_on("objects/tickets/batch/read", 2, Fault::Status(503));
    faults.next_on("objects/contacts/batch", 1, Fault::TooManyRequests { retry_after: 10 });
    faults.next_on("pipelines/tickets", 1, Fault::HalfPage);
    let now = jiff::Timestamp::now().as_millisecond();
    let signed = signature("secret", "POST", "https://liaison.example/hooks?a=b", "[{\"ü\":1}]", now);
    node("hubspot.mjs", hubspot.url(), &hubspot.token(), &json!({
        "oauth": hubspot.oauth(),
        "signed": {
            "clientSecret": "secret", "url": "https://liaison.example/hooks?a=b", "requestBody": "[{\"ü\":1}]",
            "timestamp": now, "signature": signed,
        },
    }));
    assert_eq!(hubspot.requests("tickets/batch/read").len(), 3, "two refusals and an answer");
    let deals = hubspot.records("deals");
    let registered = |deal: &&Value| deal["properties"]["registration_key"] == "key-1";
    let deal = deals.iter().find(registered).unwrap();
    assert_eq!(deal["properties"]["amount"], "2480.50", "{deal}");
}

#[test]
fn salesforces_client_works_against_the_stand_in() {
    let salesforce = salesforce();
    salesforce.page_size(10);
    salesforce.faults().next_on("/limits", 2, Fault::Status(503));
    salesforce.faults().next_on("Account/describe", 1, Fault::TooManyRequests { retry_after: 1 });
    let [client, secret] = salesforce.client();
    let [user, key] = salesforce.signer();
    let more = json!({ "client": client, "secret": secret, "user": user, "key": key });
    node("salesforce.mjs", salesforce.url(), &salesforce.token(), &more);
    assert_eq!(salesforce.requests("/limits").len(), 3, "two refusals and an answer");
    let opportunities = salesforce.records("Opportunity");
    let registered = |it: &&Value| it["Registration_Key__c"] == "key-1";
    assert_eq!(opportunities.iter().filter(registered).count(), 1, "{opportunities:?}");
}

/// A request with a token: status and body.
async fn ask(method: &str, url: &str, token: &str, body: Value) -> Result<(u16, Value), reqwest::Error> {
    let request = reqwest::Client::new().request(method.parse().unwrap(), url);
    let request = request.bearer_auth(token);
    let request = if body.is_null() { request } else { request.json(&body) };
    let response = request.send().await?;
    let status = response.status().as_u16();
    let text = response.text().await?;
    Ok((status, serde_json::from_str(&text).unwrap_or_default()))
}

#[tokio::test]
async fn hubspot_fails_as_it_is_told_to() {
    let hubspot = hubspot();
    let (url, token) = (hubspot.url().to_owned() + "/crm/v3/objects/deals", hubspot.token());
    let get = |more: &str| {
        let url = format!("{url}{more}");
        let token = token.clone();
        async move { ask("GET", &url, &token, Value::Null).await }
    };
    let faults = hubspot.faults();

    faults.next(1, Fault::TooManyRequests { retry_after: 3 });
    let (status, body) = get("").await.unwrap();
    assert_eq!((status, &body["policyName"]), (429, &json!("TEN_SECONDLY_ROLLING")));

    faults.next(1, Fault::HalfPage);
    assert!(get("").await.is_err());

    faults.next(1, Fault::Delay(Duration::from_millis(300)));
    let start = Instant::now();
    assert_eq!(get("").await.unwrap().0, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));

    faults.next_on("search", 1, Fault::Overstated);
    let search = format!("{url}/search");
    let (_, body) = ask("POST", &search, &token, json!({ "limit": 200 })).await.unwrap();
    assert_eq!((&body["total"], body["results"].as_array().unwrap().len()), (&json!(32), 25));

    faults.next(1, Fault::BadCursor);
    let (_, body) = get("?limit=5").await.unwrap();
    let after = body["paging"]["next"]["after"].as_str().unwrap();
    assert_eq!(get(&format!("?after={after}")).await.unwrap().0, 400);

    faults.next(9, Fault::Status(500));
    assert_eq!(get("").await.unwrap().1["category"], "INTERNAL_ERROR");
    faults.clear();
    assert_eq!(get("").await.unwrap().0, 200);

    faults.exhaust_quota(true);
    let (status, body) = get("").await.unwrap();
    assert_eq!((status, &body["policyName"]), (429, &json!("DAILY")));
    faults.exhaust_quota(false);

    hubspot.remove_property("deals", "amount");
    let filter = json!({ "filterGroups": [{ "filters": [{ "propertyName": "amount", "operator": "HAS_PROPERTY" }] }] });
    let (status, body) = ask("POST", &search, &token, filter).await.unwrap();
    assert_eq!((status, &body["errors"][0]["code"]), (400, &json!("PROPERTY_DOESNT_EXIST")));

    faults.expire_tokens();
    assert_eq!(get("").await.unwrap().1["category"], "INVALID_AUTHENTICATION");
    assert_eq!(ask("GET", &url, &hubspot.token(), Value::Null).await.unwrap().0, 200);
}

#[tokio::test]
async fn hubspot_has_limits_of_its_own() {
    let hubspot = hubspot();
    hubspot.limits(4, 2);
    let search = hubspot.url().to_owned() + "/crm/v3/objects/deals/search";
    let token = hubspot.token();
    let mut policies = Vec::new();
    for _ in 0..5 {
        let (status, body) = ask("POST", &search, &token, json!({})).await.unwrap();
        policies.push((status, body["policyName"].as_str().unwrap_or_default().to_owned()));
    }
    let policy = |status, name: &str| (status, name.to_owned());
    let expected = [
        policy(200, ""),
        policy(200, ""),
        policy(429, "SECONDLY"),
        policy(429, "SECONDLY"),
        policy(429, "TEN_SECONDLY_ROLLING"),
    ];
    assert_eq!(policies, expected);
}

#[tokio::test]
async fn hubspot_takes_a_unique_value_once() {
    let hubspot = hubspot();
    let url = hubspot.url().to_owned() + "/crm/v3/objects/deals";
    let body = json!({ "properties": { "registration_key": "key-9" } });
    let token = hubspot.token();
    let creates = (0..8).map(|_| ask("POST", &url, &token, body.clone()));
    let answers = futures::future::join_all(creates).await;
    let created = answers.iter().filter(|it| it.as_ref().unwrap().0 == 201).count();
    let refused = answers.iter().filter(|it| it.as_ref().unwrap().1["category"] == "CONFLICT").count();
    assert_eq!((created, refused), (1, 7));
    hubspot.duplicates(Duplicates::Invalid);
    let (status, answer) = ask("POST", &url, &token, body).await.unwrap();
    assert_eq!((status, &answer["errors"][0]["code"]), (400, &json!("CONFLICTING_UNIQUE_VALUE")));
}

#[tokio::test]
async fn hubspot_signs_what_it_delivers() {
    let (sender, receiver) = (HubSpot::start(), HubSpot::start());
    let url = format!("{}/hooks/crm", receiver.url());
    assert_eq!(sender.deliver(&url, &json!([{ "objectId": 1 }])).await, 401);
    let seen = receiver.requests("/hooks/crm");
    let header = |name: &str| seen[0].headers[name].to_str().unwrap();
    let time = header("x-hubspot-request-timestamp").parse().unwrap();
    let [_, secret, _] = sender.oauth();
    let expected = signature(secret, "POST", &url, &seen[0].body, time);
    assert_eq!((header("x-hubspot-signature-v3"), seen[0].method.as_str()), (expected.as_str(), "POST"));
}

#[tokio::test]
async fn salesforce_fails_as_it_is_told_to() {
    let salesforce = salesforce();
    salesforce.page_size(10);
    let token = salesforce.token();
    let query = |soql: &str| {
        let url = url::Url::parse_with_params(
            &format!("{}/services/data/v60.0/query", salesforce.url()),
            [("q", soql)],
        );
        let token = token.clone();
        async move { ask("GET", url.unwrap().as_str(), &token, Value::Null).await }
    };
    let faults = salesforce.faults();
    let all = "SELECT Id, Amount FROM Opportunity";

    faults.next(1, Fault::Overstated);
    assert_eq!(query(all).await.unwrap().1["totalSize"], 32);

    faults.next(1, Fault::BadCursor);
    let (_, body) = query(all).await.unwrap();
    let next = format!("{}{}", salesforce.url(), body["nextRecordsUrl"].as_str().unwrap());
    let (status, body) = ask("GET", &next, &token, Value::Null).await.unwrap();
    assert_eq!((status, &body[0]["errorCode"]), (400, &json!("INVALID_QUERY_LOCATOR")));

    faults.next(1, Fault::HalfPage);
    assert!(query(all).await.is_err());

    faults.exhaust_quota(true);
    let (status, body) = query(all).await.unwrap();
    assert_eq!((status, &body[0]["errorCode"]), (403, &json!("REQUEST_LIMIT_EXCEEDED")));
    faults.exhaust_quota(false);

    salesforce.remove_field("Opportunity", "Amount");
    assert_eq!(query(all).await.unwrap().1[0]["errorCode"], "INVALID_FIELD");

    faults.expire_tokens();
    let (status, body) = query(all).await.unwrap();
    assert_eq!((status, &body[0]["errorCode"]), (401, &json!("INVALID_SESSION_ID")));

    salesforce.token_life(Duration::ZERO);
    let soon = ask("GET", &next, &salesforce.token(), Value::Null).await.unwrap();
    assert_eq!(soon.0, 401);
    let asked = salesforce.requests("/query");
    assert!(asked[0].query.contains(&("q".to_owned(), all.to_owned())));
}
