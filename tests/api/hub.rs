//! Models from a model hub, with a stand-in for the hub: its list of a repository's files, and its redirects from a
//! file of a commit to where the bytes are.
//!
//! The repository is the packaged model in other folders, as exporters lay it out.

use crate::support::{home, liaison, own_models, seeded, stderr_of, test_home};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use liaison::cli::setup;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs, path,
    sync::{Arc, Mutex},
    thread,
};
use tokio::net::TcpListener;

const REPOSITORY: &str = "acme/sentences.v1";
const COMMIT: &str = "5617a9f61b028005a4858fdac845db406aefb181";
const TOKEN: &str = "hf_of_the_tests";

/// A running hub with one repository, which only those with the token see.
struct Hub {
    url: String,
    shelf: Arc<Shelf>,
}

#[derive(Default)]
struct Shelf {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    /// Files that were asked for, in order.
    fetched: Mutex<Vec<String>>,
}

impl Hub {
    fn start() -> Self {
        let shelf = Arc::new(Shelf::default());
        let model = setup::model_dir(&test_home());
        for (file, place) in [
            ("model.onnx", "onnx/model.onnx"),
            ("model.onnx.data", "onnx/model.onnx.data"),
            ("tokenizer.json", "tokenizer.json"),
            ("config.json", "config.json"),
            ("special_tokens_map.json", "special_tokens_map.json"),
            ("tokenizer_config.json", "onnx/tokenizer_config.json"),
            ("LICENSE", "LICENSE"),
        ] {
            shelf.put(place, fs::read(model.join(file)).unwrap());
        }
        shelf.put(
            "1_Pooling/config.json",
            br#"{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"#.to_vec(),
        );
        shelf.put("model.safetensors", b"nobody wants these".to_vec());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/api/models/{owner}/{name}", get(listing))
            .route("/{owner}/{name}/resolve/{commit}/{*path}", get(resolve))
            .route("/bytes/{*path}", get(bytes))
            .with_state(Arc::clone(&shelf));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                axum::serve(TcpListener::from_std(listener).unwrap(), router)
                    .await
                    .unwrap();
            });
        });
        Self { url, shelf }
    }

    /// `liaison setup --hub`: its exit code, what it printed and what it said on the way.
    fn setup(&self, home: &path::Path, repository: &str, token: &str) -> (Option<i32>, String, String) {
        let mut command = liaison(home);
        command.env("HF_ENDPOINT", &self.url).env("HF_TOKEN", token);
        let output = command.args(["setup", "--hub", repository]).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), printed, stderr_of(&output))
    }
}

impl Shelf {
    fn put(&self, path: &str, bytes: Vec<u8>) {
        self.files.lock().unwrap().insert(path.to_owned(), bytes);
    }

    fn fetched(&self) -> Vec<String> {
        std::mem::take(&mut self.fetched.lock().unwrap())
    }
}

/// The hub keeps what is not text as large files, known by hash.
fn is_large(path: &str) -> bool {
    [".onnx", ".data", ".safetensors"]
        .iter()
        .any(|end| path.ends_with(end))
}

