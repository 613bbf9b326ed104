//! `liaison serve` and `liaison demo`.

use super::{Context, Ended, output, seed, setup};
use crate::{app::App, config::CrmKind, http};
use anyhow::Context as _;
use liaison_knowledge::index::Succession;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;

/// Documents between two lines in the log.
const TOLD_EVERY: usize = 100;
/// When a failed attempt to make the index anew is repeated.
const AGAIN: Duration = Duration::from_secs(60);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Address and port [default: server.listen of the settings]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
}

pub(super) async fn serve(context: Context, args: Args) -> anyhow::Result<Ended> {
    let app = open(context).await?;
    if app.knowledge.passages().await? == 0 {
        output::note(
            "the knowledge is empty: every question will be declined until `liaison ingest PATH` has run",
        );
    }
    listen(app, args, http::Mode::Service).await
}

pub(super) async fn demo(context: Context, args: Args) -> anyhow::Result<Ended> {
    if !setup::missing(&context.home, false).is_empty() {
        setup::run(&context.home).await?;
    }
    let app = open(context).await?;
    let is_built_in = app.settings.crm.kind == CrmKind::BuiltIn;
    if is_built_in && app.crm.partners().await?.is_empty() {
        seed::seed_crm(&app).await?;
    }
    seed::seed_library(&app).await?;
    listen(app, args, http::Mode::Demo).await
}

async fn open(context: Context) -> anyhow::Result<App> {
    let (app, succession) = App::open_to_serve(context.settings, &context.home).await?;
    if let Some(succession) = succession {
        output::note(
            "The index was made with another model. It is made anew while questions are answered; until then \
             passages are found by their words alone, and documents wait to be taken in.",
        );
        tokio::spawn(succeed(succession));
    }
    Ok(app)
}

/// Makes the index anew, however often that fails.
async fn succeed(succession: Arc<Succession>) {
    let told = |done: usize, of: usize| {
        if done.is_multiple_of(TOLD_EVERY) || done == of {
            tracing::info!(done, of, "documents of the index are made anew");
        }
    };
    while let Err(error) = succession.run(told).await {
        tracing::warn!(%error, "the index could not be made anew; it is tried again in {AGAIN:?}");
        tokio::time::sleep(AGAIN).await;
    }
    tracing::info!("the index is made anew, and the former one is deleted");
}

async fn listen(app: App, args: Args, mode: http::Mode) -> anyhow::Result<Ended> {
    let address = args.listen.unwrap_or(app.settings.server.listen);
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: another service may have it; choose one with --listen")
    })?;
    let address = listener.local_addr()?;
    app.assistant.extractive.warm_up().await?;
    let knowledge = app.knowledge.clone();
    tokio::spawn(async move {
        if let Err(error) = knowledge.warm_up().await {
            tracing::warn!(%error, "the first searches take longer");
        }
    });
    let app = Arc::new(app);
    match mode {
        http::Mode::Service => output::note(&format!("Liaison serves on http://{address}/")),
        http::Mode::Demo => output::note(&links(&app, address)?),
    }
    http::run(app, listener, mode, shutdown()).await?;
    Ok(Ended::Done)
}

fn links(app: &App, address: SocketAddr) -> anyhow::Result<String> {
    let token = http::identity::demo_staff_token(&app.home)?;
    Ok(format!(
        "Liaison is ready.\n  sample partner portal  http://{address}/portal/\n  \
         console                http://{address}/ui/\n  evals                  http://{address}/ui/#/evals\n  \
         staff token            {token}"
    ))
}

/// Resolves on the first Ctrl-C or termination signal.
async fn shutdown() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}
