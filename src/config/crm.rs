//! The settings of the CRM.

use super::ConfigError;
use crate::crm::{Openings, mapping::Mapping};
use liaison_knowledge::AudienceSpec;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// The CRM.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrmSettings {
    /// Which one.
    pub kind: CrmKind,
    /// How long an answer of it is waited for.
    #[serde(with = "super::seconds")]
    pub timeout_seconds: Duration,
    /// How long it is left alone when it keeps failing.
    #[serde(with = "super::seconds")]
    pub rest_seconds: Duration,
    /// How long what it returned is taken for current.
    #[serde(with = "super::seconds")]
    pub fresh_seconds: Duration,
    /// How long it is returned at once and read anew behind it.
    #[serde(with = "super::seconds")]
    pub stale_seconds: Duration,
    /// How long it is shown, with its age, when the CRM does not answer.
    #[serde(with = "super::seconds")]
    pub kept_seconds: Duration,
    /// What signs in at `/api/crm/changes`.
    pub changes_secret: Option<SecretString>,
    /// A database of the vendor's.
    pub sql: SqlSettings,
    /// A HubSpot account.
    pub hubspot: HubSpotSettings,
    /// A Salesforce organisation.
    pub salesforce: SalesforceSettings,
    /// Fields that only some partners see, by `table.column`.
    #[serde(default)]
    pub open: BTreeMap<String, AudienceSpec>,
    /// What it calls our tables and columns, where that differs from what comes with its kind.
    #[serde(default)]
    pub tables: Mapping,
}

/// The kinds of CRM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CrmKind {
    /// The tables in the home's own database.
    BuiltIn,
    /// Tables or views in a database of the vendor's.
    Sql,
    /// HubSpot.
    Hubspot,
    /// Salesforce.
    Salesforce,
}

/// A database of the vendor's.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlSettings {
    /// `postgres://…` or `sqlite://…`; it holds a password.
    pub url: SecretString,
    /// Whether it is written to as well.
    pub writable: bool,
}

/// A HubSpot account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubSpotSettings {
    /// Its address.
    pub url: String,
    /// The token of a private app.
    pub token: Option<SecretString>,
    /// Otherwise: the app's id …
    pub client_id: String,
    /// … its secret …
    pub client_secret: Option<SecretString>,
    /// … and the refresh token from its installation.
    pub refresh_token: Option<SecretString>,
}

/// A Salesforce organisation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SalesforceSettings {
    /// Where it signs in: its own address.
    pub url: String,
    /// The version of its interface.
    pub version: String,
    /// The connected app's id.
    pub client_id: String,
    /// Its secret, for the client-credentials flow.
    pub client_secret: Option<SecretString>,
    /// Otherwise the person in whose name we act …
    pub user: String,
    /// … who the assertion is for …
    pub audience: String,
    /// … and the RSA key in PEM that signs it.
    pub private_key: Option<SecretString>,
    /// How often it is asked what has changed; never where it is 0.
    #[serde(with = "super::seconds")]
    pub changes_seconds: Duration,
}

impl CrmSettings {
    /// # Errors
    /// With the setting's name and what to write instead.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let unusable = |setting, problem| ConfigError::Unusable { setting, problem };
        if let Some(problem) = self.tables.problems().into_iter().next() {
            return Err(unusable("crm.tables", problem));
        }
        match Openings::read(&self.open) {
            Ok(_) => Ok(()),
            Err(problem) => Err(unusable("crm.open", problem)),
        }
    }
}
