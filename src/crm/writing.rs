//! What may be written: a row is held against `fields`, and each value against its column, before anything is sent.
//!
//! Whose a record is never comes from a row. What passes here reads back as the record that it was.

use super::{
    Attribution, CrmError, MdfStatus, PartnerScope, RegistrationStatus, Row,
    fields::{Column, Kind, Table},
};
use crate::program::money::Currency;
use jiff::civil::Date;
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
mod tests {
    use super::*;
    use crate::crm::fields::{
        ACCOUNTS, COMMISSIONS, DEAL_REGISTRATIONS, OPPORTUNITIES, PARTNERS, TABLES, TIER_RULES,
    };

    const WHOLE: [(&str, &str); 6] = [
        ("id", "dr-9"),
        ("customer", " Ivarsson Timber "),
        ("product", "Weave"),
        ("status", "submitted"),
        ("submitted_on", "2026-03-01"),
        ("extensions", "0"),
    ];

    fn row(values: &[(&'static str, &str)]) -> Row {
        values
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect()
    }

    fn told<T>(done: Result<T, CrmError>) -> Option<String> {
        done.err().map(|error| error.to_string())
    }

    #[test]
    fn a_new_record_is_the_scopes() {
        let (scope, row) = (PartnerScope::whole("p-001"), row(&WHOLE));
        let values = of_new(&DEAL_REGISTRATIONS, &scope, &row).unwrap();
        let of = |name: &str| {
            values
                .iter()
                .find(|(column, _)| column.name == name)
                .map(|(_, value)| *value)
        };
        assert_eq!(
            (of("partner_id"), of("customer"), of("reason")),
            (Some("p-001"), Some("Ivarsson Timber"), None)
        );
    }

    #[test]
    fn what_is_not_ours_to_write_is_refused() {
        let scope = PartnerScope::whole("p-001");
        let check = |table: &'static Table, more: &[(&'static str, &str)], expected: &str| {
            let row = row(&[&WHOLE[..], more].concat());
            let new = told(of_new(table, &scope, &row)).unwrap();
            assert!(new.contains(expected), "{new}");
        };
        check(
            &DEAL_REGISTRATIONS,
            &[("partner_id", "p-001")],
            "partner_id is not written",
        );
        check(
            &DEAL_REGISTRATIONS,
            &[("internal_note", "x")],
            "internal_note is not written",
        );
        check(
            &DEAL_REGISTRATIONS,
            &[("status", "paid")],
            "is \"paid\" and not one of submitted, ",
        );
        check(
            &DEAL_REGISTRATIONS,
            &[("submitted_on", "1.3.2026")],
            "and not a date",
        );
        check(
            &DEAL_REGISTRATIONS,
            &[("amount_minor", "12.50")],
            "and not a whole number",
        );
        check(
            &DEAL_REGISTRATIONS,
            &[("amount_minor", "+5")],
            "and not a whole number",
        );
        check(
            &DEAL_REGISTRATIONS,
            &[("currency", "Taler")],
            "and not a currency",
        );
        check(&DEAL_REGISTRATIONS, &[("customer", "  ")], "without customer");
        check(&DEAL_REGISTRATIONS, &[("id", " ")], "without id");
        check(&OPPORTUNITIES, &[], "not made here");
        check(&COMMISSIONS, &[], "not made here");
        check(&PARTNERS, &[], "not made here");
        check(&ACCOUNTS, &[], "no partner's");
        check(&TIER_RULES, &[], "no partner's");
    }

    #[test]
    fn a_change_names_what_it_changes_and_nothing_else() {
        let scope = PartnerScope::whole("p-001");
        let check = |table: &'static Table, values: &[(&'static str, &str)], expected: Option<&str>| {
            let row = row(values);
            let told = told(of_change(table, &scope, &row));
            assert_eq!(told.is_some(), expected.is_some(), "{told:?}");
            assert!(told.unwrap_or_default().contains(expected.unwrap_or_default()));
        };
        check(
            &OPPORTUNITIES,
            &[("next_step", "Call"), ("attribution", "sourced")],
            None,
        );
        check(
            &OPPORTUNITIES,
            &[("stage", "closed_won")],
            Some("stage is not written"),
        );
        check(
            &OPPORTUNITIES,
            &[("internal_note", "x")],
            Some("internal_note is not written"),
        );
        check(
            &DEAL_REGISTRATIONS,
            &[("id", "dr-1"), ("status", "withdrawn")],
            Some("keeps its id"),
        );
        check(&DEAL_REGISTRATIONS, &[], Some("nothing to write"));
    }

    #[test]
    fn what_a_partner_does_not_see_is_not_written_for_it() {
        let mut scope = PartnerScope::whole("p-001");
        scope.closed.insert(("deal_registrations", "reason"));
        let row = row(&[("reason", "Because.")]);
        let told = told(of_change(&DEAL_REGISTRATIONS, &scope, &row)).unwrap();
        assert!(told.contains("reason is not written"), "{told}");
    }

    #[test]
    fn every_choice_that_is_written_is_a_closed_set() {
        let written = TABLES
            .iter()
            .flat_map(|table| table.written().map(move |column| (table, column)));
        for (table, column) in written.filter(|(_, column)| column.kind == Kind::Choice) {
            assert!(
                !choices(table, column).is_empty(),
                "{}.{}",
                table.name,
                column.name
            );
        }
    }
}
