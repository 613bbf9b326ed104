//! An entry of a statement as it is told: the deal it is on, how its amount came about, and why.

use super::{Explanation, Ledger};
use crate::{
    crm::{Commission, CommissionKind, Opportunity},
    program::{
        commission::{self, Difference, Line, Rule},
        date::long,
        tiers::capitalised,
    },
};
use std::collections::HashMap;

/// An entry with the partner's own deal it was earned on, if the CRM still has that.
pub struct Entry<'a> {
    /// What is booked.
    pub commission: &'a Commission,
    /// The deal.
    pub deal: Option<&'a Opportunity>,
    /// What the plan says of it, where there is one.
    pub explanation: Option<Explanation<'a>>,
}

impl<'a> Entry<'a> {
    /// The entries with their deals, not explained yet.
    #[must_use]
    pub fn all(deals: &'a [Opportunity], commissions: &'a [Commission]) -> Vec<Self> {
        let by_id: HashMap<&str, &Opportunity> = deals.iter().map(|deal| (deal.id.as_str(), deal)).collect();
        let entry = |commission: &'a Commission| Self {
            deal: by_id.get(commission.opportunity_id.as_str()).copied(),
            explanation: None,
            commission,
        };
        commissions.iter().map(entry).collect()
    }

    /// The same with what the plan says of it.
    pub fn explain(&mut self, ledger: &Ledger<'a>) {
        self.explanation = ledger.explain(self.commission);
    }

    /// How the amount came about: by the plan, line by line, or else by base and rate where they give it. A flat bonus
    /// has no rate to show.
    #[must_use]
    pub fn arithmetic(&self) -> Option<String> {
        let c = self.commission;
        if let Some(Explanation {
            computed: Ok(computed),
            difference: Difference::Same,
            ..
        }) = &self.explanation
        {
            let lines: Vec<String> = computed.lines.iter().map(Line::text).collect();
            return Some(lines.join("; "));
        }
        let computed = commission::amount(c.base, c.rate_bps).filter(|_| c.rate_bps != 0)?;
        let sum = commission::arithmetic(c.base, c.rate_bps, computed);
        let taken_back =
            c.kind == CommissionKind::Clawback && computed.minor.checked_neg() == Some(c.amount.minor);
        match computed == c.amount {
            true => Some(sum),
            false => taken_back.then(|| format!("{sum}, taken back ({})", c.amount)),
        }
    }

    /// Why it is that amount: the rule and where it is written; or that the plan gives another one.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let explanation = self.explanation.as_ref()?;
        match &explanation.difference {
            Difference::Same => {}
            Difference::DiffersBy { computed, .. } => {
                return Some(format!(
                    "By the commission plan it would be {computed}: the two differ, and the partner team is told."
                ));
            }
            // The rule is no reason for what it does not give.
            Difference::OtherCurrency { .. } | Difference::NotComputed(_) => return None,
        }
        let rule = described(explanation.rule?);
        let tier = explanation.tier.as_ref();
        let tier = tier.map(|tier| format!(" for {} partners", capitalised(tier)));
        Some(format!("Rule: {rule}{}.", tier.unwrap_or_default()))
    }
}

/// A rule as somebody finds it again: its passage and since when it holds.
#[must_use]
pub fn described(rule: &Rule) -> String {
    let since = format!("in force from {}", long(rule.effective_from));
    match &rule.source {
        Some(source) => format!("{}, “{}”, {since}", source.document, source.heading),
        None => format!("{}, {since}", rule.id),
    }
}
