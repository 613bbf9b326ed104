//! A row of ours as the CRM keeps it: the inverse of reading, and held to that value by value.

use super::{FieldMapping, TableMapping, values};
use crate::{
    crm::{
        CrmError,
        fields::{Column, Table},
        writing::{self, Values},
    },
    program::money::Currency,
};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// A value as a CRM keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::crm) enum Theirs {
    /// Texts, choices, and days such as `2026-01-31`.
    Text(String),
    /// Amounts, shares and counts.
    Number(Decimal),
}

/// A column with the CRM's name for it, and what it is to hold there.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::crm) struct Rendered<'m> {
    pub(in crate::crm) field: &'m str,
    pub(in crate::crm) value: Theirs,
}

impl Theirs {
    /// As text: numbers without an exponent.
    pub(in crate::crm) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

impl TableMapping {
    /// What `values` are called and how they look in the CRM. What it has no place for is left out, where a record can
    /// be without it.
    ///
    /// # Errors
    /// [`CrmError::Unwritable`] where the CRM has no place for what a record needs, or would return another value than it
    /// was given; and where nothing is left to write.
    pub(in crate::crm) fn rendered(
        &self,
        table: &'static Table,
        values: &Values<'_>,
        zone: &TimeZone,
    ) -> Result<Vec<Rendered<'_>>, CrmError> {
        let of = |name: &str| {
            values
                .iter()
                .find(|(column, _)| column.name == name)
                .map(|(_, value)| *value)
        };
        let constant = || self.fields.get("currency")?.value.as_deref();
        let currency = of("currency")
            .or_else(constant)
            .and_then(|code| code.parse().ok());
        let mut rendered = Vec::new();
        for (column, ours) in values {
            let place = self
                .place(column)
                .map_err(|problem| CrmError::unwritable(table, problem))?;
            let Some(mapped) = place else { continue };
            let value = mapped.rendered(column, ours, currency, zone).map_err(|problem| {
                CrmError::unwritable(table, format!("{} is {ours:?}, {problem}", column.name))
            })?;
            rendered.extend(value);
        }
        match rendered.is_empty() {
            true => Err(CrmError::unwritable(table, "the CRM has no place for it")),
            false => Ok(rendered),
        }
    }

    /// What the mapping itself says against writing to a table.
    pub(in crate::crm) fn obstacles(&self, table: &'static Table) -> Vec<String> {
        let keys = [self.key(table).err(), self.owner_key(table).err()];
        let keys = keys.into_iter().flatten().filter_map(|error| match error {
            CrmError::Unwritable { problem, .. } => Some(problem),
            _ => None,
        });
        keys.chain(table.written().filter_map(|column| self.place(column).err()))
            .collect()
    }

    /// What the values of a choice of ours are in the CRM.
    pub(in crate::crm) fn choices(&self, table: &Table, column: &Column) -> Vec<String> {
        let Some(mapped) = self.fields.get(column.name) else {
            return Vec::new();
        };
        let theirs = writing::choices(table, column).into_iter().filter_map(|ours| {
            let rendered = mapped.rendered(column, ours, None, &TimeZone::UTC).ok()??;
            Some(rendered.value.text())
        });
        theirs.collect()
    }

    /// The CRM's names of what we fill in a new record.
    pub(in crate::crm) fn filled(&self, table: &'static Table) -> BTreeSet<&str> {
        let places = table.written().filter_map(|column| self.place(column).ok()?);
        let owner = self.owner(table);
        places
            .chain(owner)
            .filter_map(|mapped| mapped.field.as_deref())
            .collect()
    }

    /// The CRM's name of what holds a record's id.
    ///
    /// # Errors
    /// Where it has none of the record's own.
    pub(in crate::crm) fn key(&self, table: &'static Table) -> Result<&str, CrmError> {
        let mapped = self
            .fields
            .get("id")
            .filter(|mapped| mapped.of.is_none() && mapped.value.is_none());
        let key = mapped.and_then(|mapped| mapped.field.as_deref());
        key.ok_or_else(|| CrmError::unwritable(table, "nothing of the record's own is mapped as its id"))
    }

    /// The CRM's name of what says whose a record is.
    ///
    /// # Errors
    /// Where nothing of the record's own does.
    pub(in crate::crm) fn owner_key(&self, table: &'static Table) -> Result<&str, CrmError> {
        let mapped = self
            .owner(table)
            .filter(|mapped| mapped.of.is_none() && mapped.value.is_none());
        let key = mapped.and_then(|mapped| mapped.field.as_deref());
        key.ok_or_else(|| CrmError::unwritable(table, "nothing of the record's own says whose it is"))
    }

    /// Where a column is written; nothing where the CRM has no place for it and a record can be without it.
    ///
    /// # Errors
    /// Why it cannot be written, in words for whoever looks after the mapping.
    pub(in crate::crm) fn place(&self, column: &Column) -> Result<Option<&FieldMapping>, String> {
        let mapped = self.fields.get(column.name);
        let mapped = mapped.filter(|mapped| mapped.field.is_some() || mapped.value.is_some());
        match mapped {
            Some(FieldMapping { of: Some(of), .. }) => Err(format!(
                "{} is a field of {of}, and only the record's own are written",
                column.name
            )),
            Some(mapped) if !mapped.read_only => Ok(Some(mapped)),
            _ if column.optional => Ok(None),
            Some(_) => Err(format!(
                "{} is read only, and no record can be without it",
                column.name
            )),
            None => Err(format!(
                "{} is not mapped, and no record can be without it",
                column.name
            )),
        }
    }
}

impl FieldMapping {
    /// The value in the CRM's form; nothing where every record has it anyway.
    fn rendered(
        &self,
        column: &Column,
        ours: &str,
        currency: Option<Currency>,
        zone: &TimeZone,
    ) -> Result<Option<Rendered<'_>>, String> {
        let reads = |theirs: &str| self.canonical(column, theirs, currency, zone).as_deref() == Ok(ours);
        let Some(field) = self.field.as_deref().filter(|_| self.value.is_none()) else {
            let always = self.value.as_deref().unwrap_or_default();
            return match reads(always) {
                true => Ok(None),
                false => Err(format!("and is always {always:?} there")),
            };
        };
        let known = self.values.iter().find(|(_, known)| *known == ours);
        let value = match known {
            Some((theirs, _)) => Theirs::Text(theirs.clone()),
            None => values::theirs(column.kind, self.unit, ours, currency)?,
        };
        match reads(&value.text()) {
            true => Ok(Some(Rendered { field, value })),
            false => Err("which the CRM's values do not tell from another".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
