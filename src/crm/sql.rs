//! The built-in CRM on our own database. The only file of this module with SQL in it.
//!
//! Scope is enforced twice: the query asks for one partner's rows, and what comes back is checked row by row. A
//! row of somebody else is dropped and reported, because it means that the query or the database is wrong.

use super::{
    Attribution, Certification, Commission, Crm, CrmError, DealRegistration, Motion, Opportunity, Partner,
    PartnerScope,
    fields::{self, Open},
    seed::{Cell, Table},
};
use crate::program::{commission::RateRule, money::Currency, money::Money, tiers::TierRule};
use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row, SqlitePool, sqlite::SqliteRow};
use std::str::FromStr;

/// The CRM tables of `migrations/0001_crm.sql`.
#[derive(Debug, Clone)]
pub struct SqlCrm {
    pool: SqlitePool,
}

impl From<sqlx::Error> for CrmError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl SqlCrm {
    /// A CRM on a migrated database.
    #[must_use]
    pub fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Puts `tables` in place of what the CRM holds, all or nothing. Tables come parents first.
    pub(super) async fn replace(&self, tables: &[Table]) -> Result<(), CrmError> {
        let mut transaction = self.pool.begin().await?;
        for table in tables.iter().rev() {
            sqlx::query(AssertSqlSafe(format!("DELETE FROM {}", table.name)))
                .execute(&mut *transaction)
                .await?;
        }
        for table in tables {
            let places: Vec<String> = (1..=table.columns.len()).map(|at| format!("${at}")).collect();
            // Names are constants of `seed`, never read from a file.
            let insert = format!(
                "INSERT INTO {} ({}) VALUES ({})",
                table.name,
                table.columns.join(", "),
                places.join(", ")
            );
            for row in &table.rows {
                let mut query = sqlx::query(AssertSqlSafe(insert.clone()));
                for cell in row {
                    query = match cell {
                        Cell::Text(text) => query.bind(text.as_deref()),
                        Cell::Number(number) => query.bind(*number),
                    };
                }
                query.execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }

    /// One partner's rows of a table, each checked to be its own.
    async fn own<T>(
        &self,
        scope: &PartnerScope,
        open: &Open,
        order: &'static str,
        read: fn(&Columns<'_>) -> Result<T, CrmError>,
    ) -> Result<Vec<T>, CrmError> {
        let query = format!(
            "SELECT {} FROM {} WHERE partner_id = $1 {order}",
            open.columns.join(", "),
            open.table
        );
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(scope.id())
            .fetch_all(&self.pool)
            .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let columns = Columns {
                row,
                table: open.table,
            };
            found.push((columns.text("partner_id")?, read(&columns)?));
        }
        Ok(keep_own(found, scope, open.table))
    }

    /// All rows of a table that belongs to no partner.
    async fn all<T>(
        &self,
        open: &Open,
        order: &'static str,
        read: fn(&Columns<'_>) -> Result<T, CrmError>,
    ) -> Result<Vec<T>, CrmError> {
        let query = format!("SELECT {} FROM {} {order}", open.columns.join(", "), open.table);
        let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(&self.pool).await?;
        rows.iter()
            .map(|row| {
                read(&Columns {
                    row,
                    table: open.table,
                })
            })
            .collect()
    }
}

#[async_trait]
impl Crm for SqlCrm {
    async fn partner(&self, id: &str) -> Result<Option<Partner>, CrmError> {
        let query = format!(
            "SELECT {} FROM partners WHERE id = $1",
            fields::PARTNERS.columns.join(", ")
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| {
            partner(&Columns {
                row: &row,
                table: "partners",
            })
        })
        .transpose()
    }

    async fn partners(&self) -> Result<Vec<Partner>, CrmError> {
        self.all(&fields::PARTNERS, "ORDER BY name, id", partner).await
    }

    async fn opportunities(&self, scope: &PartnerScope) -> Result<Vec<Opportunity>, CrmError> {
        self.own(
            scope,
            &fields::OPPORTUNITIES,
            "ORDER BY close_date, id",
            opportunity,
        )
        .await
    }

    async fn deal_registrations(&self, scope: &PartnerScope) -> Result<Vec<DealRegistration>, CrmError> {
        self.own(
            scope,
            &fields::DEAL_REGISTRATIONS,
            "ORDER BY submitted_on DESC, id DESC",
            deal_registration,
        )
        .await
    }

    async fn commissions(&self, scope: &PartnerScope) -> Result<Vec<Commission>, CrmError> {
        self.own(
            scope,
            &fields::COMMISSIONS,
            "ORDER BY earned_on DESC, id DESC",
            commission,
        )
        .await
    }

    async fn certifications(&self, scope: &PartnerScope) -> Result<Vec<Certification>, CrmError> {
        self.own(
            scope,
            &fields::CERTIFICATIONS,
            "ORDER BY expires_on, id",
            certification,
        )
        .await
    }

    async fn tier_rules(&self) -> Result<Vec<TierRule>, CrmError> {
        self.all(&fields::TIER_RULES, "ORDER BY rank, effective_from", tier_rule)
            .await
    }

    async fn commission_rates(&self) -> Result<Vec<RateRule>, CrmError> {
        self.all(
            &fields::COMMISSION_RATES,
            "ORDER BY effective_from, tier, product",
            rate_rule,
        )
        .await
    }
}

/// Drops rows that carry another partner's id, and says so where operators look.
fn keep_own<T>(rows: Vec<(String, T)>, scope: &PartnerScope, table: &'static str) -> Vec<T> {
    let before = rows.len();
    let own: Vec<T> = rows
        .into_iter()
        .filter(|(owner, _)| owner == scope.id())
        .map(|(_, row)| row)
        .collect();
    let dropped = before - own.len();
    if dropped > 0 {
        tracing::error!(
            partner.id = scope.id(),
            crm.table = table,
            rows.dropped = dropped,
            "dropped {dropped} rows of {table} that belong to another partner"
        );
    }
    own
}

/// A row, read by column name into typed values.
struct Columns<'r> {
    row: &'r SqliteRow,
    table: &'static str,
}

impl Columns<'_> {
    fn text(&self, column: &'static str) -> Result<String, CrmError> {
        Ok(self.row.try_get(column)?)
    }

    fn optional(&self, column: &'static str) -> Result<Option<String>, CrmError> {
        Ok(self
            .row
            .try_get::<Option<String>, _>(column)?
            .filter(|text| !text.is_empty()))
    }

    fn number(&self, column: &'static str) -> Result<i64, CrmError> {
        Ok(self.row.try_get(column)?)
    }

    fn parsed<T: FromStr<Err: ToString>>(&self, column: &'static str) -> Result<T, CrmError> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|error: T::Err| self.malformed(column, error.to_string()))
    }

    fn optional_date(&self, column: &'static str) -> Result<Option<Date>, CrmError> {
        let text = self.optional(column)?;
        text.map(|text| {
            text.parse()
                .map_err(|e: jiff::Error| self.malformed(column, e.to_string()))
        })
        .transpose()
    }

    fn money(&self, column: &'static str) -> Result<Money, CrmError> {
        Ok(Money::new(
            self.number(column)?,
            self.parsed::<Currency>("currency")?,
        ))
    }

    fn malformed(&self, column: &'static str, problem: String) -> CrmError {
        let id = self.row.try_get("id").unwrap_or_default();
        CrmError::Malformed {
            table: self.table,
            id,
            column,
            problem,
        }
    }
}

fn partner(row: &Columns<'_>) -> Result<Partner, CrmError> {
    Ok(Partner {
        id: row.text("id")?,
        name: row.text("name")?,
        tier: row.text("tier")?,
        kind: row.parsed("type")?,
        region: row.text("region")?,
        country: row.text("country")?,
        currency: row.parsed("currency")?,
        joined: row.parsed("joined")?,
        manager_name: row.text("manager_name")?,
        manager_email: row.text("manager_email")?,
        referral_code: row.text("referral_code")?,
        referral_url: row.text("referral_url")?,
    })
}

fn opportunity(row: &Columns<'_>) -> Result<Opportunity, CrmError> {
    Ok(Opportunity {
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
        next_step: row.optional("next_step")?,
    })
}

fn deal_registration(row: &Columns<'_>) -> Result<DealRegistration, CrmError> {
    Ok(DealRegistration {
        id: row.text("id")?,
        opportunity_id: row.optional("opportunity_id")?,
        customer: row.text("customer")?,
        product: row.text("product")?,
        status: row.parsed("status")?,
        submitted_on: row.parsed("submitted_on")?,
        decided_on: row.optional_date("decided_on")?,
        protected_until: row.optional_date("protected_until")?,
        extensions: row.number("extensions")?,
        reason: row.optional("reason")?,
    })
}

fn commission(row: &Columns<'_>) -> Result<Commission, CrmError> {
    Ok(Commission {
        id: row.text("id")?,
        opportunity_id: row.text("opportunity_id")?,
        kind: row.parsed("kind")?,
        base: row.money("base_minor")?,
        rate_bps: row.number("rate_bps")?,
        amount: row.money("amount_minor")?,
        status: row.parsed("status")?,
        earned_on: row.parsed("earned_on")?,
        due_on: row.parsed("due_on")?,
        paid_on: row.optional_date("paid_on")?,
    })
}

fn certification(row: &Columns<'_>) -> Result<Certification, CrmError> {
    Ok(Certification {
        id: row.text("id")?,
        person: row.text("person")?,
        certification: row.text("certification")?,
        earned_on: row.parsed("earned_on")?,
        expires_on: row.parsed("expires_on")?,
    })
}

fn tier_rule(row: &Columns<'_>) -> Result<TierRule, CrmError> {
    Ok(TierRule {
        tier: row.text("tier")?,
        rank: row.number("rank")?,
        min_revenue: row.money("min_revenue_minor")?,
        min_certified: row.number("min_certified")?,
        min_won_deals: row.number("min_won_deals")?,
        effective_from: row.parsed("effective_from")?,
        effective_until: row.optional_date("effective_until")?,
    })
}

fn rate_rule(row: &Columns<'_>) -> Result<RateRule, CrmError> {
    Ok(RateRule {
        tier: row.text("tier")?,
        product: row.text("product")?,
        motion: row.parsed::<Motion>("motion")?.as_str().to_owned(),
        attribution: row.parsed::<Attribution>("attribution")?.as_str().to_owned(),
        rate_bps: row.number("rate_bps")?,
        effective_from: row.parsed("effective_from")?,
        effective_until: row.optional_date("effective_until")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_others_are_dropped() {
        let rows = vec![
            ("p-001".to_owned(), 1),
            ("p-002".to_owned(), 2),
            ("P-001".to_owned(), 3),
        ];
        assert_eq!(
            keep_own(rows, &PartnerScope("p-001".to_owned()), "opportunities"),
            [1]
        );
    }
}
