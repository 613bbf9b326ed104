//! Everybody's claims on organisations: what a conflict check holds a new registration against. For the vendor's side
//! only: no tool calls it.

use super::{
    Age, Crm, CrmError, DealRegistration, Read, Row, Stage, Whose,
    fields::{self, Table},
    row::{Columns, Record, typed},
    types::text_enum,
};
use crate::program::money::Money;
use jiff::civil::Date;
use serde::Serialize;

/// Who claims what, and who is known to the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Every partner's registrations.
    pub registrations: Vec<Claim<DealRegistration>>,
    /// Every deal in the pipeline, direct sales' among them.
    pub deals: Vec<Claim<Deal>>,
    /// The organisations that the vendor itself knows; none where its CRM has no such list.
    pub accounts: Vec<Account>,
    /// Records that could not be read, and are missing here.
    pub skipped: usize,
    /// The age of the oldest of them.
    pub age: Age,
}

/// A record and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim<T> {
    /// The partner's id; nothing where it is direct sales' own.
    pub partner: Option<String>,
    /// The record.
    pub record: T,
}

/// An opportunity, as far as it is known: direct sales fill in less than partners' deals need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deal {
    /// Its id as partners know it.
    pub id: Option<String>,
    /// What it is called.
    pub name: Option<String>,
    /// Who buys.
    pub customer: String,
    /// What is bought.
    pub product: Option<String>,
    /// How far it is; nothing where the CRM has a stage that we do not know.
    pub stage: Option<Stage>,
    /// What it is worth.
    pub amount: Option<Money>,
    /// In the pipeline since.
    pub created_on: Option<Date>,
    /// Expected while open, actual once closed.
    pub close_date: Option<Date>,
}

text_enum! {
    /// How far the vendor itself is with an organisation.
    AccountStatus {
        /// Nobody sells to it yet.
        Prospect = "prospect", "Prospect";
        /// Direct sales works on it.
        Open = "open", "Open";
        /// It has bought.
        Customer = "customer", "Customer";
    }
}

/// An organisation that the vendor itself knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its domain.
    pub domain: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// The name of the organisation that it belongs to.
    pub parent: Option<String>,
    /// How far the vendor is with it; a prospect where the CRM says what we do not know.
    pub status: AccountStatus,
}

impl Record for Deal {
    const TABLE: &'static Table = &fields::OPPORTUNITIES;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.optional("id"),
            name: row.optional("name"),
            customer: row.text("customer")?,
            product: row.optional("product"),
            stage: row.optional_parsed("stage").unwrap_or_default(),
            amount: row.optional_money("amount_minor").unwrap_or_default(),
            created_on: row.optional_parsed("created_on").unwrap_or_default(),
            close_date: row.optional_parsed("close_date").unwrap_or_default(),
        })
    }
}

impl Record for Account {
    const TABLE: &'static Table = &fields::ACCOUNTS;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        let domain = row.optional("domain");
        Ok(Self {
            id: row.text("id")?,
            // CRMs hold organisations that nobody has named.
            name: match (row.optional("name"), &domain) {
                (None, Some(domain)) => domain.clone(),
                _ => row.text("name")?,
            },
            domain,
            country: row.optional("country"),
            parent: row.optional("parent"),
            // A vendor has more words for it than are mapped, and none of them makes the organisation unknown.
            status: row
                .optional("status")
                .and_then(|status| status.parse().ok())
                .unwrap_or(AccountStatus::Prospect),
        })
    }
}

/// Reads everybody's claims. A record that is not as it should be is counted, and hides no other.
///
/// # Errors
/// When the CRM gives no answer.
pub async fn claims(crm: &dyn Crm) -> Result<Claims, CrmError> {
    let registrations = crm.read(&fields::DEAL_REGISTRATIONS, Whose::Everybody).await?;
    let deals = crm.read(&fields::OPPORTUNITIES, Whose::Everybody).await?;
    let accounts = crm.read(&fields::ACCOUNTS, Whose::Everybody).await?;
    let reads = [&registrations, &deals, &accounts];
    let age = Age {
        as_of: reads
            .iter()
            .map(|read| read.as_of)
            .min()
            .unwrap_or(registrations.as_of),
        is_down: reads.iter().any(|read| read.is_down),
    };
    let mut skipped = 0;
    Ok(Claims {
        registrations: claimed(&registrations, &mut skipped),
        deals: claimed(&deals, &mut skipped),
        accounts: readable(&accounts, &mut skipped)
            .map(|(_, account)| account)
            .collect(),
        skipped,
        age,
    })
}

fn claimed<T: Record>(read: &Read, skipped: &mut usize) -> Vec<Claim<T>> {
    let partner = |row: &Row| row.get(T::TABLE.owner?).map(str::to_owned);
    readable(read, skipped)
        .map(|(row, record)| Claim {
            partner: partner(row),
            record,
        })
        .collect()
}

fn readable<'r, T: Record>(read: &'r Read, skipped: &mut usize) -> impl Iterator<Item = (&'r Row, T)> {
    read.rows.iter().filter_map(|row| match typed::<T>(row) {
        Ok(record) => Some((row, record)),
        Err(_) => {
            *skipped += 1;
            None
        }
    })
}
