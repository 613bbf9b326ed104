//! What every index must do: the same cases against the index in this process, against a server through its published
//! gRPC interface (a stand-in in this process), and against a real server when `QDRANT_URL` names one.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test that panics has failed, and says what it did not try; helpers outside test functions count too"
)]

mod cases;
mod crash;
mod equality;
mod fake;
mod finding;
mod former;
mod moving;
mod pauses;
mod property;
mod server;
mod succession;
mod support;
mod together;
