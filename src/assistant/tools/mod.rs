//! Tools (placeholder until written).
