//! The stand-ins of the CRMs, held to the vendors' own clients.
//!
//! The clients are installed by `npm ci --prefix tests/clients`.

use crate::support::crm::{Fault, HubSpot, Object, Salesforce, signature};
use serde_json::{Value, json};
use std::{path::Path, process::Command, time::Duration};

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
    assert!(
        out.status.success(),
        "{script}: {}",
        String::from_utf8_lossy(&said)
    );
}

/// Deals of three partners with companies, in an account with all kinds of properties.
pub(crate) fn hubspot() -> HubSpot {
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
    hubspot.define(
        Object::new("commissions")
            .number("amount")
            .text("partner_id")
            .unique("key")
            .required("amount"),
    );
    hubspot.load("companies", [json!({ "name": "Acme", "domain": "acme.example" })]);
    let deals = hubspot.load("deals", (0..25).map(deal));
    let company = hubspot.records("companies")[0]["id"].as_str().unwrap().to_owned();
    hubspot.associate(("deals", &deals[0]), ("companies", &company));
    hubspot.load(
        "commissions",
        [json!({ "amount": "1240.50", "partner_id": "p-001" })],
    );
    hubspot.load(
        "tickets",
        [json!({ "subject": "a question", "createdate": "2026-01-05" })],
    );
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
pub(crate) fn salesforce() -> Salesforce {
    let salesforce = Salesforce::start();
    salesforce.define(
        Object::new("Account")
            .text("Name")
            .unique("Partner_Key__c")
            .choice("Tier__c", &["Gold", "Silver"])
            .required("Name"),
    );
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
            .unique("Registration_Key__c")
            .external("Legacy_Id__c"),
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
        "Partner__r": { "Partner_Key__c": format!("p-00{}", number % 2 + 1) }, "Legacy_Id__c": "the same",
    })
}

#[test]
fn hubspots_own_client_works_against_the_stand_in() {
    let hubspot = hubspot();
    hubspot.limits(1000, 100);
    hubspot.token_life(Duration::from_secs(2));
    hubspot.deny("crm.objects.tickets.write");
    let faults = hubspot.faults();
    faults.next_on(
        "objects/tickets/search",
        1,
        Fault::TooManyRequests { retry_after: 1 },
    );
    faults.next_on("objects/tickets/batch/read", 2, Fault::Status(503));
    faults.next_on(
        "properties/tickets",
        1,
        Fault::TooManyRequests { retry_after: 10 },
    );
    let now = jiff::Timestamp::now().as_millisecond();
    let signed = signature(
        "secret",
        "POST",
        "https://liaison.example/hooks?a=b",
        "[{\"ü\":1}]",
        now,
    );
    node(
        "hubspot.mjs",
        hubspot.url(),
        &hubspot.token(),
        &json!({
            "oauth": hubspot.oauth(),
            "signed": {
                "clientSecret": "secret", "url": "https://liaison.example/hooks?a=b", "requestBody": "[{\"ü\":1}]",
                "timestamp": now, "signature": signed,
            },
        }),
    );
    assert_eq!(
        hubspot.requests("tickets/batch/read").len(),
        3,
        "two refusals and an answer"
    );
    let deals = hubspot.records("deals");
    let registered = |deal: &&Value| deal["properties"]["registration_key"] == "key-1";
    let deal = deals.iter().find(registered).unwrap();
    assert_eq!(deal["properties"]["amount"], "2480.50", "{deal}");
}

#[test]
fn salesforces_client_works_against_the_stand_in() {
    let salesforce = salesforce();
    salesforce.page_size(10);
    let faults = salesforce.faults();
    faults.next_on("/limits", 2, Fault::Status(503));
    faults.next_on("/recent", 1, Fault::Status(403));
    faults.next_on("Account/describe", 1, Fault::TooManyRequests { retry_after: 1 });
    let [client, secret] = salesforce.client();
    let [user, key] = salesforce.signer();
    let more = json!({ "client": client, "secret": secret, "user": user, "key": key });
    node("salesforce.mjs", salesforce.url(), &salesforce.token(), &more);
    assert_eq!(
        salesforce.requests("/limits").len(),
        3,
        "two refusals and an answer"
    );
    let opportunities = salesforce.records("Opportunity");
    let registered = |it: &&Value| it["Registration_Key__c"] == "key-1";
    assert_eq!(
        opportunities.iter().filter(registered).count(),
        1,
        "{opportunities:?}"
    );
}
