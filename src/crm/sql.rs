//! A CRM in SQL: the built-in one on our own database, or tables and views of a vendor's. With `sql/` the only place
//! of this module with SQL in it.
//!
//! Every value is read as text, to which both SQLite and PostgreSQL cast dates and exact numbers without loss, and
//! takes our form by the mapping, as the values of every other connection do.

mod obstacles;
mod writing;

use super::{
    Crm, CrmError, PartnerScope, Read, Row, Whose,
    fields::{Column, Kind, Table},
    mapping::{FieldMapping, Mapping, TableMapping},
    seed,
};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use sqlx::{
    AssertSqlSafe, ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, PgPool, Pool, Row as _,
    SqlitePool, Type,
};
use std::collections::BTreeSet;

/// Why a vendor's database is not written to.
const NOT_WRITABLE: &str = "`crm.sql.writable` is not set, so that it is only read";

/// Tables or views of one database.
#[derive(Debug, Clone)]
pub struct SqlCrm {
    pool: Either,
    mapping: Mapping,
    zone: TimeZone,
    is_writable: bool,
}

#[derive(Debug, Clone)]
enum Either {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl From<SqlitePool> for Either {
    fn from(pool: SqlitePool) -> Self {
        Self::Sqlite(pool)
    }
}

impl From<PgPool> for Either {
    fn from(pool: PgPool) -> Self {
        Self::Postgres(pool)
    }
}

impl From<sqlx::Error> for CrmError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

impl SqlCrm {
    /// The tables of `migrations/` that hold records, in a migrated database.
    #[must_use]
    pub fn built_in(pool: SqlitePool) -> Self {
        Self::new(pool, Mapping::same(), TimeZone::UTC).writable()
    }

    /// Tables or views of a vendor's, which are only read; `zone` is where moments become days.
    #[must_use]
    #[expect(private_bounds, reason = "the two kinds of pool, and no other")]
    pub fn new(pool: impl Into<Either>, mapping: Mapping, zone: TimeZone) -> Self {
        Self {
            pool: pool.into(),
            mapping,
            zone,
            is_writable: false,
        }
    }

    /// The same, written to as well.
    #[must_use]
    pub fn writable(mut self) -> Self {
        self.is_writable = true;
        self
    }

    /// All rows of a query whose columns are all texts.
    async fn texts(
        &self,
        query: String,
        bound: Vec<String>,
        width: usize,
    ) -> Result<Vec<Vec<Option<String>>>, sqlx::Error> {
        match &self.pool {
            Either::Sqlite(pool) => texts(pool, query, bound, width).await,
            Either::Postgres(pool) => texts(pool, query, bound, width).await,
        }
    }

