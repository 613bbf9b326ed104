//! What the CRM knows about a partner, and the only ways to ask it and to write to it.
//!
//! A [`Crm`] is a connection: it returns the rows of a table that belong to one [`PartnerScope`], and a scope is made
//! only from a verified identity, so there is no call that takes a partner's id from a question. [`Records`] is what
//! the assistant works with: it turns rows into typed records, drops what belongs to somebody else, and knows how old
//! the oldest of what it read is.
//!
//! `fields` says which tables and columns exist for partners at all and which are written, `writing` holds every write
//! against that, `mapping` knows what a vendor's own CRM calls them. The connections are `sql` (the built-in CRM, or a vendor's warehouse), `hubspot` and `salesforce`; `cache` stands in
//! front of those that are reached over a network.

pub mod cache;
pub mod check;
pub mod claims;
pub mod connect;
pub mod fields;
pub mod hubspot;
pub mod mapping;
pub mod openings;
mod records;
pub mod remote;
mod row;
pub mod salesforce;
pub mod seed;
pub mod sql;
mod types;
mod writing;

pub use openings::Openings;
pub use records::{Age, Records};
pub use row::Row;
pub use sql::SqlCrm;
pub use types::{
    Attribution, Certification, Change, Commission, CommissionKind, CommissionStatus, DealRegistration,
    MdfClaim, MdfFund, MdfStatus, Motion, Opportunity, OpportunityChange, Partner, PartnerType,
    ReferralActivity, RegistrationStatus, Stage,
};

use async_trait::async_trait;
use fields::{Column, Table};
use jiff::Timestamp;
use std::{collections::BTreeSet, error::Error};

/// A connection to a CRM.
#[async_trait]
pub trait Crm: Send + Sync {
    /// The open columns of `whose` rows of a table, all of them or an error: never a part.
    async fn read(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError>;

    /// Makes the record that `row` is, unless one with its id is there already: then nothing changes and it is the same
    /// success, so that it may be repeated until it is known to be done. `row` has `id`; whose it is comes from `scope`.
    /// What an optional column holds is left out where the CRM has no place for it.
    ///
    /// [`CrmError::Missing`] where the id is somebody else's, [`CrmError::Unwritable`] where the row may not be written.
    async fn create(&self, table: &'static Table, scope: &PartnerScope, row: &Row) -> Result<(), CrmError>;

    /// Sets these columns of the partner's record `id`; the others stay as they are. It may be repeated, too.
    ///
    /// [`CrmError::Missing`] where the partner has no such record, [`CrmError::Unwritable`] as in [`Self::create`].
    async fn update(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError>;

    /// What stands against writing to a table, in words for whoever sets the CRM up; nothing where nothing does.
    /// Nothing is written to find out.
    async fn obstacles(&self, _table: &'static Table) -> Result<Vec<String>, CrmError> {
        Ok(Vec::new())
    }

    /// The names of the fields that the CRM itself has for a table, as its schema is now; `None` where it has no schema
    /// to ask for. For whoever sets the mapping up.
    async fn schema(&self, table: &'static Table) -> Result<Option<BTreeSet<String>>, CrmError>;

    /// The CRM has told of a change in one of its objects, or in any of them: what is kept of it is no longer current.
    async fn changed(&self, _object: Option<&str>) {}

    /// Whether the CRM has such a table at all: no rows of one that it lacks are not the same as none.
    fn keeps(&self, table: &Table) -> bool;

    /// The partner that a verified identity names; `None` if the CRM has no such partner.
    async fn partner(&self, id: &str) -> Result<Option<Partner>, CrmError> {
        records::partner(self, id).await
    }

    /// All partners, by name. For staff only: no tool calls it.
    async fn partners(&self) -> Result<Vec<Partner>, CrmError> {
        records::partners(self).await
    }
}

/// Whose rows are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    /// One partner's.
    Of(&'a PartnerScope),
    /// Everybody's, and what is no partner's, such as deals of direct sales: for the vendor's own people and for the
    /// program's tables.
    Everybody,
}

/// Rows, and when the CRM returned them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The rows, in no order.
    pub rows: Vec<Row>,
    /// When the CRM returned them.
    pub as_of: Timestamp,
    /// Whether they are from before because the CRM does not answer now.
    pub is_down: bool,
    /// Values that were left out of everybody's rows because they are not their column's. One partner's rows are whole,
    /// or none is returned.
    pub slips: Vec<Slip>,
}

/// A value that is not its column's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The partner whose row it is in; nothing where it is in no partner's.
    pub owner: Option<String>,
    /// What is wrong, in words for whoever looks after the CRM.
    pub problem: String,
}

impl Read {
    /// Rows that the CRM has just returned.
    #[must_use]
    pub fn now(rows: Vec<Row>) -> Self {
        Self {
            rows,
            as_of: Timestamp::now(),
            is_down: false,
            slips: Vec::new(),
        }
    }
}

/// Whose records may be read. It cannot be made from an id outside this module.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PartnerScope {
    id: String,
    /// Open fields that are kept from this partner.
    closed: BTreeSet<openings::Field>,
}

impl PartnerScope {
    /// All open fields of the partner with this id.
    fn whole(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            closed: BTreeSet::new(),
        }
    }

