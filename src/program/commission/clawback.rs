//! What is taken back when a customer cancels.

use super::{
    compute::{Computation, Deal, Unexplained},
    lines::What,
    plan::{CommissionPlan, Rate, Slot, Terms, Window},
    sheet::{Sheet, product},
};
use crate::program::{date::days_between, money::Money};
use jiff::civil::Date;

impl CommissionPlan {
    /// What is taken back of `earned`, a commission or a SPIFF on `deal`: negative, and zero after the last window. The
    /// close date is day 0, and the rule in force on it counts.
    ///
    /// # Errors
    /// Says why the plan gives no amount.
    pub fn clawback(
        &self,
        earned: Money,
        deal: &Deal<'_>,
        cancelled_on: Date,
    ) -> Result<Computation, Unexplained> {
        let day = days_between(deal.closed_on, cancelled_on);
        if day < 0 {
            return Err(Unexplained::CancelledBeforeClose);
        }
        let none = || Unexplained::NoRule {
            kind: "clawback",
            day: deal.closed_on,
        };
        let rule = self.in_force(Slot::Clawback, deal)?.ok_or_else(none)?;
        let Terms::Clawback(windows) = &rule.terms else {
            return Err(none());
        };
        let Some(last) = windows.last().filter(|_| ascend(windows)) else {
            let rule = rule.id.clone();
            return Err(Unexplained::BrokenRule { rule });
        };
        let over = Window {
            share: Rate(0),
            ..*last
        };
        let open = windows
            .iter()
            .find(|window| day <= i64::from(window.within_days))
            .unwrap_or(&over);
        let what = What::Clawback {
            earned,
            share: open.share,
            day,
            within: open.within_days,
        };
        let mut sheet = Sheet::on(earned);
        // Rounding is the same on both sides of zero, so this is the mirror of what was earned.
        sheet.write(what, Some(rule), product(earned, open.share)?.negated());
        let amount = sheet.total(self.rounding)?;
        Ok(sheet.done(amount))
    }
}

/// Whether each window ends after the one before.
pub(super) fn ascend(windows: &[Window]) -> bool {
    windows.is_sorted_by(|a, b| a.within_days < b.within_days)
}
