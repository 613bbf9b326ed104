//! What every index must do: the same cases against the index in this process, against a server through its published
//! gRPC interface (a stand-in in this process), and against a real server when `QDRANT_URL` names one.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed; helpers outside test functions count as tests too"
)]

mod cases;
mod crash;
mod equality;
mod fake;
mod former;
mod moving;
mod pauses;
mod property;
mod server;
mod support;
mod together;
