//! The wired parts of a running Liaison.

use crate::{
    assistant::{
        Assistant,
        model::{Llm, extractive::Extractive, openai::OpenAi},
        policy::Policy,
        prompt,
        turn::Limits,
    },
    caller::Caller,
    cli::setup,
    config::Settings,
    crm::{
        Crm, Openings, SqlCrm,
        connect::{Connection, connect},
        salesforce::Watch,
    },
    home::Home,
    program::commission::CommissionPlan,
    rest::Rest,
    statement,
    store::{Owner, Store},
};
use anyhow::Context;
use liaison_ingest::{Sandbox, pipeline::Ingest};
use liaison_knowledge::{
    AudienceSpec, Cluster, EmbedError, Embedder, Finding, Knowledge, OnnxEmbedder, OnnxReranker, Place,
    Reranker, Synonyms, index::Succession,
};
use secrecy::ExposeSecret;
use std::{path::Path, sync::Arc};

/// Everything handlers and commands work with.
pub struct App {
    /// The settings.
    pub settings: Settings,
    /// The folder, locked for this process.
    pub home: Home,
    /// What the service remembers.
    pub store: Store,
    /// The partners' records.
    pub crm: Arc<dyn Crm>,
    /// Asks for changes of those, once a service starts it.
    pub watch: Option<Watch>,
    /// The vendor's documents.
    pub knowledge: Knowledge,
    /// Questions to answers.
    pub assistant: Assistant,
    /// Reads files in child processes.
    pub sandbox: Sandbox,
}

impl App {
    /// Opens the home and everything in it.
    ///
    /// # Errors
    /// With what is missing or broken and how to mend it.
    pub async fn open(settings: Settings, home: &Path) -> anyhow::Result<Self> {
        let home = Home::open(home)?;
        let knowledge = open_knowledge(&home, &settings).await?;
        Self::with(settings, home, knowledge).await
    }

    /// Opens the home for a service. An index of another model is taken as well: it answers by words alone until what
    /// comes back beside it has run.
    ///
    /// # Errors
    /// With what is missing or broken and how to mend it.
    pub async fn open_to_serve(
        settings: Settings,
        home: &Path,
    ) -> anyhow::Result<(Self, Option<Arc<Succession>>)> {
        let home = Home::open(home)?;
        let embedder = load_embedder(&home, &settings).await?;
        let place = index_place(&home, &settings);
        let (knowledge, succession) = Knowledge::open_any(embedder, &place).await?;
        let knowledge = knowledge.finding(finding(&home, &settings).await?);
        Ok((Self::with(settings, home, knowledge).await?, succession))
    }

    async fn with(settings: Settings, home: Home, knowledge: Knowledge) -> anyhow::Result<Self> {
        let store = open_store(&home).await?;
        let Connection { crm, watch } = connected(&store, &settings)?;
        let (assistant, llm) = (&settings.assistant, &settings.llm);
        let mut llms = Vec::new();
        // Portals are the vendor's own, too.
        let links = settings
            .guard
            .links
            .iter()
            .chain(&settings.server.allowed_origins);
        let policy = Policy::new(
            &links.cloned().collect::<Vec<_>>(),
            settings.guard.mask_personal_data,
            // As the model gets it: what stands for the persona would hide where a sentence ends.
            &prompt::ASSISTANT.fill(&[("persona", &assistant.persona)]),
        )?;
        for endpoint in llm.endpoints() {
            let model = OpenAi::new(&endpoint, &assistant.persona, policy.masks())?;
            llms.push(Llm {
                model: Box::new(model),
                rest: Rest::new(llm.rest_seconds),
            });
        }
        let assistant = Assistant {
            knowledge: knowledge.clone(),
            crm: Arc::clone(&crm),
            extractive: Extractive::new(knowledge.clone(), home.examples()),
            llms,
            limits: Limits {
                replies: assistant.replies,
                tokens: Some(assistant.tokens).filter(|most| *most > 0),
                cost: Some(assistant.cost).filter(|most| *most > 0.0),
                prices: [llm.input_price, llm.output_price],
            },
            patience: assistant.seconds,
            time_zone: settings.time_zone(),
            fiscal_year_start: settings.program.fiscal_year_start,
            passages: settings.knowledge.passages,
            plan: open_plan(&home, &settings)?,
            vendor: settings.program.vendor.clone(),
            extension_days: settings.requests.extension_days,
            openings: Openings::read(&settings.crm.open).map_err(anyhow::Error::msg)?,
            policy,
        };
        Ok(Self {
            settings,
            home,
            store,
            crm,
            watch,
            knowledge,
            assistant,
            sandbox: sandbox()?,
        })
    }

