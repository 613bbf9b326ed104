//! The allow-list: which tables and columns of a CRM exist for us, which of them partners may see, and which we write.
//!
//! Queries are built from these lists, so a column that is not here, or is closed, never leaves the CRM. Opening one
//! is a word in this file and a field in `types`, both of which show up in a review. What is not marked as written is
//! never changed, whoever asks for it (`writing`).

/// A table of the CRM, whatever the CRM itself calls it.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name here, and in the built-in CRM.
    pub name: &'static str,
    /// The column that says which partner's a row is; none where rows are no partner's.
    pub owner: Option<&'static str>,
    /// Where it is kept.
    pub kept: Kept,
    /// Its columns.
    pub columns: &'static [Column],
}

/// Where a table is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// In the CRM, whichever is connected.
    InCrm,
    /// In our own database, always: the program's tables, for which no CRM has objects.
    AtHome,
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
    /// Whether we write it. An `id` is written once, with its record; whose a record is comes from the scope.
    pub written: bool,
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
    /// Whole percent, 0 to 100.
    Percent,
    /// A whole number.
    Number,
    /// A value of another column as its row names it: one of a closed set, a day, or an amount with decimals.
    Any,
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

    /// What may be written of it, besides whose it is.
    pub fn written(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns.iter().filter(|column| column.written)
    }

    /// Whether its rows are the partners themselves.
    #[must_use]
    pub fn is_partners(&self) -> bool {
        self.owner == Some("id")
    }

    /// Whether we make records of it: only where their id is ours to give.
    #[must_use]
    pub fn is_made(&self) -> bool {
        self.column("id").is_some_and(|id| id.written)
    }
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        optional: false,
        closed: false,
        written: false,
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

    const fn written(mut self) -> Self {
        assert!(!self.closed, "what partners never see is never written");
        self.written = true;
        self
    }
}

use Kind::{Any, Choice, Date, Minor, Number, Percent, Rate, Text};

/// The partner's own master data.
pub const PARTNERS: Table = Table {
    name: "partners",
    owner: Some("id"),
    kept: Kept::InCrm,
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
    kept: Kept::InCrm,
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("name", Text),
        column("customer", Text),
        column("product", Text),
        column("motion", Choice),
        column("attribution", Choice).written(),
        column("stage", Choice),
        column("amount_minor", Minor),
        column("currency", Text),
        column("created_on", Date),
        column("close_date", Date),
        column("next_step", Text).optional().written(),
        column("margin_bps", Rate).closed(),
        column("discount_band", Text).closed(),
        column("internal_note", Text).closed(),
        column("probability_pct", Percent).optional(),
        column("last_activity_on", Date).optional().written(),
    ],
};

/// What changed on opportunities, field by field.
pub const OPPORTUNITY_CHANGES: Table = Table {
    name: "opportunity_changes",
    owner: Some("partner_id"),
    kept: Kept::InCrm,
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("opportunity_id", Text),
        column("field", Choice),
        column("old_value", Any),
        column("new_value", Any),
        column("changed_on", Date),
    ],
};

/// Deal registrations; the reason is written for the partner.
pub const DEAL_REGISTRATIONS: Table = Table {
    name: "deal_registrations",
    owner: Some("partner_id"),
    kept: Kept::InCrm,
    columns: &[
        column("id", Text).written(),
        column("partner_id", Text),
        column("opportunity_id", Text).optional().written(),
        column("customer", Text).written(),
        column("product", Text).written(),
        column("status", Choice).written(),
        column("submitted_on", Date).written(),
        column("decided_on", Date).optional().written(),
        column("protected_until", Date).optional().written(),
        column("extensions", Number).written(),
        column("reason", Text).optional().written(),
        column("amount_minor", Minor).optional().written(),
        column("currency", Text).optional().written(),
        column("close_date", Date).optional().written(),
        column("domain", Text).optional().written(),
        column("contact", Text).optional().written(),
        column("contact_email", Text).optional().written(),
        column("need", Text).optional().written(),
        column("source", Text).optional().written(),
        column("proof", Text).optional().written(),
    ],
};

/// Entries of the partner's statements.
pub const COMMISSIONS: Table = Table {
    name: "commissions",
    owner: Some("partner_id"),
    kept: Kept::InCrm,
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
    kept: Kept::InCrm,
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("person", Text),
        column("certification", Text),
        column("earned_on", Date),
        column("expires_on", Date),
    ],
};

/// Market development funds.
pub const MDF_FUNDS: Table = Table {
    name: "mdf_funds",
    owner: Some("partner_id"),
    kept: Kept::InCrm,
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("name", Text),
        column("granted_minor", Minor),
        column("currency", Text),
        column("valid_from", Date),
        column("expires_on", Date),
    ],
};

/// What was asked of market development funds.
pub const MDF_CLAIMS: Table = Table {
    name: "mdf_claims",
    owner: Some("partner_id"),
    kept: Kept::InCrm,
    columns: &[
        column("id", Text).written(),
        column("partner_id", Text),
        column("fund_id", Text).written(),
        column("activity", Text).written(),
        column("amount_minor", Minor).written(),
        column("currency", Text).written(),
        column("status", Choice).written(),
        column("submitted_on", Date).written(),
        column("decided_on", Date).optional().written(),
        column("paid_on", Date).optional().written(),
    ],
};

/// What came of the partner's referral link, day by day.
pub const REFERRAL_ACTIVITY: Table = Table {
    name: "referral_activity",
    owner: Some("partner_id"),
    kept: Kept::InCrm,
    columns: &[
        column("id", Text),
        column("partner_id", Text),
        column("on_date", Date),
        column("clicks", Number),
        column("leads", Number),
    ],
};

/// Organisations that the vendor itself knows, for conflict checks: no partner's, so that none reads them.
pub const ACCOUNTS: Table = Table {
    name: "accounts",
    owner: None,
    kept: Kept::InCrm,
    columns: &[
        column("id", Text),
        column("name", Text),
        column("domain", Text).optional(),
        column("country", Text).optional(),
        column("parent", Text).optional(),
        column("status", Choice).optional(),
    ],
};

/// The program's tier rules.
pub const TIER_RULES: Table = Table {
    name: "tier_rules",
    owner: None,
    kept: Kept::AtHome,
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
    kept: Kept::AtHome,
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
pub const TABLES: [&Table; 12] = [
    &PARTNERS,
    &OPPORTUNITIES,
    &OPPORTUNITY_CHANGES,
    &DEAL_REGISTRATIONS,
    &COMMISSIONS,
    &CERTIFICATIONS,
    &MDF_FUNDS,
    &MDF_CLAIMS,
    &REFERRAL_ACTIVITY,
    &ACCOUNTS,
    &TIER_RULES,
    &COMMISSION_RATES,
];

#[cfg(test)]
mod tests;
