//! What we sign in to a CRM with: a token for good, or one that is fetched and lasts a while.

use super::{OnTheWay, Trouble, body, broken, odd};
use crate::crm::CrmError;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Client, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

/// Seconds that a signed assertion is good for.
const ASSERTION_SECONDS: i64 = 180;

/// How a token is come by.
#[derive(Debug, Clone)]
pub enum Grant {
    /// It was made by hand and lasts: HubSpot's private apps.
    Fixed(SecretString),
    /// In exchange for a refresh token.
    Refresh {
        /// The app's id.
        client_id: String,
        /// The app's secret.
        client_secret: SecretString,
        /// What was handed out when the app was installed.
        refresh_token: SecretString,
    },
    /// In exchange for the app's own secret.
    ClientCredentials {
        /// The app's id.
        client_id: String,
        /// The app's secret.
        client_secret: SecretString,
    },
    /// In exchange for an assertion that we sign.
    JwtBearer {
        /// The app's id.
        client_id: String,
        /// The person in whose name we act.
        user: String,
        /// Who the assertion is for.
        audience: String,
        /// RSA private key in PEM.
        private_key: SecretString,
    },
}

/// A token and where it is good.
#[derive(Debug)]
pub(in crate::crm) struct Token {
    value: SecretString,
    /// Where the CRM says it is to be used; nothing where that goes without saying.
    pub(in crate::crm) instance: Option<Url>,
}

impl Token {
    /// For the header that it is sent in.
    pub(in crate::crm) fn expose(&self) -> &str {
        self.value.expose_secret()
    }
}

/// The token in use.
pub(in crate::crm) struct Tokens {
    grant: Grant,
    url: Url,
    current: Mutex<Option<Arc<Token>>>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    instance_url: Option<String>,
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
}

impl Tokens {
    /// Tokens that are fetched from `url` as need be.
    pub(in crate::crm) fn new(grant: Grant, url: Url) -> Self {
        Self {
            grant,
            url,
            current: Mutex::new(None),
        }
    }

    /// The token to use now. Whoever comes while one is fetched waits for that one.
    pub(super) async fn get(&self, client: &Client) -> Result<Arc<Token>, Trouble> {
        let mut current = self.current.lock().await;
        if let Some(token) = &*current {
            return Ok(Arc::clone(token));
        }
        let token = Arc::new(match &self.grant {
            Grant::Fixed(token) => Token {
                value: token.clone(),
                instance: None,
            },
            _ => self.fetch(client).await?,
        });
        *current = Some(Arc::clone(&token));
        Ok(token)
    }

    /// Forgets a token that was refused; false where there is no other.
    pub(super) async fn discard(&self, refused: &Arc<Token>) -> bool {
        let mut current = self.current.lock().await;
        // Somebody else may have fetched a new one meanwhile.
        if current.as_ref().is_some_and(|token| Arc::ptr_eq(token, refused)) {
            *current = None;
        }
        !matches!(self.grant, Grant::Fixed(_))
    }

    async fn fetch(&self, client: &Client) -> Result<Token, Trouble> {
        let form = self.form().map_err(Trouble::Final)?;
        let request = client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let response = request.send().await.map_err(broken)?;
        let status = response.status();
        let body = body(response).await?;
        if status.is_success() {
            let granted: Granted = serde_json::from_slice(&body)
                .map_err(|_| Trouble::Final(odd("a token that cannot be read".to_owned())))?;
            return Ok(Token {
                value: granted.access_token,
                instance: granted.instance_url.and_then(|url| url.parse().ok()),
            });
        }
        Err(match status.as_u16() {
            429 => Trouble::Passing(CrmError::Busy, None),
            500.. => Trouble::Passing(OnTheWay::Status(status.as_u16()).into(), None),
            // What it says beside that may repeat what we sent.
            _ => Trouble::Final(CrmError::Refused(format!(
                "it gave us no token (status {status})"
            ))),
        })
    }

    fn form(&self) -> Result<String, CrmError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        match &self.grant {
            Grant::Fixed(_) => {}
            Grant::Refresh {
                client_id,
                client_secret,
                refresh_token,
            } => {
                form.append_pair("grant_type", "refresh_token")
                    .append_pair("client_id", client_id)
                    .append_pair("client_secret", client_secret.expose_secret())
                    .append_pair("refresh_token", refresh_token.expose_secret());
            }
            Grant::ClientCredentials {
                client_id,
                client_secret,
            } => {
                form.append_pair("grant_type", "client_credentials")
                    .append_pair("client_id", client_id)
                    .append_pair("client_secret", client_secret.expose_secret());
            }
            Grant::JwtBearer {
                client_id,
                user,
                audience,
                private_key,
            } => {
                let assertion = Assertion {
                    iss: client_id,
                    sub: user,
                    aud: audience,
                    exp: Timestamp::now().as_second() + ASSERTION_SECONDS,
                };
                let key = EncodingKey::from_rsa_pem(private_key.expose_secret().as_bytes())
                    .map_err(|_| CrmError::Refused("our private key is no RSA key in PEM".to_owned()))?;
                let signed = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &assertion, &key)
                    .map_err(|_| CrmError::Refused("our private key cannot sign".to_owned()))?;
                form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                    .append_pair("assertion", &signed);
            }
        }
        Ok(form.finish())
    }
}
