//! An index as the first version of Liaison left it is taken over with its vectors.

use crate::support::{DIMENSIONS, STAFF, found, model, passages, record, texts};
use liaison_knowledge::{DocumentRecord, Place};
use qdrant_edge as q;
use serde_json::json;
use std::{fs, path::Path};

#[tokio::test(flavor = "multi_thread")]
async fn an_index_of_the_first_form_is_taken_over() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("index");
    let (rules, faq) = (record("rules"), record("faq"));
    write_first_form(&folder, &[(&rules, &["deals", "claims"]), (&faq, &["tiers"])]);

    let place = Place::Embedded(folder.clone());
    for _ in 0..2 {
        assert_eq!(place.active().await.unwrap(), Some(model("a")));
        let index = place.open(&model("a")).await.unwrap();
        assert_eq!(texts(&*index, rules.id).await, ["deals", "claims"]);
        assert_eq!(found(&*index, "tiers", STAFF).await[0], "tiers");
        assert_eq!(index.count().await.unwrap(), 3);
        assert!(!folder.join("collection.json").exists() && !folder.join("shard").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_over_again_after_a_crash_starts_anew() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("index");
    let rules = record("rules");
    // What a crash left of the first attempt.
    let place = Place::Embedded(folder.clone());
    let half = place.open(&model("a")).await.unwrap();
    half.replace(&rules, passages(&rules, &["half"])).await.unwrap();
    half.flush().await.unwrap();
    drop(half);
    write_first_form(&folder, &[(&rules, &["deals", "claims"])]);
    let index = place.open(&model("a")).await.unwrap();
    assert_eq!(texts(&*index, rules.id).await, ["deals", "claims"]);
}

/// Label, shard and fields as they were.
fn write_first_form(folder: &Path, documents: &[(&DocumentRecord, &[&str])]) {
    fs::create_dir_all(folder.join("shard")).unwrap();
    fs::write(
        folder.join("collection.json"),
        serde_json::to_vec(&model("a")).unwrap(),
    )
    .unwrap();
    let dense = q::EdgeVectorParamsBuilder::new(DIMENSIONS, q::Distance::Cosine).build();
    let sparse = q::EdgeSparseVectorParamsBuilder::new()
        .modifier(q::Modifier::Idf)
        .build();
    let config = q::EdgeConfig::builder()
        .vector("dense", dense)
        .sparse_vector("bm25", sparse)
        .build();
    let shard = q::EdgeShard::new(&folder.join("shard"), config).unwrap();
    let mut points = Vec::new();
    for (document, texts) in documents {
        for indexed in passages(document, texts) {
            let sparse = q::Vector::new_sparse(vec![1_u32], vec![1.0]).unwrap();
            let vectors = q::NamedVectors::default()
                .add_vector("dense", indexed.vector)
                .add_vector("bm25", sparse);
            let payload = json!({
                "access": "partners", "tier": ["*"], "region": ["*"], "type": ["*"], "partner": ["*"],
                "from": -1_000_000, "until": 1_000_000, "document": document.id,
                "body": {"record": document, "passage": indexed.passage},
            });
            points.push(q::PointStruct::new(q::PointId::Uuid(indexed.passage.id.0), vectors, payload).into());
        }
    }
    let points = q::PointInsertOperations::PointsList(points);
    shard
        .update(q::UpdateOperation::PointOperation(
            q::PointOperations::UpsertPoints(points),
        ))
        .unwrap();
    shard.flush();
}
