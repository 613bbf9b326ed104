//! The service over HTTP: one noun per file, merged here. Handlers translate; they decide nothing.

mod approvals;
mod asking;
pub mod assets;
mod caller;
mod chat;
mod commissions;
mod completions;
mod connections;
mod conversations;
mod crm;
mod documents;
pub mod error;
mod evals;
mod feedback;
mod gaps;
mod handoffs;
mod health;
pub mod identity;
mod jobs;
mod mail;
mod one_pagers;
mod openapi;
pub(crate) mod partners;
mod portal;
mod requests;
mod sources;
mod statements;
mod stream;

use crate::{app::App, gaps::Gaps, handoff::Handoffs, intake::Intake, request::Requests};
use anyhow::Context;
use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, header},
};
use identity::Identities;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tower_http::{
    cors::CorsLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use uuid::Uuid;

/// What is served besides the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Service,
    /// A sample portal that signs its partners in by itself.
    Demo,
}

/// What every handler gets.
#[derive(Clone)]
pub struct Served {
    app: Arc<App>,
    identities: Arc<Identities>,
    intake: Arc<Intake>,
    handoffs: Arc<Handoffs>,
    requests: Arc<Requests>,
    gaps: Arc<Gaps>,
}

/// Largest request body, in bytes: a question is short.
const BODY_LIMIT: usize = 64 * 1024;

/// Serves until `shutdown` resolves, then lets open answers finish within the configured time.
///
/// # Errors
/// When an issuer's key cannot be used.
pub async fn run(
    app: Arc<App>,
    listener: TcpListener,
    mode: Mode,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let patience = app.settings.server.shutdown_seconds;
    let intake = Intake::start(Arc::clone(&app)).await?;
    let handoffs = Handoffs::start(Arc::clone(&app))?;
    let requests = Requests::start(Arc::clone(&app))?;
    if let Some(watch) = &app.watch {
        watch.start();
    }
    let router = router(app, (intake, handoffs, requests), mode)?;
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let signal = async move {
        shutdown.await;
        tracing::info!("stopping");
        let _ = stopping.send(());
    };
    let serving = connections::serve(listener, router, signal);
    let deadline = async move {
        // A server that ends by itself drops the sender: then there is no deadline to keep.
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(patience).await;
    };
    tokio::select! { () = serving => {}, () = deadline => {} }
    Ok(())
}

/// All routes.
///
/// # Errors
/// When an issuer's key or an allowed origin cannot be used.
pub fn router(
    app: Arc<App>,
    (intake, handoffs, requests): (Arc<Intake>, Arc<Handoffs>, Arc<Requests>),
    mode: Mode,
) -> anyhow::Result<Router> {
    let identities = Arc::new(Identities::new(&app, mode)?);
    let cors = cors(&app.settings.server.allowed_origins)?;
    let mut router = Router::new()
        .merge(chat::router())
        .merge(completions::router())
        .merge(sources::router())
        .merge(statements::router())
        .merge(feedback::router())
        .merge(conversations::router())
        .merge(handoffs::router())
        .merge(approvals::router())
        .merge(requests::router())
        .merge(gaps::router())
        .merge(mail::router())
        .merge(crm::router())
        .merge(documents::router())
        .merge(jobs::router())
        .merge(partners::router())
        .merge(commissions::router())
        .merge(one_pagers::router())
        .merge(evals::router())
        .merge(health::router())
        .merge(openapi::router())
        .merge(assets::router());
    if mode == Mode::Demo {
        router = router.merge(portal::router());
    }
    let id = HeaderName::from_static("x-request-id");
    Ok(router
        .fallback(error::not_found)
        .layer(axum::middleware::from_fn(health::count))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(cors)
        .layer(axum::middleware::from_fn(error::with_request_id))
        // What is not a page is somebody's own records, or an answer: no cache keeps it, no browser guesses at it.
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(PropagateRequestIdLayer::new(id.clone()))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(SetRequestIdLayer::new(id, MakeRequestUuid))
        .with_state(Served {
            gaps: Arc::new(Gaps::new(Arc::clone(&app), Arc::clone(&intake))),
            app,
            identities,
            intake,
            handoffs,
            requests,
        }))
}

/// An id in a path. What is no id names nothing that is there.
fn parsed(id: &str, missing: impl Into<error::ApiError>) -> Result<Uuid, error::ApiError> {
    id.parse().map_err(|_| missing.into())
}

/// One span a request: the route, never the query or a body.
fn span(request: &Request) -> tracing::Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unknown", MatchedPath::as_str);
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), route, request.id = id)
}

fn cors(origins: &[String]) -> anyhow::Result<CorsLayer> {
    let origin = |origin: &String| {
        origin
            .parse::<HeaderValue>()
            .with_context(|| format!("server.allowed_origins: {origin:?} is no origin"))
    };
    let origins = origins.iter().map(origin).collect::<anyhow::Result<Vec<_>>>()?;
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([HeaderName::from_static("x-request-id")])
        .max_age(Duration::from_secs(600)))
}
