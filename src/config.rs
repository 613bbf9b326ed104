//! The only reader of `liaison.toml` and of the environment.
//!
//! Embedded defaults, then the file, then variables like `LIAISON_LLM__MODEL`; parsed and checked once, after
//! which every part gets its own struct. `liaison.toml` at the root documents every setting.

mod assistant;
mod crm;
mod requests;

pub use assistant::{AssistantSettings, EndpointSettings, FallbackSettings, LlmSettings};
pub use crm::{CrmKind, CrmSettings, HubSpotSettings, SalesforceSettings, SqlSettings};
pub use requests::{RequestSettings, RouteSettings};

use crate::assistant::policy::Policy;
use liaison_knowledge::{AudienceSpec, Synonyms};
use secrecy::SecretString;
use serde::Deserialize;
use std::{collections::BTreeMap, net::SocketAddr, path::Path, path::PathBuf, time::Duration};

/// The file that documents every setting is also where the defaults come from, so the two cannot differ.
const DEFAULTS: &str = include_str!("../liaison.toml");

/// All settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The HTTP service.
    pub server: ServerSettings,
    /// Who may ask.
    #[serde(default)]
    pub issuers: BTreeMap<String, IssuerSettings>,
    /// The vendor's own people.
    pub staff: StaffSettings,
    /// Words and calendar of the vendor's program.
    pub program: ProgramSettings,
    /// Where the partners' records are.
    pub crm: CrmSettings,
    /// What partners ask for.
    pub requests: RequestSettings,
    /// What an answer may take, and how it sounds.
    pub assistant: AssistantSettings,
    /// The language model; without a `base_url` the assistant answers extractively.
    pub llm: LlmSettings,
    /// What may be shown, and what a language model may see.
    pub guard: GuardSettings,
    /// Finding.
    pub knowledge: KnowledgeSettings,
    /// Where the index is kept.
    pub index: IndexSettings,
    /// What a service takes in by itself.
    pub ingest: IngestSettings,
    /// Whose conversations are whose.
    pub conversations: ConversationSettings,
    /// Mails to partner managers, and their replies.
    pub mail: MailSettings,
    /// Logs.
    pub log: LogSettings,
}

/// Whose conversations are whose.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversationSettings {
    /// Whether all people of a partner read and continue each other's.
    pub shared: bool,
}

/// Mails to partner managers, and their replies.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// The mail server as a URL: `smtps://`, `smtp://…?tls=required` or `smtp://`; empty: no mail.
    pub smtp: String,
    /// The sender, e.g. `Liaison <liaison@example.com>`.
    pub from: String,
    /// Who signs in at the mail server; empty: nobody.
    pub user: String,
    /// The password for it.
    pub password: Option<SecretString>,
    /// Seconds between the attempts to send a mail; after the last one it has failed.
    pub retry_seconds: Vec<u64>,
    /// The console's address, for the link in a mail; empty: no link.
    pub console: String,
    /// The domain whose mails a gateway posts to `/api/mail`; empty: managers answer in the console alone.
    pub reply_domain: String,
    /// What the gateway signs in with.
    pub gateway_secret: Option<SecretString>,
}

/// The HTTP service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Address and port.
    pub listen: SocketAddr,
    /// Portals whose pages may call the API from a browser.
    pub allowed_origins: Vec<String>,
    /// How long open answers may go on after a stop signal.
    #[serde(with = "seconds")]
    pub shutdown_seconds: Duration,
}

/// One portal that signs its partners' identities.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerSettings {
    /// The `iss` claim.
    pub issuer: String,
    /// The `aud` claim.
    pub audience: String,
    /// Shared secret for HS256.
    pub secret: Option<SecretString>,
    /// PEM file with the public key for RS256, ES256 or EdDSA.
    pub public_key_file: Option<PathBuf>,
    /// Algorithm of `public_key_file`.
    pub algorithm: Option<String>,
}

/// The vendor's own people.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffSettings {
    /// Bearer tokens by name; an empty table closes the staff pages.
    #[serde(default)]
    pub tokens: BTreeMap<String, SecretString>,
}

/// Words and calendar of the vendor's program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramSettings {
    /// What partners call the program in a sentence.
    pub name: String,
    /// The vendor's name: on statements, and never taken for a customer's.
    pub vendor: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start: i8,
    /// IANA time zone in which days begin.
    pub time_zone: String,
    /// The commission plan's file; empty: `program.yaml` in the home, if there is one.
    pub plan: PathBuf,
}

