//! Salesforce is asked for changes: what is kept is read anew although it would still be taken for current.

use crate::support::{
    connections::{built_in, connection, of_salesforce, salesforce},
    crm::{Fault, Salesforce},
    grounds::today,
};
use liaison::{
    config::Settings,
    crm::{
        Crm, Whose,
        connect::Connection,
        fields::{CERTIFICATIONS, MDF_FUNDS, Table},
    },
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const COMPOSITE: &str = "/services/data/v62.0/composite";
const FUND: &str = "Liaison_Mdf_Fund__c";
/// Polls and what they lead to, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// An organisation in which nothing has changed of late, and settings by which what it returned is current for an hour.
async fn organisation() -> (Salesforce, Settings, Connection) {
    let sample = built_in(today()).await;
    let salesforce = salesforce(&sample).await;
    salesforce.settle();
    let mut settings = of_salesforce(&salesforce);
    settings.crm.fresh_seconds = Duration::from_secs(3600);
    settings.crm.salesforce.changes_seconds = Duration::from_secs(1);
    let connection = connection(&settings, &sample);
    (salesforce, settings, connection)
}

async fn count(crm: &dyn Crm, table: &'static Table) -> usize {
    crm.read(table, Whose::Everybody).await.unwrap().rows.len()
}

/// How often an object was queried.
fn queries(salesforce: &Salesforce, object: &str) -> usize {
    let from = format!(" FROM {object}");
    let asks = |query: &&(String, String)| query.0 == "q" && query.1.contains(&from);
    let requests = salesforce.requests("/query");
    requests
        .iter()
        .filter(|seen| seen.query.iter().any(|query| asks(&query)))
        .count()
}

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Waits until so many more polls were answered.
async fn polls(salesforce: &Salesforce, more: usize) {
    let before = salesforce.requests(COMPOSITE).len();
    // The next one may be under way: what is changed now need not be in it.
    until("there are no polls", async || {
        salesforce.requests(COMPOSITE).len() > before + more
    })
    .await;
}

fn fund() -> Value {
    json!({
        "Fund_Id__c": "f-new", "Name": "Something new", "Partner__r": { "Liaison_Partner_Id__c": "p-001" },
        "Granted__c": 1000, "CurrencyIsoCode": "EUR", "Valid_From__c": "2026-01-01", "Expires_On__c": "2027-01-01",
    })
}

#[tokio::test]
async fn what_others_change_is_seen_after_a_poll() {
    let (salesforce, _, Connection { crm, watch }) = organisation().await;
    watch.unwrap().start();
    let funds = count(crm.as_ref(), &MDF_FUNDS).await;
    let certificates = count(crm.as_ref(), &CERTIFICATIONS).await;
    assert!(certificates > 0);

    polls(&salesforce, 1).await;
    assert_eq!(count(crm.as_ref(), &MDF_FUNDS).await, funds);
    assert_eq!(
        queries(&salesforce, FUND),
        1,
        "nothing has changed, and it is read anew"
    );

    let made = salesforce.load(FUND, [fund()]).remove(0);
    until("the new fund is not seen", async || {
        count(crm.as_ref(), &MDF_FUNDS).await == funds + 1
    })
    .await;

    let url = format!("{}/services/data/v62.0/sobjects/{FUND}/{made}", salesforce.url());
    let deleted = reqwest::Client::new().delete(url).bearer_auth(salesforce.token());
    assert_eq!(deleted.send().await.unwrap().status(), 204);
    until("the fund is not gone", async || {
        count(crm.as_ref(), &MDF_FUNDS).await == funds
    })
    .await;

    assert_eq!(count(crm.as_ref(), &CERTIFICATIONS).await, certificates);
    assert_eq!(
        queries(&salesforce, "Liaison_Certification__c"),
        1,
        "another object's changes are not this one's"
    );
}

#[tokio::test]
async fn a_poll_asks_for_every_object_at_once() {
    let (salesforce, _, Connection { watch, .. }) = organisation().await;
    watch.unwrap().start();
    polls(&salesforce, 0).await;
    let polled: Value = serde_json::from_str(&salesforce.requests(COMPOSITE)[0].body).unwrap();
    let urls: Vec<&str> = polled["compositeRequest"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["url"].as_str().unwrap())
        .collect();
    assert_eq!(urls.len(), 18, "{urls:?}");
    for resource in [
        "Account/updated/?start=",
        "Account/deleted/?start=",
        "Opportunity/updated/?start=",
    ] {
        let of = urls
            .iter()
            .filter(|url| url.contains(&format!("/sobjects/{resource}")));
        assert_eq!(of.count(), 1, "{resource} {urls:?}");
    }
}

#[tokio::test]
async fn a_failed_poll_is_made_up_for() {
    let (salesforce, _, Connection { crm, watch }) = organisation().await;
    let funds = count(crm.as_ref(), &MDF_FUNDS).await;
    // The day's requests are used up, so that it is not tried again at once; and then the token is no longer good.
    salesforce
        .faults()
        .next_on(&format!("POST {COMPOSITE} "), 2, Fault::Status(403));
    salesforce.faults().expire_tokens();
    watch.unwrap().start();
    until("there is no poll", async || {
        !salesforce.requests(COMPOSITE).is_empty()
    })
    .await;
    salesforce.load(FUND, [fund()]);
    assert_eq!(
        count(crm.as_ref(), &MDF_FUNDS).await,
        funds,
        "the poll has not failed"
    );
    until("it is not made up for", async || {
        count(crm.as_ref(), &MDF_FUNDS).await == funds + 1
    })
    .await;
    let failed = salesforce.requests(COMPOSITE);
    assert!(
        failed.len() > 3,
        "two that failed, a token that was not good, and an answer"
    );
}

#[tokio::test]
async fn polls_that_fail_keep_nobody_from_reading() {
    let (salesforce, _, Connection { crm, watch }) = organisation().await;
    salesforce
        .faults()
        .next_on(&format!("POST {COMPOSITE} "), 9, Fault::Status(400));
    watch.unwrap().start();
    until("there are no polls", async || {
        salesforce.requests(COMPOSITE).len() > 3
    })
    .await;
    assert!(count(crm.as_ref(), &MDF_FUNDS).await > 0);
}

#[tokio::test]
async fn a_crm_that_rests_is_not_asked() {
    let (salesforce, _, Connection { crm, watch }) = organisation().await;
    salesforce.faults().next_on("/query ", 3, Fault::Status(400));
    for _ in 0..3 {
        assert!(crm.read(&MDF_FUNDS, Whose::Everybody).await.is_err());
    }
    watch.unwrap().start();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(salesforce.requests(COMPOSITE).is_empty());
}

#[tokio::test]
async fn an_object_that_is_not_replicated_keeps_none_of_the_others_waiting() {
    let (salesforce, _, Connection { crm, watch }) = organisation().await;
    salesforce.stop_replicating("Account");
    let funds = count(crm.as_ref(), &MDF_FUNDS).await;
    watch.unwrap().start();
    salesforce.load(FUND, [fund()]);
    until("the new fund is not seen", async || {
        count(crm.as_ref(), &MDF_FUNDS).await == funds + 1
    })
    .await;
}

#[tokio::test]
async fn of_no_seconds_it_is_never_asked() {
    let (_, mut settings, Connection { watch, .. }) = organisation().await;
    assert!(watch.is_some());
    settings.crm.salesforce.changes_seconds = Duration::ZERO;
    let sample = built_in(today()).await;
    assert!(connection(&settings, &sample).watch.is_none());
}
