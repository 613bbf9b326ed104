//! What a vendor's own CRM calls our tables and columns, and in which form it keeps their values.
//!
//! A mapping is data: it comes with each connection (`hubspot.toml`, `salesforce.toml`) and is changed, table by table
//! and column by column, in `liaison.toml`. It is the only place where a vendor's names meet ours, in both directions:
//! `rendering` makes of a row of ours what the CRM keeps.

mod rendering;
mod values;

pub(super) use values::moment;

pub(super) use rendering::{Rendered, Theirs};

use super::{
    CrmError, Row, Slip, Whose,
    fields::{Column, Kept, TABLES, Table},
};
use crate::program::money::Currency;
use jiff::tz::TimeZone;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Tables of a CRM by our name for them. A table that is not here is not in the CRM.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Mapping(BTreeMap<String, TableMapping>);

/// One table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableMapping {
    /// What the CRM calls it; empty: it has none such.
    pub object: String,
    /// Columns by our name for them.
    pub fields: BTreeMap<String, FieldMapping>,
}

/// One column: the CRM's name for it alone, or all there is to say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Written")]
pub struct FieldMapping {
    /// The CRM's name for it; nothing where every row has the same `value`.
    pub field: Option<String>,
    /// What every row has.
    pub value: Option<String>,
    /// Our values by the CRM's: `closedwon = "closed_won"`.
    pub values: BTreeMap<String, String>,
    /// The form it is kept in.
    pub unit: Option<Unit>,
    /// The object that the row is tied to and whose field this is.
    pub of: Option<String>,
    /// Whether the CRM fills it itself, so that we only read it.
    pub read_only: bool,
}

/// The form in which a number is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole units of the currency, with decimals: `1240.50`.
    Major,
    /// Cents.
    Minor,
    /// `12.5` is 12.5 %.
    Percent,
    /// `0.125` is 12.5 %.
    Fraction,
    /// `1250` is 12.5 %.
    BasisPoints,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Name(String),
    Whole(Whole),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Whole {
    field: Option<String>,
    value: Option<String>,
    values: BTreeMap<String, String>,
    unit: Option<Unit>,
    of: Option<String>,
    read_only: bool,
}

impl From<Written> for FieldMapping {
    fn from(written: Written) -> Self {
        let whole = match written {
            Written::Name(name) => Whole {
                field: Some(name).filter(|name| !name.is_empty()),
                ..Whole::default()
            },
            Written::Whole(whole) => whole,
        };
        Self {
            field: whole.field,
            value: whole.value,
            values: whole.values,
            unit: whole.unit,
            of: whole.of,
            read_only: whole.read_only,
        }
    }
}

impl Mapping {
    /// Every table and column under our own name, in our own form: the built-in CRM.
    #[must_use]
    pub fn same() -> Self {
        Self(
            TABLES
                .iter()
                .map(|table| (table.name.to_owned(), TableMapping::same(table)))
                .collect(),
        )
    }

    /// The vendor's words in place of the connection's own, column by column. Of a table that the vendor gives neither
    /// an object nor fields, its CRM has none; so it is with a column of an empty name.
    #[must_use]
    pub fn amended(mut self, by: &Self) -> Self {
        for (name, table) in &by.0 {
            if table.object.is_empty() && table.fields.is_empty() {
                self.0.remove(name);
                continue;
            }
            let known = self.0.entry(name.clone()).or_default();
            if !table.object.is_empty() {
                known.object.clone_from(&table.object);
            }
            let fields = table
                .fields
                .iter()
                .map(|(name, field)| (name.clone(), field.clone()));
            known.fields.extend(fields);
        }
        self
    }

    /// What is written for a table; nothing where the CRM has none such.
    #[must_use]
    pub fn table(&self, table: &Table) -> Option<&TableMapping> {
        self.0.get(table.name).filter(|mapped| !mapped.object.is_empty())
    }

