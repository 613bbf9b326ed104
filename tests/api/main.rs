//! The real binary over HTTP and on the command line, each test in a home of its own; and the model that
//! set-up makes.
//!
//! The model and the runtime come from `LIAISON_TEST_HOME`, which `make test` fills.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed; helpers outside test functions count as tests too"
)]

mod chat;
mod commands;
mod completions;
mod consent;
mod crash;
mod crm_changes;
mod crm_claims;
mod crm_clients;
mod crm_connections;
mod crm_faults;
mod crm_suite;
mod crm_watch;
mod crm_writable;
mod crm_writes;
mod enablement;
mod full_disk;
mod gaps;
mod guard;
mod handoffs;
#[cfg(feature = "hub")]
mod hub;
mod identity;
mod index;
mod intake;
mod isolation;
mod llm;
mod llm_failures;
mod llm_proof;
mod mails;
mod mishaps;
mod model;
mod requests;
mod smoke;
mod statements;
mod support;
