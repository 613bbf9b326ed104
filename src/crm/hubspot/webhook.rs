//! What HubSpot tells of changes: whether it was HubSpot that told it, and what has changed.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use secrecy::{ExposeSecret, SecretString};

/// How old a delivery may be, and how far a clock may be ahead: older ones may be somebody's copy.
const OLDEST: SignedDuration = SignedDuration::from_mins(5);

/// A delivery as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// Where it was posted to, as HubSpot knows the address.
    pub url: &'a str,
    /// The body, byte by byte.
    pub body: &'a str,
    /// `X-HubSpot-Request-Timestamp`: milliseconds since 1970.
    pub timestamp: &'a str,
    /// `X-HubSpot-Signature-v3`.
    pub signature: &'a str,
}

impl Delivery<'_> {
    /// Whether it was signed with the app's secret, and of late.
    #[must_use]
    pub fn is_genuine(&self, secret: &SecretString, now: Timestamp) -> bool {
        let sent = self
            .timestamp
            .parse()
            .ok()
            .and_then(|at| Timestamp::from_millisecond(at).ok());
        if sent.is_none_or(|sent| now.duration_since(sent).abs() > OLDEST) {
            return false;
        }
        let words = format!("POST{}{}{}", self.url, self.body, self.timestamp);
        // The same code in the alphabet of tokens, which is the one that is compared in constant time here.
        let signature = self
            .signature
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_");
        let key = DecodingKey::from_secret(secret.expose_secret().as_bytes());
        crypto::verify(&signature, words.as_bytes(), &key, Algorithm::HS256).unwrap_or(false)
    }
}
