//! What the CRM knows about a partner, and the only ways to ask it.
//!
//! Every method that returns a partner's own records takes a [`PartnerScope`], and a scope is made only from a
//! [`Partner`], which in turn is looked up from a verified identity: there is no call that takes a partner's id
//! from a question. `fields` says which columns exist for partners at all; `sql` is the built-in CRM on our own
//! database; `seed` fills it with the sample.

pub mod fields;
pub mod seed;
pub mod sql;
mod types;

pub use sql::SqlCrm;
pub use types::{
    Attribution, Certification, Commission, CommissionKind, CommissionStatus, DealRegistration, Motion,
    Opportunity, Partner, PartnerType, RegistrationStatus, Stage,
};

use crate::program::{commission::RateRule, tiers::TierRule};
use async_trait::async_trait;

/// A CRM as the assistant sees it: reads only, always current, always one partner's.
#[async_trait]
pub trait Crm: Send + Sync {
    /// The partner that a verified identity names; `None` if the CRM has no such partner.
    async fn partner(&self, id: &str) -> Result<Option<Partner>, CrmError>;

    /// All partners, by name. For staff only: no tool calls it.
    async fn partners(&self) -> Result<Vec<Partner>, CrmError>;

    /// The partner's opportunities, in order of close date.
    async fn opportunities(&self, scope: &PartnerScope) -> Result<Vec<Opportunity>, CrmError>;

    /// The partner's deal registrations, newest first.
    async fn deal_registrations(&self, scope: &PartnerScope) -> Result<Vec<DealRegistration>, CrmError>;

    /// The partner's commissions, newest first.
    async fn commissions(&self, scope: &PartnerScope) -> Result<Vec<Commission>, CrmError>;

    /// Certificates of the partner's people, those that expire first on top.
    async fn certifications(&self, scope: &PartnerScope) -> Result<Vec<Certification>, CrmError>;

    /// What each tier asks for: the program's, not a partner's.
    async fn tier_rules(&self) -> Result<Vec<TierRule>, CrmError>;

    /// The rate table: the program's, not a partner's.
    async fn commission_rates(&self) -> Result<Vec<RateRule>, CrmError>;
}

/// Whose records may be read. It cannot be made from an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerScope(String);

impl PartnerScope {
    /// The scope of a partner that was resolved from a verified identity.
    #[must_use]
    pub fn of(partner: &Partner) -> Self {
        Self(partner.id.clone())
    }

    /// The id that every record in this scope carries.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0
    }
}

/// Why the CRM gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CrmError {
    /// It cannot be reached, or refused: trying again later may help.
    #[error("the CRM is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
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
}
