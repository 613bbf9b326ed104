//! One document at a time.

use crate::support::{HALF, STAFF, World, ask, contract, found, model, passages, record, texts, vector};
use liaison_knowledge::{Audience, AudienceSpec, IndexError, PassageId, Validity, View};
use std::collections::BTreeMap;

contract!(
    what_is_written_is_found_and_read,
    a_replaced_document_is_the_new_one_only,
    a_relabelled_document_keeps_its_passages_and_vectors,
    a_removed_document_is_gone_at_once,
    everything_is_there_after_reopening,
    an_interrupted_change_leaves_the_former_document,
    another_model_is_refused,
    the_active_model_is_the_one_activated_last,
);

const RULES: [&str; 3] = [
    "gold partners earn ten percent",
    "claims within thirty days",
    "deals are protected",
];

async fn what_is_written_is_found_and_read(world: World) {
    let index = world.open().await;
    let rules = record("rules");
    index.replace(&rules, passages(&rules, &RULES)).await.unwrap();

    assert_eq!(
        found(&*index, RULES[1], STAFF).await.first().map(String::as_str),
        Some(RULES[1])
    );
    let hits = index
        .search(&ask("claims", &vector(RULES[1]), STAFF), 1)
        .await
        .unwrap();
    assert_eq!(hits.len(), 1);
    assert!((hits[0].similarity.unwrap() - 1.0).abs() < HALF, "{hits:?}");
    assert!(
        hits[0].bm25.unwrap() > 0.0 && *hits[0].document == rules,
        "{hits:?}"
    );

    let id = PassageId::of_text(rules.id, 1, RULES[1]);
    let stored = index.passage(id, STAFF).await.unwrap().unwrap();
    assert_eq!((stored.passage.id, stored.passage.text.as_str()), (id, RULES[1]));
    assert!(
        index
            .passage(PassageId::of_text(rules.id, 9, "no"), STAFF)
            .await
            .unwrap()
            .is_none()
    );

    assert_eq!(texts(&*index, rules.id).await, RULES);
    for (stored, kept) in index.contents(rules.id).await.unwrap() {
        let own = vector(&stored.passage.text);
        assert!(
            own.iter().zip(&kept).all(|(a, b)| (a - b).abs() < HALF),
            "{kept:?}"
        );
    }
    assert_eq!(index.documents().await.unwrap(), BTreeMap::from([(rules.id, 3)]));
    assert_eq!(index.count().await.unwrap(), 3);
    world.end().await;
}

async fn a_replaced_document_is_the_new_one_only(world: World) {
    let index = world.open().await;
    let (mut rules, other) = (record("rules"), record("other"));
    index
        .replace(&other, passages(&other, &["left alone"]))
        .await
        .unwrap();
    // Often enough that both places of a document are used again, with and without a flush between.
    for round in 0..6 {
        let own = format!("round {round}");
        rules.title.clone_from(&own);
        let all = [RULES[0], own.as_str()];
        index.replace(&rules, passages(&rules, &all)).await.unwrap();
        assert_eq!(texts(&*index, rules.id).await, all, "round {round}");
        let hits = index
            .search(&ask("round", &vector("round"), STAFF), 50)
            .await
            .unwrap();
        assert_eq!(hits.len(), 3, "round {round}");
        let its = hits.iter().filter(|hit| hit.document.id == rules.id);
        assert!(
            its.clone().all(|hit| *hit.document == rules),
            "round {round}: {hits:?}"
        );
        assert_eq!(index.count().await.unwrap(), 3);
        let kept = PassageId::of_text(rules.id, 0, RULES[0]);
        assert!(
            index.passage(kept, STAFF).await.unwrap().is_some(),
            "round {round}"
        );
        if round % 3 == 2 {
            index.flush().await.unwrap();
        }
    }
    index.replace(&rules, Vec::new()).await.unwrap();
    assert_eq!(index.documents().await.unwrap(), BTreeMap::from([(other.id, 1)]));
    world.end().await;
}