    /// Every slip of the pen, in words for whoever writes it: unknown tables and columns, units that do not fit.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, mapped) in &self.0 {
            let Some(table) = TABLES.iter().find(|table| table.name == name) else {
                let known: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
                problems.push(format!(
                    "crm.tables.{name}: there is no such table; there are {}",
                    known.join(", ")
                ));
                continue;
            };
            for (field, written) in &mapped.fields {
                let place = format!("crm.tables.{name}.fields.{field}");
                match table.column(field) {
                    None => problems.push(format!("{place}: {name} has no such column")),
                    Some(column) => problems.extend(
                        values::misfit(column.kind, written.unit)
                            .map(|problem| format!("{place}: {problem}")),
                    ),
                }
            }
        }
        problems
    }
}

impl TableMapping {
    fn same(table: &Table) -> Self {
        let fields = table.columns.iter().map(|column| {
            let mapped = FieldMapping {
                field: Some(column.name.to_owned()),
                value: None,
                values: BTreeMap::new(),
                unit: values::own_unit(column.kind),
                of: None,
                read_only: false,
            };
            (column.name.to_owned(), mapped)
        });
        Self {
            object: table.name.to_owned(),
            fields: fields.collect(),
        }
    }

    /// The columns of a table that may be read of somebody, and that the CRM has, with what it calls them.
    pub fn asked<'m>(
        &'m self,
        table: &'static Table,
        whose: Whose<'_>,
    ) -> impl Iterator<Item = (&'static Column, &'m FieldMapping)> {
        self.open(table)
            .filter(move |(column, _)| whose.admits(table, column))
    }

    /// The open columns of a table that the CRM has, with what it calls them.
    pub fn open<'m>(
        &'m self,
        table: &'static Table,
    ) -> impl Iterator<Item = (&'static Column, &'m FieldMapping)> {
        table
            .open()
            .filter_map(|column| Some((column, self.fields.get(column.name)?)))
            .filter(|(_, mapped)| mapped.field.is_some() || mapped.value.is_some())
    }

    /// The CRM's name of the column that says whose a row is.
    #[must_use]
    pub fn owner(&self, table: &Table) -> Option<&FieldMapping> {
        self.fields.get(table.owner?)
    }

    /// A row in our form; `found` returns what the CRM holds for a mapped column. Of everybody's rows, a value that is not
    /// of its column's kind is left out and told to `slips`: one deal of direct sales must not hide all others.
    ///
    /// # Errors
    /// [`CrmError::Malformed`] for such a value in one partner's row, in a partner, and in the program's tables.
    pub fn row(
        &self,
        table: &'static Table,
        whose: Whose<'_>,
        zone: &TimeZone,
        found: impl Fn(&FieldMapping) -> Option<String>,
        slips: &mut Vec<Slip>,
    ) -> Result<Row, CrmError> {
        let held = |mapped: &FieldMapping| mapped.value.clone().or_else(|| found(mapped));
        let text = |column: &str| {
            let mapped = self.fields.get(column)?;
            held(mapped).map(|value| mapped.values.get(&value).cloned().unwrap_or(value))
        };
        let forgives = whose == Whose::Everybody && table.kept == Kept::InCrm && !table.is_partners();
        let currency = text("currency").and_then(|code| code.parse::<Currency>().ok());
        let mut row = Vec::new();
        for (column, mapped) in self.asked(table, whose) {
            let Some(value) = held(mapped).filter(|value| !value.trim().is_empty()) else {
                continue;
            };
            match mapped.canonical(column, &value, currency, zone) {
                Ok(value) => row.push((column.name, value)),
                Err(problem) => {
                    let malformed = CrmError::Malformed {
                        table: table.name,
                        id: text("id").unwrap_or_default(),
                        column: column.name,
                        problem: format!("{value:?}, {problem}"),
                    };
                    if !forgives {
                        return Err(malformed);
                    }
                    slips.push(Slip {
                        owner: table
                            .owner
                            .and_then(text)
                            .filter(|owner| !owner.trim().is_empty()),
                        problem: malformed.to_string(),
                    });
                }
            }
        }
        Ok(row.into_iter().collect())
    }
}

impl FieldMapping {
    /// What the CRM holds, in the form of the column.
    fn canonical(
        &self,
        column: &Column,
        value: &str,
        currency: Option<Currency>,
        zone: &TimeZone,
    ) -> Result<String, &'static str> {
        match self.values.get(value) {
            Some(ours) => Ok(ours.clone()),
            None => values::canonical(column.kind, self.unit, value.trim(), currency, zone),
        }
    }
}

#[cfg(test)]
mod tests;
