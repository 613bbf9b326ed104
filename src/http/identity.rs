//! Who a token speaks for: partners by a signed JWT of a configured portal, staff by a configured token.

use super::{Mode, error::ApiError};
use crate::{app::App, config::IssuerSettings, hex::hex, home::Home};
use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode, errors::ErrorKind,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;

/// `iss` of the development issuer.
pub const DEVELOPMENT: &str = "liaison-development";
/// `aud` of the development issuer.
const AUDIENCE: &str = "liaison";
/// The longest a token may still hold: a stolen one is soon worthless.
pub const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// Clocks may differ by this many seconds.
const LEEWAY: u64 = 30;

/// Whose tokens are accepted.
pub struct Identities {
    issuers: Vec<Issuer>,
    /// Digests of the tokens, by the name of each.
    staff: Vec<(String, [u8; 32])>,
    gateway: Option<[u8; 32]>,
    changes: Option<[u8; 32]>,
}

struct Issuer {
    key: DecodingKey,
    validation: Validation,
}

/// What a partner's token says. Issuer and audience are read by the validation alone, which knows that an
/// audience may be a list.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    #[serde(skip_deserializing)]
    iss: String,
    #[serde(skip_deserializing)]
    aud: String,
    pub(super) sub: String,
    exp: i64,
    pub(super) partner_id: String,
}

impl Identities {
    /// The configured issuers; the development issuer too, where nobody else could sign in or the demo runs.
    ///
    /// # Errors
    /// When a key cannot be used.
    pub(super) fn new(app: &App, mode: Mode) -> anyhow::Result<Self> {
        let settings = &app.settings;
        let mut issuers = Vec::new();
        for (name, issuer) in &settings.issuers {
            issuers.push(Issuer::configured(issuer).with_context(|| format!("issuers.{name}"))?);
        }
        if mode == Mode::Demo || issuers.is_empty() {
            let secret = app.home.development_secret()?;
            issuers.push(Issuer::hs256(&secret, DEVELOPMENT, AUDIENCE));
        }
        let tokens = settings.staff.tokens.iter();
        let mut staff: Vec<(String, [u8; 32])> = tokens
            .map(|(name, token)| (name.clone(), digest(token.expose_secret())))
            .collect();
        if mode == Mode::Demo {
            staff.push(("demo".to_owned(), digest(&demo_staff_token(&app.home)?)));
        }
        let gateway = settings
            .mail
            .gateway_secret
            .as_ref()
            .filter(|_| !settings.mail.reply_domain.is_empty());
        Ok(Self {
            issuers,
            staff,
            gateway: gateway.map(|secret| digest(secret.expose_secret())),
            changes: settings
                .crm
                .changes_secret
                .as_ref()
                .map(|secret| digest(secret.expose_secret())),
        })
    }

    /// The claims of a partner's token, when an accepted issuer signed it and it holds.
    pub(super) fn partner(&self, token: &str) -> Result<Claims, ApiError> {
        let mut refused = ErrorKind::InvalidToken;
        for issuer in &self.issuers {
            match decode::<Claims>(token, &issuer.key, &issuer.validation) {
                Ok(read) => return holds_briefly(read.claims),
                // "Expired" is the one that a widget mends by itself, so it wins over "not mine".
                Err(error) if !matches!(refused, ErrorKind::ExpiredSignature) => refused = error.into_kind(),
                Err(_) => {}
            }
        }
        Err(match refused {
            ErrorKind::ExpiredSignature => ApiError::unauthorized(
                "token_expired",
                "The identity token has expired; ask the portal for a new one.",
            ),
            _ => ApiError::unauthorized(
                "token_invalid",
                "The identity token is not one this service accepts.",
            ),
        })
    }

    /// What this staff token is called; `None` when it is none.
    pub(super) fn staff(&self, token: &str) -> Option<&str> {
        // Digests are compared, so the time taken says nothing about how much of a guess is right.
        let digest = digest(token);
        let (name, _) = self.staff.iter().find(|(_, of_token)| *of_token == digest)?;
        Some(name)
    }

    /// Whether this is the secret of the mail gateway; `None` when mails are not taken in.
    pub(super) fn is_gateway(&self, secret: &str) -> Option<bool> {
        self.gateway.map(|gateway| gateway == digest(secret))
    }

    /// Whether this is the secret of whoever tells of changes in the CRM; `None` when nobody does.
    pub(super) fn tells_changes(&self, secret: &str) -> Option<bool> {
        self.changes.map(|changes| changes == digest(secret))
    }
}

fn holds_briefly(claims: Claims) -> Result<Claims, ApiError> {
    let latest = Timestamp::now() + LONGEST;
    if claims.exp > latest.as_second() + LEEWAY.cast_signed() {
        let message =
            "The identity token holds for longer than 15 minutes; the portal must sign shorter ones.";
        return Err(ApiError::unauthorized("token_too_long", message));
    }
    Ok(claims)
}

impl Issuer {
    fn hs256(secret: &SecretString, issuer: &str, audience: &str) -> Self {
        let key = DecodingKey::from_secret(secret.expose_secret().as_bytes());
        Self {
            key,
            validation: validation(Algorithm::HS256, issuer, audience),
        }
    }

    fn configured(settings: &IssuerSettings) -> anyhow::Result<Self> {
        if let Some(secret) = &settings.secret {
            return Ok(Self::hs256(secret, &settings.issuer, &settings.audience));
        }
        let Some(path) = &settings.public_key_file else {
            bail!("it has neither a secret nor a public key")
        };
        let pem = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let (algorithm, key) = match settings.algorithm.as_deref() {
            Some("RS256") | None => (Algorithm::RS256, DecodingKey::from_rsa_pem(&pem)),
            Some("ES256") => (Algorithm::ES256, DecodingKey::from_ec_pem(&pem)),
            Some("EdDSA") => (Algorithm::EdDSA, DecodingKey::from_ed_pem(&pem)),
            Some(other) => bail!("algorithm {other:?} is not supported: write RS256, ES256 or EdDSA"),
        };
        let key =
            key.with_context(|| format!("{} holds no {algorithm:?} public key in PEM form", path.display()))?;
        Ok(Self {
            key,
            validation: validation(algorithm, &settings.issuer, &settings.audience),
        })
    }
}

fn validation(algorithm: Algorithm, issuer: &str, audience: &str) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.leeway = LEEWAY;
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation
}

/// A partner's token of the development issuer.
///
/// # Errors
/// When the home's secret cannot be read or made.
pub fn sign_for_development(home: &Home, partner_id: &str, ttl: SignedDuration) -> anyhow::Result<String> {
    let claims = Claims {
        iss: DEVELOPMENT.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: format!("development@{partner_id}"),
        exp: (Timestamp::now() + ttl).as_second(),
        partner_id: partner_id.to_owned(),
    };
    let secret = home.development_secret()?;
    let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
    encode(&Header::new(Algorithm::HS256), &claims, &key).context("the token cannot be signed")
}

/// The demo's staff token: derived from the home's secret, so it stays the same.
///
/// # Errors
/// When the home's secret cannot be read or made.
pub fn demo_staff_token(home: &Home) -> anyhow::Result<String> {
    let secret = home.development_secret()?;
    let digest = digest(&format!("staff:{}", secret.expose_secret()));
    Ok(hex(&digest[..16]))
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text).into()
}
