//! What may be written: a row is held against `fields`, and each value against its column, before anything is sent.
//!
//! Whose a record is never comes from a row. What passes here reads back as the record that it was.

use super::{
    Attribution, CrmError, MdfStatus, PartnerScope, RegistrationStatus, Row,
    fields::{Column, Kind, Table},
};
use crate::program::money::Currency;
use jiff::civil::Date;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Columns with what they are to hold, in the table's order.
pub(super) type Values<'r> = Vec<(&'static Column, &'r str)>;

/// Tables whose ids a CRM is known to take once.
#[derive(Debug, Default)]
pub(super) struct Proven(Mutex<BTreeSet<&'static str>>);

impl Proven {
    pub(super) fn has(&self, table: &Table) -> bool {
        self.known().contains(table.name)
    }

    pub(super) fn add(&self, table: &Table) {
        self.known().insert(table.name);
    }

    fn known(&self) -> MutexGuard<'_, BTreeSet<&'static str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The values of a new record, the partner's id and its own among them.
///
/// # Errors
/// [`CrmError::Unwritable`] for a table whose records are not made here, a column that is not written, a value that is
/// not its column's, or one without which no record is one.
pub(super) fn of_new<'r>(
    table: &'static Table,
    scope: &'r PartnerScope,
    row: &'r Row,
) -> Result<Values<'r>, CrmError> {
    let owner = owner(table)?;
    if !table.is_made() {
        return Err(CrmError::unwritable(table, "its records are not made here"));
    }
    let mut values = checked(table, scope, row)?;
    values.push((owner, scope.id()));
    let missing = table
        .columns
        .iter()
        .filter(|column| !column.optional && !column.closed)
        .find(|column| values.iter().all(|(known, _)| known != column));
    match missing {
        Some(column) => Err(CrmError::unwritable(
            table,
            format!("no record can be without {}", column.name),
        )),
        None => Ok(values),
    }
}

/// The values of a change.
///
/// # Errors
/// As [`of_new`], but nothing is missed; and for an id, which never changes.
pub(super) fn of_change<'r>(
    table: &'static Table,
    scope: &PartnerScope,
    row: &'r Row,
) -> Result<Values<'r>, CrmError> {
    owner(table)?;
    let values = checked(table, scope, row)?;
    match values.first() {
        None => Err(CrmError::unwritable(table, "there is nothing to write")),
        Some((column, _)) if column.name == "id" => Err(CrmError::unwritable(table, "a record keeps its id")),
        Some(_) => Ok(values),
    }
}

/// The values that a choice of ours may have; none where any text does.
pub(super) fn choices(table: &Table, column: &Column) -> Vec<&'static str> {
    match (table.name, column.name) {
        ("deal_registrations", "status") => names(RegistrationStatus::ALL, RegistrationStatus::as_str),
        ("mdf_claims", "status") => names(MdfStatus::ALL, MdfStatus::as_str),
        ("opportunities", "attribution") => names(Attribution::ALL, Attribution::as_str),
        _ => Vec::new(),
    }
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| name(*one)).collect()
}

/// A record of a CRM that gives ids of its own, as it is found by ours.
pub(super) struct Known {
    /// The CRM's.
    pub(super) id: String,
    /// Ours, as it is written there.
    pub(super) key: Option<String>,
    /// The partner's id.
    pub(super) owner: Option<String>,
}

impl Known {
    /// The CRM's id of it, if it is the partner's; an id that is only alike (capitals do not count everywhere) is
    /// another's.
    pub(super) fn of(
        self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
    ) -> Result<String, CrmError> {
        match self.owner.as_deref() == Some(scope.id()) && self.key.as_deref() == Some(id) {
            true => Ok(self.id),
            false => Err(CrmError::missing(table, id)),
        }
    }
}

/// Inserts a record unless `look` finds one with its id. What is refused as a double is looked at: it may be this very
/// one, made by an attempt whose answer was lost.
pub(super) async fn insert_once<L, I>(
    (table, scope, id): (&'static Table, &PartnerScope, &str),
    look: impl Fn() -> L,
    insert: impl FnOnce() -> I,
) -> Result<(), CrmError>
where
    L: Future<Output = Result<Option<Known>, CrmError>>,
    I: Future<Output = Result<Value, CrmError>>,
{
    if let Some(known) = look().await? {
        return known.of(table, scope, id).map(drop);
    }
    match insert().await {
        Err(refused @ (CrmError::Unmapped { .. } | CrmError::Refused(_))) => match look().await? {
            Some(known) => known.of(table, scope, id).map(drop),
            None => Err(refused),
        },
        made => made.map(drop),
    }
}

fn owner(table: &'static Table) -> Result<&'static Column, CrmError> {
    let owner = table.owner.and_then(|owner| table.column(owner));
    owner.ok_or_else(|| CrmError::unwritable(table, "its records are no partner's"))
}

fn checked<'r>(table: &'static Table, scope: &PartnerScope, row: &'r Row) -> Result<Values<'r>, CrmError> {
    for name in row.columns() {
        let column = table.column(name).filter(|column| column.written);
        if column.is_none_or(|column| !scope.admits(table, column)) {
            return Err(CrmError::unwritable(
                table,
                format!("{name} is not written for partners"),
            ));
        }
    }
    let mut values = Values::new();
    for column in table.written() {
        let Some(value) = row
            .get(column.name)
            .map(str::trim)
            .filter(|value| !value.is_empty())
        else {
            continue;
        };
        fits(table, column, value).map_err(|expected| {
            CrmError::unwritable(table, format!("{} is {value:?} and not {expected}", column.name))
        })?;
        values.push((column, value));
    }
    Ok(values)
}

/// The error is what the value should be.
fn fits(table: &Table, column: &Column, value: &str) -> Result<(), String> {
    let whole = || value.parse::<i64>().map(|number| number.to_string()) == Ok(value.to_owned());
    let (is_right, expected) = match column.kind {
        Kind::Text if column.name == "currency" => (value.parse::<Currency>().is_ok(), "a currency"),
        Kind::Text | Kind::Any => (true, "a text"),
        Kind::Choice => {
            let choices = choices(table, column);
            return match choices.contains(&value) {
                true => Ok(()),
                false => Err(format!("one of {}", choices.join(", "))),
            };
        }
        Kind::Date => (
            value.parse::<Date>().is_ok_and(|day| day.to_string() == value),
            "a date",
        ),
        Kind::Percent => (
            value.parse::<u8>().is_ok_and(|percent| percent <= 100),
            "a percentage",
        ),
        Kind::Minor | Kind::Rate | Kind::Number => (whole(), "a whole number"),
    };
    match is_right {
        true => Ok(()),
        false => Err(expected.to_owned()),
    }
}

#[cfg(test)]
mod tests;
