//! A period's deals on one sheet, and what of it is paid out.

use super::{
    compute::{Computation, Deal, Earlier, Unexplained},
    exact::Exact,
    lines::{Line, What},
    plan::{CommissionPlan, Slot, Terms},
    sheet::same_currency,
};
use crate::program::money::Money;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A won deal and its id, which decides who comes first among deals of one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Won<'a> {
    /// The deal's id in the CRM.
    pub id: &'a str,
    /// The deal.
    pub deal: Deal<'a>,
}

/// What deals come to, one by one and together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement<'a> {
    /// By close date, then by id.
    pub entries: Vec<Entry<'a>>,
    /// The sum of all entries and of what was brought forward.
    pub total: Money,
    /// What of the total is paid out.
    pub payout: Payout,
}

/// One deal on a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The deal.
    pub won: Won<'a>,
    /// Its commission.
    pub commission: Computation,
    /// Its SPIFFs by name.
    pub spiffs: BTreeMap<String, Computation>,
}

/// A total, parted into what is paid and what waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    /// Paid now; never negative.
    pub paid: Money,
    /// Brought forward to the next statement: less than a payout's minimum, or owed by the partner.
    pub carried_over: Money,
    /// Why something waits, where a minimum is the reason.
    pub line: Option<Line>,
}

impl CommissionPlan {
    /// The statement of one partner's deals. `before` are deals counted earlier in the same year, and
    /// `brought_forward` is what the last statement carried over, clawbacks deducted. The order of `deals` means
    /// nothing: they are counted by close date, then by id.
    ///
    /// # Errors
    /// The first deal, in that order, that the plan cannot explain; amounts of several currencies.
    pub fn statement<'a>(
        &self,
        deals: &[Won<'a>],
        before: &[Earlier<'a>],
        brought_forward: Money,
        issued_on: Date,
    ) -> Result<Statement<'a>, Unexplained> {
        let mut deals = deals.to_vec();
        // All of a deal is in the key, so that even two of the same id have one order.
        deals.sort_by_key(|won| (won.deal.closed_on, won.id, won.deal.terms, won.deal.base.minor));
        let mut counted = before.to_vec();
        let mut entries = Vec::with_capacity(deals.len());
        let mut total = i128::from(brought_forward.minor);
        for won in deals {
            same_currency(brought_forward.currency, won.deal.base.currency)?;
            let commission = self.commission(&won.deal, &counted)?;
            let spiffs = self.spiffs(&won.deal, &counted)?;
            let amounts = spiffs.values().chain([&commission]);
            total += amounts
                .map(|computation| i128::from(computation.amount.minor))
                .sum::<i128>();
            counted.push(Earlier::counted(won.deal, commission.amount, &spiffs));
            entries.push(Entry {
                won,
                commission,
                spiffs,
            });
        }
        let minor = i64::try_from(total).map_err(|_| Unexplained::TooLarge)?;
        let total = Money::new(minor, brought_forward.currency);
        Ok(Statement {
            entries,
            total,
            payout: self.payout(total, issued_on)?,
        })
    }

    /// What of a total is paid out by the minimum in force on `issued_on`.
    ///
    /// # Errors
    /// A minimum in another currency, or two at once.
    pub fn payout(&self, due: Money, issued_on: Date) -> Result<Payout, Unexplained> {
        let nothing = Money::new(0, due.currency);
        let mut payout = Payout {
            paid: nothing,
            carried_over: due,
            line: None,
        };
        if due.minor <= 0 {
            return Ok(payout);
        }
        if let Some(rule) = self.latest(Slot::MinimumPayout, issued_on, |_| true)?
            && let Terms::MinimumPayout(minimum) = &rule.terms
        {
            let minimum = minimum.in_currency(due.currency, rule)?;
            if due.minor < minimum.minor {
                payout.line = Some(Line {
                    what: What::CarriedOver { due, minimum },
                    rule: Some(rule.id.clone()),
                    result: Exact::from(nothing),
                });
                return Ok(payout);
            }
        }
        (payout.paid, payout.carried_over) = (due, nothing);
        Ok(payout)
    }
}
