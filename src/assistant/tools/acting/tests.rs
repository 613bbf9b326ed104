//! What is proposed to whom, over the small CRM of the other tools' tests.

use super::{
    super::{
        Tool,
        tests::{TODAY, crm},
    },
    *,
};
use crate::crm::{Crm, Records};
use jiff::tz::TimeZone;

async fn propose(partner: &str, kind: Kind, text: &str, args: Value) -> ToolOutcome {
    let said = Said {
        text,
        vendor: "Merrowline",
        extension_days: 30,
        ..Said::default()
    };
    propose_by(said, partner, kind, args).await
}

async fn propose_by(said: Said<'_>, partner: &str, kind: Kind, args: Value) -> ToolOutcome {
    let crm = crm().await;
    let partner = crm.partner(partner).await.unwrap().unwrap();
    let context = ToolContext {
        records: &Records::of(&crm, &partner),
        partner: &partner,
        today: TODAY,
        fiscal_year_start: 1,
        time_zone: &TimeZone::UTC,
        plan: None,
        said,
    };
    super::super::call(Tool::Propose(kind), &context, &args)
        .await
        .unwrap()
}

#[track_caller]
fn check(outcome: &ToolOutcome, expected: &[(Name, Option<&str>)]) {
    let [form] = &outcome.proposals[..] else {
        panic!("{} proposals: {:?}", outcome.proposals.len(), outcome.headline);
    };
    for (name, value) in expected {
        assert_eq!(form.value(*name), *value, "{name:?}");
    }
}

#[tokio::test]
async fn a_deal_is_read_from_the_partners_words() {
    let text = "Please register: Norlund Skog AB wants Edge, 45k, by 30 September 2027. Contact: Anna Lind.";
    let outcome = propose("p-001", Kind::RegisterDeal, text, json!({})).await;
    let read = [
        (Name::Customer, Some("Norlund Skog AB")),
        (Name::Product, Some("Edge")),
        (Name::Amount, Some("45000.00")),
        (Name::Currency, None),
        (Name::CloseDate, Some("2027-09-30")),
        (Name::Contact, Some("Anna Lind")),
    ];
    check(&outcome, &read);
    assert!(outcome.headline.unwrap().ends_with("Still needed: currency."));

    // A model points to words of the partner's, and adds none.
    let args = json!({ "contact": "Anna", "customer": "Zeta Holding", "product": "edge" });
    let corrected = propose("p-001", Kind::RegisterDeal, text, args).await;
    check(
        &corrected,
        &[
            (Name::Customer, Some("Norlund Skog AB")),
            (Name::Contact, Some("Anna")),
        ],
    );

    let nothing = propose(
        "p-001",
        Kind::RegisterDeal,
        "I want to register a deal",
        json!({}),
    )
    .await;
    assert!(nothing.proposals.is_empty() && nothing.headline.unwrap().starts_with("I read no deal"));
}

#[tokio::test]
async fn what_goes_on_completes_what_was_said_before() {
    let said = Said {
        before: "Please register a deal with Norlund Skog AB for Edge",
        text: "It is EUR 45,000 and closes on 30 September 2027",
        ..Said::default()
    };
    let outcome = propose_by(said, "p-001", Kind::RegisterDeal, json!({})).await;
    check(
        &outcome,
        &[
            (Name::Customer, Some("Norlund Skog AB")),
            (Name::Amount, Some("45000.00")),
        ],
    );
}

#[tokio::test]
async fn only_own_records_can_be_asked_about() {
    let by = |name: &str| json!({ "customer": name });
    let extend = propose(
        "p-001",
        Kind::ExtendProtection,
        "Please extend it: budget slipped",
        by("northwind"),
    )
    .await;
    let until = Some("2026-12-26");
    check(
        &extend,
        &[
            (Name::ProtectedUntil, until),
            (Name::Reason, Some("budget slipped")),
        ],
    );
    assert_eq!(extend.proposals[0].record.as_deref(), Some("dr-0001"));
    let named = propose(
        "p-001",
        Kind::ExtendProtection,
        "until 31 January 2027 please",
        by("northwind"),
    )
    .await;
    check(
        &named,
        &[(Name::ProtectedUntil, Some("2027-01-31")), (Name::Reason, None)],
    );

    for (kind, customer) in [
        (Kind::ExtendProtection, "zeta"),
        (Kind::WithdrawRegistration, "zeta northwind"),
        (Kind::UpdateDeal, "Zeta Customer"),
        (Kind::DisputeAttribution, "Zeta Customer"),
        // Rejected, and won: there is nothing to take back or to go on with.
        (Kind::WithdrawRegistration, "juniper"),
        (Kind::UpdateDeal, "halvard"),
    ] {
        let outcome = propose("p-001", kind, "please: do it", by(customer)).await;
        assert!(outcome.proposals.is_empty(), "{kind:?} {customer}");
        assert!(!outcome.headline.unwrap().contains("dr-0006"));
    }
    let several = propose("p-001", Kind::WithdrawRegistration, "withdraw it", json!({})).await;
    assert!(
        several.proposals.is_empty() && several.records.len() > 2,
        "{:?}",
        several.headline
    );
}

#[tokio::test]
async fn updates_and_disputes_are_about_one_deal() {
    let by = |name: &str| json!({ "customer": name });
    let update = propose(
        "p-001",
        Kind::UpdateDeal,
        "Update Northwind: NDA signed",
        by("northwind"),
    )
    .await;
    check(&update, &[(Name::NextStep, Some("NDA signed"))]);
    let dispute = propose(
        "p-001",
        Kind::DisputeAttribution,
        "We brought them in",
        by("contour"),
    )
    .await;
    let expected = [
        (Name::Attribution, Some("influenced")),
        (Name::Claimed, Some("sourced")),
        (Name::Reason, None),
    ];
    check(&dispute, &expected);
    let sourced = propose(
        "p-001",
        Kind::DisputeAttribution,
        "We brought them in",
        by("northwind"),
    )
    .await;
    assert!(sourced.proposals.is_empty());
}

#[tokio::test]
async fn money_is_asked_of_the_fund_that_has_enough() {
    let text = "Please request EUR 500 MDF for a breakfast in March";
    let outcome = propose("p-001", Kind::RequestMdf, text, json!({})).await;
    check(
        &outcome,
        &[
            (Name::Amount, Some("500.00")),
            (Name::Activity, Some("a breakfast in March")),
        ],
    );
    assert_eq!(outcome.proposals[0].record.as_deref(), Some("mf-1"));
    assert!(outcome.proposals[0].notices.is_empty());
    let much = propose(
        "p-001",
        Kind::RequestMdf,
        "request 9,000 EUR for a fair",
        json!({}),
    )
    .await;
    assert_eq!(much.proposals[0].notices[0].code, "more_than_left");
}

#[test]
fn a_model_adds_nothing_to_what_was_said() {
    let text = "We met Anna  Lind of Norlund AB,\nbudget 45k";
    assert_eq!(held(text, Some("anna lind")).as_deref(), Some("anna lind"));
    assert_eq!(held(text, Some("Norlund AB")).as_deref(), Some("Norlund AB"));
    assert_eq!(held(text, Some("Fabrikam")), None);
    assert_eq!(held(text, Some(" ")), None);
    assert_eq!(held(text, None), None);
}

#[test]
fn an_update_stands_behind_the_colon() {
    assert_eq!(
        behind_colon("update the deal: NDA signed, demo on 3 May").as_deref(),
        Some("NDA signed, demo on 3 May")
    );
    assert_eq!(behind_colon("update the deal at 10:30"), None);
    assert_eq!(behind_colon("update the deal: "), None);
}
