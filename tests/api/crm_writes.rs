//! What Liaison writes to a CRM of any kind: the record that was meant, once, the partner's own, and nothing else.

use crate::support::{
    connections::connected,
    crm::{Duplicates, Fault},
    grounds::{Vendor, bare, grounds, registration, row, scope, unwritable, whole},
};
use futures::future::join_all;
use jiff::tz::TimeZone;
use liaison::crm::{
    Crm, CrmError, PartnerScope, Records, Row, Whose, connect,
    fields::{ACCOUNTS, COMMISSIONS, DEAL_REGISTRATIONS, MDF_CLAIMS, OPPORTUNITIES},
};
use std::time::Duration;

fn is_missing<T>(done: Result<T, CrmError>) -> bool {
    matches!(done, Err(CrmError::Missing { .. }))
}

/// One of everything that is written, for the first partner.
async fn write_all(crm: &dyn Crm) {
    let of = scope(crm, "p-001").await;
    crm.create(&DEAL_REGISTRATIONS, &of, &whole("dr-whole"))
        .await
        .unwrap();
    crm.create(&DEAL_REGISTRATIONS, &of, &bare("dr-bare"))
        .await
        .unwrap();
    let claim = row(&[
        ("id", "mc-new"),
        ("fund_id", "mf-0003"),
        ("activity", "Workshop"),
        ("amount_minor", "50001"),
        ("currency", "EUR"),
        ("status", "requested"),
        ("submitted_on", "2026-03-01"),
    ]);
    crm.create(&MDF_CLAIMS, &of, &claim).await.unwrap();
    let change = row(&[
        ("status", "withdrawn"),
        ("reason", "The customer has changed its mind."),
    ]);
    crm.update(&DEAL_REGISTRATIONS, &of, "dr-bare", &change)
        .await
        .unwrap();
    let change = row(&[("next_step", "Ring them up"), ("attribution", "influenced")]);
    crm.update(&OPPORTUNITIES, &of, "o-0014", &change).await.unwrap();
}

#[tokio::test]
async fn what_is_written_reads_back_the_same_everywhere() {
    let grounds = grounds().await;
    let everything = async |crm: &dyn Crm| {
        let partner = crm.partner("p-001").await.unwrap().unwrap();
        let records = Records::of(crm, &partner);
        let registrations = records.deal_registrations().await.unwrap();
        let claims = records.mdf_claims().await.unwrap();
        (registrations, claims, records.opportunities().await.unwrap())
    };
    let before = everything(&grounds.sample).await;
    write_all(&grounds.sample).await;
    let expected = everything(&grounds.sample).await;
    for ground in &grounds.all {
        let crm = ground.crm(&grounds.sample);
        // Kept from before, so that it has to be forgotten.
        assert!(everything(crm.as_ref()).await == before, "{}", ground.name);
        write_all(crm.as_ref()).await;
        let written = everything(crm.as_ref()).await;
        assert!(written == expected, "{}: {:?}", ground.name, written.0);
        // Written again, nothing changes, whatever has become of it.
        let of = scope(crm.as_ref(), "p-001").await;
        crm.create(&DEAL_REGISTRATIONS, &of, &bare("dr-bare"))
            .await
            .unwrap();
        assert!(everything(crm.as_ref()).await == expected, "{}", ground.name);
    }
    let whole = registration(&grounds.sample, "p-001", "dr-whole").await.unwrap();
    assert_eq!(whole.amount.unwrap().to_string(), "EUR 12,345.67");
    assert_eq!(whole.customer, "O'Brien \"& Söhne\"");
    let bare = registration(&grounds.sample, "p-001", "dr-bare").await.unwrap();
    assert_eq!((bare.status.as_str(), bare.amount), ("withdrawn", None));
}

#[tokio::test]
async fn a_thousand_of_the_same_are_one() {
    let grounds = grounds().await;
    for ground in &grounds.all {
        let crm = ground.crm(&grounds.sample);
        for (manner, id) in [
            (Duplicates::Conflict, "dr-many"),
            (Duplicates::Invalid, "dr-more"),
        ] {
            if let Vendor::HubSpot(hubspot) = &ground.vendor {
                hubspot.duplicates(manner);
            }
            let (of, row) = (scope(crm.as_ref(), "p-001").await, whole(id));
            let makes = (0..1_000).map(|_| crm.create(&DEAL_REGISTRATIONS, &of, &row));
            let made = join_all(makes).await;
            let failed: Vec<_> = made.into_iter().filter_map(Result::err).collect();
            assert!(
                failed.is_empty(),
                "{}: {} failed, first {:?}",
                ground.name,
                failed.len(),
                failed[0]
            );
            assert_eq!(
                ground.copies(&grounds.sample, &DEAL_REGISTRATIONS, id).await,
                1,
                "{}",
                ground.name
            );
        }
        // Many looked before the first was made, and were told that they came second.
        let posts = ground.posts("deal_registrations") + ground.posts("Liaison_Registration__c");
        assert!(
            posts > 20 || ground.faults().is_none(),
            "{}: {posts}",
            ground.name
        );
    }
}

