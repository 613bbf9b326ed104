//! The sample CRM: CSV files in the binary, whose dates move with the day they are seeded on.
//!
//! A date is `D-3` (three days before the seeding day), `Q-1.2.14` (day 14 of the second month of the calendar
//! quarter before the current one), `H+0.6.30` (the same for halves of a year) or ISO. Quarter dates keep answers such as
//! "what did I earn last quarter" the same on any day, which is what makes the sample fit for evals. A column that a row
//! may be without may be left out. Beside the tables lies `program.yaml`, the sample vendor's commission plan.

use super::{
    CrmError, SqlCrm,
    fields::{Column, Kind, TABLES, Table},
};
use crate::program::date::{add_days, add_months};
use jiff::civil::Date;
use rust_embed::Embed;
use std::{borrow::Cow, collections::BTreeMap};

#[derive(Embed)]
#[folder = "src/crm/sample"]
struct Sample;

/// Why the sample could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A file of the sample is not in the binary.
    #[error("sample file {0}.csv is missing")]
    Missing(&'static str),
    /// A file does not have the columns of its table.
    #[error("{table}.csv: {problem}")]
    Columns {
        /// The table.
        table: &'static str,
        /// What is missing or too much.
        problem: String,
    },
    /// A value is not what its column holds.
    #[error("{table}.csv line {line}, column {column}: {value:?} is not {expected}")]
    Value {
        /// The table.
        table: &'static str,
        /// Line in the file, the header being 1.
        line: u64,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What should.
        expected: &'static str,
    },
    /// The database refused.
    #[error("the sample could not be written")]
    Write(#[from] CrmError),
}

/// How many rows each table received, parents first.
pub type Seeded = Vec<(&'static str, usize)>;

/// Replaces what the built-in CRM holds with the sample, as of `today`, all or nothing.
///
/// # Errors
/// A broken sample, or a database that cannot be written; the CRM then holds what it held before.
pub async fn sample(crm: &SqlCrm, today: Date) -> Result<Seeded, SeedError> {
    load(crm, today, &|name| {
        Sample::get(&format!("{name}.csv")).map(|file| file.data)
    })
    .await
}

/// The sample vendor's commission plan, in YAML.
#[must_use]
pub fn plan() -> Cow<'static, [u8]> {
    Sample::get("program.yaml").map_or(Cow::Borrowed(&[]), |file| file.data)
}

/// As [`sample`], from other CSV files: `file` returns the bytes of a table's file by the table's name.
///
/// # Errors
/// As [`sample`].
pub async fn load(
    crm: &SqlCrm,
    today: Date,
    file: &(dyn Fn(&'static str) -> Option<Cow<'static, [u8]>> + Sync),
) -> Result<Seeded, SeedError> {
    let mut tables = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let bytes = file(table.name).ok_or(SeedError::Missing(table.name))?;
        tables.push(read(table, &bytes, today)?);
    }
    crm.replace(&tables).await?;
    Ok(tables
        .iter()
        .map(|filled| (filled.table.name, filled.rows.len()))
        .collect())
}

/// A table ready to be written: a value for each of its columns, row by row.
pub(super) struct Filled {
    pub(super) table: &'static Table,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

fn read(table: &'static Table, bytes: &[u8], today: Date) -> Result<Filled, SeedError> {
    let broken = |problem: String| SeedError::Columns {
        table: table.name,
        problem,
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let header = reader
        .headers()
        .map_err(|error| broken(error.to_string()))?
        .clone();
    let places: BTreeMap<&str, usize> = header.iter().enumerate().map(|(at, name)| (name, at)).collect();
    if let Some(odd) = header.iter().find(|name| table.column(name).is_none()) {
        return Err(broken(format!("column {odd:?} is not of this table")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| broken(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let mut row = Vec::with_capacity(table.columns.len());
        for column in table.columns {
            let value = match places.get(column.name) {
                Some(place) => record.get(*place).unwrap_or_default(),
                None if column.optional => "",
                None => return Err(broken(format!("column {:?} is missing", column.name))),
            };
            row.push(cell(column, value, today).map_err(|expected| SeedError::Value {
                table: table.name,
                line,
                column: column.name,
                value: value.to_owned(),
                expected,
            })?);
        }
        rows.push(row);
    }
    Ok(Filled { table, rows })
}

fn cell(column: &Column, value: &str, today: Date) -> Result<Option<String>, &'static str> {
    if value.is_empty() && column.optional {
        return Ok(None);
    }
    Ok(Some(match column.kind {
        Kind::Text | Kind::Choice | Kind::Any if value.is_empty() => return Err("a text"),
        Kind::Text | Kind::Choice => value.to_owned(),
        Kind::Any => resolve(value, today).map_or_else(|| value.to_owned(), |day| day.to_string()),
        Kind::Percent => {
            let percent = value.parse::<u8>().ok().filter(|percent| *percent <= 100);
            percent.ok_or("a percentage from 0 to 100")?.to_string()
        }
        Kind::Minor | Kind::Rate | Kind::Number => {
            value.parse::<i64>().map_err(|_| "a whole number")?.to_string()
        }
        Kind::Date => {
            let day = resolve(value, today).ok_or("a date such as D-3, Q-1.2.14 or 2026-01-31")?;
            day.to_string()
        }
    }))
}

/// A date of the sample, on `today`: by days, by quarters or by halves of a year. A day beyond the end of its month is
/// the month's last.
fn resolve(text: &str, today: Date) -> Option<Date> {
    if let Some(days) = text.strip_prefix('D') {
        let days: i64 = if days.is_empty() { 0 } else { days.parse().ok()? };
        return Some(add_days(today, days));
    }
    let span = [('Q', 3), ('H', 6)]
        .into_iter()
        .find_map(|(letter, months)| Some((text.strip_prefix(letter)?, months)));
    if let Some((rest, months)) = span {
        let mut parts = rest.split('.');
        let (offset, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let offset: i64 = offset.parse().ok()?;
        let month = month
            .parse::<i64>()
            .ok()
            .filter(|month| (1..=months).contains(month))?;
        let day = day.parse::<i64>().ok().filter(|day| (1..=31).contains(day))?;
        if parts.next().is_some() {
            return None;
        }
        let into_span = (i64::from(today.month()) - 1) % months;
        let first = add_months(today.first_of_month(), months * offset - into_span + month - 1);
        return Some(add_days(first, day - 1).min(first.last_of_month()));
    }
    text.parse().ok()
}

#[cfg(test)]
mod plan_tests;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::fields;
    use jiff::civil::date;

    #[test]
    fn dates_move_with_the_seeding_day() {
        let check = |text: &str, expected: Option<Date>| {
            assert_eq!(resolve(text, date(2026, 11, 21)), expected, "{text}");
        };
        check("D", Some(date(2026, 11, 21)));
        check("D+0", Some(date(2026, 11, 21)));
        check("D+10", Some(date(2026, 12, 1)));
        check("D-21", Some(date(2026, 10, 31)));
        check("Q+0.1.1", Some(date(2026, 10, 1)));
        check("Q-0.1.1", Some(date(2026, 10, 1)));
        check("Q-1.2.14", Some(date(2026, 8, 14)));
        check("Q+1.2.31", Some(date(2027, 2, 28)));
        check("Q-4.3.31", Some(date(2025, 12, 31)));
        check("H+0.1.1", Some(date(2026, 7, 1)));
        check("H-1.6.31", Some(date(2026, 6, 30)));
        check("H+1.2.3", Some(date(2027, 2, 3)));
        check("2024-02-29", Some(date(2024, 2, 29)));
        for bad in [
            "",
            "Q-1.4.1",
            "Q-1.0.1",
            "H+0.7.1",
            "Q-1.1",
            "Q-1.1.32",
            "Q-1.1.1.1",
            "D+x",
            "2026-02-30",
            "tomorrow",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn a_broken_file_says_where() {
        let table = &fields::CERTIFICATIONS;
        let check = |csv: &str, expected: &str| {
            let error = read(table, csv.as_bytes(), date(2026, 11, 21))
                .err()
                .map(|e| e.to_string());
            assert_eq!(error.as_deref(), Some(expected));
        };
        check(
            "id,partner_id,person,certification,earned_on,expires_on\nx-1,p-001,A,B,D-1,never\n",
            "certifications.csv line 2, column expires_on: \"never\" is not a date such as D-3, Q-1.2.14 or 2026-01-31",
        );
        check(
            "id,password\n",
            "certifications.csv: column \"password\" is not of this table",
        );
        check(
            "id,person\nx,y\n",
            "certifications.csv: column \"partner_id\" is missing",
        );
    }
}
