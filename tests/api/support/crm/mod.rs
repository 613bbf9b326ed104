//! Stand-ins for the CRMs that partners' records live in: HubSpot and Salesforce, stateful, each on a port of its
//! own, with the protocol's errors and with faults that a test switches on.
//!
//! They are held to the vendors' own clients: what `@hubspot/api-client` and `jsforce` reject is a bug here (see
//! `tests/clients`). They know what those clients and our connections use of the protocols, not the whole of them.

mod faults;
mod hubspot;
mod salesforce;
mod schema;
mod server;
mod times;

pub(crate) use faults::{Fault, Faults};
pub(crate) use hubspot::{Duplicates, HubSpot, signature};
pub(crate) use salesforce::Salesforce;
pub(crate) use schema::Object;
pub(crate) use server::Seen;
