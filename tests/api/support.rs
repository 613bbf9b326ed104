//! Homes, the binary and a running demo.

use serde_json::Value;
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// A fresh home with the model of the test home.
pub(crate) fn home() -> TempDir {
    let home = bare_home();
    for part in ["runtime", "models"] {
        std::os::unix::fs::symlink(test_home().join(part), home.path().join(part)).unwrap();
    }
    home
}

/// A fresh home without a model.
pub(crate) fn bare_home() -> TempDir {
    TempDir::new().unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "the tests' own setting, made by `make test`"
)]
pub(crate) fn test_home() -> PathBuf {
    let home = std::env::var("LIAISON_TEST_HOME").expect("LIAISON_TEST_HOME: run the tests with `make test`");
    assert!(
        Path::new(&home).join("models").is_dir(),
        "{home} has no model: run `liaison --home {home} setup`"
    );
    home.into()
}

pub(crate) fn liaison(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liaison"));
    command
        .arg("--home")
        .arg(home)
        .env("LIAISON_LOG__FILTER", "error")
        .current_dir(home);
    command
}

/// Runs a command; its exit code, its JSON (null when it printed none) and what it said on stderr.
pub(crate) fn run(home: &Path, arguments: &[&str]) -> (i32, Value, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = liaison(home).arg("--json").args(arguments).output().unwrap();
    let json = serde_json::from_slice(&stdout).unwrap_or_default();
    (
        status.code().unwrap_or(-1),
        json,
        String::from_utf8_lossy(&stderr).into_owned(),
    )
}

/// A running demo; stopped when dropped.
pub(crate) struct Demo {
    pub(crate) url: String,
    pub(crate) staff: String,
    pub(crate) home: TempDir,
    child: Child,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn demo() -> Demo {
    let home = home();
    let mut child = liaison(home.path())
        .args(["demo", "--listen", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut url, mut staff) = (String::new(), String::new());
    for line in BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok)
    {
        if let Some((_, address)) = line.split_once("sample partner portal") {
            url = address.trim().trim_end_matches("/portal/").to_owned();
        }
        if let Some((_, token)) = line.split_once("staff token") {
            staff = token.trim().to_owned();
            break;
        }
    }
    assert!(url.starts_with("http://127.0.0.1:"), "the demo did not start");
    Demo {
        url,
        staff,
        home,
        child,
    }
}

impl Demo {
    pub(crate) fn token(&self, partner: &str) -> String {
        let (code, json, said) = run(self.home.path(), &["token", "--partner", partner]);
        assert_eq!(code, 0, "{said}");
        json["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> reqwest::Response {
        reqwest::Client::new()
            .get(format!("{}{path}", self.url))
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> reqwest::Response {
        let request = reqwest::Client::new()
            .post(format!("{}{path}", self.url))
            .bearer_auth(token);
        request.json(body).send().await.unwrap()
    }

    /// Asks and reads the whole stream: its parts, after checking that it ended as the protocol says.
    pub(crate) async fn ask(&self, token: &str, conversation: &str, question: &str) -> Vec<Value> {
        let response = self.post("/api/chat", token, &body(conversation, question)).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-vercel-ai-ui-message-stream"], "v1");
        let text = response.text().await.unwrap();
        let mut data: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .collect();
        assert_eq!(data.pop(), Some("[DONE]"));
        data.into_iter()
            .map(|part| serde_json::from_str(part).unwrap())
            .collect()
    }
}

pub(crate) fn body(conversation: &str, question: &str) -> Value {
    let part = serde_json::json!({ "type": "text", "text": question });
    serde_json::json!({ "id": conversation, "messages": [{ "id": "m", "role": "user", "parts": [part] }] })
}

/// The text of an answer.
pub(crate) fn text(parts: &[Value]) -> String {
    parts.iter().filter_map(|part| part["delta"].as_str()).collect()
}

pub(crate) fn of_type<'p>(parts: &'p [Value], kind: &str) -> Vec<&'p Value> {
    parts.iter().filter(|part| part["type"] == kind).collect()
}
