//! The processes that are measured: the service, and a proxy that passes bytes on.

use super::support;
use axum::{Router, body::Body, body::Bytes, extract::State, response::Response, routing::post};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The argument that makes this binary a proxy.
pub(super) const PROXY: &str = "proxy";
/// `liaison` prints its address so.
const LISTENING: &str = "listens on ";

pub(super) struct Process {
    child: Child,
    pub(super) url: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    /// Starts a command and waits for its address behind `ready` on stderr.
    pub(super) fn start(command: &mut Command, ready: &str) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines
            .by_ref()
            .map_while(Result::ok)
            .find(|line| line.contains(ready));
        let line = line.expect("the process says where it listens");
        let (_, address) = line.split_once(ready).unwrap();
        let url = address
            .split_whitespace()
            .next()
            .unwrap()
            .trim_end_matches('/')
            .to_owned();
        // Whatever it says later must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, url }
    }

    pub(super) fn proxy(upstream: &str) -> Self {
        let own = std::env::current_exe().unwrap();
        Self::start(Command::new(own).args([PROXY, upstream]), LISTENING)
    }

    /// What it has used of the processors, its own and the kernel's on its behalf.
    pub(super) fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let ticks = |nth: usize| fields.split(' ').nth(nth).unwrap().parse::<u64>().unwrap();
        // Hundredths of a second everywhere that Linux runs on.
        Duration::from_millis((ticks(11) + ticks(12)) * 10)
    }

    pub(super) fn resident_kb(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

/// Passes requests on to `upstream`, and back whatever comes as it comes.
pub(super) fn run_proxy(upstream: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        eprintln!("{LISTENING}http://{}/", listener.local_addr().unwrap());
        let state = (reqwest::Client::new(), format!("{upstream}/chat/completions"));
        let router = Router::new().route("/", post(pass_on)).with_state(state);
        axum::serve(listener, router).await.unwrap();
    });
}

async fn pass_on(State((http, url)): State<(reqwest::Client, String)>, body: Bytes) -> Response {
    let response = http.post(url).body(body).send().await.unwrap();
    let head = response.headers()["content-type"].clone();
    Response::builder()
        .header("content-type", head)
        .body(Body::from_stream(response.bytes_stream()))
        .unwrap()
}

pub(super) fn liaison(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liaison"));
    command.arg("--home").arg(home);
    command
}

/// A home with the sample library and the sample CRM.
pub(super) fn seeded() -> tempfile::TempDir {
    let home = support::home();
    let done = liaison(home.path())
        .env("LIAISON_LOG__FILTER", "error")
        .arg("seed")
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    home
}

/// A partner's token.
pub(super) fn token(home: &Path) -> String {
    let told = liaison(home)
        .env("LIAISON_LOG__FILTER", "error")
        .args(["--json", "token", "--partner", "p-001"])
        .output()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    json["token"].as_str().unwrap().to_owned()
}
