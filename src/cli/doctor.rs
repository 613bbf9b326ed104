//! `liaison doctor`: everything the service needs, what is wrong with it, and how to mend it.

use super::{Context, Ended, output, setup};
use crate::{app, config::Settings, home::Home, http::assets, store::Store};
use liaison_ingest::catalog::Catalog;
use liaison_knowledge::Knowledge;
use serde::Serialize;
use std::time::Duration;

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

pub(super) async fn run(context: Context) -> anyhow::Result<Ended> {
    let checks = check(&context).await;
    if context.json {
        output::json(&checks)?;
    } else {
        for Check { name, ok, detail } in &checks {
            output::text(&format!(
                "{} {name:<14} {detail}",
                if *ok { "ok  " } else { "BAD " }
            ))?;
        }
    }
    if checks.iter().all(|check| check.ok) {
        return Ok(Ended::Done);
    }
    anyhow::bail!("something the service needs is not right: see above")
}

async fn check(context: &Context) -> Vec<Check> {
    let home = match Home::open(&context.home) {
        Ok(home) => home,
        Err(error) => return vec![bad("home", format!("{error:#}"))],
    };
    let mut checks = vec![good("home", home.root().display().to_string())];
    checks.push(files(&home));
    checks.extend(database(&home, &context.settings).await);
    checks.push(match app::open_knowledge(&home, &context.settings).await {
        Err(error) => bad("knowledge", format!("{error:#}")),
        Ok(knowledge) => index(&knowledge).await,
    });
    checks.push(language_model(context).await);
    checks.push(match assets::widget_is_built() {
        true => good("web assets", "inside the binary".to_owned()),
        false => bad(
            "web assets",
            "not inside this binary: build it with `make build`".to_owned(),
        ),
    });
    checks
}

fn good(name: &'static str, detail: String) -> Check {
    Check {
        name,
        ok: true,
        detail,
    }
}

fn bad(name: &'static str, detail: String) -> Check {
    Check {
        name,
        ok: false,
        detail,
    }
}

fn files(home: &Home) -> Check {
    let missing = setup::missing(home.root(), true);
    if missing.is_empty() {
        return good("runtime, model", "present, hashes right".to_owned());
    }
    let named: Vec<String> = missing
        .iter()
        .map(|file| format!("{}: {}", file.path.display(), file.why))
        .collect();
    bad(
        "runtime, model",
        format!("{}; run `liaison setup`", named.join("; ")),
    )
}

async fn index(knowledge: &Knowledge) -> Check {
    match knowledge.passages().await {
        Ok(0) => good(
            "knowledge",
            "the index is empty: run `liaison ingest PATH`".to_owned(),
        ),
        Ok(passages) => good(
            "knowledge",
            format!("{passages} passages, model {}", knowledge.model().name),
        ),
        Err(error) => bad("knowledge", error.to_string()),
    }
}

/// Jobs that a service will go on with.
async fn waiting(store: &Store) -> usize {
    let jobs = store.jobs().await.unwrap_or_default();
    jobs.iter().filter(|job| !job.state.is_final()).count()
}

async fn database(home: &Home, settings: &Settings) -> Vec<Check> {
    let store = match app::open_store(home).await {
        Ok(store) => store,
        Err(error) => return vec![bad("database", format!("{error:#}"))],
    };
    let database = match store.all().await {
        Ok(documents) => {
            let failed = documents.iter().filter(|entry| entry.failure.is_some()).count();
            good(
                "database",
                format!(
                    "{} documents catalogued, {failed} of them failed, {} not searchable yet",
                    documents.len(),
                    waiting(&store).await
                ),
            )
        }
        Err(error) => bad("database", error.to_string()),
    };
    vec![database, crm(&store, settings).await]
}

async fn crm(store: &Store, settings: &Settings) -> Check {
    let crm = match app::open_crm(store, settings) {
        Ok(crm) => crm,
        Err(error) => return bad("CRM", format!("{error:#}")),
    };
    match crm.partners().await {
        Ok(partners) if partners.is_empty() => good(
            "CRM",
            "no partners: `liaison seed --crm` loads the sample".to_owned(),
        ),
        Ok(partners) => good("CRM", format!("{} partners", partners.len())),
        Err(error) => bad("CRM", format!("{:#}", anyhow::Error::from(error))),
    }
}

async fn language_model(context: &Context) -> Check {
    let settings = &context.settings.llm;
    if settings.base_url.is_empty() {
        return good(
            "language model",
            "none configured: answers are exact quotes".to_owned(),
        );
    }
    let url = format!("{}/models", settings.base_url.trim_end_matches('/'));
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
    let mut request = match client {
        Ok(client) => client.get(&url),
        Err(error) => return bad("language model", error.to_string()),
    };
    if let Some(key) = &settings.api_key {
        request = request.bearer_auth(secrecy::ExposeSecret::expose_secret(key));
    }
    match request.send().await {
        Ok(response) if response.status().is_success() => good("language model", format!("{url} answers")),
        Ok(response) => bad(
            "language model",
            format!("{url} says {}: check llm.api_key", response.status()),
        ),
        Err(error) => bad(
            "language model",
            format!("{url}: {}: check llm.base_url", error.without_url()),
        ),
    }
}
