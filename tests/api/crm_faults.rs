//! What goes wrong with the CRMs' stand-ins when a test says so: limits, broken answers, lies, changes of the schema.

use crate::{
    crm_clients::{hubspot, salesforce},
    support::crm::{Duplicates, Fault, HubSpot, Object, Salesforce, signature},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A request with a token: status and body.
async fn ask(method: &str, url: &str, token: &str, body: Value) -> Result<(u16, Value), reqwest::Error> {
    let request = reqwest::Client::new().request(method.parse().unwrap(), url);
    let request = request.bearer_auth(token);
    let request = if body.is_null() {
        request
    } else {
        request.json(&body)
    };
    let response = request.send().await?;
    let status = response.status().as_u16();
    let text = response.text().await?;
    Ok((status, serde_json::from_str(&text).unwrap_or_default()))
}

#[tokio::test]
async fn hubspot_fails_as_it_is_told_to() {
    let hubspot = hubspot();
    let (url, token) = (
        hubspot.url().to_owned() + "/crm/v3/objects/deals",
        hubspot.token(),
    );
    let get = |more: &str| {
        let url = format!("{url}{more}");
        let token = token.clone();
        async move { ask("GET", &url, &token, Value::Null).await }
    };
    let faults = hubspot.faults();

    faults.next(1, Fault::TooManyRequests { retry_after: 3 });
    let (status, body) = get("").await.unwrap();
    assert_eq!(
        (status, &body["policyName"]),
        (429, &json!("TEN_SECONDLY_ROLLING"))
    );

    faults.next(1, Fault::HalfPage);
    assert!(get("").await.is_err());

    faults.next(1, Fault::Delay(Duration::from_millis(300)));
    let start = Instant::now();
    assert_eq!(get("").await.unwrap().0, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));

    faults.next_on("search", 1, Fault::Overstated);
    let search = format!("{url}/search");
    let (_, body) = ask("POST", &search, &token, json!({ "limit": 200 }))
        .await
        .unwrap();
    assert_eq!(
        (&body["total"], body["results"].as_array().unwrap().len()),
        (&json!(32), 25)
    );

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
    assert_eq!(
        (status, &body["errors"][0]["code"]),
        (400, &json!("PROPERTY_DOESNT_EXIST"))
    );

    faults.expire_tokens();
    assert_eq!(get("").await.unwrap().1["category"], "INVALID_AUTHENTICATION");
    assert_eq!(
        ask("GET", &url, &hubspot.token(), Value::Null).await.unwrap().0,
        200
    );
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
    let refused = answers
        .iter()
        .filter(|it| it.as_ref().unwrap().1["category"] == "CONFLICT")
        .count();
    assert_eq!((created, refused), (1, 7));
    hubspot.duplicates(Duplicates::Invalid);
    let (status, answer) = ask("POST", &url, &token, body).await.unwrap();
    assert_eq!(
        (status, &answer["errors"][0]["code"]),
        (400, &json!("CONFLICTING_UNIQUE_VALUE"))
    );
}

#[tokio::test]
async fn hubspot_finds_new_records_later() {
    let hubspot = hubspot();
    hubspot.search_lag(Duration::from_secs(60));
    let search = hubspot.url().to_owned() + "/crm/v3/objects/deals/search";
    let (_, body) = ask("POST", &search, &hubspot.token(), json!({})).await.unwrap();
    assert_eq!(body["total"], 0);
}

#[tokio::test]
async fn hubspot_does_a_batch_wholly_or_not_at_all() {
    let hubspot = hubspot();
    let url = hubspot.url().to_owned() + "/crm/v3/objects/deals/batch/create";
    let inputs =
        json!([{ "properties": { "dealname": "New" } }, { "properties": { "registration_key": "key-0" } }]);
    let answer = ask("POST", &url, &hubspot.token(), json!({ "inputs": inputs }))
        .await
        .unwrap();
    assert_eq!((answer.0, hubspot.records("deals").len()), (409, 25));
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
    assert_eq!(
        (header("x-hubspot-signature-v3"), seen[0].method.as_str()),
        (expected.as_str(), "POST")
    );
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
    assert_eq!(
        (status, &body[0]["errorCode"]),
        (400, &json!("INVALID_QUERY_LOCATOR"))
    );

    faults.next(1, Fault::HalfPage);
    assert!(query(all).await.is_err());

    let ids = vec!["'0065g0000000001AAA'"; 900].join(",");
    let long = query(&format!("SELECT Id FROM Opportunity WHERE Id IN ({ids})"));
    assert_eq!(long.await.unwrap().0, 414);

    faults.exhaust_quota(true);
    let (status, body) = query(all).await.unwrap();
    assert_eq!(
        (status, &body[0]["errorCode"]),
        (403, &json!("REQUEST_LIMIT_EXCEEDED"))
    );
    faults.exhaust_quota(false);

    salesforce.remove_field("Opportunity", "Amount");
    assert_eq!(query(all).await.unwrap().1[0]["errorCode"], "INVALID_FIELD");

    faults.expire_tokens();
    let (status, body) = query(all).await.unwrap();
    assert_eq!(
        (status, &body[0]["errorCode"]),
        (401, &json!("INVALID_SESSION_ID"))
    );

    faults.next(1, Fault::HalfPage);
    let account = salesforce.records("Account")[0]["Id"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = format!(
        "{}/services/data/v60.0/sobjects/Account/{account}",
        salesforce.url()
    );
    let change = json!({ "Name": "Done, but nobody was told" });
    assert!(
        ask("PATCH", &url, &salesforce.token(), change.clone())
            .await
            .is_err()
    );
    assert_eq!(salesforce.records("Account")[0]["Name"], change["Name"]);

    salesforce.token_life(Duration::ZERO);
    let soon = ask("GET", &next, &salesforce.token(), Value::Null).await.unwrap();
    assert_eq!(soon.0, 401);
    let asked = salesforce.requests("/query");
    assert!(asked[0].query.contains(&("q".to_owned(), all.to_owned())));
}

#[tokio::test]
async fn salesforce_pages_are_as_long_as_they_are_asked_for() {
    let salesforce = Salesforce::start();
    salesforce.define(Object::new("Account").text("Name"));
    salesforce.load(
        "Account",
        (0..450).map(|number| json!({ "Name": number.to_string() })),
    );
    let url = format!(
        "{}/services/data/v60.0/query?q=SELECT+Id+FROM+Account",
        salesforce.url()
    );
    let token = salesforce.token();
    let lengths = async |size: u32| {
        let (mut lengths, mut next) = (Vec::new(), url.clone());
        loop {
            let request = reqwest::Client::new().get(&next).bearer_auth(&token);
            let request = request.header("Sforce-Query-Options", format!("batchSize={size}"));
            let text = request.send().await.unwrap().text().await.unwrap();
            let page: Value = serde_json::from_str(&text).unwrap();
            lengths.push(page["records"].as_array().unwrap().len());
            match page["nextRecordsUrl"].as_str() {
                Some(path) => next = format!("{}{path}", salesforce.url()),
                None => return lengths,
            }
        }
    };
    assert_eq!(lengths(200).await, [200, 200, 50]);
    // Shorter ones do not exist.
    assert_eq!(lengths(50).await, [450]);
}
