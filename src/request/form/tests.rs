//! What a form takes, and what it refuses.

use super::*;
use jiff::civil::date;

fn form() -> Form {
    let field = Field::new;
    Form {
        kind: Kind::RegisterDeal,
        record: None,
        fields: vec![
            field(Name::Customer, "Customer", FieldKind::Text).required(),
            field(Name::Product, "Product", FieldKind::Choice)
                .required()
                .among(["Weave".to_owned(), "Shuttle".to_owned()]),
            field(Name::Amount, "Value", FieldKind::Amount).required(),
            field(Name::Currency, "Currency", FieldKind::Choice)
                .required()
                .among(["EUR".to_owned(), "JPY".to_owned()])
                .with(Some("EUR".to_owned())),
            field(Name::CloseDate, "Expected close", FieldKind::Date).required(),
            field(Name::ContactEmail, "E-mail", FieldKind::Email),
            Field::fixed(Name::Deal, "Deal", "op-001"),
        ],
        notices: vec![],
    }
}

fn given(values: &[(Name, &str)]) -> BTreeMap<Name, String> {
    values
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

const TODAY: Date = date(2026, 7, 28);

#[test]
fn values_take_the_form_in_which_they_are_written() {
    let mut form = form();
    let sent = given(&[
        (Name::Customer, "  Norlund \n AB "),
        (Name::Product, "weave"),
        (Name::Amount, "45.000,50"),
        (Name::CloseDate, "30.09.2026"),
        (Name::ContactEmail, "a.lind@norlund.example"),
        (Name::Deal, "op-666"),
    ]);
    form.fill(&sent, TODAY).unwrap();
    let check = |name, expected| assert_eq!(form.value(name), Some(expected));
    check(Name::Customer, "Norlund AB");
    check(Name::Product, "Weave");
    check(Name::Amount, "45000.50");
    check(Name::CloseDate, "2026-09-30");
    check(Name::Deal, "op-001");
    assert_eq!(form.summary(), "op-001 · Norlund AB · Weave · EUR 45,000.50");
    // The same again changes nothing.
    let before = form.clone();
    form.fill(&BTreeMap::new(), TODAY).unwrap();
    assert_eq!(form, before);
}

#[test]
fn what_cannot_be_written_is_told_field_by_field() {
    #[track_caller]
    fn check(values: &[(Name, &str)], expected: &[Name], only_missing: bool) {
        let mut form = form();
        let good = [
            (Name::Customer, "Norlund"),
            (Name::Product, "Weave"),
            (Name::Amount, "45k"),
            (Name::CloseDate, "2026-09-30"),
        ];
        let mut sent = given(&good);
        sent.extend(given(values));
        let before = form.clone();
        let unfit = form.fill(&sent, TODAY).unwrap_err();
        assert!(unfit.fields.keys().eq(expected), "{:?}", unfit.fields);
        assert_eq!(unfit.only_missing, only_missing);
        assert_eq!(form, before, "a part was taken");
    }
    check(
        &[(Name::Customer, " "), (Name::Amount, "")],
        &[Name::Customer, Name::Amount],
        true,
    );
    check(&[(Name::Amount, "much")], &[Name::Amount], false);
    check(&[(Name::Amount, "40k or 50k, or 60k")], &[Name::Amount], false);
    check(&[(Name::Amount, "USD 45,000")], &[Name::Amount], false);
    check(&[(Name::Amount, "0")], &[Name::Amount], false);
    check(
        &[(Name::Amount, "12.50"), (Name::Currency, "JPY")],
        &[Name::Amount],
        false,
    );
    check(&[(Name::CloseDate, "2026-07-27")], &[Name::CloseDate], false);
    check(&[(Name::CloseDate, "soon")], &[Name::CloseDate], false);
    check(&[(Name::Product, "Loom")], &[Name::Product], false);
    check(&[(Name::ContactEmail, "anna")], &[Name::ContactEmail], false);
    check(&[(Name::Customer, &"x".repeat(201))], &[Name::Customer], false);
}
