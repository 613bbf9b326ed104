//! No search, by any path, returns a passage outside the caller's audience or dates; and what may be seen is found.

use crate::support::{World, ask, passages, record, vector};
use jiff::civil::{Date, date};
use liaison_knowledge::{
    Audience, AudienceSpec, DocumentRecord, Validity, View,
    audience::Limits,
    index::{Also, Query},
};
use proptest::{collection::btree_set, collection::vec, option, prelude::*, sample::select};
use std::collections::BTreeSet;

const TIERS: [&str; 3] = ["silver", "gold", "platinum"];
const REGIONS: [&str; 2] = ["emea", "apac"];
const KINDS: [&str; 2] = ["reseller", "referral"];
/// `*` and `partners` are words of the index itself: a partner of that name must gain nothing by it.
const PARTNERS: [&str; 4] = ["p-001", "p-002", "*", "partners"];

fn some_of(values: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<String>> {
    btree_set(select(values).prop_map(str::to_owned), 0..=2)
}

fn spec() -> impl Strategy<Value = AudienceSpec> {
    let limits = (
        some_of(&TIERS),
        some_of(&REGIONS),
        some_of(&KINDS),
        some_of(&PARTNERS[..2]),
    );
    let limited = limits.prop_filter_map("it names a condition", |(tiers, regions, kinds, partners)| {
        let limits = Limits {
            tiers,
            regions,
            kinds,
            partners,
        };
        (limits != Limits::default()).then_some(AudienceSpec::Limited(limits))
    });
    prop_oneof![1 => Just(AudienceSpec::Partners), 1 => Just(AudienceSpec::Internal), 2 => limited]
}

/// Few days, so that limits are met to the day.
fn day() -> impl Strategy<Value = Date> {
    prop_oneof![
        8 => (1..=6_i8).prop_map(|day| date(2026, 3, day)),
        1 => Just(date(1969, 12, 31)),
        1 => Just(date(9999, 12, 31)),
    ]
}

fn validity() -> impl Strategy<Value = Validity> {
    (option::of(day()), option::of(day())).prop_map(|(from, until)| Validity { from, until })
}

fn caller() -> impl Strategy<Value = Audience> {
    let partner = (
        select(&PARTNERS[..]),
        select(&TIERS[..]),
        select(&REGIONS[..]),
        select(&KINDS[..]),
    );
    let partner = partner.prop_map(|(id, tier, region, kind)| Audience::Partner {
        id: id.to_owned(),
        tier: tier.to_owned(),
        region: region.to_owned(),
        kind: kind.to_owned(),
    });
    prop_oneof![1 => Just(Audience::Internal), 6 => partner]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn only_what_the_caller_may_see_and_all_of_it(
        documents in vec((spec(), validity(), 1..4_usize), 1..16),
        relabelled in vec((spec(), validity()), 1..5),
        callers in vec((caller(), day()), 1..8),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            for world in [World::embedded(), World::fake().await] {
                check(&world, &documents, &relabelled, &callers).await;
            }
        });
    }
}

async fn check(
    world: &World,
    documents: &[(AudienceSpec, Validity, usize)],
    relabelled: &[(AudienceSpec, Validity)],
    callers: &[(Audience, Date)],
) {
    let index = world.open().await;
    let mut all = Vec::new();
    for (n, (audience, validity, count)) in documents.iter().enumerate() {
        let mut document = record(&format!("document {n}"));
        (document.audience, document.validity) = (audience.clone(), *validity);
        let texts: Vec<String> = (0..*count).map(|m| format!("terms {n} {m}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        index
            .replace(&document, passages(&document, &texts))
            .await
            .unwrap();
        all.push(document);
    }
    for (document, (audience, validity)) in all.iter_mut().zip(relabelled) {
        (document.audience, document.validity) = (audience.clone(), *validity);
        index.relabel(document).await.unwrap();
    }
    for (audience, on) in callers {
        let view = View { audience, on: *on };
        let may =
            |document: &DocumentRecord| document.audience.admits(audience) && document.validity.holds_on(*on);
        // By the words themselves and by those that are looked for beside them.
        let also = ["terms", "document", "About"].map(|words| Also {
            words: words.to_owned(),
            weight: 0.5,
        });
        let vector = vector("terms");
        let query = Query {
            also: &also,
            ..ask("", &vector, view)
        };
        let hits = index.search(&query, 100).await.unwrap();
        assert!(
            hits.iter().all(|hit| may(&hit.document)),
            "beside: {hits:?} {view:?}"
        );
        let hits = index.search(&ask("terms", &vector, view), 100).await.unwrap();
        let found: BTreeSet<_> = hits.iter().map(|hit| hit.passage.id).collect();
        for document in &all {
            for (stored, _) in index.contents(document.id).await.unwrap() {
                let id = stored.passage.id;
                assert_eq!(
                    found.contains(&id),
                    may(document),
                    "search: {document:?} {view:?}"
                );
                let direct = index.passage(id, view).await.unwrap();
                assert_eq!(direct.is_some(), may(document), "passage: {document:?} {view:?}");
            }
        }
    }
}
