//! Salesforce: SOQL, sObjects with upsert, collections, composite, describe, and OAuth by client credentials or a
//! signed assertion.
//!
//! `routes` says which request is whose; `store` keeps records; `soql` reads and runs queries; the other files are one
//! part of the API each.

mod auth;
mod collections;
mod composite;
mod describe;
mod errors;
mod ids;
mod query;
mod records;
mod replication;
mod routes;
mod soql;
mod store;

use super::{
    Faults,
    schema::Object,
    server::{Call, Reply, Seen, Server, Vendor},
    times,
};
use jiff::SignedDuration;
use serde_json::Value;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::State;

/// A running Salesforce organisation.
pub(crate) struct Salesforce {
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

    fn refusal(&self, _: &Call, status: u16) -> Reply {
        errors::unavailable(status)
    }
}

impl Salesforce {
    /// Opens an organisation without objects on a port of its own.
    pub(crate) fn start() -> Self {
        let mut state = None;
        let server = Server::start(|url| {
            let shared = Arc::new(Shared(Mutex::new(State::new(url))));
            state = Some(Arc::clone(&shared));
            shared
        });
        let state = state.expect("the server has asked for it");
        Self { server, state }
    }

    pub(crate) fn url(&self) -> &str {
        &self.server.url
    }

    /// A good access token, as either way to sign in would give.
    pub(crate) fn token(&self) -> String {
        self.state.state().auth.issue(self.faults())
    }

    /// Id and secret of the app that signs in with client credentials; the id is the issuer of assertions too.
    pub(crate) fn client(&self) -> [&'static str; 2] {
        [auth::CLIENT_ID, auth::CLIENT_SECRET]
    }

    /// Who signs in with an assertion, and the private key in PEM that signs it.
    pub(crate) fn signer(&self) -> [&'static str; 2] {
        [auth::USER, auth::PRIVATE_KEY]
    }

    pub(crate) fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// The requests so far whose path contains `part`.
    pub(crate) fn requests(&self, part: &str) -> Vec<Seen> {
        self.server.requests(part)
    }

    /// Adds an object. What others refer to comes first.
    pub(crate) fn define(&self, object: Object) {
        self.state.state().define(object);
    }

    /// Takes a field away, as an administrator may at any time.
    pub(crate) fn remove_field(&self, object: &str, field: &str) {
        let mut state = self.state.state();
        let place = state.place(object).unwrap();
        state.objects[place].object.fields.retain(|it| it.name != field);
    }

    /// Puts records in as they are and returns their ids. `Id`, `CreatedDate` and `LastModifiedDate` are taken where a
    /// row has them; a reference is an id, or `"Partner__r": {"Key__c": "p-001"}`.
    pub(crate) fn load(&self, object: &str, rows: impl IntoIterator<Item = Value>) -> Vec<String> {
        let mut state = self.state.state();
        rows.into_iter().map(|row| state.load(object, &row)).collect()
    }

    /// Every record was last changed an hour ago.
    pub(crate) fn settle(&self) {
        let before = times::now() - SignedDuration::from_hours(1);
        let objects = &mut self.state.state().objects;
        let records = objects.iter_mut().flat_map(|object| object.records.values_mut());
        records.for_each(|record| record.modified = before);
    }

    /// Nobody is told any more what has changed in an object.
    pub(crate) fn stop_replicating(&self, object: &str) {
        let mut state = self.state.state();
        let place = state.place(object).unwrap();
        state.objects[place].replicated = false;
    }

    /// What is stored and not deleted, each with its `Id`, in order of id.
    pub(crate) fn records(&self, object: &str) -> Vec<Value> {
        self.state.state().records(object)
    }

    /// Records per page of a query; 2,000 unless told.
    pub(crate) fn page_size(&self, records: usize) {
        self.state.state().page_size = records;
    }

    /// How long access tokens are good; 2 hours unless told.
    pub(crate) fn token_life(&self, life: Duration) {
        self.state.state().auth.life = life;
    }
}
