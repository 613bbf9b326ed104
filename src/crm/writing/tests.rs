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
