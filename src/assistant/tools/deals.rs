//! The partner's opportunities as `program` computes with them.

use crate::{
    crm::{Opportunity, Stage},
    program::deals::{Deal, Outcome},
};

/// What the figures of an opportunity are computed from.
pub(super) fn deal(o: &Opportunity) -> Deal {
    Deal {
        outcome: match o.stage {
            Stage::ClosedWon => Outcome::Won,
            Stage::ClosedLost => Outcome::Lost,
            Stage::Prospecting | Stage::Qualification | Stage::Proposal | Stage::Negotiation => Outcome::Open,
        },
        amount: o.amount,
        created_on: o.created_on,
        close_date: o.close_date,
        probability_pct: o.probability_pct,
        last_activity_on: o.last_activity_on,
    }
}
