//! From the settings to a connection.

use super::{
    Crm, CrmError, PartnerScope, Read, Row, SqlCrm, Whose,
    cache::{Ages, Cached},
    fields::{Kept, Table},
    hubspot::HubSpot,
    mapping::Mapping,
    remote::{Grant, Reach},
    salesforce::{Salesforce, Watch},
};
use crate::config::{CrmKind, CrmSettings, HubSpotSettings, SalesforceSettings};
use anyhow::Context;
use async_trait::async_trait;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret;
use sqlx::{
    SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{collections::BTreeSet, sync::Arc};
use url::Url;

/// Connections to a vendor's database: a question reads a handful of small tables.
const CONNECTIONS: u32 = 4;

const HUBSPOT: &str = include_str!("hubspot.toml");
const SALESFORCE: &str = include_str!("salesforce.toml");

/// A CRM, and what asks it for changes where it does not tell of them itself. A service starts that, nothing else does.
pub struct Connection {
    /// The CRM.
    pub crm: Arc<dyn Crm>,
    /// Nothing where it is not asked.
    pub watch: Option<Watch>,
}

/// The CRM that the settings name; `own` is the one in the home's database, where the program's tables always are.
///
/// # Errors
/// When the settings cannot work.
pub fn connect(settings: &CrmSettings, own: SqlCrm, zone: TimeZone) -> anyhow::Result<Connection> {
    if settings.kind == CrmKind::BuiltIn {
        let crm = Arc::new(own);
        return Ok(Connection { crm, watch: None });
    }
    if settings.kind != CrmKind::Salesforce {
        let crm = kept(direct(settings, own.clone(), zone)?, settings, own)?;
        return Ok(Connection { crm, watch: None });
    }
    let salesforce = Arc::new(salesforce(settings, zone)?);
    let far: Arc<dyn Crm> = Arc::clone(&salesforce) as _;
    let crm = kept(far, settings, own)?;
    let every = settings.salesforce.changes_seconds;
    let watch = (!every.is_zero()).then(|| Watch::new(salesforce, Arc::clone(&crm), every));
    Ok(Connection { crm, watch })
}

/// What `far` returns is kept for a while, and the program's tables are at home.
fn kept(far: Arc<dyn Crm>, settings: &CrmSettings, own: SqlCrm) -> anyhow::Result<Arc<dyn Crm>> {
    let ages = Ages {
        fresh: settings.fresh_seconds,
        stale: settings.stale_seconds,
        kept: settings.kept_seconds,
    };
    let far = Cached::new(far, mapping(settings)?, ages);
    Ok(Arc::new(Split { far, own }))
}

/// The CRM that the settings name, as it is at every moment: nothing is kept.
///
/// # Errors
/// As [`connect`].
pub fn direct(settings: &CrmSettings, own: SqlCrm, zone: TimeZone) -> anyhow::Result<Arc<dyn Crm>> {
    Ok(match settings.kind {
        CrmKind::BuiltIn => Arc::new(own),
        CrmKind::Sql => Arc::new(sql(settings, mapping(settings)?, zone)?),
        CrmKind::Hubspot => {
            let url = address("crm.hubspot.url", &settings.hubspot.url)?;
            let grant = hubspot_grant(&settings.hubspot)?;
            Arc::new(HubSpot::new(
                url,
                grant,
                reach(settings),
                mapping(settings)?,
                zone,
            )?)
        }
        CrmKind::Salesforce => Arc::new(salesforce(settings, zone)?),
    })
}

fn salesforce(settings: &CrmSettings, zone: TimeZone) -> anyhow::Result<Salesforce> {
    let of = &settings.salesforce;
    let url = address("crm.salesforce.url", &of.url)?;
    let (grant, version) = (salesforce_grant(of)?, of.version.clone());
    let mapping = mapping(settings)?;
    Ok(Salesforce::new(
        url,
        version,
        grant,
        reach(settings),
        mapping,
        zone,
    )?)
}

fn reach(settings: &CrmSettings) -> Reach {
    Reach {
        timeout: settings.timeout_seconds,
        rest: settings.rest_seconds,
    }
}

/// What comes with the kind of CRM, amended by the settings.
///
/// # Errors
/// When what comes with it is broken.
pub fn mapping(settings: &CrmSettings) -> anyhow::Result<Mapping> {
    let own = match settings.kind {
        CrmKind::BuiltIn => return Ok(Mapping::same()),
        CrmKind::Sql => Mapping::same(),
        CrmKind::Hubspot => written(HUBSPOT)?,
        CrmKind::Salesforce => written(SALESFORCE)?,
    };
    Ok(own.amended(&settings.tables))
}

fn written(toml: &str) -> anyhow::Result<Mapping> {
    let file = config::File::from_str(toml, config::FileFormat::Toml);
    Ok(config::Config::builder()
        .add_source(file)
        .build()?
        .try_deserialize()?)
}

/// The vendor's CRM for what is there, our own database for what is the program's.
struct Split {
    far: Cached,
    own: SqlCrm,
}

impl Split {
    fn place(&self, table: &Table) -> &dyn Crm {
        match table.kept {
            Kept::InCrm => &self.far,
            Kept::AtHome => &self.own,
        }
    }
}

#[async_trait]
impl Crm for Split {
    async fn read(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError> {
        self.place(table).read(table, whose).await
    }

    async fn create(&self, table: &'static Table, scope: &PartnerScope, row: &Row) -> Result<(), CrmError> {
        self.place(table).create(table, scope, row).await
    }

    async fn update(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError> {
        self.place(table).update(table, scope, id, row).await
    }

    async fn obstacles(&self, table: &'static Table) -> Result<Vec<String>, CrmError> {
        self.place(table).obstacles(table).await
    }

    async fn schema(&self, table: &'static Table) -> Result<Option<BTreeSet<String>>, CrmError> {
        self.far.schema(table).await
    }

    async fn changed(&self, object: Option<&str>) {
        self.far.changed(object).await;
    }

    fn keeps(&self, table: &Table) -> bool {
        self.place(table).keeps(table)
    }
}

fn sql(settings: &CrmSettings, mapping: Mapping, zone: TimeZone) -> anyhow::Result<SqlCrm> {
    let (url, is_writable) = (settings.sql.url.expose_secret(), settings.sql.writable);
    // The messages of both name no password.
    let crm = if url.starts_with("sqlite:") {
        let options: SqliteConnectOptions = url.parse().context("crm.sql.url")?;
        let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
        let pool: SqlitePool = pool.connect_lazy_with(options.read_only(!is_writable));
        SqlCrm::new(pool, mapping, zone)
    } else {
        let options: PgConnectOptions = url
            .parse()
            .context("crm.sql.url: write postgres://… or sqlite://…")?;
        let patience = settings.timeout_seconds.as_millis().to_string();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(settings.timeout_seconds)
            .connect_lazy_with(options.options([("statement_timeout", patience)]));
        SqlCrm::new(pool, mapping, zone)
    };
    Ok(if is_writable { crm.writable() } else { crm })
}

fn address(setting: &str, url: &str) -> anyhow::Result<Url> {
    let url: Url = url
        .parse()
        .with_context(|| format!("{setting}: {url:?} is no address"))?;
    let is_local = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    anyhow::ensure!(
        url.scheme() == "https" || is_local,
        "{setting}: a token is sent there, so it begins with https://"
    );
    Ok(url)
}

fn hubspot_grant(of: &HubSpotSettings) -> anyhow::Result<Grant> {
    match (&of.token, &of.client_secret, &of.refresh_token) {
        (Some(token), None, None) => Ok(Grant::Fixed(token.clone())),
        (None, Some(client_secret), Some(refresh_token)) => Ok(Grant::Refresh {
            client_id: of.client_id.clone(),
            client_secret: client_secret.clone(),
            refresh_token: refresh_token.clone(),
        }),
        _ => anyhow::bail!(
            "crm.hubspot: it needs `token`, or `client_id`, `client_secret` and `refresh_token`"
        ),
    }
}

fn salesforce_grant(of: &SalesforceSettings) -> anyhow::Result<Grant> {
    match (&of.client_secret, &of.private_key) {
        (Some(client_secret), None) => Ok(Grant::ClientCredentials {
            client_id: of.client_id.clone(),
            client_secret: client_secret.clone(),
        }),
        (None, Some(private_key)) => Ok(Grant::JwtBearer {
            client_id: of.client_id.clone(),
            user: of.user.clone(),
            audience: of.audience.clone(),
            private_key: private_key.clone(),
        }),
        _ => anyhow::bail!(
            "crm.salesforce: it needs `client_id` with `client_secret`, or with `user` and `private_key`"
        ),
    }
}