    /// The id that every record in this scope carries.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether a column may be read.
    #[must_use]
    pub fn admits(&self, table: &Table, column: &Column) -> bool {
        !column.closed && !self.closed.contains(&(table.name, column.name))
    }
}

impl Whose<'_> {
    /// Whether a column may be read.
    fn admits(self, table: &Table, column: &Column) -> bool {
        match self {
            Self::Of(scope) => scope.admits(table, column),
            Self::Everybody => !column.closed,
        }
    }
}

impl CrmError {
    /// Says which of our tables asks for what the CRM does not have.
    fn of(self, table: &'static Table) -> Self {
        match self {
            Self::Unmapped { problem, .. } => Self::Unmapped {
                table: table.name,
                problem,
            },
            other => other,
        }
    }

    /// The same where it happened on the way to a write.
    fn of_write(self, table: &'static Table) -> Self {
        match self {
            Self::Unmapped { problem, .. } | Self::Refused(problem) => Self::unwritable(table, problem),
            other => other,
        }
    }

    fn unwritable(table: &Table, problem: impl Into<String>) -> Self {
        Self::Unwritable {
            table: table.name,
            problem: problem.into(),
        }
    }

    fn missing(table: &Table, id: &str) -> Self {
        Self::Missing {
            table: table.name,
            id: id.to_owned(),
        }
    }

    /// What a partner and a language model are told: what is wrong, nothing about how the CRM is made.
    #[must_use]
    pub fn told(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "the CRM is not available",
            Self::Busy => "the CRM takes no more requests for now",
            Self::Refused(_) | Self::Unmapped { .. } | Self::Malformed { .. } => {
                "the CRM's records cannot be read; the vendor has to see to it"
            }
            Self::Unwritable { .. } => {
                "the CRM's records cannot be changed from here; the vendor has to see to it"
            }
            Self::Missing { .. } => "there is no such record among the partner's",
        }
    }
}

/// Why the CRM gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    /// It cannot be reached, or is in trouble: trying again later may help.
    #[error("the CRM is not available")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// It takes no more requests from us for now.
    #[error("the CRM takes no more requests for now")]
    Busy,
    /// It does not let us in, or not at this: somebody has to see to the credentials.
    #[error("the CRM refused: {0}")]
    Refused(String),
    /// It has no such table or column: somebody has to see to the mapping.
    #[error("the CRM does not know {table}: {problem}")]
    Unmapped {
        /// The table.
        table: &'static str,
        /// What it said.
        problem: String,
    },
    /// A record is not as it should be: trying again will not help.
    #[error("{table} {id:?}: column {column} holds {problem}")]
    Malformed {
        /// The table.
        table: &'static str,
        /// The record.
        id: String,
        /// The column.
        column: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// What was to be written may not be, or the CRM does not take it so. Nothing was changed.
    #[error("{table} cannot be written: {problem}")]
    Unwritable {
        /// The table.
        table: &'static str,
        /// Why not, in words for whoever looks after the CRM.
        problem: String,
    },
    /// No such record is the partner's: there is none, or it is somebody else's. Nothing was changed.
    #[error("{table} {id:?} is none of the partner's")]
    Missing {
        /// The table.
        table: &'static str,
        /// The record.
        id: String,
    },
}
