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
mod tests {
    use super::*;
    use crate::{
        config::CrmKind,
        crm::{
            Row, Whose, connect,
            fields::{DEAL_REGISTRATIONS, Kind, MDF_CLAIMS, OPPORTUNITIES, TABLES},
            mapping::Mapping,
        },
    };
    use std::collections::BTreeMap;

    /// Values that a column may hold, odd ones among them.
    fn samples(table: &Table, column: &Column) -> Vec<String> {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        match column.kind {
            Kind::Choice => texts(&writing::choices(table, column)),
            Kind::Date => texts(&["2026-01-31", "2024-02-29", "1999-12-31"]),
            Kind::Percent => texts(&["0", "1", "33", "100"]),
            Kind::Minor => texts(&["0", "1", "99", "100", "124050", "-7", "9007199254740993"]),
            Kind::Rate | Kind::Number => texts(&["0", "1", "7", "10", "1250", "99999999"]),
            Kind::Text if column.name == "currency" => texts(&["EUR", "JPY", "KWD"]),
            Kind::Text | Kind::Any => texts(&[
                "Ivarsson Timber",
                "O'Brien \"& Söhne\" \\",
                "12.50",
                "2026-01-31",
                "a\nb",
                "🦉",
            ]),
        }
    }

    fn mappings() -> Vec<Mapping> {
        let bundled = |kind| {
            let mut settings = crate::config::Settings::load(None).unwrap();
            settings.crm.kind = kind;
            connect::mapping(&settings.crm).unwrap()
        };
        vec![
            bundled(CrmKind::Hubspot),
            bundled(CrmKind::Salesforce),
            Mapping::same(),
        ]
    }

    /// Writes one value and reads it back; nothing where the CRM has no place for it.
    fn back(
        mapped: &TableMapping,
        table: &'static Table,
        column: &'static Column,
        value: &str,
        code: &str,
    ) -> Option<String> {
        let currency = table.column("currency").map(|currency| (currency, code));
        let values: Values<'_> = currency
            .into_iter()
            .filter(|(other, _)| *other != column)
            .chain([(column, value)])
            .collect();
        let zone = TimeZone::get("America/New_York").unwrap();
        let rendered = mapped.rendered(table, &values, &zone).ok()?;
        let held: BTreeMap<&str, String> = rendered.iter().map(|one| (one.field, one.value.text())).collect();
        let found = |field: &FieldMapping| held.get(field.field.as_deref()?).cloned();
        let mut slips = Vec::new();
        let row: Row = mapped
            .row(table, Whose::Everybody, &zone, found, &mut slips)
            .unwrap();
        assert_eq!(slips, []);
        row.get(column.name).map(str::to_owned)
    }

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        let mut places = 0;
        for mapping in mappings() {
            for table in TABLES {
                let Some(mapped) = mapping.table(table) else {
                    continue;
                };
                for column in table.written() {
                    if mapped.place(column).unwrap().is_none() {
                        assert_eq!(column.name, "last_activity_on", "{}", table.name);
                        continue;
                    }
                    places += 1;
                    for code in ["EUR", "JPY", "KWD"] {
                        for value in samples(table, column) {
                            let told = back(mapped, table, column, &value, code);
                            assert_eq!(
                                told.as_deref(),
                                Some(value.as_str()),
                                "{}.{}",
                                table.name,
                                column.name
                            );
                        }
                    }
                }
            }
        }
        assert!(places > 80, "{places}");
    }

    fn mapped(toml: &str, table: &Table) -> TableMapping {
        let file = config::File::from_str(toml, config::FileFormat::Toml);
        let read = config::Config::builder().add_source(file).build().unwrap();
        let mapping: Mapping = read.try_deserialize().unwrap();
        mapping.table(table).unwrap().clone()
    }

    fn told(mapped: &TableMapping, table: &'static Table, values: &[(&str, &str)]) -> String {
        let values: Values<'_> = values
            .iter()
            .map(|(name, value)| (table.column(name).unwrap(), *value))
            .collect();
        match mapped.rendered(table, &values, &TimeZone::UTC) {
            Ok(all) => {
                let all = all
                    .iter()
                    .map(|one| format!("{}={}", one.field, one.value.text()));
                all.collect::<Vec<_>>().join(" ")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn values_take_the_crms_form_or_are_refused() {
        let mapped = mapped(
            r#"
            [mdf_claims]
            object = "claims"
            [mdf_claims.fields]
            id = "key"
            fund_id = { of = "funds", field = "key" }
            amount_minor = { field = "amount", unit = "major" }
            currency = { value = "EUR" }
            paid_on = ""
            activity = { field = "title", read_only = true }
            [mdf_claims.fields.status]
            field = "state"
            values = { "5" = "approved", "6" = "approved", "paid" = "requested" }
            "#,
            &MDF_CLAIMS,
        );
        let check = |values: &[(&str, &str)], expected: &str| {
            let told = told(&mapped, &MDF_CLAIMS, values);
            assert!(told.contains(expected), "{told}");
        };
        check(
            &[("id", "mc-1"), ("amount_minor", "1250"), ("currency", "EUR")],
            "key=mc-1 amount=12.50",
        );
        check(&[("status", "approved")], "state=5");
        check(&[("status", "paid")], "do not tell from another");
        check(&[("status", "requested")], "state=paid");
        check(
            &[("currency", "USD"), ("id", "mc-1")],
            "and is always \"EUR\" there",
        );
        check(&[("paid_on", "2026-01-31")], "has no place for it");
        check(&[("fund_id", "mf-1")], "is a field of funds");
        check(&[("activity", "Dinner")], "is read only, and no record");
    }

    #[test]
    fn an_amount_needs_its_currency() {
        let mapping = mappings().remove(0);
        let registrations = mapping.table(&DEAL_REGISTRATIONS).unwrap();
        let told = told(registrations, &DEAL_REGISTRATIONS, &[("amount_minor", "5")]);
        assert!(told.contains("no currency stands beside it"), "{told}");
        let deals = mapping.table(&OPPORTUNITIES).unwrap();
        assert!(
            deals
                .place(OPPORTUNITIES.column("next_step").unwrap())
                .unwrap()
                .is_some()
        );
    }
}
