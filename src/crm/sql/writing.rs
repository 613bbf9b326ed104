//! Writing to tables: one statement each, which the database does once or not at all.

use super::{Either, SqlCrm, quoted};
use crate::crm::{
    CrmError, PartnerScope, Row,
    fields::Table,
    mapping::{Rendered, TableMapping},
    writing,
};
use sqlx::error::{DatabaseError, ErrorKind};
use std::collections::HashMap;

/// Types of columns that a text has to be cast to; texts need none.
type Types = HashMap<String, String>;

impl SqlCrm {
    /// Makes a record unless its id is taken. Two at a time are one: the id has to be unique, or the statement fails.
    pub(super) async fn insert(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        row: &Row,
    ) -> Result<(), CrmError> {
        let values = writing::of_new(table, scope, row)?;
        let mapped = self.written(table)?;
        let (key, owner) = (mapped.key(table)?, mapped.owner_key(table)?);
        let rendered = mapped.rendered(table, &values, &self.zone)?;
        let types = self.types(mapped).await.map_err(|error| refusal(table, error))?;
        let names: Vec<String> = rendered.iter().map(|one| quoted(one.field)).collect();
        let places = rendered
            .iter()
            .enumerate()
            .map(|(at, one)| place(at + 1, one.field, &types));
        let query = format!(
            "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({key}) DO NOTHING RETURNING CAST({key} AS TEXT)",
            quoted(&mapped.object),
            names.join(", "),
            places.collect::<Vec<_>>().join(", "),
            key = quoted(key),
        );
        let made = self
            .texts(query, texts(&rendered), 1)
            .await
            .map_err(|error| refusal(table, error))?;
        if !made.is_empty() {
            return Ok(());
        }
        let id = row.get("id").unwrap_or_default().trim();
        let query = format!(
            "SELECT CAST({} AS TEXT) FROM {} WHERE {} = {}",
            quoted(owner),
            quoted(&mapped.object),
            quoted(key),
            place(1, key, &types)
        );
        let known = self.texts(query, vec![id.to_owned()], 1).await?;
        match known.first().and_then(|row| row[0].as_deref()) == Some(scope.id()) {
            true => Ok(()),
            false => Err(CrmError::missing(table, id)),
        }
    }

    /// Changes the partner's record.
    pub(super) async fn set(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError> {
        let values = writing::of_change(table, scope, row)?;
        let mapped = self.written(table)?;
        let (key, owner) = (mapped.key(table)?, mapped.owner_key(table)?);
        let rendered = mapped.rendered(table, &values, &self.zone)?;
        let types = self.types(mapped).await.map_err(|error| refusal(table, error))?;
        let sets = rendered
            .iter()
            .enumerate()
            .map(|(at, one)| format!("{} = {}", quoted(one.field), place(at + 1, one.field, &types)));
        let query = format!(
            "UPDATE {} SET {} WHERE {key} = {} AND {} = {} RETURNING CAST({key} AS TEXT)",
            quoted(&mapped.object),
            sets.collect::<Vec<_>>().join(", "),
            place(rendered.len() + 1, key, &types),
            quoted(owner),
            place(rendered.len() + 2, owner, &types),
            key = quoted(key),
        );
        let mut bound = texts(&rendered);
        bound.extend([id.to_owned(), scope.id().to_owned()]);
        let changed = self
            .texts(query, bound, 1)
            .await
            .map_err(|error| refusal(table, error))?;
        match changed.is_empty() {
            true => Err(CrmError::missing(table, id)),
            false => Ok(()),
        }
    }

    /// The table where it may be written to.
    fn written(&self, table: &'static Table) -> Result<&TableMapping, CrmError> {
        if !self.is_writable {
            return Err(CrmError::unwritable(table, super::NOT_WRITABLE));
        }
        self.mapping
            .table(table)
            .ok_or_else(|| CrmError::unwritable(table, "the CRM has no such table"))
    }

    /// PostgreSQL takes a text for no date and no number; SQLite takes it for whatever its column is.
    async fn types(&self, mapped: &TableMapping) -> Result<Types, sqlx::Error> {
        if matches!(self.pool, Either::Sqlite(_)) {
            return Ok(Types::new());
        }
        // Without its length or precision: a cast would cut to those, an assignment refuses.
        let query = "SELECT CAST(a.attname AS TEXT), format_type(a.atttypid, NULL) \
                     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid \
                     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND t.typcategory <> 'S'";
        let found = self
            .texts(query.to_owned(), vec![quoted(&mapped.object)], 2)
            .await?;
        let named = found.into_iter().filter_map(|row| {
            let [name, kind] = <[Option<String>; 2]>::try_from(row).ok()?;
            name.zip(kind)
        });
        Ok(named.collect())
    }
}

/// The place of a value that is bound as text.
fn place(at: usize, field: &str, types: &Types) -> String {
    match types.get(field) {
        Some(kind) => format!("CAST(${at} AS {kind})"),
        None => format!("${at}"),
    }
}

fn texts(rendered: &[Rendered<'_>]) -> Vec<String> {
    rendered.iter().map(|one| one.value.text()).collect()
}

/// What a database refuses for good, apart from what may pass.
fn refusal(table: &'static Table, error: sqlx::Error) -> CrmError {
    match &error {
        sqlx::Error::Database(told) if is_final(told.as_ref()) => CrmError::unwritable(table, told.message()),
        _ => error.into(),
    }
}

fn is_final(told: &dyn DatabaseError) -> bool {
    let code = told.code().unwrap_or_default();
    // SQLite: wrong statements and files that are only read; PostgreSQL: wrong values, broken rules, wrong statements and
    // missing rights, transactions that only read.
    let is_known = |known: &str| match known.len() {
        2 => code.len() == 5 && code.starts_with(known),
        _ => code == known,
    };
    told.kind() != ErrorKind::Other || ["1", "8", "22", "23", "42", "25006"].into_iter().any(is_known)
}
