//! A commission shared between partners, to the last cent.

use super::{
    compute::{Computation, Deal, Unexplained},
    lines::{Rounded, What},
    plan::{CommissionPlan, Rate, Slot, Terms},
    sheet::{Sheet, product},
};
use crate::program::money::Money;
use std::collections::BTreeMap;

/// All of something, in basis points.
pub(super) const WHOLE: i64 = 10_000;

/// Divides an amount by shares so that the parts add up to it exactly: each part is cut off to whole minor units, and
/// what is left goes, unit by unit, to the parts that lost most (largest remainder), then to the larger share, then by
/// name. `None` unless the shares are not negative and add up to 10,000.
#[must_use]
pub fn divide(whole: Money, shares: &BTreeMap<String, Rate>) -> Option<BTreeMap<String, Money>> {
    let sum = shares.values().try_fold(0_i64, |sum, share| {
        sum.checked_add(share.0).filter(|_| share.0 >= 0)
    })?;
    if sum != WHOLE {
        return None;
    }
    // Shares are at most 10,000: the product of that and 64 bits fits 128, and each part is at most the whole.
    let parts = shares.iter().map(|(name, share)| {
        let product = u128::from(whole.minor.unsigned_abs()) * share.0.unsigned_abs() as u128;
        let (cut, lost) = (product / WHOLE as u128, product % WHOLE as u128);
        (name, *share, cut, lost)
    });
    let mut parts: Vec<_> = parts.collect();
    let left = u128::from(whole.minor.unsigned_abs()) - parts.iter().map(|part| part.2).sum::<u128>();
    parts.sort_by(|a, b| (b.3, b.1).cmp(&(a.3, a.1)).then_with(|| a.0.cmp(b.0)));
    let divided = parts.into_iter().enumerate().map(|(at, (name, _, cut, _))| {
        let magnitude = cut + u128::from((at as u128) < left);
        let minor = i128::try_from(magnitude).ok()? * i128::from(whole.minor.signum());
        Some((
            name.clone(),
            Money::new(i64::try_from(minor).ok()?, whole.currency),
        ))
    });
    divided.collect()
}

impl CommissionPlan {
    /// A deal's commission divided by the rule in force, by the partner's part in the deal.
    ///
    /// # Errors
    /// The plan has no split for such a deal, or one whose shares do not add up.
    pub fn shared(
        &self,
        whole: Money,
        deal: &Deal<'_>,
    ) -> Result<BTreeMap<String, Computation>, Unexplained> {
        let none = || Unexplained::NoRule {
            kind: "split",
            day: deal.closed_on,
        };
        let rule = self.in_force(Slot::Split, deal)?.ok_or_else(none)?;
        let Terms::Split(shares) = &rule.terms else {
            return Err(none());
        };
        let parts = divide(whole, shares).ok_or_else(|| Unexplained::BrokenRule {
            rule: rule.id.clone(),
        })?;
        let mut computations = BTreeMap::new();
        // Both maps have the same keys, so they run side by side.
        for ((role, share), part) in shares.iter().zip(parts.into_values()) {
            let mut sheet = Sheet::on(whole);
            let exact = product(whole, *share)?;
            let what = What::Split {
                whole,
                role: role.clone(),
                share: *share,
            };
            sheet.write(what, Some(rule), exact);
            if exact != part.into() {
                let how = Rounded::ToAddUp;
                sheet.write(What::Rounding { exact, how }, Some(rule), part.into());
            }
            computations.insert(role.clone(), sheet.done(part));
        }
        Ok(computations)
    }
}
