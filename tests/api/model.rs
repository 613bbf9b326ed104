//! The embedding model as set-up makes it, run by the real runtime; and another in its place.

use liaison::cli::setup;
use liaison_knowledge::{Embedder, OnnxEmbedder, Urgency};

use crate::support::{self, own_models, run, run_with, seeded, serve_in, text};
use serde_json::Value;
use std::{
    fs,
    os::unix::fs::symlink,
    time::{Duration, Instant},
};

fn embedder(sessions: usize) -> OnnxEmbedder {
    let home = support::test_home();
    let (runtime, model) = (setup::runtime_library(&home), setup::model_dir(&home));
    OnnxEmbedder::load(&runtime, &model, sessions).unwrap()
}

fn vectors(embedder: &OnnxEmbedder, texts: &[&str]) -> Vec<Vec<f32>> {
    let texts: Vec<String> = texts.iter().map(|&text| text.into()).collect();
    embedder.embed(&texts, Urgency::Document).unwrap()
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[test]
fn similar_sentences_are_nearer_than_others() {
    let embedder = embedder(1);
    let check = |text: &str, near: &str, far: &str| {
        let [text, near, far] = &vectors(&embedder, &[text, near, far])[..] else {
            panic!("one vector for each text")
        };
        for vector in [text, near, far] {
            assert_eq!(vector.len(), 384);
            assert!((cosine(vector, vector) - 1.0).abs() < 1e-5, "unit length");
        }
        let (near, far) = (cosine(text, near), cosine(text, far));
        assert!(near > far + 0.2, "{near} and {far}");
    };
    check(
        "How long is a registered deal protected?",
        "The protection window of a deal registration is ninety days.",
        "Our office in Lisbon has moved to a new building.",
    );
    check(
        "What commission does a gold partner earn?",
        "Gold tier resellers are paid a share of each sale.",
        "Reset your password in the settings of your profile.",
    );
}

#[test]
fn a_vector_does_not_depend_on_what_else_is_embedded() {
    let (single, pool) = (embedder(1), embedder(3));
    let long = "The partner shall register each opportunity in the portal. ".repeat(60);
    let texts = [
        "Tiers",
        &long,
        "How do I extend a deal registration?",
        "",
        "Rates for 2026: 18 %",
    ];
    let together = vectors(&single, &texts);
    assert_eq!(together, vectors(&pool, &texts));
    for (text, vector) in texts.iter().zip(&together) {
        assert_eq!(&vectors(&pool, &[text])[0], vector, "{text}");
    }
}

#[test]
fn the_settings_name_another_model() {
    let home = seeded();
    let models = own_models(home.path());
    symlink(setup::model_dir(&support::test_home()), models.join("another")).unwrap();
    let with = |model: &str, arguments: &[&str]| -> (i32, Value, String) {
        run_with(home.path(), &[("LIAISON_KNOWLEDGE__MODEL", model)], arguments)
    };
    let search = ["search", "How long is a registered deal protected?"];
    let (code, _, said) = with("another", &search);
    assert!(
        code == 1 && said.contains("liaison index reembed"),
        "{code} {said}"
    );
    let (code, _, said) = with("another", &["index", "reembed"]);
    assert_eq!(code, 0, "{said}");
    let (code, found, said) = with("another", &search);
    assert!(
        code == 0 && found["hits"].as_array().is_some_and(|hits| !hits.is_empty()),
        "{said}"
    );
    let (_, status, _) = with("another", &["index", "status"]);
    assert_eq!(status["model"]["name"], "another");
    // The packaged model is no longer that of the index.
    assert_eq!(run(home.path(), &search).0, 1);

    fs::create_dir(models.join("empty")).unwrap();
    let absolute = models.join("nowhere");
    for folder in ["empty", absolute.to_str().unwrap()] {
        let (code, _, said) = with(folder, &search);
        let told = said.contains("knowledge.model")
            && said.contains(folder)
            && said.contains("model.onnx is missing");
        assert!(
            code == 1 && told && !said.contains("liaison setup"),
            "{code} {said}"
        );
    }
}

#[tokio::test]
async fn a_service_answers_while_its_index_is_made_anew() {
    let home = seeded();
    let models = own_models(home.path());
    symlink(setup::model_dir(&support::test_home()), models.join("another")).unwrap();
    let settings = [
        ("LIAISON_KNOWLEDGE__MODEL", "another"),
        ("LIAISON_LOG__FILTER", "liaison=info"),
    ];
    let service = serve_in(home, &settings);
    assert!(service.log().contains("made with another model"));
    let token = service.token("p-001");
    let question = "How long is a registered deal protected?";
    let start = Instant::now();
    let mut answers = 0;
    loop {
        let is_anew = service
            .log()
            .contains("the index is made anew, and the former one is deleted");
        let parts = service.ask(&token, "c-1", question).await;
        assert!(text(&parts).contains("120 days for Gold"), "{}", text(&parts));
        answers += 1;
        if is_anew {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "{}", service.log());
    }
    assert!(
        answers > 1,
        "no question was asked before the index was made anew"
    );
    let folders = fs::read_dir(service.home.path().join("index")).unwrap().flatten();
    let folders: Vec<_> = folders.filter(|entry| entry.path().is_dir()).collect();
    assert_eq!(folders.len(), 1, "{folders:?}");
    assert!(folders[0].file_name().to_string_lossy().starts_with("another-"));
}

#[cfg(not(feature = "hub"))]
#[test]
fn a_binary_without_the_hub_says_how_to_get_one_with_it() {
    let home = support::bare_home();
    let (code, _, said) = run(home.path(), &["setup", "--hub", "acme/sentences"]);
    assert!(code == 2 && said.contains("make hub"), "{code} {said}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}