#[tokio::test]
async fn two_partners_cannot_have_the_same_record() {
    let grounds = grounds().await;
    for ground in &grounds.all {
        let crm = ground.crm(&grounds.sample);
        let scopes = [
            scope(crm.as_ref(), "p-001").await,
            scope(crm.as_ref(), "p-002").await,
        ];
        let row = bare("dr-race");
        let makes = (0..100).map(|nth| crm.create(&DEAL_REGISTRATIONS, &scopes[nth % 2], &row));
        let made = join_all(makes).await;
        let done = made.iter().filter(|done| done.is_ok()).count();
        assert!(
            made.into_iter().filter(Result::is_err).all(is_missing),
            "{}",
            ground.name
        );
        assert_eq!(done, 50, "{}", ground.name);
        assert_eq!(
            ground
                .copies(&grounds.sample, &DEAL_REGISTRATIONS, "dr-race")
                .await,
            1,
            "{}",
            ground.name
        );
        let mut owners = 0;
        for partner in ["p-001", "p-002"] {
            owners += usize::from(registration(crm.as_ref(), partner, "dr-race").await.is_some());
        }
        assert_eq!(owners, 1, "{}", ground.name);
    }
}

#[tokio::test]
async fn what_is_somebody_elses_is_as_if_it_were_not_there() {
    let grounds = grounds().await;
    for ground in &grounds.all {
        let (name, crm) = (ground.name, ground.crm(&grounds.sample));
        let of = scope(crm.as_ref(), "p-001").await;
        let theirs = registration(crm.as_ref(), "p-002", "dr-0008").await;
        assert!(
            is_missing(crm.create(&DEAL_REGISTRATIONS, &of, &bare("dr-0008")).await),
            "{name}"
        );
        let change = row(&[("status", "withdrawn")]);
        // Another partner's, nobody's, and one that only looks like ours.
        for id in ["dr-0008", "dr-none", "DR-0001", "dr-0001'", "", "x' OR '1'='1"] {
            let changed = crm.update(&DEAL_REGISTRATIONS, &of, id, &change).await;
            assert!(is_missing(changed), "{name}: {id:?}");
        }
        let step = row(&[("next_step", "Ring them up")]);
        assert!(
            is_missing(crm.update(&OPPORTUNITIES, &of, "o-0041", &step).await),
            "{name}"
        );
        assert_eq!(
            registration(crm.as_ref(), "p-002", "dr-0008").await,
            theirs,
            "{name}"
        );
        assert_eq!(
            registration(crm.as_ref(), "p-001", "dr-0008").await,
            None,
            "{name}"
        );
        let changes = ground
            .requests("")
            .into_iter()
            .filter(|one| one.method == "PATCH");
        assert_eq!(changes.count(), 0, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_ours_to_write_is_not_even_sent() {
    let grounds = grounds().await;
    for ground in &grounds.all {
        let (name, crm) = (ground.name, ground.crm(&grounds.sample));
        let of = scope(crm.as_ref(), "p-001").await;
        let sent = ground.requests("").len();
        let whole = |more: &[(&'static str, &str)]| -> Row {
            let base = [
                ("id", "dr-x"),
                ("customer", "Somebody"),
                ("product", "Weave"),
                ("status", "submitted"),
                ("submitted_on", "2026-03-01"),
                ("extensions", "0"),
            ];
            row(&[&base[..], more].concat())
        };
        for more in [
            ("partner_id", "p-002"),
            ("partner_id", "p-001"),
            ("internal_note", "x"),
            ("status", "paid"),
            ("amount_minor", "1e3"),
            ("decided_on", "soon"),
        ] {
            let told = unwritable(crm.create(&DEAL_REGISTRATIONS, &of, &whole(&[more])).await);
            assert!(told.starts_with(more.0), "{name}: {told}");
        }
        let change = row(&[("margin_bps", "1")]);
        unwritable(crm.update(&OPPORTUNITIES, &of, "o-0014", &change).await);
        unwritable(
            crm.update(&OPPORTUNITIES, &of, "o-0014", &row(&[("stage", "closed_won")]))
                .await,
        );
        unwritable(
            crm.update(&DEAL_REGISTRATIONS, &of, "dr-0001", &row(&[("id", "dr-2")]))
                .await,
        );
        unwritable(crm.create(&COMMISSIONS, &of, &row(&[("id", "c-x")])).await);
        unwritable(crm.create(&ACCOUNTS, &of, &row(&[("id", "a-x")])).await);
        assert_eq!(ground.requests("").len(), sent, "{name}");
        assert!(crm.read(&ACCOUNTS, Whose::Of(&of)).await.is_err(), "{name}");
    }
}

/// What goes wrong, how often in a row, and in which requests.
fn mishaps(path: &str) -> Vec<(String, u32, Fault)> {
    let made = format!("POST {path} ");
    vec![
        // Done, but nobody was told.
        (made.clone(), 3, Fault::HalfPage),
        (made.clone(), 40, Fault::HalfPage),
        (made.clone(), 12, Fault::Delay(Duration::from_millis(1_500))),
        (String::new(), 30, Fault::HalfPage),
        // Not done.
        (made.clone(), 40, Fault::TooManyRequests { retry_after: 0 }),
        (String::new(), 100, Fault::TooManyRequests { retry_after: 1 }),
        (made.clone(), 2, Fault::TooManyRequests { retry_after: 600 }),
        (made.clone(), 40, Fault::Status(500)),
        (String::new(), 100, Fault::Status(503)),
    ]
}

/// Repeats a write until it is known to be done, and says how often it was not.
async fn insist(crm: &dyn Crm, of: &PartnerScope, row: &Row) -> usize {
    for failed in 0..200 {
        match crm.create(&DEAL_REGISTRATIONS, of, row).await {
            Ok(()) => return failed,
            Err(CrmError::Unavailable(_) | CrmError::Busy) => {}
            Err(other) => panic!("{other}"),
        }
    }
    panic!("it is never done");
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_doubled_whatever_goes_wrong() {
    const EACH: usize = 20;
    let mut grounds = grounds().await;
    let of = scope(&grounds.sample, "p-001").await;
    for ground in &mut grounds.all {
        let path = match &ground.vendor {
            Vendor::Database => continue,
            Vendor::HubSpot(_) => "/crm/v3/objects/deal_registrations",
            Vendor::Salesforce(_) => "/services/data/v62.0/sobjects/Liaison_Registration__c",
        };
        ground.settings.crm.timeout_seconds = Duration::from_secs(1);
        let (mut written, mut failed) = (Vec::new(), 0);
        for (nth, (part, count, fault)) in mishaps(path).into_iter().enumerate() {
            let crm = ground.crm(&grounds.sample);
            let rows: Vec<Row> = (0..EACH).map(|row| whole(&format!("dr-{nth}-{row}"))).collect();
            ground.faults().unwrap().next_on(&part, count, fault);
            // Each twice at the same time, as impatient people do.
            let all = rows.iter().chain(&rows).map(|row| insist(crm.as_ref(), &of, row));
            failed += join_all(all).await.iter().sum::<usize>();
            ground.faults().unwrap().clear();
            written.extend(rows);
        }
        println!(
            "{}: {} records, {failed} attempts failed",
            ground.name,
            written.len()
        );
        assert!(failed > 20, "{}: only {failed} attempts failed", ground.name);
        ground.settings.crm.timeout_seconds = Duration::from_secs(120);
        let crm = connect::direct(&ground.settings.crm, grounds.sample.clone(), TimeZone::UTC).unwrap();
        let read = crm.read(&DEAL_REGISTRATIONS, Whose::Of(&of)).await.unwrap();
        for row in &written {
            let same = read.rows.iter().filter(|known| known.get("id") == row.get("id"));
            let same: Vec<&Row> = same.collect();
            assert_eq!(same.len(), 1, "{}: {row:?}", ground.name);
            assert_eq!(same[0].get("proof"), row.get("proof"));
        }
    }
}

#[tokio::test]
async fn a_token_that_runs_out_between_two_writes_is_renewed() {
    let grounds = grounds().await;
    for ground in &grounds.all {
        let mut settings = ground.settings.clone();
        if let Vendor::HubSpot(hubspot) = &ground.vendor {
            let [id, secret, refresh] = hubspot.oauth();
            let of = &mut settings.crm.hubspot;
            (of.token, of.client_id) = (None, id.to_owned());
            (of.client_secret, of.refresh_token) = (Some(secret.into()), Some(refresh.into()));
        }
        let crm = connected(&settings, &grounds.sample);
        let of = scope(crm.as_ref(), "p-001").await;
        for nth in 0..10 {
            let rows = [format!("dr-t-{nth}-a"), format!("dr-t-{nth}-b")].map(|id| bare(&id));
            ground.faults().inspect(|faults| faults.expire_tokens());
            let made = join_all(rows.iter().map(|row| crm.create(&DEAL_REGISTRATIONS, &of, row))).await;
            assert!(made.iter().all(Result::is_ok), "{}: {made:?}", ground.name);
        }
        let read = crm.read(&DEAL_REGISTRATIONS, Whose::Of(&of)).await.unwrap();
        let new = read
            .rows
            .iter()
            .filter(|row| row.get("id").unwrap().starts_with("dr-t-"));
        assert_eq!(new.count(), 20, "{}", ground.name);
    }
}
