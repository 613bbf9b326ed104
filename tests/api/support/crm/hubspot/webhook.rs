//! Deliveries to a webhook, with HubSpot's signature of version 3.

use super::{super::times, auth::CLIENT_SECRET};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;

/// `X-HubSpot-Signature-v3`: HMAC-SHA256 over method, address, body and time in milliseconds, in Base64.
pub(crate) fn signature(secret: &str, method: &str, url: &str, body: &str, timestamp: i64) -> String {
    let words = format!("{method}{url}{body}{timestamp}");
    let key = EncodingKey::from_secret(secret.as_bytes());
    let hash = crypto::sign(words.as_bytes(), &key, Algorithm::HS256).unwrap();
    // The alphabet of tokens, without padding; 32 bytes are 43 letters and one "=".
    hash.replace('-', "+").replace('_', "/") + "="
}

pub(super) async fn deliver(url: &str, events: &Value) -> u16 {
    let body = events.to_string();
    let now = times::now().as_millisecond();
    let request = reqwest::Client::new()
        .post(url)
        .header("content-type", "application/json")
        .header("x-hubspot-request-timestamp", now)
        .header(
            "x-hubspot-signature-v3",
            signature(CLIENT_SECRET, "POST", url, &body, now),
        )
        .body(body);
    request.send().await.unwrap().status().as_u16()
}