    /// Puts `tables` in place of what the CRM holds, all or nothing. Tables come parents first.
    pub(super) async fn replace(&self, tables: &[seed::Filled]) -> Result<(), CrmError> {
        match &self.pool {
            Either::Sqlite(pool) => fill(pool, tables).await?,
            Either::Postgres(pool) => fill(pool, tables).await?,
        }
        Ok(())
    }
}

#[async_trait]
impl Crm for SqlCrm {
    async fn read(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError> {
        let Some(mapped) = self.mapping.table(table) else {
            return Ok(Read::now(Vec::new()));
        };
        let columns: Vec<(&Column, &FieldMapping)> = mapped.asked(table, whose).collect();
        let (query, owner) = select(table, mapped, &columns, whose)?;
        let found = self
            .texts(query, owner.into_iter().collect(), columns.len())
            .await?;
        let mut read = Read::now(Vec::with_capacity(found.len()));
        for values in &found {
            let held = |field: &FieldMapping| {
                let at = columns
                    .iter()
                    .position(|(_, known)| std::ptr::eq(*known, field))?;
                values[at].clone()
            };
            read.rows
                .push(mapped.row(table, whose, &self.zone, held, &mut read.slips)?);
        }
        Ok(read)
    }

    async fn create(&self, table: &'static Table, scope: &PartnerScope, row: &Row) -> Result<(), CrmError> {
        self.insert(table, scope, row).await
    }

    async fn update(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError> {
        self.set(table, scope, id, row).await
    }

    async fn obstacles(&self, table: &'static Table) -> Result<Vec<String>, CrmError> {
        self.stand_against(table).await
    }

    async fn schema(&self, table: &'static Table) -> Result<Option<BTreeSet<String>>, CrmError> {
        let Some(mapped) = self.mapping.table(table) else {
            return Ok(None);
        };
        let (query, of) = match &self.pool {
            Either::Sqlite(_) => ("SELECT name FROM pragma_table_info($1)", mapped.object.clone()),
            Either::Postgres(_) => (
                "SELECT CAST(attname AS TEXT) FROM pg_attribute \
                 WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
                quoted(&mapped.object),
            ),
        };
        let names = self.texts(query.to_owned(), vec![of], 1).await?;
        Ok(Some(names.into_iter().flatten().flatten().collect()))
    }

    fn keeps(&self, table: &Table) -> bool {
        self.mapping.table(table).is_some()
    }
}

/// The query for some rows of a table, and what its only place is bound to.
fn select(
    table: &'static Table,
    mapped: &TableMapping,
    columns: &[(&Column, &FieldMapping)],
    whose: Whose<'_>,
) -> Result<(String, Option<String>), CrmError> {
    let selected: Vec<String> = columns
        .iter()
        .map(|(_, field)| match &field.field {
            Some(name) => format!("CAST({} AS TEXT)", quoted(name)),
            None => "NULL".to_owned(),
        })
        .collect();
    let query = format!("SELECT {} FROM {}", selected.join(", "), quoted(&mapped.object));
    let Whose::Of(scope) = whose else {
        return Ok((query, None));
    };
    let owner = mapped.owner(table).and_then(|owner| owner.field.as_deref());
    let owner = owner.ok_or_else(|| CrmError::Unmapped {
        table: table.name,
        problem: "no column says whose a row is".to_owned(),
    })?;
    let query = format!("{query} WHERE {} = $1", quoted(owner));
    Ok((query, Some(scope.id().to_owned())))
}

/// A name from the mapping as SQL takes it: `"warehouse"."deals"`.
fn quoted(name: &str) -> String {
    let parts = name
        .split('.')
        .map(|part| format!("\"{}\"", part.replace('"', "\"\"")));
    parts.collect::<Vec<_>>().join(".")
}

/// All rows of a query whose columns are all texts.
async fn texts<DB: Database>(
    pool: &Pool<DB>,
    query: String,
    bound: Vec<String>,
    width: usize,
) -> Result<Vec<Vec<Option<String>>>, sqlx::Error>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'t> String: Type<DB> + Encode<'t, DB> + Decode<'t, DB>,
    for<'t> Option<String>: Decode<'t, DB>,
    DB::Arguments: IntoArguments<DB>,
    usize: ColumnIndex<DB::Row>,
{
    // Names come from `fields` and from the vendor's own settings, both quoted; values are bound.
    let mut prepared = sqlx::query(AssertSqlSafe(query));
    for value in bound {
        prepared = prepared.bind(value);
    }
    let rows = prepared.fetch_all(pool).await?;
    rows.iter()
        .map(|row| {
            (0..width)
                .map(|at| row.try_get::<Option<String>, _>(at))
                .collect()
        })
        .collect()
}

/// Replaces the rows of tables, all or nothing.
async fn fill<DB: Database>(pool: &Pool<DB>, tables: &[seed::Filled]) -> Result<(), sqlx::Error>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'t> Option<String>: Encode<'t, DB>,
    for<'t> i64: Type<DB> + Encode<'t, DB>,
    for<'t> Option<i64>: Encode<'t, DB>,
    String: Type<DB>,
    DB::Arguments: IntoArguments<DB>,
{
    let mut transaction = pool.begin().await?;
    for filled in tables.iter().rev() {
        let delete = format!("DELETE FROM {}", quoted(filled.table.name));
        sqlx::query(AssertSqlSafe(delete))
            .execute(&mut *transaction)
            .await?;
    }
    for filled in tables {
        let insert = insert(filled.table);
        for row in &filled.rows {
            let mut query = sqlx::query(AssertSqlSafe(insert.clone()));
            for (column, value) in filled.table.columns.iter().zip(row) {
                query = match column.kind {
                    // What is no number was refused when the file was read.
                    Kind::Minor | Kind::Rate | Kind::Percent | Kind::Number => {
                        query.bind(value.as_deref().and_then(|value| value.parse::<i64>().ok()))
                    }
                    Kind::Text | Kind::Choice | Kind::Date | Kind::Any => query.bind(value.clone()),
                };
            }
            query.execute(&mut *transaction).await?;
        }
    }
    transaction.commit().await
}

fn insert(table: &Table) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| quoted(column.name)).collect();
    let places: Vec<String> = (1..=names.len()).map(|at| format!("${at}")).collect();
    format!(
        "INSERT INTO {} ({}) VALUES ({})",
        quoted(table.name),
        names.join(", "),
        places.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{PartnerScope, fields};

    #[test]
    fn names_are_quoted_and_values_bound() {
        let mapping = Mapping::same();
        let mapped = mapping.table(&fields::CERTIFICATIONS).unwrap();
        let columns: Vec<_> = mapped.open(&fields::CERTIFICATIONS).take(2).collect();
        let scope = PartnerScope::whole("p' OR 1=1");
        let (query, owner) = select(&fields::CERTIFICATIONS, mapped, &columns, Whose::Of(&scope)).unwrap();
        assert_eq!(
            query,
            "SELECT CAST(\"id\" AS TEXT), CAST(\"partner_id\" AS TEXT) FROM \"certifications\" WHERE \"partner_id\" = $1"
        );
        assert_eq!(owner.as_deref(), Some("p' OR 1=1"));
        assert_eq!(quoted("dwh.de\"als"), "\"dwh\".\"de\"\"als\"");
    }
}
