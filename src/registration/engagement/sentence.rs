//! Claims in words, for the vendor's manager.

use super::{Claim, Claimant, Kind};

/// `Halden Partners (p-7)`.
pub(super) fn who(claimant: &Claimant<'_>) -> String {
    match claimant {
        Claimant::Partner { id, name, .. } => format!("{} ({})", line(name), line(id)),
        Claimant::Direct => "Direct sales".to_owned(),
    }
}

/// `the registration dr-3 of "Ostrava Glass" for Weave`.
pub(super) fn record(claim: &Claim<'_>) -> String {
    let kind = match claim.what {
        Kind::Registration { .. } => "the registration",
        Kind::OpenDeal { .. } | Kind::WonDeal { .. } => "the deal",
        Kind::Account => "the account",
    };
    let of = match claim.what {
        Kind::Registration { .. } => " of",
        Kind::OpenDeal { .. } | Kind::WonDeal { .. } => " with",
        Kind::Account => "",
    };
    let product = claim.product.map(line).filter(|product| !product.is_empty());
    let product = product
        .map(|product| format!(" for {product}"))
        .unwrap_or_default();
    format!(
        "{kind} {}{of} {}{product}",
        line(claim.id),
        quoted(claim.customer.name)
    )
}

/// A name from a record, set off from the sentence around it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", line(name).replace('"', "'"))
}

/// Text from a record on one line, so that it cannot pass for a sentence of its own.
pub(super) fn line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
