//! Who is let in: tokens of a portal, tokens of staff, and everything that only looks like one.

use crate::support::{Service, body, refused, serve, serve_with};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

const ISSUER: &str = "https://portal.example";
const AUDIENCE: &str = "liaison-of-the-tests";
const SECRET: &str = "a secret that only the portal and the service know";
/// A key pair of nobody.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEILfp8lQw8rDEb+gJfEMkwyMF2cPV/l6mi/BUjxa15EP3
-----END PRIVATE KEY-----
";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEABtD+V4rBwV0RYxxpSHR6QDT4bNpCyPDL2QP2clN6Ilo=
-----END PUBLIC KEY-----
";

/// A service that accepts two portals: one with a shared secret, one with a key pair.
fn portals() -> (Service, tempfile::TempDir) {
    let keys = tempfile::tempdir().unwrap();
    let public = keys.path().join("portal.pem");
    std::fs::write(&public, PUBLIC).unwrap();
    let service = serve_with(&[
        ("LIAISON_ISSUERS__PORTAL__ISSUER", ISSUER),
        ("LIAISON_ISSUERS__PORTAL__AUDIENCE", AUDIENCE),
        ("LIAISON_ISSUERS__PORTAL__SECRET", SECRET),
        ("LIAISON_ISSUERS__SECOND__ISSUER", "https://second.example"),
        ("LIAISON_ISSUERS__SECOND__AUDIENCE", AUDIENCE),
        (
            "LIAISON_ISSUERS__SECOND__PUBLIC_KEY_FILE",
            public.to_str().unwrap(),
        ),
        ("LIAISON_ISSUERS__SECOND__ALGORITHM", "EdDSA"),
    ]);
    (service, keys)
}

/// Good claims of the first portal, changed by `change`.
fn claims(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "someone@partner.example", "exp": in_seconds(300),
        "partner_id": "p-001", "name": "Someone", "locale": "en",
    });
    change(&mut claims);
    claims
}

fn in_seconds(seconds: i64) -> i64 {
    jiff::Timestamp::now().as_second() + seconds
}

fn signed(claims: &Value, algorithm: Algorithm, secret: &str) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    encode(&Header::new(algorithm), claims, &key).unwrap()
}

fn of_portal(change: impl FnOnce(&mut Value)) -> String {
    signed(&claims(change), Algorithm::HS256, SECRET)
}

fn without(name: &str) -> String {
    of_portal(|claims| {
        claims.as_object_mut().unwrap().remove(name);
    })
}

/// Every route for partners says this to a token.
async fn check_refused(service: &Service, token: &str, code: &str) {
    let question = body("c-1", "How long is a registered deal protected?");
    refused(service.post("/api/chat", token, &question).await, 401, code).await;
    let source = "/api/sources/00000000-0000-4000-8000-000000000000";
    refused(service.get(source, token).await, 401, code).await;
    let vote = json!({ "answer": "00000000-0000-4000-8000-000000000000", "vote": 1 });
    refused(service.post("/api/feedback", token, &vote).await, 401, code).await;
    for path in ["/api/conversations", "/api/conversations/c-1"] {
        refused(service.get(path, token).await, 401, code).await;
    }
    let asked = json!({ "conversation": "c-1" });
    refused(service.post("/api/handoffs", token, &asked).await, 401, code).await;
}

/// The token gets as far as the passage, which does not exist.
async fn check_accepted(service: &Service, token: &str) {
    let source = "/api/sources/00000000-0000-4000-8000-000000000000";
    refused(service.get(source, token).await, 404, "not_found").await;
}

#[tokio::test]
async fn a_token_is_good_only_as_a_whole() {
    let (service, _keys) = portals();
    check_accepted(&service, &of_portal(|_| {})).await;
    // Clocks differ, and RFC 7519 lets `aud` be a list.
    check_accepted(
        &service,
        &of_portal(|claims| claims["exp"] = in_seconds(-10).into()),
    )
    .await;
    check_accepted(
        &service,
        &of_portal(|claims| claims["exp"] = in_seconds(15 * 60).into()),
    )
    .await;
    check_accepted(
        &service,
        &of_portal(|claims| claims["aud"] = json!(["other", AUDIENCE])),
    )
    .await;

    let expired = of_portal(|claims| claims["exp"] = in_seconds(-60).into());
    check_refused(&service, &expired, "token_expired").await;
    let too_long = of_portal(|claims| claims["exp"] = in_seconds(16 * 60).into());
    check_refused(&service, &too_long, "token_too_long").await;
    let stranger = of_portal(|claims| claims["partner_id"] = "p-999".into());
    check_refused(&service, &stranger, "partner_unknown").await;
    for bad in [
        of_portal(|claims| claims["aud"] = "another service".into()),
        of_portal(|claims| claims["aud"] = json!(["another service"])),
        of_portal(|claims| claims["iss"] = "https://elsewhere.example".into()),
        of_portal(|claims| claims["iss"] = "https://second.example".into()),
        of_portal(|claims| claims["exp"] = "tomorrow".into()),
        of_portal(|claims| claims["partner_id"] = json!(["p-001"])),
        without("iss"),
        without("aud"),
        without("sub"),
        without("exp"),
        without("partner_id"),
    ] {
        check_refused(&service, &bad, "token_invalid").await;
    }
}

