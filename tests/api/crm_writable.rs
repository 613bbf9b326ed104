//! What can be written to a vendor's CRM as it is set up, and what is said where it cannot.

use crate::support::{
    connections::{built_in, connected, of_hubspot, of_postgres, postgres},
    crm::{HubSpot, Object, Seen},
    grounds::{Vendor, bare, grounds, registration, row, scope, today, unwritable, whole},
    postgres::Postgres,
};
use jiff::tz::TimeZone;
use liaison::{
    config::Settings,
    crm::{CrmError, SqlCrm, check::check, connect, fields::DEAL_REGISTRATIONS},
};

/// The mapping of a table, in a vendor's settings.
fn amended(settings: &Settings, toml: &str) -> Settings {
    let file = config::File::from_str(toml, config::FileFormat::Toml);
    let read = config::Config::builder().add_source(file).build().unwrap();
    let mut settings = settings.clone();
    settings.crm.tables = read.try_deserialize().unwrap();
    settings
}

/// What stands against writing registrations, and what is said to who writes all the same.
async fn obstacles(settings: &Settings, sample: &SqlCrm) -> (Vec<String>, Result<(), CrmError>) {
    let mapping = connect::mapping(&settings.crm).unwrap();
    let crm = connect::direct(&settings.crm, sample.clone(), TimeZone::UTC).unwrap();
    let tables = check(crm.as_ref(), &mapping).await;
    let of = |name: &str| tables.iter().find(|table| table.table == name).unwrap();
    assert_eq!(of("commissions").obstacles, None);
    let found = of("deal_registrations").obstacles.clone().unwrap();
    let scope = scope(crm.as_ref(), "p-001").await;
    (
        found,
        crm.create(&DEAL_REGISTRATIONS, &scope, &whole("dr-check")).await,
    )
}

#[tokio::test]
async fn the_check_tells_what_can_be_written_without_writing() {
    let grounds = grounds().await;
    for ground in &grounds.all {
        let mapping = connect::mapping(&ground.settings.crm).unwrap();
        let crm = connect::direct(&ground.settings.crm, grounds.sample.clone(), TimeZone::UTC).unwrap();
        for table in check(crm.as_ref(), &mapping).await {
            let is_written = ["deal_registrations", "opportunities", "mdf_claims"].contains(&table.table);
            assert_eq!(
                table.obstacles,
                is_written.then(Vec::new),
                "{} {}",
                ground.name,
                table.table
            );
        }
        let wrote = |one: &Seen| one.method == "PATCH" || one.method == "POST" && !is_read(&one.path);
        assert!(!ground.requests("").iter().any(wrote), "{}", ground.name);
    }
}

/// Reads that are posted: searches, batches, and what is signed in with.
fn is_read(path: &str) -> bool {
    ["/search", "/read", "/token"]
        .iter()
        .any(|end| path.ends_with(end))
}

#[tokio::test]
async fn what_cannot_be_written_once_is_not_written() {
    let grounds = grounds().await;
    for ground in &grounds.all {
        let own_id = match &ground.vendor {
            Vendor::Database => {
                let mut settings = ground.settings.clone();
                settings.crm.sql.writable = false;
                let (found, done) = obstacles(&settings, &grounds.sample).await;
                assert!(found[0].contains("`crm.sql.writable` is not set"), "{found:?}");
                assert!(unwritable(done).contains("`crm.sql.writable` is not set"));
                continue;
            }
            Vendor::HubSpot(_) => "hs_object_id",
            Vendor::Salesforce(_) => "Id",
        };
        let by_own_id = amended(
            &ground.settings,
            &format!("[deal_registrations.fields]\nid = \"{own_id}\""),
        );
        // The customer's name is unique for nobody.
        let by_name = match &ground.vendor {
            Vendor::HubSpot(_) => "customer",
            _ => "Customer__c",
        };
        let by_name = amended(
            &ground.settings,
            &format!("[deal_registrations.fields]\nid = \"{by_name}\""),
        );
        for (settings, expected) in [
            (by_own_id, "its id is the"),
            (by_name, "a record could be made twice"),
        ] {
            let (found, done) = obstacles(&settings, &grounds.sample).await;
            assert!(
                found.iter().any(|one| one.contains(expected)),
                "{}: {found:?}",
                ground.name
            );
            let told = unwritable(done);
            assert!(told.contains(expected), "{}: {told}", ground.name);
        }
        let posts = ground.posts("deal_registrations") + ground.posts("Liaison_Registration__c");
        assert_eq!(posts, 0, "{}", ground.name);
    }
}

#[tokio::test]
async fn a_vendor_that_keeps_less_gets_what_it_keeps() {
    let grounds = grounds().await;
    for ground in &grounds.all {
        if matches!(ground.vendor, Vendor::Database) {
            continue;
        }
        let lean = "[deal_registrations.fields]\nproof = \"\"\nneed = \"\"\ncurrency = { value = \"EUR\" }";
        let settings = amended(&ground.settings, lean);
        let crm = connected(&settings, &grounds.sample);
        let of = scope(crm.as_ref(), "p-001").await;
        crm.create(&DEAL_REGISTRATIONS, &of, &whole("dr-lean"))
            .await
            .unwrap();
        let kept = registration(crm.as_ref(), "p-001", "dr-lean").await.unwrap();
        assert_eq!(
            (kept.proof, kept.need, kept.source.as_deref()),
            (None, None, Some("trade fair"))
        );
        assert_eq!(
            kept.amount.unwrap().to_string(),
            "EUR 12,345.67",
            "{}",
            ground.name
        );
        let told = unwritable(
            crm.update(&DEAL_REGISTRATIONS, &of, "dr-lean", &row(&[("proof", "x")]))
                .await,
        );
        assert!(told.contains("no place for it"), "{told}");
        let dollars = row(&[("amount_minor", "5"), ("currency", "USD")]);
        let told = unwritable(crm.update(&DEAL_REGISTRATIONS, &of, "dr-lean", &dollars).await);
        assert!(told.contains("always \"EUR\""), "{told}");
    }
}

