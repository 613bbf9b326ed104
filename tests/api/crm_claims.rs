//! Everybody's claims, as a conflict check reads them.

use crate::support::{
    crm::{HubSpot, Salesforce},
    grounds::{Vendor, grounds},
};
use jiff::tz::TimeZone;
use liaison::crm::{check::check, claims::claims, connect};
use serde_json::json;

#[tokio::test]
async fn a_conflict_check_sees_direct_sales_too() {
    let grounds = grounds().await;
    let expected = claims(&grounds.sample).await.unwrap();
    assert_eq!(expected.skipped, 0);
    assert!(expected.accounts.len() > 5 && expected.deals.len() > 100 && expected.registrations.len() > 30);
    for ground in &grounds.all {
        let name = ground.name;
        let crm = connect::direct(&ground.settings.crm, grounds.sample.clone(), TimeZone::UTC).unwrap();
        let mut found = claims(crm.as_ref()).await.unwrap();
        found.registrations.sort_by(|a, b| a.record.id.cmp(&b.record.id));
        assert!(found.registrations == expected.registrations, "{name}");
        assert_eq!(found.deals.len(), expected.deals.len(), "{name}");
        for account in &expected.accounts {
            let same = (&account.name, account.status);
            assert!(
                found
                    .accounts
                    .iter()
                    .any(|known| (&known.name, known.status) == same),
                "{name}: {account:?}"
            );
        }
        match &ground.vendor {
            Vendor::Database => continue,
            Vendor::HubSpot(hubspot) => direct_in_hubspot(hubspot),
            Vendor::Salesforce(salesforce) => direct_in_salesforce(salesforce),
        }
        let found = claims(crm.as_ref()).await.unwrap();
        let direct: Vec<_> = found.deals.iter().filter(|deal| deal.partner.is_none()).collect();
        assert_eq!(direct.len(), 1, "{name}: {direct:?}");
        let deal = &direct[0].record;
        assert_eq!(
            (deal.customer.as_str(), deal.stage, deal.amount),
            ("Direct Customer", None, None),
            "{name}"
        );
        let account = found
            .accounts
            .iter()
            .find(|account| account.name == "Direct Customer")
            .unwrap();
        assert_eq!(
            account.status.as_str(),
            "prospect",
            "a status that nobody has mapped"
        );
        // An organisation without a name, and a registration that somebody has spoilt.
        assert_eq!(found.skipped, 2, "{name}");
        assert_eq!(found.registrations.len(), expected.registrations.len(), "{name}");
        // Whoever looks after the CRM is told of what concerns partners.
        let mapping = connect::mapping(&ground.settings.crm).unwrap();
        for table in check(crm.as_ref(), &mapping).await {
            let is_spoilt = table.table == "deal_registrations";
            assert_eq!(
                table.problems.is_empty(),
                !is_spoilt,
                "{name} {}: {:?}",
                table.table,
                table.problems
            );
        }
        assert_eq!(crm.partners().await.unwrap().len(), 8, "{name}");
    }
}

fn direct_in_hubspot(hubspot: &HubSpot) {
    // Neither an id nor a product nor a currency of ours.
    let deal = json!({ "dealname": "Direct", "dealstage": "4711", "amount": 5, "closedate": "2026-10-01" });
    let deal = hubspot.load("deals", [deal]).remove(0);
    let customer = json!({ "name": "Direct Customer", "lifecyclestage": "salesqualifiedlead" });
    let customer = hubspot
        .load("companies", [customer, json!({ "country": "DE" })])
        .remove(0);
    hubspot.associate(("deals", &deal), ("companies", &customer));
    let spoilt = json!({ "registration_id": "dr-spoilt", "liaison_partner_id": "p-001", "customer": "X", "status": "?" });
    hubspot.load("deal_registrations", [spoilt]);
}

fn direct_in_salesforce(salesforce: &Salesforce) {
    let accounts = [
        json!({ "Name": "Direct Customer", "Type": "Competitor" }),
        json!({ "BillingCountryCode": "DE" }),
    ];
    let ids = salesforce.load("Account", accounts);
    let deal =
        json!({ "Name": "Direct", "StageName": "Our own", "CloseDate": "2026-10-01", "AccountId": ids[0] });
    salesforce.load("Opportunity", [deal]);
    let partner = json!({ "Liaison_Partner_Id__c": "p-001" });
    let spoilt = json!({ "Registration_Id__c": "dr-spoilt", "Partner__r": partner, "Customer__c": "X", "Status__c": "?" });
    salesforce.load("Liaison_Registration__c", [spoilt]);
}
