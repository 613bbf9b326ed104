//! The sample in every kind of CRM, to be written to.

use super::{
    connections::{
        built_in, connected, hubspot, of_hubspot, of_postgres, of_salesforce, postgres, salesforce, sqlite,
    },
    crm::{Faults, HubSpot, Salesforce, Seen},
    postgres::Postgres,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use liaison::{
    config::Settings,
    crm::{
        Crm, CrmError, DealRegistration, Openings, PartnerScope, Records, Row, SqlCrm, Whose, connect,
        fields::Table,
    },
};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;

pub(crate) fn today() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// The sample in every kind of CRM.
pub(crate) struct Grounds {
    pub(crate) sample: SqlCrm,
    pub(crate) all: Vec<Ground>,
    pub(crate) _folder: TempDir,
    pub(crate) _postgres: Option<Postgres>,
}

/// One CRM.
pub(crate) struct Ground {
    pub(crate) name: &'static str,
    pub(crate) settings: Settings,
    pub(crate) vendor: Vendor,
}

impl Ground {
    /// The connection as the service has it.
    pub(crate) fn crm(&self, sample: &SqlCrm) -> Arc<dyn Crm> {
        connected(&self.settings, sample)
    }

    pub(crate) fn faults(&self) -> Option<&Faults> {
        match &self.vendor {
            Vendor::Database => None,
            Vendor::HubSpot(hubspot) => Some(hubspot.faults()),
            Vendor::Salesforce(salesforce) => Some(salesforce.faults()),
        }
    }

    pub(crate) fn requests(&self, part: &str) -> Vec<Seen> {
        match &self.vendor {
            Vendor::Database => Vec::new(),
            Vendor::HubSpot(hubspot) => hubspot.requests(part),
            Vendor::Salesforce(salesforce) => salesforce.requests(part),
        }
    }

    /// How often a record of this object was sent to be made.
    pub(crate) fn posts(&self, object: &str) -> usize {
        let seen = self.requests(object);
        seen.iter()
            .filter(|one| one.method == "POST" && one.path.ends_with(object))
            .count()
    }

    /// How many records have this id, whosever they are.
    pub(crate) async fn copies(&self, sample: &SqlCrm, table: &'static Table, id: &str) -> usize {
        let crm = connect::direct(&self.settings.crm, sample.clone(), TimeZone::UTC).unwrap();
        let read = crm.read(table, Whose::Everybody).await.unwrap();
        read.rows.iter().filter(|row| row.get("id") == Some(id)).count()
    }
}

pub(crate) enum Vendor {
    Database,
    HubSpot(HubSpot),
    Salesforce(Salesforce),
}

/// All of them, without limits and with time.
pub(crate) async fn grounds() -> Grounds {
    let sample = built_in(today()).await;
    let folder = TempDir::new().unwrap();
    let hubspot = hubspot(&sample).await;
    hubspot.limits(1_000_000, 1_000_000);
    let salesforce = salesforce(&sample).await;
    let mut all = vec![
        Ground {
            name: "SQLite",
            settings: sqlite(folder.path(), today()).await,
            vendor: Vendor::Database,
        },
        Ground {
            name: "HubSpot",
            settings: of_hubspot(&hubspot),
            vendor: Vendor::HubSpot(hubspot),
        },
        Ground {
            name: "Salesforce",
            settings: of_salesforce(&salesforce),
            vendor: Vendor::Salesforce(salesforce),
        },
    ];
    let mut server = None;
    if let Some((running, pool)) = Postgres::start().await {
        postgres(pool, today()).await;
        all.push(Ground {
            name: "PostgreSQL",
            settings: of_postgres(&running),
            vendor: Vendor::Database,
        });
        server = Some(running);
    }
    for ground in &mut all {
        ground.settings.crm.timeout_seconds = Duration::from_secs(120);
        ground.settings.crm.rest_seconds = Duration::ZERO;
        ground.settings.crm.sql.writable = true;
    }
    Grounds {
        sample,
        all,
        _folder: folder,
        _postgres: server,
    }
}

pub(crate) fn row(values: &[(&'static str, &str)]) -> Row {
    let owned = values.iter().map(|(name, value)| (*name, (*value).to_owned()));
    owned.collect()
}

/// A registration with nothing left out.
pub(crate) fn whole(id: &str) -> Row {
    row(&[
        ("id", id),
        ("opportunity_id", "o-0014"),
        ("customer", "O'Brien \"& Söhne\""),
        ("product", "Weave"),
        ("status", "submitted"),
        ("submitted_on", "2026-03-01"),
        ("decided_on", "2026-03-02"),
        ("protected_until", "2026-06-30"),
        ("extensions", "1"),
        ("reason", "It is new.\nAnd ours."),
        ("amount_minor", "1234567"),
        ("currency", "EUR"),
        ("close_date", "2026-09-30"),
        ("domain", "obrien.example"),
        ("contact", "Ada O'Brien"),
        ("contact_email", "ada@obrien.example"),
        ("need", "50 % fewer steps"),
        ("source", "trade fair"),
        ("proof", "meeting on 1 March"),
    ])
}

/// A registration with only what it needs.
pub(crate) fn bare(id: &str) -> Row {
    row(&[
        ("id", id),
        ("customer", "Somebody"),
        ("product", "Weave"),
        ("status", "submitted"),
        ("submitted_on", "2026-03-01"),
        ("extensions", "0"),
    ])
}

pub(crate) async fn scope(crm: &dyn Crm, partner: &str) -> PartnerScope {
    Openings::default().scope(&crm.partner(partner).await.unwrap().unwrap())
}

pub(crate) async fn registration(crm: &dyn Crm, partner: &str, id: &str) -> Option<DealRegistration> {
    let partner = crm.partner(partner).await.unwrap().unwrap();
    let all = Records::of(crm, &partner).deal_registrations().await.unwrap();
    all.into_iter().find(|registration| registration.id == id)
}

/// Why it was not written.
pub(crate) fn unwritable<T>(done: Result<T, CrmError>) -> String {
    match done {
        Err(CrmError::Unwritable { problem, .. }) => problem,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was written"),
    }
}
