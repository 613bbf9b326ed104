//! A row as a connection returns it, and how it becomes a record.
//!
//! Connections return text in the form that `fields::Kind` names; this file alone turns it into typed records, so a
//! date that is none or an unknown stage is found out in one way, whatever CRM it came from.

use super::{
    Attribution, Certification, Change, Commission, CrmError, DealRegistration, MdfClaim, MdfFund, Motion,
    Opportunity, OpportunityChange, Partner, ReferralActivity,
    fields::{self, Table},
};
use crate::program::{
    commission::RateRule,
    money::{Currency, Money},
    tiers::TierRule,
};
use std::{collections::HashMap, str::FromStr};

/// Values by the name of their column. A value that is missing has no entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row(HashMap<&'static str, String>);

impl Row {
    /// The value of a column; nothing where it is empty.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&str> {
        self.0.get(column).map(String::as_str)
    }

    /// The names of the columns that have a value, in no order.
    pub(super) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

impl FromIterator<(&'static str, String)> for Row {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(values: I) -> Self {
        Self(
            values
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect(),
        )
    }
}

/// A record that a row can become.
pub(super) trait Record: Sized {
    /// The table that it is a row of.
    const TABLE: &'static Table;

    /// Reads a row of its table.
    fn read(row: &Columns<'_>) -> Result<Self, CrmError>;
}

/// A row as a record.
pub(super) fn typed<T: Record>(row: &Row) -> Result<T, CrmError> {
    T::read(&Columns { row, table: T::TABLE })
}

/// A row of a table, read by column name into typed values.
pub(super) struct Columns<'r> {
    row: &'r Row,
    table: &'static Table,
}

impl Columns<'_> {
    pub(super) fn text(&self, column: &'static str) -> Result<String, CrmError> {
        self.optional(column)
            .ok_or_else(|| self.malformed(column, "nothing".to_owned()))
    }

    pub(super) fn optional(&self, column: &'static str) -> Option<String> {
        self.row.get(column).map(str::to_owned)
    }

    fn number(&self, column: &'static str) -> Result<i64, CrmError> {
        self.parsed(column)
    }

    fn parsed<T: FromStr<Err: ToString>>(&self, column: &'static str) -> Result<T, CrmError> {
        self.parse(column, &self.text(column)?)
    }

    pub(super) fn optional_parsed<T: FromStr<Err: ToString>>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, CrmError> {
        let text = self.optional(column);
        text.map(|text| self.parse(column, &text)).transpose()
    }

    fn parse<T: FromStr<Err: ToString>>(&self, column: &'static str, text: &str) -> Result<T, CrmError> {
        text.parse()
            .map_err(|error: T::Err| self.malformed(column, format!("{text:?}: {}", error.to_string())))
    }

    fn money(&self, column: &'static str) -> Result<Money, CrmError> {
        Ok(Money::new(
            self.number(column)?,
            self.parsed::<Currency>("currency")?,
        ))
    }

    pub(super) fn optional_money(&self, column: &'static str) -> Result<Option<Money>, CrmError> {
        self.row.get(column).map(|_| self.money(column)).transpose()
    }

    fn malformed(&self, column: &'static str, problem: String) -> CrmError {
        CrmError::Malformed {
            table: self.table.name,
            id: self.optional("id").unwrap_or_default(),
            column,
            problem,
        }
    }
}

impl Record for Partner {
    const TABLE: &'static Table = &fields::PARTNERS;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.text("id")?,
            name: row.text("name")?,
            tier: row.text("tier")?,
            kind: row.parsed("type")?,
            region: row.text("region")?,
            country: row.optional("country").unwrap_or_default(),
            currency: row.parsed("currency")?,
            joined: row.parsed("joined")?,
            manager_name: row.optional("manager_name").unwrap_or_default(),
            manager_email: row.optional("manager_email").unwrap_or_default(),
            referral_code: row.optional("referral_code").unwrap_or_default(),
            referral_url: row.optional("referral_url").unwrap_or_default(),
        })
    }
}

impl Record for Opportunity {
    const TABLE: &'static Table = &fields::OPPORTUNITIES;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.text("id")?,
            name: row.text("name")?,
            customer: row.text("customer")?,
            product: row.text("product")?,
            motion: row.parsed("motion")?,
            attribution: row.parsed("attribution")?,
            stage: row.parsed("stage")?,
            amount: row.money("amount_minor")?,
            created_on: row.parsed("created_on")?,
            close_date: row.parsed("close_date")?,
            next_step: row.optional("next_step"),
            probability_pct: row.optional_parsed("probability_pct")?,
            last_activity_on: row.optional_parsed("last_activity_on")?,
        })
    }
}

impl Record for OpportunityChange {
    const TABLE: &'static Table = &fields::OPPORTUNITY_CHANGES;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        let change = match row.text("field")?.as_str() {
            "stage" => Change::Stage(row.parsed("old_value")?, row.parsed("new_value")?),
            "amount" => Change::Amount(row.parsed("old_value")?, row.parsed("new_value")?),
            "close_date" => Change::CloseDate(row.parsed("old_value")?, row.parsed("new_value")?),
            other => return Err(row.malformed("field", format!("{other:?}, which is not kept track of"))),
        };
        Ok(Self {
            id: row.text("id")?,
            opportunity_id: row.text("opportunity_id")?,
            change,
            changed_on: row.parsed("changed_on")?,
        })
    }
}