#[tokio::test]
async fn a_warehouse_has_types_and_rules_of_its_own() {
    let Some((server, pool)) = Postgres::start().await else {
        return;
    };
    let sample = built_in(today()).await;
    postgres(pool.clone(), today()).await;
    let schema = "
        CREATE SCHEMA dwh;
        CREATE TYPE dwh.state AS ENUM ('open', 'approved', 'withdrawn');
        CREATE TABLE dwh.registrations (
            key VARCHAR(20) PRIMARY KEY, owner VARCHAR(10) NOT NULL, customer VARCHAR(30) NOT NULL, product TEXT NOT NULL,
            state dwh.state NOT NULL, handed_in DATE NOT NULL, decided DATE, extensions SMALLINT NOT NULL,
            worth NUMERIC(9, 2), code CHAR(3), made_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );";
    sqlx::raw_sql(schema).execute(&pool).await.unwrap();
    let mut settings = of_postgres(&server);
    settings.crm.sql.writable = true;
    let settings = amended(
        &settings,
        r#"
        [deal_registrations]
        object = "dwh.registrations"
        [deal_registrations.fields]
        id = "key"
        partner_id = "owner"
        opportunity_id = ""
        status = { field = "state", values = { open = "submitted" } }
        submitted_on = "handed_in"
        decided_on = "decided"
        protected_until = ""
        reason = ""
        amount_minor = { field = "worth", unit = "major" }
        currency = "code"
        close_date = ""
        domain = ""
        contact = ""
        contact_email = ""
        need = ""
        source = ""
        proof = ""
        "#,
    );
    let crm = connected(&settings, &sample);
    let of = scope(crm.as_ref(), "p-001").await;
    assert_eq!(
        crm.obstacles(&DEAL_REGISTRATIONS).await.unwrap(),
        Vec::<String>::new()
    );
    crm.create(&DEAL_REGISTRATIONS, &of, &whole("dr-1"))
        .await
        .unwrap();
    crm.create(&DEAL_REGISTRATIONS, &of, &bare("dr-1")).await.unwrap();
    let change = row(&[
        ("status", "withdrawn"),
        ("decided_on", "2026-04-01"),
        ("amount_minor", "99"),
        ("currency", "EUR"),
    ]);
    crm.update(&DEAL_REGISTRATIONS, &of, "dr-1", &change)
        .await
        .unwrap();
    let kept = registration(crm.as_ref(), "p-001", "dr-1").await.unwrap();
    assert_eq!(kept.decided_on.unwrap().to_string(), "2026-04-01");
    assert_eq!(
        (kept.status.as_str(), kept.amount.unwrap().minor),
        ("withdrawn", 99)
    );
    // What does not fit is refused, and not cut to what does.
    let check = async |values: &[(&'static str, &str)]| {
        let told = unwritable(crm.update(&DEAL_REGISTRATIONS, &of, "dr-1", &row(values)).await);
        assert!(!told.is_empty(), "{told}");
    };
    check(&[("customer", "A name of many more than thirty letters")]).await;
    check(&[("status", "rejected")]).await;
    check(&[("extensions", "99999999")]).await;
    check(&[("amount_minor", "999999999999"), ("currency", "EUR")]).await;
    // Without its key a record could be made twice.
    sqlx::raw_sql("ALTER TABLE dwh.registrations DROP CONSTRAINT registrations_pkey; ALTER TABLE dwh.registrations ADD region TEXT NOT NULL DEFAULT ''; ALTER TABLE dwh.registrations ALTER region DROP DEFAULT;")
        .execute(&pool)
        .await
        .unwrap();
    let found = crm.obstacles(&DEAL_REGISTRATIONS).await.unwrap();
    assert!(found[0].contains("key is not unique"), "{found:?}");
    assert!(found[1].contains("region has to be filled"), "{found:?}");
    unwritable(crm.create(&DEAL_REGISTRATIONS, &of, &bare("dr-2")).await);
}

#[tokio::test]
async fn what_a_vendor_asks_for_besides_is_told() {
    let hubspot = HubSpot::start();
    hubspot.limits(1_000_000, 1_000_000);
    let texts = ["liaison_partner_id", "customer", "product", "submitted_on"];
    let object = Object::new("deal_registrations")
        .unique("registration_id")
        .choice("status", &["submitted", "approved"]);
    let object = texts
        .into_iter()
        .fold(object, Object::text)
        .number("extensions")
        .text("region");
    hubspot.define(object.required("region"));
    let sample = built_in(today()).await;
    let settings = of_hubspot(&hubspot);
    let crm = connect::direct(&settings.crm, sample, TimeZone::UTC).unwrap();
    let found = crm.obstacles(&DEAL_REGISTRATIONS).await.unwrap().join("; ");
    assert!(
        found.contains("status has no option expired, rejected, conflicting, withdrawn"),
        "{found}"
    );
    assert!(found.contains("region has to be filled"), "{found}");
    assert!(
        found.contains("proof is no property of deal_registrations"),
        "{found}"
    );
    assert!(!found.contains("customer"), "{found}");
}
