//! Every booked amount of every partner held against the plan: what operations look at before a payment run.

use super::Ledger;
use crate::{
    crm::{Crm, CrmError, Records},
    program::commission::{CommissionPlan, Difference},
};
use serde::Serialize;

/// An entry that the plan explains otherwise, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whose, by the partner's id.
    pub partner: String,
    /// The partner's name.
    pub partner_name: String,
    /// The entry's id in the CRM.
    pub commission: String,
    /// The deal's.
    pub opportunity: String,
    /// What is booked, `EUR 1,240.50`.
    pub booked: String,
    /// What differs, in a sentence.
    pub difference: String,
}

/// Every finding, and how many entries were looked at.
///
/// # Errors
/// When the CRM gives no answer.
pub async fn audit(crm: &dyn Crm, plan: &CommissionPlan) -> Result<(Vec<Finding>, usize), CrmError> {
    let mut findings = Vec::new();
    let mut entries = 0;
    for partner in crm.partners().await? {
        let records = Records::of(crm, &partner);
        let (deals, booked) = (records.opportunities().await?, records.commissions().await?);
        let ledger = Ledger::of(plan, &partner.tier, &deals, &booked);
        entries += booked.len();
        for entry in &booked {
            let difference = match ledger.explain(entry) {
                Some(explanation) if explanation.difference == Difference::Same => continue,
                Some(explanation) => explanation.difference.to_string(),
                None => "its deal is not among the partner's won ones".to_owned(),
            };
            findings.push(Finding {
                partner: partner.id.clone(),
                partner_name: partner.name.clone(),
                commission: entry.id.clone(),
                opportunity: entry.opportunity_id.clone(),
                booked: entry.amount.to_string(),
                difference,
            });
        }
    }
    Ok((findings, entries))
}