impl Record for DealRegistration {
    const TABLE: &'static Table = &fields::DEAL_REGISTRATIONS;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.text("id")?,
            opportunity_id: row.optional("opportunity_id"),
            customer: row.text("customer")?,
            product: row.text("product")?,
            status: row.parsed("status")?,
            submitted_on: row.parsed("submitted_on")?,
            decided_on: row.optional_parsed("decided_on")?,
            protected_until: row.optional_parsed("protected_until")?,
            extensions: row.number("extensions")?,
            reason: row.optional("reason"),
            amount: row.optional_money("amount_minor")?,
            close_date: row.optional_parsed("close_date")?,
            domain: row.optional("domain"),
            contact: row.optional("contact"),
            contact_email: row.optional("contact_email"),
            need: row.optional("need"),
            source: row.optional("source"),
            proof: row.optional("proof"),
        })
    }
}

impl Record for Commission {
    const TABLE: &'static Table = &fields::COMMISSIONS;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.text("id")?,
            opportunity_id: row.text("opportunity_id")?,
            kind: row.parsed("kind")?,
            base: row.money("base_minor")?,
            rate_bps: row.number("rate_bps")?,
            amount: row.money("amount_minor")?,
            status: row.parsed("status")?,
            earned_on: row.parsed("earned_on")?,
            due_on: row.parsed("due_on")?,
            paid_on: row.optional_parsed("paid_on")?,
        })
    }
}

impl Record for Certification {
    const TABLE: &'static Table = &fields::CERTIFICATIONS;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.text("id")?,
            person: row.text("person")?,
            certification: row.text("certification")?,
            earned_on: row.parsed("earned_on")?,
            expires_on: row.parsed("expires_on")?,
        })
    }
}

impl Record for MdfFund {
    const TABLE: &'static Table = &fields::MDF_FUNDS;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.text("id")?,
            name: row.text("name")?,
            granted: row.money("granted_minor")?,
            valid_from: row.parsed("valid_from")?,
            expires_on: row.parsed("expires_on")?,
        })
    }
}

impl Record for MdfClaim {
    const TABLE: &'static Table = &fields::MDF_CLAIMS;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            id: row.text("id")?,
            fund_id: row.text("fund_id")?,
            activity: row.text("activity")?,
            amount: row.money("amount_minor")?,
            status: row.parsed("status")?,
            submitted_on: row.parsed("submitted_on")?,
            decided_on: row.optional_parsed("decided_on")?,
            paid_on: row.optional_parsed("paid_on")?,
        })
    }
}

impl Record for ReferralActivity {
    const TABLE: &'static Table = &fields::REFERRAL_ACTIVITY;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            on_date: row.parsed("on_date")?,
            clicks: row.number("clicks")?,
            leads: row.number("leads")?,
        })
    }
}

impl Record for TierRule {
    const TABLE: &'static Table = &fields::TIER_RULES;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            tier: row.text("tier")?,
            rank: row.number("rank")?,
            min_revenue: row.money("min_revenue_minor")?,
            min_certified: row.number("min_certified")?,
            min_won_deals: row.number("min_won_deals")?,
            effective_from: row.parsed("effective_from")?,
            effective_until: row.optional_parsed("effective_until")?,
        })
    }
}

impl Record for RateRule {
    const TABLE: &'static Table = &fields::COMMISSION_RATES;

    fn read(row: &Columns<'_>) -> Result<Self, CrmError> {
        Ok(Self {
            tier: row.text("tier")?,
            product: row.text("product")?,
            motion: row.parsed::<Motion>("motion")?.as_str().to_owned(),
            attribution: row.parsed::<Attribution>("attribution")?.as_str().to_owned(),
            rate_bps: row.number("rate_bps")?,
            effective_from: row.parsed("effective_from")?,
            effective_until: row.optional_parsed("effective_until")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(values: &[(&'static str, &str)]) -> Result<Certification, CrmError> {
        let whole = [
            ("id", "x-1"),
            ("partner_id", "p-001"),
            ("person", "Ada Able"),
            ("certification", "Sales"),
            ("earned_on", "2026-01-31"),
            ("expires_on", "2027-01-31"),
        ];
        let row: Row = whole
            .iter()
            .chain(values)
            .map(|(column, value)| (*column, (*value).to_owned()))
            .collect();
        typed(&row)
    }

    #[test]
    fn a_value_that_is_not_its_columns_says_which() {
        assert_eq!(certificate(&[]).unwrap().person, "Ada Able");
        let check = |values: &[(&'static str, &str)], expected: &str| {
            let told = certificate(values).unwrap_err().to_string();
            assert!(told.starts_with(expected), "{told}");
        };
        check(
            &[("earned_on", "31.01.2026")],
            "certifications \"x-1\": column earned_on holds \"31.01.2026\": ",
        );
    }
}
