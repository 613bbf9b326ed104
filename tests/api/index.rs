//! `liaison index`, and a server that is not there.

use crate::support::{run, run_with, seeded};
use serde_json::Value;

/// Nothing listens on the discard port.
const NOBODY: &str = "http://127.0.0.1:9";

#[test]
fn the_index_says_what_it_holds() {
    let home = seeded();
    let (code, status, said) = run(home.path(), &["index", "status"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(status["engine"], "embedded");
    assert_eq!(status["model"]["name"], "all-MiniLM-L6-v2");
    assert!(
        status["documents"].as_u64() > Some(10) && status["passages"].as_u64() > status["documents"].as_u64()
    );

    let (code, _, said) = run(home.path(), &["index", "reembed"]);
    assert!(code == 0 && said.contains("nothing to do"), "{code} {said}");
    let (code, _, said) = run(home.path(), &["index", "migrate", "--to", "embedded"]);
    assert!(code == 2 && said.contains("already"), "{code} {said}");
    let (code, _, said) = run(home.path(), &["index", "migrate", "--to", NOBODY]);
    assert!(code == 1 && said.contains("cannot be reached"), "{code} {said}");
}

#[test]
fn an_index_server_that_is_not_there_is_named() {
    let home = seeded();
    let settings = [("LIAISON_INDEX__URL", NOBODY)];
    let (code, _, said) = run_with(home.path(), &settings, &["search", "anything", "--internal"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains(NOBODY) && said.contains("index.url"), "{said}");
}

#[test]
fn an_empty_home_has_no_index_to_move() {
    let home = crate::support::home();
    let (code, status, said) = run(home.path(), &["index", "status"]);
    assert_eq!((code, &status["model"]), (0, &Value::Null), "{said}");
    let (code, _, said) = run(home.path(), &["index", "migrate", "--to", NOBODY]);
    assert!(code == 1 && said.contains("no index"), "{code} {said}");
}
