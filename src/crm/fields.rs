//! The allow-list: which tables and columns of a CRM exist for us, and which of them partners may see.
//!
//! Queries are built from these lists, so a column that is not here, or is closed, never leaves the CRM. Opening one
//! is a word in this file and a field in `types`, both of which show up in a review.

/// A table of the CRM, whatever the CRM itself calls it.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name here, and in the built-in CRM.
    pub name: &'static str,
    /// The column that says whose a row is; none in the program's own tables.
    pub owner: Option<&'static str>,
    /// Its columns.
    pub columns: &'static [Column],
}

/// A column of a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name here, and in the built-in CRM.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a row may be without it.
    pub optional: bool,
    /// Whether partners never see it: no query asks for it.
    pub closed: bool,
}

/// What a column holds, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of a closed set, such as `closed_won`.
    Choice,
    /// A day, `2026-01-31`.
    Date,
    /// Whole minor units of the row's currency: cents.
    Minor,
    /// Whole basis points: 100 is 1 %.
    Rate,
    /// A whole number.
    Number,
}

impl Table {
    /// What may be read of it.
    pub fn open(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns.iter().filter(|column| !column.closed)
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        optional: false,
        closed: false,
    }
}

impl Column {
    const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    const fn closed(mut self) -> Self {
        self.closed = true;
        self
    }
}

use Kind::{Choice, Date, Minor, Number, Rate, Text};

/// The partner's own master data.
pub const PARTNERS: Table = Table {
    name: "partners",
    owner: Some("id"),
    columns: &[
        column("id", Text),
        column("name", Text),
        column("tier", Choice),
        column("type", Choice),
        column("region", Choice),
        column("country", Text).optional(),
        column("currency", Text),
        column("joined", Date),
        column("manager_name", Text).optional(),
        column("manager_email", Text).optional(),
        column("referral_code", Text).optional(),
        column("referral_url", Text).optional(),
    ],
};

/// Opportunities; margin, discount band and internal note stay with the vendor.
pub const OPPORTUNITIES: Table = Table {
    name: "opportunities",
    owner: Some("partner_id"),
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("name", Text),
        column("customer", Text),
        column("product", Text),
        column("motion", Choice),
        column("attribution", Choice),
        column("stage", Choice),
        column("amount_minor", Minor),
        column("currency", Text),
        column("created_on", Date),
        column("close_date", Date),
        column("next_step", Text).optional(),
        column("margin_bps", Rate).closed(),
        column("discount_band", Text).closed(),
        column("internal_note", Text).closed(),
    ],
};

/// Deal registrations; the reason is written for the partner.
pub const DEAL_REGISTRATIONS: Table = Table {
    name: "deal_registrations",
    owner: Some("partner_id"),
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("opportunity_id", Text).optional(),
        column("customer", Text),
        column("product", Text),
        column("status", Choice),
        column("submitted_on", Date),
        column("decided_on", Date).optional(),
        column("protected_until", Date).optional(),
        column("extensions", Number),
        column("reason", Text).optional(),
    ],
};

/// Entries of the partner's statements.
pub const COMMISSIONS: Table = Table {
    name: "commissions",
    owner: Some("partner_id"),
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("opportunity_id", Text),
        column("kind", Choice),
        column("base_minor", Minor),
        column("rate_bps", Rate),
        column("amount_minor", Minor),
        column("currency", Text),
        column("status", Choice),
        column("earned_on", Date),
        column("due_on", Date),
        column("paid_on", Date).optional(),
    ],
};

/// Certificates.
pub const CERTIFICATIONS: Table = Table {
    name: "certifications",
    owner: Some("partner_id"),
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("person", Text),
        column("certification", Text),
        column("earned_on", Date),
        column("expires_on", Date),
    ],
};

/// The program's tier rules.
pub const TIER_RULES: Table = Table {
    name: "tier_rules",
    owner: None,
    columns: &[
        column("tier", Choice),
        column("rank", Number),
        column("min_revenue_minor", Minor),
        column("currency", Text),
        column("min_certified", Number),
        column("min_won_deals", Number),
        column("effective_from", Date),
        column("effective_until", Date).optional(),
    ],
};

/// The program's rate table.
pub const COMMISSION_RATES: Table = Table {
    name: "commission_rates",
    owner: None,
    columns: &[
        column("tier", Choice),
        column("product", Text),
        column("motion", Choice),
        column("attribution", Choice),
        column("rate_bps", Rate),
        column("effective_from", Date),
        column("effective_until", Date).optional(),
    ],
};

/// Every table, parents first so that references hold.
pub const TABLES: [&Table; 7] = [
    &PARTNERS,
    &OPPORTUNITIES,
    &DEAL_REGISTRATIONS,
    &COMMISSIONS,
    &CERTIFICATIONS,
    &TIER_RULES,
    &COMMISSION_RATES,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_the_schema_is_decided_on() {
        let schema = include_str!("../../migrations/0001_crm.sql");
        for table in TABLES {
            let start = schema.find(&format!("CREATE TABLE {} (", table.name)).unwrap();
            let body = schema[start..].split(");").next().unwrap();
            let columns = body
                .lines()
                .skip(1)
                .filter_map(|line| line.split_whitespace().next())
                .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            let known = table.columns.iter().map(|column| column.name);
            assert!(columns.eq(known), "{}", table.name);
        }
    }

    #[test]
    fn what_is_closed_is_not_asked_for() {
        let open: Vec<&str> = OPPORTUNITIES.open().map(|column| column.name).collect();
        assert!(open.contains(&"next_step"));
        for closed in ["margin_bps", "discount_band", "internal_note"] {
            assert!(!open.contains(&closed), "{closed}");
        }
    }
}