/// What may be shown, and what a language model may see.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardSettings {
    /// Addresses that answers may link to: a host's, or one with a path.
    pub links: Vec<String>,
    /// Whether e-mail addresses, telephone, account and card numbers are kept from the language model.
    pub mask_personal_data: bool,
}

/// Finding.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeSettings {
    /// The folder of the embedding model, in the home's `models` or anywhere; empty: the one that set-up makes.
    pub model: PathBuf,
    /// Sessions of the embedding model; 0 takes one per core.
    pub sessions: usize,
    /// Passages that one search gives to the assistant.
    pub passages: usize,
    /// Groups of the vendor's own terms that mean the same, beside the built-in glossary.
    pub synonyms: Vec<Vec<String>>,
    /// The folder, in the home's `models` or anywhere, of a cross-encoder that looks at the first passages once more.
    pub reranker: Option<PathBuf>,
}

/// Where the index is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexSettings {
    /// The gRPC address of a Qdrant server or cluster; empty: inside this process, in the home.
    pub url: String,
    /// The server's key, where it wants one.
    pub api_key: Option<SecretString>,
    /// The vendor's collection on the server.
    pub collection: String,
    /// Shards of a new collection.
    pub shards: u32,
    /// Copies of each shard of a new collection.
    pub replicas: u32,
}

/// What a service takes in by itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngestSettings {
    /// Folders that are taken in at the start and whenever something in them changes.
    pub folders: Vec<FolderSettings>,
}

/// A folder under watch.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderSettings {
    /// Where it is.
    pub path: PathBuf,
    /// For documents that do not say who they are for.
    pub audience: AudienceSpec,
}

/// Logs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// A `tracing` filter, e.g. `info,liaison=debug`.
    pub filter: String,
    /// `text` or `json`.
    pub format: LogFormat,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value has the wrong form, or a name is unknown.
    #[error("configuration: {0}")]
    Invalid(String),
    /// A value cannot work.
    #[error("configuration: {setting}: {problem}")]
    Unusable {
        /// Its dotted name.
        setting: &'static str,
        /// What is wrong with it, and what to write instead.
        problem: String,
    },
}

impl Settings {
    /// Reads `file` (or `liaison.toml` in the working folder when there is one) over the defaults, then the
    /// environment over both.
    ///
    /// # Errors
    /// With the setting's name and what to write instead.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut builder =
            config::Config::builder().add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml));
        builder = match file {
            Some(path) => builder.add_source(config::File::from(path).format(config::FileFormat::Toml)),
            None => builder
                .add_source(config::File::new("liaison.toml", config::FileFormat::Toml).required(false)),
        };
        let environment = |variables| {
            config::Environment::with_prefix("LIAISON")
                .prefix_separator("_")
                .separator("__")
                .source(Some(variables))
        };
        // Only a list needs parsing here. Everything else stays the text it is until its type is known: a secret
        // of digits must not lose its zeros by way of a number.
        let (lists, texts) = own_variables()
            .into_iter()
            .partition(|(name, _)| name == "LIAISON_SERVER__ALLOWED_ORIGINS");
        let lists = environment(lists)
            .try_parsing(true)
            .list_separator(",")
            .with_list_parse_key("server.allowed_origins");
        let merged = builder
            .add_source(environment(texts))
            .add_source(lists)
            .build()
            .map_err(|e| ConfigError::Invalid(e.to_string()))?;
        let settings: Self = merged
            .try_deserialize()
            .map_err(|e| ConfigError::Invalid(e.to_string()))?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let unusable = |setting, problem: &str| {
            Err(ConfigError::Unusable {
                setting,
                problem: problem.into(),
            })
        };
        if !(1..=12).contains(&self.program.fiscal_year_start) {
            return unusable("program.fiscal_year_start", "it is a month: write 1 to 12");
        }
        if jiff::tz::TimeZone::get(&self.program.time_zone).is_err() {
            return unusable(
                "program.time_zone",
                "it is no IANA time zone: write one like `Europe/Berlin`",
            );
        }
        let mut endpoints = self.llm.endpoints().into_iter();
        if endpoints.any(|endpoint| endpoint.model.is_empty()) {
            return unusable("llm.model", "an endpoint needs a model's name");
        }
        if self.assistant.replies == 0 || self.assistant.seconds.is_zero() {
            return unusable("assistant", "`replies` and `seconds` are at least 1");
        }
        if let Err(error) = Policy::new(&self.guard.links, false, "") {
            return unusable("guard.links", &error.to_string());
        }
        if let Err(error) = Synonyms::with(&self.knowledge.synonyms) {
            return unusable("knowledge.synonyms", &error.to_string());
        }
        self.crm.check()?;
        self.requests.check()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if self.index.collection.is_empty() || !self.index.collection.chars().all(plain) {
            return unusable("index.collection", "write a name of letters, digits, `-` and `_`");
        }
        if self.index.shards == 0 || self.index.replicas == 0 {
            return unusable("index", "`shards` and `replicas` are at least 1");
        }
        if !self.mail.smtp.is_empty() && self.mail.from.is_empty() {
            return unusable("mail.from", "a mail server needs a sender");
        }
        if !self.mail.reply_domain.is_empty() && self.mail.gateway_secret.is_none() {
            return unusable(
                "mail.gateway_secret",
                "replies by mail need a secret that the mail gateway signs in with",
            );
        }
        for issuer in self.issuers.values() {
            if issuer.secret.is_some() == issuer.public_key_file.is_some() {
                return unusable(
                    "issuers",
                    "each issuer needs either `secret` or `public_key_file`",
                );
            }
        }
        Ok(())
    }

    /// The vendor's time zone.
    #[must_use]
    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.program.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// A model hub, by the variables that its own tools read.
