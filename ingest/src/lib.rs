//! From a vendor's files to passages.
//!
//! Owns the file formats: [`read::read`] turns bytes into a [`Document`] of sections, [`split::split`] turns a
//! document into citable passages, [`sandbox::Sandbox`] does the reading in a child process, because a file
//! from outside can crash, hang or fill the memory of any reader. Refuses to know: the embedding model, the
//! index's engine, who asks. Start with [`document`], then `read/mod.rs`.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may panic"))]

pub mod catalog;
pub mod document;
mod files;
pub mod front;
pub mod pipeline;
mod prepare;
pub mod read;
pub mod reconcile;
pub mod report;
pub mod sandbox;
pub mod split;
mod supersede;
mod text;
pub mod watch;

pub use document::{Block, Document, Row, Section, Table};
pub use front::FrontMatter;
pub use read::ReadError;
pub use sandbox::{Readers, Sandbox};
pub use split::Limits;
pub use text::is_invisible;
