//! HubSpot: CRM objects v3, search, associations v4, properties, schemas, pipelines and owners; private-app tokens
//! and OAuth refresh; rate limits; signed webhooks.
//!
//! `routes` says which request is whose; `store` keeps records and their history; the other files are one part of the
//! API each.

mod associations;
mod auth;
mod describe;
mod errors;
mod limits;
mod objects;
mod routes;
mod search;
mod store;
mod values;
mod webhook;

use super::{
    Faults,
    schema::Object,
    server::{Call, Reply, Seen, Server, Vendor},
};
use describe::{Owner, Pipeline};
use serde_json::Value;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::State;
pub(crate) use webhook::signature;

/// What the real one says to a value that another record has already: 409 for a contact's e-mail address, and a
/// validation error for most properties that vendors add. Connections have to understand both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duplicates {
    /// 409, category `CONFLICT`.
    Conflict,
    /// 400, category `VALIDATION_ERROR`, code `CONFLICTING_UNIQUE_VALUE`.
    Invalid,
}

/// A running HubSpot account.
pub(crate) struct HubSpot {
    server: Server,
    state: Arc<Shared>,
}

struct Shared(Mutex<State>);

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vendor for Shared {
    fn answer(&self, call: &Call, faults: &Faults) -> Reply {
        routes::answer(&mut self.state(), call, faults)
    }

    fn refusal(&self, call: &Call, status: u16) -> Reply {
        errors::unavailable(status, routes::searches(call))
    }
}

impl HubSpot {
    /// Opens an account without objects on a port of its own.
    pub(crate) fn start() -> Self {
        let state = Arc::new(Shared(Mutex::new(State::default())));
        let shared = Arc::clone(&state);
        let server = Server::start(move |_| shared);
        Self { server, state }
    }

    pub(crate) fn url(&self) -> &str {
        &self.server.url
    }

    /// The private app's token. After [`Faults::expire_tokens`] there is another.
    pub(crate) fn token(&self) -> String {
        auth::private_token(self.faults())
    }

    /// What an OAuth app refreshes its tokens with: client id, client secret, refresh token.
    pub(crate) fn oauth(&self) -> [&'static str; 3] {
        [auth::CLIENT_ID, auth::CLIENT_SECRET, auth::REFRESH_TOKEN]
    }

    pub(crate) fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// The requests so far whose path contains `part`.
    pub(crate) fn requests(&self, part: &str) -> Vec<Seen> {
        self.server.requests(part)
    }

    /// Adds an object type and returns its id: `0-3` for deals, `2-1001` and so on for custom ones.
    pub(crate) fn define(&self, object: Object) -> String {
        self.state.state().define(object)
    }

    /// Takes a property away, as an administrator may at any time.
    pub(crate) fn remove_property(&self, object: &str, property: &str) {
        let mut state = self.state.state();
        let kind = state.kind_mut(object).unwrap();
        kind.object.fields.retain(|field| field.name != property);
    }

    /// Puts records in as they are, each an object of properties, and returns their ids. `hs_object_id`, `createdate`
    /// and `hs_lastmodifieddate` are taken where a row has them.
    pub(crate) fn load(&self, object: &str, rows: impl IntoIterator<Item = Value>) -> Vec<String> {
        let mut state = self.state.state();
        rows.into_iter().map(|row| state.load(object, &row)).collect()
    }

    /// What is stored and not archived: `{"id", "properties"}`, in order of id.
    pub(crate) fn records(&self, object: &str) -> Vec<Value> {
        self.state.state().records(object)
    }

    /// Associates two records by the default type of their objects.
    pub(crate) fn associate(&self, from: (&str, &str), to: (&str, &str)) {
        self.state.state().associate(from, to);
    }

    /// Adds a pipeline whose stages are `(id, label, probability)`; those with 0 or 1 are closed.
    pub(crate) fn pipeline(&self, object: &str, id: &str, label: &str, stages: &[(&str, &str, f64)]) {
        let pipeline = Pipeline::new(object, id, label, stages);
        self.state.state().pipelines.push(pipeline);
    }

    pub(crate) fn owner(&self, id: &str, email: &str, first: &str, last: &str) {
        let owner = Owner::new(id, email, first, last);
        self.state.state().owners.push(owner);
    }

    /// Requests per ten seconds and searches per second; 190 and 5 unless told.
    pub(crate) fn limits(&self, ten_secondly: usize, searches_per_second: usize) {
        let mut state = self.state.state();
        state.limits.ten_secondly = ten_secondly;
        state.limits.searches = searches_per_second;
    }

    /// How long access tokens of the OAuth app are good; 30 minutes unless told.
    pub(crate) fn token_life(&self, life: Duration) {
        self.state.state().auth.life = life;
    }

    /// Takes a scope away from all tokens, such as `crm.objects.deals.read`.
    pub(crate) fn deny(&self, scope: &str) {
        self.state.state().auth.denied.push(scope.to_owned());
    }

    /// How long a new record is not found by searches, as the real one's index needs some seconds; not at all unless
    /// told.
    pub(crate) fn search_lag(&self, lag: Duration) {
        self.state.state().search_lag = lag.try_into().unwrap();
    }

    /// What is said to a duplicate of a unique value; [`Duplicates::Conflict`] unless told.
    pub(crate) fn duplicates(&self, answer: Duplicates) {
        self.state.state().duplicates = answer;
    }

    /// Posts events to a URL, signed with the app's secret, and returns the status of the answer.
    pub(crate) async fn deliver(&self, url: &str, events: &Value) -> u16 {
        webhook::deliver(url, events).await
    }
}
