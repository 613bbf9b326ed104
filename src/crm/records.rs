//! One partner's records, typed, and nobody else's.
//!
//! Scope is enforced twice: a connection asks for one partner's rows, and what comes back is checked row by row. A row
//! of somebody else is dropped and reported, because it means that the mapping or the CRM is wrong.

use super::{
    Certification, Commission, Crm, CrmError, DealRegistration, MdfClaim, MdfFund, Opportunity,
    OpportunityChange, Partner, PartnerScope, Read, ReferralActivity, Row, Whose,
    fields::{self, Table},
    row::{Record, typed},
};
use crate::program::{commission::RateRule, tiers::TierRule};
use jiff::Timestamp;
use std::sync::{Mutex, PoisonError};

/// What one partner may read of the CRM, within one piece of work.
pub struct Records<'a> {
    crm: &'a dyn Crm,
    scope: PartnerScope,
    oldest: Mutex<Option<Age>>,
}

/// How old something read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// When the CRM returned it.
    pub as_of: Timestamp,
    /// Whether that was long ago because the CRM does not answer now.
    pub is_down: bool,
}

impl<'a> Records<'a> {
    /// The records of a partner that was resolved from a verified identity, with all fields that are open at all: for
    /// the vendor's own people.
    #[must_use]
    pub fn of(crm: &'a dyn Crm, partner: &Partner) -> Self {
        Self::within(crm, PartnerScope::whole(&partner.id))
    }

    /// The records in a scope, for the partner itself.
    #[must_use]
    pub fn within(crm: &'a dyn Crm, scope: PartnerScope) -> Self {
        Self {
            crm,
            scope,
            oldest: Mutex::new(None),
        }
    }

    /// Whose they are.
    #[must_use]
    pub fn scope(&self) -> &PartnerScope {
        &self.scope
    }

    /// The age of the oldest of what was read so far; nothing where nothing was.
    #[must_use]
    pub fn age(&self) -> Option<Age> {
        *self.oldest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The partner's opportunities, in order of close date.
    ///
    /// # Errors
    /// When the CRM gives no answer, as all of these.
    pub async fn opportunities(&self) -> Result<Vec<Opportunity>, CrmError> {
        let mut all: Vec<Opportunity> = self.own().await?;
        all.sort_by(|a, b| (a.close_date, &a.id).cmp(&(b.close_date, &b.id)));
        Ok(all)
    }

    /// The partner's deal registrations, newest first.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn deal_registrations(&self) -> Result<Vec<DealRegistration>, CrmError> {
        let mut all: Vec<DealRegistration> = self.own().await?;
        all.sort_by(|a, b| (b.submitted_on, &b.id).cmp(&(a.submitted_on, &a.id)));
        Ok(all)
    }