    /// Whose conversations a caller has.
    #[must_use]
    pub fn owner<'a>(&self, caller: &'a Caller) -> Owner<'a> {
        caller.owner(self.settings.conversations.shared)
    }

    /// The CRM in the home's own database, whichever is connected.
    #[must_use]
    pub fn own_crm(&self) -> SqlCrm {
        own_crm(&self.store)
    }

    /// A run of the ingestion pipeline over this home, for documents that do not say who they are for.
    #[must_use]
    pub fn ingest(&self, audience: AudienceSpec) -> Ingest<'_> {
        Ingest {
            knowledge: &self.knowledge,
            catalog: &self.store,
            sandbox: &self.sandbox,
            audience,
            base: None,
        }
    }
}

/// Opens the home's database.
///
/// # Errors
/// When it cannot be opened or migrated.
pub async fn open_store(home: &Home) -> anyhow::Result<Store> {
    let path = home.database();
    Store::open(&path)
        .await
        .with_context(|| format!("cannot open the database {}", path.display()))
}

/// The vendor's commission plan, where there is one.
///
/// # Errors
/// When it cannot be read or contradicts itself.
pub fn open_plan(home: &Home, settings: &Settings) -> anyhow::Result<Option<CommissionPlan>> {
    let named = &settings.program.plan;
    if named.as_os_str().is_empty() {
        return Ok(statement::load(&home.plan())?);
    }
    let plan = statement::load(named)?;
    anyhow::ensure!(
        plan.is_some(),
        "program.plan: there is no file {}",
        named.display()
    );
    Ok(plan)
}

/// The CRM that the settings name.
///
/// # Errors
/// When the settings cannot work.
pub fn open_crm(store: &Store, settings: &Settings) -> anyhow::Result<Arc<dyn Crm>> {
    Ok(connected(store, settings)?.crm)
}

fn connected(store: &Store, settings: &Settings) -> anyhow::Result<Connection> {
    connect(&settings.crm, own_crm(store), settings.time_zone())
}

/// The CRM in a home's own database.
#[must_use]
pub fn own_crm(store: &Store) -> SqlCrm {
    SqlCrm::built_in(store.pool().clone())
}

/// Loads the model and opens the home's index for it.
///
/// # Errors
/// When a file is missing, the index server does not answer, or the index belongs to another model.
pub async fn open_knowledge(home: &Home, settings: &Settings) -> anyhow::Result<Knowledge> {
    let embedder = load_embedder(home, settings).await?;
    let knowledge = Knowledge::open(embedder, &index_place(home, settings)).await?;
    Ok(knowledge.finding(finding(home, settings).await?))
}

/// What reads documents: this binary, in child processes.
///
/// # Errors
/// When the binary's own path cannot be told.
pub fn sandbox() -> anyhow::Result<Sandbox> {
    Ok(Sandbox::new(
        std::env::current_exe()?,
        vec!["read-document".to_owned()],
    ))
}

/// How the settings want passages found.
///
/// # Errors
/// When the synonyms or the reranker cannot be used.
pub async fn finding(home: &Home, settings: &Settings) -> anyhow::Result<Finding> {
    let reranker: Option<Arc<dyn Reranker>> = match &settings.knowledge.reranker {
        None => None,
        Some(named) => {
            let runtime = setup::runtime_library(home.root());
            let folder = setup::named_model(home.root(), named);
            let load = move || OnnxReranker::load(&runtime, &folder);
            Some(Arc::new(tokio::task::spawn_blocking(load).await??))
        }
    };
    Ok(Finding {
        synonyms: Synonyms::with(&settings.knowledge.synonyms)?,
        reranker,
    })
}

/// Loads the embedding model that the settings name.
///
/// # Errors
/// When a file is missing or is not what it should be.
pub async fn load_embedder(home: &Home, settings: &Settings) -> anyhow::Result<Arc<dyn Embedder>> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let sessions = if settings.knowledge.sessions == 0 {
        cores
    } else {
        settings.knowledge.sessions
    };
    let named = &settings.knowledge.model;
    let (folder, remedy) = if named.as_os_str().is_empty() {
        let remedy = "run `liaison setup`, which makes the embedding model again";
        (setup::model_dir(home.root()), remedy)
    } else {
        let remedy = "`knowledge.model` needs a folder with an embedding model: model.onnx with its weights, \
                      tokenizer.json, config.json, special_tokens_map.json and tokenizer_config.json";
        (setup::named_model(home.root(), named), remedy)
    };
    let runtime = setup::runtime_library(home.root());
    let load = move || OnnxEmbedder::load(&runtime, &folder, sessions);
    match tokio::task::spawn_blocking(load).await? {
        Ok(embedder) => Ok(Arc::new(embedder)),
        Err(error @ EmbedError::Model { .. }) => Err(error).context(remedy),
        Err(error) => Err(error.into()),
    }
}

/// Where the settings keep the index.
#[must_use]
pub fn index_place(home: &Home, settings: &Settings) -> Place {
    let index = &settings.index;
    if index.url.is_empty() {
        return Place::Embedded(home.index());
    }
    let key = index.api_key.as_ref();
    Place::Cluster(Cluster {
        url: index.url.clone(),
        api_key: key.map(|key| key.expose_secret().to_owned()),
        collection: index.collection.clone(),
        shards: index.shards,
        replicas: index.replicas,
    })
}
