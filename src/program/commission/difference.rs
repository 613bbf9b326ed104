//! The CRM's figure beside the computed one.

use super::{
    compute::{Computation, Unexplained},
    exact::Exact,
};
use crate::program::money::{Currency, Money};
use std::fmt;

/// How the CRM's figure stands to the plan's. Shown as a sentence for staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The same, to the minor unit.
    Same,
    /// Another amount.
    DiffersBy {
        /// The CRM's figure.
        crm: Money,
        /// The plan's.
        computed: Money,
        /// The CRM's less the plan's: positive where the CRM has more.
        by: Exact,
    },
    /// Not comparable.
    OtherCurrency {
        /// The CRM's.
        crm: Currency,
        /// The plan's.
        computed: Currency,
    },
    /// The plan gives no figure.
    NotComputed(Unexplained),
}

impl Difference {
    /// Puts a figure of the CRM beside what the plan gives.
    #[must_use]
    pub fn between(crm: Money, computed: &Result<Computation, Unexplained>) -> Self {
        let computed = match computed {
            Ok(computation) => computation.amount,
            Err(why) => return Self::NotComputed(why.clone()),
        };
        match Exact::difference(crm, computed) {
            None => Self::OtherCurrency {
                crm: crm.currency,
                computed: computed.currency,
            },
            Some(_) if crm == computed => Self::Same,
            Some(by) => Self::DiffersBy { crm, computed, by },
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("the CRM and the plan agree"),
            Self::DiffersBy { crm, computed, by } => {
                write!(
                    f,
                    "the CRM has {crm}, the plan gives {computed}: a difference of {by}"
                )
            }
            Self::OtherCurrency { crm, computed } => {
                write!(f, "the CRM's figure is in {crm}, the plan's in {computed}")
            }
            Self::NotComputed(why) => write!(f, "the plan gives no figure: {why}"),
        }
    }
}