#[tokio::test]
async fn a_signature_is_good_only_with_the_portals_key_and_algorithm() {
    let (service, _keys) = portals();
    let plain = claims(|_| {});
    let good = signed(&plain, Algorithm::HS256, SECRET);
    let (head, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = head.split_once('.').unwrap();
    let flipped: String = signature.chars().rev().collect();
    // {"alg":"none","typ":"JWT"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let another = of_portal(|claims| claims["partner_id"] = "p-002".into());
    let others_payload = another.split('.').nth(1).unwrap();
    let second = claims(|claims| claims["iss"] = "https://second.example".into());
    for bad in [
        signed(&plain, Algorithm::HS256, "another secret"),
        signed(&plain, Algorithm::HS256, ""),
        signed(&plain, Algorithm::HS384, SECRET),
        signed(&plain, Algorithm::HS512, SECRET),
        // A public key is no secret: it must not become one because a header says HS256.
        signed(&second, Algorithm::HS256, PUBLIC),
        signed(&second, Algorithm::HS256, SECRET),
        format!("{header}.{payload}.{flipped}"),
        format!("{header}.{payload}."),
        format!("{header}.{others_payload}.{signature}"),
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        "x".to_owned(),
        "..".to_owned(),
        SECRET.to_owned(),
    ] {
        check_refused(&service, &bad, "token_invalid").await;
    }
    let key = EncodingKey::from_ed_pem(PRIVATE.as_bytes()).unwrap();
    let of_second = encode(&Header::new(Algorithm::EdDSA), &second, &key).unwrap();
    check_accepted(&service, &of_second).await;
    let of_first = encode(&Header::new(Algorithm::EdDSA), &plain, &key).unwrap();
    check_refused(&service, &of_first, "token_invalid").await;
    // Where portals are configured, the development issuer signs nobody in.
    check_refused(&service, &service.token("p-001"), "token_invalid").await;
}

#[tokio::test]
async fn without_a_token_nothing_is_answered() {
    let service = serve();
    check_refused(&service, "", "token_missing").await;
    let client = reqwest::Client::new();
    let question = body("c-1", "How long is a registered deal protected?");
    for authorization in [None, Some("Basic cC0wMDE6eA=="), Some("p-001")] {
        for path in ["/api/chat", "/api/feedback"] {
            let mut request = client.post(format!("{}{path}", service.url)).json(&question);
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            refused(request.send().await.unwrap(), 401, "token_missing").await;
        }
    }
    // A token belongs into the header: addresses end up in logs.
    let path = format!("/api/chat?token={}", service.token("p-001"));
    refused(service.post(&path, "", &question).await, 401, "token_missing").await;
}

#[tokio::test]
async fn partners_and_staff_do_not_pass_for_each_other() {
    let service = serve();
    let partner = service.token("p-001");
    for path in [
        "/api/documents",
        "/api/partners",
        "/api/commissions/differences",
        "/api/evals/runs",
        "/api/evals/runs/none",
    ] {
        refused(service.get(path, &partner).await, 401, "staff_only").await;
        refused(
            service.get(path, &format!("{}x", service.staff)).await,
            401,
            "staff_only",
        )
        .await;
        refused(service.get(path, "").await, 401, "token_missing").await;
        assert_ne!(service.get(path, &service.staff).await.status(), 401, "{path}");
    }
    let documents: Value = service
        .get("/api/documents", &service.staff)
        .await
        .json()
        .await
        .unwrap();
    assert!(
        documents["documents"].as_array().unwrap().len() > 20,
        "{documents}"
    );
    check_refused(&service, &service.staff, "token_invalid").await;
    let partner = service.token("p-001");
    check_accepted(&service, &partner).await;
}
