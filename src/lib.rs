//! Liaison, the self-hosted AI partner account manager: the service.
//!
//! A question's way is `http` → `assistant` → (`knowledge`, `crm`, `program`) → `assistant::verify` → `store`;
//! a document's way is `cli` or `http` → `liaison-ingest` → `liaison-knowledge`. ARCHITECTURE.md walks both.

pub mod app;
pub mod assistant;
pub mod caller;
pub mod cli;
pub mod config;
pub mod conversation;
pub mod crm;
pub mod enablement;
pub mod evaluation;
mod files;
pub mod gaps;
pub mod handoff;
mod hex;
pub mod home;
pub mod http;
pub mod intake;
mod post;
pub mod program;
pub mod registration;
pub mod request;
pub mod rest;
pub mod statement;
pub mod store;
pub mod telemetry;
pub mod transcript;
