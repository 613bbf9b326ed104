//! The partner program as arithmetic: money, periods, tiers, protection windows, commissions.
//!
//! Pure functions over plain values. Nothing here reads a clock, a database or a setting, and nothing here
//! imports another part of the service: a rule can be checked against the written program line by line.

pub mod commission;
pub mod date;
pub mod money;
pub mod period;
pub mod protection;
pub mod tiers;
