//! Is it the same customer?

pub mod domain;
pub(super) mod forms;
