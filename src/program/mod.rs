//! The partner program as arithmetic: money, periods, tiers, protection windows, commissions, the pipeline, funds.
//!
//! Pure functions over plain values. Nothing here reads a clock, a database or a setting, and nothing here
//! imports another part of the service: a rule can be checked against the written program line by line.

pub mod commission;
pub mod date;
pub mod deals;
pub mod mdf;
pub mod money;
pub mod period;
pub mod protection;
pub mod ratio;
pub mod tiers;
