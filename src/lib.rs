//! Liaison, the self-hosted AI partner account manager: the service as a library.

pub mod assistant;
pub mod crm;
pub mod program;
