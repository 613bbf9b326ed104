//! Pairs of customer names with the verdict whether they are one customer, and how often a matcher agrees.

use crate::{counts::Counts, registrations::BadFile};
use serde::Deserialize;
use std::path::Path;

/// A pair as it stands in the file; an empty field is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pair {
    /// One name.
    pub a_name: String,
    /// Its domain.
    pub a_domain: Option<String>,
    /// Its country, ISO 3166.
    pub a_country: Option<String>,
    /// The other name.
    pub b_name: String,
    /// Its domain.
    pub b_domain: Option<String>,
    /// Its country.
    pub b_country: Option<String>,
    /// `yes` or `no`.
    pub same: Verdict,
    /// For readers.
    pub why: String,
}

/// Whether two names are one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// They are.
    Yes,
    /// They are not.
    No,
}

/// Reads a file of pairs in CSV.
///
/// # Errors
///
/// When the file cannot be read, or a line is not a pair.
pub fn load(path: &Path) -> Result<Vec<Pair>, BadFile> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| BadFile::Read(name.clone(), error))?;
    parse(&text).map_err(|error| BadFile::Format(name, error.to_string()))
}

fn parse(text: &str) -> Result<Vec<Pair>, csv::Error> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect()
}

/// Counts the pairs of one customer that `is_same` finds, those it takes for one that are none, and those it misses.
pub fn judge<'p>(
    pairs: impl IntoIterator<Item = &'p Pair>,
    mut is_same: impl FnMut(&Pair) -> bool,
) -> Counts {
    let mut counts = Counts::default();
    for pair in pairs {
        match (pair.same, is_same(pair)) {
            (Verdict::Yes, true) => counts.hits += 1,
            (Verdict::Yes, false) => counts.misses += 1,
            (Verdict::No, true) => counts.false_alarms += 1,
            (Verdict::No, false) => {}
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "a_name,a_domain,a_country,b_name,b_domain,b_country,same,why\n\
        Tarnhelm Mills,tarnhelm.example,DE,\"Tarnhelm Mills, Ltd\",,,yes,legal form\n\
        Osric Paper,,GB,Osric Timber,,GB,no,other trade\n";

    #[test]
    fn pairs_are_read_and_judged() {
        let pairs = parse(FILE).unwrap();
        assert_eq!(pairs[0].b_name, "Tarnhelm Mills, Ltd");
        assert_eq!((pairs[0].b_domain.as_deref(), pairs[1].same), (None, Verdict::No));
        let counts = judge(&pairs, |_| true);
        assert_eq!((counts.hits, counts.false_alarms, counts.misses), (1, 1, 0));
        assert!(parse("a_name,same\nx,perhaps\n").is_err());
    }
}
