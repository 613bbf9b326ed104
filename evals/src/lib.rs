//! Does it answer well? Golden suites in YAML, run against anything that can hold a conversation, judged by
//! checks that need no opinion: what the answer must say, what it cites, which tools it called, where each
//! of its numbers comes from, and whether anything crossed to another partner.
//!
//! The crate knows nothing of the rest of Liaison: a system under test is a [`Target`], and what it returns
//! is a [`Reply`] in the shape of `liaison ask --json`. Read on in this order:
//!
//! 1. [`suite`]: cases as people write them, refused when they hold a key that nobody reads;
//! 2. [`target`]: what is judged;
//! 3. [`expect`], [`numbers`]: one function per expectation, and where a number may come from;
//! 4. [`run`](mod@run), [`totals`]: every case, every repetition, every check named, and the figures;
//! 5. [`gate`], [`compare`](mod@compare), [`report`]: may it be released, what changed, how to read it.
//!
//! [`ranking`], [`spans`] and [`calibration`] are apart from that: the figures of retrieval alone, against public
//! judgements. [`registrations`] and [`name_pairs`] judge what reads deals from texts and what compares customers.

pub mod calibration;
pub mod compare;
pub mod counts;
pub mod evidence;
pub mod expect;
pub mod gate;
pub mod name_pairs;
pub mod numbers;
pub mod ranking;
pub mod registrations;
pub mod report;
pub mod run;
pub mod spans;
pub mod suite;
pub mod target;
mod text;
pub mod totals;

pub use compare::{Comparison, compare};
pub use gate::{Gate, Thresholds};
pub use run::{CaseResult, Check, Outcome, Run, RunOptions, TurnResult, run};
pub use suite::{Case, Expectations, Suite, SuiteError, Turn, load};
pub use target::{Citation, Conversation, Declined, Reply, Target, TargetError, Timings, ToolUse};
pub use totals::{Rate, Totals};
