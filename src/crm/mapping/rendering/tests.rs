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
