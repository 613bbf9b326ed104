//! Whoever asks, many at once, and what they see when.

use super::{endpoint::Endpoint, process::Process};
use futures::{StreamExt, future::join_all};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A stream that is still open when everything was measured is closed.
const LONGEST: Duration = Duration::from_secs(28);

/// Requests to be made, and how their answers are read.
pub(super) struct Streams {
    url: String,
    token: Option<String>,
    count: usize,
}

/// Milliseconds, in order.
pub(super) struct Latency(Vec<f64>);

pub(super) struct Measured {
    pub(super) latency: Latency,
    /// Of the first sentence of each stream.
    pub(super) first: Latency,
    /// Microseconds.
    pub(super) cpu_per_token: f64,
    kb_per_stream: f64,
}

impl Streams {
    pub(super) fn of_service(service: &Process, token: &str, count: usize) -> Self {
        Self {
            url: format!("{}/api/chat", service.url),
            token: Some(token.to_owned()),
            count,
        }
    }

    pub(super) fn of_proxy(proxy: &Process, count: usize) -> Self {
        Self {
            url: proxy.url.clone(),
            token: None,
            count,
        }
    }

    /// A question is the stream's name: the endpoint finds it among the messages.
    fn body(&self, name: &str) -> Value {
        if self.token.is_some() {
            let part = json!({ "type": "text", "text": name });
            return json!({ "id": name, "messages": [{ "id": "m", "role": "user", "parts": [part] }] });
        }
        let shown = "<data>\nP1 (Guide):\nA registered deal is protected from its approval on.\n</data>";
        json!({ "model": "scripted", "stream": true, "messages": [
            { "role": "user", "content": name }, { "role": "tool", "content": shown, "tool_call_id": "c" },
        ]})
    }
}

/// Asks; what a process takes is measured in the window behind the ramp.
pub(super) async fn run(
    streams: Streams,
    endpoint: &Endpoint,
    window: Option<(&Process, Duration, Duration)>,
) -> Measured {
    let run: u64 = rand();
    let http = reqwest::Client::new();
    let ramp = window.map_or(Duration::from_secs(1), |(_, ramp, _)| ramp);
    let idle_kb = window.map_or(0.0, |(process, ..)| process.resident_kb());
    let asking = (0..streams.count).map(|nth| {
        let name = format!("Question {nth} of run {run}?");
        let wait = ramp.mul_f64(0.7 * nth as f64 / streams.count as f64);
        let mut request = http.post(&streams.url).json(&streams.body(&name));
        if let Some(token) = &streams.token {
            request = request.bearer_auth(token);
        }
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            (name, seen(request, LONGEST.saturating_sub(wait)).await)
        })
    });
    let asking: Vec<_> = asking.collect();
    let (mut cpu_per_token, mut kb_per_stream) = (0.0, 0.0);
    if let Some((process, ramp, window)) = window {
        tokio::time::sleep(ramp).await;
        let (cpu, tokens) = (process.cpu(), endpoint.tokens());
        tokio::time::sleep(window).await;
        let (cpu, tokens) = (process.cpu() - cpu, endpoint.tokens() - tokens);
        cpu_per_token = cpu.as_secs_f64() * 1e6 / tokens as f64;
        kb_per_stream = (process.resident_kb() - idle_kb) / streams.count as f64;
    }
    let (mut all, mut firsts) = (Vec::new(), Vec::new());
    for done in join_all(asking).await {
        let (name, seen) = done.unwrap();
        let finished = endpoint.finished(&name);
        let is_service = streams.token.is_some();
        assert!(
            !is_service || !seen.is_empty(),
            "{name}: nothing of {} sentences arrived",
            finished.len()
        );
        assert!(
            seen.len() <= finished.len(),
            "{name}: more sentences than were said"
        );
        let waited = seen
            .iter()
            .zip(&finished)
            .map(|(seen, finished)| seen.saturating_duration_since(*finished).as_secs_f64() * 1e3);
        let waited: Vec<f64> = waited.collect();
        firsts.extend(waited.first());
        all.extend(waited);
    }
    Measured {
        latency: Latency::of(all),
        first: Latency::of(firsts),
        cpu_per_token,
        kb_per_stream,
    }
}

/// When each sentence arrived.
async fn seen(request: reqwest::RequestBuilder, longest: Duration) -> Vec<Instant> {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let (mut seen, mut rest) = (Vec::new(), String::new());
    let mut bytes = response.bytes_stream();
    let reading = async {
        while let Some(Ok(piece)) = bytes.next().await {
            rest.push_str(&String::from_utf8_lossy(&piece));
            while let Some((event, more)) = rest.split_once("\n\n") {
                if event.contains("\"text-delta\"") {
                    seen.push(Instant::now());
                }
                rest = more.to_owned();
            }
        }
    };
    let _ = tokio::time::timeout(longest, reading).await;
    seen
}

impl Latency {
    fn of(mut all: Vec<f64>) -> Self {
        all.sort_by(f64::total_cmp);
        Self(all)
    }

    fn at(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        self.0
            .get((last as f64 * share).round() as usize)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn line(&self) -> String {
        format!(
            "p50 {:.1}, p95 {:.1}, p99 {:.1} of {} sentences",
            self.at(0.5),
            self.at(0.95),
            self.at(0.99),
            self.0.len()
        )
    }
}

impl Measured {
    pub(super) fn row(&self, name: &str) -> String {
        let taken = format!(
            "{name:32}{:>14.1}{:>16.1}",
            self.cpu_per_token, self.kb_per_stream
        );
        if self.latency.0.is_empty() {
            return taken;
        }
        let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|share| self.latency.at(share));
        format!("{taken}{p50:>10.1}{p95:>10.1}{p99:>10.1}")
    }
}

/// Different in each run, so that no conversation is continued.
fn rand() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_millis() as u64
}
