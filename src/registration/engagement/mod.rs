//! Who may register a deal: what others already have with the same customer, and what the vendor's rules of engagement
//! make of it.
//!
//! [`Claims::examine`] finds the claims on a customer and proposes what to do, with reasons; the order of the rules is
//! in [`Rules`]. Nothing is decided here: a [`Proposal`] is for the vendor's manager, and names who else has a claim. A
//! partner may be told of its own records and that there may be another claim, never whose, since when or on what:
//! [`ForPartner`] has no field that could say so.

mod claims;
mod findings;
mod rules;
mod sentence;

pub use claims::Claims;
pub use findings::{Conflict, Duplicate, Findings, ForManager, ForPartner, Proposal};
pub use rules::{Rule, Rules};

use super::names::Organisation;
use crate::program::protection::Protection;
use jiff::civil::Date;

/// Something that somebody already has with a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The record's id in the CRM.
    pub id: &'a str,
    /// Whose it is.
    pub claimant: Claimant<'a>,
    /// With whom.
    pub customer: Organisation<'a>,
    /// What is sold; nothing where the record does not say.
    pub product: Option<&'a str>,
    /// What kind of record it is, and where it stands.
    pub what: Kind,
}

/// Who has a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claimant<'a> {
    /// A partner.
    Partner {
        /// Its id in the CRM, letter by letter the one in [`Wanted::partner`].
        id: &'a str,
        /// Its name, for the manager alone.
        name: &'a str,
        /// How many of its people hold a certification that counts for the product.
        certified: usize,
    },
    /// The vendor's own sales. A deal that a partner only helped along is theirs, too.
    Direct,
}

/// What somebody has with a customer. What is over has no kind here, and claims nothing: a deal that was lost, a
/// registration that was rejected or withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A deal registration.
    Registration {
        /// When it was handed in.
        submitted_on: Date,
        /// Where it stands.
        standing: Standing,
    },
    /// A deal that is neither won nor lost.
    OpenDeal {
        /// In the pipeline since.
        created_on: Date,
    },
    /// A deal that was won.
    WonDeal {
        /// When.
        closed_on: Date,
    },
    /// An account that is looked after, without a deal that says more: a named account, an owner in the CRM.
    Account,
}

/// Where a registration stands that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The vendor has not decided yet.
    Waiting,
    /// Another claim is under review, so no window runs.
    Disputed,
    /// Approved.
    Approved {
        /// The last protected day; nothing where the record does not say.
        until: Option<Date>,
    },
}

/// A registration that is to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Its own id once it is written, so that it is not held against itself.
    pub id: Option<&'a str>,
    /// The id of the partner that hands it in.
    pub partner: &'a str,
    /// How many of the partner's people hold a certification that counts for the product.
    pub certified: usize,
    /// Who is to buy.
    pub customer: Organisation<'a>,
    /// What is to be bought.
    pub product: Option<&'a str>,
    /// When it was handed in.
    pub submitted_on: Date,
    /// The day on which it is judged.
    pub on: Date,
}

/// What the vendor might do, from the mildest to the sternest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Accept the registration.
    Approve,
    /// Look closer: the rules do not settle it, or the records do not.
    Ask,
    /// Refuse it.
    Reject,
}

/// How sure it is that two records are about one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Alike, of one group, or of one name with different domains: for a person to look at.
    Possible,
    /// Taken for the same.
    Same,
}

/// How what a claim is about relates to what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Products {
    /// The same, or neither names one.
    Same,
    /// One names none, and may be about anything.
    Unsure,
    /// Two that differ.
    Other,
}

impl Products {
    fn of(a: Option<&str>, b: Option<&str>) -> Self {
        let named = |product: Option<&str>| {
            let product = product.unwrap_or_default().trim().to_lowercase();
            Some(product).filter(|product| !product.is_empty())
        };
        match (named(a), named(b)) {
            (Some(a), Some(b)) if a != b => Self::Other,
            (Some(_), None) | (None, Some(_)) => Self::Unsure,
            _ => Self::Same,
        }
    }
}

impl Claim<'_> {
    /// Whether it is more than a memory on a day: a window that has closed and a deal won long ago claim nothing.
    fn stands(&self, on: Date, rules: &Rules) -> bool {
        match self.what {
            Kind::Registration {
                standing: Standing::Approved { until },
                ..
            } => !matches!(Protection::on(on, until), Protection::Lapsed { .. }),
            Kind::WonDeal { closed_on } => on <= rules.incumbent_until(closed_on),
            Kind::Registration { .. } | Kind::OpenDeal { .. } | Kind::Account => true,
        }
    }

    fn is_of(&self, partner: &str) -> bool {
        matches!(self.claimant, Claimant::Partner { id, .. } if id == partner)
    }
}

/// An organisation as it is written, to tell two records of it apart.
fn written<'a>(customer: &Organisation<'a>) -> [Option<&'a str>; 4] {
    [
        Some(customer.name),
        customer.domain,
        customer.country,
        customer.parent,
    ]
}

#[cfg(test)]
mod tests;
