//! Reading in a child process.

/// Placeholder.
pub struct Sandbox;
