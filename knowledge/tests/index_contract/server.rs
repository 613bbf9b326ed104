//! What only a server can do to us, and what we ask of it when a collection is made.

use crate::{
    fake::Fake,
    support::{STAFF, cluster, found, model, passages, record},
};
use liaison_knowledge::{Cluster, IndexError, Place};
use std::sync::atomic::Ordering::SeqCst;

#[tokio::test]
async fn a_collection_is_made_as_the_settings_say() {
    let fake = Fake::start().await;
    let place = Place::Cluster(Cluster {
        shards: 6,
        replicas: 2,
        ..cluster(fake.url(), "acme")
    });
    drop(place.open(&model("a")).await.unwrap());
    assert_eq!(fake.state.collections(), ["acme-aaaaaaaaaaaa"]);
    let made = fake.state.request("acme-aaaaaaaaaaaa");
    assert_eq!((made.shard_number, made.replication_factor), (Some(6), Some(2)));
    assert_eq!(made.write_consistency_factor, Some(2));
    let tenants: Vec<String> = fake
        .state
        .indexes("acme-aaaaaaaaaaaa")
        .into_iter()
        .map(|(field, tenant)| {
            if tenant {
                format!("{field}, a tenant's")
            } else {
                field
            }
        })
        .collect();
    let expected = [
        "access",
        "edition",
        "from",
        "partner, a tenant's",
        "region",
        "tier",
        "type",
        "until",
    ];
    assert_eq!(tenants, expected);
}

#[tokio::test]
async fn an_unavailable_server_is_asked_again() {
    let fake = Fake::start().await;
    let place = Place::Cluster(cluster(fake.url(), "acme"));
    let index = place.open(&model("a")).await.unwrap();
    let rules = record("rules");
    for failures in [1, 2] {
        fake.state.failures.store(failures, SeqCst);
        index
            .replace(&rules, passages(&rules, &["deals", "claims"]))
            .await
            .unwrap();
        fake.state.failures.store(failures, SeqCst);
        assert_eq!(found(&*index, "deals", STAFF).await.len(), 2);
        fake.state.failures.store(failures, SeqCst);
        index.flush().await.unwrap();
        assert_eq!(index.count().await.unwrap(), 2);
    }
    fake.state.failures.store(100, SeqCst);
    let before = fake.state.requests.load(SeqCst);
    let error = index.contents(rules.id).await.unwrap_err();
    assert!(matches!(error, IndexError::Unreachable { .. }), "{error}");
    // The client asks once more by itself, on a new connection.
    assert!(fake.state.requests.load(SeqCst) - before <= 6);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    // Nothing listens on the discard port.
    let place = Place::Cluster(cluster("http://127.0.0.1:9", "acme"));
    let error = place.active().await.unwrap_err().to_string();
    assert!(
        error.contains("http://127.0.0.1:9") && error.contains("index.url"),
        "{error}"
    );
    let place = Place::Cluster(cluster("not an address", "acme"));
    let error = place.active().await.unwrap_err().to_string();
    assert!(
        error.contains("not an address") && error.contains("index.url"),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_key_is_named() {
    let fake = Fake::with_key(Some("right")).await;
    for (key, right) in [(None, false), (Some("wrong"), false), (Some("right"), true)] {
        let place = Place::Cluster(Cluster {
            api_key: key.map(str::to_owned),
            ..cluster(fake.url(), "acme")
        });
        match place.active().await {
            Ok(None) => assert!(right),
            Err(error @ IndexError::Refused { .. }) => {
                assert!(
                    !right && error.to_string().contains("LIAISON_INDEX__API_KEY"),
                    "{error}"
                );
            }
            other => panic!("{other:?}"),
        }
    }
}
