//! Booked amounts beside what the vendor's commission plan gives: the explanation of each entry of a statement, and the
//! entries that the plan explains otherwise or not at all.

mod audit;
mod entry;
mod ledger;
mod pdf;
mod plan;
pub mod sheet;

pub use audit::{Finding, audit};
pub use entry::{Entry, described};
pub use ledger::{Explanation, Ledger};
pub use pdf::PdfError;
pub use plan::{PlanError, load};