async fn a_relabelled_document_keeps_its_passages_and_vectors(world: World) {
    let index = world.open().await;
    let mut rules = record("rules");
    index.replace(&rules, passages(&rules, &RULES)).await.unwrap();
    let before = index.contents(rules.id).await.unwrap();
    rules.audience = AudienceSpec::Internal;
    rules.validity = Validity {
        from: Some(STAFF.on),
        until: Some(STAFF.on.tomorrow().unwrap()),
    };
    rules.language = Some("de".to_owned());
    index.relabel(&rules).await.unwrap();

    let after = index.contents(rules.id).await.unwrap();
    assert_eq!(after.len(), before.len());
    for ((old, its), (new, own)) in before.iter().zip(&after) {
        assert_eq!((&old.passage, &*new.document), (&new.passage, &rules));
        assert!(its.iter().zip(own).all(|(a, b)| (a - b).abs() < 1e-6));
    }
    assert_eq!(found(&*index, "deals", STAFF).await.len(), 3);
    let partner = gold();
    assert!(
        found(
            &*index,
            "deals",
            View {
                audience: &partner,
                ..STAFF
            }
        )
        .await
        .is_empty()
    );
    assert!(
        found(
            &*index,
            "deals",
            View {
                on: STAFF.on.yesterday().unwrap(),
                ..STAFF
            }
        )
        .await
        .is_empty()
    );
    assert!(
        found(
            &*index,
            "deals",
            View {
                on: STAFF.on.tomorrow().unwrap(),
                ..STAFF
            }
        )
        .await
        .is_empty()
    );

    index.relabel(&record("not there")).await.unwrap();
    assert_eq!(index.documents().await.unwrap().len(), 1);
    world.end().await;
}

async fn a_removed_document_is_gone_at_once(world: World) {
    let index = world.open().await;
    let rules = record("rules");
    index.replace(&rules, passages(&rules, &RULES)).await.unwrap();
    index.flush().await.unwrap();
    index.remove(rules.id).await.unwrap();
    assert!(found(&*index, "deals", STAFF).await.is_empty());
    assert!(index.contents(rules.id).await.unwrap().is_empty());
    assert_eq!(index.count().await.unwrap(), 0);
    index.remove(rules.id).await.unwrap();
    // Not even a crash right after it brings it back.
    drop(index);
    let index = world.open().await;
    assert!(index.documents().await.unwrap().is_empty());
    index
        .replace(&rules, passages(&rules, &RULES[..1]))
        .await
        .unwrap();
    assert_eq!(texts(&*index, rules.id).await, RULES[..1]);
    world.end().await;
}

async fn everything_is_there_after_reopening(world: World) {
    let rules = record("rules");
    let index = world.open().await;
    index
        .replace(&rules, passages(&rules, &RULES[..1]))
        .await
        .unwrap();
    index.replace(&rules, passages(&rules, &RULES)).await.unwrap();
    index.flush().await.unwrap();
    index.optimise().await.unwrap();
    drop(index);
    let index = world.open().await;
    assert_eq!(texts(&*index, rules.id).await, RULES);
    assert_eq!(found(&*index, RULES[2], STAFF).await[0], RULES[2]);
    assert_eq!(index.documents().await.unwrap(), BTreeMap::from([(rules.id, 3)]));
    world.end().await;
}

async fn an_interrupted_change_leaves_the_former_document(world: World) {
    let rules = record("rules");
    let index = world.open().await;
    index.replace(&rules, passages(&rules, &RULES)).await.unwrap();
    index.flush().await.unwrap();
    let many: Vec<String> = (0..2000).map(|n| format!("number {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let new = passages(&rules, &many);
    let patience = std::time::Duration::from_millis(40);
    let interrupted = tokio::time::timeout(patience, index.replace(&rules, new)).await;
    assert!(interrupted.is_err(), "it was done before it could be interrupted");
    assert_eq!(texts(&*index, rules.id).await, RULES);
    assert_eq!(found(&*index, "number", STAFF).await.len(), 3);

    // The next change puts up with what is left.
    index.replace(&rules, passages(&rules, &["fresh"])).await.unwrap();
    assert_eq!(texts(&*index, rules.id).await, ["fresh"]);
    index.flush().await.unwrap();
    assert_eq!(found(&*index, "number", STAFF).await, ["fresh"]);
    world.end().await;
}

async fn another_model_is_refused(world: World) {
    drop(world.open().await);
    // So like the first that its collection has the same name.
    let mut twin = model("a");
    twin.sha256.replace_range(60.., "beef");
    match world.place.open(&twin).await.map(|_| ()) {
        Err(IndexError::OtherModel { found, wanted, .. }) => assert_eq!(found, wanted),
        other => panic!("{other:?}"),
    }
    world.end().await;
}

async fn the_active_model_is_the_one_activated_last(world: World) {
    assert_eq!(world.place.active().await.unwrap(), None);
    for name in ["a", "b"] {
        let index = world.place.open(&model(name)).await.unwrap();
        assert_eq!(index.model(), &model(name));
        world.place.activate(&model(name)).await.unwrap();
        assert_eq!(world.place.active().await.unwrap(), Some(model(name)));
    }
    world.place.discard(&model("b")).await.unwrap();
    world.end().await;
}

fn gold() -> Audience {
    Audience::Partner {
        id: "p-001".to_owned(),
        tier: "gold".to_owned(),
        region: "emea".to_owned(),
        kind: "reseller".to_owned(),
    }
}
