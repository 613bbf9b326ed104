//! What tests stand on: homes, a running service, a scripted language model, stand-ins of CRMs.

pub(crate) mod connections;
pub(crate) mod crm;
pub(crate) mod grounds;
mod home;
mod obedient;
mod parts;
pub(crate) mod postgres;
mod script;
mod service;
mod smtp;

pub(crate) use home::{
    BINARY, bare_home, copied, home, liaison, own_models, run, run_with, seeded, stderr_of, test_home,
};
pub(crate) use obedient::{Lures, obey};
pub(crate) use parts::{body, of_type, text};
pub(crate) use script::{KEY, MODEL, Reply, Script, Seen, Turn, breaks, calls, hangs, refuses, says, stalls};
pub(crate) use service::{Service, demo, refused, serve, serve_in, serve_with};
pub(crate) use smtp::{Mail, Smtp};
