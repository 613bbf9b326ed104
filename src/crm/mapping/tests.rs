use super::*;
use crate::crm::{
    PartnerScope,
    fields::{MDF_CLAIMS, MDF_FUNDS, OPPORTUNITIES},
};

fn mapping(toml: &str) -> Mapping {
    let read = config::Config::builder().add_source(config::File::from_str(toml, config::FileFormat::Toml));
    read.build().unwrap().try_deserialize().unwrap()
}

#[test]
fn a_row_is_read_by_the_vendors_names() {
    let mapping = mapping(
        r#"
        [opportunities]
        object = "deals"
        [opportunities.fields]
        id = "hs_object_id"
        partner_id = "partner"
        name = "dealname"
        motion = { value = "new" }
        stage = { field = "dealstage", values = { "7" = "closed_won" } }
        amount_minor = { field = "amount", unit = "major" }
        currency = "code"
        close_date = "closedate"
        internal_note = "note"
        "#,
    );
    let held = [
        ("hs_object_id", "12"),
        ("partner", "p-001"),
        ("dealname", " Rollout "),
        ("dealstage", "7"),
        ("amount", "1240.5"),
        ("code", "EUR"),
        ("closedate", "2026-03-31T22:30:00Z"),
        ("note", "never"),
    ];
    let table = mapping.table(&OPPORTUNITIES).unwrap();
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let found = |mapped: &FieldMapping| {
        let name = mapped.field.as_deref()?;
        let known = held.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| (*value).to_owned())
    };
    let mut slips = Vec::new();
    let row = table.row(&OPPORTUNITIES, Whose::Everybody, &zone, found, &mut slips);
    let row = row.unwrap();
    assert_eq!(slips, []);
    let check = |column: &str, expected: Option<&str>| assert_eq!(row.get(column), expected, "{column}");
    check("name", Some("Rollout"));
    check("motion", Some("new"));
    check("stage", Some("closed_won"));
    check("amount_minor", Some("124050"));
    check("close_date", Some("2026-04-01"));
    check("internal_note", None);
    check("customer", None);
}

#[test]
fn a_slip_hides_one_partners_rows_and_one_value_of_everybodys() {
    let mapping = Mapping::same();
    let mapped = mapping.table(&OPPORTUNITIES).unwrap();
    let found = |field: &FieldMapping| {
        let value = match field.field.as_deref()? {
            "id" => "o-1",
            "partner_id" => "p-001",
            "close_date" => "soon",
            _ => return None,
        };
        Some(value.to_owned())
    };
    let mut slips = Vec::new();
    let mut read = |whose: Whose<'_>| mapped.row(&OPPORTUNITIES, whose, &TimeZone::UTC, found, &mut slips);
    let scope = PartnerScope::whole("p-001");
    assert!(matches!(read(Whose::Of(&scope)), Err(CrmError::Malformed { .. })));
    let row = read(Whose::Everybody).unwrap();
    assert_eq!((row.get("id"), row.get("close_date")), (Some("o-1"), None));
    assert_eq!(slips[0].owner.as_deref(), Some("p-001"));
    assert!(
        slips[0].problem.contains("column close_date holds \"soon\""),
        "{slips:?}"
    );
}

#[test]
fn the_vendor_changes_single_columns() {
    let own = mapping("[opportunities]\nobject = \"deals\"\nfields = { id = \"id\", name = \"dealname\" }");
    let theirs = mapping("[opportunities.fields]\nname = \"title\"");
    let amended = own.amended(&theirs);
    let table = amended.table(&OPPORTUNITIES).unwrap();
    let names: Vec<_> = table
        .fields
        .values()
        .map(|field| field.field.as_deref())
        .collect();
    assert_eq!(
        (table.object.as_str(), names),
        ("deals", vec![Some("id"), Some("title")])
    );
}

#[test]
fn the_vendor_has_neither_table_nor_column() {
    let theirs = mapping(
        "[mdf_funds]\nobject = \"\"\n[opportunities.fields]\nprobability_pct = \"\"\nname = \"title\"",
    );
    let amended = Mapping::same().amended(&theirs);
    assert!(amended.table(&MDF_FUNDS).is_none());
    assert!(amended.table(&MDF_CLAIMS).is_some());
    let open = amended.table(&OPPORTUNITIES).unwrap().open(&OPPORTUNITIES);
    let names: Vec<&str> = open.map(|(column, _)| column.name).collect();
    assert!(names.contains(&"name") && !names.contains(&"probability_pct"));
}

#[test]
fn slips_are_told() {
    let slips = mapping(
        "[deals]\nobject = \"deals\"\n[opportunities.fields]\nsize = \"amount\"\nname = { field = \"n\", unit = \"major\" }",
    );
    let problems = slips.problems();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems[0].starts_with("crm.tables.deals: there is no such table"));
}
