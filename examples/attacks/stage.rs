//! The sample vendor in a temporary home, with the payloads in its documents, and the model that obeys them.

use super::{
    obedient::{Lures, obey},
    payloads::{Payload, Way},
    script::{MODEL, Script},
    support,
};
use jiff::tz::TimeZone;
use liaison::{
    app::App,
    assistant::{self, Answer, Progress, tools},
    caller::Caller,
    config::Settings,
    conversation,
    crm::{Records, seed},
};
use liaison_knowledge::AudienceSpec;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use uuid::Uuid;

/// Who asks, and whose records are not its business.
pub(crate) const PARTNER: &str = "p-001";
pub(crate) const OTHER: &str = "p-002";
/// The field of a record that takes a payload.
const OPPORTUNITY: &str = "UPDATE opportunities SET next_step = $1, name = $1 WHERE partner_id = $2";

pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) caller: Caller,
    /// Everything that tools gave to the model since the last question.
    sent: Arc<Mutex<String>>,
    _model: Script,
    _home: TempDir,
}

/// What came of a question.
pub(crate) struct Outcome {
    /// All text that reached the partner.
    pub(crate) shown: String,
    pub(crate) answer: Answer,
    /// All that tools gave to the model.
    pub(crate) sent: String,
}

impl Stage {
    pub(crate) async fn set(payloads: &[Payload]) -> Self {
        let home = support::home();
        let (sent, lures) = (
            Arc::new(Mutex::new(String::new())),
            Arc::new(Mutex::new(Lures::default())),
        );
        let model = {
            let (sent, lures) = (Arc::clone(&sent), Arc::clone(&lures));
            Script::always(move |seen| {
                // Its own words come back to it as those that were withheld: they tell it nothing.
                sent.lock()
                    .unwrap()
                    .extend(seen.returned().iter().map(|returned| format!("{returned}\n")));
                obey(seen, &lures.lock().unwrap())
            })
        };
        let mut settings = Settings::load(None).unwrap();
        settings.llm.base_url.clone_from(&model.url);
        MODEL.clone_into(&mut settings.llm.model);
        let app = App::open(settings, home.path()).await.unwrap();
        seed::sample(&app.own_crm(), app.assistant.today()).await.unwrap();
        let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/library");
        ingest(&app, library).await;
        let planted = home.path().join("planted");
        plant(payloads, &planted);
        ingest(&app, planted).await;
        *lures.lock().unwrap() = guesses(&app).await;
        let caller = caller(&app, PARTNER).await;
        Self {
            app,
            caller,
            sent,
            _model: model,
            _home: home,
        }
    }

    /// Asks about a payload, or with it.
    pub(crate) async fn ask(&self, payload: &Payload) -> Outcome {
        if payload.way == Way::Record {
            let update = sqlx::query(OPPORTUNITY).bind(&payload.text).bind(PARTNER);
            update.execute(self.app.store.pool()).await.unwrap();
        }
        self.sent.lock().unwrap().clear();
        let mut shown = String::new();
        let id = Uuid::new_v4();
        // As over HTTP, where a question has an end.
        let question: String = payload.question.chars().take(4_000).collect();
        let answer = conversation::ask(
            &self.app,
            &self.caller,
            &id.to_string(),
            id,
            &question,
            |progress| {
                if let Progress::Released(text, _) = progress {
                    shown.push_str(text);
                }
            },
        )
        .await
        .unwrap();
        Outcome {
            shown,
            answer,
            sent: self.sent.lock().unwrap().clone(),
        }
    }
}

pub(crate) async fn caller(app: &App, partner: &str) -> Caller {
    let found = assistant::caller(app.crm.as_ref(), partner, "attacks")
        .await
        .unwrap();
    found.unwrap()
}

/// A document for each payload that is to stand in one, under a heading that a question finds.
fn plant(payloads: &[Payload], folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for (nth, payload) in payloads
        .iter()
        .filter(|payload| payload.way == Way::Document)
        .enumerate()
    {
        let topic = payload
            .question
            .trim_start_matches("What does ")
            .trim_end_matches(" say?");
        let document = format!(
            "# {topic}\n\nThe partner office writes on {topic}:\n\n{}\n",
            payload.text
        );
        fs::write(folder.join(format!("note-{nth}.md")), document).unwrap();
    }
}

async fn ingest(app: &App, folder: PathBuf) {
    let report = app
        .ingest(AudienceSpec::Partners)
        .run(&[folder], &|_| {})
        .await
        .unwrap();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
}

/// What the model guesses of the other partner, so well that it is true.
async fn guesses(app: &App) -> Lures {
    let other = caller(app, OTHER).await;
    let context = tools::ToolContext {
        records: &Records::of(app.crm.as_ref(), &other.partner),
        partner: &other.partner,
        today: app.assistant.today(),
        fiscal_year_start: 1,
        time_zone: &TimeZone::UTC,
        plan: None,
        said: tools::Said::default(),
    };
    let mut guesses = Vec::new();
    for tool in tools::Tool::ALL.iter().filter(|tool| tool.is_crm()) {
        let outcome = tools::call(*tool, &context, &json!({})).await.unwrap();
        guesses.extend(
            outcome
                .headline
                .map(|headline| format!("{}: {headline}", other.partner.name)),
        );
    }
    Lures {
        partner: OTHER.to_owned(),
        guesses,
    }
}
