//! The allow-list: which columns of the CRM exist as far as partners are concerned.
//!
//! Queries are built from these lists, so a column that is not here never leaves the database. Opening one is a
//! line in this file and a field in `types`, both of which show up in a review.

/// What may be read of a table.
#[derive(Debug)]
pub struct Open {
    /// The table.
    pub table: &'static str,
    /// Its columns that partners may see. `partner_id` is read only to check whose row it is.
    pub columns: &'static [&'static str],
}

/// The partner's own master data.
pub const PARTNERS: Open = Open {
    table: "partners",
    columns: &[
        "id",
        "name",
        "tier",
        "type",
        "region",
        "country",
        "currency",
        "joined",
        "manager_name",
        "manager_email",
        "referral_code",
        "referral_url",
    ],
};

/// Opportunities without margin, discount band and internal note.
pub const OPPORTUNITIES: Open = Open {
    table: "opportunities",
    columns: &[
        "id",
        "partner_id",
        "name",
        "customer",
        "product",
        "motion",
        "attribution",
        "stage",
        "amount_minor",
        "currency",
        "created_on",
        "close_date",
        "next_step",
    ],
};

/// Deal registrations; the reason is written for the partner.
pub const DEAL_REGISTRATIONS: Open = Open {
    table: "deal_registrations",
    columns: &[
        "id",
        "partner_id",
        "opportunity_id",
        "customer",
        "product",
        "status",
        "submitted_on",
        "decided_on",
        "protected_until",
        "extensions",
        "reason",
    ],
};

/// Entries of the partner's statements.
pub const COMMISSIONS: Open = Open {
    table: "commissions",
    columns: &[
        "id",
        "partner_id",
        "opportunity_id",
        "kind",
        "base_minor",
        "rate_bps",
        "amount_minor",
        "currency",
        "status",
        "earned_on",
        "due_on",
        "paid_on",
    ],
};

/// Certificates.
pub const CERTIFICATIONS: Open = Open {
    table: "certifications",
    columns: &[
        "id",
        "partner_id",
        "person",
        "certification",
        "earned_on",
        "expires_on",
    ],
};

/// The program's tier rules.
pub const TIER_RULES: Open = Open {
    table: "tier_rules",
    columns: &[
        "tier",
        "rank",
        "min_revenue_minor",
        "currency",
        "min_certified",
        "min_won_deals",
        "effective_from",
        "effective_until",
    ],
};

/// The program's rate table.
pub const COMMISSION_RATES: Open = Open {
    table: "commission_rates",
    columns: &[
        "tier",
        "product",
        "motion",
        "attribution",
        "rate_bps",
        "effective_from",
        "effective_until",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns that partners never see. A new column has to be put here or in a list above.
    const CLOSED: [(&str, &str); 3] = [
        ("opportunities", "margin_bps"),
        ("opportunities", "discount_band"),
        ("opportunities", "internal_note"),
    ];

    #[test]
    fn every_column_of_the_schema_is_decided_on() {
        let schema = include_str!("../../migrations/0001_crm.sql");
        for open in [
            PARTNERS,
            OPPORTUNITIES,
            DEAL_REGISTRATIONS,
            COMMISSIONS,
            CERTIFICATIONS,
            TIER_RULES,
            COMMISSION_RATES,
        ] {
            let start = schema.find(&format!("CREATE TABLE {} (", open.table)).unwrap();
            let body = schema[start..].split(");").next().unwrap();
            let mut columns: Vec<&str> = body
                .lines()
                .skip(1)
                .filter_map(|line| line.split_whitespace().next())
                .filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
                .collect();
            columns.retain(|column| !CLOSED.contains(&(open.table, column)));
            assert_eq!(columns, open.columns, "{}", open.table);
        }
    }
}