    /// The partner's commissions, newest first.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn commissions(&self) -> Result<Vec<Commission>, CrmError> {
        let mut all: Vec<Commission> = self.own().await?;
        all.sort_by(|a, b| (b.earned_on, &b.id).cmp(&(a.earned_on, &a.id)));
        Ok(all)
    }

    /// Certificates of the partner's people, those that expire first on top.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn certifications(&self) -> Result<Vec<Certification>, CrmError> {
        let mut all: Vec<Certification> = self.own().await?;
        all.sort_by(|a, b| (a.expires_on, &a.id).cmp(&(b.expires_on, &b.id)));
        Ok(all)
    }

    /// What changed on the partner's opportunities, newest first; nothing where the CRM keeps no such history.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn opportunity_changes(&self) -> Result<Option<Vec<OpportunityChange>>, CrmError> {
        let mut kept: Option<Vec<OpportunityChange>> = self.own_if_kept().await?;
        let order =
            |a: &OpportunityChange, b: &OpportunityChange| (b.changed_on, &b.id).cmp(&(a.changed_on, &a.id));
        kept.iter_mut().for_each(|all| all.sort_by(order));
        Ok(kept)
    }

    /// The partner's market development funds, those that expire first on top; nothing where the CRM keeps none.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn mdf_funds(&self) -> Result<Option<Vec<MdfFund>>, CrmError> {
        let mut kept: Option<Vec<MdfFund>> = self.own_if_kept().await?;
        let order = |a: &MdfFund, b: &MdfFund| (a.expires_on, &a.id).cmp(&(b.expires_on, &b.id));
        kept.iter_mut().for_each(|all| all.sort_by(order));
        Ok(kept)
    }

    /// What the partner asked of its funds, newest first; nothing where the CRM keeps no such thing.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn mdf_claims(&self) -> Result<Option<Vec<MdfClaim>>, CrmError> {
        let mut kept: Option<Vec<MdfClaim>> = self.own_if_kept().await?;
        let order = |a: &MdfClaim, b: &MdfClaim| (b.submitted_on, &b.id).cmp(&(a.submitted_on, &a.id));
        kept.iter_mut().for_each(|all| all.sort_by(order));
        Ok(kept)
    }

    /// What came of the partner's referral link, oldest first; nothing where the CRM does not count it.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn referral_activity(&self) -> Result<Option<Vec<ReferralActivity>>, CrmError> {
        let mut kept: Option<Vec<ReferralActivity>> = self.own_if_kept().await?;
        kept.iter_mut()
            .for_each(|all| all.sort_by_key(|activity| activity.on_date));
        Ok(kept)
    }

    /// What each tier asks for, from the lowest: the program's, not a partner's.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn tier_rules(&self) -> Result<Vec<TierRule>, CrmError> {
        let mut all: Vec<TierRule> = self.program().await?;
        all.sort_by_key(|rule| (rule.rank, rule.effective_from));
        Ok(all)
    }

    /// The rate table, in order of coming into force: the program's, not a partner's.
    ///
    /// # Errors
    /// As [`Self::opportunities`].
    pub async fn commission_rates(&self) -> Result<Vec<RateRule>, CrmError> {
        let mut all: Vec<RateRule> = self.program().await?;
        all.sort_by_cached_key(|rule| (rule.effective_from, rule.tier.clone(), rule.product.clone()));
        Ok(all)
    }

    async fn own<T: Record>(&self) -> Result<Vec<T>, CrmError> {
        let read = self.crm.read(T::TABLE, Whose::Of(&self.scope)).await?;
        self.note(&read);
        keep_own(read.rows, &self.scope, T::TABLE)
            .iter()
            .map(typed)
            .collect()
    }

    /// Nothing where the CRM has no such table: a partner is told so, and not that there is none.
    async fn own_if_kept<T: Record>(&self) -> Result<Option<Vec<T>>, CrmError> {
        match self.crm.keeps(T::TABLE) {
            true => self.own().await.map(Some),
            false => Ok(None),
        }
    }

    async fn program<T: Record>(&self) -> Result<Vec<T>, CrmError> {
        let read = self.crm.read(T::TABLE, Whose::Everybody).await?;
        read.rows.iter().map(typed).collect()
    }

    fn note(&self, read: &Read) {
        let (as_of, is_down) = (read.as_of, read.is_down);
        let mut oldest = self.oldest.lock().unwrap_or_else(PoisonError::into_inner);
        *oldest = Some(oldest.map_or(Age { as_of, is_down }, |known| Age {
            as_of: known.as_of.min(as_of),
            is_down: known.is_down || is_down,
        }));
    }
}

/// The partner with an id that a verified identity names.
pub(super) async fn partner(crm: &(impl Crm + ?Sized), id: &str) -> Result<Option<Partner>, CrmError> {
    let scope = PartnerScope::whole(id);
    let read = crm.read(&fields::PARTNERS, Whose::Of(&scope)).await?;
    let own = keep_own(read.rows, &scope, &fields::PARTNERS);
    own.first().map(typed).transpose()
}

/// All partners, by name.
pub(super) async fn partners(crm: &(impl Crm + ?Sized)) -> Result<Vec<Partner>, CrmError> {
    let read = crm.read(&fields::PARTNERS, Whose::Everybody).await?;
    let mut all = read
        .rows
        .iter()
        .map(typed::<Partner>)
        .collect::<Result<Vec<_>, _>>()?;
    all.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(all)
}

/// Drops rows that carry another partner's id, and says so where operators look.
fn keep_own(mut rows: Vec<Row>, scope: &PartnerScope, table: &'static Table) -> Vec<Row> {
    let before = rows.len();
    rows.retain(|row| table.owner.and_then(|owner| row.get(owner)) == Some(scope.id()));
    let dropped = before - rows.len();
    if dropped > 0 {
        metrics::counter!("liaison_crm_foreign_rows_total", "table" => table.name).increment(dropped as u64);
        tracing::error!(
            partner.id = scope.id(),
            crm.table = table.name,
            rows.dropped = dropped,
            "dropped {dropped} rows of {} that belong to another partner",
            table.name
        );
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_others_are_dropped() {
        let row = |owner: &str| -> Row { [("partner_id", owner.to_owned())].into_iter().collect() };
        let rows = vec![row("p-001"), row("p-002"), row("P-001"), Row::default()];
        let own = keep_own(rows, &PartnerScope::whole("p-001"), &fields::OPPORTUNITIES);
        assert_eq!(own, [row("p-001")]);
    }
}
