//! `/healthz`, `/readyz`, `/metrics`.

use super::{Served, error::ApiError};
use axum::{
    Json, Router,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
    routing::get,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Value, json};
use std::{sync::OnceLock, time::Instant};

pub(super) fn router() -> Router<Served> {
    recorder();
    Router::new()
        .route("/healthz", get(async || Json(json!({ "status": "ok" }))))
        .route("/readyz", get(ready))
        .route("/metrics", get(async || recorder().render()))
}

/// The service listens only after the index is open and the model is loaded, so an answer is a yes.
async fn ready(State(served): State<Served>) -> Result<Json<Value>, ApiError> {
    let passages = served.app.knowledge.passages().await;
    let passages = passages.map_err(|error| ApiError::internal(&error))?;
    Ok(Json(json!({ "status": "ready", "passages": passages })))
}

/// Counts and times requests by route.
pub(super) async fn count(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unknown", MatchedPath::as_str)
        .to_owned();
    let start = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("liaison_requests_total", "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!("liaison_request_seconds", "route" => route).record(start.elapsed());
    response
}

/// The process has one recorder, however many routers it serves.
fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        // Another recorder in the same process (a test's) keeps its place; ours then renders nothing.
        let _ = metrics::set_global_recorder(recorder);
        handle
    })
}
