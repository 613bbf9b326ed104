//! Tokens: one of a private app, and short-lived ones of an OAuth app.

use super::{
    super::{
        faults::Faults,
        server::{Call, Reply},
        times,
    },
    errors::{error, invalid},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};
use uuid::Uuid;

pub(super) const CLIENT_ID: &str = "7fff1e36-2d40-4ae1-bbb1-5266d59564fb";
pub(super) const CLIENT_SECRET: &str = "a client secret of the stand-in";
pub(super) const REFRESH_TOKEN: &str = "a refresh token of the stand-in";

/// What was given out.
pub(super) struct Auth {
    pub(super) life: Duration,
    pub(super) denied: Vec<String>,
    issued: HashMap<String, Issued>,
}

struct Issued {
    until: Timestamp,
    /// The count of [`Faults::expiries`] at that time.
    expiries: u32,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            life: Duration::from_secs(1800),
            denied: Vec::new(),
            issued: HashMap::new(),
        }
    }
}

/// A private app has one token at a time; when it is rotated, the former is unknown.
pub(super) fn private_token(faults: &Faults) -> String {
    format!("pat-na1-stand-in-{}", faults.expiries())
}

impl Auth {
    /// `POST /oauth/v1/token`.
    pub(super) fn refresh(&mut self, call: &Call, faults: &Faults) -> Reply {
        if call.form("grant_type") != "refresh_token" {
            return invalid("missing or unknown grant_type");
        }
        if call.form("client_id") != CLIENT_ID || call.form("client_secret") != CLIENT_SECRET {
            return refused("BAD_CLIENT_ID", "missing or unknown client id or client secret");
        }
        if call.form("refresh_token") != REFRESH_TOKEN {
            return refused("BAD_REFRESH_TOKEN", "missing or invalid refresh token");
        }
        let token = format!("stand-in-{}", Uuid::new_v4().simple());
        let issued = Issued {
            until: times::now() + SignedDuration::try_from(self.life).unwrap(),
            expiries: faults.expiries(),
        };
        self.issued.insert(token.clone(), issued);
        Reply::ok(json!({
            "token_type": "bearer", "refresh_token": REFRESH_TOKEN, "access_token": token,
            "expires_in": self.life.as_secs(),
        }))
    }

    /// Whether a request may be answered, as far as its token goes.
    pub(super) fn admit(&self, call: &Call, faults: &Faults) -> Result<(), Reply> {
        let token = call.bearer();
        if token == private_token(faults) {
            return Ok(());
        }
        let Some(issued) = self.issued.get(token) else {
            let message = "Authentication credentials not found. This API supports OAuth 2.0 authentication.";
            return Err(error(401, "INVALID_AUTHENTICATION", message, Value::Null));
        };
        if times::now() >= issued.until || issued.expiries != faults.expiries() {
            let message = "The OAuth token used to make this call expired a moment ago.";
            let context = json!({ "context": { "expire time": [times::iso(issued.until)] } });
            return Err(error(401, "EXPIRED_AUTHENTICATION", message, context));
        }
        Ok(())
    }

    /// Whether tokens have a scope.
    pub(super) fn granted(&self, scope: &str) -> Result<(), Reply> {
        if !self.denied.iter().any(|denied| denied == scope) {
            return Ok(());
        }
        let message = "This app hasn't been granted all required scopes to make this call.";
        let errors = json!({ "errors": [{
            "message": "One or more of the following scopes are required.",
            "context": { "requiredGranularScopes": [scope] },
        }]});
        Err(error(403, "MISSING_SCOPES", message, errors))
    }
}

/// The token endpoint has error bodies of its own.
fn refused(status: &str, message: &str) -> Reply {
    let correlation = Uuid::new_v4().to_string();
    let body = json!({ "status": status, "message": message, "correlationId": correlation });
    Reply::new(400, body)
}
