//! Access tokens, given for client credentials or for an assertion signed with the app's key.

use super::{
    super::{
        faults::Faults,
        server::{Call, Reply},
        times,
    },
    errors::Failure,
};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, errors::ErrorKind};
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use uuid::Uuid;

pub(super) const CLIENT_ID: &str = "3MVG9stand-in";
pub(super) const CLIENT_SECRET: &str = "a client secret of the stand-in";
pub(super) const USER: &str = "integration@vendor.example";
/// A key pair of nobody.
pub(super) const PRIVATE_KEY: &str = include_str!("key.pem");
const PUBLIC_KEY: &str = include_str!("key.pub.pem");

const ASSERTION: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Where assertions may be meant for, besides the organisation's own address.
const LOGIN: &str = "https://login.salesforce.com";

#[derive(Clone)]
pub(super) struct Auth {
    pub(super) life: Duration,
    url: String,
    /// Until when each token is good, and the count of [`Faults::expiries`] when it was given out.
    issued: HashMap<String, (Timestamp, u32)>,
}

impl Auth {
    pub(super) fn new(url: &str) -> Self {
        Self {
            life: Duration::from_secs(7200),
            url: url.to_owned(),
            issued: HashMap::new(),
        }
    }

    pub(super) fn issue(&mut self, faults: &Faults) -> String {
        let token = format!("00D5g0000000001!{}", Uuid::new_v4().simple());
        let until = times::now() + SignedDuration::try_from(self.life).unwrap();
        self.issued.insert(token.clone(), (until, faults.expiries()));
        token
    }

    pub(super) fn admit(&self, call: &Call, faults: &Faults) -> Result<(), Failure> {
        let issued = self.issued.get(call.bearer());
        let good =
            |(until, expiries): &(Timestamp, u32)| *until > times::now() && *expiries == faults.expiries();
        if issued.is_some_and(good) {
            return Ok(());
        }
        Err(Failure::new(
            401,
            "INVALID_SESSION_ID",
            "Session expired or invalid",
        ))
    }

    /// `POST /services/oauth2/token`
    pub(super) fn token(&mut self, call: &Call, faults: &Faults) -> Reply {
        let admitted = match call.form("grant_type").as_str() {
            "client_credentials" => credentials(call),
            ASSERTION => self.assertion(&call.form("assertion")),
            _ => Err(("unsupported_grant_type", "grant type not supported")),
        };
        if let Err((error, description)) = admitted {
            let body = json!({ "error": error, "error_description": description });
            return Reply::new(400, body);
        }
        Reply::ok(json!({
            "access_token": self.issue(faults), "instance_url": self.url, "token_type": "Bearer", "scope": "api",
            "id": format!("{LOGIN}/id/00D5g0000000001EAA/0055g0000000001AAA"),
            "issued_at": times::now().as_millisecond().to_string(), "signature": "not-checked",
        }))
    }

    /// An assertion is good if the app's key has signed it for the right user and place, and if it has not expired.
    fn assertion(&self, assertion: &str) -> Result<(), (&'static str, &'static str)> {
        let mut rules = Validation::new(Algorithm::RS256);
        rules.leeway = 0;
        rules.set_audience(&[self.url.as_str(), LOGIN]);
        rules.set_issuer(&[CLIENT_ID]);
        rules.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
        let key = DecodingKey::from_rsa_pem(PUBLIC_KEY.as_bytes()).expect("a public key");
        let claims = decode::<Value>(assertion, &key, &rules).map_err(|error| match error.kind() {
            ErrorKind::InvalidIssuer => ("invalid_client_id", "client identifier invalid"),
            ErrorKind::InvalidAudience => ("invalid_grant", "audience is invalid"),
            ErrorKind::ExpiredSignature => ("invalid_grant", "assertion has expired"),
            _ => ("invalid_grant", "invalid assertion"),
        })?;
        if claims.claims["sub"] != USER {
            return Err(("invalid_grant", "user hasn't approved this consumer"));
        }
        Ok(())
    }
}

fn credentials(call: &Call) -> Result<(), (&'static str, &'static str)> {
    match (
        call.form("client_id").as_str(),
        call.form("client_secret").as_str(),
    ) {
        (CLIENT_ID, CLIENT_SECRET) => Ok(()),
        (CLIENT_ID, _) => Err(("invalid_client", "invalid client credentials")),
        _ => Err(("invalid_client_id", "client identifier invalid")),
    }
}
