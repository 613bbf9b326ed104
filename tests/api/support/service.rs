//! A running service.

use super::{bare_home, body, home, liaison, run, seeded};
use serde_json::Value;
use std::{
    fs::{self, File},
    path::PathBuf,
    process::Child,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A staff token of services started with [`serve`].
const STAFF: &str = "staff-token-of-the-tests";
/// Loading the model and taking in the sample on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A service on a port of its own; stopped when dropped.
pub(crate) struct Service {
    pub(crate) url: String,
    pub(crate) staff: String,
    pub(crate) home: TempDir,
    log: PathBuf,
    child: Child,
    client: reqwest::Client,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `liaison serve` on the sample, with the development issuer.
pub(crate) fn serve() -> Service {
    serve_with(&[])
}

/// [`serve`], with settings from the environment.
pub(crate) fn serve_with(settings: &[(&str, &str)]) -> Service {
    serve_in(seeded(), settings)
}

/// [`serve_with`], in a home whose `liaison.toml` counts.
pub(crate) fn serve_in(home: TempDir, settings: &[(&str, &str)]) -> Service {
    let mut service = start(home, "serve", settings, "serves on ");
    STAFF.clone_into(&mut service.staff);
    service
}

/// `liaison demo` in a fresh home.
pub(crate) fn demo() -> Service {
    let mut service = start(home(), "demo", &[], "staff token");
    let log = service.log();
    let told = |label| {
        let (_, rest) = log.split_once(label).unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    };
    service.url = told("sample partner portal")
        .trim_end_matches("/portal/")
        .to_owned();
    service.staff = told("staff token");
    service
}

/// Starts a command and waits until it has said `ready`; what stands behind it in the line is the address.
fn start(home: TempDir, command: &str, settings: &[(&str, &str)], ready: &str) -> Service {
    let log = home.path().join("stderr");
    let child = liaison(home.path())
        .args([command, "--listen", "127.0.0.1:0"])
        .env("LIAISON_STAFF__TOKENS__TESTS", STAFF)
        .envs(settings.iter().copied())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut service = Service {
        url: String::new(),
        staff: String::new(),
        home,
        log,
        child,
        client: reqwest::Client::new(),
    };
    let start = Instant::now();
    loop {
        let said = service.log();
        if let Some((_, rest)) = said.split_once(ready).filter(|(_, rest)| rest.contains('\n')) {
            let address = rest.split_whitespace().next().unwrap_or_default();
            address.trim_end_matches('/').clone_into(&mut service.url);
            return service;
        }
        let ended = service.child.try_wait().unwrap();
        assert!(
            ended.is_none() && start.elapsed() < PATIENCE,
            "`liaison {command}` did not start: {said}"
        );
        thread::sleep(Duration::from_millis(20));
    }
}

impl Service {
    /// Killed, and started again in the same home.
    pub(crate) fn restarted(self) -> Self {
        self.restarted_with(&[])
    }

    /// [`Service::restarted`], with settings from the environment.
    pub(crate) fn restarted_with(mut self, settings: &[(&str, &str)]) -> Self {
        let home = std::mem::replace(&mut self.home, bare_home());
        drop(self);
        serve_in(home, settings)
    }

    /// What it has written on stderr so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn token(&self, partner: &str) -> String {
        let (code, json, said) = run(self.home.path(), &["token", "--partner", partner]);
        assert_eq!(code, 0, "{said}");
        json["token"].as_str().unwrap().to_owned()
    }

    /// The token of a certain person of a partner, by the development issuer.
    pub(crate) fn token_of(&self, partner: &str, subject: &str) -> String {
        // The service says that it is ready a moment before it has made its secret.
        let path = self.home.path().join("development.secret");
        let start = Instant::now();
        let secret = loop {
            match fs::read(&path) {
                Ok(secret) if secret.len() == 64 => break secret,
                _ => assert!(start.elapsed() < PATIENCE, "there is no {}", path.display()),
            }
            thread::sleep(Duration::from_millis(5));
        };
        let claims = serde_json::json!({
            "iss": "liaison-development", "aud": "liaison", "sub": subject, "partner_id": partner,
            "exp": jiff::Timestamp::now().as_second() + 600,
        });
        let key = jsonwebtoken::EncodingKey::from_secret(&secret);
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
    }

    /// Sends bytes as they are.
    pub(crate) async fn deliver(&self, path: &str, token: &str, raw: &str) -> reqwest::Response {
        let request = self.client.post(format!("{}{path}", self.url));
        request
            .bearer_auth(token)
            .body(raw.to_owned())
            .send()
            .await
            .unwrap()
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> reqwest::Response {
        let request = self.client.get(format!("{}{path}", self.url));
        request.bearer_auth(token).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> reqwest::Response {
        let request = self.client.post(format!("{}{path}", self.url));
        request.bearer_auth(token).json(body).send().await.unwrap()
    }

    pub(crate) async fn patch(&self, path: &str, token: &str, body: &Value) -> reqwest::Response {
        let request = self.client.patch(format!("{}{path}", self.url));
        request.bearer_auth(token).json(body).send().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str, token: &str) -> reqwest::Response {
        let request = self.client.delete(format!("{}{path}", self.url));
        request.bearer_auth(token).send().await.unwrap()
    }

    /// Sends a file; `query` says where to and what about it.
    pub(crate) async fn upload(&self, query: &str, token: &str, file: &str) -> reqwest::Response {
        let request = self.client.post(format!("{}/api/documents?{query}", self.url));
        request
            .bearer_auth(token)
            .body(file.to_owned())
            .send()
            .await
            .unwrap()
    }

    /// Asks and reads the whole stream: its parts, after checking that it ended as the protocol says.
    pub(crate) async fn ask(&self, token: &str, conversation: &str, question: &str) -> Vec<Value> {
        self.send("/api/chat", token, &body(conversation, question)).await
    }

    /// [`Service::ask`] with a request of one's own making.
    pub(crate) async fn send(&self, path: &str, token: &str, body: &Value) -> Vec<Value> {
        let response = self.post(path, token, body).await;
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

/// Checks that a response is the standard error, with this status and code and the request's id.
pub(crate) async fn refused(response: reqwest::Response, status: u16, code: &str) {
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let found = response.status().as_u16();
    let error: Value = response.json().await.unwrap();
    assert_eq!(
        (found, error["error"]["code"].as_str()),
        (status, Some(code)),
        "{error}"
    );
    assert_eq!(error["error"]["request_id"], id.as_str());
    assert!(
        id.len() > 8 && error["error"]["message"].as_str().is_some_and(|m| m.len() > 10),
        "{error}"
    );
}