async fn listing(
    State(shelf): State<Arc<Shelf>>,
    Path((owner, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let knows = headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value == &format!("Bearer {TOKEN}"));
    if !knows || format!("{owner}/{name}") != REPOSITORY {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let files = shelf.files.lock().unwrap();
    let siblings = files.iter().map(|(path, bytes)| {
        let mut file = json!({ "rfilename": path, "blobId": "of no use", "size": bytes.len() });
        if is_large(path) {
            let hash: String = Sha256::digest(bytes)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            file["lfs"] = json!({ "sha256": hash, "size": bytes.len(), "pointerSize": 133 });
        }
        file
    });
    let siblings: Vec<Value> = siblings.collect();
    Json(json!({ "id": REPOSITORY, "sha": COMMIT, "private": true, "siblings": siblings })).into_response()
}

async fn resolve(
    State(shelf): State<Arc<Shelf>>,
    Path((owner, name, commit, path)): Path<(String, String, String, String)>,
) -> Response {
    assert_eq!(
        (format!("{owner}/{name}").as_str(), commit.as_str()),
        (REPOSITORY, COMMIT)
    );
    shelf.fetched.lock().unwrap().push(path.clone());
    Redirect::temporary(&format!("/bytes/{path}")).into_response()
}

async fn bytes(State(shelf): State<Arc<Shelf>>, Path(path): Path<String>) -> Response {
    match shelf.files.lock().unwrap().get(&path) {
        Some(bytes) => bytes.clone().into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[test]
fn a_fetched_model_answers_once_the_settings_name_it() {
    let (hub, home) = (Hub::start(), seeded());
    let folder = own_models(home.path()).join(REPOSITORY);
    let (code, printed, said) = hub.setup(home.path(), REPOSITORY, TOKEN);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        printed.contains(&format!("model = \"{REPOSITORY}\"")),
        "{printed}"
    );
    assert!(folder.join("model.onnx.data").is_file() && folder.join("1_Pooling/config.json").is_file());
    let fetched = hub.shelf.fetched();
    assert!(
        fetched.len() == 8 && !fetched.contains(&"model.safetensors".to_owned()),
        "{fetched:?}"
    );

    let settings = [("LIAISON_KNOWLEDGE__MODEL", REPOSITORY)];
    let run = |arguments: &[&str]| crate::support::run_with(home.path(), &settings, arguments);
    let (code, _, said) = run(&["index", "reembed"]);
    assert_eq!(code, 0, "{said}");
    let (code, found, said) = run(&["search", "How long is a registered deal protected?"]);
    assert!(
        code == 0 && found["hits"].as_array().is_some_and(|hits| !hits.is_empty()),
        "{said}"
    );

    let (code, _, said) = hub.setup(home.path(), REPOSITORY, TOKEN);
    assert!(code == Some(0) && said.contains("present"), "{said}");
    assert!(hub.shelf.fetched().is_empty());
}

#[test]
fn a_model_that_cannot_be_used_leaves_nothing_in_its_place() {
    let (hub, home) = (Hub::start(), home());
    let folder = own_models(home.path()).join(REPOSITORY);
    hub.shelf.put(
        "1_Pooling/config.json",
        br#"{"pooling_mode_lasttoken": true}"#.to_vec(),
    );
    let (code, printed, said) = hub.setup(home.path(), REPOSITORY, TOKEN);
    assert!(
        code == Some(1) && said.contains("pooling_mode_lasttoken"),
        "{said}"
    );
    assert!(printed.is_empty() && !folder.exists());
    hub.shelf.fetched();

    // What is large and right is not fetched a second time.
    hub.shelf.put(
        "1_Pooling/config.json",
        br#"{"pooling_mode_mean_tokens": true}"#.to_vec(),
    );
    let (code, _, said) = hub.setup(home.path(), REPOSITORY, TOKEN);
    assert!(code == Some(0) && folder.join("model.onnx").is_file(), "{said}");
    assert!(!hub.shelf.fetched().iter().any(|path| is_large(path)));
}

#[test]
fn what_the_hub_does_not_have_is_told() {
    let (hub, home) = (Hub::start(), home());
    own_models(home.path());
    let check = |repository: &str, token: &str, code: i32, expected: &str| {
        let (ended, _, said) = hub.setup(home.path(), repository, token);
        assert!(
            ended == Some(code) && said.contains(expected),
            "{repository}: {ended:?} {said}"
        );
    };
    check("sentences", TOKEN, 2, "OWNER/NAME");
    check("acme/unknown", TOKEN, 1, "shows no model acme/unknown");
    check(REPOSITORY, "another", 1, "HF_TOKEN");
    hub.shelf.files.lock().unwrap().remove("onnx/model.onnx.data");
    check(REPOSITORY, TOKEN, 1, "lacks onnx/model.onnx.data");
    hub.shelf.files.lock().unwrap().remove("onnx/model.onnx");
    check(REPOSITORY, TOKEN, 1, "only models in ONNX");
    let nobody = Hub {
        url: "http://127.0.0.1:9".to_owned(),
        shelf: Arc::default(),
    };
    let (code, _, said) = nobody.setup(home.path(), REPOSITORY, TOKEN);
    assert!(code == Some(1) && said.contains("HF_ENDPOINT"), "{said}");
}