#[cfg(feature = "hub")]
#[derive(Debug, Clone)]
pub struct HubSettings {
    /// Its address: `HF_ENDPOINT`, for a mirror.
    pub endpoint: String,
    /// For models that are not public: `HF_TOKEN`.
    pub token: Option<SecretString>,
}

#[cfg(feature = "hub")]
impl HubSettings {
    /// Reads the environment.
    #[must_use]
    pub fn load() -> Self {
        #[allow(clippy::disallowed_methods)] // this is the one place that reads the environment
        let of = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint = of("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_owned());
        Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            token: of("HF_TOKEN").map(SecretString::from),
        }
    }
}

/// `LIAISON_`-prefixed variables with a section (`__`): `LIAISON_HOME` and the like belong to the command line.
fn own_variables() -> config::Map<String, String> {
    #[allow(clippy::disallowed_methods)] // this is the one place that reads the environment
    let all = std::env::vars();
    all.filter(|(name, _)| name.starts_with("LIAISON_") && name.contains("__"))
        .collect()
}

mod seconds {
    use serde::{Deserialize, Deserializer};
    use std::time::Duration;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        Ok(Duration::from_secs(u64::deserialize(from)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_defaults_are_usable() {
        let settings = Settings::load(None).unwrap();
        assert_eq!(settings.server.listen.port(), 8080);
        assert!(settings.llm.base_url.is_empty());
    }

    #[test]
    fn a_setting_that_does_not_exist_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("liaison.toml");
        std::fs::write(&file, "[server]\nport = 80\n").unwrap();
        let error = Settings::load(Some(&file)).unwrap_err().to_string();
        assert!(error.contains("port"), "{error}");
    }

    #[test]
    fn mail_settings_that_cannot_work_are_named() {
        let check = |toml: &str, setting: &str| {
            let dir = tempfile::tempdir().unwrap();
            let file = dir.path().join("liaison.toml");
            std::fs::write(&file, toml).unwrap();
            let error = Settings::load(Some(&file)).unwrap_err().to_string();
            assert!(error.contains(setting), "{error}");
        };
        check("[mail]\nsmtp = \"smtp://127.0.0.1\"\n", "mail.from");
        check(
            "[mail]\nreply_domain = \"replies.example\"\n",
            "mail.gateway_secret",
        );
    }

    #[test]
    fn synonyms_that_cannot_work_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("liaison.toml");
        std::fs::write(
            &file,
            "[knowledge]\nsynonyms = [[\"MDF\", \"growth fund\"], [\"kit\"]]\n",
        )
        .unwrap();
        let error = Settings::load(Some(&file)).unwrap_err().to_string();
        assert!(error.contains("knowledge.synonyms: [\"kit\"]"), "{error}");
    }
}
