//! The part of SOQL that reads records of one object with fields of those they refer to: no aggregates but `COUNT()`,
//! no grouping, no queries within queries. What is beyond it is refused as malformed, never answered wrongly.

mod lex;
mod parse;
mod run;

pub(super) use run::{attributes, run};
